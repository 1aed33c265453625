import pytest

from blazon.brief import LayoutKind, LetterCase, MarkKind, PaletteMood, Style, TypeKind
from blazon.reading.reading import Colour, ColourRole, Reading, Relation, Scene, Thing
from blazon.reading.words import describe_reading

CAT, MOON = Thing("cat", "cat"), Thing("moon", "Mond")
CRIMSON, CREAM = Colour("crimson", "#dc143c"), Colour("cream", "#fffdd0", ColourRole.BACKGROUND)


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading(), ()),
        (Reading(show=(Scene((CAT,)),)), ("show cat",)),
        (Reading(show=(Scene((CAT, MOON)),)), ("show cat or Mond",)),
        (Reading(show=(Scene((CAT, MOON), Relation.TOGETHER),)), ("show cat and Mond together",)),
        (Reading(show=(Scene((CAT, MOON), Relation.MADE_OF),)), ("show cat made of Mond",)),
        (Reading(show=(Scene((CAT,), Relation.IN_LETTER, letter="O"),)), ("show cat in the letter O",)),
        (Reading(show=(Scene((CAT,), Relation.IN_LETTER),)), ("show cat in a letter",)),
        (Reading(avoid=("rose", "paw")), ("avoid rose", "avoid paw")),
        (Reading(colours=(CRIMSON, CREAM)), ("colours crimson, cream (background)",)),
        (Reading(colours=(CRIMSON,), only=True), ("only the colours crimson",)),
        (Reading(colours_avoided=(CRIMSON,)), ("no crimson",)),
        (Reading(moods=(PaletteMood.WARM,), styles=(Style.BOLD,)), ("mood warm", "style bold")),
        (Reading(kinds=(MarkKind.BADGE,), kinds_avoided=(MarkKind.MASCOT,)), ("mark badge", "no mascot mark")),
        (Reading(type=(TypeKind.SLAB,), type_avoided=(TypeKind.SCRIPT,)), ("type slab", "no script type")),
        (Reading(case=LetterCase.LOWER), ("name in small letters",)),
        (Reading(letters="NV", layout=LayoutKind.EMBLEM), ("letters: NV", "layout: emblem")),
        (
            Reading(topic="pub", name="Clay", slogan="beer", established="1894", place="Lisbon"),
            ("about: pub", "name: Clay", "slogan: beer", "date: 1894", "place: Lisbon"),
        ),
    ],
)
def test_each_wish_is_a_line_in_words(reading: Reading, words: tuple[str, ...]) -> None:
    assert describe_reading(reading) == words
