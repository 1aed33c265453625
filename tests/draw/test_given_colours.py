from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.design import ColourScheme
from blazon.draw.given_colours import GivenColours, carriers, schemes
from blazon.draw.palette import MIN_CONTRAST, contrast, lch_of

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
lists = st.lists(colours, min_size=1, max_size=5)
INKS = ("mark", "accent", "tint", "name", "slogan", "paper")


def used(scheme: ColourScheme, roles: tuple[str, ...] = INKS) -> set[str]:
    return {getattr(scheme, role) for role in roles}


@given(lists)
def test_only_the_given_colours_are_used_and_what_carries_them(wished: list[str]) -> None:
    found = schemes(GivenColours(tuple(wished), only=True))
    assert found
    for scheme in found:
        assert used(scheme) <= {*wished, *carriers(wished)}
        assert used(scheme) <= set(scheme.palette)


@given(lists, st.booleans())
def test_everything_that_carries_meaning_can_be_read(wished: list[str], only: bool) -> None:
    for scheme in schemes(GivenColours(tuple(wished), only=only)):
        for ink in ("mark", "accent", "name", "slogan"):
            assert contrast(getattr(scheme, ink), scheme.paper) >= MIN_CONTRAST


@given(lists)
def test_white_or_black_joins_only_where_a_colour_reads_on_no_other(wished: list[str]) -> None:
    strays = [one for one in wished if all(contrast(one, other) < MIN_CONTRAST for other in wished)]
    added = carriers(wished)
    assert bool(added) == bool(strays)
    assert set(added) <= {"#ffffff", "#000000"}
    assert all(any(contrast(stray, plain) >= MIN_CONTRAST for plain in added) for stray in strays)


@given(lists)
def test_colours_that_are_not_the_only_ones_are_seen_as_they_are(wished: list[str]) -> None:
    for scheme in schemes(GivenColours(tuple(wished))):
        assert used(scheme, ("mark", "name", "paper")) & set(wished)


@pytest.mark.parametrize("only", [True, False])
@pytest.mark.parametrize(
    "wished",
    [
        ("#ffff00", "#000000"),
        ("#000000", "#ffffff"),
        ("#dc143c", "#fffdd0"),
        ("#000080", "#ffd700"),
        ("#0a4d68", "#f4a460"),
    ],
)
def test_of_two_colours_both_are_seen_in_every_one_of_the_first_four(wished: tuple[str, ...], only: bool) -> None:
    for scheme in schemes(GivenColours(wished, only=only))[:4]:
        assert used(scheme, ("mark", "name", "paper")) >= set(wished)


@given(st.lists(colours, min_size=2, max_size=5, unique=True))
def test_two_colours_get_neutrals_beside_them_and_no_tones(wished: list[str]) -> None:
    for scheme in schemes(GivenColours(tuple(wished))):
        assert all(lch_of(one)[1] < 0.01 for one in used(scheme) - set(wished))


def test_five_colours_are_all_used() -> None:
    wished = ("#14284b", "#d62839", "#f4a261", "#2a9d8f", "#fefae0")
    best = schemes(GivenColours(wished, only=True))[:4]
    assert all(used(scheme) == set(wished) for scheme in best)
    assert len({scheme.paper for scheme in best}) > 1


def test_as_few_as_one_colour_makes_two_grounds() -> None:
    found = schemes(GivenColours(("#dc143c",), only=True))
    assert {(scheme.mark, scheme.paper) for scheme in found} == {("#dc143c", "#ffffff"), ("#ffffff", "#dc143c")}
    yellow = schemes(GivenColours(("#ffff00",), only=True))
    assert {scheme.paper for scheme in yellow} == {"#ffff00", "#000000"}


def test_a_background_asked_for_is_every_paper() -> None:
    given_colours = GivenColours(("#000080", "#ffd700"), paper="#000080")
    found = schemes(given_colours)
    assert {scheme.paper for scheme in found} == {"#000080"}
    assert found[0].mark == "#ffd700"
    assert schemes(replace(given_colours, only=True))[0].name == "#ffd700"


def test_a_name_s_colour_and_an_accent_stay_in_their_role() -> None:
    named = schemes(GivenColours(("#1f2d3d", "#c1121f"), name="#c1121f"))[0]
    assert (named.name, named.mark) == ("#c1121f", "#1f2d3d")
    for scheme in schemes(GivenColours(("#14284b", "#e8590c"), accents=("#e8590c",)))[:4]:
        assert "#e8590c" in (scheme.mark, scheme.accent)
        assert "#e8590c" not in (scheme.name, scheme.paper)
