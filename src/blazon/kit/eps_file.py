"""Pictures as Encapsulated PostScript (EPSF-3.0, Adobe technical note 5002): filled paths in RGB.

A gradient is an axial shading of PostScript level 3 (PostScript Language Reference, 4.9.3).
"""

import math
import re
from typing import Final

from blazon.draw.outline import number
from blazon.kit.picture import Fill, Matrix, Picture, write_matrix

# The longer side in points: 14 cm.
_SIDE: Final = 400.0
_PAGE: Final = "%%Page: 1 1"
_END: Final = "%end_xmp"
_PROLOGUE: Final = """/m {moveto} bind def
/l {lineto} bind def
/c {curveto} bind def
/h {closepath} bind def
/rgb {setrgbcolor} bind def
/f {fill} bind def"""


def eps_of(picture: Picture, side: float = _SIDE) -> bytes:
    """Return a picture as EPS whose longer side is `side` points."""
    box = picture.box
    scale = side / max(box.width, box.height)
    width, height = box.width * scale, box.height * scale
    level = 3 if any(fill.end for fill in picture.fills) else 2
    parts = [
        "%!PS-Adobe-3.0 EPSF-3.0",
        f"%%BoundingBox: 0 0 {math.ceil(width)} {math.ceil(height)}",
        f"%%HiResBoundingBox: 0 0 {number(width)} {number(height)}",
        f"%%Title: ({_escape(picture.title)})",
        "%%Creator: Blazon",
        f"%%LanguageLevel: {level}",
        "%%DocumentData: Clean7Bit",
        "%%Pages: 1",
        "%%EndComments",
        "%%BeginProlog",
        _PROLOGUE,
        "%%EndProlog",
        _PAGE,
        "gsave",
    ]
    parts.append(_matrix((scale, 0, 0, -scale, -box.left * scale, box.bottom * scale)))
    for fill in picture.fills:
        parts += _write_fill(fill)
    return "\n".join([*parts, "grestore", "showpage", "%%Trailer", "%%EOF", ""]).encode("ascii")


def label_eps(eps: bytes, packet: bytes) -> bytes:
    """Return an EPS that Blazon wrote with an XMP packet, which interpreters pass over and programs find.

    The lines are short and of ASCII, as the comments promise (technical note 5001, 3).
    """
    ascii_only = packet.decode().replace("\ufeff", "").encode("ascii", "xmlcharrefreplace").decode()
    lines = re.sub("(>)(<)", "\\1\n\\2", ascii_only).splitlines()
    start = f"currentfile 0 ({_END}) /SubFileDecode filter flushfile"
    block = "\n".join([_PAGE, start, *lines, _END, ""])
    return eps.replace(f"{_PAGE}\n".encode(), block.encode(), 1)


def _write_fill(fill: Fill) -> list[str]:
    outline, matrix = fill.shape.operators, _matrix(fill.matrix)
    if not fill.end:
        return ["gsave", matrix, f"{_rgb(fill.colour)} rgb", outline, "f", "grestore"]
    box = fill.shape.box
    # The unit square of the shading becomes the box of what it fills, as SVG's objectBoundingBox.
    shading = (
        "<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 1 1 0] /Extend [true true] /Function "
        f"<< /FunctionType 2 /Domain [0 1] /C0 [{_rgb(fill.colour)}] /C1 [{_rgb(fill.end)}] /N 1 >> >> shfill"
    )
    square = _matrix((box.width, 0, 0, box.height, box.left, box.top))
    return ["gsave", matrix, outline, "clip newpath", square, shading, "grestore"]


def _matrix(matrix: Matrix) -> str:
    return f"[{write_matrix(matrix)}] concat"


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))


def _escape(text: str) -> str:
    plain = "".join(char if " " <= char <= "~" else "?" for char in text)[:200]
    return plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
