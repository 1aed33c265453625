import itertools

import pytest

from blazon.design import FrameShape, Treatment
from blazon.draw.outline import Box, Ink, Layer, circle, inked_area, intersect_paths, layer_bounds, polygon, rectangle
from blazon.draw.treatments import SIDE, asymmetry, fit_layers, treat

STAR = (Layer(polygon([(0, -50), (14, -15), (50, -10), (20, 12), (30, 48), (0, 30), (-30, 48), (-20, 12)]), Ink.MARK),)
LEANING = (Layer(polygon([(0, 0), (90, 0), (30, 100)]), Ink.MARK),)
DUO = (Layer(circle((40, 40), 40), Ink.TINT), Layer(rectangle(Box(30, 30, 50, 50)), Ink.MARK))


@pytest.mark.parametrize(
    ("layers", "treatment", "shape"), list(itertools.product((STAR, LEANING, DUO), Treatment, (*FrameShape, None)))
)
def test_every_treatment_stays_in_its_square_and_never_overlaps(
    layers: tuple[Layer, ...], treatment: Treatment, shape: FrameShape | None
) -> None:
    treated = treat(layers, treatment, shape)
    box = layer_bounds(treated)
    assert min(box.left, box.top) >= -1
    assert max(box.right, box.bottom) <= SIDE + 1
    inked = [layer for layer in treated if layer.ink is not Ink.TINT]
    assert sum(inked_area(layer.path) for layer in inked) > 0.05 * SIDE**2
    for one, other in itertools.combinations(inked, 2):
        assert inked_area(intersect_paths(one.path, other.path)) < 1e-3 * SIDE**2


def test_a_knocked_out_mark_is_a_hole_in_its_frame() -> None:
    (treated,) = treat(STAR, Treatment.KNOCKED_OUT, FrameShape.CIRCLE)
    assert treated.ink is Ink.MARK
    assert inked_area(intersect_paths(treated.path, circle((SIDE / 2, SIDE / 2), 60))) == pytest.approx(0, abs=1)


def test_duotone_cuts_a_symmetric_mark_in_halves_and_puts_a_disc_behind_others() -> None:
    assert [layer.ink for layer in treat((Layer(circle((0, 0), 9), Ink.MARK),), Treatment.DUOTONE, None)] == [
        Ink.MARK,
        Ink.ACCENT,
    ]
    assert [layer.ink for layer in treat(LEANING, Treatment.DUOTONE, None)] == [Ink.TINT, Ink.MARK]
    assert [layer.ink for layer in treat(DUO, Treatment.DUOTONE, None)] == [Ink.TINT, Ink.MARK]


@pytest.mark.parametrize("treatment", [Treatment.GRADIENT, Treatment.SEGMENTED, Treatment.CUT, Treatment.STENCIL])
def test_a_tint_that_is_a_part_of_the_mark_is_not_lost(treatment: Treatment) -> None:
    assert Ink.TINT in {layer.ink for layer in treat(DUO, treatment, None)}


def test_a_filled_square_is_set_smaller_than_a_star() -> None:
    box = Box(0, 0, 100, 100)
    square = fit_layers((Layer(rectangle(Box(0, 0, 7, 7)), Ink.MARK),), box)
    assert layer_bounds(square).width < layer_bounds(fit_layers(STAR, box)).height
    assert layer_bounds(square).centre == pytest.approx((50, 50))


def test_asymmetry() -> None:
    assert asymmetry(circle((5, 5), 5)) < 0.01
    assert asymmetry(LEANING[0].path) > 0.2
