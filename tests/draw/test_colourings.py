from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.design import ColourScheme
from blazon.draw.colourings import black, inverse, mix_inks, white
from blazon.draw.given_colours import GivenColours, schemes
from blazon.draw.palette import MIN_CONTRAST, contrast, lch_of

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def inks(scheme: ColourScheme) -> set[str]:
    return {scheme.mark, scheme.accent, scheme.name, scheme.slogan}


def test_one_colour_schemes_have_one_ink() -> None:
    for scheme, ink in ((black(), "#000000"), (white(), "#ffffff")):
        assert inks(scheme) | {scheme.tint} == {ink}
        assert contrast(ink, scheme.paper) == pytest.approx(21)


@given(st.lists(colours, min_size=1, max_size=5), colours)
def test_any_palette_of_a_client_is_inverted_and_can_be_read(palette: list[str], mark: str) -> None:
    scheme = ColourScheme(*[mark] * 5, "#ffffff", palette=tuple(palette))
    other = inverse(scheme)
    assert other.paper == mark
    assert contrast(other.mark, other.paper) >= MIN_CONTRAST


@given(st.lists(colours, min_size=1, max_size=5))
def test_inverted_a_scheme_stays_within_its_palette_and_can_be_read(wished: list[str]) -> None:
    for scheme in schemes(GivenColours(tuple(wished), only=True)):
        other = inverse(scheme)
        assert inks(other) | {other.tint, other.paper} <= set(scheme.palette)
        assert other.paper != scheme.paper
        assert min(contrast(ink, other.paper) for ink in inks(other)) >= MIN_CONTRAST


def test_a_colour_that_can_be_read_on_the_dark_stays_as_it_is() -> None:
    scheme = schemes(GivenColours(("#dc143c",)))[0]
    assert scheme.paper == "#ffffff"
    assert inverse(scheme).mark == "#dc143c"


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma", "hue"),
    [
        ("#1b1b1b", (0.90, 1.0), (0.0, 0.01), (0, 360)),  # black is white there, and no grey
        ("#4b2e23", (0.82, 0.92), (0.04, 0.08), (70, 95)),  # brown is cream, and no skin
        ("#9b1c31", (0.45, 0.62), (0.12, 0.3), (0, 40)),  # crimson stays red, and is no pink
        ("#17406b", (0.70, 0.80), (0.05, 0.3), (230, 270)),  # navy is blue
    ],
)
def test_a_dark_colour_keeps_what_it_is_called_on_the_dark(
    colour: str, lightness: tuple[float, float], chroma: tuple[float, float], hue: tuple[float, float]
) -> None:
    other = inverse(ColourScheme(colour, colour, "#f4f1ec", "#111111", "#444444", "#ffffff"))
    assert contrast(other.mark, other.paper) >= MIN_CONTRAST
    for value, (low, high) in zip(lch_of(other.mark), (lightness, chroma, hue), strict=True):
        assert low <= value <= high


def test_nearly_white_on_the_dark_is_nearly_black_on_white() -> None:
    other = inverse(ColourScheme("#2e90e7", "#e9f2fb", "#3a4350", "#fdfcfa", "#c7ccd6", "#171c23"))
    assert lch_of(other.accent)[0] < 0.35


@pytest.mark.parametrize("paper", ["#ffffff", "#101820"])
def test_a_tint_that_is_a_colour_of_the_mark_stays_one_and_a_tone_of_the_paper_becomes_a_tone_of_the_other(
    paper: str,
) -> None:
    scheme = ColourScheme("#17406b", "#17406b", "#f2b705", "#1c1f24", "#1c1f24", paper)
    assert 70 <= lch_of(inverse(scheme).tint)[2] <= 100
    assert lch_of(inverse(scheme).tint)[1] >= 0.11
    washed = inverse(replace(scheme, tint="#e9edf2" if paper == "#ffffff" else "#233242"))
    assert abs(lch_of(washed.tint)[0] - lch_of(washed.paper)[0]) < 0.2


def test_two_inks_mix_to_a_third_that_is_seen_and_one_ink_or_a_palette_to_none() -> None:
    two = ColourScheme("#1d4f9f", "#e0702a", "#dde6f5", "#111111", "#444444", "#ffffff")
    mixed = mix_inks(two)
    assert mixed is not None
    assert mixed not in {two.mark, two.accent}
    dark = mix_inks(replace(two, paper="#101820"))
    assert dark is not None
    assert lch_of(dark)[0] > lch_of(mixed)[0]
    assert mix_inks(black()) is None
    assert mix_inks(replace(two, palette=("#1d4f9f", "#e0702a", "#ffffff"))) is None
