"""Marks that users bring along: as an SVG they are exact, as a picture they are traced, and both are drawn in logos."""

import json
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from blazon.brief import Brief, LayoutKind
from blazon.design import Design, OutlineMark, OutlinePart
from blazon.draw.outline import Ink, from_svg, inked_area
from blazon.draw.outline_mark import MAX_OUTLINE_TEXT, draw_outlines
from blazon.errors import InvalidBrief, InvalidDesign, InvalidUpload
from blazon.export.raster import bitmap_of
from blazon.imports.marks import read_mark
from blazon.studio import Studio

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
BADGE = (
    f'<svg {XMLNS} viewBox="0 0 100 100"><rect width="100" height="100" fill="#fff"/>'
    '<circle cx="50" cy="50" r="40" fill="#0a4d68"/><rect x="30" y="30" width="40" height="40" fill="#f4a460"/>'
    '<rect x="45" y="45" width="10" height="10" fill="#ffffff"/></svg>'
).encode()


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def noise(strength: float) -> Image.Image:
    levels = np.random.default_rng(7).normal(128, strength, (200, 200))
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def square(colour: str = "#ff0000") -> OutlineMark:
    return OutlineMark((OutlinePart("mark", colour, "M0 0L1000 0L1000 1000L0 1000Z"),))


def test_the_inks_of_an_svg_do_not_overlap_and_white_is_paper() -> None:
    found = read_mark(BADGE)
    areas = {part.ink: (part.colour, inked_area(from_svg(part.data))) for part in found.mark.parts}
    unit = areas["accent"][1] / (40 * 40 - 10 * 10)
    assert areas["mark"] == ("#0a4d68", pytest.approx((3.1416 * 40 * 40 - 40 * 40) * unit, rel=0.01))
    assert areas["accent"][0] == "#f4a460"
    assert found.palette == "#0a4d68, #f4a460"
    assert found.warnings == ()


@pytest.mark.parametrize("transparent", [True, False])
def test_a_picture_is_traced_as_what_it_shows(transparent: bool) -> None:
    picture = Image.new("RGBA", (400, 300), (255, 255, 255, 0 if transparent else 255))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 60, 240, 240), fill="#0a4d68")
    draw.rectangle((200, 100, 340, 200), fill="#f4a460")
    found = read_mark(png(picture))
    assert [part.ink for part in found.mark.parts] == ["mark", "accent"]
    assert [Image.new("RGB", (1, 1), part.colour).getpixel((0, 0))[0] for part in found.mark.parts] == [10, 244]
    box = picture.getchannel("A").getbbox() if transparent else (60, 60, 341, 241)
    shares = [inked_area(from_svg(part.data)) for part in found.mark.parts]
    colours = np.asarray(picture.crop(box))[..., 0]
    truth = (colours == 10).sum() / (colours == 244).sum()
    assert shares[0] / shares[1] == pytest.approx(truth, rel=0.03)
    assert "traced" in found.warnings[0]


def test_more_than_three_colours_are_reduced_and_that_is_told() -> None:
    colours = ("#ff0000", "#00aa00", "#0000ff", "#222222", "#ffcc00")
    inside = "".join(f'<rect x="{20 * n}" width="{19 - n}" height="50" fill="{c}"/>' for n, c in enumerate(colours))
    found = read_mark(f'<svg {XMLNS} viewBox="0 0 100 50">{inside}</svg>'.encode())
    assert [part.colour for part in found.mark.parts] == ["#ff0000", "#00aa00", "#0000ff"]
    assert found.warnings == ("Its 5 colours were reduced to 3.",)


def test_white_alone_is_a_mark() -> None:
    found = read_mark(f'<svg {XMLNS} viewBox="0 0 9 9"><path fill="#fff" d="M0 0h4v4z"/></svg>'.encode())
    assert found.palette == "#ffffff"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png(Image.new("RGB", (100, 100), "white")), "nothing stands on the paper"),
        (png(Image.new("RGBA", (100, 100))), "nothing stands on the paper"),
        *((png(noise(strength)), "too many tones|plain paper") for strength in (30, 60, 90, 130)),
        (f'<svg {XMLNS}><path d="M0 0h4"/></svg>'.encode(), "no filled outlines"),
    ],
)
def test_a_file_without_a_mark_says_so(content: bytes, words: str) -> None:
    with pytest.raises(InvalidUpload, match=words):
        read_mark(content)


def test_a_logo_shows_the_mark_that_was_brought_along_in_its_colours() -> None:
    document = json.dumps(read_mark(BADGE).to_dict()["mark"])
    logos = Studio.open().generate(Brief("a bakery", brand_name="Nord", seed=7, own_mark=document))
    for logo in logos:
        assert isinstance(logo.design.mark, OutlineMark)
        assert (logo.design.colours.mark, logo.design.colours.accent) == ("#0a4d68", "#f4a460")
        assert "#0a4d68" in logo.svg
        assert logo.credits == ()
        assert logo.shows == ("a mark that was brought along",)
        assert Design.from_dict(json.loads(json.dumps(logo.design.to_dict()))) == logo.design
        for variant in ("black", "white", "inverse"):
            assert "<path" in logo.variant_svg(variant)
    assert len({json.dumps(replace(logo.design, colours=logos[0].design.colours).to_dict()) for logo in logos}) > 1
    assert {logo.design.layout for logo in logos} <= {LayoutKind.HORIZONTAL, LayoutKind.STACKED}
    alone = Studio.open().generate(Brief("a bakery", brand_name="Nord", seed=7, own_mark=document, first=1, count=1))
    assert alone[0].svg == logos[1].svg


def test_a_palette_that_is_given_wins_over_the_colours_of_the_mark() -> None:
    document = json.dumps(read_mark(BADGE).to_dict()["mark"])
    logo = Studio.open().generate(Brief("a bakery", brand_name="Nord", palette="#7b2cbf", count=1, own_mark=document))[
        0
    ]
    assert "#0a4d68" not in logo.svg


@pytest.mark.parametrize("pixels", [16, 32])
def test_a_mark_that_was_brought_along_has_a_drawing_for_small_sizes(pixels: int) -> None:
    document = json.dumps(read_mark(BADGE).to_dict()["mark"])
    studio = Studio.open()
    logo = studio.generate(Brief("a bakery", brand_name="Nord", count=1, own_mark=document))[0]
    small = np.asarray(bitmap_of(studio.redraw_small(logo.design, pixels).variant_svg("black"), pixels))
    assert (small[..., 3] > 128).any()


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        "null",
        "{}",
        '{"kind": "symbol", "symbol": "a:b"}',
        '{"kind": "outline", "parts": []}',
        '{"kind": "outline", "parts": [{"ink": "mark", "colour": "red", "data": "M0 0L1 1Z"}]}',
        '{"kind": "outline", "parts": [{"ink": "paper", "colour": "#ff0000", "data": "M0 0L9 0L9 9Z"}]}',
        '{"kind": "outline", "parts": [{"ink": ["mark"], "colour": "#ff0000", "data": "M0 0L9 0L9 9Z"}]}',
        '{"kind": "outline", "parts": [{"ink": "mark", "colour": "#ff0000", "data": 5}]}',
        "[" * 5000,
    ],
)
def test_what_is_no_mark_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidBrief, match="own_mark"):
        Studio.open().check(Brief("a bakery", brand_name="Nord", own_mark=text))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "M",
        "MZ",
        "L1 1",
        "M0 0L1",
        "M0 0C1 1Z",
        "M0 0LNaN 1Z",
        "M0 0L1e9 5Z",
        "M0 0L99999 0L9 9Z",
        "M1.2.3 4Q",
        "M0 0Z",
    ],
)
def test_an_outline_that_is_none_is_refused(data: str) -> None:
    with pytest.raises(InvalidDesign):
        draw_outlines(OutlineMark((OutlinePart("mark", "#ff0000", data),)))


def test_outlines_are_bounded_in_number_and_length() -> None:
    (part,) = square().parts
    assert [layer.ink for layer in draw_outlines(square())] == [Ink.MARK]
    for parts in ((), (part, part), (replace(part, data="M0 0" + "L9 9" * MAX_OUTLINE_TEXT),)):
        with pytest.raises(InvalidDesign):
            draw_outlines(OutlineMark(parts))


def test_a_brief_without_one_is_stored_as_before() -> None:
    assert "own_mark" not in Brief("a bakery").to_dict()
    brief = Brief("a bakery", brand_name="Nord", own_mark="{}")
    assert Brief.from_dict(brief.to_dict()) == brief
    with pytest.raises(InvalidBrief, match="flux paints no own_mark"):
        Brief("a bakery", brand_name="Nord", engine="flux", own_mark="{}")
    for layout in ("wordmark", "emblem"):
        with pytest.raises(InvalidBrief, match="no place for an own_mark"):
            Brief("a bakery", brand_name="Nord", layout=layout, own_mark="{}")
