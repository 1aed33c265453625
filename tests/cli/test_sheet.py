import io
import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from _chat_server import read
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.cli.brief_lines import read_briefs

BRIEFS = [
    {"prompt": "solar panels for homes", "brand": "Helio", "expect": ["sun"]},
    {"prompt": "a bakery", "brand": "", "seed": 3, "style": "bold"},
]


def _lines(*briefs) -> str:
    return "".join(f"{json.dumps(brief)}\n" for brief in briefs)


def test_many_briefs_make_one_picture(blazon, tmp_path):
    (tmp_path / "briefs.jsonl").write_text(_lines(*BRIEFS) + "\n")
    outcome = blazon("sheet", "briefs.jsonl", "-o", "made/sheet.png", "-n", "2")
    assert (outcome.code, outcome.stderr) == (0, 'note: "expect" is not read, in 1 of the briefs\n')
    assert outcome.stdout.startswith("2 briefs, 4 logos: made")
    assert (tmp_path / "made/sheet.png").read_bytes().startswith(b"\x89PNG")


def test_briefs_come_from_a_pipe_too(blazon, tmp_path, monkeypatch):
    # The console may speak another encoding: briefs are UTF-8.
    piped = io.TextIOWrapper(io.BytesIO('{"prompt": "Öl und Essig", "brand": "Öl"}'.encode()), encoding="cp1252")
    monkeypatch.setattr("sys.stdin", piped)
    assert blazon("sheet", "-", "-n", "1").code == 0
    (tmp_path / "same.jsonl").write_text('{"prompt": "\\u00d6l und Essig", "brand": "\\u00d6l"}')
    assert blazon("sheet", "same.jsonl", "-n", "1", "-o", "same.png").code == 0
    assert (tmp_path / "sheet.png").read_bytes() == (tmp_path / "same.png").read_bytes()


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=3).filter(lambda text: len(text.strip()) > 2)),
    st.sampled_from(["\n", "\r\n", "\n\n", "\n\ufeff"]),
)
def test_whatever_a_prompt_holds_its_line_is_one(prompts, end):
    with TemporaryDirectory() as folder:
        path = Path(folder, "briefs.jsonl")
        path.write_bytes(("\ufeff" + end.join(json.dumps({"prompt": p}, ensure_ascii=False) for p in prompts)).encode())
        lines, bad = read_briefs(path, {})
        assert [line.brief.prompt for line in lines] == [prompt.strip() for prompt in prompts]
        assert bad == []


def test_null_says_nothing_and_colours_may_be_a_list(tmp_path):
    (tmp_path / "briefs.jsonl").write_text(
        _lines(
            {
                "prompt": "a bakery",
                **dict.fromkeys(["brand", "slogan", "style", "palette", "layout", "engine", "seed"]),
            },
            {"prompt": "a bakery", "brand_name": "Crumb", "palette": ["#0a4d68", "sandybrown"]},
        )
    )
    first, second = (line.brief for line in read_briefs(tmp_path / "briefs.jsonl", {"seed": 5})[0])
    assert first == Brief("a bakery", seed=5)
    assert second == Brief("a bakery", seed=5, brand_name="Crumb", palette="#0a4d68, sandybrown")


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
        (_lines({"prompt": 5}), "briefs.jsonl, line 1, prompt: must be text, not int"),
        (_lines({"prompt": "a bakery", "avoid": {"rose": 1}}), "line 1, avoid: must be a list of texts"),
        (_lines({"prompt": "a bakery", "establised": 1894}), 'did you mean "established"?'),
        (_lines({"prompt": "a bakery", "style": "loud"}), "line 1, style: 'loud' is not one of"),
        (_lines({"prompt": "a bakery", "palette": ["red", 7]}), "line 1, palette: a list holds colours as texts"),
        (_lines({"prompt": "a bakery", "palette": ["rde"]}), "line 1, palette: 'rde' is neither a colour"),
        (_lines({"prompt": "a bakery", "palette": []}), "line 1, palette: is empty"),
        (
            _lines({"prompt": "a bakery", "pallete": "red"}),
            'line 1 has "pallete", which is not read; did you mean "palette"?',
        ),
        (_lines({"prompt": "a bakery", "Brand": "x"}), 'did you mean "brand"?'),
        (_lines({"prompt": "a bakery", "brand": "x", "brand_name": "y"}), 'has both "brand" and "brand_name"'),
        ('{"prompt": "a bakery", "prompt": "a bank"}', 'line 1 has "prompt" twice'),
        ('{"prompt": "a bakery", "seed": ' + "1" * 5000 + "}", "line 1 is not JSON"),
        ('{"prompt": "a bakery", "seed": NaN}', "line 1, seed: must be a whole number"),
        (_lines({"prompt": "a bakery", "seed": "7"}), "line 1, seed: must be a whole number"),
        (_lines({"prompt": None}), 'line 1 is not an object with a "prompt"'),
    ],
)
def test_bad_briefs_are_named_by_line(blazon, tmp_path, text, said):
    (tmp_path / "briefs.jsonl").write_text(text)
    outcome = blazon("sheet", "briefs.jsonl")
    assert outcome.code == 2
    assert said in outcome.error
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"prompt": 5}', "prompt: must be text, not int"),
        ("not json", "is not JSON"),
        ('{"prompt": "a florist", "show": "rose", "avoid": "roses"}', "avoid: has 'roses', and show has 'rose'"),
        ('{"prompt": "a bakery", "brand": "\U00012000"}', "brand_name: "),  # cuneiform, which no font here has
    ],
)
def test_a_bad_line_is_named_and_the_others_are_drawn(blazon, tmp_path, line, said):
    (tmp_path / "briefs.jsonl").write_text(f"{json.dumps(BRIEFS[1])}\n{line}\n\n{json.dumps(BRIEFS[1])}\n")
    outcome = blazon("sheet", "briefs.jsonl", "-n", "1")
    assert outcome.code == 2
    assert outcome.stdout == "2 briefs, 2 logos: sheet.png\n"
    assert outcome.stderr.startswith("error: briefs.jsonl, line 2")
    assert said in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_every_bad_line_is_named(blazon, tmp_path):
    (tmp_path / "briefs.jsonl").write_text('{"prompt": 5}\n[]\n')
    outcome = blazon("sheet", "briefs.jsonl")
    assert (outcome.code, outcome.stdout) == (2, "")
    first, second = outcome.stderr.splitlines()
    assert first.startswith("error: briefs.jsonl, line 1, prompt: ")
    assert second.startswith("error: briefs.jsonl, line 2 is not an object")


def test_a_line_may_say_what_to_show_and_avoid(tmp_path):
    wish = {"show": ["fox", "book"], "avoid": "owl", "letters": "R and T", "established": 1894, "mark": "badge"}
    wish |= {"type": "slab", "case": "lower"}
    (tmp_path / "briefs.jsonl").write_text(_lines({"prompt": "a bookshop", **wish}))
    ((line,), bad) = read_briefs(tmp_path / "briefs.jsonl", {})
    assert bad == []
    assert line.brief == Brief("a bookshop", **wish)
    assert (line.brief.show, line.brief.letters, line.brief.established) == (("fox", "book"), "RT", "1894")


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_bad_input(blazon, name):
    outcome = blazon("sheet", name)
    assert outcome.code == 2
    assert f"cannot read {name}" in outcome.error


def test_a_file_that_is_not_text_is_bad_input(blazon, tmp_path):
    (tmp_path / "briefs.jsonl").write_bytes(b"\xff\xfe\x00")
    outcome = blazon("sheet", "briefs.jsonl")
    assert (outcome.code, outcome.error) == (
        2,
        "invalid value for FILE: briefs.jsonl is not UTF-8 text; save it as UTF-8",
    )


@pytest.mark.parametrize(("place", "said"), [(".", "is a folder"), ("file/sheet.png", "is a file")])
def test_a_sheet_that_cannot_be_written_is_bad_input(blazon, tmp_path, place, said):
    (tmp_path / "file").write_text(_lines(BRIEFS[0]))
    outcome = blazon("sheet", "file", "-o", place)
    assert outcome.code == 2
    assert outcome.error.startswith("invalid value for --output: ")
    assert said in outcome.error


def test_a_language_model_reads_each_brief_of_a_sheet(blazon, chat, tmp_path, monkeypatch):
    monkeypatch.setenv("READER_URL", chat.url)
    chat.answer = lambda _: read(topic="bakery")
    (tmp_path / "briefs.jsonl").write_text(_lines(*({"prompt": f"number {number}"} for number in range(12))))
    outcome = blazon("sheet", "briefs.jsonl", "-n", "1")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert sorted(chat.prompts) == sorted(f"number {number}" for number in range(12))
    assert chat.paths.count("/v1/models") <= 4


def test_a_font_of_the_users_own_sets_the_names_of_every_brief(blazon, tmp_path):
    font = files("fontpkg_great_vibes") / "files/GreatVibes-Regular.ttf"
    (tmp_path / "briefs.jsonl").write_text(_lines(*({**brief, "brand": "Crumb"} for brief in BRIEFS)))
    assert blazon("sheet", "briefs.jsonl", "-n", "1", "--font", str(font), "-o", "own.png").code == 0
    assert blazon("sheet", "briefs.jsonl", "-n", "1", "-o", "plain.png").code == 0
    assert (tmp_path / "own.png").read_bytes() != (tmp_path / "plain.png").read_bytes()
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    outcome = blazon("sheet", "briefs.jsonl", "--font", "broken.ttf")
    assert outcome.code != 0
    assert "error: broken.ttf is damaged, or no font" in outcome.stderr
