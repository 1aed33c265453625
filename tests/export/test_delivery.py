import io
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageChops

from blazon.brief import Brief
from blazon.errors import GenerationFailed, InvalidBrief, InvalidDesign
from blazon.export.delivery import DEFAULT_DPI, Background, FileSpec, Master, cut_out_master, png_series, render_file
from blazon.export.drawing import Drawing
from blazon.export.formats import PictureFormat, label_png
from blazon.export.provenance import Provenance
from blazon.export.raster import bitmap_of
from blazon.studio import generate

PAPER = (0xF2, 0xE8, 0xD0)
SVG = "{http://www.w3.org/2000/svg}"


def shown(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of what is not as the corner."""
    flat = Image.new("RGBA", picture.size, picture.getpixel((0, 0)))
    if picture.getpixel((0, 0))[3] == 0:
        return picture.getchannel("A").point(lambda alpha: 255 * (alpha > 127)).getbbox()
    difference = ImageChops.difference(picture.convert("RGB"), flat.convert("RGB")).convert("L")
    return difference.point(lambda level: 255 * (level > 24)).getbbox()


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 3) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= by


@pytest.mark.parametrize("kind", [PictureFormat.PNG, PictureFormat.JPEG, PictureFormat.WEBP])
@pytest.mark.parametrize(("width", "height"), [(200, 200), (300, 120), (121, 300), (64, 1)])
@pytest.mark.parametrize("which", ["drawn", "painted"])
def test_every_format_and_size_shows_the_logo_in_the_middle_of_its_paper(
    which: str, kind: PictureFormat, width: int, height: int, request: pytest.FixtureRequest
) -> None:
    picture = shown(render_file(request.getfixturevalue(which), width=width, height=height, format=kind)).convert("RGB")
    assert picture.size == (width, height)
    if height == 1:
        return
    corners = [picture.getpixel((x, y)) for x in (0, width - 1) for y in (0, height - 1)]
    assert all(near(corner, PAPER, 6) for corner in corners)
    side = min(width, height)
    assert near(picture.getpixel((width // 2, height // 2 - round(0.22 * side))), (0x20, 0x40, 0x80), 12)


@pytest.mark.parametrize("which", ["drawn", "painted"])
def test_no_seam_shows_where_the_paper_was_extended(which: str, request: pytest.FixtureRequest) -> None:
    master = request.getfixturevalue(which)
    wide = shown(render_file(master, width=600, height=200, format=PictureFormat.PNG))
    assert wide.crop((0, 0, 230, 200)).getcolors() == [(230 * 200, PAPER)]


@pytest.mark.parametrize("kind", [PictureFormat.PNG, PictureFormat.WEBP])
def test_a_drawn_logo_without_paper_has_exact_alpha(kind: PictureFormat) -> None:
    logo = generate(Brief("a turning knot", brand_name="Knot & Co", seed=11, count=1))[0]
    content = render_file(
        Master(logo.svg.encode(), "image/svg+xml"),
        width=256,
        height=256,
        format=kind,
        background="transparent",
        quality=100,
    )
    expected = bitmap_of(logo.variant_svg("colour", background=False), 256)
    assert ImageChops.difference(shown(content).getchannel("A"), expected.getchannel("A")).getextrema() == (0, 0)


def test_a_painted_logo_without_paper_is_cut_out(painted: Master, mark: Image.Image) -> None:
    picture = shown(render_file(painted, width=512, height=512, format=PictureFormat.PNG, background="transparent"))
    difference = np.asarray(picture.getchannel("A"), dtype=int) - np.asarray(mark.getchannel("A"), dtype=int)
    assert np.abs(difference).mean() < 1
    assert picture.getpixel((256, 256))[3] == 0


def test_the_svg_of_a_drawn_logo_is_the_logo_itself(drawn: Master, provenance: Provenance) -> None:
    same = render_file(drawn, width=1024, height=1024, format=PictureFormat.SVG, provenance=provenance)
    root = ElementTree.fromstring(same)
    assert [path.attrib for path in root.iter(f"{SVG}path")] == [
        path.attrib for path in ElementTree.fromstring(drawn.content).iter(f"{SVG}path")
    ]
    assert root.findtext(f"{SVG}title") == "Ring & Co"
    assert same.count(b"<metadata>") == 1
    # What was delivered may be stored and delivered again: nothing piles up.
    again = Master(same, "image/svg+xml")
    assert render_file(again, width=1024, height=1024, format=PictureFormat.SVG, provenance=provenance) == same


@pytest.mark.parametrize("which", ["drawn", "painted"])
@pytest.mark.parametrize("background", ["opaque", "transparent"])
@pytest.mark.parametrize(("width", "height"), [(200, 200), (300, 120)])
def test_svg_and_png_show_the_same(
    which: str, background: Background, width: int, height: int, request: pytest.FixtureRequest
) -> None:
    master = request.getfixturevalue(which)

    def made(kind: PictureFormat) -> bytes:
        return render_file(master, width=width, height=height, format=kind, background=background)

    root = ElementTree.fromstring(made(PictureFormat.SVG))
    assert (root.get("width"), root.get("height")) == (str(width), str(height))
    # Drawn on a square sheet, and cut to its middle.
    square = Drawing.read(made(PictureFormat.SVG)).in_format(1, 1).svg(width, width)
    top = (width - height) // 2
    svg = np.asarray(bitmap_of(square, width).crop((0, top, width, top + height)), dtype=int)
    png = np.asarray(shown(made(PictureFormat.PNG)).convert("RGBA"), dtype=int)
    difference = np.abs(svg[..., 3] - png[..., 3]) + (np.abs(svg - png).max(axis=-1) * (png[..., 3] == 255))
    assert difference.mean() < 2.5
    assert (svg[0, 0, 3] == 255) == (background == "opaque")


@pytest.mark.parametrize("kind", list(PictureFormat))
@pytest.mark.parametrize("which", ["drawn", "painted"])
def test_without_provenance_nothing_of_it_is_in_the_file(
    which: str, kind: PictureFormat, request: pytest.FixtureRequest, provenance: Provenance
) -> None:
    master = request.getfixturevalue(which)
    if which == "drawn":
        marked = render_file(master, width=64, height=64, format=PictureFormat.SVG, provenance=provenance)
        master = Master(marked, "image/svg+xml")
        assert b"bakery" in marked
    bare = render_file(master, width=64, height=64, format=kind)
    # A logo without a brand name has the prompt for its title.
    for word in (b"bakery", b"FLUX", b"4711", b"Ring", b"rdf", b"xmp", b"metadata", b"Blazon"):
        assert word not in bare


@pytest.mark.parametrize("kind", list(PictureFormat))
def test_where_the_prompt_is_not_told_a_file_has_the_name_that_it_shows(
    kind: PictureFormat, drawn: Master, provenance: Provenance
) -> None:
    titled = Master(drawn.content.replace(b"Ring &amp; Co", b"a bakery"), drawn.media_type)
    for name in ("", "Nord"):
        told = replace(provenance, name=name).without_prompt()
        content = render_file(titled, width=64, height=64, format=kind, provenance=told)
        assert b"bakery" not in content
        assert b"FLUX" in content
        if kind is PictureFormat.SVG:
            assert ElementTree.fromstring(content).findtext(f"{SVG}title") == (name or "Logo")


def test_an_svg_without_metadata_can_be_pasted_into_jsx(drawn: Master, provenance: Provenance) -> None:
    """JSX takes no tags with a prefix, and reads braces as code; entities of HTML it knows."""
    titled = Master(drawn.content.replace(b"Ring", b"{alert(1)}"), drawn.media_type)
    for origin in (None, provenance):
        content = render_file(titled, width=64, height=64, format=PictureFormat.SVG, provenance=origin).decode()
        assert not {"{", "}"} & {*content}
        assert bool(re.search(r"</?\w+:|\s\w+:\w+=", content)) is (origin is not None)
    assert ElementTree.fromstring(content).findtext(f"{SVG}title") == "{alert(1)} & Co"


@pytest.mark.parametrize("kind", list(PictureFormat))
@pytest.mark.parametrize("which", ["drawn", "painted"])
@pytest.mark.parametrize(("width", "height"), [(200, 200), (300, 201)])
@pytest.mark.parametrize("background", ["opaque", "transparent"])
def test_padding_leaves_room_at_each_edge(
    which: str, kind: PictureFormat, width: int, height: int, background: Any, request: pytest.FixtureRequest
) -> None:
    if kind is PictureFormat.JPEG and background == "transparent":
        return
    master = request.getfixturevalue(which)

    def box(padding: int) -> tuple[int, int, int, int]:
        content = render_file(
            master, width=width, height=height, format=kind, background=background, padding=padding, quality=100
        )
        if kind is PictureFormat.SVG:
            wide = Drawing.read(content).in_format(1, 1).svg(1, 1)
            picture = bitmap_of(wide, width).crop((0, (width - height) // 2, width, (width + height) // 2))
        else:
            picture = shown(content).convert("RGBA")
        assert picture.size == (width, height)
        return ink_box(picture)

    before, after = box(0), box(20)
    middle = (width / 2, height / 2)
    for place, (one, other) in enumerate(zip(before, after, strict=True)):
        at = middle[place % 2]
        assert other - at == pytest.approx((one - at) * 0.6, abs=2)


@pytest.mark.parametrize("padding", [-1, 41])
def test_a_padding_that_leaves_no_room_is_refused(padding: int, drawn: Master) -> None:
    with pytest.raises(InvalidBrief, match="padding"):
        render_file(drawn, width=64, height=64, format=PictureFormat.PNG, padding=padding)


@pytest.mark.parametrize("which", ["drawn", "painted"])
@pytest.mark.parametrize("size", [64, 512])  # the painting is 512 pixels wide: it is not compressed again
@pytest.mark.parametrize("kind", [PictureFormat.PNG, PictureFormat.JPEG])
@pytest.mark.parametrize("dpi", [1, 96, 300, 2400])
def test_a_picture_says_once_how_densely_it_is_printed(
    which: str, size: int, kind: PictureFormat, dpi: int, request: pytest.FixtureRequest
) -> None:
    content = render_file(request.getfixturevalue(which), width=size, height=size, format=kind, dpi=dpi)
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert content.count(b"pHYs") == (kind is PictureFormat.PNG)


def test_a_title_is_escaped(painted: Master, provenance: Provenance) -> None:
    content = render_file(painted, width=64, height=64, format=PictureFormat.SVG, provenance=provenance)
    assert ElementTree.fromstring(content).findtext(f"{SVG}title") == "Ring & <Co>"


@pytest.mark.parametrize("which", ["drawn", "painted"])
def test_a_transparent_jpeg_is_refused(which: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(InvalidBrief, match="background"):
        render_file(
            request.getfixturevalue(which), width=64, height=64, format=PictureFormat.JPEG, background="transparent"
        )


@pytest.mark.parametrize("kind", [PictureFormat.PNG, PictureFormat.SVG])
def test_a_painting_up_to_its_border_is_not_cut_out_by_guessing(kind: PictureFormat) -> None:
    png = io.BytesIO()
    Image.merge("RGB", [Image.effect_noise((64, 64), 90) for _ in range(3)]).save(png, "PNG")
    master = Master(png.getvalue(), "image/png")
    with pytest.raises(GenerationFailed, match="cannot be cut out; ask for an opaque background"):
        render_file(master, width=64, height=64, format=kind, background="transparent")
    assert render_file(master, width=96, height=64, format=PictureFormat.PNG)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg",
        b"<svg/>",
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 9"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L1 1Z" onclick="x()"/></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="https://example.org/x.png"/></svg>',
    ],
)
def test_what_is_no_logo_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidDesign, match="the stored logo"):
        render_file(Master(content, "image/svg+xml"), width=64, height=64, format=PictureFormat.PNG)


@pytest.mark.parametrize("size", [512, 64])
@pytest.mark.parametrize("length", [6, 40, -1])
def test_a_damaged_painting_is_refused(length: int, size: int, painted: Master) -> None:
    with pytest.raises(InvalidDesign, match="not a picture"):
        render_file(Master(painted.content[:length], "image/png"), width=size, height=size, format=PictureFormat.PNG)


def test_a_painting_is_delivered_as_it_is_compressed(painted: Master, provenance: Provenance) -> None:
    undecodable = bytearray(painted.content)
    undecodable[2000:3000] = bytes(1000)
    master = replace(painted, content=bytes(undecodable))
    file = render_file(master, width=512, height=512, format=PictureFormat.PNG, provenance=provenance)
    assert file == label_png(master.content, provenance, DEFAULT_DPI)
    assert png_series(master, (512, 512), provenance) == (file,)
    with pytest.raises(InvalidDesign):
        png_series(master, (512, 256), provenance)


def test_a_series_has_a_painting_as_it_is_and_made_smaller(painted: Master, provenance: Provenance) -> None:
    whole, small = png_series(painted, (512, 128), provenance)
    assert whole == label_png(painted.content, provenance, DEFAULT_DPI)
    assert small == render_file(painted, width=128, height=128, format=PictureFormat.PNG, provenance=provenance)


@pytest.mark.parametrize("background", ["opaque", "transparent"])
def test_a_cutout_that_is_known_gives_the_same_file(background: Background, painted: Master) -> None:
    spec = {"width": 300, "height": 120, "format": PictureFormat.PNG, "background": background}
    known = replace(painted, content=b"", cutout=cut_out_master(painted))
    assert render_file(known, **spec) == render_file(painted, **spec)


def test_fifteen_per_cent_keep_every_logo_in_the_circle_that_no_mask_cuts() -> None:
    """W3C, Web Application Manifest, 'safe zone': a circle of 40 % of the side."""
    side = 256
    places = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    outside = np.hypot(*places) > 0.4 * side + 1
    for logo in generate(Brief("a coffee roastery", brand_name="Northwind Coffee", seed=7)):
        master = Master(logo.svg.encode(), "image/svg+xml")
        png = render_file(
            master, width=side, height=side, format=PictureFormat.PNG, background="transparent", padding=15
        )
        assert np.asarray(shown(png))[..., 3][outside].max() == 0


def test_a_transparent_jpeg_is_refused_before_anything_is_cut_out() -> None:
    with pytest.raises(InvalidBrief, match="background: a JPEG cannot be transparent; ask for png"):
        FileSpec(64, 64, PictureFormat.JPEG, "transparent")
