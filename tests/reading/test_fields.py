from typing import Any

import pytest

from blazon.brief import Brief, LetterCase, MarkKind, TypeKind, Unmet
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.fields import apply_fields
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading, Relation, Scene, Thing
from blazon.studio import Studio

SYMBOLS = SymbolLibrary.open()
PROMPT = Reading(
    topic="bookshop",
    show=(Scene((Thing("owl", "owls"),)), Scene((Thing("cat", "cat"), Thing("moon", "moon")), Relation.TOGETHER)),
    avoid=("rose", "fox"),
    kinds=(MarkKind.PICTORIAL, MarkKind.LETTERS),
    kinds_avoided=(MarkKind.BADGE,),
    letters="XY",
    type=(TypeKind.SERIF,),
    type_avoided=(TypeKind.SLAB,),
    case=LetterCase.UPPER,
    name="Clay & Co",
    established="1900",
)


def read(**fields: Any) -> Reading:
    return apply_fields(PROMPT, Brief("a bookshop", **fields), SYMBOLS)


def shown(reading: Reading) -> list[tuple[str, ...]]:
    return [tuple(thing.name for thing in scene.things) for scene in reading.show]


def test_without_fields_the_prompt_is_read_as_it_was() -> None:
    reading = read()
    assert {name: getattr(reading, name) for name in Reading.__slots__ if name not in ("understood", "unmet")} == {
        name: getattr(PROMPT, name) for name in Reading.__slots__ if name not in ("understood", "unmet")
    }
    assert reading.unmet == ()


def test_what_a_field_says_wins_over_the_prompt() -> None:
    reading = read(
        show="Foxes, honey jar", mark="badge", letters="NV", type="slab", case="lower", established=1894, brand_name="N"
    )
    assert shown(reading) == [("fox",), ("honey jar",)]
    assert (reading.kinds, reading.kinds_avoided) == ((MarkKind.BADGE,), ())
    assert (reading.type, reading.type_avoided) == ((TypeKind.SLAB,), ())
    assert (reading.letters, reading.case, reading.established, reading.name) == ("NV", LetterCase.LOWER, "1894", "N")
    assert reading.avoid == ("rose",)  # the prompt would not have the fox that the field asks for


def test_a_scene_of_the_prompt_goes_with_what_a_field_avoids() -> None:
    reading = read(avoid=["moons", "roses"])
    assert shown(reading) == [("owl",)]
    assert reading.avoid == ("moons", "roses", "fox")


@pytest.mark.parametrize(
    ("fields", "wish", "instead"),
    [
        ({"mark": "wordmark", "show": "fox"}, "show fox", "kind wordmark"),
        ({"mark": "abstract", "show": "fox"}, "show fox", "kind abstract"),
        ({"layout": "wordmark", "show": "fox", "brand_name": "N"}, "show fox", "kind wordmark"),
        ({"layout": "wordmark", "mark": "badge", "brand_name": "N"}, "mark badge", "layout wordmark"),
        ({"mark": "pictorial", "letters": "NV"}, "letters NV", "has no letters"),
        ({"show": "flux capacitor"}, "show flux capacitor", "no picture of it"),
        ({"show": "キツネ"}, "show キツネ", "no picture of it"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(fields: dict[str, Any], wish: str, instead: str) -> None:
    (unmet,) = (one for one in read(**fields).unmet if one.wish == wish)
    assert instead in unmet.instead


def test_wishes_of_the_prompt_that_exclude_each_other_are_told() -> None:
    fox = Scene((Thing("fox", "fox"),))
    reading = Reading(name="Clay", kinds=(MarkKind.WORDMARK,), show=(fox,), letters="CL")
    told = apply_fields(reading, Brief("wordmark only, with a fox and the letters CL"), SYMBOLS).unmet
    assert [unmet.wish for unmet in told] == ["letters CL", "show fox"]


def test_a_logo_without_text_shows_no_date() -> None:
    reading = read(layout="symbol", brand_name="Clay", slogan="books")
    assert {unmet.wish for unmet in reading.unmet} == {"type serif", "case upper", "established 1900", "slogan books"}


@pytest.mark.parametrize("field", ["mark", "type", "case", "established"])
def test_a_wish_for_the_name_needs_one(field: str) -> None:
    value = {"mark": "badge", "type": "slab", "case": "lower", "established": "1894"}[field]
    reading = apply_fields(Reading(), Brief("a bookshop", **{field: value}), SYMBOLS)  # type: ignore[arg-type]
    assert reading.unmet == (Unmet(f"{field} {value}", "there is no name to set; give brand_name"),)


def test_things_in_another_script_are_not_one_thing() -> None:
    assert shown(apply_fields(Reading(), Brief("a shop", show="მელა", avoid="თაფლი"), SYMBOLS)) == [("მელა",)]
    assert apply_fields(Reading(avoid=("თაფლი",)), Brief("a shop", show="მელა"), SYMBOLS).avoid == ("თაფლი",)


def test_it_is_told_in_words() -> None:
    reading = apply_fields(
        Reading(topic="bookshop"), Brief("a bookshop", show="fox", avoid="owl", mark="badge"), SYMBOLS
    )
    assert reading.understood == ("show fox", "avoid owl", "mark badge", "about: bookshop")


def test_of_a_prompt_no_text_is_set_where_that_is_not_wanted() -> None:
    prompt = "a bakery called 'Clay & Co', letters CC, since 1894, in Lisbon"
    told = Studio.open().read(Brief(prompt))
    assert (told.name, told.established, told.letters) == ("Clay & Co", "Since 1894", "CC")
    untold = Studio.open().read(Brief(prompt, text_in_prompt=False))
    assert (untold.name, untold.slogan, untold.established, untold.place, untold.letters) == ("", "", "", "", "")


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a fox, but no animals", ["fox, but no animal"]),
        ("no animals except a fox", []),
        ("no flowers, a fox", []),
    ],
)
def test_a_thing_of_a_class_that_is_refused_is_told(prompt: str, told: list[str]) -> None:
    brief = Brief(prompt, brand_name="Hale")
    reading = apply_fields(BriefReader(SYMBOLS).read(brief), brief, SYMBOLS)
    assert [thing.name for scene in reading.show for thing in scene.things] == ["fox"]
    assert [unmet.wish for unmet in reading.unmet] == told
