"""Contact sheets: many candidates on one page, to compare them at a glance."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from blazon.design import ColourScheme, Typeface
from blazon.draw import svg
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import resolve_family, set_line
from blazon.draw.outline import Box, Ink, Layer, move_path
from blazon.errors import TextNotCovered
from blazon.export.delivery import Master, render_picture
from blazon.export.formats import PictureFormat, encode
from blazon.export.raster import bitmap_of
from blazon.field_checks import one_line

_PAPER: Final = "#ecebe8"
_EDGE: Final = "#dcdad5"
_INK: Final = "#26241f"
_CELL: Final = 320
_GAP: Final = 16
_MARGIN: Final = 40
_CAPTION: Final = 46
_CAPTION_SIZE: Final = 19.0
_TYPE: Final = Typeface("Figtree", 500)


def contact_sheet(rows: Sequence[tuple[str, Sequence[Master]]], columns: int = 4) -> bytes:
    """Return a PNG of all logos, `columns` to a row, each group under its caption (if it has one)."""
    columns = max(1, min(columns, max((len(logos) for _, logos in rows), default=1)))
    width = 2 * _MARGIN + columns * _CELL + (columns - 1) * _GAP
    height = 2 * _MARGIN - _GAP + sum(_height(caption, len(logos), columns) for caption, logos in rows)
    sheet = Image.new("RGB", (width, height), _PAPER)
    fonts = FontLibrary()
    top = _MARGIN
    for caption, logos in rows:
        if caption:
            _put_caption(sheet, caption, top, fonts)
        first = top + (_CAPTION if caption else 0)
        for number, logo in enumerate(logos):
            row, column = divmod(number, columns)
            _put_logo(sheet, logo, (_MARGIN + column * (_CELL + _GAP), first + row * (_CELL + _GAP)))
        top += _height(caption, len(logos), columns)
    if any(not logo.drawn for _, logos in rows for logo in logos):
        return encode(sheet, PictureFormat.PNG, grainy=True)
    png = BytesIO()
    sheet.save(png, "PNG", optimize=True)
    return png.getvalue()


def _height(caption: str, logos: int, columns: int) -> int:
    return (_CAPTION if caption else 0) + -(-logos // columns) * (_CELL + _GAP) + (_GAP if caption else 0)


def _put_logo(sheet: Image.Image, logo: Master, corner: tuple[int, int]) -> None:
    sheet.paste(render_picture(logo, _CELL), corner)
    x, y = corner
    ImageDraw.Draw(sheet).rectangle((x, y, x + _CELL - 1, y + _CELL - 1), outline=_EDGE)


def _put_caption(sheet: Image.Image, caption: str, top: int, fonts: FontLibrary) -> None:
    """Set a caption in one line; what no font covers (emoji, say) is left out, what is too long is cut."""
    text = one_line(caption)
    try:
        resolve_family(text, [_TYPE.family], fonts)
    except TextNotCovered:
        text = one_line("".join(char for char in text if not fonts.missing_characters(_TYPE.family, char)))
    room = sheet.width - 2 * _MARGIN
    while text:
        try:
            family = resolve_family(text, [_TYPE.family], fonts)
            line = set_line(text, Typeface(family.name, _TYPE.weight), _CAPTION_SIZE, fonts)
        except TextNotCovered:
            return
        if line.advance <= room:
            break
        text = text[: max(1, int(len(text) * room / line.advance) - 2)].rstrip(" .,…") + "…"
    else:
        return
    box = Box(0, 0, sheet.width, sheet.width)
    layer = Layer(move_path(line.path, _MARGIN, 26), Ink.NAME)
    colours = ColourScheme(_INK, _INK, _INK, _INK, _INK, _PAPER)
    line_of_type = bitmap_of(svg.document([layer], colours, box, title=""), sheet.width)
    sheet.paste(line_of_type.convert("RGB").crop((0, 0, sheet.width, _CAPTION)), (0, top))
