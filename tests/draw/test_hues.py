import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.hues import HueFamily, family_of, hue_distance, is_kin, is_shade
from blazon.draw.palette import lch_of

values = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("value", "family"),
    [
        ("#dc143c", HueFamily.RED),
        ("#800000", HueFamily.RED),
        ("#ff8c00", HueFamily.ORANGE),
        ("#ffa500", HueFamily.ORANGE),
        ("#8b4513", HueFamily.BROWN),
        ("#4b2e22", HueFamily.BROWN),
        ("#ffd700", HueFamily.YELLOW),
        ("#808000", HueFamily.GREEN),
        ("#22573a", HueFamily.GREEN),
        ("#008080", HueFamily.TEAL),
        ("#000080", HueFamily.BLUE),
        ("#87ceeb", HueFamily.BLUE),
        ("#6a3fa0", HueFamily.PURPLE),
        ("#ff69b4", HueFamily.PINK),
        ("#ffc0cb", HueFamily.PINK),
        ("#17181b", HueFamily.BLACK),
        ("#808080", HueFamily.GREY),
        ("#fdfcfa", HueFamily.WHITE),
    ],
)
def test_colours_are_of_the_family_that_people_call_them(value: str, family: HueFamily) -> None:
    assert family_of(value) is family


@pytest.mark.parametrize(
    ("value", "avoided"),
    [
        ("#002219", "#008000"),
        ("#00797a", "#008000"),
        ("#00797a", "#0000ff"),
        ("#b3122d", "#d62828"),
        ("#fff4c2", "#ffd700"),
    ],
)
def test_what_passes_for_an_avoided_colour_is_its_kin(value: str, avoided: str) -> None:
    assert is_kin(value, avoided)


@pytest.mark.parametrize(
    ("value", "avoided"),
    [
        ("#8b4513", "#ffa500"),
        ("#8c1c2b", "#ffc0cb"),
        ("#00797a", "#800080"),
        ("#17181b", "#808080"),
        ("#ffffff", "#ffd700"),
    ],
)
def test_what_is_another_colour_is_no_kin(value: str, avoided: str) -> None:
    assert not is_kin(value, avoided)


@given(values, values)
def test_kin_and_shades_hold_for_the_colour_itself_and_hues_lie_within_half_a_turn(one: str, other: str) -> None:
    assert is_kin(one, one)
    assert is_shade(one, one)
    assert 0 <= hue_distance(lch_of(one), lch_of(other)) <= 180
