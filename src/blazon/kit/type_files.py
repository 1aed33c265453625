"""The fonts of a logo with their licences, and the CSS that loads them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from blazon.design import Design, Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.typefaces import FontFile, TypeFamily
from blazon.draw.uploaded_fonts import title_of
from blazon.kit.kit_file import KitFile, slug_of, text_file

_LICENCE_NAMES: Final = ("LICENSE", "LICENSE.txt", "OFL.txt")
_OWN: Final = """{names}: a font of yours, or of your system. It is not in this kit, because its licence
decides whether it may be passed on. The logo files need no font: their letters are outlines.
"""


@dataclass(frozen=True, slots=True)
class KitFont:
    """A font that the logo is set in.

    Args:
        typeface: its family and weight.
        roles: what is set in it, `name` and `slogan`.
        path: where it is in the kit; empty where it may not be passed on.
        file: where it is on this machine.
        licence: the text of its licence; empty where nobody knows it.
    """

    typeface: Typeface
    roles: tuple[str, ...]
    path: str
    file: FontFile
    licence: str


def find_fonts(design: Design, fonts: FontLibrary) -> tuple[KitFont, ...]:
    """Return the fonts of a design, each once, that of its name first."""
    roles: dict[tuple[str, int], list[str]] = {}
    faces: dict[tuple[str, int], Typeface] = {}
    texts = {"name": design.brand_name, "slogan": design.slogan or design.established or design.place}
    for role, typeface in (("name", design.name_type), ("slogan", design.slogan_type)):
        if typeface is not None and texts[role]:
            faces.setdefault((typeface.family, typeface.weight), typeface)
            roles.setdefault((typeface.family, typeface.weight), []).append(role)
    return tuple(_find_font(face, tuple(roles[key]), fonts) for key, face in faces.items())


def make_type_files(found: tuple[KitFont, ...]) -> Iterator[KitFile]:
    """Yield the files of `fonts/`, each once."""
    paths: set[str] = set()
    for font in found:
        if font.path and font.path not in paths:
            paths.add(font.path)
            use = f"{font.typeface.family}, in which the {' and the '.join(font.roles)} is set"
            yield KitFile(font.path, font.file.path.read_bytes(), use)
        licence = f"{font.path.rpartition('/')[0]}/LICENSE.txt"
        if font.path and licence not in paths:
            paths.add(licence)
            yield text_file(licence, font.licence, "its licence; keep it beside the font")
    if own := sorted({font.typeface.family for font in found if not font.path}):
        yield text_file("fonts/not-included.txt", _OWN.format(names=", ".join(own)), "why a font is missing here")
    if paths:
        yield text_file("fonts/fonts.css", font_faces(found), "loads the fonts in a page")


def font_faces(found: tuple[KitFont, ...]) -> str:
    """Return an `@font-face` rule for each file."""
    rules = {}
    for font in found:
        if font.path:
            weight = "100 900" if font.file.variable else str(font.typeface.weight)
            rules[font.path] = (
                f'@font-face {{\n  font-family: "{font.typeface.family}";\n'
                f'  src: url("{font.path.removeprefix("fonts/")}") format("truetype");\n'
                f"  font-weight: {weight};\n  font-display: swap;\n}}\n"
            )
    return "\n".join(rules.values())


def _find_font(typeface: Typeface, roles: tuple[str, ...], fonts: FontLibrary) -> KitFont:
    family, file = fonts.family(typeface.family), fonts.file_of(typeface.family, typeface.weight)
    licence = _read_licence(family, file)
    typeface = replace(typeface, family=title_of(family.name))
    slug = slug_of(typeface.family)
    weight = "variable" if file.variable else str(file.weight)
    path = f"fonts/{slug}/{slug}-{weight}{file.path.suffix.lower()}" if licence else ""
    return KitFont(typeface, roles, path, file, licence)


def _read_licence(family: TypeFamily, file: FontFile) -> str:
    if family.files:
        return family.licence
    if family.shipped:
        return file.path.with_suffix(".txt").read_text(encoding="utf-8")
    root = Path(str(files(family.package.replace("-", "_"))))
    found = (root / name for name in _LICENCE_NAMES)
    return next((path.read_text(encoding="utf-8") for path in found if path.is_file()), "")
