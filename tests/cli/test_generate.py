import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from blazon.cli.files import VARIANTS
from blazon.design import Design

PNG = b"\x89PNG\r\n\x1a\n"
COFFEE = ("generate", "a coffee roastery by the sea", "--brand", "Northwind Coffee", "--seed", "7")


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_logo_comes_with_all_its_files(blazon, tmp_path):
    outcome = blazon(*COFFEE, "-n", "2", "--size", "128", "-o", "logos")
    assert (outcome.code, outcome.stderr) == (0, "")
    kinds = ("svg", "png", "json", *(f"{variant}.svg" for variant in VARIANTS))
    endings = [f"-{kind}" if kind.endswith(".svg") else f".{kind}" for kind in kinds]
    names = {f"northwind-coffee-7-{number}{ending}" for number in (1, 2) for ending in endings}
    files = _contents(tmp_path / "logos")
    assert set(files) == names | {"contact-sheet.png"}
    for name, data in files.items():
        if name.endswith(".svg"):
            assert ElementTree.fromstring(data).tag == "{http://www.w3.org/2000/svg}svg"
        elif name.endswith(".png"):
            assert data.startswith(PNG)
    assert int.from_bytes(files["northwind-coffee-7-1.png"][16:20]) == 128
    assert Design.from_dict(json.loads(files["northwind-coffee-7-2.json"])).brand_name == "Northwind Coffee"


def test_the_table_names_each_logo_and_the_seed(blazon):
    lines = blazon(*COFFEE, "-n", "2", "-o", "logos").stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["northwind-coffee-7-1", "northwind-coffee-7-2"]
    assert "seed 7" in lines[3]
    assert lines[4] == f"contact sheet: {Path('logos/contact-sheet.png')}"


def test_json_is_one_document_and_nothing_else(blazon, tmp_path):
    outcome = blazon(*COFFEE, "-n", "2", "--json", "-o", "logos")
    document = json.loads(outcome.stdout)
    assert outcome.stderr == ""
    assert document["seed"] == 7
    assert (tmp_path / document["contact_sheet"]).read_bytes().startswith(PNG)
    assert [logo["name"] for logo in document["logos"]] == ["northwind-coffee-7-1", "northwind-coffee-7-2"]
    for logo in document["logos"]:
        assert set(logo) == {"name", "files", "metadata", "credits"}
        assert all((tmp_path / path).is_file() for path in logo["files"].values())


def test_a_seed_draws_the_same_bytes_again(blazon, tmp_path):
    for folder in ("one", "two"):
        blazon(*COFFEE, "-n", "2", "-o", folder)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")


def test_a_seed_that_was_chosen_is_shown_so_that_it_can_be_repeated(blazon, monkeypatch):
    monkeypatch.setattr("blazon.cli.generate.secrets.randbelow", lambda _below: 4711)
    outcome = blazon("generate", "a bakery", "-n", "1", "--size", "64")
    assert "seed 4711 (--seed 4711 draws them again)" in outcome.stdout
    assert Path("out/logo-4711-1.svg").is_file()


def test_credits_are_shown_and_can_be_declined(blazon):
    monsters = ("generate", "a minotaur in a labyrinth", "-n", "8", "--seed", "3", "--size", "64")
    logos = json.loads(blazon(*monsters, "--json").stdout)["logos"]
    credited = {logo["name"]: logo["credits"] for logo in logos if logo["credits"]}
    assert credited, "the brief must reach symbols that ask for credit, else nothing below is shown"
    shown = [line for line in blazon(*monsters).stdout.splitlines() if line.startswith("credit for ")]
    for name, lines in credited.items():
        assert any(name in line and credit in line for credit in lines for line in shown)
    declined = json.loads(blazon(*monsters, "--json", "--no-credit").stdout)["logos"]
    assert [logo["credits"] for logo in declined] == [[]] * 8


BAD = {
    "empty prompt": (("",), "PROMPT needs at least 3 characters"),
    "blank prompt": ((" \t\n ",), "PROMPT needs at least 3 characters"),
    "two letters": (("ab",), "PROMPT needs at least 3 characters"),
    "10,000 characters": (("x" * 10_000,), "PROMPT has 10000 characters; at most 500"),
    "no prompt at all": ((), "missing argument 'PROMPT'"),
    "long name": (("a bakery", "--brand", "x" * 41), "--brand has 41 characters; at most 40"),
    "10,000 characters of name": (("a bakery", "--brand", "x" * 10_000), "--brand has 10000 characters"),
    "control characters in a name": (("a bakery", "--brand", "Nor\x1b[31mth"), "U+001B"),
    "zero byte in a name": (("a bakery", "--brand", "a\x00b"), "U+0000"),
    "half a surrogate": (("a bakery", "--brand", "a\ud800b"), "--brand is not valid Unicode text"),
    "emoji-only name": (("a bakery", "--brand", "\U0001f950\U0001f950"), "U+1F950"),
    "slogan alone": (("a bakery", "--slogan", "fresh"), "--slogan needs a brand_name"),
    "long slogan": (("a bakery", "-b", "Crumb", "--slogan", "x" * 61), "--slogan has 61 characters"),
    "unknown style": (("a bakery", "--style", "minmal"), "--style 'minmal' is not one of minimal, modern"),
    "unknown layout": (("a bakery", "--layout", "diagonal"), "--layout 'diagonal' is not one of symbol"),
    "layout without name": (("a bakery", "--layout", "emblem"), "--layout emblem needs a brand_name"),
    "unknown engine": (("a bakery", "--engine", "dall-e"), "--engine 'dall-e' is not one of auto"),
    "unknown palette": (("a bakery", "--palette", "moody"), "--palette 'moody' is neither a colour"),
    "rubbish in a hex colour": (("a bakery", "--palette", "#12345g"), "--palette '#12345g' is neither"),
    "empty palette": (("a bakery", "--palette", " "), "--palette is empty"),
    "six colours": (("a bakery", "--palette", "red " * 6), "--palette has 6 colours; at most 5"),
    "no candidates": (("a bakery", "-n", "0"), "--count must be a whole number from 1 to 24, not 0"),
    "too many candidates": (("a bakery", "-n", "25"), "--count must be a whole number from 1 to 24, not 25"),
    "negative seed": (("a bakery", "--seed", "-1"), "--seed must be a whole number from 0 to 4294967295, not -1"),
    "seed out of range": (("a bakery", "--seed", "4294967296"), "--seed must be a whole number from 0"),
    "seed in words": (("a bakery", "--seed", "seven"), "'--seed'"),
    "size 0": (("a bakery", "--size", "0"), "'--size'"),
    "size 63": (("a bakery", "--size", "63"), "'--size'"),
    "size 2049": (("a bakery", "--size", "2049"), "'--size'"),
    "size in words": (("a bakery", "--size", "big"), "'--size'"),
    "unknown option": (("a bakery", "--colour", "red"), "no such option: --colour"),
    "two prompts": (("a", "bakery"), "bakery"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_clear_line_and_leaves_nothing_behind(blazon, tmp_path, arguments, said):
    outcome = blazon("generate", *arguments)
    assert outcome.code == 2
    assert said in outcome.error
    assert list(tmp_path.rglob("*.svg")) == []


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300])
def test_a_folder_that_cannot_be_written_is_bad_input(blazon, tmp_path, place):
    (tmp_path / "file").write_text("taken")
    outcome = blazon("generate", "a bakery", "-o", place)
    assert outcome.code == 2
    assert outcome.error.startswith("invalid value for --output: ")


def test_a_disk_that_fills_up_is_a_failure(blazon, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    outcome = blazon("generate", "a bakery", "-n", "1", "--seed", "1")
    assert outcome.code == 1
    assert outcome.error == f"cannot write {Path('out/logo-1-1.svg')}: No space left on device"


GOOD = {
    "emoji-only prompt": ("\U0001f30a\U0001f680\u2615",),
    "right-to-left prompt": ("مقهى صغير على البحر",),
    "markup-like": ('<script>alert("1")</script>', "--brand", "</title><b>&amp;"),
    "control characters in a prompt": ("a bakery\x00\x1b[31m\x07 by the sea",),
    "rich markup": ("a bakery", "--brand", "[red]x[/red]"),
    "looks like an option": ("--brand", "-x-", "--", "--help me"),
    "Greek": ("ένα καφέ δίπλα στη θάλασσα", "--brand", "Αθήνα"),
    "Cyrillic": ("кофейня у моря", "--brand", "Северный ветер"),
    "Latin with diacritics": ("a café", "--brand", "Żółć Ōkami Ærø"),
    "colours by hex and name": ("a bakery", "--palette", "#0a7, navy"),
}


@pytest.mark.parametrize("arguments", GOOD.values(), ids=GOOD)
def test_odd_input_is_drawn(blazon, tmp_path, arguments):
    outcome = blazon("generate", "-n", "1", "--size", "64", *arguments)
    assert (outcome.code, outcome.stderr) == (0, "")
    (svg,) = tmp_path.rglob("*-1.svg")
    root = ElementTree.parse(svg).getroot()
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "title", "rect", "g", "path", "desc"}
