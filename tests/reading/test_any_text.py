"""Whatever a prompt holds, it is read: no error, and the same reading every time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.draw.symbols import SymbolLibrary
from blazon.errors import InvalidBrief
from blazon.reading.reader import BriefReader

_READER = BriefReader(SymbolLibrary.open())

# What rules stumble over: their own words, marks, and letters in odd places.
_PIECES = st.sampled_from(
    """no not without avoid never except but only and or nor with in the of a letter letters O R T called named since
    1894 est. , . ; : ! -- --no --ar ( ) " ' “ ” & / #fff #12 red gold cream black white fox owl key moon badge wordmark
    monogram abstract serif thin caps slogan Lisbon Foo GmbH like Nike swoosh portrait my dog Rex pop 🦊 ® é ß 日本 İ
    instead rather than free made holding roses nothing more less anything""".split()
)


def _read_or_refuse(prompt: str) -> None:
    try:
        brief = Brief(prompt)
    except InvalidBrief:
        return
    reading = _READER.read(brief)
    assert reading == _READER.read(Brief(prompt))
    assert reading.topic == " ".join(reading.topic.split())
    shown = {thing.name for scene in reading.show for thing in scene.things}
    assert not shown & set(reading.avoid)
    assert not {colour.value for colour in reading.colours} & {colour.value for colour in reading.colours_avoided}
    assert all(scene.things for scene in reading.show)


@given(st.text(max_size=500))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(prompt: str) -> None:
    _read_or_refuse(prompt)


@given(st.lists(_PIECES, min_size=1, max_size=60).map(lambda pieces: " ".join(pieces)[:500]))
@settings(max_examples=300, deadline=None)
def test_any_row_of_the_words_of_rules_is_read(prompt: str) -> None:
    _read_or_refuse(prompt)


@pytest.mark.parametrize(
    "prompt",
    ["no " * 166, "a fox and " * 50, "red and " * 62, '"' * 500, "in the letter " * 35, "R " * 250, "not, " * 100],
)
def test_500_characters_of_one_thing_are_read(prompt: str) -> None:
    _read_or_refuse(prompt)
