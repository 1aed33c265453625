"""The choice of colours: as asked for, else what the trade, the era and the mood of a brief are at home in."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Final

from blazon.brief import Brief, LayoutKind, Palette, PaletteMood, Style
from blazon.design import ColourScheme
from blazon.direction.dice import Dice
from blazon.direction.moods import moods_for
from blazon.direction.trade_palettes import era_palettes, harmony, trade_palettes
from blazon.draw.given_colours import ALWAYS_DRAWN, BLACK, GivenColours, schemes
from blazon.draw.hues import HueFamily, family_of, is_kin, is_shade
from blazon.draw.palette import (
    HARMONIES,
    MIN_CONTRAST,
    WHITE,
    Ground,
    Harmony,
    contrast,
    hex_of,
    lch_of,
    scheme,
    scheme_on,
)
from blazon.reading.reading import Colour, ColourRole, Reading

_GROUNDS: Final = (
    (Ground.WHITE, Ground.SOLID, Ground.WHITE, Ground.DARK),
    (Ground.WHITE, Ground.BRIGHT, Ground.WHITE, Ground.SOLID),
    (Ground.WHITE, Ground.DARK, Ground.TINTED, Ground.WHITE),
    (Ground.WHITE, Ground.WHITE, Ground.SOLID, Ground.BRIGHT),
)
_DARK_GROUNDS: Final = (Ground.DARK, Ground.WHITE, Ground.SOLID, Ground.DARK)
_DARK_MOODS: Final = (PaletteMood.NIGHT, PaletteMood.LUXURY)
_INKS: Final = ("mark", "accent", "tint", "name", "slogan", "paper")
# A set of four shows four families: none of those of the last three.
_RECENT: Final = 3
_STRONG: Final = 0.06
_GREYS: Final = (BLACK, WHITE, "#595c61", "#2f4858", "#6b2737", "#e9ecef")

_F = HueFamily
_MOOD_FAMILIES: Final[dict[PaletteMood, frozenset[HueFamily]]] = {
    PaletteMood.WARM: frozenset({_F.RED, _F.ORANGE, _F.BROWN, _F.YELLOW}),
    PaletteMood.COOL: frozenset({_F.BLUE, _F.TEAL, _F.GREY}),
    PaletteMood.NATURAL: frozenset({_F.GREEN, _F.BROWN, _F.YELLOW}),
    PaletteMood.OCEAN: frozenset({_F.BLUE, _F.TEAL}),
    PaletteMood.SUNSET: frozenset({_F.RED, _F.ORANGE, _F.YELLOW, _F.PINK}),
    PaletteMood.EARTHY: frozenset({_F.BROWN, _F.ORANGE, _F.GREEN, _F.YELLOW}),
    PaletteMood.LUXURY: frozenset({_F.BLACK}),
    PaletteMood.NIGHT: frozenset({_F.BLACK}),
    PaletteMood.MONO: frozenset({_F.BLACK, _F.GREY}),
}


def colour_schemes(brief: Brief, reading: Reading, styles: Sequence[Style], dice: Dice) -> Iterator[ColourScheme]:
    """Yield colours for each candidate, without end.

    The palette of the brief wins and nothing else is used with it; then the colours of the reading, in their roles;
    then what its trade, era and mood are at home in. Colours that are avoided are in no ink, tint or paper, but for
    one that is asked for by name as well.
    """
    wanted = brief.palette if isinstance(brief.palette, Palette) else None
    if wanted is not None and wanted.colours:
        return cycle(dice.by_weight("given", schemes(GivenColours(wanted.colours, True, shown=_shown(brief))), keep=2))
    avoided = _avoided(reading)
    wished = [colour for colour in reading.colours if colour.value not in avoided.values]
    if reading.only or any(colour.role is not ColourRole.BACKGROUND for colour in wished):
        found = [colours for colours in _wished_schemes(brief, reading, wished) if not avoided.touches(colours)]
        if found:
            return cycle(dice.by_weight("given", found, keep=2))
    paper = next((colour.value for colour in wished if colour.role is ColourRole.BACKGROUND), "")
    moods = (wanted.mood,) if wanted is not None and wanted.mood else reading.moods
    harmonies = _harmonies(brief, reading, moods, styles, dice, strict=wanted is not None)
    dark = bool(moods) and moods[0] in _DARK_MOODS
    grounds = _DARK_GROUNDS if dark else dice.choice("grounds", _GROUNDS)
    return _vary(harmonies, grounds, paper, avoided)


class _Avoided:
    """The colours that must not be seen; where the brief wishes for one of the family, only the shade is barred."""

    def __init__(self, values: Sequence[str], wished: Sequence[str]) -> None:
        self.values = frozenset(values)
        kept = {family_of(colour) for colour in wished if colour not in self.values}
        self._shades = tuple(value for value in values if family_of(value) in kept)
        self._families = tuple(value for value in values if family_of(value) not in kept)
        self._wished = frozenset(wished) - self.values

    def touches(self, colours: ColourScheme) -> bool:
        return any(self._bars(value) for value in {getattr(colours, ink) for ink in _INKS} - self._wished)

    def _bars(self, colour: str) -> bool:
        return any(is_kin(colour, value) for value in self._families) or any(
            is_shade(colour, value) for value in self._shades
        )


def _avoided(reading: Reading) -> _Avoided:
    return _Avoided([colour.value for colour in reading.colours_avoided], [colour.value for colour in reading.colours])


def _shown(brief: Brief) -> tuple[str, ...]:
    """Return the roles that are certain to be drawn."""
    if not brief.brand_name or brief.layout is LayoutKind.SYMBOL:
        return ("mark", "paper")
    return ("name", "paper") if brief.layout is LayoutKind.WORDMARK else ALWAYS_DRAWN


def _wished_schemes(brief: Brief, reading: Reading, wished: Sequence[Colour]) -> Sequence[ColourScheme]:
    if not wished:
        return ()

    def first(role: ColourRole) -> str:
        return next((colour.value for colour in wished if colour.role is role), "")

    given = GivenColours(
        tuple(colour.value for colour in wished),
        only=reading.only,
        paper=first(ColourRole.BACKGROUND),
        name=first(ColourRole.NAME),
        accents=tuple(colour.value for colour in wished if colour.role is ColourRole.ACCENT),
        shown=_shown(brief),
    )
    return schemes(given)


def _harmonies(
    brief: Brief,
    reading: Reading,
    moods: Sequence[PaletteMood],
    styles: Sequence[Style],
    dice: Dice,
    *,
    strict: bool,
) -> list[Harmony]:
    """Return harmonies, the most fitting first: of the era, the trade and the mood; of the mood alone if `strict`."""
    if strict:
        return _of_moods(moods[:1], dice)
    text = reading.topic or brief.prompt
    era = [harmony(name) for name in _stir("era", era_palettes(brief.prompt, reading.avoid), dice)]
    trade = [harmony(name) for name in _stir("trade", trade_palettes(text), dice)]
    if not trade:
        return era + _of_moods(moods or moods_for(brief, tuple(styles)), dice)
    families = {_family(pair) for pair in trade}
    fitting = [pair for pair in trade if moods and _family(pair) in _MOOD_FAMILIES.get(moods[0], ())]
    # A mood may change how a trade looks, not what colours it wears: a gentle butcher is not lilac.
    tuned = [pair for pair in _of_moods(moods[:1], dice) if _family(pair) in families]
    return list(dict.fromkeys([*era, *fitting, *tuned, *trade]))


def _stir(label: str, names: Sequence[str], dice: Dice) -> list[str]:
    return dice.by_weight(label, names, keep=4)


def _of_moods(moods: Sequence[PaletteMood], dice: Dice) -> list[Harmony]:
    """Return the harmonies of three moods by turns; the first fits best and gets every other place."""
    rows = [iter(dice.shuffle(f"harmony/{mood}", HARMONIES[mood])) for mood in moods[:3]]
    if not rows:
        return []
    order = (rows[0], rows[1 % len(rows)], rows[0], rows[2 % len(rows)])
    most = 2 * sum(len(HARMONIES[mood]) for mood in moods[:3])
    turns = (next(row, None) for row, _ in zip(cycle(order), range(2 * most), strict=False))
    return [pair for pair in turns if pair is not None]


def _family(pair: Harmony) -> HueFamily:
    return family_of(hex_of(pair.mark))


def _vary(
    harmonies: Sequence[Harmony], grounds: Sequence[Ground], paper: str, avoided: _Avoided
) -> Iterator[ColourScheme]:
    """Yield a scheme for each ground in turn, of a family that none of the last three showed while there is one."""
    queue = [pair for pair in harmonies if not avoided.touches(_print(pair, Ground.WHITE, paper))]
    queue = queue or [pair for pair in _spare_harmonies() if not avoided.touches(_print(pair, Ground.WHITE, paper))]
    if not queue:
        yield from cycle(_neutral_schemes(avoided))
    recent: deque[HueFamily] = deque(maxlen=_RECENT)
    for ground in cycle(grounds):
        tries = [(pair, _print(pair, on, paper)) for on in (ground, Ground.WHITE) for pair in queue if _suits(pair, on)]
        kept = [entry for entry in tries if not avoided.touches(entry[1])]
        pair, colours = next((entry for entry in kept if main_family(entry[1]) not in recent), kept[0])
        queue.remove(pair)
        queue.append(pair)
        recent.append(main_family(colours))
        yield colours


def main_family(colours: ColourScheme) -> HueFamily:
    """Return the family that a scheme is remembered by: of its paper if that is a strong colour, else of its mark."""
    return family_of(colours.paper if lch_of(colours.paper)[1] >= _STRONG else colours.mark)


def _print(pair: Harmony, ground: Ground, paper: str) -> ColourScheme:
    return scheme_on(paper, pair) if paper else scheme(pair, ground)


def _suits(pair: Harmony, ground: Ground) -> bool:
    """Say whether a harmony looks well on a ground: warm inks on cream are worn out, a bright ground wants contrast."""
    if ground is Ground.TINTED:
        return not (30 <= pair.accent[2] <= 110 and _family(pair) in (_F.RED, _F.ORANGE, _F.BROWN))
    if ground is Ground.BRIGHT:
        return pair.accent[1] >= 0.08 and contrast(hex_of(pair.mark), scheme(pair, ground).paper) >= MIN_CONTRAST
    return True


def _spare_harmonies() -> list[Harmony]:
    """Return a harmony of every family, for a brief that avoids all that would suit it."""
    names = ("navy", "petrol", "forest", "oxblood", "rust", "espresso", "mustard", "plum", "rose", "ink-red", "slate")
    return [Harmony(harmony(name).mark, harmony(name).mark) for name in names]


def _neutral_schemes(avoided: _Avoided) -> list[ColourScheme]:
    """Return schemes of one ink on one paper that are not avoided; black on white if everything is."""
    pairs = [(ink, paper) for paper in reversed(_GREYS) for ink in _GREYS if contrast(ink, paper) >= MIN_CONTRAST]
    found = [ColourScheme(ink, ink, ink, ink, ink, paper, (ink, paper)) for ink, paper in pairs]
    return [colours for colours in found if not avoided.touches(colours)] or [
        ColourScheme(BLACK, BLACK, BLACK, BLACK, BLACK, WHITE, (BLACK, WHITE))
    ]
