import io
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageFilter

from blazon.export.delivery import Master
from blazon.export.drawing import Drawing
from blazon.export.provenance import DigitalSourceType, Provenance
from blazon.export.raster import bitmap_of

# One shape with a hole on coloured paper, as the vector engine writes it.
DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1024 1024" width="1024" height="1024" role="img">\n'
    "<title>Ring &amp; Co</title>\n"
    '<path fill="#f2e8d0" d="M0 0L1024 0L1024 1024L0 1024Z"/>\n'
    '<path fill="#204080" d="M512 212C678 212 812 346 812 512C812 678 678 812 512 812C346 812 212 678 212 512'
    "C212 346 346 212 512 212ZM512 362C429 362 362 429 362 512C362 595 429 662 512 662C595 662 662 595 662 512"
    'C662 429 595 362 512 362Z"/>\n'
    '<path fill="#d03020" d="M480 60L544 60L544 180L480 180Z"/>\n'
    "</svg>\n"
)


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        prompt='a "secret" <bakery> & café',
        seed=4711,
        model="black-forest-labs/FLUX.1-schnell",
        licence="Apache-2.0",
        version="9.8.7",
        credits=("Croissant by Delapouite, CC BY 3.0",),
        digital_source_type=DigitalSourceType.PAINTED,
        created=datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC),
    )


@pytest.fixture(scope="session")
def drawn() -> Master:
    return Master(DRAWN.encode(), "image/svg+xml")


def _as_painted(mark: Image.Image, paper: str, *, soft: float = 0.0, grain: float = 0.0) -> Image.Image:
    """Return a mark on paper as a painter of pixels leaves it: soft edges, grain everywhere."""
    sheet = Image.new("RGBA", mark.size, paper)
    sheet.alpha_composite(mark)
    picture = sheet.convert("RGB").filter(ImageFilter.GaussianBlur(soft)) if soft else sheet.convert("RGB")
    noise = np.random.default_rng(1).normal(0, grain, (*reversed(mark.size), 3)) if grain else 0
    return Image.fromarray((np.asarray(picture) + noise).round().clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def mark() -> Image.Image:
    """What is drawn, 512 pixels wide, on nothing: the truth that a cut-out must find again."""
    return bitmap_of(Drawing.read(DRAWN.encode()).without_paper().svg(512, 512), 512)


@pytest.fixture(scope="session")
def painted(mark: Image.Image) -> Master:
    png = io.BytesIO()
    _as_painted(mark, "#f2e8d0", soft=0.7, grain=1.0).save(png, "PNG")
    return Master(png.getvalue(), "image/png", "Ring & <Co>")


@pytest.fixture(scope="session")
def as_painted() -> Callable[..., Image.Image]:
    return _as_painted
