"""The seal: the name over the top of a ring, small words along its bottom, the mark in the disc.

The lower half is never empty: what no words fill is filled by stars, laurel, a line, or the name once more.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pathops import Path

from blazon.design import FrameShape, Ornament
from blazon.draw.badges.parts import (
    CENTRE,
    LEGIBLE,
    RIM,
    SMALL_CAP,
    SQUARE,
    Emblem,
    Finish,
    cap_of,
    cut_out,
    fit_line,
    place_line,
    recolour,
    star,
    wreath,
)
from blazon.draw.curves import polar
from blazon.draw.curves import ring as annulus
from blazon.draw.frames import frame, frame_line, set_on_arc
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import read_height
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    circle,
    move_path,
    regular_polygon,
    rotate_path,
    scale_path,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.treatments import SIDE, fit_layers
from blazon.draw.wording import Words

_ARC_LINE: Final = 9.0
_AIR: Final = 44.0
_CAP: Final = 82.0
_FOOT: Final = 0.68
# Between type on the ring, accents and all, and the edges of its band.
_BAND_AIR: Final = 12.0
# Share of the circle that type may take: all but a gap at the bottom, or a little over the upper half.
_ALONE: Final = 0.74
_SHARED: Final = 0.56
_GAPS: Final = 0.14
# A name is repeated along the bottom if it takes no more than this share of the circle.
_REPEATED: Final = 0.38
# Between stars on a ring, in their radii.
_STAR_STEP: Final = 4.4


def draw_ring(
    mark: Sequence[Layer], words: Words, shape: FrameShape | None, finish: Finish, ornament: Ornament
) -> Emblem | None:
    """Return a seal; None if its name would be too small to read."""
    ring = Ring.of(shape)
    foot, inside, left_out = _share(words, ring)
    name = words.name[0]
    repeated = foot is None and ornament is Ornament.REPEAT and ring.takes_twice(name)
    if repeated:
        foot = name
    name_scale = ring.scale(name, ring.cap, _SHARED if foot else _ALONE)
    if name_scale * read_height(name) < LEGIBLE:
        return None
    type_layers = [Layer(ring.bend(name, name_scale, top=True), Ink.NAME)]
    foot_end = None
    if foot is not None:
        foot_scale = name_scale if repeated else ring.foot_scale(foot, name)
        foot_end = ring.half_angle(foot, foot_scale, top=False)
        type_layers.append(Layer(ring.bend(foot, foot_scale, top=False), Ink.NAME if repeated else Ink.SLOGAN))
    ends = ring.half_angle(name, name_scale, top=True), foot_end
    ornaments = Layer(union(_fill_ring(ring, *ends, ornament)), Ink.ACCENT)
    content = _fill_disc(mark, inside, ring.inner - _AIR)
    return Emblem(tuple(_dress(ring, shape, (*type_layers, ornaments), content, finish)), left_out)


def _dress(
    ring: "Ring", shape: FrameShape | None, band: Sequence[Layer], content: Sequence[Layer], finish: Finish
) -> Iterator[Layer]:
    outline = shape or FrameShape.CIRCLE
    match finish:
        case Finish.SOLID:
            line = annulus(CENTRE, ring.inner, ring.inner - 12)
            yield Layer(cut_out(frame(outline, SQUARE), (*band, *content, Layer(line, Ink.MARK))), Ink.MARK)
        case Finish.TWO_TONE:
            edge = subtract_paths(frame(outline, SQUARE), circle(CENTRE, ring.inner))
            yield Layer(cut_out(edge, band), Ink.MARK)
            yield from recolour(content)
        case Finish.OPEN:
            yield Layer(frame_line(outline, SQUARE, RIM), Ink.MARK)
            yield Layer(annulus(CENTRE, ring.inner, ring.inner - 10), Ink.MARK)
            yield from band
            yield from content


def _share(words: Words, ring: "Ring") -> tuple[Lettering | None, Lettering | None, tuple[str, ...]]:
    """Return what stands below on the ring and what inside under the mark, and what there is no room for."""
    slogan, detail = words.slogan[0] if words.slogan else None, words.detail
    left_out: tuple[str, ...] = ()
    if slogan is not None and ring.foot_scale(slogan, words.name[0]) * read_height(slogan) < LEGIBLE:
        slogan, left_out = None, ("slogan",)
    if detail is None:
        return slogan, None, left_out
    if slogan is None and ring.foot_scale(detail, words.name[0]) * read_height(detail) >= LEGIBLE:
        return detail, None, left_out
    if fit_line(detail, _detail_width(ring), SMALL_CAP) * read_height(detail) >= LEGIBLE:
        return slogan, detail, left_out
    return slogan, None, (*left_out, "detail")


def _detail_width(ring: "Ring") -> float:
    """Return how wide a line may be inside a seal, under its mark."""
    return 1.25 * (ring.inner - _AIR)


def _fill_disc(mark: Sequence[Layer], detail: Lettering | None, radius: float) -> tuple[Layer, ...]:
    """Return the mark in the disc of a seal, above a line of type if there is one."""
    x, y = CENTRE
    if detail is None:
        return fit_in_circle(mark, CENTRE, radius)
    scale = fit_line(detail, 1.25 * radius, SMALL_CAP)
    path = place_line(detail, scale, x, y + 0.74 * radius - scale * cap_of(detail) / 2)
    return (*fit_in_circle(mark, (x, y - 0.22 * radius), 0.74 * radius), Layer(path, Ink.SLOGAN))


@dataclass(frozen=True, slots=True)
class Ring:
    """The band of a seal in which its type stands, between two radii."""

    outer: float
    inner: float

    @classmethod
    def of(cls, shape: FrameShape | None) -> "Ring":
        if shape is not FrameShape.BADGE:
            return cls(SIDE / 2 - RIM, 318.0)
        # The valleys of a badge's edge reach further in.
        return cls(SIDE / 2 - 3.1 * RIM, 276.0)

    @property
    def middle(self) -> float:
        return (self.outer + self.inner) / 2

    @property
    def length(self) -> float:
        return 2 * math.pi * self.middle

    @property
    def cap(self) -> float:
        return min(_CAP, (self.outer - self.inner) * 0.56)

    def scale(self, line: Lettering, cap: float, share: float) -> float:
        """Return the scale of a line whose capitals are `cap` high, less if it took more than `share` of the way round.

        Accents above and below the capitals stay between the edges of the band.
        """
        high = self.outer - self.inner - 2 * _BAND_AIR
        return min(fit_line(line, share * self.length, cap), high / line.ink.height)

    def takes_twice(self, name: Lettering) -> bool:
        """Say whether a name may stand over the top and along the bottom."""
        return self.scale(name, self.cap, 1.0) * name.ink.width <= _REPEATED * self.length

    def foot_scale(self, line: Lettering, name: Lettering) -> float:
        """Return the scale of a line at the bottom, which has what the name at the top and two gaps leave it."""
        taken = self.scale(name, self.cap, _SHARED) * name.ink.width / self.length
        return self.scale(line, _FOOT * self.cap, 1 - _GAPS - taken)

    def half_angle(self, line: Lettering, scale: float, *, top: bool) -> float:
        """Return how far a bent line reaches from its middle to either side, in degrees."""
        cap = scale * cap_of(line)
        return math.degrees(scale * line.ink.width / 2 / (self.middle - cap / 2 if top else self.middle))

    def bend(self, line: Lettering, scale: float, *, top: bool) -> Path:
        """Bend a line around the circle, its capitals in the middle of the band as far as their accents allow."""
        half = scale * cap_of(line) / 2
        above, below = -scale * line.ink.top, scale * line.ink.bottom
        low, high = self.inner + _BAND_AIR, self.outer - _BAND_AIR
        if top:
            baseline = min(max(self.middle - half, low + below), high - above)
        else:
            baseline = max(min(self.middle + half, high - below), low + above)
        # At the bottom it is the heads that would touch.
        return bend_line(line, scale, CENTRE, baseline, top=top, even_at=None if top else self.middle)


def bend_line(
    line: Lettering, scale: float, centre: Point, baseline: float, *, top: bool, even_at: float | None = None
) -> Path:
    """Return a line set on a circle whose radius is that of its `baseline` (see `set_on_arc`)."""
    middle = line.ink.centre[0]
    glyphs = [
        (scale_path(move_path(letter.path, -middle, 0), scale), (letter.centre - middle) * scale)
        for letter in line.letters
    ]
    return set_on_arc(glyphs, centre, baseline, top, even_at=even_at)


def fit_in_circle(mark: Sequence[Layer], centre: Point, radius: float) -> tuple[Layer, ...]:
    """Centre a mark as large as a circle of `radius` holds it, corners and all."""
    (x, y), half = centre, 0.86 * radius
    inside = fit_layers(mark, Box(x - half, y - half, x + half, y + half))
    reach = max(math.dist(point, centre) for layer in inside for point in layer.path.points)
    if reach <= radius:
        return inside
    return tuple(Layer(scale_path(layer.path, radius / reach, centre), layer.ink) for layer in inside)


def _fill_ring(ring: Ring, name_end: float, foot_end: float | None, ornament: Ornament) -> Iterator[Path]:
    """Yield what fills the ring between the ends of its lines, which are in degrees from their middle."""
    band, cap = ring.middle, ring.cap
    size = 0.30 * cap
    end = 180.0 if foot_end is None else 180 - foot_end
    if end - name_end < math.degrees(4.5 * cap / band) and foot_end is not None:
        yield from (_set(ornament, band, side * (name_end + end) / 2, size) for side in (-1, 1))
        return
    gap = math.degrees(0.75 * cap / band)
    if foot_end is None:
        yield _set(ornament, band, 180, 1.15 * size)
        end -= math.degrees(1.15 * size / band)
    start, end = name_end + gap, end - gap
    if end - start < gap:
        return
    if ornament is Ornament.WREATH:
        leaf = min(0.95 * cap, math.radians(end - start) * band / 2.6)
        leaves = max(2, round(math.radians(end - start) * band / (0.62 * leaf)) - 1)
        yield wreath(CENTRE, band, end, start + math.degrees(0.8 * leaf / band), leaf, leaves)
    elif ornament is Ornament.STARS:
        step = math.degrees(_STAR_STEP * 0.7 * size / band)
        count = max(1, min(4, int((end - start) // step)))
        first = 180 - 1.1 * step if foot_end is None else (start + end) / 2 + (count - 1) * step / 2
        yield from (
            _set(ornament, band, side * (first - place * step), 0.8 * size)
            for place in range(count)
            for side in (-1, 1)
        )
    else:
        yield from (_arc_line(band, side * start, side * end) for side in (-1, 1))


def _set(ornament: Ornament, radius: float, degrees: float, size: float) -> Path:
    """Return a star or a diamond on the ring, `degrees` clockwise from the top."""
    centre = polar(radius, degrees - 90, CENTRE)
    if ornament in (Ornament.DIAMOND, Ornament.REPEAT):
        return rotate_path(regular_polygon(centre, size, 4), degrees, centre)
    # A star on the lower half stands with its foot outwards, as the type does.
    upright = degrees - 180 if abs(degrees) > 90 else degrees
    return rotate_path(star(centre, 1.15 * size), upright, centre)


def _arc_line(radius: float, start: float, end: float) -> Path:
    """Return a thin line along the ring from `start` to `end` degrees clockwise from the top."""
    steps = max(2, round(abs(end - start) / 15))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    half = (angles[1] - angles[0]) / 2
    line = Path()
    line.moveTo(*_ring_point(radius, angles[0]))
    for angle in angles[1:]:
        # One quadratic for each step: its control point lies where the tangents at both ends meet.
        line.quadTo(*_ring_point(radius / math.cos(half), angle - half), *_ring_point(radius, angle))
    return stroke_path(line, _ARC_LINE)


def _ring_point(radius: float, angle: float) -> Point:
    return CENTRE[0] + radius * math.sin(angle), CENTRE[1] - radius * math.cos(angle)
