"""Designs in other layouts: what is kept, and what the other layout wants otherwise."""

from dataclasses import replace

import pytest

from blazon.brief import LayoutKind, LetterCase
from blazon.design import (
    BadgePlan,
    ColourScheme,
    Design,
    LetterPlace,
    LetterSymbol,
    SymbolMark,
    Treatment,
    Typeface,
)
from blazon.direction.layouts import set_layout
from blazon.draw.artwork import Materials, draw
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#123456", "#c05020", "#dde6ee", "#101820", "#404850", "#ffffff")


@pytest.fixture(scope="module")
def materials() -> Materials:
    return Materials.open()


@pytest.fixture
def design() -> Design:
    return Design(
        "Nord",
        LayoutKind.HORIZONTAL,
        SymbolMark("mdi:coffee"),
        COLOURS,
        brand_name="Nord",
        name_type=Typeface("Rubik", 600),
    )


def test_the_same_layout_is_the_same_design(design, materials):
    assert set_layout(design, LayoutKind.HORIZONTAL, materials.fonts) is design


@pytest.mark.parametrize("layout", LayoutKind)
def test_every_layout_of_a_whole_logo_is_drawn_and_leads_back(design, materials, layout):
    changed = set_layout(design, layout, materials.fonts)
    assert draw(changed, materials).layers
    back = set_layout(changed, LayoutKind.HORIZONTAL, materials.fonts)
    assert (back.mark, back.brand_name, back.colours) == (design.mark, design.brand_name, design.colours)


def test_a_name_is_bent_in_open_capitals_unless_its_case_is_wished_for(design, materials):
    bent = set_layout(design, LayoutKind.EMBLEM, materials.fonts)
    assert bent.name_type is not None
    assert (bent.badge, bent.name_type.case) == (BadgePlan.RING, LetterCase.UPPER)
    assert bent.name_type.tracking > 0
    given = replace(design, name_type=Typeface("Rubik", 600, LetterCase.LOWER, case_wished=True))
    assert set_layout(given, LayoutKind.EMBLEM, materials.fonts).name_type == given.name_type


def test_a_script_stands_below_the_mark_of_a_badge(design, materials):
    script = next(family for family in materials.fonts.families if not family.capitals)
    written = replace(design, name_type=Typeface(script.name, script.weights[0]))
    assert set_layout(written, LayoutKind.EMBLEM, materials.fonts).badge is BadgePlan.CREST


def test_a_badge_takes_no_treatment_that_parts_its_mark(design, materials):
    cut = replace(design, treatment=Treatment.CUT, cut=30)
    assert set_layout(cut, LayoutKind.EMBLEM, materials.fonts).treatment is Treatment.FRAMED


def test_the_symbol_in_a_name_becomes_its_mark(design, materials):
    place = LetterSymbol("mdi:coffee", 1, LetterPlace.LETTER)
    name = replace(design, mark=None, layout=LayoutKind.WORDMARK, letter_symbol=place)
    stacked = set_layout(name, LayoutKind.STACKED, materials.fonts)
    assert (stacked.mark, stacked.letter_symbol) == (SymbolMark("mdi:coffee"), None)


def test_what_lacks_a_part_says_what_can_be_had(design, materials):
    with pytest.raises(InvalidDesign, match="ask for wordmark or symbol"):
        set_layout(replace(design, mark=None, layout=LayoutKind.WORDMARK), LayoutKind.STACKED, materials.fonts)
    with pytest.raises(InvalidDesign, match="ask for symbol"):
        set_layout(replace(design, brand_name="", layout=LayoutKind.SYMBOL), LayoutKind.STACKED, materials.fonts)
