import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import PaletteMood
from blazon.design import ColourScheme
from blazon.draw import palette
from blazon.draw.palette import HARMONIES, MIN_CONTRAST, Ground, contrast, hex_of, inverse, lch_of, scheme, schemes

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def assert_readable(colours: ColourScheme) -> None:
    for ink in ("mark", "accent", "name", "slogan"):
        assert contrast(getattr(colours, ink), colours.paper) >= MIN_CONTRAST, (ink, colours)


@pytest.mark.parametrize(("mood", "ground"), list(itertools.product(PaletteMood, Ground)))
def test_every_scheme_can_be_read_also_inverted(mood: PaletteMood, ground: Ground) -> None:
    for harmony in HARMONIES[mood]:
        colours = scheme(harmony, ground)
        assert_readable(colours)
        assert_readable(inverse(colours))


@given(st.lists(colours, min_size=1, max_size=5))
def test_given_colours_are_used_as_they_are_and_can_be_read(given_colours: list[str]) -> None:
    found = schemes(given_colours)
    assert found
    for colours in found:
        assert_readable(colours)
        assert_readable(inverse(colours))
        assert {colours.mark, colours.paper} & set(given_colours)


def test_as_many_given_colours_as_possible_are_used() -> None:
    best = schemes(("#000080", "#ffff00"))[0]
    assert {best.mark, best.accent, best.paper} >= {"#000080", "#ffff00"}


@given(colours, colours)
def test_contrast_is_symmetric_and_within_its_range(one: str, other: str) -> None:
    assert contrast(one, other) == pytest.approx(contrast(other, one))
    assert 1 <= contrast(one, other) <= 21.001


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(colours)
def test_oklch_and_back_is_the_same_colour(colour: str) -> None:
    assert hex_of(lch_of(colour)) == colour


def test_one_colour_schemes_have_one_ink() -> None:
    for colours, ink in ((palette.black(), "#000000"), (palette.white(), "#ffffff")):
        assert {colours.mark, colours.accent, colours.tint, colours.name, colours.slogan} == {ink}
        assert_readable(colours)
