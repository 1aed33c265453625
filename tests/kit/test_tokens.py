import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
import yaml
from fontTools.ttLib import TTFont

from blazon.design import Design, Typeface
from blazon.draw.artwork import Materials
from blazon.kit.colour_values import lab_text, oklch_text
from blazon.kit.type_files import find_fonts

Kit = Callable[[str], dict[str, bytes]]


def test_css_has_a_light_and_a_dark_scheme(kit_of: Kit) -> None:
    css = kit_of("lockup")["tokens/tokens.css"].decode()
    day, _, night = css.partition("@media (prefers-color-scheme: dark)")
    assert "--brand-mark: #0a5c4a;" in day
    assert "--brand-paper: #ffffff;" in day
    assert "--brand-paper: #ffffff;" not in night
    assert css.count("{") == css.count("}") == 3


def test_tailwind_gives_each_role_a_colour(kit_of: Kit) -> None:
    theme = kit_of("lockup")["tokens/tailwind.css"].decode()
    assert re.findall(r"--color-brand-(\w+): #[0-9a-f]{6};", theme) == [
        "mark",
        "accent",
        "tint",
        "name",
        "slogan",
        "paper",
    ]
    assert '--font-brand-name: "Outfit"' in theme


def test_design_tokens_are_of_their_format(kit_of: Kit) -> None:
    tokens = json.loads(kit_of("lockup")["tokens/design-tokens.json"])
    mark = tokens["color"]["mark"]["$value"]
    assert mark["hex"] == "#0a5c4a"
    assert mark["colorSpace"] == "srgb"
    assert [round(part * 255) for part in mark["components"]] == [0x0A, 0x5C, 0x4A]
    assert tokens["type"]["name"]["$value"]["fontFamily"][0] == "Outfit"


@pytest.mark.parametrize("name", ["lockup", "wordmark", "symbol", "arabic"])
def test_brand_yml_names_files_that_are_there(kit_of: Kit, name: str) -> None:
    files = kit_of(name)
    brand = yaml.safe_load(files["brand.yml"])
    images = brand["logo"]["images"]
    assert all(image["path"] in files for image in images.values())
    for size in ("small", "medium", "large"):
        assert {brand["logo"][size]["light"], brand["logo"][size]["dark"]} <= set(images)
    for role in ("foreground", "background", "primary", "secondary"):
        assert brand["color"][role] in brand["color"]["palette"]
    for font in brand.get("typography", {}).get("fonts", ()):
        assert all(file["path"] in files for file in font["files"])


def test_fonts_come_with_their_licences_and_set_the_name(kit_of: Kit) -> None:
    for name, text in [("lockup", "Fox & Sons"), ("wordmark", "Øresund"), ("arabic", "قهوة")]:
        files = kit_of(name)
        fonts = [path for path in files if path.endswith(".ttf")]
        assert len(fonts) == 1
        assert {ord(char) for char in text} <= set(TTFont(BytesIO(files[fonts[0]])).getBestCmap())
        assert b"Open Font License" in files[f"{fonts[0].rpartition('/')[0]}/LICENSE.txt"]
        assert fonts[0].removeprefix("fonts/") in files["fonts/fonts.css"].decode()


def test_a_logo_without_type_has_no_fonts(kit_of: Kit) -> None:
    assert not [path for path in kit_of("symbol") if path.startswith("fonts/")]


def test_the_licence_of_every_family_is_found(materials: Materials, designs: dict[str, Design]) -> None:

    for family in materials.fonts.families:
        design = replace(designs["lockup"], name_type=Typeface(family.name, family.weights[0]), slogan="")
        (font,) = find_fonts(design, materials.fonts)
        assert font.path
        assert len(font.licence) > 200


def test_values_are_those_of_css() -> None:
    # CSS Color 4 gives red as oklch(62.8% 0.2577 29.23) and lab(54.29 80.81 69.89).
    assert oklch_text("#ff0000") == "oklch(62.8% 0.258 29.2)"
    assert lab_text("#ff0000") == "L* 54.3  a* 80.8  b* 69.9"
    assert oklch_text("#808080").endswith("0.000 0.0)")
