"""What a brief in English is read as."""

from collections.abc import Sequence

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind, TypeKind
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reader import BriefReader
from blazon.reading.reading import ColourRole, Reading, Relation


@pytest.fixture(scope="module")
def reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())


def shown(reading: Reading) -> list[str]:
    """The words of all things that are to be seen, in order."""
    return [thing.words for scene in reading.show for thing in scene.things]


def scenes(reading: Reading) -> list[tuple[Relation, list[str]]]:
    return [(scene.relation, [thing.words for thing in scene.things]) for scene in reading.show]


@pytest.mark.parametrize(
    ("prompt", "avoided"),
    [
        ("florist, but no roses", ["rose"]),
        ("pet shop, anything except paws", ["paw"]),
        ("optician without glasses or eyes", ["glasses", "eye"]),
        ("travel agency, never a globe or a plane", ["globe", "plane"]),
        ("law firm, no scales, gavels or columns; serif type", ["scale", "gavel", "column"]),
        ("yoga studio without lotus flowers, people or mandalas, sage and cream", ["lotus flower", "mandala"]),
        ("vet: please don't use a paw", ["paw"]),
        ("instead of a tooth, show a smile", ["tooth"]),
        ("use a toothbrush rather than a tooth", ["tooth"]),
        ("a fox, not a wolf", ["wolf"]),
        ("a surf school that avoids waves", ["wave"]),
        ("roses are not wanted, this florist likes tulips", ["rose"]),
        ("neither a key nor a house for this estate agent", ["key", "house"]),
    ],
)
def test_what_is_refused_is_avoided_and_not_shown(reader: BriefReader, prompt: str, avoided: Sequence[str]) -> None:
    reading = reader.read(Brief(prompt))
    assert set(avoided) <= set(reading.avoid)
    assert not set(avoided) & set(shown(reading))
    assert not set(avoided) & set(reading.topic.split())


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("not only a fox but also an owl", ["fox", "owl"]),
        ("not without a fox", ["fox"]),
        ("please don't leave out the lighthouse", ["lighthouse"]),
        ("no animals except a fox", ["fox"]),
        ("nothing but an anchor", ["anchor"]),
        ("a crown; no lions", ["crown"]),
        ("no roses, a bear please", ["bear"]),
        ("instead of a tooth, a smile", ["smile"]),
    ],
)
def test_what_only_looks_refused_is_shown(reader: BriefReader, prompt: str, things: Sequence[str]) -> None:
    assert shown(reader.read(Brief(prompt))) == things


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a bear holding a honey jar", [(Relation.TOGETHER, ["bear", "honey jar"])]),
        ("a whale under a lighthouse", [(Relation.TOGETHER, ["whale", "lighthouse"])]),
        ("a lion with a key", [(Relation.TOGETHER, ["lion", "key"])]),
        ("a cat and a moon", [(Relation.TOGETHER, ["cat", "moon"])]),
        ("a fox or an owl for a bookshop", [(Relation.ALONE, ["fox", "owl"])]),
        ("a tree made of hands", [(Relation.MADE_OF, ["tree", "hands"])]),
        ("coffee roastery with a leaf in the letter O", [(Relation.IN_LETTER, ["leaf"])]),
        ("kite festival on the island", [(Relation.ALONE, ["kite"])]),
        ("use red and a crown", [(Relation.ALONE, ["crown"])]),
        ("a coffee shop", []),
        ("logo for a bee farm", []),
        ("a boat builder in Porto", []),
    ],
)
def test_scenes(reader: BriefReader, prompt: str, expected: list[tuple[Relation, list[str]]]) -> None:
    assert scenes(reader.read(Brief(prompt))) == expected


@pytest.mark.parametrize(
    ("prompt", "names", "only"),
    [
        ("only yellow and black", ["yellow", "black"], True),
        ("black and white only", ["black", "white"], True),
        ("crimson and cream", ["crimson", "cream"], False),
        ("tea house, nothing but dark green", ["dark green"], True),
        ("a bakery in mustard and grey", ["mustard", "grey"], False),
        ("members only club, navy", ["navy"], False),
        ("no colours except red", ["red"], True),
        ("less green, more orange", ["orange"], False),
        ("#0a7 and navy", ["#0a7", "navy"], False),
        ("an olive oil press", [], False),
        ("florist, but no roses", [], False),
    ],
)
def test_colours(reader: BriefReader, prompt: str, names: Sequence[str], only: bool) -> None:
    reading = reader.read(Brief(prompt))
    assert [colour.name for colour in reading.colours] == names
    assert reading.only is only


def test_unwanted_colours(reader: BriefReader) -> None:
    reading = reader.read(Brief("tea house, avoid green and brown"))
    assert [colour.name for colour in reading.colours_avoided] == ["green", "brown"]
    assert reading.colours == ()


def test_roles_of_colours(reader: BriefReader) -> None:
    reading = reader.read(Brief("navy on a white background with a red accent"))
    assert [(colour.name, colour.role) for colour in reading.colours] == [
        ("navy", ColourRole.ANY),
        ("white", ColourRole.BACKGROUND),
        ("red", ColourRole.ACCENT),
    ]


@pytest.mark.parametrize(
    ("prompt", "kinds", "letters", "layout"),
    [
        ("abstract only", [MarkKind.ABSTRACT], "", None),
        ("wordmark only", [MarkKind.WORDMARK], "", LayoutKind.WORDMARK),
        ("just the name, no icon", [MarkKind.WORDMARK], "", LayoutKind.WORDMARK),
        ("symbol only, no text", [], "", LayoutKind.SYMBOL),
        ("circular badge", [MarkKind.BADGE], "", LayoutKind.EMBLEM),
        ("letters R and T combined", [MarkKind.LETTERS], "RT", None),
        ("letter Q", [MarkKind.LETTERS], "Q", None),
        ("an NV monogram", [MarkKind.LETTERS], "NV", None),
        ("monogram of B and H", [MarkKind.LETTERS], "BH", None),
        ("R and T intertwined", [MarkKind.LETTERS], "RT", None),
        ("a letter to the editor", [], "", None),
    ],
)
def test_kinds_of_mark(
    reader: BriefReader, prompt: str, kinds: Sequence[MarkKind], letters: str, layout: LayoutKind | None
) -> None:
    reading = reader.read(Brief(prompt))
    assert (list(reading.kinds), reading.letters, reading.layout) == (kinds, letters, layout)


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("slab serif", [TypeKind.SLAB]),
        ("script lettering", [TypeKind.SCRIPT]),
        ("thin condensed sans serif", [TypeKind.THIN, TypeKind.CONDENSED, TypeKind.SANS]),
        ("a script writer's guild", []),
        ("a thin cat", []),
    ],
)
def test_type_is_read_as_type(reader: BriefReader, prompt: str, kinds: Sequence[TypeKind]) -> None:
    reading = reader.read(Brief(prompt))
    assert list(reading.type) == kinds
    assert not kinds or not (reading.show or reading.topic)


@pytest.mark.parametrize(
    ("prompt", "things", "avoided"),
    [
        ("avoid anything with leaves, trees or the colour green", [], ["leaf", "tree"]),
        ("without a doubt the best bakery in town", [], []),
        ("not your typical dentist - no tooth", [], ["tooth"]),
        ("rather a wrench than a drop or a tap", ["wrench"], ["drop", "tap"]),
        ("no hearts please, a paw is fine", ["paw"], ["heart"]),
        ("you don't need to show a car; a road is enough", ["road"], ["car"]),
        ("dentist: no teeth no toothbrushes no smiles", [], ["tooth", "toothbrush", "smile"]),
        ("a rabbit jumping over the moon", ["rabbit", "moon"], []),
        ("a mountain inside a circle, with a sun rising behind it", ["mountain", "circle", "sun"], []),
        ("a bull and a bear for an investment newsletter", ["bull", "bear"], []),
        ("a house in a speech bubble", ["house", "speech bubble"], []),
        ("pottery studio; a vase, not a mug", ["vase"], ["mug"]),
    ],
)
def test_what_is_wished_beside_what_is_refused(
    reader: BriefReader, prompt: str, things: list[str], avoided: list[str]
) -> None:
    reading = reader.read(Brief(prompt))
    assert shown(reading) == things
    assert [thing for thing in reading.avoid if thing in avoided] == avoided
    assert bool(reading.avoid) is bool(avoided)


@pytest.mark.parametrize(
    ("prompt", "letter"),
    [("a star inside the A", "A"), ("the letter i should be a candle", "i"), ("use a pine tree for the A", "A")],
)
def test_a_thing_in_a_letter(reader: BriefReader, prompt: str, letter: str) -> None:
    (scene,) = reader.read(Brief(prompt)).show
    assert (scene.relation, scene.letter) == (Relation.IN_LETTER, letter)
