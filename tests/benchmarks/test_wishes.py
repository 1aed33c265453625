"""The checker of `benchmarks/briefs.py` must be able to say no."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from _colour_names import NAMES, is_called
from _seen import Seen, painted, see
from _server import server
from _wishes import SYNONYMS, WishBrief, judge, read_briefs
from briefs import ask, print_misses, says_what_it_shows, summarize

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, FrameShape, LetterCase, LetterformMark, SymbolMark, Treatment, Typeface
from blazon.draw.artwork import Materials
from blazon.draw.meaning import words_of
from blazon.studio import Studio

DATA = Path(__file__).parents[2] / "benchmarks/data"
MATERIALS = Materials.open()
COLOURS = ColourScheme("#c1121f", "#c1121f", "#c1121f", "#111111", "#111111", "#ffffff")


def seen(mark: str | LetterformMark | None = "tabler:fish", layout: str = "stacked", **changes: Any) -> Seen:
    """Return what is seen in a logo that is really drawn."""
    values: dict[str, Any] = {
        "title": "Nordlys",
        "layout": LayoutKind(layout),
        "mark": SymbolMark(mark) if isinstance(mark, str) else mark,
        "colours": COLOURS,
        "brand_name": "Nordlys",
        "name_type": Typeface("Lora", 500),
        **changes,
    }
    design = Design(**values)
    return see(design.to_dict(), Studio.open().redraw(design).svg, MATERIALS)


def kept(wishes: Mapping[str, Any], *candidates: Seen) -> bool:
    return all(verdict.kept for verdict in judge(WishBrief("x-1", "test", "prompt", "", {}, wishes), candidates))


FISH, OWL = "tabler:fish", "game-icons:owl"
MONOGRAM = LetterformMark("RT", "cascaded", "Lora", 700)


def test_to_show_a_thing_half_of_the_candidates_must_have_it() -> None:
    assert kept({"show": ["fish"]}, seen(FISH), seen(FISH), seen(OWL), seen(OWL))
    assert not kept({"show": ["fish"]}, seen(FISH), seen(OWL), seen(OWL), seen(OWL))
    assert kept({"show": ["dog|owls"]}, seen(OWL), seen(FISH))


def test_what_is_avoided_may_be_in_none() -> None:
    assert kept({"avoid": ["owl"]}, seen(FISH), seen(FISH))
    assert not kept({"avoid": ["dog", "owl"]}, seen(FISH), seen(OWL))
    assert not kept({"avoid": ["bird"]}, seen(OWL))


def test_a_part_of_a_word_is_not_the_thing() -> None:
    assert kept({"avoid": ["ant"]}, seen("game-icons:elephant"))


def test_an_animal_is_not_the_machine_of_its_name() -> None:
    assert kept({"show": ["ram"], "avoid": ["computer"]}, seen("game-icons:ram"))
    assert not kept({"avoid": ["computer"]}, seen("tabler:device-laptop"))


def test_two_things_are_together_only_in_one_mark() -> None:
    design = {
        "layout": "symbol",
        "mark": {"kind": "composite", "first": {"symbol": FISH}, "second": OWL, "arrangement": "held"},
        "treatment": "plain",
        "frame": None,
        "brand_name": "",
        "name_type": None,
    }
    both = see(design, '<path fill="#000000"/>', MATERIALS)
    assert both.kind == "combined"
    assert kept({"together": ["fish+owl"]}, seen(FISH), both)
    assert not kept({"together": ["fish+owl"]}, seen(FISH), seen(OWL))


def test_colours_are_those_that_are_painted() -> None:
    red, other = seen(), seen(colours=ColourScheme(*["#1d4ed8"] * 5, "#ffffff"))
    assert kept({"colours": ["red"]}, red, red, red, other)
    assert not kept({"colours": ["red"]}, red, red, other, other)
    assert kept({"not_colours": ["green"]}, red, other)
    assert not kept({"not_colours": ["blue"]}, red, other)
    assert kept({"only_colours": ["red", "black"]}, red)
    assert not kept({"only_colours": ["red", "black"]}, red, other)
    assert not kept({"only_colours": ["red"]}, red)


def test_a_colour_that_cannot_be_read_is_an_error_and_not_no_colour() -> None:
    assert painted('<path fill="#ABC" stroke="none"/><stop stop-color="#010203"/>') == {"#aabbcc", "#010203"}
    with pytest.raises(ValueError, match="rebeccapurple"):
        painted('<path fill="rebeccapurple"/>')


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#000000", "black"),
        ("#ffffff", "white"),
        ("#808080", "grey"),
        ("#ff0000", "red"),
        ("#dc143c", "crimson"),
        ("#ffc0cb", "pink"),
        ("#ffa500", "orange"),
        ("#ffff00", "yellow"),
        ("#ffd700", "gold"),
        ("#008000", "green"),
        ("#008080", "teal"),
        ("#0000ff", "blue"),
        ("#000080", "navy"),
        ("#800080", "purple"),
        ("#8b4513", "brown"),
        ("#fffdd0", "cream"),
        ("#800020", "burgundy"),
        ("#e2725b", "terracotta"),
        ("#ff7f50", "coral"),
        ("#808000", "olive"),
        ("#4b0082", "indigo"),
        ("#c8a2c8", "lilac"),
        ("#98ff98", "mint"),
        ("#36454f", "charcoal"),
        ("#87ceeb", "sky blue"),
        ("#228b22", "forest green"),
    ],
)
def test_colours_go_by_the_names_that_people_give_them(colour: str, name: str) -> None:
    assert is_called(colour, name)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#5a3a22", "black"),
        ("#808080", "black"),
        ("#8b4513", "yellow"),
        ("#0000ff", "green"),
        ("#008080", "red"),
        ("#ffffff", "cream"),
        ("#000000", "green"),
        ("#ffc0cb", "red"),
        ("#87ceeb", "navy"),
    ],
)
def test_colours_do_not_go_by_other_names(colour: str, name: str) -> None:
    assert not is_called(colour, name)


def test_letters_are_those_of_the_mark_in_their_order() -> None:
    assert kept({"letters": "RT"}, seen(MONOGRAM), seen(MONOGRAM), seen(), seen())
    assert not kept({"letters": "TR"}, seen(MONOGRAM), seen(MONOGRAM))
    assert not kept({"letters": "RT"}, seen(MONOGRAM), seen(), seen(), seen())


def test_dates_and_text_are_set() -> None:
    dated = seen(slogan="Est. 1894", slogan_type=Typeface("Lora", 500))
    assert kept({"date": "1894", "text": "est."}, dated)
    assert not kept({"date": "1894"}, seen(), dated)
    assert not kept({"date": "894"}, dated)


def test_text_beside_a_mark_that_stands_alone_is_not_seen() -> None:
    assert not kept({"date": "1894"}, seen(layout="symbol", slogan="1894", slogan_type=Typeface("Lora", 500)))


def test_the_name_is_the_one_that_is_set() -> None:
    assert kept({"name": "nordlys"}, seen())
    assert not kept({"name": "Nordly"}, seen())
    assert not kept({"name": "Nordlys"}, seen(), seen(brand_name="Other"))
    assert not kept({"name": "Nordlys"}, seen(), seen(layout="symbol"))


def test_layouts_kinds_types_and_cases_are_counted() -> None:
    serif, capitals = seen(), seen(name_type=Typeface("Bebas Neue", 400))
    assert kept({"layout": "stacked|emblem", "type": "serif", "case": "as_given", "kinds": "pictorial"}, serif)
    assert not kept({"layout": "horizontal"}, serif)
    assert not kept({"type": "serif"}, serif, capitals)
    assert not kept({"not_case": ["upper"]}, serif, capitals)
    assert not kept({"not_type": ["condensed"]}, serif, capitals)
    assert not kept({"kinds": "badge"}, serif)
    assert kept({"kinds": "badge"}, seen(layout="emblem"))
    assert not kept({"not_kinds": ["pictorial|letters"]}, seen(MONOGRAM))
    assert kept({"kinds": "wordmark", "not_kinds": ["pictorial|letters"]}, seen(None, layout="wordmark"))


def test_what_is_set_counts_and_not_the_case_that_a_design_asks_for() -> None:
    """A name whose case carries meaning is left alone; a font may have no small letters."""
    pool = seen(brand_name="iPool", name_type=Typeface("Lora", 500, LetterCase.UPPER))
    assert kept({"not_case": ["upper"], "case": "as_given", "name": "iPool"}, pool)
    assert not kept({"not_case": ["upper"]}, seen(brand_name="iPool", name_type=Typeface("Bebas Neue", 400)))
    assert kept({"case": "upper"}, seen(name_type=Typeface("Lora", 500, LetterCase.UPPER)))


def test_a_turkish_name_is_the_same_in_turkish_capitals_only() -> None:
    capitals = seen(brand_name="Diyarbakır", name_type=Typeface("Lora", 500, LetterCase.UPPER))
    assert kept({"name": "Diyarbakır"}, capitals)
    assert not kept({"name": "Diyarbakır"}, seen(brand_name="DIYARBAKIR"))


def test_a_frame_is_a_shape_that_can_be_avoided() -> None:
    framed = {"frame": FrameShape.CIRCLE, "treatment": Treatment.FRAMED}
    assert not kept({"avoid": ["circle"]}, seen(**framed))
    assert kept({"avoid": ["square"]}, seen(**framed))
    assert kept({"avoid": ["circle"]}, seen(frame=FrameShape.CIRCLE))


def test_a_wish_that_cannot_be_met_must_be_told() -> None:
    brief = WishBrief("x-1", "test", "prompt", "", {}, {"unmet": True})
    assert [judge(brief, (seen(),), unmet=told)[0].kept for told in (True, False)] == [True, False]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with server() as (url, _), httpx.Client(base_url=url, timeout=60) as client:
        yield client


def test_a_brief_that_is_refused_keeps_no_wish_but_to_be_told(client: httpx.Client) -> None:
    wishes = {"avoid": ["owl"], "drawn": 4, "unmet": True}
    result = ask(client, WishBrief("tune-0", "letters", "x" * 501, "", {}, wishes), MATERIALS, 1)
    assert [verdict.kept for verdict in result.verdicts] == [False, False, True]
    assert "prompt" in result.refused


def test_a_brief_is_drawn_judged_counted_and_shown(client: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    wishes = {"drawn": 4, "name": "Other"}
    result = ask(client, WishBrief("tune-0", "plain", "a bakery", "Crumb", {}, wishes), MATERIALS, 1)
    rows = {what: measured for what, measured, _ in summarize("tune", [result])}
    assert rows["tune: briefs wholly obeyed"] == "0 of 1, 0%"
    assert rows["tune: wishes kept"] == "1 of 2, 50%"
    assert rows["tune: answers that tell it, where a brief is not obeyed"] == "0 of 1, 0%"
    assert rows["tune: logos that say what they show"] == "4 of 4, 100%"
    print_misses([result])
    assert "name=Other" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("shows", "why", "holds"),
    [(["fish"], "Because.", True), (["owl"], "Because.", False), ([], "Because.", False), (["fish"], "", False)],
)
def test_a_logo_says_what_it_shows_and_why(shows: list[str], why: str, holds: bool) -> None:
    assert says_what_it_shows({"shows": shows, "why": why}, seen(FISH)) is holds


HALVES = [DATA / "wishes_tune.jsonl", DATA / "wishes_held_out.jsonl"]


@pytest.mark.parametrize("path", HALVES, ids=lambda path: path.stem)
def test_every_brief_of_the_data_can_be_judged(path: Path) -> None:
    briefs = read_briefs(path)
    assert len(briefs) >= 110
    assert len({(brief.brand, brief.prompt) for brief in briefs}) == len(briefs)
    for brief in briefs:
        assert brief.wishes, brief.id
        colours = [brief.wishes.get(kind, []) for kind in ("colours", "not_colours", "only_colours")]
        assert {name for names in colours for wish in names for name in wish.split("|")} <= NAMES.keys(), brief.id


@pytest.mark.parametrize("path", HALVES, ids=lambda path: path.stem)
def test_what_is_to_be_shown_can_be_shown(path: Path) -> None:
    """A wish of which the library has no symbol would measure the library."""
    names = [frozenset(words_of(symbol.name)) for symbol in MATERIALS.symbols]
    for brief in read_briefs(path):
        for wish in [*brief.wishes.get("show", []), *brief.wishes.get("together", [])]:
            for label in wish.split("+"):
                assert any(_has(one, names) for one in label.split("|")), brief.id


@cache
def _wanted(label: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words_of(name)) for name in SYNONYMS.get(label, label).split(", "))


def _has(label: str, names: list[frozenset[str]]) -> bool:
    return any(name <= words for name in _wanted(label) for words in names)


def test_both_halves_try_the_same_and_share_no_brief() -> None:
    tune, held_out = map(read_briefs, HALVES)
    assert Counter(brief.fault for brief in tune) == Counter(brief.fault for brief in held_out)
    assert {brief.prompt for brief in tune}.isdisjoint(brief.prompt for brief in held_out)
    assert {brief.brand for brief in tune if brief.brand}.isdisjoint(brief.brand for brief in held_out)
