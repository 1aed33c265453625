import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, RotationMark
from blazon.draw.artwork import Materials, draw
from blazon.draw.composition import SIDE, symbol_outline
from blazon.draw.outline import inked_area, intersect_paths, layer_bounds, rotate_path
from blazon.draw.rotation import COUNTS, draw_rotation, find_rotations
from blazon.draw.symbols import Symbol
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")


def drawings(thing: str, materials: Materials) -> tuple[Symbol, ...]:
    return materials.symbols.ideas(thing, limit=1)[0].symbols


@pytest.mark.parametrize("thing", ["heart", "leaf", "drop"])
def test_a_simple_thing_turned_around_a_point_stands_clear_of_itself(thing: str, materials: Materials) -> None:
    found = find_rotations(drawings(thing, materials), materials.symbols)
    assert found
    for mark in found:
        (layer,) = draw_rotation(mark, materials.symbols)
        box = layer_bounds([layer])
        assert max(box.width, box.height) == pytest.approx(SIDE, abs=1)
        parts = len(list(symbol_outline(mark.symbol, materials.symbols).contours))
        # Symbols that touched would share a contour.
        assert len(list(layer.path.contours)) == mark.count * parts


@pytest.mark.parametrize("count", [4, 8])
def test_turned_by_its_order_a_mark_comes_back_to_itself(count: int, materials: Materials) -> None:
    (layer,) = draw_rotation(RotationMark("phosphor:heart-fill", count, 440), materials.symbols)
    turned = rotate_path(layer.path, 360 / count, (SIDE / 2, SIDE / 2))
    assert inked_area(intersect_paths(turned, layer.path)) > 0.99 * inked_area(layer.path)


def test_what_is_not_simple_is_not_turned(materials: Materials) -> None:
    assert find_rotations(drawings("wheat", materials), materials.symbols) == []
    assert find_rotations((), materials.symbols) == []


def test_a_design_with_it_is_stored_and_drawn(materials: Materials) -> None:
    mark = find_rotations(drawings("heart", materials), materials.symbols)[0]
    design = Design("x", LayoutKind.SYMBOL, mark, COLOURS)
    assert mark.count in COUNTS
    assert Design.from_dict(design.to_dict()) == design
    assert "<path" in draw(design, materials).svg()


def test_an_unknown_symbol_is_an_invalid_design(materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="there is no symbol 'no:such'"):
        draw_rotation(RotationMark("no:such", 3, 300), materials.symbols)


@pytest.mark.parametrize("count", [-1, 0, 1])
def test_a_symbol_is_turned_at_least_twice(count: int, materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="count must be at least 2"):
        draw_rotation(RotationMark("phosphor:heart-fill", count, 300), materials.symbols)
