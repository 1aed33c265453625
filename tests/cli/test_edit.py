"""`blazon edit`: a design changed, and the files of it."""

import json
from io import BytesIO

import pytest
from PIL import Image

from blazon.brief import Brief, LayoutKind
from blazon.studio import Studio


@pytest.fixture(scope="module")
def design() -> dict:
    brief = Brief("solar panels for homes", brand_name="Helio", layout=LayoutKind.STACKED, count=1, seed=7)
    return json.loads(json.dumps(Studio.open().generate(brief)[0].design.to_dict()))


@pytest.fixture
def file(design, tmp_path) -> str:
    (tmp_path / "design.json").write_text(json.dumps(design))
    return "design.json"


def test_the_changed_design_is_printed(blazon, file, design):
    outcome = blazon("edit", file, "--colour", "mark=navy", "--colour", "paper=#ffffff", "--layout", "horizontal")
    assert outcome.code == 0
    changed = json.loads(outcome.stdout)
    assert changed["colours"] == {**design["colours"], "mark": "#000080", "paper": "#ffffff"}
    assert changed == {**design, "colours": changed["colours"], "layout": "horizontal"}


def test_without_a_change_it_is_drawn_again_to_the_same(blazon, file, design):
    assert json.loads(blazon("edit", file).stdout) == design


def test_files_are_written_by_their_endings(blazon, file, tmp_path):
    names = ["out/a.svg", "out/a.png", "a.webp", "a.jpg", "a.json"]
    outcome = blazon(
        "edit", file, "--palette", "ocean", "--size", "96", *(part for one in names for part in ("-o", one))
    )
    assert outcome.code == 0
    assert outcome.stdout.split() == names
    assert (tmp_path / "out/a.svg").read_text().startswith("<svg ")
    for name, kind in (("out/a.png", "PNG"), ("a.webp", "WEBP"), ("a.jpg", "JPEG")):
        with Image.open(BytesIO((tmp_path / name).read_bytes())) as picture:
            assert (picture.format, picture.size) == (kind, (96, 96))
    again = blazon("edit", "a.json", "-o", "again.svg", "--size", "96")
    assert again.code == 0
    assert (tmp_path / "again.svg").read_bytes() == (tmp_path / "out/a.svg").read_bytes()


def test_a_patch_is_read_and_options_win_over_it(blazon, file, tmp_path):
    (tmp_path / "patch.json").write_text('{"layout": "emblem", "name_type": {"weight": 300, "tracking": 40}}')
    changed = json.loads(blazon("edit", file, "--patch", "patch.json", "--weight", "700", "--layout", "stacked").stdout)
    assert (changed["layout"], changed["name_type"]["weight"], changed["name_type"]["tracking"]) == ("stacked", 700, 40)


def test_what_follows_and_what_to_mind_is_told(blazon, file):
    outcome = blazon("edit", file, "--brand", "", "--colour", "mark=white", "--colour", "paper=white")
    assert outcome.code == 0
    assert "note: without a name the layout is symbol" in outcome.stderr
    assert "mind: the mark has little contrast" in outcome.stderr


def test_a_white_logo_stands_on_nothing(blazon, file, tmp_path):
    assert blazon("edit", file, "--variant", "white", "-o", "w.png", "--size", "64").code == 0
    with Image.open(tmp_path / "w.png") as picture:
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--font", "Comic Papyrus"], "name_type.family there is no type family 'Comic Papyrus'"),
        (["--colour", "mark=sky"], "colours.mark 'sky' is no colour"),
        (["--colour", "navy"], "is not like mark=navy"),
        (["--colour", "ink=navy"], "colours.ink is not a field here"),
        (["--mark", "no:such"], "mark.symbol there is no symbol"),
        (["--variant", "pink"], "is not one of colour"),
        (["-o", "logo.gif"], "ends in none of"),
        (["--transparent", "-o", "logo.jpeg"], "JPEG cannot be transparent"),
        (["--palette", "plaid"], "palette 'plaid' is neither"),
    ],
)
def test_what_cannot_be_is_one_line(blazon, file, arguments, words):
    outcome = blazon("edit", file, *arguments)
    assert outcome.code == 2
    assert words in outcome.error


def test_a_document_that_is_none_is_told(blazon, file, tmp_path, design):
    for content, words in (
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        (json.dumps({**design, "format": 2}), "bring it up to date"),
        (json.dumps({**design, "wings": 2}), "wings is not a field"),
    ):
        (tmp_path / "bad.json").write_text(content)
        outcome = blazon("edit", "bad.json")
        assert outcome.code == 2
        assert words in outcome.error
    assert "no.json" in blazon("edit", "no.json").error
