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
from blazon.draw.lockups import ARTBOARD
from blazon.errors import GenerationFailed
from blazon.export.delivery import Master
from blazon.export.raster import bitmap_of
from blazon.painted_lockups import cut_from_uneven, design_painting, draw_painting, plan_lockup, trace_master
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


def set_type(studio: Studio, brief: Brief, mark: Image.Image) -> Image.Image:
    lockup = plan_lockup(studio, brief, "#ffffff")
    assert lockup is not None
    sheet = bitmap_of(lockup.words.svg(Variant.COLOUR), SIDE).convert("RGB")
    if lockup.free is not None:
        scale = SIDE / ARTBOARD
        width = round(lockup.free.width * scale)
        sheet.paste(mark.resize((width, width)), (round(lockup.free.left * scale), round(lockup.free.top * scale)))
    return sheet


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


def test_a_name_alone_has_no_mark(studio: Studio) -> None:
    brief = brief_of(LayoutKind.WORDMARK)
    picture = set_type(studio, brief, paint())
    assert len(draw_painting(studio, brief, picture, "Nordlys").shapes) == 1
    with pytest.raises(GenerationFailed, match="a name alone"):
        design_painting(studio, brief, picture)


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
