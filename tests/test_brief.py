import dataclasses
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from blazon.brief import (
    DEFAULT_SIZES,
    MAX_BRAND_NAME,
    MAX_SEED,
    Brief,
    Engine,
    LayoutKind,
    MarkKind,
    PaletteMood,
    Style,
    keep_sizes,
    parse_palette,
)
from blazon.errors import InvalidBrief
from blazon.field_checks import _DECOMPOSED


@given(st.text(min_size=3, max_size=500).filter(lambda text: len(text.strip()) >= 3))
def test_any_prompt_of_a_good_length_is_kept_stripped(prompt: str) -> None:
    assert Brief(prompt).prompt == prompt.strip()


@pytest.mark.parametrize("prompt", ["", "   ", "ab", " \t\n", "x" * 501, "x" * 10_000, None, 7])
def test_a_prompt_too_short_too_long_or_no_text_is_refused(prompt: str) -> None:
    with pytest.raises(InvalidBrief) as error:
        Brief(prompt)
    assert error.value.field == "prompt"


@pytest.mark.parametrize("name", ["Nul\0l", "Bell\x07", "\ud800lone", "Private \ue000", "x" * (MAX_BRAND_NAME + 1)])
def test_a_name_that_cannot_be_printed_is_refused(name: str) -> None:
    with pytest.raises(InvalidBrief) as error:
        Brief("a coffee shop", brand_name=name)
    assert error.value.field == "brand_name"


def test_a_name_is_one_line_in_composed_form() -> None:
    assert Brief("a coffee shop", brand_name="  Gru\u0308ner \n Faden ").brand_name == "Gr\u00fcner Faden"


def test_markup_in_a_name_is_just_characters() -> None:
    assert Brief("a coffee shop", brand_name="<b>&amp;</b>").brand_name == "<b>&amp;</b>"


def test_choices_are_read_from_their_names() -> None:
    brief = Brief("a coffee shop", brand_name="N", style="bold", layout="stacked", engine="vector", palette="ocean")  # type: ignore[arg-type]
    assert (brief.style, brief.layout, brief.engine) == (Style.BOLD, LayoutKind.STACKED, Engine.VECTOR)
    assert brief.palette == parse_palette("ocean")


@pytest.mark.parametrize("field", ["style", "layout", "engine", "mark", "type", "case"])
def test_an_unknown_choice_names_the_ones_there_are(field: str) -> None:
    with pytest.raises(InvalidBrief, match="is not one of") as error:
        Brief("a coffee shop", brand_name="N", **{field: "baroque"})
    assert error.value.field == field


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 1.5, "7", True, None])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(InvalidBrief, match="whole number"):
        Brief("a coffee shop", seed=seed)


@pytest.mark.parametrize(("count", "first"), [(1, 24), (1, -1), (4, 21), (24, 1)])
def test_a_set_ends_with_its_last_candidate(count: int, first: int) -> None:
    with pytest.raises(InvalidBrief, match="first"):
        Brief("a coffee shop", count=count, first=first)


@pytest.mark.parametrize("count", [0, 25, -1])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(InvalidBrief, match="count"):
        Brief("a coffee shop", count=count)


def test_a_slogan_or_a_lockup_needs_a_name() -> None:
    with pytest.raises(InvalidBrief, match="slogan"):
        Brief("a coffee shop", slogan="by the sea")
    with pytest.raises(InvalidBrief, match="layout"):
        Brief("a coffee shop", layout=LayoutKind.STACKED)


@pytest.mark.parametrize("mood", PaletteMood)
def test_a_palette_by_mood(mood: PaletteMood) -> None:
    assert parse_palette(f" {mood.upper()} ").mood is mood


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("navy and gold", ("#000080", "#ffd700")),
        ("#0a7 & navy", ("#00aa77", "#000080")),
        ("#0a7", ("#00aa77",)),
        ("0A7D6B", ("#0a7d6b",)),
        ("navy, #FF8800; white", ("#000080", "#ff8800", "#ffffff")),
    ],
)
def test_a_palette_by_colours(text: str, colours: tuple[str, ...]) -> None:
    assert parse_palette(text).colours == colours


@pytest.mark.parametrize(
    "text", ["", " , ", "#ggg", "#12", "#1234567", "ocean navy", "javascript:1", "red " * 6, "#ff00ff00"]
)
def test_a_palette_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidBrief) as error:
        parse_palette(text)
    assert error.value.field == "palette"


@given(st.text(max_size=40))
def test_no_text_breaks_the_palette_reader(text: str) -> None:
    try:
        palette = parse_palette(text)
    except InvalidBrief:
        return
    assert palette.mood or palette.colours


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_sizes_are_kept_in_order_within_their_range(sizes: list[int]) -> None:
    good = [size for size in sizes if 64 <= size <= 2048]
    if sizes and not good:
        with pytest.raises(InvalidBrief):
            keep_sizes(sizes)
    else:
        assert keep_sizes(sizes) == (tuple(good) or DEFAULT_SIZES)


def test_sizes_that_come_twice_are_kept_and_count_once() -> None:
    assert keep_sizes([100, 512, 64, 100]) == (100, 512, 64, 100)
    assert keep_sizes(list(range(64, 96)) * 20) == tuple(range(64, 96)) * 20
    with pytest.raises(InvalidBrief, match="33 different sizes; at most 32"):
        keep_sizes(list(range(64, 97)))


@pytest.mark.parametrize(
    "field",
    [
        "prompt",
        "brand_name",
        "slogan",
        "model",
        "negative_prompt",
        "palette",
        "show",
        "avoid",
        "letters",
        "established",
    ],
)
def test_a_text_far_too_long_is_refused_unread(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Composing marks that are out of order takes seconds for a text of this length.
    monkeypatch.setattr(
        "blazon.field_checks.one_line", lambda text: text if len(text) < 1000 else pytest.fail("composed")
    )
    with pytest.raises(InvalidBrief, match=r"has 100001 characters; at most [0-9]+ ") as error:
        Brief(**{"prompt": "a coffee shop", field: "a" + "\u0301\u0327" * 50_000})
    assert error.value.field == field


@pytest.mark.parametrize("text", ["\u1f82" * 80, "각" * 80, "x" + " " * 30 + "y"])
def test_a_decomposed_name_may_have_as_many_characters_as_a_composed_one(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert Brief("a coffee shop", brand_name=decomposed) == Brief("a coffee shop", brand_name=text)


def test_no_character_decomposes_into_more_than_the_limit_allows_for() -> None:
    assert max(len(unicodedata.normalize("NFD", chr(code))) for code in range(0x110000)) == _DECOMPOSED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", 10**5000),
        ("seed", -(10**5000)),
        ("guidance", 10**5000),
        ("guidance", True),
        ("guidance", float("nan")),
        ("steps", True),
        ("loras", (("a", 10**5000),)),
        ("loras", (("a", float("nan")),)),
        ("loras", (("a", True),)),
        ("loras", (("a\0", 1.0),)),
        ("loras", (("\ud800", 1.0),)),
        ("loras", (("a" * 1000, 1.0),)),
        ("loras", tuple((str(number), 1.0) for number in range(9))),
    ],
    ids=lambda value: type(value).__name__,  # no integer of so many digits can be written out
)
def test_values_that_are_numbers_in_name_only_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidBrief) as error:
        Brief("a coffee shop", **{field: value})  # type: ignore[arg-type]
    assert error.value.field == field
    assert len(error.value.problem) < 200


def test_a_colour_name_that_pillow_has_used_is_still_read():
    ImageColor.getrgb("rebeccapurple")
    assert parse_palette("rebeccapurple").colours == ("#663399",)


# As it is stored.

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = [field.name for field in dataclasses.fields(Brief)]


@given(_JSON | st.dictionaries(st.sampled_from(_FIELDS), _JSON | st.just("a bakery"), max_size=5))
def test_whatever_is_stored_is_a_brief_or_an_invalid_one(data):
    try:
        brief = Brief.from_dict(data)
    except InvalidBrief:
        return
    assert Brief.from_dict(brief.to_dict()) == brief


def test_the_wishes_of_a_brief_are_read_again_as_they_were_stored():
    brief = Brief("a bakery", show="fox, honey jar", avoid=["rose"], letters="NV", established=1894, mark="badge")
    stored = json.loads(json.dumps(brief.to_dict()))
    assert Brief.from_dict(stored) == brief
    assert (brief.show, brief.avoid, brief.mark) == (("fox", "honey jar"), ("rose",), MarkKind.BADGE)


def test_what_is_to_be_shown_cannot_be_avoided_too():
    with pytest.raises(InvalidBrief, match=r"^avoid: has 'roses', and show has 'Rose'; keep it in one of them$"):
        Brief("a florist", show=["tulip", "Rose"], avoid="thorn, the roses")


def test_a_brief_of_an_earlier_version_has_the_fields_that_came_later():
    assert Brief.from_dict({"prompt": "a bakery"}) == Brief("a bakery")


def test_a_field_of_a_later_version_is_named():
    with pytest.raises(InvalidBrief, match=r"^glow: is not a field that this version of Blazon knows$"):
        Brief.from_dict({**Brief("a bakery").to_dict(), "glow": 3})


def test_a_reading_travels_with_the_brief_and_leaves_no_trace_where_there_is_none():
    brief = Brief("a bakery", reading='{"topic": "bakery"}')
    assert Brief.from_dict(brief.to_dict()) == brief
    assert "reading" not in Brief("a bakery").to_dict()


@pytest.mark.parametrize("reading", [None, {}, "x" * 16_001, "\ud800"])
def test_a_reading_is_text_within_bounds(reading):
    with pytest.raises(InvalidBrief, match="reading: "):
        Brief("a bakery", reading=reading)
