import json
import zipfile

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, SymbolMark

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
    assert "painted" in blazon("kit", "logos.json", "--only", "1").error
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
