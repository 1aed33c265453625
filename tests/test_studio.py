import hashlib
import io
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from _chat_server import read as answer_with
from _chat_server import show
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from blazon.brief import Brief, Engine, LayoutKind, MarkKind
from blazon.design import Design
from blazon.draw.artwork import Variant
from blazon.errors import EngineUnavailable, InvalidBrief, InvalidDesign, TextNotCovered
from blazon.language_model.reader import LanguageModel
from blazon.reading.recorded import build_schema
from blazon.studio import Candidate, Studio, generate, read
from blazon.watching import Watch

COFFEE = Brief("a coffee roastery by the sea", brand_name="Northwind Coffee", slogan="roasted by the sea", seed=7)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session")
def studio() -> Studio:
    return Studio.open()


def assert_sound(candidate: Candidate) -> None:
    """What every logo promises: outlines only, few paths, nothing that runs or loads."""
    root = ElementTree.fromstring(candidate.svg)
    assert {element.tag for element in root} <= {f"{SVG}title", f"{SVG}path", f"{SVG}linearGradient"}
    paths, gradients = list(root.iter(f"{SVG}path")), list(root.iter(f"{SVG}linearGradient"))
    assert 2 <= len(paths) <= 200
    assert len(gradients) <= 1
    fills = [rf"url\(#{gradient.attrib['id']}\)" for gradient in gradients]
    assert all(re.fullmatch("|".join(["#[0-9a-f]{6}", *fills]), path.attrib["fill"]) for path in paths)
    assert all(re.fullmatch(r"[MLCQZ0-9 .\-]+", path.attrib["d"]) for path in paths)


@pytest.mark.parametrize("layout", [None, *LayoutKind])
def test_every_candidate_is_a_sound_svg(studio: Studio, layout: LayoutKind | None) -> None:
    for candidate in studio.generate(replace(COFFEE, layout=layout, count=6)):
        assert_sound(candidate)
        assert candidate.design.title == "Northwind Coffee"


def test_every_logo_comes_in_black_white_and_inverse(studio: Studio) -> None:
    for candidate in studio.generate(COFFEE):
        inks = {variant: set(re.findall(r'fill="(#\w+)"', candidate.variant_svg(variant))) for variant in Variant}
        assert inks[Variant.BLACK] == {"#000000"}
        assert inks[Variant.WHITE] == {"#ffffff"}
        assert len(inks[Variant.INVERSE]) > 1
        assert inks[Variant.INVERSE] != inks[Variant.COLOUR]


def test_a_one_colour_variant_shows_the_whole_logo(studio: Studio) -> None:
    """Nothing is swallowed: black ink covers about what the colours covered."""
    for candidate in studio.generate(replace(COFFEE, count=8)):
        paper = candidate.design.colours.paper
        colour = Image.open(io.BytesIO(candidate.png(256))).convert("RGB")
        ground = Image.new("RGB", colour.size, paper)
        inked = sum(a != b for a, b in zip(colour.get_flattened_data(), ground.get_flattened_data(), strict=True))
        black = Image.open(io.BytesIO(candidate.png(256, Variant.BLACK))).getchannel("A")
        covered = sum(alpha > 0 for alpha in black.get_flattened_data())
        assert covered > 0.35 * inked


@pytest.mark.parametrize("size", [64, 100, 1024, 1500])
def test_a_png_has_exactly_the_size_asked_for(studio: Studio, size: int) -> None:
    candidate = studio.generate(COFFEE)[0]
    with Image.open(io.BytesIO(candidate.png(size))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (size, size)


def test_a_tight_svg_is_cropped_to_the_logo(studio: Studio) -> None:
    (wide,) = studio.generate(replace(COFFEE, layout=LayoutKind.HORIZONTAL, count=1))
    root = ElementTree.fromstring(wide.variant_svg("colour", tight=True))
    assert float(root.attrib["width"]) > 1.5 * float(root.attrib["height"])


def test_each_candidate_says_what_it_shows_and_why(studio: Studio) -> None:
    brief = replace(COFFEE, show=("fox",), letters="NV", count=8)
    told = [(candidate.shows, candidate.why) for candidate in studio.generate(brief)]
    assert all(why.endswith(".") for _, why in told)
    assert sum("asks for “fox”" in why for _, why in told) >= 2
    drawn = [studio.candidate(brief, number, Watch()) for number in range(brief.count)]
    assert [(logo.shows, logo.why) for logo in drawn] == told


@pytest.mark.parametrize("name", ["Northwind Coffee", ""])
def test_each_candidate_of_a_set_is_drawn_alone(name: str) -> None:
    """By a studio that knows nothing of the others, and last first: the choice among alternatives needs no sibling."""
    materials = Studio.open().materials
    brief = replace(COFFEE, brand_name=name, slogan=COFFEE.slogan if name else "", count=9)
    together = [(logo.svg, logo.warnings) for logo in Studio(materials).generate(brief)]
    fresh = Studio(materials)
    alone = [fresh.generate(replace(brief, first=first, count=1))[0] for first in reversed(range(9))]
    assert [(logo.svg, logo.warnings) for logo in reversed(alone)] == together


def test_threads_draw_what_one_draws() -> None:
    studio, other = (Studio(Studio.open().materials) for _ in range(2))
    numbers = list(range(8))
    brief = replace(COFFEE, count=8)
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda number: studio.candidate(brief, number, Watch()), numbers))
    assert drawn == [other.candidate(brief, number, Watch()) for number in numbers]


def test_what_a_user_should_know_is_told_with_the_candidate(studio: Studio) -> None:
    brief = Brief("a bookshop", brand_name="Clay", slogan="x" * 60, layout=LayoutKind.WORDMARK, seed=7)
    for candidate in studio.generate(brief):
        assert "left out, as too small to read: slogan" in candidate.warnings
        assert candidate.metadata()["warnings"] == list(candidate.warnings)
    assert studio.candidate(brief, 0, Watch()).warnings == studio.generate(brief)[0].warnings


def test_most_logos_have_nothing_to_be_warned_of(studio: Studio) -> None:
    found = [candidate.warnings for seed in range(5) for candidate in studio.generate(replace(COFFEE, seed=seed))]
    assert sum(bool(warnings) for warnings in found) <= len(found) // 4


def test_what_was_left_out_is_told(studio: Studio) -> None:
    slogan = "books and paper since the beginning of all time"
    brief = Brief("a bookshop", brand_name="Clay", slogan=slogan, mark=MarkKind.BADGE)
    for candidate in studio.generate(brief):
        assert candidate.artwork.left_out == ("slogan",)
        assert candidate.why.endswith("; left out, as too small to read: slogan.")


def test_what_is_understood_is_told_by_the_library() -> None:
    reading = read(Brief("a pub", show="flux capacitor", avoid="beer"))
    assert "avoid beer" in reading.understood
    assert [unmet.wish for unmet in reading.unmet] == ["show flux capacitor"]


def test_equal_briefs_give_equal_bytes_in_any_process(studio: Studio) -> None:
    code = (
        "import hashlib; from blazon import Brief, generate;"
        "b = Brief('a coffee roastery by the sea', brand_name='Northwind Coffee', slogan='roasted by the sea', seed=7);"
        "print(hashlib.sha256(b''.join(c.svg.encode() + c.png(128) for c in generate(b))).hexdigest())"
    )
    here = hashlib.sha256(b"".join(c.svg.encode() + c.png(128) for c in studio.generate(COFFEE))).hexdigest()
    for seed in ("0", "4242"):
        run = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == here


def test_a_stored_design_draws_the_same_bytes_again(studio: Studio) -> None:
    for candidate in studio.generate(replace(COFFEE, count=6)):
        assert studio.redraw(Design.from_dict(candidate.design.to_dict())).svg == candidate.svg


def test_one_thing_can_be_changed_without_the_rest(studio: Studio) -> None:
    candidate = studio.generate(COFFEE)[0]
    green = replace(candidate.design, colours=replace(candidate.design.colours, mark="#0a7d3b"))
    before, after = candidate.svg.splitlines(), studio.redraw(green).svg.splitlines()
    changed = [number for number, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert len(changed) == 1
    assert '"#0a7d3b"' in after[changed[0]]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "symbol", "symbol": "nowhere:nothing"},
        {"kind": "geometric", "family": "cubist", "variant": 1},
        {"kind": "letterform", "initials": "AB", "construction": "melted", "family": "Inter", "weight": 700},
    ],
)
def test_a_design_that_names_what_does_not_exist_is_refused(studio: Studio, change: dict[str, object]) -> None:
    candidate = studio.generate(COFFEE)[0]
    with pytest.raises(InvalidDesign):
        studio.redraw(Design.from_dict({**candidate.design.to_dict(), "mark": change}))


def test_metadata_is_plain_data(studio: Studio) -> None:
    candidate = studio.generate(COFFEE)[0]
    assert Design.from_dict(candidate.metadata()["design"]) == candidate.design
    assert candidate.metadata()["model"] == Studio.model


def test_the_flux_engine_is_refused_where_there_is_none(studio: Studio) -> None:
    with pytest.raises(EngineUnavailable, match="vector"):
        studio.generate(replace(COFFEE, engine=Engine.FLUX))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"steps": 4}, "steps: is for diffusion"),
        ({"loras": (("watercolour", 1.0),)}, "loras: is for diffusion"),
        ({"model": "flux-dev"}, "model: 'flux-dev' is not one of blazon/vec"),
    ],
)
def test_what_only_flux_knows_is_refused(studio: Studio, wish: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidBrief, match=said):
        studio.check(replace(COFFEE, **wish))  # type: ignore[arg-type]
    with pytest.raises(InvalidBrief, match=said):
        studio.generate(replace(COFFEE, **wish))  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["brand_name", "slogan"])
@pytest.mark.parametrize(
    ("text", "said"),
    [("\u20e3\U0001f9ff", "no font here"), ("\u200b\u200b", "seen")],
)
def test_what_cannot_be_set_is_refused_before_it_waits(studio: Studio, field: str, text: str, said: str) -> None:
    with pytest.raises(TextNotCovered, match=said) as refused:
        studio.check(replace(COFFEE, **{field: text}))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_candidate_for_the_service_is_the_one_of_the_library(studio: Studio) -> None:
    for number, logo in enumerate(studio.generate(COFFEE)):
        drawn = studio.candidate(COFFEE, number, Watch())
        assert (drawn.content.decode(), drawn.design) == (logo.svg, logo.design.to_dict())


def test_the_module_function_does_the_same(studio: Studio) -> None:
    assert [candidate.svg for candidate in generate(COFFEE)] == [candidate.svg for candidate in studio.generate(COFFEE)]


PRINTABLE = st.characters(categories=["L", "N", "P", "S", "Zs"])


@settings(max_examples=40, deadline=None)
@given(
    prompt=st.text(PRINTABLE, min_size=3, max_size=80).filter(lambda text: len(text.strip()) >= 3),
    name=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, categories=["L", "N", "P", "Zs"]), max_size=40),
    layout=st.sampled_from([None, *LayoutKind]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_brief_is_drawn_or_refused_clearly(
    studio: Studio, prompt: str, name: str, layout: LayoutKind | None, seed: int
) -> None:
    named = bool(name.strip())
    brief = Brief(prompt, brand_name=name, layout=layout if named else None, seed=seed, count=3)
    try:
        studio.check(brief)
    except TextNotCovered:
        return
    candidates = studio.generate(brief)  # what was not refused at once is drawn
    assert len(candidates) == 3
    for candidate in candidates:
        assert_sound(candidate)


def test_a_language_model_reads_for_the_library_too(chat):
    chat.answer = lambda _: answer_with(topic="bookshop", show=[show("fox")])
    model = LanguageModel(chat.url)
    brief = Brief("キツネの本屋", count=1)
    assert "show fox" in read(brief, reader=model).understood
    assert generate(brief, reader=model)[0].shows[0].startswith("fox")
    assert generate(brief)[0].svg != generate(brief, reader=model)[0].svg


def _values(schema: dict) -> st.SearchStrategy:
    """Return what a model could answer that keeps to a schema, with words that mean something in most places."""
    if "anyOf" in schema:
        return st.one_of([_values(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            return st.fixed_dictionaries({name: _values(one) for name, one in schema["properties"].items()})
        case "array":
            return st.lists(_values(schema["items"]), max_size=3)
        case "string":
            return st.sampled_from(
                ["", "fox", "moon", "robot", "red", "#123456", "O", "1894", "Linden", "日", "swastika"]
            )
        case kind:
            return {"boolean": st.booleans(), "null": st.none()}[kind]


@settings(max_examples=40, deadline=None)
@given(_values(build_schema()), st.sampled_from(["", "Linden"]), st.integers(0, 99))
def test_whatever_a_language_model_reads_can_be_drawn(studio, told, brand_name, seed):
    prompt = "Linden: a fox and the moon in 日, O, since 1894"
    brief = Brief(prompt, brand_name=brand_name, reading=json.dumps(told), count=2, seed=seed)
    for candidate in studio.generate(brief):
        assert candidate.svg
        assert "swastika" not in f"{candidate.design} {candidate.shows}"


@pytest.mark.parametrize("layout", [None, *LayoutKind])
@pytest.mark.parametrize(
    ("prompt", "given"),
    [
        ("a bakery, wordmark only, no icon", {}),
        ("a bakery, text only", {"brand_name": "Linden"}),
        ("a bakery, a wordmark or a badge, symbol above the name", {"brand_name": "Linden"}),
        ("a bakery", {"brand_name": "Linden", "mark": "wordmark"}),
    ],
)
def test_a_wordmark_goes_with_any_layout_or_the_layout_wins_and_that_is_told(studio, layout, prompt, given):
    named = bool(given)
    brief = Brief(prompt, layout=layout if named or layout is LayoutKind.SYMBOL else None, **given)
    assert len(studio.generate(brief)) == 4
    if named and layout in (LayoutKind.HORIZONTAL, LayoutKind.STACKED, LayoutKind.EMBLEM) and "or" not in prompt:
        assert "mark wordmark" in {unmet.wish for unmet in studio.read(brief).unmet}


@pytest.mark.parametrize("given", [{}, {"brand_name": "Linden"}, {"brand_name": "Linden", "layout": "emblem"}])
def test_letters_that_are_asked_for_are_drawn_whatever_else_is_tried(studio, given):
    logos = studio.generate(Brief("letters R and T, a badge", count=8, **given))
    assert any("letters RT" in logo.shows for logo in logos)
