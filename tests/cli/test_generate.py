import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest
from _chat_server import Reply, read, show
from PIL import Image

from blazon.cli.files import VARIANTS
from blazon.design import Design
from blazon.export.drawing import Drawing

PNG = b"\x89PNG\r\n\x1a\n"
COFFEE = ("generate", "a coffee roastery by the sea", "--brand", "Northwind Coffee", "--seed", "7")


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_logo_comes_with_all_its_files(blazon, tmp_path):
    outcome = blazon(*COFFEE, "-n", "2", "--size", "128", "-o", "logos")
    assert (outcome.code, outcome.stderr) == (0, "")
    kinds = ("svg", "png", "json", *(f"{variant}.svg" for variant in (*VARIANTS, "small")))
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


def test_one_logo_of_a_set_is_drawn_alone(blazon, tmp_path):
    blazon(*COFFEE, "-n", "3", "--size", "128", "-o", "all")
    blazon(*COFFEE, "--only", "3", "--size", "128", "-o", "one")
    every, one = _contents(tmp_path / "all"), _contents(tmp_path / "one")
    del one["contact-sheet.png"]
    assert "northwind-coffee-7-3.svg" in one
    assert one == {name: data for name, data in every.items() if name.startswith("northwind-coffee-7-3")}


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
        assert set(logo) == {*"name model seed licence credits shows why warnings files design".split()}
        assert logo["why"].endswith(".")
        assert (logo["model"], logo["licence"]) == ("blazon/vector-1", "Apache-2.0")
        assert all((tmp_path / path).is_file() for path in logo["files"].values())


def test_what_to_mind_is_told_once_with_the_logos_that_it_is_about(blazon):
    command = ("generate", "a bookshop", "--brand", "Clay", "--slogan", "x" * 60, "--layout", "wordmark", "-n", "2")
    lines = blazon(*command, "--size", "64", "--seed", "1").stdout.splitlines()
    told = [line for line in lines if line.startswith("mind ")]
    assert told == ["mind clay-1-1, clay-1-2: left out, as too small to read: slogan"]


WISHES = ("--show", "fox, book", "--show", "honey jar", "--avoid", "owl", "--letters", "R and T")
WISHES += ("--established", "1894", "--mark", "pictorial", "--type", "slab", "--case", "lower")


def test_what_is_asked_for_is_told_again(blazon):
    command = ("generate", "a bookshop", "--brand", "Clay", *WISHES, "-n", "2", "--size", "64", "--seed", "1")
    document = json.loads(blazon(*command, "--json").stdout)
    for wish in ("show fox", "show book", "show honey jar", "avoid owl", "letters: RT", "date: 1894", "type slab"):
        assert wish in document["understood"]
    assert [unmet["wish"] for unmet in document["unmet"]] == ["letters RT"]
    assert all({"fox", "fox head", "book"} & set(logo["shows"]) for logo in document["logos"][:1])
    lines = blazon(*command).stdout.splitlines()
    assert f"understood: {'; '.join(document['understood'])}" in lines
    assert f"not met: letters RT: {document['unmet'][0]['instead']}" in lines


def test_a_seed_draws_the_same_bytes_again_in_any_process(blazon, tmp_path):
    every = ("--format", "png", "--format", "webp", "--format", "jpeg")
    blazon(*COFFEE, "-n", "2", *every, "-o", "one")
    command = [sys.executable, "-m", "blazon", *COFFEE, "-n", "2", *every, "-o", "two"]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")


def test_every_file_says_where_it_comes_from(blazon, tmp_path):
    blazon(*COFFEE, "-n", "1", "--format", "png", "--format", "webp", "--format", "jpeg", "--size", "128")
    files = _contents(tmp_path / "out")
    logos = {name: data for name, data in files.items() if not name.startswith("contact") and name[-4:] != "json"}
    assert len(logos) == 8
    for name, data in logos.items():
        assert b"a coffee roastery by the sea" in data, name
        assert b"digitalsourcetype/algorithmicMedia" in data, name
        assert b"CreateDate" not in data, name  # equal runs give equal files


def test_provenance_can_be_left_out(blazon, tmp_path, monkeypatch):
    monkeypatch.setenv("PROVENANCE", "false")
    blazon("generate", "a bakery", "-n", "1", "--seed", "1", "--size", "128")
    for name, data in _contents(tmp_path / "out").items():
        if not name.endswith(".json"):  # the design is named for its prompt, and is no file to publish
            assert b"a bakery" not in data, name
            assert b"rdf" not in data, name


def test_a_certificate_alone_is_refused_before_anything_is_drawn(blazon, tmp_path, monkeypatch):
    monkeypatch.setenv("C2PA_CERTIFICATE", "chain.pem")
    outcome = blazon(*COFFEE)
    assert outcome.code == 2
    assert "C2PA_CERTIFICATE and C2PA_PRIVATE_KEY go together" in outcome.error
    assert list(tmp_path.iterdir()) == []


def test_transparent_leaves_the_paper_out_of_every_file(blazon, tmp_path):
    blazon(*COFFEE, "-n", "1", "--transparent", "--format", "webp", "--format", "png", "--size", "128")
    made = tmp_path / "out" / "northwind-coffee-7-1.png"
    for path in (made, made.with_suffix(".webp")):
        with Image.open(path) as picture:
            assert picture.mode == "RGBA"
            assert picture.getpixel((0, 0))[3] == 0
            assert picture.getchannel("A").getextrema() == (0, 255)
    papers = [Drawing.read(path.read_bytes()).paper for path in made.parent.glob("*.svg")]
    assert papers == [None] * 5


def test_vector_drawing_loads_no_torch_and_no_server(tmp_path):
    code = """
import sys
from blazon.cli import run
run(["generate", "a bakery", "-n", "1", "--size", "64"])
print([name for name in ("torch", "fastapi", "uvicorn", "sqlalchemy", "prometheus_client") if name in sys.modules])
"""
    environment = {**os.environ, "ENGINE": "vector"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == b"[]"


@pytest.fixture
def flux(tiny_flux, monkeypatch):
    """Settings of an installation that paints."""
    small = {"MIN_RENDER_SIZE": "64", "MAX_RENDER_SIZE": "128", "DEFAULT_INFERENCE_STEPS": "2"}
    for name, value in {"MODEL_PATH": str(tiny_flux), "TORCH_DEVICE": "cpu", **small}.items():
        monkeypatch.setenv(name, value)


FOX = ("generate", "a fox in the snow", "-n", "2", "--seed", "7", "--size", "64")


def test_flux_paints_pictures_and_says_where_there_are_no_outlines(blazon, tmp_path, flux):
    outcome = blazon(*FOX, "--brand", "Fox", "--json")
    document = json.loads(outcome.stdout)
    assert [logo["seed"] for logo in document["logos"]] == [7, 8]
    for logo in document["logos"]:
        assert (logo["model"], logo["design"]) == ("tiny-flux", None)
        assert "png" in logo["files"]
        png = (tmp_path / logo["files"]["png"]).read_bytes()
        assert b"digitalsourcetype/trainedAlgorithmicMedia" in png
        assert int.from_bytes(png[16:20]) == 64
    first, second = ((tmp_path / logo["files"]["png"]).read_bytes() for logo in document["logos"])
    assert first != second
    # Random weights seldom paint a mark of a few inks.
    without = [logo for logo in document["logos"] if "svg" not in logo["files"]]
    assert outcome.stderr.count("there is no SVG of a logo") == len(without)


def test_flux_paints_the_same_bytes_again_whichever_way_it_is_chosen(blazon, tmp_path, flux):
    blazon(*FOX, "-o", "one")
    outcome = blazon(*FOX, "--engine", "flux", "--model", "default", "-o", "two")
    assert "painted by tiny-flux, licence: unknown" in outcome.stdout
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")
    blazon(*FOX, "--steps", "3", "-o", "three")
    assert _contents(tmp_path / "three")["logo-7-1.png"] != _contents(tmp_path / "one")["logo-7-1.png"]


def test_the_model_that_is_named_is_loaded_and_no_other(blazon, tiny_flux, flux, monkeypatch):
    monkeypatch.setenv("MODELS", f"broken=/nowhere/at/all, tiny={tiny_flux}")
    assert "painted by tiny-flux" in blazon(*FOX, "--model", "tiny").stdout
    outcome = blazon(*FOX, "--model", "other")
    assert (outcome.code, outcome.error) == (2, "--model 'other' is not one of broken, tiny, blazon/vector-1")
    outcome = blazon(*FOX, "--model", "broken", "--engine", "flux")
    assert outcome.code == 1
    assert "/nowhere/at/all" in outcome.error


@pytest.mark.parametrize("choice", [("--engine", "vector"), ("--model", "blazon/vector-1")])
def test_rules_draw_where_they_are_asked_to(blazon, tmp_path, flux, choice):
    assert "painted by" not in blazon(*FOX, *choice).stdout
    assert (tmp_path / "out" / "logo-7-1-black.svg").is_file()


def test_a_model_that_cannot_be_loaded_is_told_and_rules_draw(blazon, tmp_path, monkeypatch):
    monkeypatch.setenv("MODEL_PATH", str(tmp_path / "none"))
    outcome = blazon(*FOX)
    assert outcome.code == 0
    assert "flux cannot draw, the vector engine does" in outcome.stderr
    assert "there is no such folder" in outcome.stderr


def test_a_terminal_shows_what_is_loaded_and_each_step(tmp_path, flux):
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    command = [sys.executable, "-m", "blazon", *FOX, "--steps", "40"]
    shown = b""
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=follower, stdout=subprocess.DEVNULL, start_new_session=True
    )
    os.close(follower)
    with contextlib.suppress(OSError):  # so Linux says that the other end is closed
        while part := os.read(leader, 65_536):
            shown += part
    os.close(leader)
    assert process.wait(60) == 0
    assert b"tiny-flux: " in shown
    assert re.search(rb"Painting, step \d+ of 40", shown)


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
    "long name": (("a bakery", "--brand", "x" * 81), "--brand has 81 characters; at most 80"),
    "10,000 characters of name": (("a bakery", "--brand", "x" * 10_000), "--brand has 10000 characters"),
    "control characters in a name": (("a bakery", "--brand", "Nor\x1b[31mth"), "U+001B"),
    "zero byte in a name": (("a bakery", "--brand", "a\x00b"), "U+0000"),
    "half a surrogate": (("a bakery", "--brand", "a\ud800b"), "--brand is not valid Unicode text"),
    "emoji-only name": (("a bakery", "--brand", "\U0001f950\U0001f950"), "U+1F950"),
    "slogan alone": (("a bakery", "--slogan", "fresh"), "--slogan needs a brand_name"),
    "long slogan": (("a bakery", "-b", "Crumb", "--slogan", "x" * 61), "--slogan has 61 characters"),
    "unknown style": (("a bakery", "--style", "minmal"), "--style 'minmal' is not one of minimal, modern"),
    "unknown mark": (("a bakery", "--mark", "blob"), "--mark 'blob' is not one of pictorial"),
    "shown and avoided": (("a bakery", "--show", "fox", "--avoid", "foxes"), "--avoid has 'foxes', and show has 'fox'"),
    "too many letters": (("a bakery", "--letters", "BREAD"), "--letters has 5; a monogram has 1 to 4"),
    "unknown layout": (("a bakery", "--layout", "diagonal"), "--layout 'diagonal' is not one of symbol"),
    "layout without name": (("a bakery", "--layout", "emblem"), "--layout emblem needs a brand_name"),
    "unknown engine": (("a bakery", "--engine", "dall-e"), "--engine 'dall-e' is not one of auto"),
    "unknown palette": (("a bakery", "--palette", "moody"), "--palette 'moody' is neither a colour"),
    "rubbish in a hex colour": (("a bakery", "--palette", "#12345g"), "--palette '#12345g' is neither"),
    "empty palette": (("a bakery", "--palette", " "), "--palette is empty"),
    "six colours": (("a bakery", "--palette", "red " * 6), "--palette has 6 colours; at most 5"),
    "no candidates": (("a bakery", "-n", "0"), "--count must be a whole number from 1 to 24, not 0"),
    "too many candidates": (("a bakery", "-n", "25"), "--count must be a whole number from 1 to 24, not 25"),
    "number 0": (("a bakery", "--only", "0"), "'--only'"),
    "number 25": (("a bakery", "--only", "25"), "'--only'"),
    "negative seed": (("a bakery", "--seed", "-1"), "--seed must be a whole number from 0 to 4294967295, not -1"),
    "seed out of range": (("a bakery", "--seed", "4294967296"), "--seed must be a whole number from 0"),
    "seed in words": (("a bakery", "--seed", "seven"), "'--seed'"),
    "size 0": (("a bakery", "--size", "0"), "'--size'"),
    "size 63": (("a bakery", "--size", "63"), "'--size'"),
    "size 2049": (("a bakery", "--size", "2049"), "'--size'"),
    "size in words": (("a bakery", "--size", "big"), "'--size'"),
    "steps of a drawing": (("a bakery", "--steps", "4"), "--steps is for diffusion models"),
    "201 steps": (("a bakery", "--steps", "201"), "--steps must be a whole number from 1 to 200, not 201"),
    "guidance of 31": (("a bakery", "--guidance", "31"), "--guidance must be a number from 0 to 30"),
    "unknown model": (("a bakery", "--model", "dall-e"), "--model 'dall-e' is not one of blazon/vector-1"),
    "unknown format": (("a bakery", "--format", "gif"), "'gif' is not one of 'png', 'webp', 'jpeg'"),
    "transparent JPEG": (("a bakery", "--transparent", "--format", "jpeg"), "a JPEG cannot be transparent"),
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


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_disk_that_fills_up_is_a_failure(tmp_path):
    code = """
import resource, sys
from blazon.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
sys.argv[1:] = ["generate", "a bakery", "-n", "1", "--seed", "1"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"error: cannot write {Path('out/logo-1-1.svg')}: File too large\n"
    assert list((tmp_path / "out").iterdir()) == []


ALIKE = ("C++ Lab", "C Lab", "c lab", "Кафе", "Музей", "Αθήνα", "??", "!!")


def test_no_run_writes_over_what_another_brief_left(blazon, tmp_path):
    wishes = [("a bakery", "--brand", brand) for brand in ALIKE] + [("a bank",), ("a lighthouse",)]
    kept: dict[str, bytes] = {}
    for wish in wishes:
        document = json.loads(blazon("generate", *wish, "-n", "1", "--seed", "7", "--size", "64", "--json").stdout)
        written = {document["contact_sheet"], *document["logos"][0]["files"].values()}
        assert kept.keys().isdisjoint(written)
        kept |= {name: (tmp_path / name).read_bytes() for name in written}
    for wish in wishes:
        blazon("generate", *wish, "-n", "1", "--seed", "7", "--size", "64")
    assert {str(path.relative_to(tmp_path)): path.read_bytes() for path in (tmp_path / "out").iterdir()} == kept


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
    assert {element.tag.rpartition("}")[2] for element in root} - {"linearGradient"} == {"title", "metadata", "path"}


def test_a_font_of_the_users_own_sets_every_name(blazon, tmp_path):
    font = files("fontpkg_great_vibes") / "files/GreatVibes-Regular.ttf"
    outcome = blazon("generate", "a bakery", "--brand", "Crumb", "--size", "64", "--font", str(font), "--json")
    types = [logo["design"]["name_type"] for logo in json.loads(outcome.stdout)["logos"]]
    assert {name_type["family"] for name_type in types if name_type} == {"Great Vibes"}


def test_a_font_that_cannot_be_used_is_one_line(blazon, tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    outcome = blazon("generate", "a bakery", "--brand", "Crumb", "--font", "broken.ttf")
    assert outcome.error.startswith("broken.ttf is damaged, or no font")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_fonts_of_the_folder_are_drawn_with_and_bad_ones_told(blazon, tmp_path, monkeypatch):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts/bad.ttf").write_bytes(b"no font")
    monkeypatch.setenv("FONTS_DIR", "fonts")
    outcome = blazon("generate", "a bakery", "--brand", "Crumb", "-n", "1", "--size", "64")
    assert outcome.code == 0
    assert "bad.ttf is damaged" in outcome.stderr
    monkeypatch.setenv("FONTS_DIR", "nowhere")
    assert blazon("generate", "a bakery", "--brand", "Crumb").error == "nowhere is no folder"


def test_a_language_model_reads_where_the_environment_names_one(blazon, chat, monkeypatch):
    monkeypatch.setenv("READER_URL", chat.url)
    chat.answer = lambda _: read(topic="bookshop", show=[show("moon")])
    outcome = blazon("generate", "キツネの本屋", "-n", "1", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.stdout)["understood"] == ["show moon", "about: bookshop"]
    assert json.loads(outcome.stdout)["logos"][0]["shows"] == ["moon"]


def test_a_language_model_that_fails_is_a_line_on_stderr_and_a_word_in_the_answer(blazon, chat, monkeypatch):
    monkeypatch.setenv("READER_URL", chat.url)
    chat.answer = lambda _: Reply(status=503)
    outcome = blazon("generate", "a fox", "-n", "1")
    assert outcome.code == 0
    assert outcome.stderr.count("\n") == 1
    assert "it answered 503" in outcome.stderr
    assert "not met: a language model reads the brief: it gave no reading that can be used" in outcome.stdout


def test_what_cannot_be_drawn_is_not_read(blazon, chat, monkeypatch):
    monkeypatch.setenv("READER_URL", chat.url)
    assert blazon("generate", "a fox", "--brand", "ᚠᚢᚦ").code == 2
    assert chat.asked == []


def test_files_without_the_prompt_are_written_where_that_is_asked_for(blazon, tmp_path):
    wish = ("generate", "a secret bakery", "-n", "1", "--seed", "7", "--size", "64")
    for level, told in (("all", True), ("origin", False), ("none", False)):
        assert blazon(*wish, "--metadata", level, "-o", level).code == 0
        contents = _contents(tmp_path / level)
        design = [name for name in contents if name.endswith(".json")]
        files = [content for name, content in contents.items() if name not in design and "sheet" not in name]
        assert any(b"secret" in content for content in files) is told
        assert any(b"algorithmicMedia" in content for content in files) is (level != "none")


def test_a_mark_and_a_palette_are_brought_along(blazon, tmp_path):
    mark = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#c1121f"/></svg>'
    )
    (tmp_path / "mark.svg").write_text(mark)
    Image.new("RGB", (40, 40), "#0a4d68").save(tmp_path / "photo.png")
    wish = ("generate", "a bakery", "-b", "Nord", "-n", "1", "--seed", "7", "--size", "64", "--own-mark", "mark.svg")
    assert blazon(*wish, "-o", "own").code == 0
    assert "#c1121f" in next((tmp_path / "own").glob("nord-7-1.svg")).read_text()
    assert blazon(*wish, "--palette-from", "photo.png", "-o", "other").code == 0
    drawn = next((tmp_path / "other").glob("nord-7-1.svg")).read_text()
    assert "#0a4d68" in drawn
    assert "#c1121f" not in drawn


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--own-mark", "none.svg"), "none.svg cannot be read"),
        (("--own-mark", "text.svg"), "not an SVG"),
        (("--palette-from", "text.svg"), "not a PNG"),
        (("--palette-from", "text.svg", "--palette", "ocean"), "exclude each other"),
        (("--metadata", "some"), "metadata"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_line(blazon, tmp_path, arguments, said):
    (tmp_path / "text.svg").write_text("hello")
    made = blazon("generate", "a bakery", "-b", "Nord", *arguments)
    assert made.code == 2
    assert said in made.error
    assert not (tmp_path / "out").exists()
