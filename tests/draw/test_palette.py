import itertools

import pytest
from coloraide import Color
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import PaletteMood
from blazon.design import ColourScheme
from blazon.draw.colourings import inverse
from blazon.draw.hues import HueFamily, family_of
from blazon.draw.palette import HARMONIES, MIN_CONTRAST, Ground, contrast, hex_of, lch_of, scheme, set_name_in_main

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


@given(colours, colours)
def test_contrast_agrees_with_another_implementation(one: str, other: str) -> None:
    assert contrast(one, other) == pytest.approx(Color(one).contrast(other, method="wcag21"), rel=1e-3)


@given(st.floats(0.1, 0.98), st.floats(0, 0.4), st.floats(0, 360))
def test_what_lies_outside_srgb_keeps_its_lightness_and_hue(lightness: float, chroma: float, hue: float) -> None:
    found = lch_of(hex_of((lightness, chroma, hue)))
    assert found[0] == pytest.approx(lightness, abs=0.02)
    assert found[1] <= chroma + 0.02
    if found[1] > 0.05:
        assert min(abs(found[2] - hue), 360 - abs(found[2] - hue)) < 8


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


@pytest.mark.parametrize(
    ("mark", "name", "set_in"), [("#6d1a2d", "#1c1d20", "#6d1a2d"), ("#808080", "#6d1a2d", "#6d1a2d")]
)
def test_a_wordmark_carries_the_stronger_colour(mark: str, name: str, set_in: str) -> None:
    colours = ColourScheme(mark, mark, mark, name, name, "#ffffff")
    assert set_name_in_main(colours).name == set_in
