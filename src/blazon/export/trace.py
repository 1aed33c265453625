"""A painting to outlines: few colours, few paths, each a smooth curve.

vtracer follows the edges of flat colours. A painting has none: its edges are mixtures, and traced as they are they
become slivers of mixed colour along every edge. So each pixel is first given to one of the few colours that the
painting is flat in, and only to one that lies beside it. Needs numpy, which comes with the extra `gpu`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import vtracer
from PIL import Image, ImageFilter

from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box, from_svg, to_svg, transformed
from blazon.export.cutout import Cutout, grow, oklab
from blazon.export.drawing import Drawing

if TYPE_CHECKING:
    import numpy as np

    from blazon.export.cutout import Mask, Pixels

MAX_PATHS: Final = 200

# Traced at three times the size: an edge is then placed within a sixth of a pixel, and round things stay round.
_SCALE: Final = 3
_LARGEST: Final = 3 * 1024
# Takes the steps of the pixels off an edge, in pixels of the painting.
_SMOOTH: Final = 0.55
# Least width of a shape that is kept, in pixels of the enlarged painting; the next where there are too many.
_SPECKLES: Final = (6, 12, 24, 48)
_AT_ONCE: Final = 1_000_000
# Changes of colour along a row, on average, beyond which a picture is traced coarser. A logo has ten. vtracer holds
# the interpreter lock: a quarter of a second for a logo, a minute for noise.
_BUSY: Final = 50
_COARSEST: Final = 64
_MOST_COLOURS: Final = 12
# OKLab distance below which two colours are one, with some grain.
_SAME: Final = 0.06
# A colour of less than this share of the mark is grain.
_LEAST_SHARE: Final = 0.002
# Levels, 0 to 1, by which neighbours of a flat pixel may differ.
_FLAT: Final = 0.05
# How far from a flat colour its edge reaches, in pixels.
_REACH: Final = 3
_PATH: Final = re.compile(
    r'<path d="(?P<d>[^"]*)" fill="(?P<fill>#[0-9A-Fa-f]{6})" '
    r'transform="translate\((?P<x>[-0-9.]+),(?P<y>[-0-9.]+)\)"/>'
)


def trace(cutout: Cutout, title: str = "") -> Drawing:
    """Return a square painting, cut out, as at most `MAX_PATHS` filled outlines on its paper. Holes are real holes."""
    while cutout.mark.width >= 2 * _COARSEST and _changes(_flatten(cutout, 1)) > _BUSY:
        cutout = replace(cutout, mark=cutout.mark.reduce(2))
    flat = _flatten(cutout, max(1, min(_SCALE, _LARGEST // cutout.mark.width)))
    for speckle in _SPECKLES:
        paths = _follow(flat, speckle)
        if len(paths) <= MAX_PATHS:
            break
    scale = ARTBOARD / flat.width
    # Those in front come last, and the smallest with them.
    shapes = tuple({"fill": fill.lower(), "d": _scale(data, scale, x, y)} for data, fill, x, y in paths[:MAX_PATHS])
    red, green, blue = cutout.paper
    return Drawing(Box(0, 0, ARTBOARD, ARTBOARD), f"#{red:02x}{green:02x}{blue:02x}", shapes, title)


def _follow(flat: Image.Image, speckle: int) -> list[tuple[str, str, float, float]]:
    """Return the outlines of flat colours as path data, colour and offset; `speckle` is the least width kept."""
    png = BytesIO()
    flat.save(png, "PNG", compress_level=1)
    document = vtracer.convert_raw_image_to_svg(
        png.getvalue(),
        img_format="png",
        colormode="color",
        hierarchical="stacked",  # a shape reaches under its neighbours: no hairlines between them
        mode="spline",
        filter_speckle=speckle,
        color_precision=8,
        layer_difference=0,
        # Found by measuring: 45, the default, bends circles; shorter pieces give twice the points for the same error.
        corner_threshold=60,
        length_threshold=10.0,
        splice_threshold=20,
        path_precision=2,
    )
    return [(m["d"], m["fill"], float(m["x"]), float(m["y"])) for m in _PATH.finditer(document)]


def _scale(data: str, scale: float, x: float, y: float) -> str:
    return to_svg(transformed(from_svg(data), scale, 0, 0, scale, x * scale, y * scale))


def _flatten(cutout: Cutout, scale: int) -> Image.Image:
    """Return a mark in its flat colours, opaque or not at all, `scale` times as large."""
    import numpy as np

    mark = np.asarray(cutout.mark, dtype=np.float32) / 255
    flat = _flat(mark)
    palette = _palette(mark[..., :3][flat])
    home = _nearest(oklab(mark[..., :3]), palette)
    away = [_away(flat & (home == index)) for index in range(len(palette))]
    inks = np.column_stack([np.rint(palette * 255), np.full(len(palette), 255)]).astype(np.uint8)
    paper = np.asarray(cutout.paper, dtype=np.float32) / 255
    inks[np.linalg.norm(oklab(palette) - oklab(paper), axis=-1) < _SAME] = 0
    enlarged = cutout.mark.resize([side * scale for side in cutout.mark.size], Image.Resampling.BICUBIC)
    cover = enlarged.getchannel("A").filter(ImageFilter.GaussianBlur(_SMOOTH * scale))
    large = np.asarray(enlarged)
    pixels = np.zeros_like(large)
    inked = np.flatnonzero(np.asarray(cover) >= 128)
    for part in np.array_split(inked, 1 + len(inked) // _AT_ONCE):
        rows, columns = np.divmod(part, enlarged.width)
        near = [places[rows // scale, columns // scale] for places in away]
        lab = oklab(large[rows, columns, :3].astype(np.float32) / 255)
        pixels[rows, columns] = inks[_nearest(lab, palette, near)]
    return Image.fromarray(pixels, "RGBA")


def _changes(flat: Image.Image) -> float:
    """Return how often the colour changes along a row, on average."""
    import numpy as np

    pixels = np.asarray(flat)
    return float((pixels[:, 1:] != pixels[:, :-1]).any(axis=-1).sum() / flat.height)


def _nearest(lab: "Pixels", palette: "Pixels", away: "Sequence[Pixels] | None" = None) -> "np.ndarray[Any, Any]":
    """Return the index of the colour of a palette that is nearest to each colour, in OKLab; what is away goes last."""
    import numpy as np

    best, label = np.full(lab.shape[:-1], np.inf, dtype=np.float32), np.zeros(lab.shape[:-1], dtype=np.intp)
    for index, colour in enumerate(palette):
        distance = np.linalg.norm(lab - oklab(colour), axis=-1)
        if away is not None:
            distance += away[index]
        closer = distance < best
        best[closer], label[closer] = distance[closer], index
    return label


def _away(places: "Mask") -> "Pixels":
    """Return how far each pixel is from the places of a colour: 0 beside them, 10 in the same stroke, 20 beyond."""
    import numpy as np

    beside = grow(places, _REACH)
    return np.asarray(20 - 10 * beside.astype(np.float32) - 10 * grow(beside, 4 * _REACH))


def _flat(mark: "Pixels") -> "Mask":
    """Return where a mark is opaque and as its neighbours; everywhere opaque if it is nowhere flat."""
    import numpy as np

    opaque = mark[..., 3] == 1
    rise = np.zeros(mark.shape[:2], dtype=np.float32)
    for axis in (0, 1):
        step = np.abs(np.diff(mark, axis=axis)).max(axis=-1)
        before, after = [(0, 0), (0, 0)], [(0, 0), (0, 0)]
        before[axis], after[axis] = (1, 0), (0, 1)
        rise = np.maximum.reduce([rise, np.pad(step, before), np.pad(step, after)])
    flat = opaque & (rise < _FLAT)
    return flat if flat.any() else mark[..., 3] > 0


def _palette(colours: "Pixels") -> "Pixels":
    """Return the colours, most frequent first, that a list of colours is made of, grain aside."""
    import numpy as np

    if not len(colours):
        return np.zeros((1, 3), dtype=np.float32)
    strip = Image.fromarray(np.rint(colours * 255).astype(np.uint8)[None])
    few = strip.quantize(64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    members = np.asarray(few)[0]
    counts = np.bincount(members, minlength=64)
    means = np.column_stack([np.bincount(members, colours[:, channel], 64) for channel in range(3)])
    order = [index for index in np.argsort(-counts, kind="stable") if counts[index]]
    kept: list[int] = []
    for index in order:
        mean = oklab((means[index] / counts[index]).astype(np.float32))
        near = [k for k in kept if np.linalg.norm(oklab((means[k] / counts[k]).astype(np.float32)) - mean) < _SAME]
        if near:
            means[near[0]] += means[index]
            counts[near[0]] += counts[index]
        elif counts[index] >= _LEAST_SHARE * len(colours) and len(kept) < _MOST_COLOURS:
            kept.append(index)
    return np.asarray(means[kept] / counts[kept, None], dtype=np.float32)
