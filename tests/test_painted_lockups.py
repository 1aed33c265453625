import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from blazon.brief import Brief, Engine, LayoutKind
from blazon.design import Design, OutlineMark
from blazon.draw.artwork import Variant
from blazon.draw.font_files import NO_FONTS
from blazon.errors import GenerationFailed, Untraceable
from blazon.export.delivery import Master
from blazon.export.raster import bitmap_of
from blazon.painted_lockups import cut_from_uneven, design_painting, draw_painting, plan_lockup, set_type, trace_master
from blazon.studio import Studio

SIDE = 512


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.open()


def paint() -> Image.Image:
    """Return a mark of two colours and one hole on white, as it would be painted."""
    large = Image.new("RGB", (2048, 2048), "#ffffff")
    canvas = ImageDraw.Draw(large)
    canvas.ellipse((300, 300, 1748, 1748), fill="#1d3557")
    canvas.ellipse((700, 700, 1348, 1348), fill="#e63946")
    canvas.rectangle((960, 1440, 1088, 1600), fill="#ffffff")
    return large.resize((SIDE, SIDE), Image.Resampling.BOX)


def brief_of(layout: LayoutKind | None) -> Brief:
    return Brief("a mark", brand_name="Nordlys", layout=layout, seed=5, engine=Engine.FLUX)


@pytest.mark.parametrize("layout", [None, LayoutKind.HORIZONTAL])
def test_as_outlines_a_painted_logo_has_real_type_and_its_mark_in_its_place(
    studio: Studio, layout: LayoutKind | None
) -> None:
    brief = brief_of(layout)
    picture = set_type(studio, brief, paint())
    drawing = draw_painting(studio, brief, picture, "Nordlys")
    again = np.asarray(bitmap_of(drawing.svg(SIDE, SIDE), SIDE).convert("RGB"), dtype=int)
    assert np.abs(again - np.asarray(picture, dtype=int)).mean() < 0.6
    lockup = plan_lockup(studio, brief, "#ffffff")
    assert lockup is not None
    (words,) = re.findall(r'<path fill="#1c1f24" d="([^"]*)"', lockup.words.svg(Variant.COLOUR))
    assert drawing.shapes[-1]["d"] == words


@pytest.mark.parametrize("layout", [None, LayoutKind.STACKED, LayoutKind.WORDMARK])
def test_a_name_that_only_the_prompt_tells_is_set(studio: Studio, layout: LayoutKind | None) -> None:
    brief = replace(brief_of(None), prompt="a lighthouse, called Skagen", brand_name="")
    if layout is not None:  # as a field it needs a name in a field
        brief = replace(brief, layout=layout, brand_name="Skagen")
    lockup = plan_lockup(studio, brief, "#ffffff")
    assert lockup is not None
    assert lockup.design.brand_name == "Skagen"


def test_as_a_design_it_is_recoloured_laid_out_and_printed_in_one_colour(studio: Studio) -> None:
    brief = brief_of(LayoutKind.STACKED)
    design = design_painting(studio, brief, set_type(studio, brief, paint()))
    assert isinstance(design.mark, OutlineMark)
    assert Design.from_dict(json.loads(json.dumps(design.to_dict()))) == design
    assert {part.ink for part in design.mark.parts} == {"mark", "tint"}
    assert (design.brand_name, design.seed) == ("Nordlys", 5)
    green = replace(design, layout=LayoutKind.HORIZONTAL, colours=replace(design.colours, mark="#00aa00"))
    assert 'fill="#00aa00"' in studio.redraw(green).svg
    # What was red is open in black: the mark is no blot.
    black = np.asarray(
        bitmap_of(studio.redraw(replace(design, brand_name="", layout=LayoutKind.SYMBOL)).variant_svg("black"), 256)
    )
    assert black[128, 128, 3] == 0
    assert black[128, 70, 3] == 255


def test_of_a_mark_of_two_halves_both_are_printed_in_one_colour(studio: Studio) -> None:
    picture = Image.new("RGB", (SIDE, SIDE), "#ffffff")
    canvas = ImageDraw.Draw(picture)
    canvas.pieslice((100, 100, 412, 412), 90, 270, fill="#1d4ed8")
    canvas.pieslice((100, 100, 412, 412), 270, 90, fill="#0ea5e9")
    design = design_painting(studio, Brief("a ball", seed=5, engine=Engine.FLUX), picture)
    black = bitmap_of(studio.redraw(design).variant_svg("black"), 256)
    assert [black.getpixel((x, 128))[3] for x in (90, 166)] == [255, 255]


def test_a_name_alone_is_a_design_without_a_mark(studio: Studio) -> None:
    brief = brief_of(LayoutKind.WORDMARK)
    picture = set_type(studio, brief, paint())
    assert len(draw_painting(studio, brief, picture, "Nordlys").shapes) == 1
    design = design_painting(studio, brief, picture)
    assert (design.mark, design.layout) == (None, LayoutKind.WORDMARK)
    again = np.asarray(bitmap_of(studio.redraw(design).svg, SIDE).convert("RGB"), dtype=int)
    assert np.abs(again - np.asarray(picture, dtype=int)).mean() < 0.1


def paint_crumbs() -> Image.Image:
    """Return a flat mark of more points than a request can hold."""
    picture = Image.new("RGB", (1024, 1024), "#ffffff")
    for place in range(0, 1024 * 1024, 601):
        row, column = divmod(place, 1024)
        picture.paste("#102030", (column, row, column + 6, row + 4))
    return picture


def paint_quarters() -> Image.Image:
    """Return a picture without a sheet."""
    picture = Image.new("RGB", (400, 400), "#204080")
    picture.paste("#d03020", (0, 0, 200, 200))
    picture.paste("#f0d020", (200, 200, 400, 400))
    return picture


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (Image.effect_noise((SIDE, SIDE), 90).convert("RGB"), "too many tones"),
        (paint_crumbs(), "40000 characters"),
        (paint_quarters(), "up to its border"),
        (Image.new("RGB", (SIDE, SIDE), "#ffffff"), "nothing stands"),
    ],
)
def test_of_what_cannot_be_traced_well_no_design_is_made(studio: Studio, picture: Image.Image, reason: str) -> None:
    with pytest.raises(Untraceable, match=f"no design can be made of this logo: .*{reason}"):
        design_painting(studio, Brief("a mark", seed=5, engine=Engine.FLUX), picture)


def test_a_stored_painting_becomes_a_stored_drawing_or_says_why_not() -> None:
    brief, png = Brief("a mark", seed=5, engine=Engine.FLUX), io.BytesIO()
    paint().save(png, "PNG")
    master = trace_master(NO_FONTS, brief, Master(png.getvalue(), "image/png", "a <mark>"))
    assert master.drawn
    assert b"<title>a &lt;mark&gt;</title>" in master.content
    blank = io.BytesIO()
    Image.new("RGB", (64, 64), "#ffffff").save(blank, "PNG")
    with pytest.raises(GenerationFailed, match=r"nothing stands on the paper .* ask for png"):
        trace_master(NO_FONTS, brief, Master(blank.getvalue(), "image/png"))


def test_only_from_uneven_paper_a_mark_is_cut_out_before_it_is_set() -> None:
    mark = paint()
    assert cut_from_uneven(mark) is None
    rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    dark = np.asarray(mark, dtype=float) - 44 * (rows**2 + columns**2)[..., None]
    cut = cut_from_uneven(Image.fromarray(dark.round().clip(0, 255).astype(np.uint8)))
    assert cut is not None
    assert cut.mark.getpixel((4, 4))[3] == 0
