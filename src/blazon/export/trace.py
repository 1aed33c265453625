"""A painting to a drawing of outlines. numpy is imported only where a painting is traced."""

from typing import TYPE_CHECKING, Final

from PIL import Image

from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box, to_svg, transform_path
from blazon.export.drawing import Drawing, Gradient

if TYPE_CHECKING:
    from blazon.tracing.inks import InkColour
    from blazon.tracing.trace import TracedMark

_PLACES: Final = 4  # of a number in a gradient


def trace_picture(picture: Image.Image) -> "TracedMark":
    """Trace a picture, see `blazon.tracing.trace`."""
    from blazon.tracing.trace import trace_mark

    return trace_mark(picture)


def draw_traced(traced: "TracedMark", title: str = "", *, gradients: bool = True) -> Drawing:
    """Return a traced mark as a drawing on its paper, in a square; without `gradients` in flat colours."""
    scale = ARTBOARD / max(traced.width, traced.height)
    left, top = (ARTBOARD - scale * traced.width) / 2, (ARTBOARD - scale * traced.height) / 2
    shapes, runs = [], []
    for ink in traced.inks:
        fill = ink.colour
        if gradients and ink.run is not None:
            run = _draw_run(ink.run, ink.path.bounds)
            runs.append(run)
            fill = f"url(#{run.attributes['id']})"
        shapes.append({"fill": fill, "d": to_svg(transform_path(ink.path, scale, 0, 0, scale, left, top))})
    return Drawing(Box(0, 0, ARTBOARD, ARTBOARD), traced.paper, tuple(shapes), title, tuple(runs))


def _draw_run(run: "InkColour", bounds: tuple[float, float, float, float]) -> Gradient:
    """Return an even run of colours as the gradient of a shape within bounds, in shares of these as SVG has it."""
    import numpy as np

    from blazon.tracing.inks import direction_of
    from blazon.tracing.trace import hex_of

    left, top, right, bottom = bounds
    size = np.array([max(right - left, 1e-6), max(bottom - top, 1e-6)])
    way = direction_of(run)
    ends = [float((np.array([x, y]) - run.about) @ way) for x in (left, right) for y in (top, bottom)]
    # Along the way a colour changes by so much for each pixel; in shares of the box the way has another slope.
    scaled = way * size
    middle = (np.array(run.about) - (left, top)) / size
    start, end = (middle + scaled / (scaled @ scaled) * length for length in (min(ends), max(ends)))
    colours = [hex_of(run.along(length)) for length in (min(ends), max(ends))]
    places = dict(zip(("x1", "y1", "x2", "y2"), (f"{value:.{_PLACES}f}" for value in (*start, *end)), strict=True))
    # Its name says all of it: two logos in one page that share it share the gradient.
    name = "-".join(
        ["run", *(colour[1:] for colour in colours), *(value.replace(".", "_") for value in places.values())]
    )
    stops = tuple({"offset": str(place), "stop-color": colour} for place, colour in enumerate(colours))
    return Gradient({"id": name, **places}, stops)
