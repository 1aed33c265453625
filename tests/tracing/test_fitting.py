import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.draw.curve_fitting import Piece, point_on
from blazon.tracing.contours import Curve
from blazon.tracing.corners import find_corners, find_sides, resample
from blazon.tracing.fitting import fit_contour

TOLERANCE = 0.5


def polygon(corners: list[complex]) -> Curve:
    """Return points along a polygon, a pixel apart, its corners not among them: as pixels see it."""
    points = []
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        count = int(abs(end - start))
        points += [start + (end - start) * (place + 0.5) / count for place in range(count)]
    return np.array(points)


def regular(sides: int, radius: float, turn: float) -> list[complex]:
    return [200 + 200j + radius * np.exp(1j * (turn + 2 * np.pi * side / sides)) for side in range(sides)]


def away_from(pieces: list[Piece], points: Curve) -> float:
    """Return how far the farthest of some points is from a row of pieces."""
    drawn = np.concatenate([point_on(piece, np.linspace(0, 1, 400)) for piece in pieces])
    return float(max(np.abs(drawn - point).min() for point in points))


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 10), st.floats(60, 150), st.floats(0, 3))
def test_a_polygon_has_a_node_at_each_corner_and_no_other(sides: int, radius: float, turn: float) -> None:
    corners = regular(sides, radius, turn)
    pieces = fit_contour(polygon(corners), TOLERANCE)
    assert len(pieces) == sides
    assert all(piece.straight for piece in pieces)
    assert max(min(abs(piece.start - corner) for corner in corners) for piece in pieces) < 0.8


@settings(max_examples=60, deadline=None)
@given(st.floats(8, 150), st.floats(0.3, 1), st.floats(0, 3))
def test_an_ellipse_is_four_arcs(radius: float, flat: float, turn: float) -> None:
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    short = max(radius * flat, 5)
    points = 200 + 200j + np.exp(1j * turn) * (radius * np.cos(angle) + 1j * short * np.sin(angle))
    pieces = fit_contour(points, TOLERANCE)
    assert len(pieces) == 4
    assert away_from(pieces, points) < max(1.0, 0.02 * radius)


@settings(max_examples=40, deadline=None)
@given(st.floats(15, 40), st.integers(140, 260), st.integers(120, 200))
def test_a_rounded_rectangle_is_four_sides_and_four_corners(radius: float, width: int, height: int) -> None:
    turns = np.linspace(0, np.pi / 2, 40)
    points = []
    for turn, (x, y) in enumerate([(width, height), (0, height), (0, 0), (width, 0)]):
        middle = complex(x + (radius if x == 0 else -radius), y + (radius if y == 0 else -radius))
        points += list(100 + 100j + middle + radius * np.exp(1j * (turns + turn * np.pi / 2)))
    pieces = fit_contour(np.array(points), TOLERANCE)
    assert 8 <= len(pieces) <= 9
    assert sum(piece.straight for piece in pieces) >= 4
    assert away_from(pieces, resample(np.array(points))) < 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_smooth_curve_is_followed_within_the_tolerance(seed: int) -> None:
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 900, endpoint=False)
    radius = 100 + sum(random.normal(0, 30 / k**2) * np.cos(k * angle + random.uniform(0, 6)) for k in range(2, 6))
    points = 200 + 200j + radius * np.exp(1j * angle)
    pieces = fit_contour(points, TOLERANCE)
    assert len(pieces) <= 24
    assert away_from(pieces, points[::7]) < 2 * TOLERANCE
    for one, other in zip(pieces, [*pieces[1:], pieces[0]], strict=True):
        assert abs(one.end - other.start) < 1e-9


@pytest.mark.parametrize("points", [[], [0], [0, 1], [0, 1, 1j], [0, 5, 10, 5]])
def test_what_has_no_area_is_nothing(points: list[complex]) -> None:
    assert fit_contour(np.array(points, dtype=complex), TOLERANCE) == []


def test_an_arc_has_no_straight_sides_and_no_corners() -> None:
    angle = np.linspace(0, 2 * np.pi, 900, endpoint=False)
    circle = resample(300 * np.exp(1j * angle))
    assert find_corners(circle) == []
    assert find_sides(circle[:900], TOLERANCE) == []
