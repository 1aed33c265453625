from blazon.brief import Brief, Palette
from blazon.reading.colour_limits import list_colour_limits
from blazon.reading.reading import Colour, ColourRole, Reading

YELLOW, WHITE = Colour("yellow", "#f9c80e"), Colour("white", "#ffffff", ColourRole.BACKGROUND)
NAVY, BLACK = Colour("navy", "#14284b"), Colour("black", "#000000")


def told(*colours: Colour, only: bool = False, palette: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    brief = Brief("a shop", palette=Palette(colours=palette) if palette else None)
    found = list_colour_limits(Reading(colours=colours, only=only), brief)
    return [(unmet.wish, unmet.instead) for unmet in found]


def test_a_colour_that_cannot_be_read_on_its_background_is_told() -> None:
    assert told(YELLOW, WHITE) == [("yellow on white", "yellow is made darker, so that it can be read")]
    assert told(NAVY, WHITE) == []


def test_white_that_joins_the_only_colours_is_told() -> None:
    ((wish, instead),) = told(NAVY, BLACK, only=True)
    assert wish == "only navy, black"
    assert instead.startswith("white is added")
    assert told(NAVY, BLACK) == []


def test_colours_that_carry_each_other_need_nothing_to_be_told() -> None:
    assert told(YELLOW, BLACK, only=True) == []
    assert told(NAVY, only=True) == []
    assert told(palette=("#14284b", "#fefae0")) == []


def test_a_palette_of_the_brief_is_told_of_instead_of_the_words() -> None:
    ((wish, _),) = told(NAVY, palette=("#14284b", "#000000"))
    assert wish == "only #14284b, #000000"
