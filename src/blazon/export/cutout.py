"""The mark of a painting apart from the paper that it was painted on.

Painters of pixels know no transparency: they paint on a plain sheet. Where the sheet is one colour B and the mark
next to an edge is one colour F, a pixel C on that edge is C = a F + (1 - a) B, and the share a of the mark is the
projection of C - B on F - B. This is done in sRGB, because browsers and drawing programs mix there. What counts as
paper is judged by eye, in OKLab. Needs numpy, which comes with the extra `gpu`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[Any]]
    Mask = np.ndarray[Any, np.dtype[np.bool_]]

# OKLab distances; 0.02 is just noticeable. Paper is allowed twice its own unevenness, within these bounds.
_EVEN: Final = 0.016
_UNEVEN: Final = 0.05
# Beyond this it is not paper at all, and no measure of its unevenness.
_NOT_PAPER: Final = 0.12
# A sheet is plain when this share of the border shows it.
_PLAIN_SHARE: Final = 0.6
# How far an edge reaches into the mark, in pixels: decoders of latents paint edges two or three pixels soft.
_EDGE: Final = 5
# What is never this many tolerances away from the paper is a speck of the paper.
_SPECK: Final = 2
# A pixel is on the way down to the paper when one within the same reach is farther from it: this share is a summit.
_SUMMIT: Final = 0.96


@dataclass(frozen=True, slots=True)
class Cutout:
    """A mark on nothing, and the sheet it came from.

    Args:
        mark: RGBA, as large as the painting, the colours of its edges free of paper.
        paper: the colour of the sheet.
        plain: whether there is a plain sheet at all; if not, the mark is the whole painting.
    """

    mark: Image.Image
    paper: tuple[int, int, int]
    plain: bool

    def on(self, colour: tuple[int, int, int], size: tuple[int, int] | None = None) -> Image.Image:
        """Return the mark in the middle of a sheet of a colour, RGB."""
        sheet = Image.new("RGB", size or self.mark.size, colour)
        corner = (sheet.width - self.mark.width) // 2, (sheet.height - self.mark.height) // 2
        sheet.paste(self.mark, corner, self.mark)
        return sheet


def cut_out(painting: Image.Image) -> Cutout:
    """Cut the mark out of an RGB painting on a plain sheet.

    Holes of the mark count as paper where they have its very colour. A painting up to its border comes back
    whole and opaque, and `plain` says so.
    """
    import numpy as np

    colours = np.asarray(painting.convert("RGB"), dtype=np.float32) / 255
    paper = np.median(_border(colours), axis=0)
    distance = np.linalg.norm(oklab(colours) - oklab(paper), axis=-1)
    edge = _border(distance)
    plain = bool(np.mean(edge < _NOT_PAPER) >= _PLAIN_SHARE)
    rgb = tuple(int(value) for value in np.rint(paper * 255))
    if not plain:
        opaque = painting.convert("RGB")
        opaque.putalpha(255)
        return Cutout(opaque, (rgb[0], rgb[1], rgb[2]), plain=False)
    unevenness = float(np.percentile(edge[edge < _NOT_PAPER], 95))
    alpha, mark = _separate(colours, paper, distance, min(max(2 * unevenness, _EVEN), _UNEVEN))
    pixels = np.dstack([mark, alpha])
    return Cutout(Image.fromarray(np.rint(pixels * 255).astype(np.uint8), "RGBA"), (rgb[0], rgb[1], rgb[2]), plain=True)


def _separate(colours: "Pixels", paper: "Pixels", distance: "Pixels", tolerance: float) -> "tuple[Pixels, Pixels]":
    """Return the share of the mark in each pixel, 0 to 1, and the colour of the mark there."""
    import numpy as np

    like_paper = distance < tolerance
    outside = _reach(like_paper, _rim(like_paper) | _core(distance < tolerance / 2))
    outside = ~_reach(~outside, distance > _SPECK * tolerance)
    solid = _solid_colours(colours, np.linalg.norm(colours - paper, axis=-1), outside)
    towards = solid - paper
    length = np.maximum(np.sum(towards**2, axis=-1), 1e-6)
    alpha = np.clip(np.sum((colours - paper) * towards, axis=-1) / length, 0, 1)
    alpha = np.where(outside, 0, np.rint(alpha * 255) / 255)
    share = np.maximum(alpha, 1 / 255)[..., None]
    return alpha, np.clip((colours - (1 - share) * paper) / share, 0, 1)


def _solid_colours(colours: "Pixels", distance: "Pixels", outside: "Mask") -> "Pixels":
    """Return for each pixel the colour of the mark that its edge belongs to: the nearest one away from the paper."""
    import numpy as np

    inner = ~outside
    edge = inner & grow(outside, _EDGE)
    summit = distance
    for _ in range(_EDGE - 1):
        summit = np.maximum.reduce([summit, *_neighbours(summit)])
    known = inner & (~edge | (distance > _SUMMIT * summit))
    solid, count = colours.copy(), -1
    while (found := int(np.count_nonzero(known))) != count:
        count = found
        for there, colour in zip(_neighbours(known.copy()), _neighbours(solid.copy()), strict=True):
            new = edge & ~known & there
            solid[new] = colour[new]
            known |= new
    return solid


def _border(values: "Any") -> "Any":
    """Return the outermost rows and columns, one after another: two in a hundred on each side."""
    import numpy as np

    deep = max(1, values.shape[0] // 50)
    sides = values[:deep], values[-deep:], values[deep:-deep, :deep], values[deep:-deep, -deep:]
    return np.concatenate([side.reshape(-1, *values.shape[2:]) for side in sides])


def oklab(colours: "Pixels") -> "Pixels":
    """Return sRGB colours, 0 to 1, in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020)."""
    import numpy as np

    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ],
        dtype=np.float32,
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ],
        dtype=np.float32,
    )
    return np.asarray(np.cbrt(linear.astype(np.float32) @ to_cones.T) @ to_lab.T)


def _neighbours(values: "Any") -> "Iterator[Any]":
    """Yield the values beside, above and below each pixel; the border is its own neighbour."""
    import numpy as np

    padded = np.pad(values, [(1, 1), (1, 1), *[(0, 0)] * (values.ndim - 2)], mode="edge")
    for down, right in ((1, 0), (1, 2), (0, 1), (2, 1)):
        yield padded[down : down + values.shape[0], right : right + values.shape[1]]


def grow(mask: "Mask", by: int) -> "Mask":
    import numpy as np

    for _ in range(by):
        mask = np.logical_or.reduce([mask, *_neighbours(mask)])
    return mask


def _core(mask: "Mask") -> "Mask":
    """Return what stays of a mask when its rim is taken off: no specks, no threads."""
    return ~grow(~mask, 1)


def _rim(mask: "Mask") -> "Mask":
    rim = mask.copy()
    rim[1:-1, 1:-1] = False
    return rim


def _reach(mask: "Mask", seeds: "Mask") -> "Mask":
    """Return the parts of a mask that hold a seed, in sweeps along rows and columns until nothing is added."""
    import numpy as np

    reached, count = mask & seeds, -1
    while (found := int(np.count_nonzero(reached))) != count:
        count = found
        reached = _sweep(mask, reached)
        reached = _sweep(mask.T, reached.T).T
    return reached


def _sweep(mask: "Mask", seeds: "Mask") -> "Mask":
    """Return the runs of a mask, row by row, that hold a seed."""
    import numpy as np

    starts = mask.copy()
    starts[:, 1:] &= ~mask[:, :-1]
    run = np.cumsum(starts.ravel()).reshape(mask.shape)
    lit = np.zeros(int(run.flat[-1]) + 1, dtype=np.bool_)
    lit[run[seeds]] = True
    return np.asarray(mask & lit[run])
