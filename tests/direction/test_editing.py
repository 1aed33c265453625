"""One thing of a design changed: what stays, what follows, what is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazon.brief import LayoutKind, LetterCase
from blazon.design import (
    BadgePlan,
    ColourScheme,
    Design,
    FrameShape,
    GeometricMark,
    LetterPlace,
    LetterSymbol,
    NameIdea,
    NameTechnique,
    SymbolMark,
    Treatment,
    Typeface,
)
from blazon.design_document import list_changes
from blazon.direction.editing import adopt, edit
from blazon.direction.typefaces import set_slogan
from blazon.draw.artwork import Materials, draw
from blazon.draw.geometry import FAMILIES
from blazon.errors import InvalidDesign, InvalidDocument, TextNotCovered

MATERIALS = Materials.open()
COLOURS = ColourScheme("#123456", "#c05020", "#dde6ee", "#101820", "#404850", "#ffffff")
RUBIK = MATERIALS.fonts.family("Rubik")
DESIGN = Design(
    "Nord Coffee",
    LayoutKind.HORIZONTAL,
    SymbolMark("mdi:coffee"),
    COLOURS,
    brand_name="Nord Coffee",
    slogan="slow roasted",
    name_type=Typeface("Rubik", 600),
    slogan_type=set_slogan("slow roasted", RUBIK, MATERIALS.fonts),
)
ROUND = MATERIALS.symbols.depict("donut")[0].id
# One value for each field that can be changed alone, each unlike what the design has.
ALONE: list[dict[str, Any]] = [
    {"colours": {role: "#0a7d6b"}} for role in ("mark", "accent", "tint", "name", "slogan", "paper")
] + [
    {"name_type": {"weight": 300}},
    {"name_type": {"tracking": 40.0}},
    {"slogan_type": {"weight": 700}},
    {"layout": "stacked"},
    {"layout": "symbol"},
    {"layout": "wordmark"},
    {"treatment": "knocked_out"},
    {"treatment": "stencil"},
    {"slogan": None},
    {"slogan": "since the sea"},
    {"established": "Est. 1894"},
    {"place": "Lisbon"},
    {"mark": {"symbol": "mdi:fish"}},
    {"seed": 9},
    {"title": "another"},
]


def change(patch: dict[str, Any], design: Design = DESIGN) -> Design:
    return edit(design, patch, MATERIALS).design


@pytest.mark.parametrize("patch", ALONE, ids=json.dumps)
def test_everything_else_stays(patch: dict[str, Any]) -> None:
    changed = change(patch)
    named = {
        f"{name}.{inner}" if isinstance(value, dict) else name
        for name, value in patch.items()
        for inner in (value if isinstance(value, dict) else [""])
    }
    assert {*list_changes(DESIGN.to_dict(), changed.to_dict())} == named
    assert draw(changed, MATERIALS).layers


@pytest.mark.parametrize("patch", ALONE, ids=json.dumps)
def test_the_same_patch_again_changes_nothing(patch: dict[str, Any]) -> None:
    once = change(patch)
    assert edit(once, patch, MATERIALS).design == once


def test_an_empty_patch_changes_nothing() -> None:
    assert edit(DESIGN, {}, MATERIALS).design == DESIGN


parts = st.dictionaries(
    st.sampled_from([*DESIGN.to_dict(), "palette", "wings"]),
    st.none()
    | st.sampled_from(["ocean", "stacked", "emblem", "Nord", "gradient", "hexagon", "navy, teal", ""])
    | st.integers(-3, 700)
    | st.dictionaries(
        st.sampled_from(["kind", "symbol", "mark", "paper", "family", "weight", "case", "technique", "index"]),
        st.none()
        | st.sampled_from(["symbol", "mdi:fish", "navy", "Rubik", "upper", "geometric", "dot"])
        | st.integers(),
        max_size=3,
    ),
    max_size=3,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts)
def test_any_patch_is_carried_through_or_refused(patch: dict[str, Any]) -> None:
    try:
        changed = change(patch)
    except InvalidDocument:
        return
    assert Design.from_dict(json.loads(json.dumps(changed.to_dict()))) == changed
    assert changed.mark is not None or changed.brand_name


def test_a_mark_of_another_kind_replaces_the_one_before() -> None:
    changed = change({"mark": {"kind": "geometric", "family": FAMILIES[0].name, "variant": 1}})
    assert changed.mark == GeometricMark(FAMILIES[0].name, 1)


def test_credits_follow_the_symbols() -> None:
    credited = next(symbol for symbol in MATERIALS.symbols if symbol.credit)
    changed = change({"mark": {"symbol": credited.id}})
    assert changed.credits == (credited.credit,)
    assert change({"mark": {"symbol": "mdi:coffee"}}, changed).credits == DESIGN.credits
    stripped = {**changed.to_dict(), "credits": []}
    assert adopt(stripped, MATERIALS).credits == (credited.credit,)


def test_a_longer_name_is_laid_out_anew_and_titled() -> None:
    changed = change({"brand_name": "The Extraordinary Harbour Coffee Company"})
    assert changed.title == changed.brand_name
    assert draw(changed, MATERIALS).layers


def test_a_name_that_the_family_cannot_set_is_set_in_another_and_told() -> None:
    narrow = next(one for one in MATERIALS.fonts.families if MATERIALS.fonts.missing_characters(one.name, "Север"))
    latin = replace(DESIGN, name_type=Typeface(narrow.name, narrow.weights[0]))
    done = edit(latin, {"brand_name": "Север"}, MATERIALS)
    assert done.design.name_type is not None
    assert done.design.name_type.family != narrow.name
    assert any(narrow.name in sentence for sentence in done.adapted)
    with pytest.raises(TextNotCovered, match=narrow.name):  # what a patch names is not replaced
        draw(change({"brand_name": "Север", "name_type": {"family": narrow.name}}, latin), MATERIALS)


def test_another_family_brings_a_weight_that_it_has_and_its_slogan_face() -> None:
    playfair = MATERIALS.fonts.family("Playfair Display")
    changed = change({"name_type": {"family": "Playfair Display"}})
    assert changed.name_type is not None
    assert changed.name_type.weight in playfair.weights
    assert changed.slogan_type == set_slogan("slow roasted", playfair, MATERIALS.fonts)
    chosen = replace(DESIGN, slogan_type=Typeface("Lora", 500))
    assert change({"name_type": {"family": "Playfair Display"}}, chosen).slogan_type == Typeface("Lora", 500)


def test_a_case_that_is_patched_is_wished_for() -> None:
    changed = change({"name_type": {"case": "upper"}})
    assert changed.name_type is not None
    assert (changed.name_type.case, changed.name_type.case_wished) == (LetterCase.UPPER, True)


def test_a_script_leaves_the_capitals_of_another_family_behind() -> None:
    script = next(one for one in MATERIALS.fonts.families if not one.capitals)
    shouting = replace(DESIGN, name_type=Typeface("Rubik", 600, LetterCase.UPPER))
    done = edit(shouting, {"name_type": {"family": script.name}}, MATERIALS)
    assert done.design.name_type is not None
    assert done.design.name_type.case is LetterCase.AS_GIVEN
    assert done.adapted


def test_a_script_is_not_bent() -> None:
    script = next(one for one in MATERIALS.fonts.families if not one.capitals)
    ring = replace(DESIGN, layout=LayoutKind.EMBLEM, badge=BadgePlan.RING, frame=FrameShape.CIRCLE)
    done = edit(ring, {"name_type": {"family": script.name}}, MATERIALS)
    assert done.design.badge is BadgePlan.CREST
    assert any("not bent" in sentence for sentence in done.adapted)
    assert change({"name_type": {"family": script.name}, "badge": "ring"}, ring).badge is BadgePlan.RING


def test_what_is_not_seen_is_told() -> None:
    name = replace(DESIGN, mark=None, layout=LayoutKind.WORDMARK)
    assert edit(name, {"treatment": "framed"}, MATERIALS).adapted == ("nothing of it is seen: the logo has no mark",)


def test_a_palette_gives_all_roles_anew_and_a_role_beside_it_wins() -> None:
    changed = change({"palette": "#0a4d68, #b5451c", "colours": {"slogan": "#222222"}})
    assert {changed.colours.mark, changed.colours.accent} <= {"#0a4d68", "#b5451c"}
    assert (changed.colours.paper, changed.colours.slogan) == ("#ffffff", "#222222")
    assert change({"palette": "ocean"}) == change({"palette": "ocean"})
    assert change({"palette": "ocean"}).colours != DESIGN.colours


def test_a_role_takes_its_old_colours_place_in_the_palette() -> None:
    confined = replace(DESIGN, colours=replace(COLOURS, palette=("#123456", "#c05020", "#ffffff")))
    changed = change({"colours": {"mark": "#0a7d6b"}}, confined)
    assert changed.colours.palette[0] == "#0a7d6b"
    assert "#123456" not in changed.colours.palette


@pytest.mark.parametrize("palette", ["mauvey", "", 7, None, "red " * 9])
def test_a_palette_that_is_none_is_refused(palette: object) -> None:
    with pytest.raises(InvalidDocument) as refused:
        edit(DESIGN, {"palette": palette}, MATERIALS)
    assert refused.value.faults[0][0] == ("palette",)


def test_without_a_name_its_words_go_and_the_mark_stands_alone() -> None:
    done = edit(DESIGN, {"brand_name": None}, MATERIALS)
    assert (done.design.layout, done.design.slogan) == (LayoutKind.SYMBOL, "")
    assert len(done.adapted) == 2


def test_a_name_for_a_symbol_is_set_and_seen() -> None:
    symbol = Design("a cup", LayoutKind.SYMBOL, SymbolMark("mdi:coffee"), COLOURS)
    changed = change({"brand_name": "Nord"}, symbol)
    assert changed.name_type is not None
    assert changed.layout is LayoutKind.HORIZONTAL
    assert draw(changed, MATERIALS).layers


def test_a_mark_for_a_name_alone_is_seen() -> None:
    name = replace(DESIGN, mark=None, layout=LayoutKind.WORDMARK)
    assert change({"mark": {"kind": "symbol", "symbol": "mdi:fish"}}, name).layout is LayoutKind.HORIZONTAL
    assert change({"mark": None}).layout is LayoutKind.WORDMARK


def test_a_frame_is_seen_and_taken_away() -> None:
    framed = change({"frame": "hexagon"})
    assert (framed.treatment, framed.frame) == (Treatment.FRAMED, FrameShape.HEXAGON)
    assert change({"frame": None}, framed).treatment is Treatment.PLAIN
    ring = replace(DESIGN, layout=LayoutKind.EMBLEM, badge=BadgePlan.RING, frame=FrameShape.CIRCLE)
    assert change({"frame": "shield"}, ring).badge is BadgePlan.CREST


def test_what_was_made_for_one_mark_is_not_done_to_the_next() -> None:
    cut = replace(DESIGN, treatment=Treatment.CUT, cut=31)
    changed = change({"mark": {"symbol": "mdi:fish"}}, cut)
    assert (changed.treatment, changed.cut) == (Treatment.PLAIN, None)
    assert change({"mark": {"symbol": "mdi:fish"}, "treatment": "cut"}, cut).treatment is Treatment.CUT


def test_a_gradient_gets_an_accent_that_the_mark_can_run_to() -> None:
    clean = replace(DESIGN, colours=replace(COLOURS, mark="#2050d8"))
    done = edit(clean, {"treatment": "gradient"}, MATERIALS)
    assert done.design.colours.accent != clean.colours.accent
    assert done.adapted
    kept = change({"treatment": "gradient", "colours": {"accent": "#d82020"}}, clean)
    assert kept.colours.accent == "#d82020"


def test_the_idea_of_a_name_goes_over_to_letters_that_offer_it_or_is_left_out() -> None:
    dotted = replace(
        DESIGN,
        brand_name="Helio",
        title="Helio",
        slogan="",
        mark=None,
        layout=LayoutKind.WORDMARK,
        name_idea=NameIdea(NameTechnique.DOT),
    )
    assert change({"brand_name": "Mistral"}, dotted).name_idea is not None
    done = edit(dotted, {"brand_name": "Nord"}, MATERIALS)
    assert done.design.name_idea is None
    assert done.adapted
    with pytest.raises(InvalidDesign, match="name_idea"):  # what a patch names is not left out
        draw(change({"brand_name": "Nord", "name_idea": {"technique": "dot"}}, dotted), MATERIALS)


def test_the_symbol_in_a_name_goes_over_or_is_left_out() -> None:
    place = LetterSymbol(ROUND, 1, LetterPlace.LETTER)
    name = replace(DESIGN, mark=None, layout=LayoutKind.WORDMARK, letter_symbol=place, slogan="")
    moved = edit(name, {"brand_name": "Aroma"}, MATERIALS)
    assert draw(moved.design, MATERIALS).layers
    gone = edit(name, {"brand_name": "WWW"}, MATERIALS)
    assert gone.design.letter_symbol is None
    assert gone.adapted


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"name_type": {"family": "Playfare"}}, ("name_type", "family")),
        ({"mark": {"symbol": "no:such"}}, ("mark", "symbol")),
        ({"mark": {"kind": "geometric", "family": "blob", "variant": 0}}, ("mark", "family")),
        (
            {"mark": {"kind": "letterform", "initials": "N", "construction": "x", "family": "Rubik", "weight": 400}},
            ("mark", "construction"),
        ),
        ({"letter_symbol": {"symbol": "no:such", "index": 0, "place": "letter"}}, ("letter_symbol", "symbol")),
        ({"credits": ["me"]}, ("credits",)),
        ({"format": 2}, ("format",)),
        ({"layout": None}, ("layout",)),
        ({"colurs": None}, ("colurs",)),
    ],
)
def test_what_there_is_not_is_refused_by_its_place(patch: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidDocument) as refused:
        edit(DESIGN, patch, MATERIALS)
    assert path in [place for place, _ in refused.value.faults]
