"""What `blazon kit` makes of a picture of a mark, and what the files of a kit say of their origin."""

from io import BytesIO
from pathlib import Path
from typing import Final

import typer
from PIL import Image

from blazon import __version__
from blazon.brief import Brief, Engine
from blazon.design import OutlineMark, Painter
from blazon.export.formats import PictureFormat, encode
from blazon.export.provenance import DigitalSourceType, Provenance, read_painter
from blazon.imports.pictures import read_picture
from blazon.kit.order import KitOrder
from blazon.painted_lockups import design_around
from blazon.studio import VECTOR_LICENCE, VECTOR_MODEL, Studio

PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp")
_XMP: Final = ("XML:com.adobe.xmp", "xmp")


def order_picture(path: Path, studio: Studio, name: str, slogan: str, painted_by: str) -> KitOrder:
    """Return the order for the kit of a picture of a mark.

    Args:
        painted_by: the model that painted it, empty where the picture says so, or none did.

    Raises:
        BadParameter: it cannot be read.
        InvalidBrief: the words cannot be set.
        InvalidUpload, Untraceable: why it cannot be used.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}", param_hint="FILE") from None
    picture = read_picture(content)
    painter = Painter(painted_by) if painted_by else _find_painter(content)
    if painter is None:
        typer.echo(f"mind: {path} does not say that a model painted it; if one did, say so by --painted-by", err=True)
    subject = "a logo" if name else f"mark {path.stem}"
    brief = Brief(subject, brand_name=name, slogan=slogan, text_in_prompt=False, engine=Engine.FLUX)
    design = design_around(studio, brief, picture, painter)
    model, licence = (painter.model, painter.licence) if painter else (VECTOR_MODEL, VECTOR_LICENCE)
    with Image.open(BytesIO(content)) as whole:
        # Without what it says beside its pixels, such as the prompt.
        pixels = whole.convert("RGBA" if whole.has_transparency_data else "RGB")
        painting = encode(pixels, PictureFormat.PNG, grainy=True)
    return KitOrder(design, model=model, licence=licence, painting=painting)


def trace_origin(order: KitOrder) -> Provenance | None:
    """Return where a logo comes from; None of a mark that was brought along, of which nobody knows."""
    painter = order.design.painter
    if painter is None and isinstance(order.design.mark, OutlineMark):
        return None
    source = DigitalSourceType.PAINTED if painter else DigitalSourceType.DRAWN
    facts = (None, order.design.seed, order.model, order.licence, __version__, order.credits, source)
    return Provenance(*facts, name=order.name)


def _find_painter(content: bytes) -> Painter | None:
    with Image.open(BytesIO(content)) as picture:
        picture.load()  # a PNG may say it behind its pixels
        told = [picture.info[name] for name in _XMP if name in picture.info]
    return next((read_painter(one.decode(errors="replace") if isinstance(one, bytes) else one) for one in told), None)
