import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import PaletteMood
from blazon.design import ColourScheme
from blazon.draw.colourings import inverse
from blazon.draw.hues import HueFamily, family_of
from blazon.draw.palette import HARMONIES, MIN_CONTRAST, Ground, contrast, hex_of, lch_of, scheme

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


@given(colours, colours)
def test_contrast_is_symmetric_and_within_its_range(one: str, other: str) -> None:
    assert contrast(one, other) == pytest.approx(contrast(other, one))
    assert 1 <= contrast(one, other) <= 21.001


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(colours)
def test_oklch_and_back_is_the_same_colour(colour: str) -> None:
    assert hex_of(lch_of(colour)) == colour


@pytest.mark.parametrize("ground", [Ground.WHITE, Ground.TINTED])
def test_no_name_or_slogan_is_a_brown_black(ground: Ground) -> None:
    for harmony in itertools.chain.from_iterable(HARMONIES.values()):
        colours = scheme(harmony, ground)
        assert HueFamily.BROWN not in (family_of(colours.name), family_of(colours.slogan))
