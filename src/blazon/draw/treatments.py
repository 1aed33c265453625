"""Treatments: what is done to a mark before it is placed: framed, knocked out, in two colours, cut.

Input and output are layers in a square of `SIDE` units. Printed in one colour every treatment
still reads, because layers that touch are cut apart and not painted over each other.
"""

from collections.abc import Sequence
from typing import Final

from pathops import Path

from blazon.design import FrameShape, Treatment
from blazon.draw.cuts import SEGMENTS, cut_layers, segment_layers, stencil_layers
from blazon.draw.frames import content_box, frame, frame_line
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    circle,
    inked_area,
    intersect_paths,
    layer_bounds,
    mirror_path,
    move_path,
    rectangle,
    scale_path,
    subtract_paths,
    union,
)
from blazon.errors import InvalidDesign

SIDE: Final = 1000.0
_SQUARE: Final = Box(0, 0, SIDE, SIDE)
_FRAME_LINE: Final = 44.0
_SYMMETRIC: Final = 0.06
# The angles of a cut and of a first edge that have none of their own, in degrees.
_SLANT: Final = 24
_UPRIGHT: Final = 90


def treat(
    layers: Sequence[Layer], treatment: Treatment, shape: FrameShape | None, cut: int | None = None, segments: int = 2
) -> tuple[Layer, ...]:
    """Return `layers` under a treatment, in a square of `SIDE` units; a frame without a shape is a circle.

    Args:
        layers: of a mark, anywhere.
        treatment: what is done to it.
        shape: of the frame, for treatments with one.
        cut: the angle of a cut or of the first edge of a field, in degrees; 0 is level, more rises to the right.
        segments: of how many fields a segmented mark is made, 2 to 4.

    Raises:
        InvalidDesign: fewer or more fields.
    """
    shape, fitted = shape or FrameShape.CIRCLE, fit_layers(layers, _SQUARE)
    match treatment:
        case Treatment.FRAMED:
            ring = Layer(frame_line(shape, _SQUARE, _FRAME_LINE), Ink.ACCENT)
            return (ring, *fit_layers(layers, content_box(shape, _SQUARE.inset(_FRAME_LINE * 0.4))))
        case Treatment.KNOCKED_OUT:
            content = [
                layer.path
                for layer in fit_layers(layers, content_box(shape, _SQUARE))
                if layer.ink not in (Ink.TINT, Ink.MIX)
            ]
            return (Layer(subtract_paths(frame(shape, _SQUARE), union(content)), Ink.MARK),)
        case Treatment.DUOTONE:
            return _duotone(fitted)
        case Treatment.GRADIENT:
            body = Layer(union([layer.path for layer in fitted if layer.ink is not Ink.TINT]), Ink.MARK)
            return (*(layer for layer in fitted if layer.ink is Ink.TINT), body)
        case Treatment.CUT | Treatment.SEGMENTED | Treatment.STENCIL:
            return _part(fitted, treatment, cut, segments)
        case Treatment.PLAIN | Treatment.LINE:
            return fitted


def _part(layers: tuple[Layer, ...], treatment: Treatment, cut: int | None, segments: int) -> tuple[Layer, ...]:
    if treatment is Treatment.STENCIL:
        return stencil_layers(layers)
    if treatment is Treatment.CUT:
        return cut_layers(layers, _SLANT if cut is None else cut)
    if segments not in SEGMENTS:
        raise InvalidDesign(f"segments must be 2 to 4, not {segments}")
    return segment_layers(layers, segments, _UPRIGHT if cut is None else cut)


def fit_layers(layers: Sequence[Layer], box: Box) -> tuple[Layer, ...]:
    """Scale and centre `layers` in `box` so that marks of different shapes look equally large.

    A filled square looks larger than a circle or a star of the same width, so the side of a mark
    shrinks with the share of its bounding box that is inked.
    """
    ink = layer_bounds(layers)
    if not ink.width or not ink.height:
        return tuple(layers)
    filled = sum(inked_area(layer.path) for layer in layers if layer.ink is not Ink.TINT) / (ink.width * ink.height)
    side = min(box.width, box.height) * (1 - 0.10 * max(0.0, min(1.0, (filled - 0.5) / 0.5)))
    factor = min(side / max(ink.width, ink.height), 1.0e6)
    (x, y), (to_x, to_y) = ink.centre, box.centre
    return tuple(
        Layer(move_path(scale_path(layer.path, factor), to_x - factor * x, to_y - factor * y), layer.ink)
        for layer in layers
    )


def _duotone(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Bring a second colour in: as it is, by halves of a symmetric mark, or as a disc behind it."""
    if any(layer.ink is not Ink.MARK for layer in layers):
        return layers
    mark = union([layer.path for layer in layers])
    if is_symmetric(layers):
        x = layer_bounds(layers).centre[0]
        half = rectangle(Box(x, -SIDE, 2 * SIDE, 2 * SIDE))
        return Layer(subtract_paths(mark, half), Ink.MARK), Layer(intersect_paths(mark, half), Ink.ACCENT)
    disc = circle((SIDE * 0.58, SIDE * 0.42), SIDE * 0.42)
    return Layer(disc, Ink.TINT), *layers


def is_symmetric(layers: Sequence[Layer]) -> bool:
    """Say whether a mark is to the eye its own mirror image about its vertical axis."""
    return asymmetry(union([layer.path for layer in layers])) < _SYMMETRIC


def asymmetry(path: Path) -> float:
    """Return the share of a mark's area (0 to 2) that its mirror image about its vertical axis does not share."""
    ink = layer_bounds([Layer(path, Ink.MARK)])
    area = inked_area(path)
    if not area:
        return 2.0
    shared = inked_area(intersect_paths(path, mirror_path(path, ink.centre[0])))
    return 2 * (area - shared) / area
