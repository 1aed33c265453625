"""Fields against the prompt and against each other: which one wins is told, and it is what is read."""

from typing import Any

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind, PaletteMood, Style, TypeKind
from blazon.reading.reading import Reading
from blazon.studio import Studio

STUDIO = Studio.open()


def read(prompt: str, **fields: Any) -> Reading:
    return STUDIO.read(Brief(prompt, brand_name="Holt", **fields))


@pytest.mark.parametrize(
    ("prompt", "fields", "wish", "wins"),
    [
        ("a playful cafe", {"style": "elegant"}, "style playful", "style says elegant"),
        ("stacked", {"layout": "horizontal"}, "layout stacked", "layout says horizontal"),
        ("a monogram", {"mark": "abstract"}, "mark letters", "mark says abstract"),
        ("no badge", {"mark": "badge"}, "no badge", "mark says badge"),
        ("no letters", {"letters": "KM"}, "no letters", "letters says KM"),
        ("letters K and M", {"letters": "AB"}, "letters KM", "letters says AB"),
        ("serif", {"type": "script"}, "type serif", "type says script"),
        ("not a script", {"type": "script"}, "no script", "type says script"),
        ("set in Montserrat", {"type": "serif"}, "Montserrat", "type says serif"),
        ("lower case", {"case": "upper"}, "case lower", "case says upper"),
        ("since 1894", {"established": "1902"}, "established Since 1894", "established says 1902"),
        ("slogan: 'Fresh daily'", {"slogan": "At sea"}, "slogan Fresh daily", "slogan says At sea"),
        ("a fox", {"show": ["owl"]}, "show fox", "show says owl"),
        ("a fox", {"avoid": ["foxes"]}, "show fox", "avoid says"),
        ("no foxes", {"show": ["fox"]}, "no fox", "show says"),
        ("in red and gold", {"palette": "navy, white"}, "the colour red", "palette says #000080, #ffffff"),
        ("no blue", {"palette": "navy"}, "no blue", "palette says #000080"),
        ("pastel colours", {"palette": "vivid"}, "mood pastel", "palette says vivid"),
        ("in crimson", {"palette": "ocean"}, "palette ocean", "crimson"),
        ("a cafe in red", {"avoid": ["red"]}, "the colour red", "avoid says"),
        # fields against each other
        ("a cafe", {"palette": "red", "avoid": ["red"]}, "no red", "palette says #ff0000"),
        ("a cafe", {"mark": "badge", "avoid": ["badges"]}, "avoid badge", "mark says badge"),
        ("a cafe", {"type": "serif", "avoid": ["serif"]}, "avoid serif", "type says serif"),
        ("a cafe", {"show": ["fox"], "avoid": ["animals"]}, "show fox", "avoid says animals"),
        ("a cafe", {"mark": "pictorial", "letters": "KM"}, "letters KM", "pictorial"),
        ("a cafe", {"layout": "symbol", "slogan": "At sea"}, "slogan At sea", "layout symbol"),
    ],
)
def test_what_a_field_overrules_is_told(prompt: str, fields: dict[str, Any], wish: str, wins: str) -> None:
    assert [one for one in read(prompt, **fields).unmet if wish in one.wish and wins in one.instead]


@pytest.mark.parametrize(
    ("prompt", "fields"),
    [
        ("a playful cafe", {"style": "playful"}),
        ("a serif, in capitals", {"type": "serif", "case": "upper"}),
        ("a fox", {"show": ["fox"], "avoid": ["owl"]}),
        ("navy and white", {"palette": "navy, white"}),
        ("since 1894", {"established": "1894"}),
        ("letters K and M", {"letters": "KM", "mark": "letters"}),
        ("a cafe", {"style": "bold", "palette": "red", "layout": "stacked", "slogan": "At sea"}),
    ],
)
def test_fields_that_say_what_the_prompt_says_overrule_nothing(prompt: str, fields: dict[str, Any]) -> None:
    assert not [one for one in read(prompt, **fields).unmet if "the field" in one.instead]


def test_what_a_field_says_is_what_is_read() -> None:
    reading = read(
        "playful, stacked, lower case script, a monogram, slogan: 'Fresh daily'",
        style="elegant",
        layout="horizontal",
        type="serif",
        mark="abstract",
        slogan="At sea",
    )
    assert (reading.styles, reading.layout, reading.type) == (
        (Style.ELEGANT,),
        LayoutKind.HORIZONTAL,
        (TypeKind.SERIF,),
    )
    assert (reading.kinds, reading.slogan) == ((MarkKind.ABSTRACT,), "At sea")
    assert read("set in Montserrat", type="serif").family == ""
    assert read("set in Montserrat", type="sans").family == "Montserrat"
    assert read("pastel colours").moods == (PaletteMood.PASTEL,)


def test_a_colour_among_what_is_to_be_avoided_is_avoided_as_a_colour() -> None:
    reading = read("a butcher in red", avoid=["red"])
    assert not reading.colours
    assert [colour.name for colour in reading.colours_avoided] == ["red"]
