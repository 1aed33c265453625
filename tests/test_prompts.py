import pytest

from blazon.brief import Brief, PaletteMood, Style
from blazon.prompts import enhance


def test_the_prompt_comes_first_and_guidance_follows() -> None:
    text = enhance(Brief("a coffee roastery\nby the sea"))
    assert text.startswith("a coffee roastery by the sea, professional logo design")
    for word in ("minimalist", "vector", "flat", "high-contrast", "no text", "plain", "scalable", "app icon"):
        assert word in text


def test_the_name_is_never_painted() -> None:
    named = enhance(Brief("a coffee roastery", brand_name="Northwind"))
    assert named == enhance(Brief("a coffee roastery"))
    assert "no text, no letters" in named


@pytest.mark.parametrize("style", Style)
def test_every_style_says_something(style: Style) -> None:
    plain = enhance(Brief("a coffee roastery"))
    assert enhance(Brief("a coffee roastery", style=style)).startswith(plain + ", ")


@pytest.mark.parametrize("palette", [*PaletteMood, "navy, #ff8800"])
def test_every_palette_says_its_colours(palette: str) -> None:
    text = enhance(Brief("a coffee roastery", palette=palette))
    assert "colours" in text
    if palette not in set(PaletteMood):
        assert "#000080, #ff8800" in text
