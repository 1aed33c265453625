"""Parts of the name in colours of their own, and families asked for by name."""

from collections.abc import Sequence

import pytest

from blazon.brief import Brief, TypeKind
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading
from blazon.reading.recorded import write_reading


@pytest.fixture(scope="module")
def reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())


@pytest.mark.parametrize(
    ("prompt", "name", "parts"),
    [
        ("pottery, first half grey, second half red", "Clayworks", [(0, "grey"), (4, "red")]),
        ("pottery, 'Clay' in red and 'Works' in black", "ClayWorks", [(0, "red"), (4, "black")]),
        ("bakery, Blue in navy and Loaf in mustard", "Blue Loaf", [(0, "navy"), (5, "mustard")]),
        ("bakery, the first word in navy, the second in mustard", "Blue Loaf", [(0, "navy"), (5, "mustard")]),
        ("first letter red, the rest black", "Lumen", [(0, "red"), (1, "black")]),
        ("a two-tone name, please", "Paintbox", [(5, None)]),
        ("the second half of the name in teal", "Moonraker", [(4, "teal")]),
        ("a red fox for the first half of the season", "Foxglove", []),
        ("red and black", "Clayworks", []),
        ("Blue Loaf, a bakery in mustard", "Blue Loaf", []),
    ],
)
def test_parts_of_the_name_have_colours(
    reader: BriefReader, prompt: str, name: str, parts: Sequence[tuple[int, str | None]]
) -> None:
    reading = reader.read(Brief(prompt, brand_name=name))
    found = [(part.start, part.colour.name if part.colour else None) for part in reading.name_colours]
    assert found == list(parts)
    wanted = {colour.name for colour in reading.colours}
    assert wanted.issuperset(colour for _, colour in parts if colour)


def test_a_name_told_in_two_parts_is_the_name(reader: BriefReader) -> None:
    reading = reader.read(Brief("pottery, 'Clay' in red and 'Works' in black"))
    assert (reading.name, [part.start for part in reading.name_colours]) == ("Clay Works", [0, 5])
    assert reading.slogan == ""


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("law firm, set in Playfair Display, navy", "Playfair Display"),
        ("use Montserrat for the name", "Montserrat"),
        ("font: Lobster, a seafood shack", "Lobster"),
        ("I'd love it in the Oswald typeface", "Oswald"),
        ("bakery, garamond please", "EB Garamond"),
        ("a lobster restaurant", ""),
        ("a hotel in Montserrat", ""),
        ("Anton is a butcher", ""),
        ("anything but the Lobster font", ""),
    ],
)
def test_a_family_is_asked_for_by_name(reader: BriefReader, prompt: str, family: str) -> None:
    assert reader.read(Brief(prompt, brand_name="Holt")).family == family


def test_a_family_that_is_refused_is_avoided_and_refuses_no_text(reader: BriefReader) -> None:
    reading = reader.read(Brief("bakery, anything but Comic Sans or the Lobster font", brand_name="Holt"))
    assert set(reading.families_avoided) == {"Comic Sans", "Lobster"}
    assert (reading.layout, reading.avoid, reading.unmet) == (None, (), ())


def test_a_family_that_is_not_here_is_told_and_its_kind_is_set(reader: BriefReader) -> None:
    reading = reader.read(Brief("set the name in Helvetica Light", brand_name="Holt"))
    assert set(reading.type) == {TypeKind.SANS, TypeKind.THIN}
    assert [one.wish for one in reading.unmet] == ["the typeface Helvetica"]


def test_what_a_language_model_says_of_families_is_held_to_what_there_is_and_the_rules_read_the_parts(
    reader: BriefReader,
) -> None:
    told = Reading(topic="pottery", name="Clayworks", family="playfair", families_avoided=("Comic Sans", "Lobster"))
    prompt = "pottery, first half grey, second half red"
    reading = reader.read(Brief(prompt, brand_name="Clayworks", reading=write_reading(told)))
    assert (reading.family, reading.families_avoided) == ("Playfair Display", ("Lobster",))
    assert [(part.start, part.colour and part.colour.name) for part in reading.name_colours] == [
        (0, "grey"),
        (4, "red"),
    ]
