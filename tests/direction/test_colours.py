import itertools
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import Brief, LayoutKind, Palette, PaletteMood, Style, parse_palette
from blazon.design import ColourScheme
from blazon.direction.colours import colour_schemes, main_family
from blazon.direction.dice import Dice
from blazon.direction.moods import styles_for
from blazon.direction.trade_palettes import PALETTES, era_palettes, eras, trade_palettes, trades
from blazon.draw.colourings import inverse
from blazon.draw.given_colours import carriers
from blazon.draw.hues import NEUTRALS, HueFamily, family_of, hue_distance, is_kin
from blazon.draw.palette import MIN_CONTRAST, Ground, Harmony, contrast, hex_of, lch_of, scheme
from blazon.reading.printable_colours import make_printable
from blazon.reading.reading import Colour, ColourRole, Reading, Scene, Thing

values = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
lists = st.lists(values, min_size=1, max_size=5, unique=True)
seeds = st.integers(0, 999)
INKS = ("mark", "accent", "tint", "name", "slogan", "paper")
SEEN = ("mark", "name", "paper")
WHITE, BLACK = "#ffffff", "#000000"
_TABLES = [*((" ".join(trade.stems), trade.palettes) for trade in trades()), *((p.pattern, n) for p, n in eras())]
TRADE_TEXTS = ("a butcher", "tea house", "software startup", "florist", "zzzz", "dentist", "law firm", "art deco hotel")


def chosen(brief: Brief, reading: Reading | None = None, count: int = 8) -> list[ColourScheme]:
    dice = Dice(f"{brief.seed}\0{brief.prompt}\0{brief.brand_name}")
    read = reading or Reading()
    return list(islice(colour_schemes(brief, read, styles_for(brief, read), dice), count))


def used(colours: ColourScheme, roles: Sequence[str] = INKS) -> set[str]:
    return {getattr(colours, role) for role in roles}


def wishes(*wanted: str, role: ColourRole = ColourRole.ANY) -> tuple[Colour, ...]:
    return tuple(Colour("", value, role) for value in wanted)


def assert_readable(colours: ColourScheme) -> None:
    for ink in ("mark", "accent", "name", "slogan"):
        assert contrast(getattr(colours, ink), colours.paper) >= MIN_CONTRAST, (ink, colours)


@given(lists, seeds, st.booleans())
def test_of_the_only_colours_nothing_is_left(wanted: list[str], seed: int, explicit: bool) -> None:
    brief = Brief("a butcher", brand_name="Hale", seed=seed)
    reading = Reading(colours=wishes(*wanted), only=True)
    if explicit:
        brief, reading = replace(brief, palette=Palette(colours=tuple(wanted))), Reading()
    printed = wanted if explicit else [one.value for one in make_printable(reading.colours, only=True)]
    allowed = {*printed, *carriers(printed)}
    for colours in chosen(brief, reading):
        assert used(colours) <= allowed
        assert used(inverse(colours)) <= allowed
        assert_readable(colours)


@given(lists, seeds, st.sampled_from(ColourRole))
def test_a_palette_of_the_brief_wins_over_the_colours_of_its_words(
    wanted: list[str], seed: int, role: ColourRole
) -> None:
    brief = Brief("a butcher", brand_name="Hale", seed=seed, palette=Palette(colours=tuple(wanted)))
    other = Reading(colours=wishes("#1234ff", role=role), only=True, colours_avoided=wishes(*wanted))
    assert chosen(brief, other) == chosen(brief)


@pytest.mark.parametrize(
    ("wanted", "only"),
    [
        (("#dc143c", "#fffdd0"), False),
        (("#dc143c", "#fffdd0"), True),
        (("#000080", "#ffd700"), False),
        (("#ffff00", "#000000"), True),
        (("#000000", "#ffffff"), True),
        (("#228b22", "#ffffff"), False),
        (("#800080", "#ffa500"), False),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_two_colours_asked_for_are_two_colours_kept(wanted: tuple[str, str], only: bool, seed: int) -> None:
    for name in ("Hale", ""):
        for colours in chosen(Brief("a shop", brand_name=name, seed=seed), Reading(colours=wishes(*wanted), only=only)):
            assert used(colours, SEEN) >= set(wanted)


@pytest.mark.parametrize("layout", LayoutKind)
@given(value=values, seed=seeds)
def test_a_colour_asked_for_is_seen_as_it_is_in_every_layout(layout: LayoutKind, value: str, seed: int) -> None:
    roles = {LayoutKind.SYMBOL: ("mark", "paper"), LayoutKind.WORDMARK: ("name", "paper")}.get(layout, SEEN)
    for colours in chosen(Brief("a shop", brand_name="Hale", layout=layout, seed=seed), Reading(colours=wishes(value))):
        assert value in used(colours, roles)
        assert_readable(colours)


def test_words_say_which_colour_of_a_palette_is_the_background() -> None:
    brief = Brief("a shop", brand_name="Hale", palette=parse_palette("navy, gold, white"))
    reading = Reading(colours=wishes("#ffffff", role=ColourRole.BACKGROUND))
    assert {colours.paper for colours in chosen(brief, reading)} == {WHITE}


def test_one_colour_asked_for_is_paper_too() -> None:
    papers = {
        colours.paper for colours in chosen(Brief("a shop", brand_name="Hale"), Reading(colours=wishes("#dc143c")), 4)
    }
    assert {WHITE, "#dc143c"} <= papers


def test_five_colours_of_a_palette_are_five_in_the_logo() -> None:
    wanted = ("#14284b", "#d62839", "#f4a261", "#2a9d8f", "#fefae0")
    for seed in range(10):
        for colours in chosen(
            Brief("a school", brand_name="Hale", palette=Palette(colours=wanted), seed=seed), count=4
        ):
            assert used(colours) == set(wanted)


@given(st.sampled_from(TRADE_TEXTS), st.lists(values, min_size=1, max_size=3), seeds)
def test_what_is_avoided_appears_nowhere(text: str, avoided: list[str], seed: int) -> None:
    reading = Reading(colours_avoided=wishes(*avoided))
    for colours in chosen(Brief(text, brand_name="Hale", seed=seed), reading):
        assert not [one for one in used(colours) for value in avoided if is_kin(one, value)]
        assert_readable(colours)


@pytest.mark.parametrize(
    "avoided", ["#008000", "#ff0000", "#ffa500", "#a0522d", "#0000ff", "#ffc0cb", BLACK, WHITE, "#808080"]
)
@pytest.mark.parametrize("text", TRADE_TEXTS)
def test_colours_by_their_usual_names_are_avoided(avoided: str, text: str) -> None:
    for seed in range(3):
        for colours in chosen(Brief(text, seed=seed), Reading(colours_avoided=wishes(avoided))):
            assert family_of(avoided) not in {family_of(value) for value in used(colours)}


def test_an_accent_that_white_swallows_is_nudged_and_seen() -> None:
    reading = Reading(colours=(*wishes("#6a3fa0"), *wishes("#f57c1f", role=ColourRole.ACCENT)))
    for colours in chosen(Brief("a record label", brand_name="Hale"), reading, 4):
        assert {family_of(value) for value in used(colours, SEEN)} >= {HueFamily.PURPLE, HueFamily.ORANGE}


def test_all_families_avoided_leave_black_on_white() -> None:
    everything = [
        hex_of((lightness, chroma, hue))
        for hue in range(0, 360, 10)
        for lightness, chroma in ((0.4, 0.1), (0.7, 0.1), (0.97, 0.01), (0.6, 0), (0.2, 0))
    ]
    reading = Reading(colours_avoided=wishes(*everything))
    assert [used(colours) for colours in chosen(Brief("a shop"), reading, 2)] == [{BLACK, WHITE}] * 2


def test_a_shade_avoided_leaves_the_rest_of_a_colour_that_is_asked_for() -> None:
    reading = Reading(colours=wishes("#4169e1"), colours_avoided=wishes("#000080"))
    assert all("#4169e1" in used(colours) for colours in chosen(Brief("a shop"), reading))


@pytest.mark.parametrize("only", [True, False])
def test_black_on_white_without_greys_is_black_on_white(only: bool) -> None:
    wanted = (*wishes("#111111"), *wishes(WHITE, role=ColourRole.BACKGROUND))
    reading = Reading(colours=wanted, colours_avoided=wishes("#808080"), only=only)
    for colours in chosen(Brief("whisky bar", brand_name="Hale"), reading):
        assert colours.paper == WHITE
        assert {family_of(value) for value in used(colours)} == {HueFamily.BLACK, HueFamily.WHITE}


def test_monochrome_is_heard_in_any_trade() -> None:
    for colours in chosen(Brief("whisky bar"), Reading(moods=(PaletteMood.MONO,))):
        assert {family_of(value) for value in used(colours)} <= NEUTRALS


def test_what_is_asked_for_and_avoided_at_once_is_avoided() -> None:
    reading = Reading(colours=wishes("#d00000"), colours_avoided=wishes("#d00000"))
    for colours in chosen(Brief("a butcher"), reading):
        assert HueFamily.RED not in {family_of(value) for value in used(colours)}


@given(values, seeds, st.sampled_from(TRADE_TEXTS))
def test_a_background_alone_leaves_the_inks_to_the_trade(paper: str, seed: int, text: str) -> None:
    reading = Reading(colours=wishes(paper, role=ColourRole.BACKGROUND))
    for colours in chosen(Brief(text, seed=seed), reading):
        assert colours.paper == paper
        assert_readable(colours)


@pytest.mark.parametrize("only", [True, False])
def test_a_colour_that_its_background_swallows_is_made_just_dark_enough(only: bool) -> None:
    reading = Reading(colours=(*wishes("#f9c80e"), *wishes(WHITE, role=ColourRole.BACKGROUND)), only=only)
    for colours in chosen(Brief("a shop", brand_name="Hale"), reading):
        assert colours.paper == WHITE
        assert family_of(colours.mark) is HueFamily.YELLOW
        assert_readable(colours)
        if only:
            assert BLACK not in used(colours)


def test_accents_and_names_keep_their_role() -> None:
    accent = Reading(colours=(*wishes("#14284b"), *wishes("#e8590c", role=ColourRole.ACCENT)))
    for colours in chosen(Brief("a shop", brand_name="Hale"), accent):
        assert "#e8590c" in (colours.mark, colours.accent)
        assert "#e8590c" not in (colours.name, colours.paper)
    named = Reading(colours=wishes("#c1121f", role=ColourRole.NAME))
    assert {colours.name for colours in chosen(Brief("a shop", brand_name="Hale"), named)} == {"#c1121f"}


@pytest.mark.parametrize("mood", PaletteMood)
@given(st.sampled_from(TRADE_TEXTS), seeds)
def test_free_schemes_can_be_read_in_every_mood(mood: PaletteMood, text: str, seed: int) -> None:
    for brief in (Brief(text, seed=seed), Brief(text, seed=seed, palette=parse_palette(mood))):
        for colours in chosen(brief, Reading(moods=(mood,)), 4):
            assert_readable(colours)
            assert_readable(inverse(colours))


@given(st.sampled_from([trade.stems[0] for trade in trades()]), seeds)
def test_four_candidates_of_a_trade_show_four_families(trade: str, seed: int) -> None:
    found = [main_family(colours) for colours in chosen(Brief(f"the {trade}", seed=seed), count=12)]
    for first in range(9):
        assert len(set(found[first : first + 4])) == 4


@pytest.mark.parametrize("style", Style)
def test_without_a_trade_four_candidates_still_show_four_families(style: Style) -> None:
    for seed in range(6):
        found = chosen(Brief("qwertz uiop", style=style, seed=seed), count=4)
        assert len({main_family(colours) for colours in found}) == 4


def test_a_trade_wears_none_but_its_own_families() -> None:
    for text, families in (
        ("a gentle butcher for the neighbourhood", {HueFamily.PURPLE, HueFamily.PINK, HueFamily.TEAL}),
        ("cafe truck", {HueFamily.GREEN, HueFamily.PURPLE}),
        ("cloud software for developers", {HueFamily.PURPLE}),
    ):
        for seed, moods in itertools.product(range(8), ((), (PaletteMood.PASTEL,), (PaletteMood.VIVID,))):
            for colours in chosen(Brief(text, seed=seed), Reading(moods=moods)):
                assert main_family(colours) not in families


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("small-batch coffee roastery by the sea", "coffee"),
        ("green café truck", "cafe"),
        ("ice cream parlour", "gelato"),
        ("a family law firm", "law"),
        ("dog grooming", "pet"),
        ("barn conversions", "farm"),
        ("association of beekeepers", "apiary"),
        ("powerful boxing gym", "boxing"),
        ("software for dentists", "dentist"),
        ("career coach", "mentor"),
        ("fish and chips", "angler"),
        ("astronomy club", "rocket"),
        ("window cleaner", "laundry"),
        ("delivery service", "courier"),
        ("home automation", "robot"),
        ("whale watching tours", "voyage"),
        ("hiking guide", "mountain"),
        ("personal trainer", "gym"),
        ("food bank", "refugee"),
        ("singing teacher", "choir"),
        ("translation bureau", "consultant"),
    ],
)
def test_the_trade_is_heard(text: str, trade: str) -> None:
    assert trade_palettes(text) == trade_palettes(trade) != ()


@pytest.mark.parametrize(
    "text", ["surface", "delicate", "bandage", "operator", "velocity", "window", "autonomous", "signature", "diversity"]
)
def test_a_word_that_only_begins_like_a_trade_says_nothing(text: str) -> None:
    assert trade_palettes(text) == ()


@pytest.mark.parametrize("text", ["in the spirit of the sixties", "a 60's feel", "1960s", "60s"])
def test_an_era_is_heard_unless_it_is_avoided(text: str) -> None:
    assert era_palettes(text) == era_palettes("sixties") != ()
    assert era_palettes(f"modern, not {text}") == ()
    assert era_palettes("sixties", ["sixties"]) == ()


def test_the_tables_name_palettes_that_exist_in_families_that_differ() -> None:
    assert len(trades()) >= 60
    assert len(eras()) >= 8
    for key, names in _TABLES:
        assert set(names) <= PALETTES.keys(), key
        assert len(names) >= 4, key
        assert len({family_of(PALETTES[name][0]) for name in names}) >= 4, key
    worn = {name for _, names in _TABLES for name in names}
    assert worn == PALETTES.keys()


def test_the_main_colour_of_a_palette_reads_on_white() -> None:
    for name, (main, _) in PALETTES.items():
        assert contrast(main, WHITE) >= MIN_CONTRAST, name


def test_no_accent_of_a_table_turns_olive_on_white() -> None:
    for main, accent in PALETTES.values():
        found = scheme(Harmony(lch_of(main), lch_of(accent)), Ground.WHITE).accent
        lightness, chroma, hue = lch_of(found)
        assert not (100 < hue < 120 and chroma > 0.08 and lightness < 0.7), (main, accent, found)


def test_warm_inks_do_not_stand_on_cream() -> None:
    warm = {HueFamily.RED, HueFamily.ORANGE, HueFamily.BROWN, HueFamily.YELLOW}
    for trade, seed in itertools.product(trades(), range(3)):
        for colours in chosen(Brief(f"the {trade.stems[0]}", seed=seed), count=4):
            lightness, chroma, hue = lch_of(colours.paper)
            cream = lightness > 0.93 and chroma > 0.005 and 30 < hue < 110
            assert not (cream and family_of(colours.mark) in warm)


def test_a_palette_keeps_its_colours_on_every_ground() -> None:
    for trade, seed in itertools.product(trades(), range(4)):
        own = [lch_of(colour) for name in trade.palettes for colour in PALETTES[name]]
        for colours in chosen(Brief(f"the {trade.stems[0]}", seed=seed), count=4):
            lightness, chroma, hue = lch_of(colours.mark)
            if chroma >= 0.05:
                kin = [one for one in own if hue_distance(one, (lightness, chroma, hue)) < 8]
                assert min(abs(one[0] - lightness) for one in kin) < 0.1, (trade.stems[0], colours)


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("funeral home", {HueFamily.RED, HueFamily.PINK}),
        ("yoga studio", {HueFamily.RED, HueFamily.YELLOW, HueFamily.BLACK}),
        ("reiki and breathwork", {HueFamily.RED, HueFamily.YELLOW, HueFamily.BLACK}),
        ("hearing aids", {HueFamily.PURPLE, HueFamily.ORANGE, HueFamily.BLACK}),
        ("blacksmith", {HueFamily.PINK, HueFamily.PURPLE}),
        ("wildlife trust", {HueFamily.PINK, HueFamily.PURPLE, HueFamily.BLACK}),
    ],
)
def test_no_candidate_of_a_set_wears_what_its_trade_never_would(text: str, strange: set[HueFamily]) -> None:
    for seed in range(8):
        worn = {main_family(colours) for colours in chosen(Brief(text, seed=seed), count=4)}
        assert not worn & strange


def test_what_is_to_be_seen_tells_of_a_trade_where_nothing_else_does() -> None:
    shown = Reading(topic="by post", show=(Scene((Thing("plant", "plants"),)),), name="Xyz")
    named = Reading(topic="by post", name="Pocket Garden")
    for reading in (shown, named):
        schemes = colour_schemes(Brief("by post", brand_name="Xyz"), reading, (Style.MODERN,), Dice("k"))
        families = {main_family(one) for one in islice(schemes, 4)}
        assert families <= {HueFamily.GREEN, HueFamily.BROWN, HueFamily.RED, HueFamily.YELLOW, HueFamily.TEAL}
