from dataclasses import replace

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, Repeat, RepetitionMark
from blazon.draw.artwork import Materials, draw, draw_small
from blazon.draw.composition import SIDE
from blazon.draw.outline import Ink, inked_area, intersect_paths, layer_bounds, mirror_path, rotate_path, union
from blazon.draw.reduction import count_points
from blazon.draw.repetition import colour_modules, draw_repetition, find_repetitions
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")
THINGS = ("leaf", "heart", "drop", "fish", "house", "tooth", "bean", "hexagon", "lemon", "bird")


def patterns(thing: str, materials: Materials) -> list[RepetitionMark]:
    plain = find_repetitions(materials.symbols.depict(thing), materials.symbols)
    return [one for mark in plain for one in (mark, *colour_modules(mark, materials.symbols))]


@pytest.mark.parametrize("thing", THINGS)
def test_modules_stand_clear_of_each_other_and_fill_a_square(thing: str, materials: Materials) -> None:
    found = patterns(thing, materials)
    assert found
    for mark in found:
        layers = draw_repetition(mark, materials.symbols)
        box = layer_bounds(layers)
        assert max(box.width, box.height) == pytest.approx(SIDE, abs=1)
        assert max(box.width, box.height) < 1.3 * min(box.width, box.height)
        parts = sum(len(list(layer.path.contours)) for layer in layers)
        # What touched would grow together.
        assert len(list(union([layer.path for layer in layers]).contours)) == parts, mark


def test_a_pattern_is_drawn_in_few_points(materials: Materials) -> None:
    counts = sorted(
        sum(count_points(layer.path) for layer in draw_repetition(mark, materials.symbols))
        for thing in THINGS
        for mark in patterns(thing, materials)
    )
    assert counts[len(counts) // 2] <= 60
    assert counts[-1] <= 150


@pytest.mark.parametrize("pattern", [Repeat.TURNED, Repeat.MIRRORED])
def test_a_pattern_has_the_symmetry_that_its_name_says(pattern: Repeat, materials: Materials) -> None:
    mark = next(one for one in patterns("leaf", materials) if one.pattern is pattern and one.accent is None)
    (layer,) = draw_repetition(mark, materials.symbols)
    middle = (SIDE / 2, SIDE / 2)
    moved = rotate_path(layer.path, 90, middle) if pattern is Repeat.TURNED else mirror_path(layer.path, SIDE / 2)
    assert inked_area(intersect_paths(moved, layer.path)) > 0.99 * inked_area(layer.path)


def test_a_half_drop_has_one_more_in_its_middle_column(materials: Materials) -> None:
    mark = next(one for one in patterns("heart", materials) if one.pattern is Repeat.HALF_DROP and one.accent is None)
    (layer,) = draw_repetition(mark, materials.symbols)
    assert len(list(layer.path.contours)) == 7


def test_counterchanged_tiles_hold_what_stands_beside_them(materials: Materials) -> None:
    mark = next(one for one in patterns("heart", materials) if one.pattern is Repeat.COUNTERCHANGED)
    (layer,) = draw_repetition(mark, materials.symbols)
    tile = (mark.across / 1000) ** 2
    heart = min(inked_area(contour) for contour in layer.path.contours)
    scale = (2 * mark.across / SIDE) ** 2 / 1e6
    assert inked_area(layer.path) * scale == pytest.approx(2 * tile, rel=0.02)
    assert heart > 0


def test_halves_are_exchanged_from_one_to_the_next(materials: Materials) -> None:
    mark = next(one for one in patterns("heart", materials) if one.halved)
    layers = {layer.ink: layer.path for layer in draw_repetition(mark, materials.symbols)}
    assert set(layers) == {Ink.MARK, Ink.ACCENT}
    assert inked_area(layers[Ink.MARK]) == pytest.approx(inked_area(layers[Ink.ACCENT]), rel=0.02)
    for path in layers.values():
        assert len(list(path.contours)) == 4


def test_one_module_of_many_is_in_the_accent(materials: Materials) -> None:
    mark = next(one for one in patterns("heart", materials) if one.accent is not None and one.columns == 3)
    layers = {layer.ink: layer.path for layer in draw_repetition(mark, materials.symbols)}
    assert len(list(layers[Ink.ACCENT].contours)) == 1


@pytest.mark.parametrize("thing", ["wheat", "bee", "sun"])
def test_what_is_thin_or_intricate_is_not_repeated(thing: str, materials: Materials) -> None:
    assert find_repetitions(materials.symbols.depict(thing), materials.symbols) == []


def test_what_is_as_good_as_a_rectangle_is_not_repeated(materials: Materials) -> None:
    boxy = [materials.symbols.get(one) for one in ("phosphor:book-fill", "tabler:book-filled")]
    assert find_repetitions(boxy, materials.symbols) == []


def test_what_has_a_foot_is_not_turned(materials: Materials) -> None:
    drawings = materials.symbols.depict("leaf")
    turning = {Repeat.TURNED, Repeat.MIRRORED}
    assert turning <= {mark.pattern for mark in find_repetitions(drawings, materials.symbols)}
    assert not turning & {mark.pattern for mark in find_repetitions(drawings, materials.symbols, turnable=False)}


def test_a_design_with_it_is_stored_and_drawn(materials: Materials) -> None:
    for mark in patterns("heart", materials):
        design = Design("x", LayoutKind.SYMBOL, mark, COLOURS)
        assert Design.from_dict(design.to_dict()) == design
        assert "<path" in draw(design, materials).svg()


def test_a_favicon_of_many_modules_shows_one(materials: Materials) -> None:
    nine = next(one for one in patterns("heart", materials) if one.columns * one.rows == 9 and one.accent is None)
    design = Design("x", LayoutKind.SYMBOL, nine, COLOURS)
    contours = [len(list(draw_small(design, materials, pixels).layers[0].path.contours)) for pixels in (16, 32)]
    assert contours == [1, 9]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"symbol": "no:such"}, "there is no symbol 'no:such'"),
        ({"columns": 1, "rows": 1}, "columns x rows must be 2 to 36"),
        ({"columns": -2, "rows": -2}, "columns x rows must be 2 to 36"),
        ({"columns": 100}, "columns x rows must be 2 to 36"),
        ({"across": 0}, "across and down must be"),
        ({"accent": 9}, "accent must be the number of a module"),
    ],
)
def test_what_makes_no_pattern_is_an_invalid_design(
    change: dict[str, object], message: str, materials: Materials
) -> None:
    mark = RepetitionMark("phosphor:heart-fill", Repeat.GRID, 3, 3, 1200, 1100)
    with pytest.raises(InvalidDesign, match=message):
        draw_repetition(replace(mark, **change), materials.symbols)  # type: ignore[arg-type]
