"""Palettes from pictures: the colours that they were made of come back."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from blazon.brief import parse_palette
from blazon.errors import InvalidUpload
from blazon.imports.palettes import find_palette


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def stripes(*colours: str, paper: str = "#ffffff") -> bytes:
    picture = Image.new("RGB", (300, 300), paper)
    draw = ImageDraw.Draw(picture)
    for place, colour in enumerate(colours):
        draw.rectangle((60, 60 + 30 * place, 240, 85 + 30 * place), fill=colour)
    return png(picture)


def test_colours_come_back_and_the_paper_apart() -> None:
    found = find_palette(stripes("#0a4d68", "#f4a460", "#c1121f", paper="#fdf6e3"))
    assert {one.colour for one in found.colours} == {"#0a4d68", "#f4a460", "#c1121f"}
    assert found.paper == "#fdf6e3"
    assert sum(one.share for one in found.colours) == pytest.approx(1, abs=0.05)
    assert parse_palette(found.text).colours == tuple(one.colour for one in found.colours)


def test_a_palette_has_at_most_five_colours() -> None:
    many = ("#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff", "#000000")
    assert len(find_palette(stripes(*many)).colours) == 5


@pytest.mark.parametrize("colour", ["#ffffff", "#ff0000"])
@pytest.mark.parametrize("side", [1, 100])
def test_a_picture_of_one_colour_has_a_palette_of_one(colour: str, side: int) -> None:
    found = find_palette(png(Image.new("RGB", (side, side), colour)))
    assert [one.colour for one in found.colours] == [colour]


def test_transparency_is_no_colour() -> None:
    picture = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((20, 20, 80, 80), fill="#123456")
    found = find_palette(png(picture))
    assert [one.colour for one in found.colours] == ["#123456"]
    assert found.paper is None
    with pytest.raises(InvalidUpload, match="transparency"):
        find_palette(png(Image.new("RGBA", (100, 100))))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 0xFFFFFF), min_size=1, max_size=40), st.integers(1, 30))
def test_any_picture_has_a_palette_that_a_brief_takes_and_the_same_one_again(values: list[int], side: int) -> None:
    picture = Image.new("RGB", (side, side))
    picture.putdata([(v >> 16, v >> 8 & 255, v & 255) for v in (values * (side * side))[: side * side]])
    found = find_palette(png(picture))
    assert 1 <= len(parse_palette(found.text).colours) <= 5
    assert find_palette(png(picture)) == found
