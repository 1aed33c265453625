import itertools

import pytest
from coloraide import Color
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import PaletteMood
from blazon.design import ColourScheme
from blazon.draw.colourings import inverse
from blazon.draw.hues import HueFamily, family_of
from blazon.draw.palette import (
    HARMONIES,
    MIN_CONTRAST,
    Ground,
    Harmony,
    contrast,
    hex_of,
    lch_of,
    scheme,
    set_name_in_main,
)

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
    ("mark", "name", "set_in"),
    [("#6d1a2d", "#1c1d20", "#6d1a2d"), ("#808080", "#6d1a2d", "#6d1a2d"), ("#ea7209", "#14284b", "#14284b")],
)
def test_a_wordmark_carries_a_colour(mark: str, name: str, set_in: str) -> None:
    colours = ColourScheme(mark, mark, mark, name, name, "#ffffff")
    assert set_name_in_main(colours).name == set_in


@pytest.mark.parametrize("mood", PaletteMood)
def test_a_wordmark_on_a_dark_ground_can_be_read(mood: PaletteMood) -> None:
    for harmony in HARMONIES[mood]:
        colours = set_name_in_main(scheme(harmony, Ground.DARK))
        hue = lch_of(colours.name)[2]
        least = 7 if 75 <= hue < 115 else 3.5 if hue < 46 or hue >= 339 else 4.4
        assert contrast(colours.name, colours.paper) >= least, colours


def test_what_is_green_is_not_orange_on_a_dark_ground() -> None:
    colours = scheme(Harmony(lch_of("#1f5138"), lch_of("#e0733c")), Ground.DARK)
    assert family_of(colours.mark) is HueFamily.GREEN


@pytest.mark.parametrize("brown", ["#54402f", "#7a4a24", "#4b2e22", "#a63d2f"])
def test_the_light_tone_of_a_brown_is_cream_and_not_skin(brown: str) -> None:
    tint = scheme(Harmony(lch_of(brown), lch_of("#23395b")), Ground.WHITE).tint
    assert 80 <= lch_of(tint)[2] <= 96
