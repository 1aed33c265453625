"""Marks changed as a copyist would change them, on which the search for look-alikes is measured."""

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pathops import Path as Outline
from pathops import PathOpsError

from blazon.draw.outline import (
    Box,
    Point,
    circle,
    from_svg,
    mirror_path,
    rectangle,
    rotate_path,
    scale_path,
    stroke_path,
    subtract_paths,
    transform_path,
    union,
)

CENTRE: Final[Point] = (12.0, 12.0)
Change = Callable[[Outline, random.Random], Outline]


@dataclass(frozen=True, slots=True)
class Case:
    """A mark that was changed, and the slug of the mark that it must be found to resemble."""

    kind: str
    slug: str
    outline: Outline

    @property
    def held_out(self) -> bool:
        return is_held_out(self.slug)


def is_held_out(text: str) -> bool:
    """Tell whether a thing of this name belongs to the half that no threshold is chosen on."""
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 1


def read_icons(folder: Path) -> dict[str, str]:
    """Return the SVG paths of an unpacked `simple-icons` package by their slugs."""
    found = {}
    for file in sorted((folder / "icons").glob("*.svg")):
        if data := re.search(r' d="([^"]+)"', file.read_text()):
            found[file.stem] = data[1]
    return found


def changed(icons: dict[str, str], count: int) -> Iterator[Case]:
    """Yield `count` marks, each under one change of `CHANGES`."""
    rng = random.Random(7)
    for number, slug in enumerate(rng.sample(sorted(icons), count)):
        kind = list(CHANGES)[number % len(CHANGES)]
        try:
            yield Case(kind, slug, CHANGES[kind](union([from_svg(icons[slug])]), rng))
        except PathOpsError:
            continue


def redrawn(icons: dict[str, str], older: dict[str, str]) -> Iterator[Case]:
    """Yield the marks of an older version of the package that were drawn anew since."""
    for slug in sorted(icons.keys() & older.keys()):
        if icons[slug] != older[slug]:
            yield Case("older version", slug, from_svg(older[slug]))


def _turn(path: Outline, rng: random.Random) -> Outline:
    return rotate_path(path, rng.uniform(0, 360), CENTRE)


def _bend(path: Outline, rng: random.Random) -> Outline:
    across, down, slant = (rng.uniform(-0.08, 0.08) for _ in range(3))
    return _turn(transform_path(path, 1 + across, slant, 0, 1 + down, 0, 0), rng)


def _ring(path: Outline, rng: random.Random) -> Outline:
    return union([subtract_paths(circle(CENTRE, 15), circle(CENTRE, 14)), scale_path(_turn(path, rng), 0.66, CENTRE)])


def _knock_out(path: Outline, frame: Outline) -> Outline:
    return subtract_paths(frame, scale_path(path, 0.68, CENTRE))


CHANGES: Final[dict[str, Change]] = {
    "turned": _turn,
    "turned and mirrored": lambda path, rng: _turn(mirror_path(path, 12), rng),
    "bent": _bend,
    "stretched by 15 %": lambda path, rng: _turn(transform_path(path, 1.15, 0, 0, 1, 0, 0), rng),
    "thicker by 0.3 of 24": lambda path, rng: _turn(union([path, stroke_path(path, 0.3)]), rng),
    "thinner by 0.3 of 24": lambda path, rng: _turn(subtract_paths(path, stroke_path(path, 0.3)), rng),
    "in a ring": _ring,
    "cut out of a disc": lambda path, rng: _knock_out(_turn(path, rng), circle(CENTRE, 14)),
    "cut out of a square": lambda path, _: _knock_out(path, rectangle(Box(-2, -2, 26, 26), 5)),
}
