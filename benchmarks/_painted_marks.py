"""Marks as a diffusion model paints them, with known truth: what tracing is measured on.

The truth is drawn by the vector engine, on nothing. It is then set on a ground, and damaged as pictures are: blurred,
noisy, compressed, with a shadow or a vignette. Everything follows from the number of a mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFilter

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, FrameShape, SymbolMark, Treatment
from blazon.draw.artwork import Artwork, Materials, draw
from blazon.draw.outline import number, to_svg
from blazon.draw.symbols import Symbol
from blazon.export.raster import bitmap_of

SIDE: Final = 1024
Pixels = np.ndarray[Any, np.dtype[Any]]


class Ground(StrEnum):
    """What a mark stands on."""

    WHITE = "white"
    TINTED = "tinted"
    DARK = "dark"
    GRADED = "graded"
    CHECKERED = "checkered"
    """The checkerboard that models paint where they are asked for a transparent background."""


class Damage(StrEnum):
    """What happened to the picture."""

    CLEAN = "clean"
    BLUR = "blur"
    NOISE = "noise"
    JPEG = "jpeg"
    SHADOW = "shadow"
    VIGNETTE = "vignette"
    PAINTED = "painted"
    """Some of blur, noise and JPEG at once: what a decoder of latents leaves."""


class Colouring(StrEnum):
    """How a mark is coloured."""

    FLAT = "flat"
    DUOTONE = "duotone"
    GRADIENT = "gradient"
    PASTEL = "pastel"
    """In light colours, of which some hardly differ from white."""
    MANY = "many"
    """Each part in another of five colours."""


@dataclass(frozen=True, slots=True)
class PaintedMark:
    """A painting, and what it shows.

    Args:
        number: from which everything follows.
        truth: the mark on nothing, RGBA.
        paper: colour of the ground in the middle, RGB.
        painting: RGB.
    """

    number: int
    colouring: Colouring
    ground: Ground
    damage: Damage
    truth: Image.Image
    paper: tuple[int, int, int]
    painting: Image.Image

    @property
    def name(self) -> str:
        return f"{self.number:03d}-{self.colouring}-{self.ground}-{self.damage}"

    @property
    def clean(self) -> Image.Image:
        """The mark on plain paper as it was before anything happened to it, RGB."""
        sheet = Image.new("RGBA", self.truth.size, self.paper)
        sheet.alpha_composite(self.truth)
        return sheet.convert("RGB")


_STRONG: Final = ("#1d4ed8", "#b91c1c", "#0f766e", "#7c2d12", "#111827", "#6d28d9", "#166534", "#be185d")
_OTHER: Final = ("#f59e0b", "#0ea5e9", "#84cc16", "#f97316", "#ec4899", "#22c55e", "#e11d48", "#38bdf8")
_PASTELS: Final = (
    ("#f8c8dc", "#c8e6f8", "#e8e8e8"),
    ("#ececec", "#fbe3c0", "#d7ecd9"),
    ("#fdf0b8", "#e3d7f4", "#dfe5ea"),
)
_MANY: Final = ("#1d3557", "#e63946", "#f4a261", "#2a9d8f", "#ffffff")
# Instead of white on white paper, where nobody could tell the truth.
_OFF_WHITE: Final = "#dbe4ee"
_PAPERS: Final = {
    Ground.WHITE: ("#ffffff", "#ffffff", "#fefefe"),
    Ground.TINTED: ("#f2e8d0", "#dfeaf2", "#f3e4e6"),
    Ground.DARK: ("#0a1c32", "#1b1b1f", "#24352b"),
    Ground.GRADED: ("#f4f1ea", "#eef4fa", "#f6f6f6"),
    Ground.CHECKERED: ("#ffffff", "#fefefe", "#ffffff"),
}
_TREATMENTS: Final = (Treatment.PLAIN, Treatment.FRAMED, Treatment.PLAIN, Treatment.KNOCKED_OUT, Treatment.CUT)
_STRIDE: Final = 1013  # a prime: neighbours in number are strangers in the library


def paint_marks(count: int, first: int = 0) -> Iterator[PaintedMark]:
    """Yield painted marks, each of another symbol, through all colourings, grounds and damages."""
    materials = Materials.open()
    symbols = sorted(materials.symbols, key=lambda symbol: symbol.id)
    for index in range(first, first + count):
        yield _paint(index, symbols[index * _STRIDE % len(symbols)], materials)


def _paint(index: int, symbol: Symbol, materials: Materials) -> PaintedMark:
    colouring = list(Colouring)[index % 5]
    ground = list(Ground)[index // 5 % 5]
    # Each round of 25 has other pairs of colouring, ground and damage.
    damage = list(Damage)[(index + index // 25) % 7]
    paper = _rgb(_PAPERS[ground][index % 3])
    if colouring is Colouring.PASTEL and ground is Ground.DARK:
        paper = _rgb("#ffffff")
    truth = _draw_truth(index, symbol, colouring, ground, materials)
    sheet = _ground(ground, paper, index)
    return PaintedMark(index, colouring, ground, damage, truth, paper, _damage(truth, sheet, damage, index))


def _draw_truth(index: int, symbol: Symbol, colouring: Colouring, ground: Ground, materials: Materials) -> Image.Image:
    mark, accent = _STRONG[index % 8], _OTHER[(index * 3 + 1) % 8]
    if ground is Ground.DARK:
        mark, accent = _OTHER[index % 8], "#f8fafc"
    tint = "#fde9c9"
    if colouring is Colouring.PASTEL:
        mark, accent, tint = _PASTELS[index % 3]
    treatment = {
        Colouring.DUOTONE: Treatment.DUOTONE,
        Colouring.GRADIENT: Treatment.GRADIENT,
    }.get(colouring, _TREATMENTS[index // 5 % 5])
    design = Design(
        title="",
        layout=LayoutKind.SYMBOL,
        mark=SymbolMark(symbol.id),
        colours=ColourScheme(mark, accent, tint, mark, mark, "#ffffff"),
        treatment=treatment,
        frame=list(FrameShape)[index % 5],
        cut=30,
    )
    artwork = draw(design, materials)
    if colouring is not Colouring.MANY:
        return bitmap_of(artwork.svg(background=False), SIDE)
    return bitmap_of(_colour_parts(artwork, index, white=ground is Ground.WHITE), SIDE)


def _colour_parts(artwork: Artwork, index: int, *, white: bool) -> str:
    """Return an SVG document of an artwork, each of its parts in the next of many colours."""
    shapes, count = [], 0
    for layer in artwork.layers:
        parts = sorted(layer.path.contours, key=lambda part: -abs(part.area))
        for part in parts[:5]:
            # Parts are painted over each other, the largest first, so that colours lie side by side.
            colour = _MANY[(count + index) % 5]
            if white and colour == "#ffffff":
                colour = _OFF_WHITE
            shapes.append(f'<path fill="{colour}" d="{to_svg(part)}"/>')
            count += 1
    view = f'viewBox="0 0 {number(SIDE)} {number(SIDE)}" width="{SIDE}" height="{SIDE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{"".join(shapes)}</svg>'


def _ground(ground: Ground, paper: tuple[int, int, int], index: int) -> Pixels:
    """Return the sheet, float RGB 0 to 255."""
    sheet = np.full((SIDE, SIDE, 3), paper, dtype=np.float32)
    if ground is Ground.GRADED:
        angle = np.radians(37 * index)
        rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
        ramp = (rows * np.sin(angle) + columns * np.cos(angle))[..., None]
        sheet += ramp * np.array([-22, -10, 14], dtype=np.float32) * (1 + index % 3) / 2
    if ground is Ground.CHECKERED:
        square = (16, 24, 32)[index % 3]
        odd = (np.add.outer(np.arange(SIDE) // square, np.arange(SIDE) // square) % 2).astype(bool)
        sheet[odd] = (225, 225, 225)
    return sheet


def _damage(truth: Image.Image, sheet: Pixels, damage: Damage, index: int) -> Image.Image:
    pixels = np.asarray(truth, dtype=np.float32)
    alpha = pixels[..., 3:] / 255
    if damage is Damage.SHADOW:
        shadow = Image.new("L", truth.size)
        shadow.paste(truth.getchannel("A"), (10, 16))
        soft = np.asarray(shadow.filter(ImageFilter.GaussianBlur(12)), dtype=np.float32)[..., None] / 255
        sheet = sheet * (1 - 0.3 * soft)
    picture = pixels[..., :3] * alpha + sheet * (1 - alpha)
    if damage is Damage.VIGNETTE:
        rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
        picture = picture - 22 * 2 * (rows**2 + columns**2)[..., None]
    radius = {Damage.BLUR: 1.2, Damage.PAINTED: 0.8}.get(damage, 0)
    if radius:
        image = Image.fromarray(picture.round().clip(0, 255).astype(np.uint8))
        picture = np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32)
    grain = {Damage.NOISE: 4.0, Damage.PAINTED: 1.5}.get(damage, 0)
    if grain:
        picture = picture + np.random.default_rng(index).normal(0, grain, picture.shape)
    image = Image.fromarray(picture.round().clip(0, 255).astype(np.uint8))
    if damage in (Damage.JPEG, Damage.PAINTED):
        packed = BytesIO()
        image.save(packed, "JPEG", quality=75 if damage is Damage.JPEG else 90)
        image = Image.open(packed).convert("RGB")
    return image


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
