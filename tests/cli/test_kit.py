import json
import zipfile

import pytest
from PIL import Image, ImageDraw

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, Painter, SymbolMark
from blazon.export.formats import PictureFormat, encode
from blazon.export.provenance import DigitalSourceType, Provenance

DESIGN = Design(
    "Leaf", LayoutKind.SYMBOL, SymbolMark("mdi:leaf"), ColourScheme(*["#0a5c4a"] * 5, "#ffffff")
).to_dict()  # fmt: skip


def test_a_design_becomes_a_zip_named_for_the_brand(blazon, tmp_path):
    (tmp_path / "design.json").write_text(json.dumps(DESIGN))
    outcome = blazon("kit", "design.json")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "leaf-kit.zip\n", "")
    with zipfile.ZipFile(tmp_path / "leaf-kit.zip") as archive:
        assert Design.from_dict(json.loads(archive.read("leaf/design.json"))) == Design.from_dict(DESIGN)


def test_what_json_printed_tells_the_book_why(blazon, tmp_path):
    logos = [{"design": None}, {"design": DESIGN, "why": "A leaf is what it is.", "shows": ["leaf"]}]
    (tmp_path / "logos.json").write_text(json.dumps({"logos": logos}))
    assert blazon("kit", "logos.json", "--only", "2", "-o", "made/kit.zip").code == 0
    with zipfile.ZipFile(tmp_path / "made/kit.zip") as archive:
        assert b"A leaf is what it is." in archive.read("leaf/brand-book.html")
    assert "give its PNG" in blazon("kit", "logos.json", "--only", "1").error
    assert "not one of its 2 logos" in blazon("kit", "logos.json", "--only", "3").error


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a design"),
        ("{}", "not a design"),
        ('{"logos": []}', "not one of its 0 logos"),
        ('{"logos": [7]}', "not one of its 1 logos"),
        (json.dumps({**DESIGN, "format": 99}), "format 99"),
        (json.dumps({**DESIGN, "mark": {"kind": "symbol", "symbol": "no:such"}}), "no symbol"),
        (json.dumps({**DESIGN, "colours": {**DESIGN["colours"], "mark": "red"}}), "like #0a7d6b, not 'red'"),
    ],
)
def test_what_is_no_design_is_refused_in_a_line(blazon, tmp_path, content, complaint):
    (tmp_path / "design.json").write_text(content)
    outcome = blazon("kit", "design.json")
    assert complaint in outcome.error
    assert outcome.code == 2
    assert not list(tmp_path.glob("*.zip"))


def test_a_file_that_is_not_there_is_named(blazon):
    assert "cannot read none.json" in blazon("kit", "none.json").error


def test_a_profile_that_cannot_be_read_is_named(blazon, tmp_path):
    (tmp_path / "design.json").write_text(json.dumps(DESIGN))
    outcome = blazon("kit", "design.json", "--cmyk-profile", "none.icc")
    assert "none.icc cannot be read" in outcome.error
    assert outcome.code == 2


def paint(path, **options):
    picture = Image.new("RGB", (400, 400), "#f4f0e8")
    canvas = ImageDraw.Draw(picture)
    canvas.ellipse((60, 60, 340, 340), fill="#1d3557")
    canvas.rectangle((160, 160, 240, 240), fill="#e63946")
    picture.save(path, **options)


def test_a_painting_becomes_a_kit_with_its_name_in_type_that_says_who_painted_it(blazon, tmp_path):
    paint(tmp_path / "mark.png")
    outcome = blazon("kit", "mark.png", "--name", "Nordlys", "--painted-by", "FLUX.1-schnell")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, "nordlys-kit.zip\n", "")
    with zipfile.ZipFile(tmp_path / "nordlys-kit.zip") as archive:
        design = Design.from_dict(json.loads(archive.read("nordlys/design.json")))
        with Image.open(archive.open("nordlys/painting/nordlys-painting.png")) as original:
            assert original.size == (400, 400)
            assert original.getpixel((200, 200))[:3] == (0xE6, 0x39, 0x46)
            assert "trainedAlgorithmicMedia" in original.info["XML:com.adobe.xmp"]
        assert b"trainedAlgorithmicMedia" in archive.read("nordlys/logo/svg/nordlys-horizontal-colour.svg")
    assert (design.brand_name, design.painter) == ("Nordlys", Painter("FLUX.1-schnell"))
    assert {part.colour for part in design.mark.parts} == {"#1d3557", "#e63946"}
    assert design.colours.paper == "#f4f0e8"
    (tmp_path / "design.json").write_text(json.dumps(design.to_dict()))
    assert blazon("edit", "design.json", "--colour", "mark=navy", "-o", "navy.svg").code == 0
    assert "trainedAlgorithmicMedia" in (tmp_path / "navy.svg").read_text()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_picture_that_says_who_painted_it_is_believed(blazon, tmp_path, ending):
    origin = Provenance("a secret ring", 1, "straw", "Licence of Straw", "1", (), DigitalSourceType.PAINTED)
    kind = {"png": PictureFormat.PNG, "jpg": PictureFormat.JPEG, "webp": PictureFormat.WEBP}[ending]
    paint(tmp_path / "plain.png")
    with Image.open(tmp_path / "plain.png") as picture:
        (tmp_path / f"mark.{ending}").write_bytes(encode(picture, kind, provenance=origin))
    assert blazon("kit", f"mark.{ending}", "--name", "Nordlys").stderr == ""
    with zipfile.ZipFile(tmp_path / "nordlys-kit.zip") as archive:
        design = Design.from_dict(json.loads(archive.read("nordlys/design.json")))
        assert not any(b"a secret ring" in archive.read(name) for name in archive.namelist())
    assert design.painter == Painter("straw", "Licence of Straw")


def test_of_a_picture_that_says_nothing_nothing_is_claimed(blazon, tmp_path):
    paint(tmp_path / "mark.png")
    outcome = blazon("kit", "mark.png", "--name", "Nordlys")
    assert "--painted-by" in outcome.stderr
    with zipfile.ZipFile(tmp_path / "nordlys-kit.zip") as archive:
        readme = " ".join(archive.read("nordlys/README.txt").decode().split())
    assert "The mark was brought along" in readme
    assert "no trained model" not in readme


def test_a_picture_that_cannot_be_traced_is_refused_in_a_line(blazon, tmp_path):
    Image.effect_noise((400, 400), 90).convert("RGB").save(tmp_path / "photo.png")
    (tmp_path / "text.png").write_text("no picture")
    assert "too many tones" in blazon("kit", "photo.png", "--name", "X", "--painted-by", "Y").error
    assert "not a PNG, JPEG or WebP" in blazon("kit", "text.png", "--name", "X", "--painted-by", "Y").error
    (tmp_path / "design.json").write_text(json.dumps(DESIGN))
    assert "is for pictures" in blazon("kit", "design.json", "--name", "X").error
    assert not list(tmp_path.glob("*.zip"))
