"""What a refused thing forbids with it."""

import pytest

from blazon.draw.classes_of_things import CLASSES, expand
from blazon.draw.symbols import SymbolLibrary


@pytest.fixture(scope="module")
def library() -> SymbolLibrary:
    return SymbolLibrary.open()


def test_a_thing_that_is_no_class_stands_for_itself() -> None:
    assert list(expand("anchor")) == ["anchor"]


@pytest.mark.parametrize(
    ("text", "refused", "unwanted"),
    [
        ("optician", "glasses", {"sunglasses", "eyeglasses"}),
        ("zoo with a lion and an owl", "animal", {"lion", "barn owl", "owl"}),
        ("florist", "flower", {"rose", "flower tulip", "daisy", "flower lotus"}),
        ("travel agency", "plane", {"airplane", "paper plane"}),
    ],
)
def test_a_refused_class_is_refused_whole(library: SymbolLibrary, text: str, refused: str, unwanted: set[str]) -> None:
    assert unwanted & {idea.picture for idea in library.ideas(text)}
    assert not unwanted & {idea.picture for idea in library.ideas(text, avoid=(refused,))}


def test_what_is_asked_for_by_name_is_shown_though_its_class_is_refused(library: SymbolLibrary) -> None:
    assert library.depict("fox", avoid=("animal",))
    assert library.depict("toothbrush", avoid=("tooth",))
    assert not library.depict("fox", avoid=("fox",))


def test_every_class_names_pictures_that_there_are(library: SymbolLibrary) -> None:
    lost = [name for name in CLASSES if not any(map(library.depict, expand(name)))]
    assert lost == []
