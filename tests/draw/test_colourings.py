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
