"""The mark of a painting apart from the paper that it was painted on, as a picture without background.

numpy is imported only where a painting is cut out.
"""

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class Cutout:
    """A mark on nothing, and the sheet it came from.

    Args:
        mark: RGBA, as large as the painting, the colours of its edges free of paper, and black where it is clear: grain
            that nobody sees would be most of a file.
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
    """Cut the mark out of an RGB painting on a sheet: plain, graded, in a soft shadow, or a painted checkerboard.

    Holes of the mark count as paper where they have its very colour. A painting up to its border comes back
    whole and opaque, and `plain` says so.
    """
    import numpy as np

    from blazon.tracing.trace import measure_noise, part_picture

    picture = painting.convert("RGB")
    separation = part_picture(picture, measure_noise(picture))
    red, green, blue = (int(value) for value in np.rint(np.clip(separation.sheet.colour, 0, 1) * 255))
    if not separation.sheet.plain:
        picture.putalpha(255)
        return Cutout(picture, (red, green, blue), plain=False)
    alpha = np.rint((1 - separation.shares[0]) * 255) / 255
    share = np.maximum(alpha, 1 / 255)[..., None]
    colours = np.asarray(picture, dtype=np.float32) / 255
    # C = a F + (1 - a) B, solved for the colour F of the mark.
    mark = np.clip((colours - (1 - share) * separation.under) / share, 0, 1)
    mark[alpha == 0] = 0
    pixels = np.rint(np.dstack([mark, alpha]) * 255).astype(np.uint8)
    return Cutout(Image.fromarray(pixels, "RGBA"), (red, green, blue), plain=True)
