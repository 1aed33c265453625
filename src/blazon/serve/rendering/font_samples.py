"""A text set in uploaded fonts, for whoever chooses among them; drawn in a compute process."""

from dataclasses import dataclass
from typing import Final

from blazon.design import Typeface
from blazon.draw.font_files import FontSources
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import set_line
from blazon.draw.outline import to_svg
from blazon.draw.writing import make_printable
from blazon.errors import InvalidDesign
from blazon.studio import Studio

_SIZE: Final = 200.0
_MARGIN: Final = 10.0
_INK, _PAPER = "#14171c", "#ffffff"


@dataclass(frozen=True, slots=True)
class FontSample:
    """A text in a font: as an SVG document, empty where it cannot be set; and the characters that the font lacks."""

    svg: str
    missing: tuple[str, ...] = ()


def draw_samples(own_fonts: FontSources, names: tuple[str, ...], text: str) -> list[FontSample]:
    """Return a text in each of some uploaded fonts."""
    fonts, line = Studio.open(own_fonts).materials.fonts, make_printable(text)
    return [_draw(name, line, fonts) for name in names]


def _draw(name: str, text: str, fonts: FontLibrary) -> FontSample:
    try:
        missing = fonts.missing_characters(name, text)
        if missing or not text:
            return FontSample("", missing)
        line = set_line(text, Typeface(name, fonts.family(name).weights[0]), _SIZE, fonts)
    except InvalidDesign:  # deleted a moment ago
        return FontSample("")
    box = line.ink
    left, top = round(box.left - _MARGIN, 2), round(box.top - _MARGIN, 2)
    width, height = round(box.right - left + _MARGIN, 2), round(box.bottom - top + _MARGIN, 2)
    return FontSample(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {width:g} {height:g}">'
        f'<path fill="{_PAPER}" d="M{left:g} {top:g}h{width:g}v{height:g}h{-width:g}Z"/>'
        f'<path fill="{_INK}" d="{to_svg(line.path)}"/></svg>'
    )
