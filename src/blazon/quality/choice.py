"""The choice among alternatives for one place of a set: gates throw out the faulty, ranking takes the best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import Design, Treatment
from blazon.draw.artwork import Artwork, Materials, draw, draw_treated_mark, is_line_beside_name
from blazon.draw.outline import Ink, Layer
from blazon.draw.reduction import reduce_layers
from blazon.quality.faults import Fault, FaultKind, weigh
from blazon.quality.logo_gates import check_logo
from blazon.quality.lookalikes import LookAlikes
from blazon.quality.mark_gates import MOST_POINTS, check_centre, check_mark, check_points, count_points
from blazon.quality.pictures import Picture, take_picture
from blazon.quality.ranking import score_mark

_KEPT: Final = 512
"""Examined marks that are kept: some kilobytes each."""
_MOST_WARNINGS: Final = 3
_MOST_NAMES: Final = 2
_SHOWS_LESS: Final = 6

PARTED: Final = frozenset({Treatment.CUT, Treatment.SEGMENTED, Treatment.STENCIL})
"""Treatments that part a mark, at a place that was looked for in this mark."""


@dataclass(frozen=True, slots=True)
class ExaminedMark:
    """A mark, its picture, the number of points it is drawn with, and the faults in its shapes."""

    layers: tuple[Layer, ...]
    picture: Picture
    points: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A design that was chosen, drawn, and what is still wrong with it."""

    design: Design
    artwork: Artwork
    faults: tuple[Fault, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever uses the logo should know, the worst first."""
        told = sorted((fault for fault in self.faults if fault.words), key=lambda fault: -fault.weight)
        return tuple(dict.fromkeys(fault.words for fault in told))[:_MOST_WARNINGS]


class Examiner:
    """Examines marks and logos, and chooses among alternatives. Threads may share it.

    Args:
        look_alikes: known marks that no other should be like; by default none are known.
    """

    def __init__(self, materials: Materials, look_alikes: LookAlikes | None = None) -> None:
        self._materials = materials
        self._look_alikes = look_alikes
        self._examine = lru_cache(_KEPT)(self._examine_mark)
        self._count = lru_cache(_KEPT)(self._count_points)
        self._compare = lru_cache(_KEPT)(self._compare_mark)

    def choose(self, alternatives: Sequence[Design], before: Sequence[Design] = ()) -> Choice:
        """Return the best of some alternatives, which art direction has put in its own order.

        Args:
            alternatives: at least one.
            before: the first choices for the places before this one in the set, from which it is to differ.
        """
        if len(alternatives) == 1:
            return self.examine(alternatives[0])
        siblings = [mark.picture.coarse for design in before if not (mark := self.examine_mark(design)).picture.empty]
        marks = [self.examine_mark(design) for design in alternatives]
        scores = [
            score_mark(mark.picture, mark.points, mark.faults, siblings, _rank(alternatives, place))
            for place, mark in enumerate(marks)
        ]
        order = sorted(range(len(marks)), key=lambda place: (-scores[place], place))
        best: Choice | None = None
        for place in order:
            choice = self.examine(alternatives[place])
            if best is None or weigh(choice.faults) < weigh(best.faults):
                best = choice
            if weigh(choice.faults) == weigh(marks[place].faults):  # the type and the whole are without fault
                break
        if best is None:
            raise AssertionError("there is at least one alternative")
        return best

    def examine(self, design: Design) -> Choice:
        """Draw a design and look for faults in it."""
        artwork = draw(design, self._materials)
        if design.mark is None:
            return Choice(design, artwork, check_logo(artwork, design))
        mark = self._only_mark(design)
        faults = (*self._examine(mark).faults, *self._count(mark), *self._compare(mark), *check_logo(artwork, design))
        return Choice(design, artwork, faults)

    def examine_mark(self, design: Design) -> ExaminedMark:
        """Look for faults in the mark of a design, by itself."""
        return self._examine(self._only_mark(design))

    def score(self, design: Design, place: int = 0) -> int:
        """Return how good the mark of a design is by itself, more for better; see `ranking.score_mark`."""
        mark = self.examine_mark(design)
        return score_mark(mark.picture, mark.points, mark.faults, place=place)

    def _only_mark(self, design: Design) -> Design:
        """Return a design without what does not change its mark; lines beside a name follow its type and place."""
        return design if is_line_beside_name(design, self._materials.symbols) else _only_mark(design)

    def _examine_mark(self, design: Design) -> ExaminedMark:
        if design.mark is None:
            return ExaminedMark((), Picture(0, 0), 0, ())
        layers = draw_treated_mark(design, self._materials)
        picture = take_picture(layers)
        faults = check_mark(layers, picture)
        if design.treatment is Treatment.FRAMED:
            faults += check_centre(layers, take_picture(layers[1:]))
        paths = [layer.path for layer in layers if layer.ink is not Ink.TINT]
        return ExaminedMark(layers, picture, count_points(paths), faults)

    def _count_points(self, design: Design) -> tuple[Fault, ...]:
        """Look whether the mark of a design is intricate, when no point is left in it that can be spared."""
        mark = self._examine(design)
        return check_points(reduce_layers(mark.layers)) if mark.points > MOST_POINTS else ()

    def _compare_mark(self, design: Design) -> tuple[Fault, ...]:
        """Look for known marks that the mark of a design is like."""
        if self._look_alikes is None:
            return ()
        layers = self._examine(design).layers
        found = self._look_alikes.find(layer.path for layer in layers if layer.ink is not Ink.TINT)
        names = " and ".join(like.name for like in found[:_MOST_NAMES])
        words = f"its mark looks like that of {names}: compare before you use it"
        return (Fault(FaultKind.LOOK_ALIKE, 100, words),) if names else ()


def _only_mark(design: Design) -> Design:
    """Return a design without what does not change the shapes of its mark, so that equal ones are examined once."""
    return replace(
        design,
        title="",
        layout=LayoutKind.SYMBOL,
        treatment=Treatment.PLAIN if design.layout is LayoutKind.EMBLEM else design.treatment,
        brand_name="",
        slogan="",
        slogan_type=None,
        established="",
        place="",
        name_split=None,
        name_idea=None,
        badge=None,
        seed=0,
        credits=(),
    )


def _rank(alternatives: Sequence[Design], place: int) -> int:
    """Return the place of a design in the order of art direction: further back for one that shows less than the first.

    One of two things alone, and a mark as it is in the library, say less: they are for where the first is faulty.
    """
    first, one = alternatives[0], alternatives[place]
    less = type(one.mark) is not type(first.mark) or (first.treatment in PARTED and one.treatment not in PARTED)
    return place + _SHOWS_LESS * less
