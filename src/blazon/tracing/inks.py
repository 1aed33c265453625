"""The few colours that a mark is painted in.

A mark is flat nearly everywhere: its flat parts are found, and those of one colour are one ink. A part whose colour
runs evenly from side to side is a gradient, and stays one ink, too.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from blazon.tracing.masks import Labels, shrink
from blazon.tracing.oklab import oklab_of

Pixels = np.ndarray[Any, np.dtype[Any]]

MOST_INKS: Final = 6
# Distances in OKLab. Parts that are nearer than the first are of one ink, whatever they are.
_SAME: Final = 0.028
# Small parts are of an ink that is as near as this.
_SIMILAR: Final = 0.06
_SMALL: Final = 0.004
# The least share of a mark that is an ink of its own.
_LEAST_SHARE: Final = 0.0012
_LEAST_PIXELS: Final = 12
_WIDE: Final = 2
_MOST_PARTS: Final = 400
# Of the largest parts so many are looked at as runs of colours.
_MOST_RUNS: Final = 40
# A part is graded where its colours lie this far from their mean, and this near to an even run (distances in sRGB).
_GRADED: Final = 0.022
_EVEN: Final = 0.03
_CONTINUED: Final = 0.05
_SAMPLES: Final = 6_000
# Less than this share of a mark is no ink if it is, this nearly, a mixture of others, in sRGB.
_SMALL_INK: Final = 0.02
_MIXED: Final = 0.09
_RUN_HALF: Final = 150.0


@dataclass(frozen=True, slots=True)
class InkColour:
    """One colour, or an even run of colours.

    Args:
        middle: RGB, 0 to 1; of a run, its mean.
        slope: of a run, the change of RGB for each pixel to the right and downwards, as (2, 3); None of one colour.
        about: where a run has its middle, x and y in pixels.
    """

    middle: Pixels
    slope: Pixels | None = None
    about: tuple[float, float] = (0.0, 0.0)

    def at(self, rows: Pixels, columns: Pixels) -> Pixels:
        """Return the colours at some pixels."""
        if self.slope is None:
            return np.broadcast_to(self.middle.astype(np.float32), (len(rows), 3))
        places = np.stack([columns - self.about[0], rows - self.about[1]], axis=-1).astype(np.float32)
        return np.clip(self.middle + places @ self.slope, 0, 1).astype(np.float32)

    def along(self, length: float) -> Pixels:
        """Return the colour so many pixels from the middle, in the direction in which a run changes most."""
        if self.slope is None:
            return self.middle
        return np.asarray(np.clip(self.middle + length * direction_of(self) @ self.slope, 0, 1))


def direction_of(run: InkColour) -> Pixels:
    """Return the direction, x and y of length one, in which a run of colours changes most."""
    if run.slope is None:
        return np.array([1.0, 0.0])
    _, vectors = np.linalg.eigh(run.slope @ run.slope.T)
    return np.asarray(vectors[:, -1])


@dataclass(frozen=True, slots=True)
class _Part:
    number: int
    size: int
    lab: Pixels
    members: tuple[int, ...]


def find_inks(colours: Pixels, parts: Labels, of_mark: Pixels, paper: Pixels) -> tuple[tuple[InkColour, ...], Pixels]:
    """Return the inks of a mark, that of the largest area first, and which ink each part is of, -1 for none.

    Args:
        colours: of the picture, RGB 0 to 1.
        parts: number of the flat part that each pixel is of.
        of_mark: which parts are the mark's.
        paper: colour of the sheet.
    """
    sizes = np.bincount(parts.ravel(), minlength=len(of_mark))
    total = max(1, int(sizes[of_mark].sum()))
    order = np.argsort(-sizes, kind="stable")
    # The rings that compression leaves along an edge are flat, too, but nowhere wide.
    wide = np.bincount((parts * shrink(parts > 0, _WIDE)).ravel(), minlength=len(sizes))
    chosen = [int(n) for n in order if of_mark[n] and wide[n] >= _LEAST_PIXELS][:_MOST_PARTS]
    sums = [np.bincount(parts.ravel(), colours[..., k].ravel(), minlength=len(sizes)) for k in range(3)]
    means = np.column_stack(sums) / np.maximum(sizes, 1)[:, None]
    runs, flat = _find_runs(colours, parts, chosen)
    groups = _merge([_Part(n, int(sizes[n]), oklab_of(means[n]), (n,)) for n in flat], total, MOST_INKS - len(runs))
    owner = np.full(len(of_mark), -1)
    found = list(runs)
    for group in groups:
        members = list(group.members)
        found.append((InkColour(np.average(means[members], axis=0, weights=sizes[members])), members))
    found.sort(key=lambda entry: -sizes[entry[1]].sum())
    found = _drop_mixtures(found, paper, sizes, total)
    for place, (_, members) in enumerate(found):
        owner[members] = place
    return tuple(ink for ink, _ in found), owner


def _drop_mixtures(
    found: list[tuple[InkColour, list[int]]], paper: Pixels, sizes: Pixels, total: int
) -> list[tuple[InkColour, list[int]]]:
    """Return inks without small ones that are a mixture of two others, or of one and the paper: wide, soft edges."""
    kept: list[tuple[InkColour, list[int]]] = []
    for ink, members in found:
        if kept and sizes[members].sum() < _SMALL_INK * total and _is_mixture(ink, [paper, *_colours_of(kept)]):
            continue
        kept.append((ink, members))
    return kept


def _colours_of(found: list[tuple[InkColour, list[int]]]) -> list[Pixels]:
    """Return the colours of inks; of a run five of them."""
    lengths = (-3 * _RUN_HALF, -_RUN_HALF, 0.0, _RUN_HALF, 3 * _RUN_HALF)
    return [ink.along(length) for ink, _ in found for length in (lengths if ink.slope is not None else (0.0,))]


def _is_mixture(ink: InkColour, others: list[Pixels]) -> bool:
    for place, one in enumerate(others):
        for other in others[:place]:
            towards = other - one
            share = float(np.clip((ink.middle - one) @ towards / max(float(towards @ towards), 1e-9), 0, 1))
            if np.linalg.norm(ink.middle - one - share * towards) < _MIXED:
                return True
    return False


def _find_runs(
    colours: Pixels, parts: Labels, chosen: list[int]
) -> tuple[list[tuple[InkColour, list[int]]], list[int]]:
    """Return the runs of colours with their parts, those that run on from each other as one, and the other parts."""
    runs: list[tuple[InkColour, list[int], Any]] = []
    flat: list[int] = []
    for number in chosen:
        sample = _sample_part(parts, number) if number in chosen[:_MOST_RUNS] else None
        if sample is None:
            flat.append(number)
            continue
        values = colours[sample].astype(np.float64)
        if _spread(values) < _GRADED:
            flat.append(number)
            continue
        # What runs unevenly is taken for a run as well: bands of flat colour would be no truer.
        runs.append((_fit_run(colours, sample)[0], [number], sample))
    if len(runs) > 1:
        runs = _join_runs(colours, runs)
    kept = runs[: MOST_INKS - 1]
    flat += [number for _, members, _ in runs[MOST_INKS - 1 :] for number in members]
    if kept:
        small = [number for number in flat[:_MOST_RUNS] if _continues(colours, parts, kept, number)]
        flat = [number for number in flat if number not in small]
    return [(ink, members) for ink, members, _ in kept], flat


def _continues(colours: Pixels, parts: Labels, runs: list[tuple[InkColour, list[int], Any]], number: int) -> bool:
    """Add a part to the run that has its colours at its place; say whether there is one."""
    rows, columns = _sample_part(parts, number)
    for ink, members, _ in runs:
        if float(np.linalg.norm(colours[rows, columns] - ink.at(rows, columns), axis=-1).mean()) < _CONTINUED:
            members.append(number)
            return True
    return False


def _join_runs(colours: Pixels, runs: list[tuple[InkColour, list[int], Any]]) -> list[tuple[InkColour, list[int], Any]]:
    """Return runs, each that continues an earlier one as a part of it."""
    joined: list[tuple[InkColour, list[int], Any]] = []
    for ink, members, sample in runs:
        for place, (_, others, theirs) in enumerate(joined):
            both = tuple(np.concatenate([a, b]) for a, b in zip(theirs, sample, strict=True))
            together, off = _fit_run(colours, both)
            if off < _EVEN:
                joined[place] = (together, others + members, both)
                break
        else:
            joined.append((ink, members, sample))
    return joined


def _sample_part(parts: Labels, number: int) -> Any:
    places = np.flatnonzero(parts.ravel() == number)
    return np.unravel_index(places[:: max(1, len(places) // _SAMPLES)], parts.shape)


def _spread(values: Pixels) -> float:
    return float(np.sqrt(((values - values.mean(axis=0)) ** 2).sum(axis=1).mean()))


def _fit_run(colours: Pixels, sample: Any) -> tuple[InkColour, float]:
    """Return the even run of colours nearest to those of some pixels, and how far it is from them on average."""
    rows, columns = sample
    values = colours[rows, columns].astype(np.float64)
    about = float(columns.mean()), float(rows.mean())
    terms = np.stack([columns - about[0], rows - about[1]], axis=-1)
    middle = values.mean(axis=0)
    slope, *_ = np.linalg.lstsq(terms, values - middle, rcond=None)
    off = values - middle - terms @ slope
    return InkColour(middle, slope, about), float(np.sqrt((off**2).sum(axis=1).mean()))


def _merge(parts: list[_Part], total: int, most: int) -> list[_Part]:
    """Return parts joined into inks, at most `most`: always the two that are nearest to each other first."""
    parts = _join_equal(parts)
    large = [part for part in parts if part.size >= _LEAST_SHARE * total] or parts[:1]
    small = [part for part in parts if part.size < _LEAST_SHARE * total and part not in large]
    while len(large) > 1:
        distance, one, other = min(
            (_distance(a, b, total), i, j) for i, a in enumerate(large) for j, b in enumerate(large[:i])
        )
        if distance >= 1 and len(large) <= most:
            break
        both = _add(large[one], large[other])
        large = [part for place, part in enumerate(large) if place not in (one, other)] + [both]
    for part in small:
        nearest = min(range(len(large)), key=lambda place: float(np.linalg.norm(large[place].lab - part.lab)))
        if np.linalg.norm(large[nearest].lab - part.lab) < _SIMILAR:
            large[nearest] = _add(large[nearest], part)
    return large


def _join_equal(parts: list[_Part]) -> list[_Part]:
    """Return parts, the largest first, each joined with the first that has its very colour: pairs grow as squares."""
    joined: list[_Part] = []
    for part in parts:
        for place, other in enumerate(joined):
            if np.linalg.norm(other.lab - part.lab) < _SAME / 2:
                joined[place] = _add(other, part)
                break
        else:
            joined.append(part)
    return joined


def _distance(one: _Part, other: _Part, total: int) -> float:
    """Return how unlike two inks are: less than 1 is one ink; small parts may differ by more."""
    same = _SIMILAR if min(one.size, other.size) < _SMALL * total else _SAME
    return float(np.linalg.norm(one.lab - other.lab)) / same


def _add(one: _Part, other: _Part) -> _Part:
    size = one.size + other.size
    return _Part(one.number, size, (one.lab * one.size + other.lab * other.size) / size, one.members + other.members)
