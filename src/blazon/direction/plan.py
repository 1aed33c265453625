"""The plan of a set: which kind of mark each candidate has, and how it stands with the name.

A set shows different ideas of a logo, not one idea four times: of real marks a fifth is an icon beside a name. So four
candidates are of three kinds at least, unless the brief asks for some.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from blazon.brief import Brief, LayoutKind, MarkKind
from blazon.direction.dice import Dice
from blazon.reading.reading import Reading, Relation

_SIDE_BY_SIDE: Final = (LayoutKind.HORIZONTAL, LayoutKind.STACKED)
# What stands inside an emblem, or alone, can be of these kinds only.
_DRAWN: Final = (MarkKind.PICTORIAL, MarkKind.LETTERS, MarkKind.ABSTRACT)
# One of them stands inside an emblem where no picture fits.
_DRAWN_WITHOUT_PICTURES: Final = {MarkKind.LETTERS, MarkKind.ABSTRACT}


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one candidate in a set."""

    kind: MarkKind
    layout: LayoutKind


def plan_set(
    brief: Brief,
    reading: Reading,
    dice: Dice,
    *,
    pictures: bool,
    letters: bool,
    seal: bool,
    pictures_only: bool = False,
) -> Iterator[Slot]:
    """Yield a slot for each candidate, without end.

    Args:
        pictures: whether anything that can be shown fits the brief.
        letters: whether the name, or the letters asked for, can be a monogram.
        seal: whether the name suits an emblem.
        pictures_only: whether so much is to be seen that every candidate has to show some of it.
    """
    layout = (brief.layout or reading.layout) if reading.name else None
    possible = [
        kind
        for kind in MarkKind
        if (pictures or kind not in (MarkKind.PICTORIAL, MarkKind.MASCOT))
        and (letters or kind is not MarkKind.LETTERS)
        and (reading.name or kind not in (MarkKind.WORDMARK, MarkKind.BADGE))
        and (pictures or kind is not MarkKind.BADGE or not {*reading.kinds_avoided} >= _DRAWN_WITHOUT_PICTURES)
        # A name alone is no mark beside a name.
        and (layout in (None, LayoutKind.WORDMARK) or kind is not MarkKind.WORDMARK)
    ]
    wanted = [kind for kind in reading.kinds if kind in possible]
    allowed = wanted or [kind for kind in possible if kind not in reading.kinds_avoided] or [MarkKind.ABSTRACT]
    if pictures_only and not wanted and MarkKind.PICTORIAL in allowed and layout is not LayoutKind.WORDMARK:
        wanted = allowed = [MarkKind.PICTORIAL]
    kinds = _order_kinds(reading, allowed, layout, dice, seal=seal, wished=bool(wanted))
    beside = cycle(dice.shuffle("layout", _SIDE_BY_SIDE))
    return (Slot(kind, _layout_of(kind, layout, reading.name, beside)) for kind in kinds)


def _order_kinds(
    reading: Reading,
    allowed: Sequence[MarkKind],
    layout: LayoutKind | None,
    dice: Dice,
    *,
    seal: bool,
    wished: bool,
) -> Iterator[MarkKind]:
    if layout is LayoutKind.WORDMARK:
        return cycle((MarkKind.WORDMARK,))
    if wished:
        return cycle(allowed)
    if layout is not None or not reading.name:  # no name to set beside or around the mark, or always in one way
        return cycle(_choose((*_DRAWN, MarkKind.PICTORIAL), allowed, dice, reading))
    if _wants_letters_too(reading):
        return cycle(_keep((MarkKind.PICTORIAL, MarkKind.LETTERS), allowed) or allowed)
    if reading.letters and not reading.show:
        return cycle(_keep((MarkKind.LETTERS, MarkKind.LETTERS, MarkKind.BADGE), allowed) or allowed)
    if reading.show:
        second = MarkKind.BADGE if seal else MarkKind.PICTORIAL
        kept = _keep((MarkKind.PICTORIAL, second, MarkKind.PICTORIAL), allowed)
        other = dice.choice("kinds/other", _keep(allowed, (MarkKind.LETTERS, MarkKind.WORDMARK)) or allowed)
        return cycle([*kept, other])
    return cycle(_choose_set(allowed, dice, seal=seal))


def _choose(usual: Sequence[MarkKind], allowed: Sequence[MarkKind], dice: Dice, reading: Reading) -> Sequence[MarkKind]:
    """Return kinds of a set without a choice of layout: a picture first where there is one, the rest by chance."""
    if _wants_letters_too(reading):
        return _keep((MarkKind.PICTORIAL, MarkKind.LETTERS), allowed) or list(allowed)
    if reading.show and MarkKind.PICTORIAL in allowed:
        return (MarkKind.PICTORIAL,)
    kept = _keep(usual, allowed) or list(allowed)
    return (kept[0], *dice.shuffle("kinds", kept[1:]))


def _choose_set(allowed: Sequence[MarkKind], dice: Dice, *, seal: bool) -> Sequence[MarkKind]:
    """Return the kinds of two sets of four: each opens with a picture, and no kind fills more than half of it."""
    pair = dice.shuffle("kinds/pair", (MarkKind.ABSTRACT, MarkKind.WORDMARK))
    framed = MarkKind.BADGE if seal else MarkKind.PICTORIAL
    sets = (
        (MarkKind.PICTORIAL, *dice.shuffle("kinds/1", (MarkKind.LETTERS, pair[0], framed))),
        (MarkKind.PICTORIAL, *dice.shuffle("kinds/2", (MarkKind.LETTERS, pair[1], MarkKind.PICTORIAL))),
    )
    return [kind for each in sets for kind in each if kind in allowed] or allowed


def _wants_letters_too(reading: Reading) -> bool:
    """Whether letters are to be seen and things, and not the things in the letters."""
    return bool(reading.letters and reading.show) and all(
        wish.relation is not Relation.IN_LETTER for wish in reading.show
    )


def _keep(kinds: Sequence[MarkKind], among: Sequence[MarkKind]) -> list[MarkKind]:
    return [kind for kind in kinds if kind in among]


def _layout_of(kind: MarkKind, wanted: LayoutKind | None, name: str, beside: Iterator[LayoutKind]) -> LayoutKind:
    if not name:
        return LayoutKind.SYMBOL
    if wanted is not None:
        return wanted
    match kind:
        case MarkKind.WORDMARK:
            return LayoutKind.WORDMARK
        case MarkKind.BADGE:
            return LayoutKind.EMBLEM
        case _:
            return next(beside)
