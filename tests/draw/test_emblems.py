import itertools
from dataclasses import replace

import pytest

from blazon.design import BadgePlan, FrameShape, LetterCase, Ornament, Typeface
from blazon.draw.curves import sector
from blazon.draw.emblems import LEGIBLE, ONE_LINE, SEAL_SHAPES, Emblem, Finish, emblem
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import Lettering, set_line
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    bounds,
    circle,
    inked_area,
    intersect_paths,
    layer_bounds,
    rectangle,
    stroke_path,
    union,
)
from blazon.draw.treatments import SIDE
from blazon.draw.wording import Words

FONTS = FontLibrary()
MARK = (Layer(circle((7, 7), 3), Ink.MARK),)


def line(text: str) -> Lettering:
    return set_line(text, Typeface("Montserrat", 700, LetterCase.UPPER), 1000, FONTS)


def words(name: str, slogan: str = "", detail: str = "") -> Words:
    return Words(
        tuple(map(line, name.split("\n"))),
        (line(slogan),) if slogan else (),
        line(detail) if detail else None,
    )


def draw(text: Words, shape: FrameShape, finish: Finish = Finish.OPEN, badge: BadgePlan | None = None) -> Emblem:
    drawn = emblem(MARK, text, shape, finish=finish, badge=badge)
    assert drawn is not None
    return drawn


@pytest.mark.parametrize("shape", FrameShape)
@pytest.mark.parametrize("name", ["Io", "Northwind Coffee", "Łódź Ổng Ćma"])
@pytest.mark.parametrize("slogan", ["", "since 1999", "a slogan of some length that has to be bent"])
@pytest.mark.parametrize("detail", ["", "Est. 1894"])
def test_open_emblems_keep_their_parts_apart(shape: FrameShape, name: str, slogan: str, detail: str) -> None:
    name = name if shape in SEAL_SHAPES else name.replace(" ", "\n")
    layers = draw(words(name, slogan, detail), shape).layers
    box = layer_bounds(layers)
    assert min(box.left, box.top) >= -1
    assert max(box.right, box.bottom) <= SIDE + 1
    assert {Ink.MARK, Ink.NAME} <= {layer.ink for layer in layers}
    for one, other in itertools.combinations(layers, 2):
        assert inked_area(intersect_paths(one.path, other.path)) < 10, (one.ink, other.ink)


@pytest.mark.parametrize("shape", FrameShape)
def test_a_solid_emblem_is_one_shape_with_the_rest_cut_out(shape: FrameShape) -> None:
    (solid,) = draw(words("Northwind", "coffee"), shape, Finish.SOLID).layers
    assert solid.ink is Ink.MARK
    lines = draw(words("Northwind", "coffee"), shape).layers
    name = [layer for layer in lines if layer.ink is Ink.NAME]
    assert inked_area(solid.path) < SIDE**2
    if shape in (FrameShape.CIRCLE, FrameShape.BADGE):
        assert inked_area(intersect_paths(solid.path, name[0].path)) < 10


@pytest.mark.parametrize("shape", FrameShape)
@pytest.mark.parametrize("slogan", ["by the sea", "a slogan of some length that has to be bent and then some"])
@pytest.mark.parametrize("detail", ["", "Est. 1894", "Est. 1894 · Llanfairpwllgwyngyll"])
def test_type_in_an_emblem_is_read_at_256_pixels_or_left_out(shape: FrameShape, slogan: str, detail: str) -> None:
    drawn = draw(words("Northwind", slogan, detail), shape)
    kept = [layer for layer in drawn.layers if layer.ink is Ink.SLOGAN]
    wanted = {"slogan", "detail"} if detail else {"slogan"}
    assert len(kept) == len(wanted - set(drawn.left_out))
    for layer in kept:
        letters = [bounds([letter]) for letter in layer.path.contours]
        assert max(max(letter.width, letter.height) for letter in letters) > 0.95 * LEGIBLE


@pytest.mark.parametrize("shape", FrameShape)
def test_a_name_that_would_be_too_small_makes_no_emblem(shape: FrameShape) -> None:
    assert (
        emblem(MARK, words("The Long Name Company of Aberdeen and Sons and Daughters"), shape, finish=Finish.SOLID)
        is None
    )


@pytest.mark.parametrize("shape", SEAL_SHAPES)
@pytest.mark.parametrize("name", ["ỔNG ẨM THỰC", "ÅĘĢŞ ÇŲ"])
def test_accents_stay_within_the_ring_of_a_seal(shape: FrameShape, name: str) -> None:
    rim, ring, text, *_ = draw(Words((line(name),), (line(name),)), shape).layers
    assert text.ink is Ink.NAME
    for edge in (rim.path, ring.path):
        near = union([edge, stroke_path(edge, 10)])
        assert inked_area(intersect_paths(near, text.path)) < 10


@pytest.mark.parametrize("shape", [shape for shape in FrameShape if shape not in SEAL_SHAPES])
@pytest.mark.parametrize("name", ["Northwind", "Northwind\nCoffee", "Io", "Raiffeisen\nbank"])
def test_type_in_a_crest_keeps_its_distance_from_the_edge(shape: FrameShape, name: str) -> None:
    rim, *_, text = draw(words(name), shape).layers
    assert text.ink is Ink.NAME
    assert inked_area(intersect_paths(stroke_path(rim.path, 60), text.path)) < 10


PLANS = [plan for plan in BadgePlan if plan not in (BadgePlan.RING, BadgePlan.CREST)]


def read_sizes(drawn: Emblem, ink: Ink) -> list[float]:
    """Return the size of the largest letter of each line in an ink."""
    contours = [[bounds([part]) for part in layer.path.contours] for layer in drawn.layers if layer.ink is ink]
    return [max(max(part.width, part.height) for part in line) for line in contours]


def badge_words(plan: BadgePlan, name: str, slogan: str = "", detail: str = "") -> Words:
    text = words(name.replace("\n", " ") if plan in ONE_LINE else name, slogan, detail)
    return replace(text, sides=(line("Est."), line("1894"))) if detail else text


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("finish", Finish)
@pytest.mark.parametrize("name", ["Io", "Northwind\nCoffee", "Ổng\nŁódź"])
@pytest.mark.parametrize(
    ("slogan", "detail"), [("", ""), ("Good bread", ""), ("", "Est. 1894"), ("By the sea", "1894")]
)
def test_badges_of_every_plan_keep_their_parts_apart(
    plan: BadgePlan, finish: Finish, name: str, slogan: str, detail: str
) -> None:
    shapes = FrameShape if plan in (BadgePlan.RIBBON, BadgePlan.PLATE) else (FrameShape.CIRCLE,)
    for shape in shapes:
        drawn = emblem(MARK, badge_words(plan, name, slogan, detail), shape, finish=finish, badge=plan)
        if drawn is None:
            assert plan is BadgePlan.FLANKED
            assert not detail
            return
        box = layer_bounds(drawn.layers)
        assert max(box.width, box.height) == pytest.approx(SIDE, abs=1)
        for one, other in itertools.combinations(drawn.layers, 2):
            assert inked_area(intersect_paths(one.path, other.path)) < 12, (shape, one.ink, other.ink)


@pytest.mark.parametrize("plan", BadgePlan)
@pytest.mark.parametrize("slogan", ["By the sea", "a slogan of some length that has to be set small and then some"])
def test_small_words_of_every_plan_are_read_or_left_out(plan: BadgePlan, slogan: str) -> None:
    text = badge_words(plan, "Northwind", slogan, "Est. 1894")
    drawn = draw(text, FrameShape.CIRCLE, badge=plan)
    assert all(size > 0.95 * LEGIBLE for ink in (Ink.SLOGAN, Ink.NAME) for size in read_sizes(drawn, ink))
    kept = ("slogan" not in drawn.left_out) + ("detail" not in drawn.left_out) * (1 + (plan is BadgePlan.FLANKED))
    assert len(read_sizes(drawn, Ink.SLOGAN)) == kept


@pytest.mark.parametrize("plan", [BadgePlan.RIBBON, BadgePlan.PLATE])
@pytest.mark.parametrize("shape", FrameShape)
def test_a_mark_stays_within_the_shape_that_holds_it(plan: BadgePlan, shape: FrameShape) -> None:
    square = (Layer(rectangle(Box(0, 0, 10, 10)), Ink.TINT),)
    drawn = emblem(square, words("Northwind"), shape, finish=Finish.OPEN, badge=plan)
    assert drawn is not None
    mark = union([layer.path for layer in drawn.layers if layer.ink is Ink.TINT])
    lines = union([layer.path for layer in drawn.layers if layer.ink is Ink.MARK])
    assert inked_area(intersect_paths(union([mark, stroke_path(mark, 20)]), lines)) < 1


@pytest.mark.parametrize("ornament", Ornament)
@pytest.mark.parametrize("shape", SEAL_SHAPES)
@pytest.mark.parametrize("name", ["Northpeak", "The Northwind Company"])
@pytest.mark.parametrize("slogan", ["", "1921", "roasters by the sea"])
def test_the_lower_half_of_a_ring_is_never_empty(shape: FrameShape, ornament: Ornament, name: str, slogan: str) -> None:
    drawn = emblem(MARK, words(name, slogan), shape, finish=Finish.OPEN, ornament=ornament)
    assert drawn is not None
    set_there = [layer.path for layer in drawn.layers if layer.ink is not Ink.MARK]
    for one, other in itertools.combinations(set_there, 2):
        assert inked_area(intersect_paths(one, other)) < 10
    low, high = (330, 460) if shape is FrameShape.CIRCLE else (290, 410)
    for start in range(0, 180, 45):
        wedge = sector(low, high, start, start + 45, centre=(500, 500))
        assert any(inked_area(intersect_paths(path, wedge)) > 100 for path in set_there), start


@pytest.mark.parametrize("plan", BadgePlan)
def test_all_lines_of_a_slogan_are_set_or_none(plan: BadgePlan) -> None:
    broken = replace(badge_words(plan, "Northwind"), slogan=(line("Solar panels"), line("for homes")))
    if plan in (BadgePlan.RING, BadgePlan.FLANKED):
        return  # a ring is given one line, a flanked mark needs a date
    drawn = draw(broken, FrameShape.CIRCLE, badge=plan)
    assert len(read_sizes(drawn, Ink.SLOGAN)) == (0 if drawn.left_out else 2)


@pytest.mark.parametrize(
    ("plan", "shape"),
    [
        (BadgePlan.ARCH, FrameShape.CIRCLE),
        (BadgePlan.RIBBON, FrameShape.CIRCLE),
        (BadgePlan.RIBBON, FrameShape.SHIELD),
        (BadgePlan.PLATE, FrameShape.HEXAGON),
    ],
)
def test_a_foot_without_words_is_small_and_has_no_stars_in_it(plan: BadgePlan, shape: FrameShape) -> None:
    def parts(text: Words) -> int:
        inks = draw(text, shape, badge=plan).layers
        return sum(len(list(one.path.contours)) for one in inks if one.ink is Ink.ACCENT)

    def height_of_name(text: Words) -> float:
        return layer_bounds([one for one in draw(text, shape, badge=plan).layers if one.ink is Ink.MARK]).bottom

    assert parts(words("Northwind")) <= 1
    assert parts(words("Northwind")) <= parts(words("Northwind", detail="Est. 1894"))
    assert height_of_name(words("Northwind")) <= SIDE


def test_a_mark_is_larger_where_nothing_stands_below_the_name() -> None:
    def size(text: Words, plan: BadgePlan) -> float:
        (mark,) = [one for one in draw(text, FrameShape.CIRCLE, badge=plan).layers if _is_mark(one)]
        return layer_bounds([mark]).height

    for plan in (BadgePlan.RIBBON, BadgePlan.OVAL):
        assert size(words("Northwind"), plan) > 1.05 * size(words("Northwind", detail="Est. 1894"), plan)


def _is_mark(layer: Layer) -> bool:
    """Say whether a layer is the disc that stands for a mark in these tests."""
    box = layer_bounds([layer])
    filled = inked_area(layer.path) / (box.width * box.height)
    return layer.ink is Ink.MARK and abs(box.width - box.height) < 1 and abs(filled - 0.785) < 0.02


@pytest.mark.parametrize("name", ["Io", "Gin Lane", "Jgypq"])
@pytest.mark.parametrize(("slogan", "detail"), [("", ""), ("since 1999", ""), ("since 1999", "Lisbon")])
def test_an_oval_is_full_above_and_below(name: str, slogan: str, detail: str) -> None:
    edge, _, *content = draw(words(name, slogan, detail), FrameShape.CIRCLE, badge=BadgePlan.OVAL).layers
    rim, inside = bounds([edge.path]), layer_bounds(content)
    above, below = inside.top - rim.top, rim.bottom - inside.bottom
    assert 0.4 < below / above < 2.2
