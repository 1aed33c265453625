import hashlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathops import Path

from blazon.design import GeometricMark
from blazon.draw.geometry import FAMILIES, SIDE, GeometricFamily, draw_geometric_mark
from blazon.draw.outline import (
    Ink,
    Layer,
    inked_area,
    intersect_paths,
    layer_bounds,
    mirror_path,
    rotate_path,
    stroke_path,
    to_svg,
    union,
)
from blazon.errors import InvalidDesign

MARKS = [GeometricMark(family.name, variant) for family in FAMILIES for variant in range(family.variants)]
CENTRE = (SIDE / 2, SIDE / 2)

every_mark = pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"{mark.family}-{mark.variant}")


def whole(layers: tuple[Layer, ...]) -> Path:
    return union([layer.path for layer in layers])


def share_alike(one: Path, other: Path) -> float:
    """Return how much of `one` lies on `other`, 0 to 1."""
    return inked_area(intersect_paths(one, other)) / inked_area(one)


def test_there_are_at_least_eight_families_with_a_dozen_variants_each() -> None:
    assert len(FAMILIES) >= 8
    assert all(family.variants >= 12 for family in FAMILIES)


def test_names_differ_and_every_family_says_what_it_expresses() -> None:
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    assert all(len(set(family.ideas)) == len(family.ideas) >= 6 for family in FAMILIES)


@every_mark
def test_a_mark_fills_its_square_and_stays_inside(mark: GeometricMark) -> None:
    box = layer_bounds(draw_geometric_mark(mark))
    assert min(box.left, box.top) >= -0.01
    assert max(box.right, box.bottom) <= SIDE + 0.01
    assert max(box.width, box.height) >= 0.88 * SIDE
    assert min(box.width, box.height) >= 0.44 * SIDE


@every_mark
def test_a_mark_is_neither_empty_nor_full(mark: GeometricMark) -> None:
    layers = draw_geometric_mark(mark)
    box = layer_bounds(layers)
    assert 0.25 < inked_area(whole(layers)) / (box.width * box.height) < 0.93


@every_mark
def test_inks_never_overlap(mark: GeometricMark) -> None:
    layers = draw_geometric_mark(mark)
    inks = [layer.ink for layer in layers]
    assert inks in ([Ink.MARK], [Ink.MARK, Ink.ACCENT], [Ink.MARK, Ink.ACCENT, Ink.MIX])
    if len(layers) > 1:
        assert inked_area(intersect_paths(layers[0].path, layers[1].path)) < 0.5


def test_what_is_mixed_reaches_under_its_neighbours_by_a_hair() -> None:
    """So no paper shines through where they meet, and without it both are still told apart."""
    main, second, mix = draw_geometric_mark(GeometricMark("overlap", 0))
    for other in (main, second):
        trapped = inked_area(intersect_paths(mix.path, other.path))
        assert 0 < trapped < 0.01 * inked_area(mix.path) * 4
    assert inked_area(intersect_paths(main.path, second.path)) == 0


def test_variants_that_are_not_chosen_any_more_are_still_drawn() -> None:
    for family in FAMILIES:
        assert len(family.chosen) >= 7
        assert set(family.chosen) == set(range(family.variants)) - family.retired
        assert all(variant in range(family.variants) for variant in family.retired)


@every_mark
def test_parts_of_one_ink_never_overlap(mark: GeometricMark) -> None:
    for layer in draw_geometric_mark(mark):
        assert inked_area(union([layer.path])) == pytest.approx(inked_area(layer.path), rel=1e-3)


@every_mark
def test_a_mark_has_few_contours_and_no_specks(mark: GeometricMark) -> None:
    contours = [contour for layer in draw_geometric_mark(mark) for contour in layer.path.contours]
    assert len(contours) <= 40
    assert min(inked_area(contour) for contour in contours) > 30 * 30


@every_mark
def test_gaps_are_wide_enough_to_be_seen(mark: GeometricMark) -> None:
    """Grown by 12 units all around, parts that stand apart must still do so."""
    mark_as_one = whole(draw_geometric_mark(mark))
    assert len(list(union([mark_as_one, stroke_path(mark_as_one, 2 * 12)]).contours)) == len(list(mark_as_one.contours))


TURNS = [("rotational", 0, 3), ("rotational", 3, 5), ("knot", 0, 3), ("knot", 9, 8), ("interlaced", 0, 2)]
TURNS += [("facets", 1, 5), ("spiral", 1, 5), ("grid", 0, 2), ("concentric", 3, 2)]


@pytest.mark.parametrize(("family", "variant", "order"), TURNS)
def test_turned_marks_come_back_to_themselves(family: str, variant: int, order: int) -> None:
    for layer in draw_geometric_mark(GeometricMark(family, variant)):
        assert share_alike(rotate_path(layer.path, 360 / order, CENTRE), layer.path) > 0.999


@pytest.mark.parametrize(("family", "variant"), [("rotational", 1), ("stripes", 0), ("grid", 6), ("concentric", 0)])
def test_upright_marks_are_their_own_mirror_image(family: str, variant: int) -> None:
    for layer in draw_geometric_mark(GeometricMark(family, variant)):
        assert share_alike(mirror_path(layer.path, SIDE / 2), layer.path) > 0.999


def test_variants_of_a_family_differ() -> None:
    for family in FAMILIES:
        drawn = {
            to_svg(whole(draw_geometric_mark(GeometricMark(family.name, variant))))
            for variant in range(family.variants)
        }
        assert len(drawn) == family.variants


@given(st.sampled_from(FAMILIES), st.integers())
def test_variants_count_round(family: GeometricFamily, variant: int) -> None:
    within = GeometricMark(family.name, variant % family.variants)
    assert drawn_as_text(GeometricMark(family.name, variant)) == drawn_as_text(within)


@pytest.mark.parametrize("name", ["", "Rotational", "mandala", "x" * 10_000], ids=len)
def test_an_unknown_family_is_an_invalid_design(name: str) -> None:
    with pytest.raises(InvalidDesign, match=r"no geometric family .* there are rotational"):
        draw_geometric_mark(GeometricMark(name, 0))


def drawn_as_text(mark: GeometricMark) -> str:
    return ";".join(f"{layer.ink}:{to_svg(layer.path)}" for layer in draw_geometric_mark(mark))


PRINT_ALL = """
import hashlib
from blazon.design import GeometricMark
from blazon.draw.geometry import FAMILIES, draw_geometric_mark
from blazon.draw.outline import to_svg
digest = hashlib.sha256()
for family in FAMILIES:
    for variant in range(family.variants):
        layers = draw_geometric_mark(GeometricMark(family.name, variant))
        digest.update(";".join(f"{layer.ink}:{to_svg(layer.path)}" for layer in layers).encode())
print(digest.hexdigest())
"""


def test_another_process_draws_the_same_bytes() -> None:
    here = hashlib.sha256("".join(drawn_as_text(mark) for mark in MARKS).encode()).hexdigest()
    there = subprocess.run([sys.executable, "-c", PRINT_ALL], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
