import itertools

import pytest

from blazon.design import FrameShape, LetterCase, Typeface
from blazon.draw.emblems import emblem
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import Lettering, set_line
from blazon.draw.outline import Ink, Layer, circle, inked_area, intersect_paths, layer_bounds
from blazon.draw.treatments import SIDE

FONTS = FontLibrary()
MARK = (Layer(circle((7, 7), 3), Ink.MARK),)


def line(text: str) -> Lettering:
    return set_line(text, Typeface("Montserrat", 700, LetterCase.UPPER), 1000, FONTS)


@pytest.mark.parametrize("shape", FrameShape)
@pytest.mark.parametrize("name", ["Io", "Northwind Coffee", "The Long Name Company of Aberdeen and Sons"])
@pytest.mark.parametrize("slogan", [None, "since 1999", "a slogan of some length that has to be bent"])
def test_open_emblems_keep_their_parts_apart(shape: FrameShape, name: str, slogan: str | None) -> None:
    layers = emblem(MARK, [line(name)], line(slogan) if slogan else None, shape, solid=False)
    box = layer_bounds(layers)
    assert min(box.left, box.top) >= -1
    assert max(box.right, box.bottom) <= SIDE + 1
    assert {Ink.MARK, Ink.NAME} <= {layer.ink for layer in layers}
    for one, other in itertools.combinations(layers, 2):
        assert inked_area(intersect_paths(one.path, other.path)) < 10, (one.ink, other.ink)


@pytest.mark.parametrize("shape", FrameShape)
def test_a_solid_emblem_is_one_shape_with_the_rest_cut_out(shape: FrameShape) -> None:
    (solid,) = emblem(MARK, [line("Northwind")], line("coffee"), shape, solid=True)
    assert solid.ink is Ink.MARK
    lines = emblem(MARK, [line("Northwind")], line("coffee"), shape, solid=False)
    words = [layer for layer in lines if layer.ink is Ink.NAME]
    assert inked_area(solid.path) < SIDE**2
    if shape in (FrameShape.CIRCLE, FrameShape.BADGE):
        assert inked_area(intersect_paths(solid.path, words[0].path)) < 10
