"""Other marks for a finished design."""

from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind
from blazon.design import Design, LetterformMark, SymbolMark, Treatment
from blazon.studio import Studio

BRIEF = Brief("a coffee roastery by the sea", brand_name="Northwind Coffee", seed=7)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.open()


@pytest.fixture(scope="module")
def design(studio: Studio) -> Design:
    brief = Brief(
        BRIEF.prompt, brand_name=BRIEF.brand_name, seed=7, mark=MarkKind.PICTORIAL, layout=LayoutKind.STACKED, count=1
    )
    return studio.generate(brief)[0].design


@pytest.fixture(scope="module")
def ranked(studio: Studio, design: Design) -> list[Design]:
    return studio.rank_marks(BRIEF, design)


def test_they_are_many_and_unlike_and_not_the_one_that_there_is(ranked: list[Design], design: Design) -> None:
    marks = [one.mark for one in ranked]
    assert len(marks) > 20
    assert len({*marks}) == len(marks)
    assert design.mark not in marks
    kinds = [type(mark) for mark in marks]
    assert len({*kinds[:4]}) == 3
    assert kinds.count(SymbolMark) >= 8


def test_everything_but_the_mark_and_what_was_made_for_it_stays(ranked: list[Design], design: Design) -> None:
    for one in ranked:
        assert (one.colours, one.name_type, one.brand_name, one.layout) == (
            design.colours,
            design.name_type,
            design.brand_name,
            design.layout,
        )
        assert one.treatment in (design.treatment, Treatment.PLAIN)


def test_they_are_the_same_at_every_call_and_in_another_studio(
    studio: Studio, ranked: list[Design], design: Design
) -> None:
    assert studio.rank_marks(BRIEF, design) == ranked
    assert Studio(studio.materials).rank_marks(BRIEF, design) == ranked


def test_each_is_drawn_alone(studio: Studio, ranked: list[Design]) -> None:
    for one in ranked[:8]:
        assert studio.redraw(one).svg.count("<path") > 1


def test_those_of_one_kind_are_had_alone(studio: Studio, design: Design) -> None:
    found = studio.rank_marks(BRIEF, design, "letterform")
    assert found
    assert {type(one.mark) for one in found} == {LetterformMark}


def test_letters_are_those_of_the_name_that_there_is_now(studio: Studio, design: Design) -> None:
    renamed = replace(design, brand_name="Zebra Quay")
    initials = {one.mark.initials for one in studio.rank_marks(BRIEF, renamed, "letterform")}  # type: ignore[union-attr]
    assert initials == {"ZQ"}
