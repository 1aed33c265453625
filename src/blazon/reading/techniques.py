"""How a mark is asked to be drawn: in lines, or solid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blazon.brief import Unmet
from blazon.draw.symbols import SymbolLibrary, SymbolStyle
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.reading import Scene, Technique
from blazon.reading.scan import Scan

_WISHED: Final[dict[Technique, str]] = {
    Technique.LINES: """monoline, mono line, mono linear, monolinear, line art, lineart, line work, linework, line
        drawing, line drawn, line icon, line mark, line logo, line symbol, line style, line illustration, single line,
        one line, continuous line, one continuous line, single line drawing, one line drawing, thin line, fine line,
        thin line art, fine line art, thin line icon, simple line drawing, thin stroke, even stroke, single stroke,
        simple line icon, uniform stroke, outlined, in outline, outline style, outline icon, outline mark, outline logo,
        outline drawing, outline symbol, outline only, only outline, just outline, drawn in line, in line only""",
    Technique.SOLID: """silhouette, solid silhouette, solid shape, solid form, solid icon, solid mark, solid symbol,
        solid logo, solid fill, filled shape, filled form, filled icon, filled mark, filled symbol, glyph icon,
        block shape, flat and solid, solid and flat""",
}
_REFUSED: Final[dict[Technique, str]] = {
    Technique.LINES: "outline, outlined, line art, line drawing, line icon, thin line, fine line, hairline stroke",
    Technique.SOLID: "solid shape, solid fill, filled shape, silhouette",
}


def _table(phrases: dict[Technique, str]) -> PhraseTable[Technique]:
    return PhraseTable(entry for technique, text in phrases.items() for entry in parse_phrases(text, technique))


_WISHES: Final = _table(_WISHED)
_REFUSALS: Final = _table({one: f"{_WISHED[one]}, {_REFUSED[one]}" for one in Technique})


@dataclass(frozen=True, slots=True)
class Techniques:
    """What a prompt says of how its mark is drawn."""

    wanted: Technique | None = None
    avoided: Technique | None = None
    unmet: tuple[Unmet, ...] = ()
    """That both are wished, or one is wished and refused."""


def find_techniques(scan: Scan) -> Techniques:
    """Return whether lines or solid shapes are wished or refused; their words are marked as understood."""
    wanted: dict[Technique, str] = {}
    avoided: dict[Technique, str] = {}
    index = 0
    while index < len(scan.tokens):
        table, said = (_REFUSALS, avoided) if scan.negated[index] else (_WISHES, wanted)
        match = table.longest(scan.tokens, index)
        if match and scan.is_free(index, match[1]):
            said.setdefault(match[0], scan.source(index, match[1]).lower())
            scan.use(index, match[1])
        index += match[1] if match else 1
    if not wanted:
        return Techniques(None, next(iter(avoided), None))
    first, *others = wanted
    clashes = [Unmet(f"{wanted[first]}, but also {wanted[other]}", f"{wanted[first]} is taken") for other in others]
    if first in avoided:
        clashes.append(Unmet(f"{wanted[first]}, but no {avoided[first]}", "what is refused is left out"))
        return Techniques(None, first, tuple(clashes))
    return Techniques(first, next(iter(avoided), None), tuple(clashes))


def tell_missing_lines(technique: Technique | None, show: Sequence[Scene], symbols: SymbolLibrary) -> list[Unmet]:
    """Return what is asked for in lines and is there in solid drawings only."""
    if technique is not Technique.LINES:
        return []
    things = dict.fromkeys(thing for scene in show for thing in scene.things)
    return [
        Unmet(f"{thing.words} in lines", "the library has no such drawing of it; it is solid")
        for thing in things
        if (drawings := symbols.depict(thing.name)) and not any(one.style is SymbolStyle.LINE for one in drawings)
    ]
