"""What a language model read is held to what the rules hold themselves to."""

import json

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind, Style
from blazon.draw.symbols import SymbolLibrary
from blazon.errors import InvalidBrief
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Relation, Scene, Thing
from blazon.reading.recorded import BY_RULES
from blazon.studio import Studio


@pytest.fixture(scope="module")
def reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())


def _brief(prompt: str, told: dict, **given) -> Brief:
    return Brief(prompt, reading=json.dumps({"topic": "", "show": [], "avoid": [], "colours": [], **told}), **given)


def _scene(*names: str, relation: str = "alone", **more) -> dict:
    return {"things": [{"name": name, "words": name} for name in names], "relation": relation, **more}


def _told(reading) -> dict[str, str]:
    return {unmet.wish: unmet.instead for unmet in reading.unmet}


def test_a_reading_that_comes_with_the_brief_is_taken_instead_of_the_rules(reader):
    reading = reader.read(
        _brief("狐と月の書店", {"topic": "bookshop", "show": [_scene("a fox", "Moons", relation="together")]})
    )
    assert reading.topic == "bookshop"
    assert reading.show == (Scene((Thing("fox", "a fox"), Thing("moon", "Moons")), Relation.TOGETHER),)
    assert "show a fox and Moons together" in reading.understood


def test_the_rules_say_that_they_read_where_a_model_should_have(reader):
    plain = reader.read(Brief("florist, no roses"))
    instead = reader.read(Brief("florist, no roses", reading=BY_RULES))
    assert (instead.avoid, instead.understood) == (plain.avoid, plain.understood)
    assert _told(instead) == {
        "a language model reads the brief": "it gave no reading that can be used; the rules read the brief"
    }


def test_what_is_no_reading_is_an_error_that_names_the_field(reader):
    with pytest.raises(InvalidBrief, match="reading: is not JSON"):
        reader.read(Brief("a fox", reading="the model fell asleep"))


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", "Evil Corp"), ("slogan", "Buy now"), ("established", "1894"), ("place", "Lisbon"), ("letters", "QX")],
)
def test_what_the_brief_does_not_say_is_not_set(reader, field, text):
    reading = reader.read(_brief("a bakery", {field: text}))
    assert getattr(reading, field) == ""
    assert _told(reading) == {f"{field} {text}": "the brief does not say it; it is left out"}


def test_what_the_brief_says_is_set_whatever_its_case_and_accents(reader):
    told = {
        "name": "Café Núñez",
        "slogan": "bread first!",
        "established": "Est. 1894",
        "place": "São Paulo",
        "letters": "CN",
    }
    reading = reader.read(_brief("cafe nunez in Sao Paulo, since 1894, 'Bread first'", told))
    assert [getattr(reading, field) for field in told] == [*told.values()]


def test_a_text_that_cannot_be_set_is_told(reader):
    assert _told(reader.read(_brief("letters R, T, A, B and C", {"letters": "RTABC"}))) == {
        "letters RTABC": "it has 5; a monogram has 1 to 4; it is left out"
    }


@pytest.mark.parametrize("name", ["swastika", "SS runes", "Hakenkreuz", "nike swoosh", "the golden arches"])
def test_what_the_rules_refuse_is_refused_whoever_reads(reader, name):
    reading = reader.read(_brief("a club", {"topic": f"club {name}", "show": [_scene(name), _scene("fox")]}))
    assert [scene.things[0].name for scene in reading.show] == ["fox"]
    assert "club" in reading.topic
    assert name.lower() not in reading.topic.lower()
    assert reading.unmet


def test_what_the_prompt_asks_for_and_is_refused_is_told_though_the_model_is_silent(reader):
    reading = reader.read(_brief("a swastika, and the swoosh of Nike", {}))
    assert {*_told(reading)} == {"swastika", "swoosh of Nike"}


def test_things_go_by_the_names_of_the_library(reader):
    reading = reader.read(
        _brief("a parlour", {"show": [_scene("Ladybirds"), _scene("macaw"), _scene("flux capacitor")]})
    )
    assert [scene.things[0].name for scene in reading.show] == ["ladybug", "parrot", "flux capacitor"]
    assert _told(reading) == {"macaw": "the library has no macaw; the nearest, parrot, is drawn"}


def test_what_is_avoided_is_not_shown(reader):
    told = {"show": [_scene("fox", "moon", relation="together", link="under")], "avoid": ["the foxes", "glasses"]}
    reading = reader.read(_brief("no foxes", told))
    assert reading.avoid == ("fox", "glasses", "eyeglasses")
    assert reading.show == (Scene((Thing("moon", "moon"),)),)
    assert _told(reading) == {"fox, but not fox": "fox is left out"}


def test_a_colour_goes_by_its_name_and_else_by_its_value(reader):
    told = [
        {"name": "Red", "value": "#0000ff"},
        {"name": "unobtainium", "value": "#123ABC"},
        {"name": "blurple", "value": "blue"},
    ]
    reading = reader.read(
        _brief("red", {"colours": told, "colours_avoided": [{"name": "teal", "value": ""}], "only": True})
    )
    assert [colour.value for colour in reading.colours] == ["#d62828", "#123abc"]
    assert [colour.name for colour in reading.colours_avoided] == ["teal"]
    assert reading.only
    assert _told(reading) == {"the colour blurple": "no colour of that name is known; it is left out"}


def test_wishes_that_exclude_each_other_are_settled(reader):
    red = [{"name": "red", "value": "#d62828"}]
    told = {"kinds": ["badge", "letters"], "kinds_avoided": ["badge"], "colours": red, "colours_avoided": red}
    reading = reader.read(_brief("red badge, no red badge", told))
    assert reading.kinds == (MarkKind.LETTERS,)
    assert reading.colours == ()
    assert _told(reading) == {"mark badge, but not badge": "badge is left out", "red, but not red": "red is left out"}


def test_fields_win_over_a_model():
    brief = _brief(
        "a fox bakery called Foxy, since 1894",
        {"show": [_scene("fox")], "name": "Foxy", "established": "1894", "styles": ["bold"], "kinds": ["badge"]},
        brand_name="Linden",
        style="elegant",
        show=("owl",),
        avoid=("fox",),
        mark="pictorial",
        layout="stacked",
        established="1901",
    )
    reading = Studio.open().read(brief)
    assert (reading.name, reading.established, reading.styles) == ("Linden", "1901", (Style.ELEGANT,))
    assert (reading.kinds, reading.layout) == ((MarkKind.PICTORIAL,), LayoutKind.STACKED)
    assert [scene.things[0].words for scene in reading.show] == ["owl"]
    assert "fox" in reading.avoid


def test_a_text_that_no_font_can_set_is_left_out_of_a_model_s_reading_too():
    reading = Studio.open().read(_brief("ᚠᚢᚦ bakery", {"name": "ᚠᚢᚦ", "topic": "bakery"}))
    assert reading.name == ""
    assert _told(reading) == {"set ᚠᚢᚦ": "no font here has its letters; it is left out"}


def test_the_old_route_sets_no_text_whatever_a_model_reads():
    reading = Studio.open().read(_brief("called Foxy, a bakery", {"name": "Foxy"}, text_in_prompt=False))
    assert reading.name == ""


def test_a_brief_with_a_reading_is_drawn_by_it_and_the_same_again():
    studio = Studio(Studio.open().materials)
    brief = _brief("キツネ", {"show": [_scene("fox")], "topic": "fox"}, count=2, seed=3)
    first = [logo.svg for logo in studio.generate(brief)]
    assert {"fox"} <= {shown for logo in studio.generate(brief) for shown in logo.shows}
    assert [
        logo.svg for logo in Studio(studio.materials).generate(Brief.from_dict(json.loads(json.dumps(brief.to_dict()))))
    ] == first


def test_a_typeface_is_one_that_there_is_and_parts_of_the_name_are_the_rules_to_find(reader):
    prompt = "called 'Clay Works', first word red and second word black"
    told = {"name": "Clay Works", "family": "playfair display", "families_avoided": ["LORA", "Papyrus"]}
    reading = reader.read(_brief(prompt, told))
    assert (reading.family, reading.families_avoided) == ("Playfair Display", ("Lora",))
    assert reading.name_colours == reader.read(Brief(prompt)).name_colours != ()
    assert _told(reader.read(_brief("a bakery", {"family": "Papyrus"}))) == {
        "the typeface Papyrus": "it is not here; what else the brief says decides"
    }
