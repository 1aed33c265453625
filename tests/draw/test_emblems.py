import itertools

import pytest

from blazon.design import FrameShape, LetterCase, Typeface
from blazon.draw.emblems import LEGIBLE, SEAL_SHAPES, Emblem, emblem
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import Lettering, set_line
from blazon.draw.outline import (
    Ink,
    Layer,
    bounds,
    circle,
    inked_area,
    intersect_paths,
    layer_bounds,
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


def draw(text: Words, shape: FrameShape, *, solid: bool = False) -> Emblem:
    drawn = emblem(MARK, text, shape, solid=solid)
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
    (solid,) = draw(words("Northwind", "coffee"), shape, solid=True).layers
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
    assert emblem(MARK, words("The Long Name Company of Aberdeen and Sons and Daughters"), shape, solid=True) is None


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
