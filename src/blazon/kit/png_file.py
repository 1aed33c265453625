"""Pictures as pixels, by resvg."""

from io import BytesIO

from PIL import Image
from resvg import render, usvg

from blazon.kit.picture import Picture
from blazon.kit.svg_file import svg_of


def png_of(picture: Picture, longest: int) -> bytes:
    """Return a picture as a PNG with an alpha channel, its longer side `longest` pixels."""
    width, height = _pixels(picture, longest)
    tree = usvg.Tree.from_str(svg_of(picture, longest, plain=False), usvg.Options.default())
    across, down = tree.int_size()
    return bytes(render(tree, (width / across, 0, 0, 0, height / down, 0), bg_size=(width, height)))


def bitmap_of(picture: Picture, longest: int) -> Image.Image:
    """Return the same as an RGBA image."""
    with Image.open(BytesIO(png_of(picture, longest))) as image:
        return image.convert("RGBA")


def opaque_png_of(picture: Picture, longest: int) -> bytes:
    """Return a picture that has a paper as a PNG without an alpha channel."""
    file = BytesIO()
    bitmap_of(picture, longest).convert("RGB").save(file, "PNG")
    return file.getvalue()


def _pixels(picture: Picture, longest: int) -> tuple[int, int]:
    factor = longest / max(picture.box.width, picture.box.height)
    return max(1, round(picture.box.width * factor)), max(1, round(picture.box.height * factor))
