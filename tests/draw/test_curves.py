import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.curves import (
    arc_band,
    closed_curve,
    combine_paths,
    inset_polygon,
    lens,
    polar,
    ribbon,
    ring,
    rounded_polygon,
    sector,
    superellipse,
)
from blazon.draw.outline import bounds, inked_area, intersect_paths, polygon, rotate_path

angles = st.floats(-360, 360)


def test_angles_run_clockwise_from_the_right() -> None:
    assert polar(10, 0) == pytest.approx((10, 0))
    assert polar(10, 90, (1, 2)) == pytest.approx((1, 12))
    assert polar(10, -90) == pytest.approx((0, -10))


@given(st.floats(0, 300), angles, st.floats(5, 355))
def test_a_sector_has_its_share_of_the_ring(inner: float, start: float, sweep: float) -> None:
    area = math.pi * (500**2 - inner**2) * sweep / 360
    assert inked_area(sector(inner, 500, start, start + sweep)) == pytest.approx(area, rel=1e-3)


@given(st.sampled_from([0.0, 200.0]), st.integers(2, 9))
def test_neighbouring_sectors_stand_a_constant_gap_apart(inner: float, count: int) -> None:
    step, gap = 360 / count, 40.0
    sectors = [sector(inner, 500, index * step, (index + 1) * step, gap) for index in range(count)]
    # Along the seam at 0 degrees nothing is inked within half the gap, and ink begins right behind it.
    seam = polygon([(250, -gap / 2 + 0.5), (450, -gap / 2 + 0.5), (450, gap / 2 - 0.5), (250, gap / 2 - 0.5)])
    beside = polygon([(250, gap / 2 + 0.5), (450, gap / 2 + 0.5), (450, gap / 2 + 2.5), (250, gap / 2 + 2.5)])
    assert inked_area(intersect_paths(combine_paths(sectors), seam)) == 0
    assert inked_area(intersect_paths(sectors[0], beside)) == pytest.approx(400, rel=1e-2)


def test_a_ring_has_a_hole() -> None:
    assert inked_area(ring((3, 4), 500, 400)) == pytest.approx(math.pi * (500**2 - 400**2), rel=1e-3)


@given(angles, st.floats(10, 300))
def test_an_arc_band_is_as_long_as_its_arc_and_has_round_ends(start: float, sweep: float) -> None:
    area = math.radians(sweep) * 400 * 60 + math.pi * 30**2
    assert inked_area(arc_band(400, 60, start, start + sweep)) == pytest.approx(area, rel=1e-3)


@given(angles, st.floats(20, 390))
def test_a_lens_is_as_long_and_as_wide_as_asked(heading: float, width: float) -> None:
    leaf = rotate_path(lens((0, 0), polar(400, heading), width), -heading)
    box = bounds([leaf])
    assert (box.left, box.width, box.height) == pytest.approx((0, 400, width), abs=0.1)


@given(st.integers(3, 9), st.floats(0, 100))
def test_rounding_the_corners_of_a_polygon_takes_only_the_corners(sides: int, radius: float) -> None:
    corners = [polar(500, 360 * index / sides) for index in range(sides)]
    # Each corner loses the kite between centre and cuts, less the sector of the arc.
    lean = math.pi / sides
    lost = sides * radius**2 * (math.tan(lean) - lean)
    area = inked_area(polygon(corners)) - lost
    assert inked_area(rounded_polygon(corners, radius)) == pytest.approx(area, rel=1e-3)


@given(st.integers(3, 9), st.floats(0, 200))
def test_an_inset_polygon_keeps_its_shape(sides: int, by: float) -> None:
    corners = [polar(500, 360 * index / sides) for index in range(sides)]
    inner = 500 - by / math.cos(math.pi / sides)
    for found, index in zip(inset_polygon(corners, by), range(sides), strict=True):
        assert found == pytest.approx(polar(inner, 360 * index / sides), abs=1e-6)


@given(st.floats(2, 8))
def test_a_superellipse_has_the_area_of_lames_formula(exponent: float) -> None:
    share = math.gamma(1 + 1 / exponent) ** 2 / math.gamma(1 + 2 / exponent)
    assert inked_area(superellipse(500, 300, exponent)) == pytest.approx(4 * 500 * 300 * share, rel=2e-3)


def test_a_closed_curve_follows_its_formula() -> None:
    outline = closed_curve(lambda turn: (500 * math.cos(turn), 300 * math.sin(turn)), math.tau, 16)
    assert inked_area(outline) == pytest.approx(math.pi * 500 * 300, rel=1e-4)


@given(st.floats(10, 200), st.floats(0.5, 6))
def test_a_ribbon_is_evenly_wide(width: float, sweep: float) -> None:
    strip = ribbon(lambda turn: (300 * math.cos(turn), 300 * math.sin(turn)), width, 0, sweep, 12)
    assert inked_area(strip) == pytest.approx(300 * sweep * width, rel=1e-3)
