"""Shapes that a brief refuses: `no circles` means frames, badges, monograms and abstract marks as well as pictures."""

from collections.abc import Sequence
from typing import Final

from blazon.design import FrameShape
from blazon.draw.geometry import FAMILIES, GeometricFamily
from blazon.draw.letterforms import Construction

_F = FrameShape
# What a refused word rules out: frames, constructions of monograms, families of abstract marks.
_ROUND: Final = (
    frozenset({_F.CIRCLE, _F.BADGE}),
    frozenset({"circle", "ringed", "halved"}),
    frozenset({"concentric", "orbit", "overlap", "waves", "stripes", "spiral", "people", "path", "growth", "grid"}),
)
_SQUARE: Final = (
    frozenset({_F.SQUIRCLE}),
    frozenset({"squircle"}),
    frozenset({"grid", "overlap", "waves", "stripes", "path"}),
)
_SHIELD: Final = (frozenset({_F.SHIELD}), frozenset({"shield"}), frozenset({"waves", "stripes"}))
_HEXAGON: Final = (frozenset({_F.HEXAGON}), frozenset({"hexagon"}), frozenset({"waves", "stripes"}))
_WORDS: Final = {
    "circle": _ROUND, "round": _ROUND, "disc": _ROUND, "roundel": _ROUND,
    "square": _SQUARE, "squircle": _SQUARE, "rectangle": _SQUARE,
    "shield": _SHIELD, "crest": _SHIELD, "hexagon": _HEXAGON,
}  # fmt: skip


class RefusedShapes:
    """What may be drawn around or as a mark, given the things that a brief refuses."""

    def __init__(self, avoid: Sequence[str]) -> None:
        found = [_WORDS[word] for thing in avoid for word in thing.casefold().split() if word in _WORDS]
        self._frames = frozenset[FrameShape]().union(*(frames for frames, _, _ in found))
        self._constructions = frozenset[str]().union(*(names for _, names, _ in found))
        self._families = frozenset[str]().union(*(names for _, _, names in found))

    def bars(self, frame: FrameShape) -> bool:
        return frame in self._frames

    def keep_frames(self, frames: Sequence[FrameShape]) -> list[FrameShape]:
        """Return the frames that are not refused, others where none of these is left; all if all are refused."""
        return (
            [frame for frame in frames if frame not in self._frames]
            or [frame for frame in FrameShape if frame not in self._frames]
            or [*frames]
        )

    def keep_constructions(self, constructions: Sequence[Construction]) -> list[Construction]:
        return [one for one in constructions if one.name not in self._constructions]

    def keep_families(self) -> list[GeometricFamily]:
        """Return the families of abstract marks in which no refused shape is drawn."""
        return [family for family in FAMILIES if family.name not in self._families]
