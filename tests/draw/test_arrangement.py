import pytest

from blazon.design import Arrangement, CompositeMark
from blazon.draw.arrangement import arrangements
from blazon.draw.artwork import Materials
from blazon.draw.composition import SIDE, draw_composite, silhouette
from blazon.draw.outline import Box, bounds, inked_area, intersect_paths, rectangle, subtract_paths
from blazon.draw.symbols import Symbol

PAIRS = [
    ("heart", "leaf"),
    ("cat", "moon"),
    ("lion", "key"),
    ("rocket", "star"),
    ("tree", "bird"),
    ("elephant", "balloon"),
    ("bee", "flower"),
    ("fish", "anchor"),
]


def drawings(thing: str, materials: Materials) -> tuple[Symbol, ...]:
    return materials.symbols.ideas(thing, limit=1)[0].symbols


def search(first: str, second: str, materials: Materials, relation: str = "") -> list[CompositeMark]:
    return arrangements(drawings(first, materials), drawings(second, materials), materials.symbols, relation)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_things_find_an_arrangement_in_which_each_keeps_its_ink(
    first: str, second: str, materials: Materials
) -> None:
    found = search(first, second, materials)
    assert len({mark.arrangement for mark in found}) >= 2
    for mark in found:
        layers = draw_composite(mark, materials.symbols)
        for layer in layers:
            assert inked_area(layer.path) > 0.02 * SIDE**2
        if len(layers) == 2:
            assert inked_area(intersect_paths(layers[0].path, layers[1].path)) < 10


def test_the_best_of_each_arrangement_come_first(materials: Materials) -> None:
    found = [mark.arrangement for mark in search("heart", "leaf", materials)]
    kinds = len(set(found))
    assert kinds >= 4
    assert len(set(found[:kinds])) == kinds


@pytest.mark.parametrize(("first", "second"), [("heart", "leaf"), ("shield", "wolf"), ("tooth", "leaf")])
def test_what_is_contained_keeps_a_wall_around_it(first: str, second: str, materials: Materials) -> None:
    contained = [mark for mark in search(first, second, materials) if mark.arrangement is Arrangement.CONTAINED]
    assert contained
    for mark in contained:
        (drawn,) = draw_composite(mark, materials.symbols)
        body = silhouette(drawn.path)
        inside = Box(mark.x - mark.size / 2, mark.y - mark.size / 2, mark.x + mark.size / 2, mark.y + mark.size / 2)
        holes = subtract_paths(intersect_paths(rectangle(inside), body), drawn.path)
        # A wall broken through would open the hole to the outside, and the silhouette would no longer hold it.
        assert inked_area(holes) > 0.15 * mark.size**2
        assert bounds([body]).width == pytest.approx(bounds([drawn.path]).width)


def test_a_thing_that_is_held_is_held_first(materials: Materials) -> None:
    assert search("bear", "honey jar", materials, "holding")[0].arrangement is Arrangement.HELD
    assert search("cat", "moon", materials, "in")[0].arrangement is Arrangement.CONTAINED


def test_what_the_first_is_under_stands_above_it(materials: Materials) -> None:
    best = search("dolphin", "lighthouse", materials, "under")[0]
    assert best.y < SIDE / 2


def test_the_same_two_things_are_arranged_alike_each_time(materials: Materials) -> None:
    assert search("fox", "book", materials) == search("fox", "book", materials)


def test_nothing_to_arrange_gives_no_marks(materials: Materials) -> None:
    assert arrangements((), drawings("cat", materials), materials.symbols) == []


def test_one_picture_is_not_arranged_with_itself(materials: Materials) -> None:
    assert search("sheep", "wool", materials) == []


@pytest.mark.parametrize(("first", "second"), [("cow", "rooster"), ("cat", "moon"), ("bear", "fish")])
def test_only_what_is_held_stands_at_the_corner_of_another(first: str, second: str, materials: Materials) -> None:
    together = search(first, second, materials, "and")
    assert together[0].arrangement is not Arrangement.HELD
    assert Arrangement.HELD in {mark.arrangement for mark in search(first, second, materials, "holding")}


def test_what_is_held_is_held(materials: Materials) -> None:
    assert search("lion", "key", materials, "holding")[0].arrangement is Arrangement.HELD
