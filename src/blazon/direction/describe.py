"""A logo in words: what its mark shows, and why it does."""

from collections.abc import Sequence
from typing import Final

from blazon.brief import LayoutKind, MarkKind
from blazon.design import (
    CompositeMark,
    Design,
    GeometricMark,
    LetterformMark,
    Mark,
    OutlineMark,
    Repeat,
    RepetitionMark,
    RotationMark,
    SymbolMark,
    Treatment,
)
from blazon.direction.describe_names import describe_letters, describe_name
from blazon.draw.geometry import FAMILIES, GeometricFamily
from blazon.draw.meaning import words_of
from blazon.draw.symbols import Symbol, SymbolLibrary
from blazon.reading.reading import Reading, Relation

OWN_MARK: Final = "a mark that was brought along"
_COUNTS: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
_PATTERNS: Final = {
    Repeat.GRID: "in a grid",
    Repeat.ALTERNATING: "in rows that look to one side and the other in turn",
    Repeat.MIRRORED: "in a grid, each the mirror image of its neighbours",
    Repeat.TURNED: "in a grid, each turned by a quarter against its neighbours",
    Repeat.HALF_DROP: "in columns of which each second one stands half a step higher",
    Repeat.COUNTERCHANGED: "in tiles, in turn solid and cut out",
}


def list_shown(design: Design, symbols: SymbolLibrary) -> tuple[str, ...]:
    """Return plain words for what a design depicts: `fox`, `letters NV`, `abstract: a shape in waves`.

    None for a name alone.

    Raises:
        KeyError: the library has no such symbol.
    """
    in_name = (symbols.get(design.letter_symbol.symbol).name,) if design.letter_symbol else ()
    return (*_list_of_mark(design.mark, symbols), *in_name)


def _list_of_mark(mark: Mark | None, symbols: SymbolLibrary) -> tuple[str, ...]:
    match mark:
        case SymbolMark() | RotationMark() | RepetitionMark():
            return (symbols.get(mark.symbol).name,)
        case CompositeMark():
            return symbols.get(mark.first).name, symbols.get(mark.second).name
        case LetterformMark():
            return (f"letters {mark.initials}",)
        case GeometricMark():
            return (f"abstract: {_family_of(mark).shape}",)
        case OutlineMark():
            return () if mark.painted_by else (OWN_MARK,)  # of a painting nobody knows what it shows
        case None:
            return ()


def explain(design: Design, reading: Reading, symbols: SymbolLibrary) -> str:
    """Return in one sentence why a design shows what it shows, for a brief with that reading, and how it is treated.

    Raises:
        KeyError: the library has no such symbol.
    """
    why, how = _explain_mark(design, reading, symbols), explain_treatment(design)
    return f"{why.removesuffix('.')}; {how}." if how else why


def explain_treatment(design: Design) -> str:
    """Return what is done to a mark that is not drawn as it is; empty for what everybody sees."""
    match design.treatment:
        case Treatment.GRADIENT:
            return "in a gradient of two neighbouring colours, flat wherever there is one"
        case Treatment.CUT:
            carried = ", which a letter of the name has too" if design.name_idea is not None else ""
            return f"parted by one cut at {design.cut} degrees{carried}"
        case Treatment.SEGMENTED:
            return f"in {_COUNTS[design.segments]} fields of colour that meet in its middle"
        case Treatment.STENCIL:
            return "with the bridges of a stencil"
    if isinstance(design.mark, RotationMark):
        return f"{_COUNTS.get(design.mark.count, design.mark.count)} times around a point"
    return _explain_pattern(design.mark) if isinstance(design.mark, RepetitionMark) else ""


def _explain_pattern(mark: RepetitionMark) -> str:
    count = mark.columns * mark.rows + (mark.columns // 2 if mark.pattern is Repeat.HALF_DROP else 0)
    in_two = ", one of them in the second colour" if mark.accent is not None else ""
    halves = ", its halves in two colours that are exchanged from one to the next" if mark.halved else ""
    return f"{_COUNTS.get(count, count)} times {_PATTERNS[mark.pattern]}{in_two}{halves}"


def _explain_mark(design: Design, reading: Reading, symbols: SymbolLibrary) -> str:
    mark = design.mark
    match mark:
        case SymbolMark() | RotationMark() | RepetitionMark():
            return _explain_symbol(symbols.get(mark.symbol), reading)
        case CompositeMark():
            return _explain_both(symbols.get(mark.first), symbols.get(mark.second), reading)
        case LetterformMark():
            of = "the brief asks for" if mark.initials == reading.letters else "the name begins with"
            return f"A monogram of the letters that {of}: {mark.initials}, {describe_letters(mark)}."
        case GeometricMark():
            return _explain_shape(mark, reading)
        case OutlineMark():
            if mark.painted_by:
                return f"The mark was painted by {mark.painted_by.model}; nobody looked at what it shows."
            return "The mark is the one that was brought along."
        case None:
            return _explain_wordmark(design, reading, symbols)


def _explain_wordmark(design: Design, reading: Reading, symbols: SymbolLibrary) -> str:
    face = f", in {design.name_type.family}" if design.name_type else ""
    done = describe_name(design, symbols)
    if design.letter_symbol is not None:
        asked = any(scene.relation is Relation.IN_LETTER for scene in reading.show)
        return f"A wordmark{face}: {done}{', as the brief asks' if asked else ''}."
    wished = MarkKind.WORDMARK in reading.kinds or reading.layout is LayoutKind.WORDMARK
    if done:
        return f"A wordmark{face}{', as the brief asks' if wished else ''}: {done}."
    return f"The name alone{face}{', as the brief asks' if wished else ': it can be the whole logo'}."


def _explain_symbol(symbol: Symbol, reading: Reading) -> str:
    names = [frozenset(words_of(text)) for text in (symbol.name, *symbol.tags)]
    for thing in (thing for scene in reading.show for thing in scene.things):
        if (wanted := frozenset(words_of(thing.name))) and any(wanted <= words for words in names):
            return f"The brief asks for {_quote([thing.words])}{_name(symbol, thing.words)}."
    told = [word for word in words_of(reading.topic) if any(word in words for words in names)]
    if told:
        return f"The brief says {_quote(told)}{_name(symbol, *told)}."
    return f"What the brief says of the brand calls up {_quote([symbol.name])}."


def _explain_both(first: Symbol, second: Symbol, reading: Reading) -> str:
    both = _quote([first.name, second.name])
    if len(reading.show) > 1 or any(len(scene.things) > 1 for scene in reading.show):
        return f"The brief asks for both: {both} in one mark."
    return f"What the brief and the name call up, in one mark: {both}."


def _name(symbol: Symbol, *words: str) -> str:
    """Return what a symbol shows, unless these words have said it."""
    return "" if symbol.name in words else f"; this shows {_quote([symbol.name])}"


def _explain_shape(mark: GeometricMark, reading: Reading) -> str:
    """Return what an abstract mark says, and why that fits: by words of the brief where it says them."""
    family = _family_of(mark)
    said = f"An abstract mark, {family.shape}: {family.meaning}"
    told = [word for word in words_of(reading.topic) if word in family.ideas]
    if told:
        return f"{said}; it stands for {_quote(told)}."
    if MarkKind.ABSTRACT in reading.kinds:
        return f"{said}; the brief asks for an abstract mark."
    return f"{said}. It shows no thing, and leaves the rest to the brand."


def _family_of(mark: GeometricMark) -> GeometricFamily:
    return next(family for family in FAMILIES if family.name == mark.family)


def _quote(words: Sequence[str]) -> str:
    return " and ".join(f"\u201c{word}\u201d" for word in dict.fromkeys(words))
