import json

import pytest

from blazon.brief import Brief, PaletteMood, Style
from blazon.prompts import enhance
from blazon.studio import read


def enhanced(brief: Brief) -> str:
    return enhance(brief, read(brief))


def test_the_prompt_comes_first_and_guidance_follows() -> None:
    text = enhanced(Brief("a coffee roastery\nby the sea"))
    assert text.startswith("a coffee roastery by the sea, professional logo design")
    for word in ("minimalist", "vector", "flat", "high-contrast", "no text", "plain", "scalable", "app icon"):
        assert word in text


def test_the_name_is_never_painted() -> None:
    named = enhanced(Brief("a coffee roastery", brand_name="Northwind"))
    assert named == enhanced(Brief("a coffee roastery"))
    assert "no text, no letters" in named


@pytest.mark.parametrize("style", Style)
def test_every_style_says_something(style: Style) -> None:
    plain = enhanced(Brief("a coffee roastery"))
    assert enhanced(Brief("a coffee roastery", style=style)).startswith(plain + ", ")


@pytest.mark.parametrize("palette", [*PaletteMood, "navy, #ff8800"])
def test_every_palette_says_its_colours(palette: str) -> None:
    text = enhanced(Brief("a coffee roastery", palette=palette))
    assert "colours" in text
    if palette not in set(PaletteMood):
        assert "#000080, #ff8800" in text


@pytest.mark.parametrize(
    ("prompt", "painted", "unpainted"),
    [
        ("a florist, but no roses", "florist", "rose"),
        ("tea house, avoid green", "tea house", "green"),
        ("a bear holding a honey jar, without bees", "bear", "bees"),
        ("a pottery studio called 'Clay & Co', since 1894", "pottery", "1894"),
        ("Bäckerei mit einer Windmühle", "windmill", "Bäckerei"),
    ],
)
def test_what_must_not_be_seen_is_not_named(prompt: str, painted: str, unpainted: str) -> None:
    text = enhanced(Brief(prompt))
    assert painted in text
    assert unpainted not in text


def test_colours_are_said_as_they_are_wanted() -> None:
    assert "only in yellow and black colours" in enhanced(Brief("a taxi firm, only yellow and black"))


def test_what_a_language_model_read_is_painted():
    told = {"language": "ja", "topic": "bookshop", "show": [], "avoid": ["book"], "colours": []}
    told["show"] = [{"things": [{"name": "fox", "words": "キツネ"}]}]
    brief = Brief("キツネの本屋、本はなし", reading=json.dumps(told))
    assert enhanced(brief).startswith("a fox, bookshop, ")
