"""The choice of type: the kinds that a brief wishes for, or else what suits its style; and how the name is set."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Final

from blazon.brief import LetterCase, Style
from blazon.design import Typeface
from blazon.direction.dice import Dice
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import resolve_family
from blazon.draw.typefaces import TypeFamily
from blazon.reading.reading import Reading

# Styles that often set a name in capitals, and how often, out of ten.
_CAPITALS: Final[dict[Style, int]] = {
    Style.ELEGANT: 5,
    Style.CLASSIC: 4,
    Style.BOLD: 5,
    Style.MINIMAL: 3,
    Style.TECH: 3,
}
# Of so many families the best fitting are in the first places; the seed reorders them by less than that.
_NEAR: Final = 8
SEAL_TRACKING: Final = 40.0


def choose_families(
    reading: Reading, fonts: FontLibrary, styles: Sequence[Style], dice: Dice
) -> Iterator[TypeFamily | None]:
    """Yield a family that covers the name for each candidate, a new one each time while they last; None without one.

    Raises:
        TextNotCovered: no installed font has the characters of the name.
    """
    if not reading.name:
        yield from cycle((None,))
    if reading.family:
        yield from cycle((fonts.family(reading.family),))
    wished = fonts.families_of(reading.type, reading.type_avoided) if reading.type or reading.type_avoided else None
    by_style = {style: _rank(style, wished, fonts, dice) for style in styles}
    fallback = resolve_family(reading.name, [by_style[styles[0]][0].name], fonts)
    used: set[str] = set()
    for style in cycle(styles):
        allowed = (family for family in by_style[style] if family.name not in reading.families_avoided)
        covering = [family for family in allowed if not fonts.missing_characters(family.name, reading.name)]
        fresh = [family for family in covering if family.name not in used] or covering or [fallback]
        used.add(fresh[0].name)
        yield fresh[0]


def set_name(family: TypeFamily, reading: Reading, style: Style, dice: Dice, number: int, *, seal: bool) -> Typeface:
    """Return how the name of a candidate is set; in a seal in capitals, which its ring holds better."""
    weight = dice.choice(f"weight/{number}", family.weights_for(reading.type)[:2])
    tracking = SEAL_TRACKING if seal else 0.0
    if reading.case is not None:
        return Typeface(family.name, weight, reading.case, tracking, case_wished=True)
    capitals = family.capitals and (seal or dice.number(f"case/{number}", 10) < _CAPITALS.get(style, 0))
    return Typeface(family.name, weight, LetterCase.UPPER if capitals else family.case, tracking)


def set_slogan(slogan: str, family: TypeFamily, fonts: FontLibrary) -> Typeface:
    """Return how a slogan is set beside a name in a family.

    Raises:
        TextNotCovered: no installed font has its characters.
    """
    face = family.slogan or Typeface(family.name, family.weights[-1])
    covering = resolve_family(slogan, [face.family], fonts, field="slogan")
    return face if covering.name == face.family else Typeface(covering.name, covering.weights[0])


def _rank(style: Style, wished: Sequence[TypeFamily] | None, fonts: FontLibrary, dice: Dice) -> list[TypeFamily]:
    """Return families, the most fitting first: of what is wished those that suit the style come before the others."""
    fitting = dice.by_weight(f"type/{style}", fonts.families_for(style), keep=_NEAR)
    if not wished:
        return fitting
    suited = [family for family in fitting if family in wished]
    return [*suited, *dice.by_weight(f"type/{style}/wished", [one for one in wished if one not in suited], keep=_NEAR)]
