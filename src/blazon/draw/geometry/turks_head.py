"""Turk's heads: the alternating weaves of some leads and bights around a centre.

The strands are r = 1 + a cos(phase), where the phase grows by bights / leads of a turn in one turn about
the centre. Leads and bights without a common divisor make one strand, a knot; others as many closed
strands as their greatest common divisor (C. W. Ashley, The Ashley Book of Knots, chapter 17).
"""

import math
from itertools import combinations

from blazon.draw.geometry.family import Picture, ink_parts
from blazon.draw.geometry.weave import Crossing, Strand, weave_strands
from blazon.draw.outline import Point


def turks_head(
    leads: int, bights: int, swing: float, width: float, gap: float = 36, *, turn: float = 0.0, accent: int = 0
) -> Picture:
    """Draw a Turk's head in strands of `width`, 1000 units across.

    Args:
        leads: how many strands lie side by side along a radius.
        bights: how many bows there are along the edge.
        swing: how far the strands go in and out, as a share of their mean radius.
        gap: free space at the crossings.
        turn: degrees clockwise.
        accent: of a single strand, every how many pieces one takes the accent ink (0: none); of
            several strands, that many take it.
    """
    strands = math.gcd(leads, bights)
    mean = (500 - width / 2) / (1 + swing)

    def strand(index: int) -> Strand:
        def at(angle: float) -> Point:
            radius = mean * (1 + swing * math.cos((bights * angle + math.tau * index) / leads))
            heading = angle + math.radians(turn - 90)
            return radius * math.cos(heading), radius * math.sin(heading)

        return Strand(at, math.tau * leads / strands, 8 * bights // strands)

    crossings = _crossings(leads, bights, strands)
    pieces = weave_strands([strand(index) for index in range(strands)], crossings, width, gap, 0.8 * math.pi / bights)
    if strands > 1:
        return ink_parts(pieces, range(accent * len(pieces) // strands))
    return ink_parts(pieces, range(0, len(pieces), accent) if accent else ())


def _crossings(leads: int, bights: int, strands: int) -> list[Crossing]:
    """Return where the passes of the strands about the centre meet.

    Two passes whose phases start at a and b (in turns / leads) have the same radius at the angles
    pi (leads m - a - b) / bights, and there the first one's phase is pi (leads m + a - b) / leads.
    The one that runs outwards is on top in every second layer: so the weave alternates. All whole numbers.
    """
    passes = [(strand, turn) for turn in range(leads // strands) for strand in range(strands)]
    crossings = []
    for one, two in combinations(passes, 2):
        a, b = one[0] + bights * one[1], two[0] + bights * two[1]
        first = -(-(a + b) // leads)
        for m in range(first, (a + b + 2 * bights - 1) // leads + 1):
            angle = math.pi * (leads * m - a - b) / bights
            phase = (leads * m + a - b) % (2 * leads)
            layer = min(phase, 2 * leads - phase)
            outwards = phase > leads
            places = [(strand, angle + math.tau * turn) for strand, turn in (one, two)]
            over, under = places if outwards == (layer % 2 == 0) else reversed(places)
            crossings.append(Crossing(over, under))
    return crossings
