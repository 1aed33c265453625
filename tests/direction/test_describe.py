from dataclasses import replace

import pytest

from blazon.brief import LayoutKind, MarkKind
from blazon.design import ColourScheme, Design, GeometricMark, LetterformMark, Mark, SymbolMark, Typeface
from blazon.direction.describe import explain, list_shown
from blazon.draw.geometry import FAMILIES
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reading import Reading, Scene, Thing

SYMBOLS = SymbolLibrary.open()
FOX = SymbolMark(next(symbol.id for symbol in SYMBOLS if symbol.name == "fox"))
LETTERS = LetterformMark("NV", "cascaded", "Figtree", 700)
SHAPE = GeometricMark(FAMILIES[0].name, 0)
DESIGN = Design("x", LayoutKind.STACKED, None, ColourScheme(*["#000000"] * 6), name_type=Typeface("Lora", 600))


@pytest.mark.parametrize(
    ("mark", "shown"),
    [(FOX, ("fox",)), (LETTERS, ("letters NV",)), (SHAPE, (f"abstract: {FAMILIES[0].shape}",)), (None, ())],
)
def test_what_a_mark_shows_is_told_in_plain_words(mark: Mark | None, shown: tuple[str, ...]) -> None:
    assert list_shown(replace(DESIGN, mark=mark), SYMBOLS) == shown


@pytest.mark.parametrize(
    ("mark", "reading", "said"),
    [
        (FOX, Reading(show=(Scene((Thing("fox", "Fuchs"),)),)), "asks for “Fuchs”; this shows “fox”"),
        (FOX, Reading(show=(Scene((Thing("fox", "fox"),)),)), "asks for “fox”."),
        (FOX, Reading(topic="foxes in the snow"), "says “fox”."),
        (FOX, Reading(topic="a bakery"), "calls up “fox”"),
        (LETTERS, Reading(letters="NV"), "that the brief asks for: NV"),
        (LETTERS, Reading(name="Nord Verlag"), "that the name begins with: NV"),
        (SHAPE, Reading(topic=FAMILIES[0].ideas[0]), f"stands for “{FAMILIES[0].ideas[0]}”"),
        (SHAPE, Reading(kinds=(MarkKind.ABSTRACT,)), "asks for an abstract mark"),
        (SHAPE, Reading(), "shows no thing"),
        (None, Reading(kinds=(MarkKind.WORDMARK,)), "The name alone, in Lora, as the brief asks."),
        (None, Reading(), "The name alone, in Lora: "),
    ],
)
def test_why_is_one_sentence_that_is_true(mark: Mark | None, reading: Reading, said: str) -> None:
    why = explain(replace(DESIGN, mark=mark), reading, SYMBOLS)
    assert said in why
    assert why.endswith(".")
    assert "\n" not in why
