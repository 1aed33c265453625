from collections import Counter
from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind, Style
from blazon.design import CompositeMark, GeometricMark, LetterformMark, SymbolMark, Treatment
from blazon.direction.dice import Dice
from blazon.direction.marks import MarkChooser, MarkIdea
from blazon.direction.plan import Slot
from blazon.draw.artwork import Materials
from blazon.draw.meaning import words_of
from blazon.draw.symbols import SymbolStyle
from blazon.reading.reading import Reading, Relation, Scene, Thing

COFFEE = Reading(topic="coffee roastery", name="North Wind")
PICTURE = Slot(MarkKind.PICTORIAL, LayoutKind.STACKED)
LETTERS = Slot(MarkKind.LETTERS, LayoutKind.STACKED)
BADGE = Slot(MarkKind.BADGE, LayoutKind.EMBLEM)


def choose(reading: Reading, materials: Materials, slots: list[Slot], key: str = "k") -> list[MarkIdea]:
    chooser = MarkChooser(Brief("a brief", count=len(slots)), reading, materials, Dice(key))
    return [chooser.next(Style.MODERN, slot) for slot in slots]


def names_of(ideas: list[MarkIdea], materials: Materials) -> list[str]:
    return [materials.symbols.get(idea.mark.symbol).name for idea in ideas if isinstance(idea.mark, SymbolMark)]


def test_each_slot_gets_a_mark_of_its_kind(materials: Materials) -> None:
    slots = [PICTURE, LETTERS, Slot(MarkKind.ABSTRACT, LayoutKind.STACKED), BADGE]
    kinds = [type(idea.mark) for idea in choose(replace(COFFEE, name="Xqy Qrs"), materials, slots)]
    assert kinds == [SymbolMark, LetterformMark, GeometricMark, SymbolMark]


def test_what_the_name_says_and_what_the_trade_is_meet_in_one_mark(materials: Materials) -> None:
    for name, other in (("Bearpaw Brewing", "paw"), ("Hummingbird Cafe", "hummingbird"), ("Foxglove Books", "fox")):
        topic = {"Bearpaw Brewing": "craft brewery", "Hummingbird Cafe": "breakfast cafe"}.get(name, "bookshop")
        (idea,) = choose(Reading(topic=topic, name=name), materials, [PICTURE])
        assert isinstance(idea.mark, CompositeMark)
        shown = {
            word for one in (idea.mark.first, idea.mark.second) for word in words_of(materials.symbols.get(one).name)
        }
        assert other in shown


def test_things_that_are_wished_for_together_meet_in_most_marks(materials: Materials) -> None:
    scene = Scene((Thing("cat", "a cat"), Thing("moon", "a moon")), Relation.TOGETHER, "and")
    ideas = choose(replace(COFFEE, show=(scene,)), materials, [PICTURE] * 3)
    assert [type(idea.mark) for idea in ideas] == [CompositeMark, CompositeMark, SymbolMark]


def test_where_nothing_can_be_shown_there_are_letters_and_without_a_name_shapes(materials: Materials) -> None:
    nothing = Reading(topic="zzzz qqqq", name="Xqy Qrs")
    assert all(isinstance(idea.mark, LetterformMark) for idea in choose(nothing, materials, [PICTURE] * 24))
    nameless = replace(nothing, name="")
    assert all(isinstance(idea.mark, GeometricMark) for idea in choose(nameless, materials, [PICTURE] * 4))


@pytest.mark.parametrize("thing", ["bear", "lighthouse", "honey jar", "fox", "kite"])
def test_what_must_show_is_what_the_pictures_show(materials: Materials, thing: str) -> None:
    reading = replace(COFFEE, show=(Scene((Thing(thing, thing),)),))
    for name in names_of(choose(reading, materials, [PICTURE, BADGE] * 3), materials):
        assert set(words_of(thing)) & set(words_of(name))


def test_of_several_things_each_is_shown_in_turn(materials: Materials) -> None:
    reading = replace(COFFEE, show=(Scene((Thing("fox", "fox"), Thing("owl", "owl"))),))
    names = names_of(choose(reading, materials, [PICTURE] * 4), materials)
    assert Counter("fox" if "fox" in words_of(name) else "owl" for name in names) == {"fox": 2, "owl": 2}


@pytest.mark.parametrize(
    ("topic", "avoid"),
    [("a florist with roses", "rose"), ("a pet shop", "paw"), ("an optician", "eye"), ("a pet shop", "animal")],
)
def test_what_is_to_be_avoided_is_in_no_name_and_no_tag(materials: Materials, topic: str, avoid: str) -> None:
    ideas = choose(Reading(topic=topic, name="Aster", avoid=(avoid,)), materials, [PICTURE] * 8)
    for idea in ideas:
        if isinstance(idea.mark, SymbolMark):
            symbol = materials.symbols.get(idea.mark.symbol)
            assert not any(avoid in words_of(text) for text in (symbol.name, *symbol.tags))


def test_letters_that_are_asked_for_are_those_of_the_monogram(materials: Materials) -> None:
    ideas = choose(replace(COFFEE, letters="RT"), materials, [LETTERS, BADGE, LETTERS])
    assert [idea.mark.initials for idea in ideas if isinstance(idea.mark, LetterformMark)] == ["RT"] * 3


def test_two_firms_of_one_trade_do_not_get_one_mark(materials: Materials) -> None:
    firms = ["Meyer", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Sato", "Tanaka", "Usman", "Vogt"]
    trade = Reading(topic="a dentist")
    marks = {choose(replace(trade, name=firm), materials, [PICTURE], f"1\0a dentist\0{firm}")[0] for firm in firms}
    assert len(marks) >= 8


def test_a_line_treatment_shows_a_line_drawing(materials: Materials) -> None:
    seen = 0
    for key in range(10):
        for idea in choose(Reading(topic="coffee roastery by the sea"), materials, [PICTURE] * 4, str(key)):
            if idea.treatment is Treatment.LINE and isinstance(idea.mark, SymbolMark):
                assert materials.symbols.get(idea.mark.symbol).style is SymbolStyle.LINE
                seen += 1
    assert seen


def test_an_emblem_never_frames_a_framed_monogram(materials: Materials) -> None:
    framed = {"circle", "squircle", "hexagon", "shield", "leaf", "ringed", "halved"}
    for key in range(10):
        ideas = choose(Reading(topic="zzzz", name="Xqy Qrs"), materials, [BADGE] * 4, str(key))
        monograms = [idea.mark for idea in ideas if isinstance(idea.mark, LetterformMark)]
        assert monograms
        assert not {mark.construction for mark in monograms} & framed


@pytest.mark.parametrize(
    ("name", "initials"), [("Summit & Sage", "S"), ("Kiosk Klara Kiel", "K"), ("Forge & Fable", "FF")]
)
def test_initials_that_no_brand_wants_are_cut_to_one(materials: Materials, name: str, initials: str) -> None:
    (idea,) = choose(replace(COFFEE, name=name), materials, [LETTERS])
    assert isinstance(idea.mark, LetterformMark)
    assert idea.mark.initials == initials
