from collections.abc import Sequence
from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind
from blazon.design import ColourScheme, Design, Typeface
from blazon.direction.two_tone import set_in_two_tones
from blazon.draw.artwork import draw
from blazon.draw.outline import Ink
from blazon.reading.reading import Colour, NamePart, Reading
from blazon.studio import Candidate, Studio

STUDIO = Studio.open()
COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")
DESIGN = Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="Blue Loaf", name_type=Typeface("Montserrat", 700))


def in_letters(brief: Brief) -> list[Candidate]:
    return [candidate for candidate in STUDIO.generate(brief) if candidate.design.letter_symbol]


@pytest.mark.parametrize(
    ("name", "prompt", "letters"),
    [
        ("Olivio", "a salad bar, with a leaf in the letter O", "o"),
        ("Moon Coffee", "a coffee bar, replace the O with a globe", "o"),
        ("Solano", "wordmark only, with a sun in the O", "o"),
    ],
)
def test_a_thing_asked_for_in_a_letter_is_drawn_in_that_letter(name: str, prompt: str, letters: str) -> None:
    brief = Brief(prompt, brand_name=name)
    drawn = in_letters(brief)
    assert len(drawn) >= 2
    for candidate in drawn:
        place = candidate.design.letter_symbol
        assert place is not None
        assert name.replace(" ", "")[place.index].casefold() in letters
        assert candidate.shows == (STUDIO.materials.symbols.get(place.symbol).name,)
        assert "as the brief asks" in candidate.why
    assert STUDIO.read(brief).unmet == ()


@pytest.mark.parametrize(
    ("name", "reason"), [("Kilt", "the name has no O"), ("", "there is no name whose letter could hold it")]
)
def test_where_it_has_no_place_that_is_told(name: str, reason: str) -> None:
    brief = Brief("a salad bar, with a leaf in the letter O", brand_name=name)
    (unmet,) = STUDIO.read(brief).unmet
    assert unmet.wish == "leaf in the letter O"
    assert reason in unmet.instead
    assert not in_letters(brief)
    assert any("leaf" in candidate.shows for candidate in STUDIO.generate(brief))


def test_each_candidate_with_a_symbol_in_its_name_is_had_alone() -> None:
    brief = Brief("a salad bar, with a leaf in the letter O", brand_name="Olivio")
    alone = [STUDIO.generate(replace(brief, count=1, first=first))[0].svg for first in range(4)]
    assert alone == [candidate.svg for candidate in STUDIO.generate(brief)]


RED, GREY, YELLOW = Colour("red", "#cc1122"), Colour("grey", "#777777"), Colour("yellow", "#ffee22")


@pytest.mark.parametrize(
    ("parts", "inks"),
    [
        ((NamePart(0, GREY), NamePart(5, RED)), ("#777777", "#cc1122")),
        ((NamePart(5, RED),), ("#112233", "#cc1122")),
        ((NamePart(5),), ("#112233", "#cc4411")),
        ((NamePart(0, YELLOW), NamePart(5, GREY)), ("#ffee22", "#777777")),
    ],
)
def test_the_parts_of_a_name_have_the_colours_that_are_asked_for(
    parts: Sequence[NamePart], inks: tuple[str, str]
) -> None:
    design = set_in_two_tones(DESIGN, Reading(name="Blue Loaf", name_colours=tuple(parts)))
    assert design.name_split == 5
    assert (design.colours.name, design.colours.accent) == inks
    assert {layer.ink for layer in draw(design, STUDIO.materials).layers} == {Ink.NAME, Ink.ACCENT}


def test_a_name_without_parts_stays_as_it_is() -> None:
    assert set_in_two_tones(DESIGN, Reading(name="Blue Loaf")) is DESIGN
    assert set_in_two_tones(DESIGN, Reading(name_colours=(NamePart(0, RED),))) is DESIGN


def test_two_tones_are_drawn_in_most_candidates() -> None:
    brief = Brief("a bakery, first half of the name grey, second half red", brand_name="Clayworks")
    split = [candidate.design for candidate in STUDIO.generate(brief) if candidate.design.name_split == 4]
    assert len(split) >= 3
    assert {(design.colours.name, design.colours.accent) for design in split} == {("#808080", "#d62828")}
