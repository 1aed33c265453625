import pytest

from blazon.brief import LayoutKind
from blazon.design import Arrangement, ColourScheme, CompositeMark, Design, FrameShape, Treatment
from blazon.draw.artwork import Materials, draw
from blazon.draw.composition import GAP, draw_composite, grow, silhouette, without_specks
from blazon.draw.outline import (
    Box,
    Ink,
    circle,
    inked_area,
    intersect_paths,
    move_path,
    rectangle,
    subtract_paths,
    to_svg,
    union,
)
from blazon.errors import InvalidDesign

HEART, LEAF = "phosphor:heart-fill", "phosphor:leaf-fill"
COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")


def mark(arrangement: Arrangement, x: int = 500, y: int = 480, size: int = 500) -> CompositeMark:
    return CompositeMark(HEART, LEAF, arrangement, x, y, size)


def test_a_contained_symbol_is_a_hole_in_the_first(materials: Materials) -> None:
    (drawn,) = draw_composite(mark(Arrangement.CONTAINED), materials.symbols)
    assert drawn.ink is Ink.MARK
    assert inked_area(drawn.path) < 0.8 * inked_area(silhouette(drawn.path))


@pytest.mark.parametrize("arrangement", [Arrangement.HELD, Arrangement.OVERLAPPED])
def test_a_gap_is_cut_around_what_lies_in_front(arrangement: Arrangement, materials: Materials) -> None:
    first, second = draw_composite(mark(arrangement, 800, 800), materials.symbols)
    assert (first.ink, second.ink) == (Ink.MARK, Ink.ACCENT)
    front, back = (second, first) if arrangement is Arrangement.HELD else (first, second)
    near = grow(silhouette(front.path), 0.9 * GAP)
    assert inked_area(intersect_paths(near, back.path)) < 10


@pytest.mark.parametrize("treatment", Treatment)
def test_a_composite_takes_every_treatment(treatment: Treatment, materials: Materials) -> None:
    design = Design("x", LayoutKind.SYMBOL, mark(Arrangement.HELD, 800, 800), COLOURS, treatment, FrameShape.CIRCLE)
    assert Design.from_dict(design.to_dict()) == design
    assert "<path" in draw(design, materials).svg()


def test_what_covers_the_first_wholly_is_an_invalid_design(materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="cover each other"):
        draw_composite(CompositeMark(LEAF, HEART, Arrangement.HELD, 500, 500, 4000), materials.symbols)


def test_an_unknown_symbol_is_an_invalid_design(materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="there is no symbol 'no:such'"):
        draw_composite(CompositeMark(HEART, "no:such", Arrangement.HELD, 0, 0, 400), materials.symbols)


def test_specks_go_and_the_rest_stays() -> None:
    body = rectangle(Box(0, 0, 1000, 1000))
    pierced = union([subtract_paths(body, circle((200, 200), 10), circle((700, 700), 100))])
    with_speck = union([pierced, move_path(circle((0, 0), 8), 1500, 0)])
    assert inked_area(without_specks(with_speck)) == pytest.approx(
        inked_area(subtract_paths(body, circle((700, 700), 100)))
    )
    assert to_svg(without_specks(body)) == to_svg(body)


def test_bands_that_cross_twice_are_woven(materials: Materials) -> None:
    """Two hearts in line: one lies over the other at the first crossing and under it at the second."""
    ring = "phosphor:heart-bold"
    woven = CompositeMark(ring, ring, Arrangement.OVERLAPPED, 1200, 500, 1000)
    first, second = draw_composite(woven, materials.symbols)
    assert inked_area(intersect_paths(first.path, second.path)) < 10
    whole = inked_area(
        draw_composite(CompositeMark(ring, ring, Arrangement.BESIDE, 3000, 500, 1000), materials.symbols)[0].path
    )
    # Each is cut once, and by as much as the other.
    assert 0.85 * whole < inked_area(first.path) < 0.98 * whole
    assert inked_area(first.path) == pytest.approx(inked_area(second.path), rel=0.02)


@pytest.mark.parametrize(
    "crossing",
    [
        CompositeMark("mdi:ocarina", "mdi:router-network-wireless", Arrangement.OVERLAPPED, 750, 833, 1208),
        CompositeMark("game-icons:star-shuriken", "mdi:chart-arc", Arrangement.OVERLAPPED, 500, 500, 1208),
        CompositeMark("phosphor:door-open-fill", "tabler:biohazard-filled", Arrangement.OVERLAPPED, 1000, 0, 1041),
    ],
    ids=lambda mark: mark.first,
)
def test_where_two_cross_in_more_places_one_lies_in_front(crossing: CompositeMark, materials: Materials) -> None:
    first, second = draw_composite(crossing, materials.symbols)
    assert inked_area(intersect_paths(first.path, second.path)) < 10


@pytest.mark.parametrize(
    ("arrangement", "size"),
    [
        *((arrangement, size) for arrangement in Arrangement for size in (-5, 0, 1)),
        (Arrangement.BESIDE, 10**6),
        (Arrangement.ENCLOSED, 10**6),
    ],
)
def test_what_does_not_stand_as_it_says_is_an_invalid_design(
    arrangement: Arrangement, size: int, materials: Materials
) -> None:
    with pytest.raises(InvalidDesign):
        draw_composite(mark(arrangement, size=size), materials.symbols)
