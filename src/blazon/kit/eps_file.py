"""Pictures as Encapsulated PostScript (EPSF-3.0, Adobe technical note 5002): filled paths in RGB.

A gradient is an axial shading of PostScript level 3 (PostScript Language Reference, 4.9.3).
"""

import math
from typing import Final

from blazon.draw.outline import bounds, number
from blazon.kit.cubic_pen import draw_cubic
from blazon.kit.picture import Fill, Picture

# The longer side in points: 14 cm.
_SIDE: Final = 400.0
_VERBS: Final = {"move": "m", "line": "l", "curve": "c", "close": "h"}
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
        "%%Page: 1 1",
        "gsave",
    ]
    for fill in picture.fills:
        parts += _write_fill(fill, picture, scale)
    return "\n".join([*parts, "grestore", "showpage", "%%Trailer", "%%EOF", ""]).encode("ascii")


def _write_fill(fill: Fill, picture: Picture, scale: float) -> list[str]:
    lines: list[str] = []

    def draw(verb: str, values: tuple[float, ...]) -> None:
        lines.append(" ".join([*map(number, values), _VERBS[verb]]))

    draw_cubic(fill.path, draw, scale, picture.box.left, picture.box.bottom)
    if not fill.end:
        return [f"{_rgb(fill.colour)} rgb", *lines, "f"]
    box = bounds([fill.path])
    left, bottom = (box.left - picture.box.left) * scale, (picture.box.bottom - box.bottom) * scale
    # The unit square of the shading becomes the box of what it fills, as SVG's objectBoundingBox.
    matrix = f"[{number(box.width * scale)} 0 0 {number(box.height * scale)} {number(left)} {number(bottom)}] concat"
    shading = (
        "<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 1 1] /Extend [true true] /Function "
        f"<< /FunctionType 2 /Domain [0 1] /C0 [{_rgb(fill.colour)}] /C1 [{_rgb(fill.end)}] /N 1 >> >> shfill"
    )
    return ["gsave", *lines, "clip newpath", matrix, shading, "grestore"]


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))


def _escape(text: str) -> str:
    plain = "".join(char if " " <= char <= "~" else "?" for char in text)[:200]
    return plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
