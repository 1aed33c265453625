"""Emblems: mark and words in one badge, drawn to one of several plans (`BadgePlan`).

Every emblem lies in a square of `SIDE` units.
"""

from collections.abc import Sequence
from typing import Final

from blazon.design import BadgePlan, FrameShape, Ornament
from blazon.draw.badges.banded import draw_banded
from blazon.draw.badges.crest import draw_crest
from blazon.draw.badges.labels import draw_label, draw_oval, draw_stack
from blazon.draw.badges.parts import LEGIBLE, Draft, Emblem, Finish
from blazon.draw.badges.ring import draw_ring
from blazon.draw.badges.unframed import draw_arch, draw_flanked, draw_wreath
from blazon.draw.outline import Layer
from blazon.draw.wording import Words, shorten

__all__ = ["LEGIBLE", "ONE_LINE", "SEAL_SHAPES", "Emblem", "Finish", "emblem", "plan_of"]

SEAL_SHAPES: Final = (FrameShape.CIRCLE, FrameShape.BADGE)
# The plans that bend a name, or set it on a band: it stands in one line.
ONE_LINE: Final = frozenset(
    {BadgePlan.RING, BadgePlan.RIBBON, BadgePlan.PLATE, BadgePlan.CHIEF, BadgePlan.OVAL, BadgePlan.ARCH}
)


def plan_of(badge: BadgePlan | None, shape: FrameShape | None) -> BadgePlan:
    """Return the plan of an emblem: where none is given, circles and badges are rings, the other shapes crests."""
    if badge is not None:
        return badge
    return BadgePlan.RING if shape is None or shape in SEAL_SHAPES else BadgePlan.CREST


def emblem(
    mark: Sequence[Layer],
    words: Words,
    shape: FrameShape | None,
    *,
    finish: Finish,
    badge: BadgePlan | None = None,
    ornament: Ornament = Ornament.DIAMOND,
) -> Emblem | None:
    """Return an emblem; a plan takes the shapes that suit it, another shape is replaced by its usual one.

    Words that would be too small to read at 256 px are left out. None if that is the name, or the plan has no place
    for it.
    """
    plan = plan_of(badge, shape)
    if plan is BadgePlan.RING:
        return draw_ring(mark, words, shape, finish, ornament)
    if plan is BadgePlan.CREST:
        return draw_crest(mark, words, shape, finish)
    for kept, left_out in shorten(words):
        draft = _draft(mark, kept, plan, shape, finish)
        layers = draft.finish() if draft else None
        if layers is not None:
            return Emblem(layers, left_out)
    return None


def _draft(
    mark: Sequence[Layer], words: Words, plan: BadgePlan, shape: FrameShape | None, finish: Finish
) -> Draft | None:
    match plan:
        case BadgePlan.LABEL:
            return draw_label(mark, words, finish)
        case BadgePlan.OVAL:
            return draw_oval(mark, words, finish)
        case BadgePlan.STACK:
            return draw_stack(mark, words, finish)
        case BadgePlan.ARCH:
            return draw_arch(mark, words, finish)
        case BadgePlan.FLANKED:
            return draw_flanked(mark, words)
        case BadgePlan.WREATH:
            return draw_wreath(mark, words)
        case _:
            return draw_banded(mark, words, plan, shape, finish)
