import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathops import LineCap, LineJoin, Path, PathOpsError

from blazon.draw.artwork import Materials
from blazon.draw.composition import fit_outline, symbol_outline
from blazon.draw.outline import (
    Box,
    bounds,
    circle,
    from_svg,
    inked_area,
    intersect_paths,
    mirror_path,
    move_path,
    number,
    rectangle,
    regular_polygon,
    rotate_path,
    scale_path,
    stroke_path,
    subtract_paths,
    to_svg,
    union,
)

SQUARE = Box(0, 0, 100, 100)
coordinates = st.floats(-2000, 2000, allow_nan=False)


def test_a_circle_has_the_area_of_a_circle() -> None:
    assert inked_area(circle((50, 50), 40)) == pytest.approx(math.pi * 40**2, rel=1e-3)


def test_cutting_a_hole_leaves_a_hole() -> None:
    ring = subtract_paths(rectangle(SQUARE), circle((50, 50), 20))
    assert inked_area(ring) == pytest.approx(100**2 - math.pi * 20**2, rel=1e-3)
    assert inked_area(intersect_paths(ring, circle((50, 50), 19))) == 0


def test_a_union_counts_overlaps_once() -> None:
    both = union([rectangle(SQUARE), move_path(rectangle(SQUARE), 50, 0)])
    assert inked_area(both) == pytest.approx(150 * 100)


@given(factor=st.floats(0.1, 10), degrees=st.floats(-360, 360), x=coordinates, y=coordinates)
def test_turning_and_mirroring_keep_the_area_and_scaling_squares_it(
    factor: float, degrees: float, x: float, y: float
) -> None:
    hexagon = regular_polygon((0, 0), 100, 6)
    area = inked_area(hexagon)
    assert inked_area(move_path(rotate_path(hexagon, degrees), x, y)) == pytest.approx(area, rel=1e-2)
    assert inked_area(mirror_path(hexagon)) == pytest.approx(area, rel=1e-4)
    assert inked_area(scale_path(hexagon, factor)) == pytest.approx(area * factor**2, rel=1e-3)


def test_rotation_is_clockwise_on_screen() -> None:
    turned = bounds([rotate_path(rectangle(Box(10, -1, 20, 1)), 90)])
    assert (turned.left, turned.top) == pytest.approx((-1, 10), abs=1e-3)


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_numbers_are_short_and_true(value: float) -> None:
    text = number(value)
    assert abs(float(text) - value) <= 0.005 + 1e-9
    assert not text.endswith(".")
    assert text != "-0"
    assert "e" not in text


def test_svg_path_data_survives_a_round_trip() -> None:
    data = "M10 10L90 10C95 40 60 80 50 90Q20 60 10 10Z"
    assert to_svg(from_svg(data)) == data


def test_svg_arcs_are_read() -> None:
    half_disc = from_svg("M0 50A50 50 0 0 1 100 50Z")
    assert inked_area(half_disc) == pytest.approx(math.pi * 50**2 / 2, rel=1e-3)


def test_a_stroke_becomes_a_filled_outline() -> None:
    line = stroke_path(from_svg("M0 0L100 0"), 10)
    assert inked_area(line) == pytest.approx(100 * 10 + math.pi * 25, rel=2e-2)


def test_outlines_that_run_in_opposite_directions_do_not_cancel_out() -> None:
    hole = rectangle(Box(20, 20, 80, 80))
    hole.reverse()
    assert inked_area(union([rectangle(SQUARE), hole])) == pytest.approx(100**2)
    backwards = rectangle(SQUARE)
    backwards.reverse()
    beside = move_path(rectangle(SQUARE), 50, 0)
    assert inked_area(union([backwards, beside])) == pytest.approx(150 * 100)


def test_an_empty_picture_has_an_empty_box() -> None:
    assert bounds([]) == Box(0, 0, 0, 0)


@pytest.mark.parametrize("symbol", ["mdi:sticker", "phosphor:note-blank-fill"])
def test_outlines_that_skia_cannot_merge_are_moved_by_a_hair(symbol: str, materials: Materials) -> None:
    one = fit_outline(symbol_outline(symbol, materials.symbols), 400, (0, -200))
    turned = [rotate_path(one, 45 * turn) for turn in range(8)]
    with pytest.raises(PathOpsError):
        _merge_at_once(turned)
    whole = union(turned)
    largest = max(inked_area(path) for path in turned)
    assert largest < inked_area(whole) < sum(inked_area(path) for path in turned)
    assert bounds([whole]).width == pytest.approx(bounds(turned).width, abs=2)


def _merge_at_once(paths: Sequence[Path]) -> None:
    merged = Path()
    for path in paths:
        merged.addPath(union([path]))
    merged.simplify(fix_winding=True, keep_starting_points=False, clockwise=False)


def test_a_line_that_skia_cannot_stroke_is_drawn_a_hair_wider(materials: Materials) -> None:
    egg = symbol_outline("game-icons:easter-egg", materials.symbols)
    line = Path(egg)
    line.stroke(180, LineCap.ROUND_CAP, LineJoin.ROUND_JOIN, 4.0)
    line.convertConicsToQuads()
    with pytest.raises(PathOpsError):
        line.simplify(fix_winding=True, keep_starting_points=False)
    assert bounds([stroke_path(egg, 180)]).width == pytest.approx(bounds([egg]).width + 180, rel=0.01)
