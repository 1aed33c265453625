import io
import json

import pytest

BRIEFS = [
    {"prompt": "solar panels for homes", "brand": "Helio", "expect": ["sun"]},
    {"prompt": "a bakery", "brand": "", "seed": 3, "style": "bold"},
]


def _lines(*briefs) -> str:
    return "".join(f"{json.dumps(brief)}\n" for brief in briefs)


def test_many_briefs_make_one_picture(blazon, tmp_path):
    (tmp_path / "briefs.jsonl").write_text(_lines(*BRIEFS) + "\n")
    outcome = blazon("sheet", "briefs.jsonl", "-o", "made/sheet.png", "-n", "2")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("2 briefs, 4 logos: made")
    assert (tmp_path / "made/sheet.png").read_bytes().startswith(b"\x89PNG")


def test_briefs_come_from_a_pipe_too(blazon, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(_lines(BRIEFS[0])))
    assert blazon("sheet", "-", "-n", "1").code == 0
    assert (tmp_path / "sheet.png").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no briefs"),
        ("\n  \n", "holds no briefs"),
        (_lines(*[BRIEFS[0]] * 201), "201 times 4 logos are more than 800"),
        ("not json\n", "line 1 is not JSON"),
        ("[" * 100_000, "line 1 is not JSON"),
        ("[]\n", 'line 1 is not an object with a "prompt"'),
        ('{"brand": "Helio"}\n', 'line 1 is not an object with a "prompt"'),
        (_lines(BRIEFS[0], {"prompt": 5}), "briefs.jsonl, line 2, prompt: must be text, not int"),
        (_lines({"prompt": "a bakery", "style": "loud"}), "line 1, style: 'loud' is not one of"),
        (_lines({"prompt": "a bakery", "palette": ["red"]}), "line 1, palette: must be text, not list"),
        (_lines({"prompt": "a bakery", "seed": "7"}), "line 1, seed: must be a whole number"),
        (_lines({"prompt": "a bakery", "brand": None}), "line 1, brand_name: must be text, not NoneType"),
    ],
)
def test_bad_briefs_are_named_by_line(blazon, tmp_path, text, said):
    (tmp_path / "briefs.jsonl").write_text(text)
    outcome = blazon("sheet", "briefs.jsonl")
    assert outcome.code == 2
    assert said in outcome.error
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_bad_input(blazon, name):
    outcome = blazon("sheet", name)
    assert outcome.code == 2
    assert f"cannot read {name}" in outcome.error


def test_a_file_that_is_not_text_is_bad_input(blazon, tmp_path):
    (tmp_path / "briefs.jsonl").write_bytes(b"\xff\xfe\x00")
    outcome = blazon("sheet", "briefs.jsonl")
    assert (outcome.code, outcome.error) == (2, "invalid value for FILE: briefs.jsonl is not UTF-8 text")


@pytest.mark.parametrize(("place", "said"), [(".", "is a folder"), ("file/sheet.png", "is a file")])
def test_a_sheet_that_cannot_be_written_is_bad_input(blazon, tmp_path, place, said):
    (tmp_path / "file").write_text(_lines(BRIEFS[0]))
    outcome = blazon("sheet", "file", "-o", place)
    assert outcome.code == 2
    assert outcome.error.startswith("invalid value for --output: ")
    assert said in outcome.error
