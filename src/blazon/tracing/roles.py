"""The inks of a traced mark as the parts of a design: three at most, each with the role that it prints in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from pathops import Path, PathOpsError

from blazon.design import OutlineMark, OutlinePart
from blazon.draw.outline import Box, Ink, Layer, inked_area, intersect_paths, subtract_paths, to_svg, union
from blazon.draw.reduction import reduce_layers
from blazon.draw.treatments import SIDE, fit_layers
from blazon.tracing.oklab import oklab_of
from blazon.tracing.trace import TracedInk, TracedMark

Role = Literal["mark", "accent", "tint"]

_MOST: Final = 3
# Of its own area an ink has at least this share in the trap under its neighbours if it lies on them.
_TOUCHING: Final = 0.01
# Of what is drawn within another ink so much lies within its outline, at least.
_WITHIN: Final = 0.5
# How much it counts, in shares of the mark, that the shapes of two parts run into each other.
_RUN_TOGETHER: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Part:
    path: Path
    colour: tuple[float, float, float]
    area: float


def design_mark(traced: TracedMark) -> OutlineMark:
    """Return a traced mark as that of a design: colours are joined until there are three.

    Printed in one colour a design leaves its tint out. So what is drawn within the largest ink is the tint: it is then
    open in it, instead of one blot with it.
    """
    parts = [_Part(ink.path, _colour_of(ink), inked_area(ink.path)) for ink in traced.inks]
    while len(parts) > _MOST:
        parts = _join_two(parts)
    roles = _choose_roles(parts)
    layers = [Layer(part.path, Ink(role)) for part, role in zip(parts, roles, strict=True)]
    colours = {role: _hex_of(part.colour) for part, role in zip(parts, roles, strict=True)}
    fitted = reduce_layers(fit_layers(layers, Box(0, 0, SIDE, SIDE)))
    return OutlineMark(
        tuple(OutlinePart(role, colours[role], to_svg(layer.path)) for layer, role in zip(fitted, roles, strict=True))
    )


def _colour_of(ink: TracedInk) -> tuple[float, float, float]:
    red, green, blue = (byte / 255 for byte in bytes.fromhex(ink.colour[1:]))
    return red, green, blue


def _hex_of(colour: tuple[float, float, float]) -> str:
    return "#" + bytes(round(255 * value) for value in colour).hex()


def _join_two(parts: Sequence[_Part]) -> list[_Part]:
    """Return parts, two of them as one in the colour of the larger, in the place of the lower.

    They are those of like colours, or of which one is small; two that touch only where nothing else is left, since
    their shapes would run into each other.
    """
    lab = oklab_of(np.array([part.colour for part in parts]))
    total = sum(part.area for part in parts)

    def loss(i: int, j: int) -> float:
        unlike = float(np.linalg.norm(lab[i] - lab[j]))
        seen = min(parts[i].area, parts[j].area) / total + _touch(parts[i], parts[j]) * _RUN_TOGETHER
        return round(unlike * seen, 6)

    _, one, other = min((loss(i, j), j, i) for i in range(len(parts)) for j in range(i))
    larger = max(parts[one], parts[other], key=lambda part: part.area)
    try:
        path = union([parts[one].path, parts[other].path])
        # What lies between them stays where it is: it is cut out of what comes to lie higher than it was.
        path = subtract_paths(path, *(between.path for between in parts[one + 1 : other]))
    except PathOpsError:
        path = larger.path
    joined = _Part(path, larger.colour, parts[one].area + parts[other].area)
    return [joined if place == other else part for place, part in enumerate(parts) if place != one]


def _choose_roles(parts: Sequence[_Part]) -> list[Role]:
    roles: list[Role] = ["accent"] * len(parts)
    main = max(range(len(parts)), key=lambda place: round(parts[place].area))
    roles[main] = "mark"
    others = [place for place in range(len(parts)) if place != main]
    outline = _fill_holes(parts[main].path)
    within = [
        place
        for place in others
        if _touch(parts[main], parts[place]) > _TOUCHING and _lies_in(parts[place], outline) > _WITHIN
    ]
    # A rim around the largest may print with it; what is drawn within it may not.
    within = [place for place in within if not _surrounds(parts[place], parts[main])] or within
    if within:
        roles[max(within, key=lambda place: round(parts[place].area))] = "tint"
    elif len(others) > 1:
        roles[min(others, key=lambda place: round(parts[place].area))] = "tint"
    return roles


def _fill_holes(path: Path) -> Path:
    """Return a path without its holes; as it is where that fails."""
    contours = []
    for contour in path.contours:
        alone = Path()
        alone.addPath(contour)
        contours.append(alone)
    try:
        return union(contours)
    except PathOpsError:
        return path


def _lies_in(part: _Part, outline: Path) -> float:
    """Return the share of a part that lies in an outline; the other half of a mark lies beside it."""
    try:
        return inked_area(intersect_paths(part.path, outline)) / max(part.area, 1e-6)
    except PathOpsError:
        return 0.0


def _surrounds(one: _Part, other: _Part) -> bool:
    (left, top, right, bottom), inner = one.path.bounds, other.path.bounds
    return bool(left < inner[0] and top < inner[1] and right > inner[2] and bottom > inner[3])


def _touch(one: _Part, other: _Part) -> float:
    """Return the share of the smaller of two parts that lies in the trap between them."""
    try:
        return inked_area(intersect_paths(one.path, other.path)) / max(min(one.area, other.area), 1e-6)
    except PathOpsError:
        return 0.0
