"""The colours and fonts of a brand for programs: CSS, Tailwind, W3C design tokens and `brand.yml`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from blazon.design import ColourScheme
from blazon.kit.colour_values import oklch_text, rgb_of
from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.order import ROLES
from blazon.kit.tile import is_dark
from blazon.kit.type_files import KitFont
from blazon.kit.versions import Colouring, Layout, Version

_FALLBACK: Final = "system-ui, sans-serif"
_TOKENS_SCHEMA: Final = "https://www.designtokens.org/schemas/2025.10/format.json"


def make_tokens(
    name: str, slug: str, versions: Mapping[Layout, Version], found: Sequence[KitFont]
) -> Iterator[KitFile]:
    """Yield the files of `tokens/`."""
    artwork = versions[Layout.MARK].artwork
    usual, other = artwork.scheme(Colouring.COLOUR.variant), artwork.scheme(Colouring.REVERSED.variant)
    day, night = (other, usual) if is_dark(usual.paper) else (usual, other)
    yield text_file("tokens/tokens.css", css(day, night, found), "colours and fonts as custom properties of CSS")
    yield text_file("tokens/tailwind.css", tailwind(usual, found), "the same as a theme of Tailwind 4")
    tokens = json.dumps(design_tokens(usual, other, found), ensure_ascii=False, indent=2) + "\n"
    yield text_file(
        "tokens/design-tokens.json", tokens, "the same in the format of the W3C group, for Figma and others"
    )
    yield text_file("brand.yml", brand_yml(name, slug, versions, usual, found), "the same for Quarto, Shiny and others")


def css(day: ColourScheme, night: ColourScheme, found: Sequence[KitFont]) -> str:
    """Return custom properties for a light page, and those that a dark one changes."""
    lines = [
        "/* Colours as sRGB; a line below each role, the same in OKLCH. */",
        ":root {",
        "  color-scheme: light dark;",
    ]
    lines += _properties(day, "  ")
    for font in found:
        for role in font.roles:
            lines.append(f'  --brand-font-{role}: "{font.typeface.family}", {_FALLBACK};')
            lines.append(f"  --brand-weight-{role}: {font.typeface.weight};")
    lines += [
        "}",
        "",
        "@media (prefers-color-scheme: dark) {",
        "  :root {",
        *_properties(night, "    "),
        "  }",
        "}",
        "",
    ]
    return "\n".join(lines)


def tailwind(colours: ColourScheme, found: Sequence[KitFont]) -> str:
    """Return a theme that gives `bg-brand-mark`, `text-brand-name`, `font-brand-name` and so on."""
    lines = ["@theme {", *(f"  --color-brand-{role}: {getattr(colours, role)};" for role in ROLES)]
    for font in found:
        lines += [f'  --font-brand-{role}: "{font.typeface.family}", {_FALLBACK};' for role in font.roles]
    return "\n".join([*lines, "}", ""])


def design_tokens(usual: ColourScheme, other: ColourScheme, found: Sequence[KitFont]) -> dict[str, Any]:
    """Return tokens in the format of the Design Tokens Community Group, 2025.10."""
    groups = {"color": usual, "color-reversed": other}
    document: dict[str, Any] = {"$schema": _TOKENS_SCHEMA}
    for group, colours in groups.items():
        document[group] = {"$type": "color"} | {role: {"$value": _colour(getattr(colours, role))} for role in ROLES}
    fonts = {
        role: {
            "$type": "typography",
            "$value": {
                "fontFamily": [font.typeface.family, "sans-serif"],
                "fontSize": {"value": 1, "unit": "rem"},
                "fontWeight": font.typeface.weight,
                "letterSpacing": {"value": 0, "unit": "px"},
                "lineHeight": 1.2,
            },
        }
        for font in found
        for role in font.roles
    }
    return document | ({"type": fonts} if fonts else {})


def brand_yml(
    name: str, slug: str, versions: Mapping[Layout, Version], colours: ColourScheme, found: Sequence[KitFont]
) -> str:
    """Return a `_brand.yml` (https://posit-dev.github.io/brand-yml) whose paths begin in the folder of the kit."""
    lines = ["meta:", f"  name: {_quote(name)}", "logo:", "  images:"]
    for layout in versions:
        for colouring in Colouring:
            path = f"logo/svg/{slug}-{layout}-{colouring}.svg"
            lines += [f"    {layout}-{colouring}:", f"      path: {path}", f"      alt: {_quote(name)}"]
    light, dark = ("reversed", "colour") if is_dark(colours.paper) else ("colour", "reversed")
    wide = _first(versions, Layout.HORIZONTAL, Layout.WORDMARK)
    for size, layout in (("small", Layout.MARK), ("medium", wide), ("large", _first(versions, Layout.STACKED, wide))):
        lines += [f"  {size}:", f"    light: {layout}-{light}", f"    dark: {layout}-{dark}"]
    lines += ["color:", "  palette:", *(f"    {role}: {_quote(getattr(colours, role))}" for role in ROLES)]
    lines += ["  foreground: name", "  background: paper", "  primary: mark", "  secondary: accent"]
    return "\n".join([*lines, *_typography(found), ""])


def _typography(found: Sequence[KitFont]) -> list[str]:
    if not found:
        return []
    lines = ["typography:", "  fonts:"]
    for family in dict.fromkeys(font.typeface.family for font in found):
        paths = dict.fromkeys(font.path for font in found if font.typeface.family == family and font.path)
        lines += [f"    - family: {_quote(family)}", f"      source: {'file' if paths else 'system'}"]
        lines += ["      files:", *(f"        - path: {path}" for path in paths)] if paths else []
    for use, font in (("base", found[-1]), ("headings", found[0])):
        lines += [f"  {use}:", f"    family: {_quote(font.typeface.family)}", f"    weight: {font.typeface.weight}"]
    return lines


def _first(versions: Mapping[Layout, Version], *wanted: Layout) -> Layout:
    return next((layout for layout in wanted if layout in versions), Layout.MARK)


def _properties(colours: ColourScheme, indent: str) -> list[str]:
    return [
        f"{indent}--brand-{role}: {getattr(colours, role)}; /* {oklch_text(getattr(colours, role))} */"
        for role in ROLES
    ]


def _colour(colour: str) -> dict[str, Any]:
    components = [round(part / 255, 5) for part in rgb_of(colour)]
    return {"colorSpace": "srgb", "components": components, "hex": colour}


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # which YAML reads as it is
