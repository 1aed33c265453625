"""What the files of a kit say of their origin, and that independent readers find it there and still open them."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, OutlineMark, OutlinePart, Painter, Typeface
from blazon.draw.artwork import Materials
from blazon.export.provenance import DigitalSourceType, Provenance
from blazon.kit.kit import make_kit
from blazon.kit.order import KitOrder

MODEL = "straw/painter--2"
PAINTED = str(DigitalSourceType.PAINTED)
ORIGIN = Provenance(None, 7, MODEL, "Licence of Straw <1>, é", "1.0", (), DigitalSourceType.PAINTED)
MARK = OutlineMark(
    (
        OutlinePart("mark", "#1d3557", "M0 0L1000 0L1000 600L0 600Z"),
        OutlinePart("accent", "#e63946", "M0 700L1000 700L1000 1000L0 1000Z"),
    ),
    Painter(MODEL, ORIGIN.licence),
)
DESIGN = Design(
    "Nordlys",
    LayoutKind.STACKED,
    MARK,
    ColourScheme("#1d3557", "#e63946", "#ffffff", "#1c1f24", "#1c1f24", "#ffffff"),
    brand_name="Nordlys",
    name_type=Typeface("Outfit", 600),
)


def paint() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def kit(materials: Materials) -> zipfile.ZipFile:
    order = KitOrder(DESIGN, model=MODEL, licence=ORIGIN.licence, origin=ORIGIN, painting=paint())
    return zipfile.ZipFile(io.BytesIO(make_kit(order, materials)))


@pytest.fixture(scope="module")
def files(kit: zipfile.ZipFile) -> dict[str, bytes]:
    return {name.removeprefix("nordlys/"): kit.read(name) for name in kit.namelist()}


def pick(files: dict[str, bytes], ending: str) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if path.endswith(ending)}


def test_every_picture_that_can_says_that_a_model_painted_it(files: dict[str, bytes]) -> None:
    for path, content in pick(files, ".png").items():
        if not path.startswith("painting/"):  # it comes as it is to be
            with Image.open(io.BytesIO(content)) as picture:
                picture.load()
                assert PAINTED in picture.info["XML:com.adobe.xmp"], path
                assert MODEL in picture.info["parameters"]
    for path, content in pick(files, ".svg").items():
        text = content.decode()
        ElementTree.fromstring(text)
        assert MODEL in text, path
        assert (PAINTED in text) != path.startswith("email/"), path
        assert path != "email/bimi.svg" or "<metadata" not in text
    for ending in (".pdf", ".eps"):
        for path, content in pick(files, ending).items():
            assert PAINTED.encode() in content, path
    for content in pick(files, ".xml").values():
        ElementTree.fromstring(content)
    assert PAINTED in files["apps/android/res/drawable/ic_launcher_foreground.xml"].decode()
    assert PAINTED in files["origin.xmp"].decode()
    assert PAINTED.encode() not in files["web/favicon.ico"]


def test_readme_and_book_say_who_painted_and_which_files_cannot(files: dict[str, bytes]) -> None:
    readme = " ".join(files["README.txt"].decode().split())
    assert f"The mark was painted by the AI model {MODEL}" in readme
    assert "ICO files, fonts and texts have no place for it: origin.xmp says it of the whole kit" in readme
    assert "painting/" in readme
    assert "was painted by the AI model" in files["brand-book.html"].decode()
    assert "no trained model" not in readme + files["brand-book.html"].decode()
    assert Design.from_dict(json.loads(files["design.json"])) == DESIGN


def test_the_painting_and_the_comment_come_along(kit: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    assert files["painting/nordlys-painting.png"] == paint()
    assert kit.comment.decode() == f"Painted by the AI model {MODEL}"


def test_a_pdf_has_it_as_xmp(files: dict[str, bytes], run: Callable[..., str], tmp_path: Path) -> None:
    for name in ("logo/pdf/nordlys-mark-colour.pdf", "brand-book.pdf"):
        path = tmp_path / "logo.pdf"
        path.write_bytes(files[name])
        assert PAINTED in run("pdfinfo", "-meta", path)


def test_an_eps_has_it_in_short_lines_of_ascii_and_is_drawn(
    files: dict[str, bytes], run: Callable[..., str], tmp_path: Path
) -> None:
    eps, png = tmp_path / "logo.eps", tmp_path / "logo.png"
    content = files["logo/eps/nordlys-mark-colour.eps"]
    eps.write_bytes(content)
    packet = content[content.index(b"<?xpacket begin") : content.index(b"%end_xmp", content.index(b"<?xpacket"))]
    assert content.isascii()
    assert max(map(len, packet.splitlines())) < 256
    ElementTree.fromstring(packet.partition(b"?>")[2].rpartition(b"<?xpacket")[0])
    run("gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dEPSCrop", "-sDEVICE=png16m", f"-sOutputFile={png}", eps)
    with Image.open(png) as picture:
        assert {(0x1D, 0x35, 0x57), (0xE6, 0x39, 0x46)} <= {colour for _, colour in picture.getcolors(1 << 20) or ()}


def test_a_drawn_kit_says_that_no_model_painted_it_and_its_pictures_are_plain(
    designs: dict[str, Design], materials: Materials
) -> None:
    drawn = replace(ORIGIN, model="blazon/vector-1", digital_source_type=DigitalSourceType.DRAWN)
    order = KitOrder(designs["lockup"], model=drawn.model, origin=drawn)
    with zipfile.ZipFile(io.BytesIO(make_kit(order, materials))) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
        assert archive.comment == b"Drawn by rules; no AI model painted it"
    assert "no trained model painted it" in " ".join(files["README.txt"].decode().split())
    assert str(DigitalSourceType.DRAWN) in files["origin.xmp"].decode()
    assert not any(b"<metadata" in content for content in pick(files, ".svg").values())
