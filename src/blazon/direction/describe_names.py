"""What was done to a name, in words."""

from typing import Final

from blazon.brief import LetterCase
from blazon.design import Design, LetterformMark, LetterPlace, LetterSymbol, NameIdea, NameTechnique
from blazon.draw.initials import split_graphemes
from blazon.draw.symbols import SymbolLibrary
from blazon.draw.writing import apply_case, make_printable

# {0} is the letter at which it is done, {1} the one behind it, {2} an angle.
_WORDS: Final[dict[NameTechnique, str]] = {
    NameTechnique.DOT: "its dots in a second colour",
    NameTechnique.FILLED: "a drop in the {0}",
    NameTechnique.OPEN: "an open {0}",
    NameTechnique.CUT: "a cut at {2} degrees through the {0}",
    NameTechnique.STENCIL: "bridges through its letters, as of a stencil",
    NameTechnique.INLINE: "a fine line inside its strokes",
    NameTechnique.JOINED: "a stem shared by {0} and {1}",
    NameTechnique.LINKED: "{0} and {1} as links of a chain",
    NameTechnique.TIED: "a bar shared by {0} and {1}",
    NameTechnique.ROOF: "the bar of the {0} as a roof over the letters behind it",
    NameTechnique.JUSTIFIED: "its words below each other at one width",
}


_MONOGRAMS: Final[dict[str, str]] = {
    "ringed": "in a ring",
    "halved": "in a disc of two halves",
    "sliced": "cut through by a diagonal",
    "striped": "dissolving into stripes",
    "joined": "grown together",
    "tucked": "one behind the other",
    "cascaded": "one over the other",
    "divided": "parted by a slash",
    "stacked": "one above the other",
    "nested": "one inside the other",
    "roofed": "one under the bar of the other",
    "woven": "woven over and under each other",
    "back to back": "with a shared stem, back to back",
    "counterform": "one as the counter of the other",
}


def describe_letters(mark: LetterformMark) -> str:
    """Return how the letters of a monogram are put together: `with a shared stem`."""
    return _MONOGRAMS.get(mark.construction, f"cut out of a {mark.construction}")


def describe_name(design: Design, symbols: SymbolLibrary) -> str:
    """Return what makes the name of a design its own: `a cut at 32 degrees through the O`; empty for nothing.

    Raises:
        KeyError: the library has no such symbol.
    """
    if design.letter_symbol is not None:
        return _describe_symbol(design, design.letter_symbol, symbols)
    if design.name_idea is not None and (
        design.name_idea.technique is not NameTechnique.DOT or _in_two_colours(design)
    ):
        return _describe_idea(design, design.name_idea)
    return "two tones" if design.name_split is not None and _in_two_colours(design) else ""


def _in_two_colours(design: Design) -> bool:
    return design.colours.name != design.colours.accent


def _describe_symbol(design: Design, place: LetterSymbol, symbols: SymbolLibrary) -> str:
    where = "in place of" if place.place is LetterPlace.LETTER else "in"
    return f"\u201c{symbols.get(place.symbol).name}\u201d {where} the {_letter(design, place.index)}"


def _describe_idea(design: Design, idea: NameIdea) -> str:
    letters = (_letter(design, idea.index), _letter(design, idea.index + 1))
    return _WORDS[idea.technique].format(*letters, idea.angle)


def _letter(design: Design, index: int) -> str:
    case = design.name_type.case if design.name_type else LetterCase.AS_GIVEN
    wished = design.name_type is not None and design.name_type.case_wished
    text = apply_case(make_printable(design.brand_name), case, wished=wished)
    printed = [letter for letter in split_graphemes(text) if not letter.isspace()]
    return printed[index] if index < len(printed) else ""
