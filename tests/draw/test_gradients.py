"""Gradients: clean, readable, within what was given."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.design import ColourScheme
from blazon.draw.gradients import add_gradient, suits_gradient
from blazon.draw.palette import HARMONIES, MIN_CONTRAST, Ground, contrast, scheme

BLUE = ColourScheme("#1d4f9f", "#e0702a", "#dde6f5", "#111111", "#444444", "#ffffff")
SCHEMES = [scheme(harmony, ground) for harmonies in HARMONIES.values() for harmony in harmonies for ground in Ground]


def test_blue_runs_to_cyan_and_not_to_orange() -> None:
    assert not suits_gradient(BLUE)
    assert suits_gradient(replace(BLUE, accent="#0f8fb8"))


def test_a_given_palette_is_kept_or_there_is_no_gradient() -> None:
    colours = replace(BLUE, palette=("#1d4f9f", "#e0702a", "#ffffff"))
    assert add_gradient(colours) is None
    related = replace(colours, accent="#0f8fb8")
    assert add_gradient(related) == related


def test_grey_has_no_gradient() -> None:
    assert add_gradient(replace(BLUE, mark="#333333")) is None


@pytest.mark.parametrize("colours", SCHEMES)
def test_both_stops_can_be_read_on_the_paper(colours: ColourScheme) -> None:
    found = add_gradient(colours)
    if found is not None:
        assert contrast(found.accent, found.paper) >= MIN_CONTRAST
        assert replace(found, accent=colours.accent) == colours


@given(st.sampled_from(SCHEMES))
def test_what_is_added_suits(colours: ColourScheme) -> None:
    found = add_gradient(colours)
    assert found is None or suits_gradient(found)


@pytest.mark.parametrize("mark", ["#7a4a24", "#8b6a4a", "#9c7a2c", "#6b7f86"])
def test_browns_and_muted_colours_have_no_gradient(mark: str) -> None:
    assert add_gradient(replace(BLUE, mark=mark, accent="#ae8d50")) is None
