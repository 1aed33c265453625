"""The gates of a whole logo: contrast, type, and how mark and type stand on the sheet."""

from collections.abc import Iterator, Sequence
from statistics import median_low
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design
from blazon.draw.artwork import Artwork
from blazon.draw.colourings import inverse
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box, Ink, Layer, inked_area, intersect_paths, layer_bounds
from blazon.draw.palette import contrast
from blazon.quality.faults import Fault, FaultKind

TYPE: Final = (Ink.NAME, Ink.SLOGAN)
SHOWN_AT: Final = 256
"""The picture, in pixels, in which type is to be read."""
# WCAG 2.2: 3 to 1 for large type and for what carries meaning, 4.5 for small type; an accent is to be seen at all.
_LEAST_CONTRAST: Final = {Ink.MARK: 300, Ink.NAME: 300, Ink.SLOGAN: 450, Ink.ACCENT: 150}
_LEAST_NAME: Final = 7
_LEAST_SLOGAN: Final = 6
# Air around a logo, in thousandths of the sheet.
_LEAST_MARGIN: Final = 20
# How far the middle of a mark may be from that of the type beside it, in thousandths of its height.
_MOST_OFF: Final = 160
_INK_NAMES: Final = {Ink.MARK: "mark", Ink.NAME: "name", Ink.SLOGAN: "slogan", Ink.ACCENT: "accent"}


def check_logo(artwork: Artwork, design: Design) -> tuple[Fault, ...]:
    """Return the faults of a whole logo beside those of its mark alone."""
    mark, words = split_layers(artwork, design)
    return tuple(
        fault
        for found in (
            _check_contrast(artwork.layers, artwork.colours),
            _check_margin(artwork.layers),
            _check_words(artwork.left_out),
            _check_type(artwork.layers, design),
            _check_overlap(mark, words),
            _check_level(mark, words, design.layout),
        )
        for fault in found
    )


def split_layers(artwork: Artwork, design: Design) -> tuple[Sequence[Layer], Sequence[Layer]]:
    """Return the layers of the mark and those of the type of a logo; an emblem is all mark."""
    layers = artwork.layers
    if design.mark is None:
        return (), layers
    if design.layout is LayoutKind.EMBLEM:
        return layers, ()
    # A mark is drawn before the type; in two tones this has the ink of the accent too.
    first = next((place for place, layer in enumerate(layers) if layer.ink in TYPE), len(layers))
    return layers[:first], layers[first:]


def _check_contrast(layers: Sequence[Layer], colours: ColourScheme) -> Iterator[Fault]:
    inks = dict.fromkeys(layer.ink for layer in layers if layer.ink in _LEAST_CONTRAST)
    for scheme, where in ((colours, ""), (inverse(colours), " in the inverse colouring")):
        for ink in inks:
            ratio = ratio_of(scheme, ink)
            if ratio < _LEAST_CONTRAST[ink]:
                told = f"{ratio // 100}.{ratio % 100 // 10} to 1"
                words = f"the {_INK_NAMES[ink]} has little contrast with its paper{where} ({told})"
                yield Fault(FaultKind.CONTRAST, 100 if ratio < 300 and ink is not Ink.ACCENT else 25, words)


def ratio_of(colours: ColourScheme, ink: Ink) -> int:
    """Return the WCAG contrast of an ink with its paper, in hundredths."""
    return int(100 * contrast(getattr(colours, ink.value), colours.paper) + 1e-6)


def _check_margin(layers: Sequence[Layer]) -> Iterator[Fault]:
    box, least = layer_bounds(layers), ARTBOARD * _LEAST_MARGIN / 1000
    if min(box.left, box.top, ARTBOARD - box.right, ARTBOARD - box.bottom) < least:
        yield Fault(FaultKind.EDGE, 100, "it reaches the edge of its sheet: leave room around it")


def _check_words(left_out: Sequence[str]) -> Iterator[Fault]:
    if left_out:
        yield Fault(FaultKind.SMALL_TYPE, 60, f"left out, as too small to read: {', '.join(left_out)}")


def _check_type(layers: Sequence[Layer], design: Design) -> Iterator[Fault]:
    if design.layout is LayoutKind.EMBLEM:  # which leaves out what is too small
        return
    for ink, least, what in ((Ink.NAME, _LEAST_NAME, "name"), (Ink.SLOGAN, _LEAST_SLOGAN, "slogan")):
        heights = [letter_height(layer) for layer in layers if layer.ink is ink]
        if heights and min(heights) < least * 10:
            weight = 100 if ink is Ink.NAME else 40
            yield Fault(FaultKind.SMALL_TYPE, weight, f"the {what} is under {least} px high in a {SHOWN_AT} px picture")


def letter_height(layer: Layer) -> int:
    """Return the height of most letters of a line in a picture of `SHOWN_AT` pixels, in tenths of a pixel."""
    boxes = [contour.bounds for contour in layer.path.contours]
    heights = sorted(round((bottom - top) * 10 * SHOWN_AT / ARTBOARD) for _, top, _, bottom in boxes)
    # Dots and commas are no letters.
    letters = [height for height in heights if 5 * height >= 2 * heights[-1]]
    return median_low(letters) if letters else 0


def _check_overlap(mark: Sequence[Layer], words: Sequence[Layer]) -> Iterator[Fault]:
    for layer in mark:
        for line in words:
            if layer.ink is not Ink.TINT and _meet(layer_bounds([layer]), layer_bounds([line])):
                shared = inked_area(intersect_paths(layer.path, line.path))
                if shared > 1:
                    yield Fault(FaultKind.OVERLAP, 100, "its type lies over its mark")
                    return


def _meet(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0 and down > 0


def _check_level(mark: Sequence[Layer], words: Sequence[Layer], layout: LayoutKind) -> Iterator[Fault]:
    """Look whether the middle of a mark is level with that of the type beside it, or above the middle of it."""
    if not mark or not words or layout not in (LayoutKind.HORIZONTAL, LayoutKind.STACKED):
        return
    one, other = layer_bounds(mark), layer_bounds(words)
    beside = layout is LayoutKind.HORIZONTAL
    side = one.height if beside else one.width
    (x, y), (to_x, to_y) = one.centre, other.centre
    if abs(y - to_y if beside else x - to_x) * 1000 > _MOST_OFF * side:
        yield Fault(FaultKind.MISALIGNED, 40)
