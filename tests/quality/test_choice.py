from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from pathops import Path

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, GeometricMark, SymbolMark, Typeface
from blazon.draw.artwork import Materials
from blazon.draw.geometry import FAMILIES
from blazon.draw.symbols import SymbolStyle
from blazon.quality.choice import Examiner
from blazon.quality.faults import FaultKind
from blazon.quality.lookalikes import LookAlike, LookAlikes

COLOURS = ColourScheme("#123a6b", "#c2410c", "#dbe7f5", "#101418", "#374151", "#ffffff")
DESIGN = Design(
    "Clay",
    LayoutKind.HORIZONTAL,
    GeometricMark("orbit", 1),
    COLOURS,
    brand_name="Clay",
    name_type=Typeface("Lora", 600),
)


@pytest.fixture(scope="session")
def examiner(materials: Materials) -> Examiner:
    return Examiner(materials)


@pytest.fixture(scope="session")
def intricate(materials: Materials, examiner: Examiner) -> Design:
    """A design of a symbol that a gate stops."""
    designs = (
        replace(DESIGN, mark=SymbolMark(symbol.id))
        for symbol in materials.symbols
        if symbol.style is SymbolStyle.FILL and symbol.quality < 30
    )
    return next(one for one in designs if any(fault.weight >= 100 for fault in examiner.examine_mark(one).faults))


def test_the_faulty_one_is_left_out(examiner: Examiner, intricate: Design) -> None:
    assert examiner.choose([intricate, DESIGN]).design == DESIGN
    assert examiner.choose([DESIGN, intricate]).design == DESIGN


def test_where_all_are_faulty_one_is_taken_and_its_faults_are_told(examiner: Examiner, intricate: Design) -> None:
    choice = examiner.choose([intricate])
    assert choice.design == intricate
    assert 1 <= len(choice.warnings) <= 3


def test_a_sound_logo_has_no_warnings(examiner: Examiner) -> None:
    assert examiner.choose([DESIGN]).warnings == ()


def test_of_two_good_marks_the_one_unlike_its_siblings_is_taken(examiner: Examiner) -> None:
    marks = [GeometricMark(family.name, variant) for family in FAMILIES for variant in range(4)]
    designs = [replace(DESIGN, mark=mark) for mark in marks]
    sound = [design for design in designs if not examiner.examine_mark(design).faults]
    turned = 0
    for one, other in pairwise(sound):
        first, second = examiner.choose([one, other]).design, examiner.choose([one, other], [one]).design
        assert second in (first, other)
        turned += first != second
    assert turned > 0.1 * len(sound)


def test_colours_type_and_name_do_not_change_what_is_found_in_a_mark(examiner: Examiner) -> None:
    dressed = replace(DESIGN, brand_name="Other", layout=LayoutKind.STACKED, colours=replace(COLOURS, mark="#000000"))
    assert examiner.examine_mark(dressed) == examiner.examine_mark(DESIGN)


def test_type_that_is_too_small_is_told(examiner: Examiner) -> None:
    long = replace(DESIGN, slogan="x" * 60, slogan_type=Typeface("Lora", 400), layout=LayoutKind.WORDMARK, mark=None)
    assert "left out, as too small to read: slogan" in examiner.choose([long]).warnings


class KnownDiscs(LookAlikes):
    """Knows marks that all drawings of two inks are like."""

    def __init__(self) -> None:
        """Without the data."""

    def find(self, outlines: Iterable[Path]) -> tuple[LookAlike, ...]:
        names = ("Saturn", "Pluto", "Mars") if len(list(outlines)) == 2 else ()
        return tuple(LookAlike(name, 50) for name in names)


def test_a_mark_like_another_is_replaced_or_told(materials: Materials) -> None:
    examiner = Examiner(materials, KnownDiscs())
    marks = [GeometricMark(family.name, variant) for family in FAMILIES for variant in range(4)]
    other = next(one for mark in marks if not examiner.examine(one := replace(DESIGN, mark=mark)).faults)
    alone = examiner.choose([DESIGN])
    assert [fault.kind for fault in alone.faults] == [FaultKind.LOOK_ALIKE]
    assert alone.warnings == ("its mark looks like that of Saturn and Pluto: compare before you use it",)
    assert examiner.choose([DESIGN, other]).design == other


def test_known_marks_are_found_and_others_are_not(materials: Materials) -> None:
    examiner = Examiner(materials, LookAlikes.open())
    known, other = (
        examiner.examine(replace(DESIGN, mark=SymbolMark(name))) for name in ("phosphor:notches", "mdi:orbit")
    )
    assert "its mark looks like that of shadcn/ui: compare before you use it" in known.warnings
    assert FaultKind.LOOK_ALIKE not in {fault.kind for fault in other.faults}
