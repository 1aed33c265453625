import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

Kit = Callable[[str], dict[str, bytes]]
SVG = "{http://www.w3.org/2000/svg}"
COLOURINGS = ("colour", "reversed", "black", "white")


@pytest.mark.parametrize(
    ("name", "slug", "layouts"),
    [
        ("lockup", "fox-sons", ("horizontal", "stacked", "mark", "wordmark", "badge")),
        ("wordmark", "oresund", ("mark", "wordmark", "badge")),
        ("symbol", "a-leaf", ("mark", "badge")),
        ("arabic", "logo", ("horizontal", "stacked", "mark", "wordmark", "badge")),
    ],
)
def test_every_version_comes_in_every_colouring_and_format(
    kit_of: Kit, name: str, slug: str, layouts: tuple[str, ...]
) -> None:
    files = [path for path in kit_of(name) if path.startswith("logo/") and "/small/" not in path]
    assert sorted(files) == sorted(
        f"logo/{form}/{slug}-{layout}-{colouring}.{form}"
        for form in ("svg", "pdf", "eps", "png")
        for layout in layouts
        for colouring in COLOURINGS
    )


def test_svgs_hold_filled_paths_and_gradients_alone(kit_of: Kit) -> None:
    for name in ("lockup", "gradient", "wordmark", "symbol"):
        for path, content in kit_of(name).items():
            if path.startswith("logo/svg/"):
                elements = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(content).iter()}
                assert elements <= {"svg", "title", "path", "linearGradient", "stop"}
                assert b"href" not in content


@pytest.mark.parametrize(("colouring", "colour"), [("black", "#000000"), ("white", "#ffffff")])
def test_one_colour_is_one_colour(kit_of: Kit, colouring: str, colour: str) -> None:
    for path, content in kit_of("gradient").items():
        if path.startswith("logo/svg/") and colouring in path:
            assert set(re.findall(rb'(?:fill|stop-color)="([^"]*)"', content)) == {colour.encode()}


def test_pngs_have_an_alpha_channel_and_clear_space(kit_of: Kit) -> None:
    for path, content in kit_of("lockup").items():
        if path.startswith("logo/png/"):
            with Image.open(BytesIO(content)) as picture:
                assert picture.mode == "RGBA"
                left, top, right, bottom = picture.getchannel("A").getbbox() or (0, 0, 0, 0)
                margins = (left, top, picture.width - right, picture.height - bottom)
                # One unit all around: the same on every side.
                assert min(margins) > 0.05 * picture.height
                assert max(margins) - min(margins) <= 2


@pytest.mark.parametrize("name", ["lockup", "gradient"])
def test_poppler_draws_the_pdfs_as_resvg_draws_the_svgs(
    kit_of: Kit, name: str, tmp_path: Path, run: Callable[..., str], difference: Callable[[bytes, bytes], float]
) -> None:
    for path, content in kit_of(name).items():
        if path.startswith("logo/pdf/") and ("colour" in path or "white" in path):
            file = tmp_path / "logo.pdf"
            file.write_bytes(content)
            assert "Pages:           1" in run("pdfinfo", file)
            assert len(run("pdffonts", file).splitlines()) == 2  # the head of an empty table: type is outlines
            run("pdftocairo", "-png", "-transp", "-singlefile", "-r", "72", file, tmp_path / "page")
            other = kit_of(name)[path.replace("/pdf/", "/png/").replace(".pdf", ".png")]
            assert difference(other, (tmp_path / "page.png").read_bytes()) < 3


@pytest.mark.parametrize("name", ["lockup", "gradient"])
def test_ghostscript_draws_the_epss_as_resvg_draws_the_svgs(
    kit_of: Kit, name: str, tmp_path: Path, run: Callable[..., str], difference: Callable[[bytes, bytes], float]
) -> None:
    for path, content in kit_of(name).items():
        if path.startswith("logo/eps/") and "colour" in path:
            file, page = tmp_path / "logo.eps", tmp_path / "page.png"
            file.write_bytes(content)
            options = ("-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dEPSCrop", "-r72", "-sDEVICE=pngalpha")
            assert not run("gs", *options, f"-sOutputFile={page}", file)
            other = kit_of(name)[path.replace("/eps/", "/png/").replace(".eps", ".png")]
            assert difference(other, page.read_bytes()) < 6  # it smooths no edges


def test_chromium_draws_the_svgs_as_resvg_does(
    kit_of: Kit, tmp_path: Path, run: Callable[..., str], difference: Callable[[bytes, bytes], float]
) -> None:
    svg = kit_of("gradient")["logo/svg/aurora-badge-colour.svg"]
    side = 512
    style = f"margin:0;background:#808080;width:{side}px;height:{side}px"
    (tmp_path / "page.html").write_bytes(f'<body style="{style}">'.encode() + svg)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={side},{side}")
    run("chromium", *options, f"--screenshot={tmp_path / 'page.png'}", tmp_path / "page.html")
    assert difference(kit_of("gradient")["logo/png/aurora-badge-colour.png"], (tmp_path / "page.png").read_bytes()) < 3
