import math
from itertools import pairwise

import pytest

from blazon.draw.geometry.turks_head import turks_head
from blazon.draw.geometry.weave import Crossing, Strand, weave_strands
from blazon.draw.outline import Ink, bounds, inked_area, intersect_paths, stroke_path, union


def ring(x: float) -> Strand:
    return Strand(lambda turn: (x + 100 * math.cos(turn), 100 * math.sin(turn)), math.tau, 16)


def test_two_linked_rings_lie_over_and_under_each_other() -> None:
    # Centres 120 apart, radius 100: they cross at cos(turn) = 0.6 on the left ring.
    lean = math.acos(0.6)
    crossings = [Crossing((0, -lean), (1, math.pi + lean)), Crossing((1, math.pi - lean), (0, lean))]
    left, right = weave_strands([ring(0), ring(120)], crossings, 20, 8, 0.3)
    assert bounds([left]).left == pytest.approx(-110, abs=0.1)
    assert bounds([right]).right == pytest.approx(230, abs=0.1)
    assert inked_area(intersect_paths(union([left, stroke_path(left, 2 * 7)]), right)) < 0.5
    assert inked_area(intersect_paths(union([left, stroke_path(left, 2 * 9)]), right)) > 1


@pytest.mark.parametrize(("leads", "bights"), [(2, 3), (2, 5), (3, 4), (3, 5), (4, 5), (2, 4), (3, 6), (4, 6), (3, 9)])
def test_a_turks_head_goes_under_at_every_second_crossing(leads: int, bights: int) -> None:
    """It has bights * (leads - 1) crossings, each of which parts one strand once."""
    pieces = [piece for layer in turks_head(leads, bights, 0.4, 50) for piece in layer.path.contours]
    assert len(pieces) == bights * (leads - 1)
    sizes = sorted(inked_area(piece) for piece in pieces)
    # Alternating: pieces fall into few congruent kinds, one for each layer of crossings.
    kinds = 1 + sum(after - before > 0.01 * after for before, after in pairwise(sizes))
    assert kinds <= leads - 1


def test_single_strands_take_the_accent_every_so_often_and_several_strands_as_a_whole() -> None:
    knot = {layer.ink: len(list(layer.path.contours)) for layer in turks_head(2, 9, 0.2, 60, accent=3)}
    assert knot == {Ink.MARK: 6, Ink.ACCENT: 3}
    link = {layer.ink: len(list(layer.path.contours)) for layer in turks_head(3, 6, 0.4, 60, accent=1)}
    assert link == {Ink.MARK: 8, Ink.ACCENT: 4}
