import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.tracing.contours import area_of, find_contours


def field_of(side: int) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[:side, :side] + 0.5
    return rows, columns


@given(st.floats(14, 26), st.floats(14, 26), st.floats(3, 11))
def test_a_disc_is_found_to_a_fraction_of_a_pixel(x: float, y: float, radius: float) -> None:
    rows, columns = field_of(40)
    (curve,) = find_contours(radius - np.hypot(columns - x, rows - y))
    assert np.abs(np.abs(curve - complex(x, y)) - radius).max() < 0.08
    assert area_of(curve) == pytest.approx(np.pi * radius**2, rel=0.03)


def test_holes_run_the_other_way() -> None:
    rows, columns = field_of(40)
    away = np.hypot(columns - 20, rows - 20)
    areas = sorted(area_of(curve) for curve in find_contours(np.minimum(15 - away, away - 6)))
    assert areas == pytest.approx([-np.pi * 36, np.pi * 225], rel=0.03)


def test_what_reaches_the_rim_is_closed_there() -> None:
    (curve,) = find_contours(np.ones((5, 7)))
    assert area_of(curve) == pytest.approx(35, abs=1.5)
    assert not find_contours(np.full((5, 7), -1.0))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))
def test_curves_of_any_field_are_closed_and_add_up_to_what_is_inside(seed: int, height: int, width: int) -> None:
    field = np.random.default_rng(seed).choice([-1.0, 1.0], (height, width))
    curves = find_contours(field)
    # Between two pixels the curve runs in the middle: corners are cut off, and gaps over a corner closed.
    assert (field > 0).sum() / 2 <= sum(map(area_of, curves)) <= 1.5 * (field > 0).sum()
    for curve in curves:
        assert np.abs(np.diff(np.append(curve, curve[0]))).max() <= 1.0
