"""The drawing for small sizes: what would clog or vanish at 16 or 32 pixels is closed or left out.

Gaps narrower than most of a pixel are filled (a closing of mathematical morphology) and strokes
thinner than half of one go (an opening), each unless too much of the drawing went with it.
"""

from collections.abc import Sequence
from typing import Final

from pathops import Path, PathOpsError

from blazon.draw.composition import grow, without_specks
from blazon.draw.outline import Ink, Layer, inked_area, stroke_path, subtract_paths, union

# Widths in pixels: of the gaps that are filled, of the strokes that go, of the smallest part or hole.
_GAP: Final = 0.8
_STROKE: Final = 0.5
_SPECK: Final = 1.1
# The share of its ink that a drawing may gain or lose by one of them.
_MOST_CHANGED: Final = 0.20


def simplify_layers(layers: Sequence[Layer], pixel: float) -> tuple[Layer, ...]:
    """Return layers as they are drawn where a pixel is `pixel` units wide; a tint is left out."""
    kept = [layer for layer in layers if layer.ink is not Ink.TINT]
    simple = tuple(Layer(_simplify(layer.path, pixel), layer.ink) for layer in kept)
    # Inks that touched no longer do, or one would be painted over the other.
    return tuple(
        Layer(subtract_paths(layer.path, *(other.path for other in simple[:place])), layer.ink)
        for place, layer in enumerate(simple)
    )


def _simplify(path: Path, pixel: float) -> Path:
    whole = union([path])
    try:
        closed = _accept(whole, shrink(grow(whole, _GAP * pixel / 2), _GAP * pixel / 2))
        opened = _accept(closed, grow(shrink(closed, _STROKE * pixel / 2), _STROKE * pixel / 2))
    except PathOpsError:
        opened = whole
    return without_specks(opened, _SPECK * pixel)


def _accept(before: Path, after: Path) -> Path:
    """Return the changed outline, or the one before if too much of it is another."""
    area = inked_area(before)
    return after if abs(inked_area(after) - area) <= _MOST_CHANGED * area else before


def shrink(path: Path, by: float) -> Path:
    """Return an outline that ends `by` units earlier all around.

    Raises:
        PathOpsError: the outline cannot be shrunk.
    """
    return union([subtract_paths(path, stroke_path(path, 2 * by))])
