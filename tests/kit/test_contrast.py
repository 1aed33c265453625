import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.kit.contrast import apca_contrast, wcag_level, wcag_ratio

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


# The test values of the authors of APCA 0.1.9.
@pytest.mark.parametrize(
    ("text", "ground", "value"),
    [
        ("#888888", "#ffffff", 63.056469930209424),
        ("#ffffff", "#888888", -68.54146436644962),
        ("#000000", "#aaaaaa", 58.146262578561334),
        ("#aaaaaa", "#000000", -56.24113336839742),
        ("#112233", "#ddeeff", 91.66830811481631),
        ("#ddeeff", "#112233", -93.06770049484275),
        ("#112233", "#444444", 8.32326136957393),
        ("#444444", "#112233", -7.526878460278154),
    ],
)
def test_apca_gives_what_its_authors_give(text: str, ground: str, value: float) -> None:
    assert apca_contrast(text, ground) == pytest.approx(value)


def test_wcag_gives_its_ratio_and_what_it_is_good_for() -> None:
    assert wcag_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert wcag_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert [wcag_level(ratio) for ratio in (7.0, 6.9, 4.49, 2.9)] == [
        "AAA, all text",
        "AA, all text",
        "large text, icons",
        "decoration only",
    ]


@given(COLOURS, COLOURS)
def test_light_on_dark_is_negative(one: str, other: str) -> None:
    assert -108.1 < apca_contrast(one, other) < 106.1
    assert apca_contrast(one, one) == 0
