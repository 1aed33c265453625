"""Schemes from given colours, as they are: who is paper and who is ink is chosen, no colour is changed.

With `only`, nothing else appears. White or black joins the given colours in one case: when one of them reaches a
contrast of 3:1 with none of the others, so that nothing given could carry it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from blazon.design import ColourScheme
from blazon.draw.palette import MIN_CONTRAST, WHITE, contrast, hex_of, lch_of, make_readable

BLACK: Final = "#000000"
# Type that carries small words wants more than a mark does (WCAG 2.2, criterion 1.4.3).
_SMALL_TYPE: Final = 4.5
_INK: Final = "#1c1d20"
_DARK_PAPER: Final = "#17181b"
_GREYISH: Final = 0.03
_MOST: Final = 24
ALWAYS_DRAWN: Final = ("mark", "name", "paper")
_Score = tuple[int, int, int, int, int]
_INKS: Final = ("mark", "accent", "tint", "name", "slogan", "paper")


@dataclass(frozen=True, slots=True)
class GivenColours:
    """Colours (`#rrggbb`) that were asked for, the most important first, one at least.

    Args:
        colours: all of them.
        only: whether no other may appear.
        paper, name: the one that is asked for as the background or for the name; empty where it is free.
        accents: those that are asked for as accents: never paper or name while there is another.
        shown: the roles that are certain to be drawn; as many of the colours as possible are put there.
    """

    colours: tuple[str, ...]
    only: bool = False
    paper: str = ""
    name: str = ""
    accents: tuple[str, ...] = ()
    shown: tuple[str, ...] = ALWAYS_DRAWN

    def __post_init__(self) -> None:
        object.__setattr__(self, "colours", tuple(dict.fromkeys(self.colours)))

    @property
    def tones(self) -> bool:
        """Whether lighter and darker tones may join: two colours are a palette by themselves."""
        return not self.only and len(self.colours) == 1


def carriers(colours: Sequence[str]) -> tuple[str, ...]:
    """Return what has to be added so that each of the colours can be read on another: nothing, white, black, or both.

    Every colour reaches 4.5:1 on white or on black, since the two ratios multiply to 21.
    """
    strays = [colour for colour in colours if not any(_reads(colour, other) for other in colours)]
    if not strays:
        return ()
    for plain in (WHITE, BLACK):
        if all(_reads(stray, plain) for stray in strays):
            return (plain,)
    return (WHITE, BLACK)


def shades_on(paper: str, colours: Sequence[str]) -> tuple[str, ...]:
    """Return colours as they can be read on the only paper that is allowed: lighter or darker where they could not.

    Without a paper, and for the paper itself, they are what they are.
    """
    if not paper:
        return tuple(colours)
    return tuple(colour if colour == paper else make_readable(lch_of(colour), paper) for colour in colours)


def show_all(given: GivenColours) -> bool:
    """Tell whether there is a scheme in which all of the colours are certain to be drawn."""
    return _score(schemes(given)[0], given)[0] == 0


@lru_cache(maxsize=256)
def schemes(given: GivenColours) -> tuple[ColourScheme, ...]:
    """Return distinct schemes that show as many of the colours as can be, on papers that take turns."""
    scored = [(_score(colours, given), colours) for colours in dict.fromkeys(_combine(given))]
    fewest = min(score[0] for score, _ in scored)
    return tuple(_spread(sorted((entry for entry in scored if entry[0][0] == fewest), key=lambda entry: entry[0])))


def _combine(given: GivenColours) -> Iterator[ColourScheme]:
    added = carriers(given.colours) if given.only else (WHITE, _DARK_PAPER)
    for paper in _papers(given, added):
        wished = [colour for colour in given.colours if _reads(colour, paper)]
        inks_added = added if given.only else (_INK, WHITE)
        plain = sorted((ink for ink in inks_added if _reads(ink, paper)), key=lambda ink: -contrast(ink, paper))
        # On a paper that is asked for perhaps neither: then what reads best, as something has to be seen.
        inks = wished or plain[:1] or [max((WHITE, BLACK), key=lambda ink: contrast(ink, paper))]
        marks = [ink for ink in inks if ink != given.name] or inks
        yield from (_scheme(given, paper, mark, name, inks) for mark in marks for name in _names(given, inks, plain))


def _names(given: GivenColours, inks: Sequence[str], plain: Sequence[str]) -> list[str]:
    if given.name in inks:
        return [given.name]
    free = [ink for ink in inks if ink not in given.accents]
    return ([*free, *plain[:1]] if not given.only else free) or list(inks)


def _papers(given: GivenColours, added: Sequence[str]) -> list[str]:
    if given.paper:
        return [given.paper]
    wished = [colour for colour in given.colours if colour not in (*given.accents, given.name)]
    papers = [*added, *wished] if not given.only else [*wished, *added]
    papers = papers or list(given.colours)
    whole = [*given.colours, *added]
    return [paper for paper in dict.fromkeys(papers) if any(_reads(ink, paper) for ink in whole)]


def _scheme(given: GivenColours, paper: str, mark: str, name: str, inks: Sequence[str]) -> ColourScheme:
    spare = [ink for ink in inks if ink not in (mark, name)]
    accent = spare[0] if spare else _second_tone(given, paper, mark, name)
    small = [ink for ink in (*spare[1:], name, mark, *inks) if contrast(ink, paper) >= _SMALL_TYPE]
    slogan = small[0] if small else max(inks, key=lambda ink: contrast(ink, paper))
    if slogan not in spare[1:] and len(spare) > 2:
        slogan = spare[2]  # it reads at 3:1, and has no other ink
    return ColourScheme(
        mark=mark,
        accent=accent,
        tint=_tint(given, paper, mark, {mark, name, accent, slogan}),
        name=name,
        slogan=slogan,
        paper=paper,
        palette=_confined(given, paper, mark, name),
    )


def _second_tone(given: GivenColours, paper: str, mark: str, name: str) -> str:
    """Return an accent where no colour is left for it: the name's, or a tone of the mark if others are allowed."""
    if name != mark or not given.tones:
        return name
    lightness, chroma, hue = lch_of(mark)
    if chroma < _GREYISH:
        _, chroma, hue = lch_of(paper)
        return make_readable((lightness, min(chroma, 0.09), hue), paper)
    return make_readable((lightness + (0.16 if lightness < 0.6 else -0.16), chroma * 0.8, hue), paper)


def _tint(given: GivenColours, paper: str, mark: str, used: set[str]) -> str:
    """Return what may lie behind the mark: a colour that is used nowhere else, or the paper's, which is not drawn."""
    fitting = [colour for colour in given.colours if _reads(colour, mark) and colour != paper]
    fresh = [colour for colour in fitting if colour not in used]
    if fresh or not given.tones:
        # One that the mark would not read on is never put behind it (`palette_coverage`).
        left = [colour for colour in given.colours if colour not in used and colour != paper]
        return (*fresh, *left, paper)[0]
    lightness, chroma, hue = lch_of(paper)
    if chroma >= _GREYISH:
        return hex_of((lightness + (-0.06 if lightness > 0.4 else 0.08), chroma, hue))
    _, chroma, hue = lch_of(mark)
    return hex_of((0.90 if lightness > 0.6 else lightness + 0.12, min(chroma, 0.06), hue))


def _confined(given: GivenColours, paper: str, mark: str, name: str) -> tuple[str, ...]:
    if not given.only and len(given.colours) == 1:
        return ()
    return tuple(dict.fromkeys((*given.colours, paper, mark, name)))


def _score(colours: ColourScheme, given: GivenColours) -> _Score:
    """Return how far a scheme is from showing all that was asked for; lower is better."""
    by_ink = {ink: getattr(colours, ink) for ink in _INKS}
    wished = set(given.colours)

    def missed(roles: Sequence[str]) -> int:
        return len(wished - {by_ink[role] for role in roles})

    # A wordmark has no mark and a symbol no name: better if the colours are seen in those too.
    alone = missed(("mark", "paper")) + missed(("name", "paper"))
    main = given.colours.index(colours.mark) if colours.mark in wished else len(wished)
    aside = given.colours[0] not in (colours.mark, colours.paper)
    weak = sum(contrast(by_ink[ink], colours.paper) < _SMALL_TYPE for ink in ("mark", "name"))
    return missed(given.shown), missed(_INKS), aside + weak, alone, main


def _spread(ranked: Sequence[tuple[_Score, ColourScheme]]) -> list[ColourScheme]:
    """Return schemes so that papers take turns among those that use as many colours and read as well."""
    turns: Counter[tuple[int, int, str]] = Counter()
    order: list[tuple[tuple[int, int], int, ColourScheme]] = []
    for (_, unused, weak, *_), colours in ranked:
        order.append(((unused, weak), turns[unused, weak, colours.paper], colours))
        turns[unused, weak, colours.paper] += 1
    return [entry[2] for entry in sorted(order, key=lambda entry: entry[:2])][:_MOST]


def _reads(one: str, other: str) -> bool:
    return contrast(one, other) >= MIN_CONTRAST
