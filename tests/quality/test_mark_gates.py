"""Each gate fails for the kind of fault that it is made for, and passes what is well made."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathops import Path

from blazon.design import FrameShape, GeometricMark, Treatment
from blazon.draw.curves import combine_paths
from blazon.draw.geometry import FAMILIES, draw_geometric_mark
from blazon.draw.outline import Box, Ink, Layer, circle, polygon, rectangle, rotate_path, subtract_paths
from blazon.draw.treatments import treat
from blazon.quality.faults import FaultKind
from blazon.quality.mark_gates import check_centre, check_mark, check_points
from blazon.quality.pictures import take_picture


def kinds(*paths: Path) -> set[FaultKind]:
    layers = [Layer(combine_paths(list(paths)), Ink.MARK)]
    return {fault.kind for fault in (*check_mark(layers, take_picture(layers)), *check_points(layers))}


def bars(count: int, ink: float) -> list[Path]:
    pitch = 1000 / count
    return [rectangle(Box(index * pitch, 0, (index + ink) * pitch, 1000)) for index in range(count)]


def star(points: int) -> Path:
    angles = [math.pi * index / points for index in range(2 * points)]
    reach = (500, 440)
    return polygon([(reach[i % 2] * math.cos(a), reach[i % 2] * math.sin(a)) for i, a in enumerate(angles)])


def test_a_plain_shape_has_no_fault() -> None:
    assert kinds(circle((0, 0), 500)) == set()
    assert kinds(*bars(4, 0.5)) == set()
    assert kinds(circle((0, 0), 300), circle((900, 0), 300), circle((450, 700), 150)) == set()


@pytest.mark.parametrize(
    ("paths", "kind"),
    [
        (bars(5, 0.04), FaultKind.THIN),
        (bars(9, 0.8), FaultKind.NARROW),
        (bars(9, 0.95), FaultKind.NARROW),  # gaps of less than a cell
        ([subtract_paths(rectangle(Box(0, 0, 1000, 1000)), circle((500, 500), 22))], FaultKind.CLOGGED),
        ([star(130)], FaultKind.INTRICATE),
        ([circle((0, 0), 500), circle((700, 0), 9)], FaultKind.CRUMBS),
        ([circle((0, 0), 240), circle((600, 0), 250)], FaultKind.RADII),
        ([*bars(2, 0.3), rotate_path(rectangle(Box(900, 0, 1100, 1000)), 2)], FaultKind.ANGLES),
    ],
)
def test_a_fault_is_found(paths: Sequence[Path], kind: FaultKind) -> None:
    assert kind in kinds(*paths)


@given(st.integers(40, 400), st.integers(40, 400))
def test_two_discs_are_of_one_size_or_clearly_of_two(one: int, other: int) -> None:
    small, large = sorted((one, other))
    found = FaultKind.RADII in kinds(circle((0, 0), small), circle((1000, 0), large))
    if small == large or large > 1.08 * small:
        assert not found
    if 1.015 * small < large < 1.06 * small:
        assert found


def test_the_two_circles_of_a_ring_are_no_fault() -> None:
    assert FaultKind.RADII not in kinds(subtract_paths(circle((0, 0), 500), circle((0, 0), 480)))


@given(st.floats(0.5, 20))
def test_a_taper_is_meant(lean: float) -> None:
    """Two sides that mirror each other lean by as much."""
    inset = 1000 * math.tan(math.radians(lean))
    assert FaultKind.ANGLES not in kinds(polygon([(inset, 0), (1000 - inset, 0), (1000, 1000), (0, 1000)]))


def test_size_and_place_change_nothing() -> None:
    for factor in (0.01, 1.0, 40.0):
        pair = [circle((0, 0), 240 * factor), circle((600 * factor, 0), 250 * factor)]
        assert kinds(*pair) == {FaultKind.RADII}


def test_what_leans_in_its_frame_is_found_and_what_stands_in_the_middle_is_not() -> None:
    wedge = Layer(polygon([(0, 0), (1000, 0), (0, 1000)]), Ink.MARK)
    for mark, leans in ((wedge, True), (Layer(circle((0, 0), 500), Ink.MARK), False)):
        framed = treat([mark], Treatment.FRAMED, FrameShape.SQUIRCLE)
        assert bool(check_centre(framed, take_picture([mark]))) is leans


def test_an_empty_mark_is_passed() -> None:
    assert check_mark([], take_picture([])) == ()


def test_most_geometric_marks_pass() -> None:
    """They were drawn by hand for this, so that a gate that stops many of them would be wrong."""
    marks = [GeometricMark(family.name, variant) for family in FAMILIES for variant in range(family.variants)]
    stopped = 0
    for mark in marks:
        layers = draw_geometric_mark(mark)
        stopped += any(fault.weight >= 50 for fault in check_mark(layers, take_picture(layers)))
    assert stopped < 0.1 * len(marks)
