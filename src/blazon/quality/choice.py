"""The choice among alternatives for one place of a set: gates throw out the faulty, ranking takes the best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import Design, Treatment
from blazon.draw.artwork import Artwork, Materials, draw, draw_treated_mark
from blazon.draw.outline import Ink, Layer
from blazon.quality.faults import Fault, FaultKind, weigh
from blazon.quality.logo_gates import check_logo
from blazon.quality.mark_gates import check_centre, check_mark, count_points
from blazon.quality.pictures import Picture, take_picture
from blazon.quality.ranking import score_mark

_KEPT: Final = 1024
"""Examined marks that are kept: some kilobytes each."""
_MOST_WARNINGS: Final = 3

FindLikes = Callable[[Sequence[Layer]], Sequence[str]]
"""From the layers of a mark to the names of those whose marks it is too much like, the nearest first."""


@dataclass(frozen=True, slots=True)
class ExaminedMark:
    """A mark, its picture and the faults in its shapes."""

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
        find_likes: tells whose marks one is like; by default none are looked for.
    """

    def __init__(self, materials: Materials, find_likes: FindLikes | None = None) -> None:
        self._materials = materials
        self._find_likes = find_likes
        self._examine = lru_cache(_KEPT)(self._examine_mark)

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
            score_mark(mark.picture, mark.points, mark.faults, siblings, place) for place, mark in enumerate(marks)
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
        return Choice(design, artwork, (*self.examine_mark(design).faults, *check_logo(artwork, design)))

    def examine_mark(self, design: Design) -> ExaminedMark:
        """Look for faults in the mark of a design, by itself."""
        emblem = design.layout is LayoutKind.EMBLEM
        # Whatever does not change the shapes of a mark is left out, so that equal ones are examined once.
        return self._examine(
            replace(
                design,
                title="",
                layout=LayoutKind.SYMBOL,
                treatment=Treatment.PLAIN if emblem else design.treatment,
                brand_name="",
                slogan="",
                established="",
                place="",
                seed=0,
                credits=(),
            )
        )

    def _examine_mark(self, design: Design) -> ExaminedMark:
        if design.mark is None:
            return ExaminedMark(Picture(0, 0), 0, ())
        layers = draw_treated_mark(design, self._materials)
        picture = take_picture(layers)
        faults = check_mark(layers, picture)
        if design.treatment is Treatment.FRAMED:
            faults += check_centre(layers, take_picture(layers[1:]))
        if self._find_likes is not None and (names := self._find_likes(layers)):
            words = f"its mark is like that of {' and '.join(names[:2])}: compare before you use it"
            faults += (Fault(FaultKind.LOOK_ALIKE, 100, words),)
        paths = [layer.path for layer in layers if layer.ink is not Ink.TINT]
        return ExaminedMark(picture, count_points(paths), faults)
