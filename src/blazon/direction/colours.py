"""The choice of colours: as asked for, else what the trade, the era and the mood of a brief are at home in."""

import itertools
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Final

from blazon.brief import Brief, LayoutKind, MarkKind, Palette, PaletteMood, Style
from blazon.design import ColourScheme
from blazon.direction.dice import Dice
from blazon.direction.moods import moods_for
from blazon.direction.trade_palettes import era_palettes, harmony, trade_palettes
from blazon.draw.given_colours import ALWAYS_DRAWN, BLACK, GivenColours, schemes, shades_on, show_all
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
from blazon.reading.printable_colours import make_printable
from blazon.reading.reading import Colour, ColourRole, Reading

_GROUNDS: Final = (
    (Ground.WHITE, Ground.SOLID, Ground.WHITE, Ground.DARK),
    (Ground.WHITE, Ground.BRIGHT, Ground.WHITE, Ground.SOLID),
    (Ground.WHITE, Ground.DARK, Ground.TINTED, Ground.WHITE),
    (Ground.WHITE, Ground.WHITE, Ground.SOLID, Ground.BRIGHT),
)
_DARK_GROUNDS: Final = (Ground.DARK, Ground.WHITE, Ground.SOLID, Ground.DARK)
_PASTEL_GROUNDS: Final = (Ground.BRIGHT, Ground.WHITE, Ground.BRIGHT, Ground.TINTED)
_DARK_MOODS: Final = (PaletteMood.NIGHT, PaletteMood.LUXURY)
_INKS: Final = ("mark", "accent", "tint", "name", "slogan", "paper")
# A set of four shows four families: none of those of the last three.
_RECENT: Final = 3
# A step in OKLCH's lightness.
_HARDLY_SEEN: Final = 0.07
# A step in lightness that nobody sees, and one after which a colour is still called the same.
_UNSEEN: Final = 0.02
_STILL_THE_SAME: Final = 0.1
_STRONG: Final = 0.06
_GREYS: Final = (BLACK, WHITE, "#595c61")
_OTHER_GROUNDS: Final = (Ground.WHITE, Ground.SOLID, Ground.DARK, Ground.BRIGHT)

_DARKEST: Final = 0.40
_BRIGHTEST: Final = 0.80
# A yellow with less chroma than this is tan.
_SUNNY: Final = 0.15

_F = HueFamily
_WARM: Final = frozenset({_F.RED, _F.ORANGE, _F.BROWN, _F.YELLOW, _F.BLACK, _F.GREY})
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
        in_palette = [colour for colour in reading.colours if colour.value in wanted.colours]
        return cycle(
            dice.by_weight("given", schemes(_give(brief, reading, wanted.colours, in_palette, only=True)), keep=2)
        )
    reading = replace(reading, colours=make_printable(reading.colours, only=reading.only))
    avoided = _avoided(reading)
    wished = [colour for colour in reading.colours if colour.value not in avoided.values]
    if wished and (reading.only or any(colour.role is not ColourRole.BACKGROUND for colour in wished)):
        given = _give(brief, reading, [colour.value for colour in wished], wished, only=reading.only)
        # A colour that is asked for is kept even where a tone of it would be taken for one that is avoided.
        plain = [_in_one_ink(colours) for colours in schemes(given)]
        found = avoided.keep(schemes(given)) or avoided.keep(dict.fromkeys(plain)) or schemes(given)
        return cycle(dice.by_weight("given", found, keep=2))
    paper = next((colour.value for colour in wished if colour.role is ColourRole.BACKGROUND), "")
    moods = (wanted.mood,) if wanted is not None and wanted.mood else reading.moods
    strict = wanted is not None or moods[:1] == (PaletteMood.MONO,)
    harmonies = _harmonies(brief, reading, moods, styles, dice, strict=strict)
    return _vary(harmonies, _grounds(moods, dice), paper, avoided)


def _grounds(moods: Sequence[PaletteMood], dice: Dice) -> Sequence[Ground]:
    if moods and moods[0] in _DARK_MOODS:
        return _DARK_GROUNDS
    return _PASTEL_GROUNDS if moods and moods[0] is PaletteMood.PASTEL else dice.choice("grounds", _GROUNDS)


class _Avoided:
    """The colours that must not be seen; where the brief wishes for one of the family, only the shade is barred."""

    def __init__(self, values: Sequence[str], wished: Sequence[str]) -> None:
        self.values = frozenset(values)
        kept = {family_of(colour) for colour in wished if colour not in self.values}
        self._shades = tuple(value for value in values if family_of(value) in kept)
        self._families = tuple(value for value in values if family_of(value) not in kept)
        self._wished = frozenset(wished) - self.values

    def keep(self, schemes: Iterable[ColourScheme]) -> list[ColourScheme]:
        return [colours for colours in schemes if not self.touches(colours)]

    def touches(self, colours: ColourScheme) -> bool:
        return bool(self.values) and any(
            self._bars(value) for value in {getattr(colours, ink) for ink in _INKS} - self._wished
        )

    def _bars(self, colour: str) -> bool:
        return any(is_kin(colour, value) for value in self._families) or any(
            is_shade(colour, value) for value in self._shades
        )


def _avoided(reading: Reading) -> _Avoided:
    return _Avoided([colour.value for colour in reading.colours_avoided], [colour.value for colour in reading.colours])


def _shown(brief: Brief, reading: Reading) -> tuple[str, ...]:
    """Return the roles that are certain to be drawn."""
    layout = brief.layout or reading.layout
    if not (reading.name or brief.brand_name) or layout is LayoutKind.SYMBOL:
        return ("mark", "paper")
    wordmark = layout is LayoutKind.WORDMARK or reading.kinds == (MarkKind.WORDMARK,)
    return ("name", "paper") if wordmark else ALWAYS_DRAWN


def _give(
    brief: Brief, reading: Reading, values: Sequence[str], roles: Sequence[Colour], *, only: bool
) -> GivenColours:
    def first(role: ColourRole) -> str:
        return next((colour.value for colour in roles if colour.role is role), "")

    paper = first(ColourRole.BACKGROUND)
    if not only and not paper:
        values, roles = _nudge_accents(values, roles)
    given = GivenColours(
        shades_on(paper, values),
        only=only,
        paper=paper,
        name="".join(shades_on(paper, [name] if (name := first(ColourRole.NAME)) else [])),
        accents=shades_on(paper, [colour.value for colour in roles if colour.role is ColourRole.ACCENT]),
        shown=_shown(brief, reading),
    )
    if only or paper or len(given.colours) == 1:
        return given
    names = {colour.value: colour.name for colour in roles}
    given = _nudge_named(given, names, _UNSEEN)
    nudged = given if show_all(given) else _nudge_named(given, names, _STILL_THE_SAME)
    return nudged if show_all(nudged) else given


def _nudge_named(given: GivenColours, names: Mapping[str, str], most: float) -> GivenColours:
    """Return colours of which those in words are darker by up to `most`, if they read on white then.

    What was given as `#rrggbb` is meant to the letter.
    """

    def nudge(value: str) -> str:
        (shade,) = shades_on(WHITE, (value,))
        named = not names.get(value, "#").startswith("#")
        return shade if named and lch_of(value)[0] - lch_of(shade)[0] <= most else value

    return replace(
        given,
        colours=tuple(map(nudge, given.colours)),
        name=nudge(given.name) if given.name else "",
        accents=tuple(map(nudge, given.accents)),
    )


def _nudge_accents(values: Sequence[str], roles: Sequence[Colour]) -> tuple[list[str], list[Colour]]:
    """Return colours with each accent dark enough for white, if the eye hardly sees it: orange stays orange."""
    nudged: dict[str, str] = {}
    for colour in roles:
        (shade,) = shades_on(WHITE, (colour.value,))
        near = lch_of(colour.value)[0] - lch_of(shade)[0] <= _HARDLY_SEEN
        nudged[colour.value] = shade if near and colour.role is ColourRole.ACCENT else colour.value
    return [nudged.get(value, value) for value in values], [replace(one, value=nudged[one.value]) for one in roles]


def _harmonies(
    brief: Brief,
    reading: Reading,
    moods: Sequence[PaletteMood],
    styles: Sequence[Style],
    dice: Dice,
    *,
    strict: bool,
) -> list[Harmony]:
    """Return harmonies, the most fitting first: of the era, the trade and the mood; of the mood alone if `strict`.

    Where the trade is not told, what is to be seen or the name may tell of one: plants, a garden.
    """
    if strict:
        return _of_moods(moods[:1], dice)
    text = reading.topic or brief.prompt
    era = [harmony(name) for name in _stir("era", era_palettes(brief.prompt, reading.avoid), dice)]
    shown = " ".join(thing.name for scene in reading.show for thing in scene.things)
    found = next(filter(None, map(trade_palettes, (text, shown, reading.name))), ())
    trade = [harmony(name) for name in _stir("trade", found, dice)]
    if not trade:
        return era + _of_moods(moods or moods_for(text, styles), dice)
    families = {_family(pair) for pair in trade}
    fitting = [pair for pair in trade if moods and _family(pair) in _MOOD_FAMILIES.get(moods[0], ())]
    # A mood may change how a trade looks, not what colours it wears: a gentle butcher is not lilac.
    tuned = [pair for pair in _of_moods(moods[:1], dice) if _all_families(pair) <= families]
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


def _all_families(pair: Harmony) -> set[HueFamily]:
    return {_family(pair), family_of(hex_of(pair.accent))}


def _vary(
    harmonies: Sequence[Harmony], grounds: Sequence[Ground], paper: str, avoided: _Avoided
) -> Iterator[ColourScheme]:
    """Yield a scheme for each ground in turn, of a family that none of the last three showed while there is one."""
    queue = list(harmonies)
    recent: deque[tuple[HueFamily, HueFamily]] = deque(maxlen=_RECENT)
    for ground in cycle(grounds):
        found = _choose_fresh(queue, (ground, *_OTHER_GROUNDS), paper, avoided, recent)
        if found is None:
            queue = _spare_harmonies()
            found = _choose_fresh(queue, (ground, *_OTHER_GROUNDS), paper, avoided, recent)
        if found is None:
            yield from cycle(_last_schemes(avoided))
            return
        pair, colours = found
        queue.remove(pair)
        queue.append(pair)
        recent.append((main_family(colours), _family(pair)))
        yield colours


def _choose_fresh(
    queue: Sequence[Harmony],
    grounds: Sequence[Ground],
    paper: str,
    avoided: _Avoided,
    recent: Collection[tuple[HueFamily, HueFamily]],
) -> tuple[Harmony, ColourScheme] | None:
    """Return the first harmony, as it is printed, whose families are both new; else one that shows a new one; else any.

    Gold on dark green is of two: it shows gold, and is as green as green on white.
    """
    shown, known = {family for family, _ in recent}, {family for pair in recent for family in pair}
    new: tuple[Harmony, ColourScheme] | None = None
    last: tuple[Harmony, ColourScheme] | None = None
    for ground, pair in itertools.product(grounds, queue):
        if not _suits(pair, ground):
            continue
        printed = _print(pair, ground, paper)
        colours = next((one for one in (printed, _in_one_ink(printed)) if not avoided.touches(one)), None)
        if colours is None:
            continue
        family = main_family(colours)
        if known.isdisjoint((family, _family(pair))):
            return pair, colours
        if new is None and family not in shown:
            new = pair, colours
        last = last or (pair, colours)
    return new or last


def _in_one_ink(colours: ColourScheme) -> ColourScheme:
    """Return a scheme without its neutrals: for a brief that wants no black, white or grey."""
    mark = colours.mark
    return replace(colours, accent=mark, name=mark, slogan=mark, tint=colours.paper)


def main_family(colours: ColourScheme) -> HueFamily:
    """Return the family that a scheme is remembered by: of its paper if that is a strong colour, else of its mark."""
    return family_of(colours.paper if lch_of(colours.paper)[1] >= _STRONG else colours.mark)


def _print(pair: Harmony, ground: Ground, paper: str) -> ColourScheme:
    return scheme_on(paper, pair) if paper else scheme(pair, ground)


def _suits(pair: Harmony, ground: Ground) -> bool:
    """Say whether a harmony looks well on a ground; white suits all.

    Warm inks on cream are worn out, white on yellow is mud and on black has no colour, a bright ground is bright by
    itself, and what has no dark colour is not put on black.
    """
    match ground:
        case Ground.TINTED:
            return _family(pair) not in _WARM
        case Ground.SOLID:
            return _family(pair) not in (_F.YELLOW, _F.BLACK)
        case Ground.DARK:
            dark, light = sorted((pair.mark, pair.accent))
            return dark[0] < _DARKEST and lch_of(scheme(pair, ground).mark)[0] - light[0] < _HARDLY_SEEN
        case Ground.BRIGHT:
            lightness, chroma, hue = pair.accent
            bright = lightness >= _BRIGHTEST and chroma >= (_SUNNY if 40 <= hue <= 100 else _STRONG)
            return bright and contrast(hex_of(pair.mark), hex_of(pair.accent)) >= MIN_CONTRAST
        case Ground.WHITE:
            return True


def _spare_harmonies() -> list[Harmony]:
    """Return a harmony of every family, for a brief that avoids all that would suit it."""
    names = ("navy", "petrol", "forest", "oxblood", "rust", "espresso", "mustard", "plum", "rose", "ink-red", "slate")
    return [Harmony(harmony(name).mark, harmony(name).mark) for name in names]


def _last_schemes(avoided: _Avoided) -> list[ColourScheme]:
    """Return schemes of one ink on a paper, greys or two tones of a hue; black on white if all of them are avoided."""
    tones = [(hex_of((0.38, 0.09, hue)), hex_of((0.88, 0.06, hue))) for hue in range(0, 360, 30)]
    pairs = [*itertools.permutations(_GREYS, 2), *tones]
    readable = [(ink, paper) for ink, paper in pairs if contrast(ink, paper) >= MIN_CONTRAST]
    found = [ColourScheme(ink, ink, paper, ink, ink, paper) for ink, paper in readable]
    return avoided.keep(found) or [ColourScheme(BLACK, BLACK, WHITE, BLACK, BLACK, WHITE)]
