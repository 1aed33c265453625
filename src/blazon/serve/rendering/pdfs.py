"""One logo as PDF, made in the process that computes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blazon.brief import LayoutKind
from blazon.design import Design
from blazon.direction.layouts import set_layout
from blazon.draw.artwork import Variant
from blazon.draw.font_files import FontSources
from blazon.draw.lockups import clear_space
from blazon.draw.svg import paint_layers
from blazon.errors import InvalidBrief, InvalidDesign
from blazon.export.provenance import Provenance
from blazon.file_metadata import Metadata
from blazon.kit.pdf_file import pdf_of
from blazon.kit.picture import Fill, Picture
from blazon.kit.shape import Shape
from blazon.studio import Studio


@dataclass(frozen=True, slots=True)
class PdfPage:
    """How a logo is wanted as PDF.

    Args:
        layout: instead of its own.
        paper: whether it stands on its paper.
        metadata: what the file may say of its origin.
    """

    variant: Variant = Variant.COLOUR
    layout: LayoutKind | None = None
    paper: bool = False
    metadata: Metadata = Metadata.ALL


def draw_pdf(own_fonts: FontSources, stored: Mapping[str, Any], page: PdfPage, label: Provenance | None) -> bytes:
    """Return a stored design as a PDF of filled paths, cropped to its clear space.

    Args:
        label: what it says of its origin; None for nothing.

    Raises:
        InvalidBrief: it cannot be had in that layout.
        InvalidDesign: this version cannot draw it.
    """
    studio, design = Studio.open(own_fonts), Design.from_dict(dict(stored))
    try:
        laid_out = design if page.layout is None else set_layout(design, page.layout, studio.materials.fonts)
    except InvalidDesign as error:
        raise InvalidBrief("layout", str(error)) from None
    artwork = studio.redraw(laid_out).artwork
    scheme = artwork.scheme(page.variant)
    gradient = artwork.gradient and page.variant is Variant.COLOUR
    painted = paint_layers(artwork.layers, scheme, gradient=gradient)
    fills = tuple(Fill(Shape(path), colour, end) for path, colour, end in painted)
    picture = Picture(clear_space(artwork.layers), fills, artwork.title)
    return pdf_of(picture.on(scheme.paper) if page.paper else picture, label=label)
