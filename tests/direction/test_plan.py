"""Which kinds of mark a set shows."""

from itertools import islice

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind
from blazon.direction.dice import Dice
from blazon.direction.plan import Slot, plan_set
from blazon.reading.reading import Reading, Scene, Thing

NAMED = Reading(topic="a bakery", name="North Wind")
FOX = (Scene((Thing("fox", "a fox"),)),)


def plan(
    reading: Reading, key: str = "k", count: int = 4, layout: LayoutKind | None = None, **able: bool
) -> list[Slot]:
    able = {"pictures": True, "letters": True, "seal": True, **able}
    return list(islice(plan_set(Brief("a bakery", brand_name="x", layout=layout), reading, Dice(key), **able), count))


@pytest.mark.parametrize("key", [str(number) for number in range(40)])
def test_four_candidates_are_of_three_kinds_and_open_with_a_picture(key: str) -> None:
    for start in (0, 4):
        kinds = [slot.kind for slot in plan(NAMED, key, 8)[start : start + 4]]
        assert len(set(kinds)) >= 3
        assert kinds[0] is MarkKind.PICTORIAL


@pytest.mark.parametrize("kind", MarkKind)
def test_a_kind_that_is_wished_for_is_the_only_one(kind: MarkKind) -> None:
    assert {slot.kind for slot in plan(Reading(topic="a bakery", name="North", kinds=(kind,)))} == {kind}


@pytest.mark.parametrize("kind", MarkKind)
def test_a_kind_that_is_refused_does_not_come(kind: MarkKind) -> None:
    assert kind not in {
        slot.kind for slot in plan(Reading(topic="a bakery", name="North", kinds_avoided=(kind,)), "k", 8)
    }


@pytest.mark.parametrize("layout", LayoutKind)
def test_a_layout_that_is_asked_for_is_kept(layout: LayoutKind) -> None:
    assert {slot.layout for slot in plan(NAMED, layout=layout)} == {layout}


@pytest.mark.parametrize("key", [str(number) for number in range(10)])
def test_what_must_show_has_three_of_four_places(key: str) -> None:
    slots = plan(Reading(topic="a bakery", name="North", show=FOX), key)
    assert sum(slot.kind in (MarkKind.PICTORIAL, MarkKind.BADGE) for slot in slots) == 3


def test_letters_that_are_asked_for_are_in_every_mark() -> None:
    slots = plan(Reading(topic="a bakery", name="North", letters="RT"))
    assert {slot.kind for slot in slots} <= {MarkKind.LETTERS, MarkKind.BADGE}


@pytest.mark.parametrize("name", ["North", ""])
@pytest.mark.parametrize("layout", [None, LayoutKind.STACKED])
def test_letters_and_things_that_are_asked_for_both_have_half_of_the_places(
    name: str, layout: LayoutKind | None
) -> None:
    slots = plan(Reading(topic="a bakery", name=name, letters="RT", show=FOX), layout=layout)
    assert [slot.kind for slot in slots] == [MarkKind.PICTORIAL, MarkKind.LETTERS] * 2


def test_without_a_name_there_is_neither_type_nor_a_place_for_it() -> None:
    slots = plan(Reading(topic="a bakery"), letters=False, count=8)
    assert {slot.layout for slot in slots} == {LayoutKind.SYMBOL}
    assert {slot.kind for slot in slots} == {MarkKind.PICTORIAL, MarkKind.ABSTRACT}


def test_where_nothing_else_is_possible_marks_are_abstract() -> None:
    refused = tuple(MarkKind)
    slots = plan(Reading(topic="", kinds_avoided=refused), pictures=False, letters=False)
    assert {slot.kind for slot in slots} == {MarkKind.ABSTRACT}


@pytest.mark.parametrize("name", ["", "North"])
@pytest.mark.parametrize("layout", [None, *LayoutKind])
@pytest.mark.parametrize("kinds", [(), *((kind,) for kind in MarkKind), (MarkKind.BADGE, MarkKind.WORDMARK)])
def test_a_name_alone_is_set_as_a_wordmark_and_never_in_the_place_of_a_mark(kinds, layout, name) -> None:
    for slot in plan(Reading(topic="a bakery", name=name, kinds=kinds), layout=layout, count=8):
        assert (slot.kind is MarkKind.WORDMARK) == (slot.layout is LayoutKind.WORDMARK)
        assert name or slot.layout is LayoutKind.SYMBOL
