from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind
from blazon.design import Design, LetterformMark, SymbolMark, Treatment
from blazon.direction.colours import main_family
from blazon.direction.direct import direct, direct_places
from blazon.draw.artwork import Materials, draw
from blazon.draw.letterforms import CONSTRUCTIONS
from blazon.draw.outline import Ink
from blazon.draw.symbols import SymbolStyle
from blazon.reading.reading import Reading, Scene, Thing
from blazon.studio import Studio

COFFEE = Brief("a small-batch coffee roastery by the sea, warm and handmade", brand_name="Northwind Coffee", seed=7)


def places(brief: Brief, materials: Materials, **wishes: object) -> list[tuple[Design, ...]]:
    reading = Reading(topic=brief.prompt, name=brief.brand_name, slogan=brief.slogan, **wishes)  # type: ignore[arg-type]
    return list(direct_places(brief, reading, materials))


@pytest.mark.parametrize("seed", range(6))
def test_each_place_begins_with_what_art_direction_takes(materials: Materials, seed: int) -> None:
    brief = replace(COFFEE, seed=seed, count=8)
    reading = Reading(topic=brief.prompt, name=brief.brand_name)
    assert [place[0] for place in places(brief, materials)] == list(direct(brief, reading, materials))


@pytest.mark.parametrize("seed", range(6))
def test_alternatives_are_of_the_same_kind_and_family_of_colours_and_differ_in_their_mark(
    materials: Materials, seed: int
) -> None:
    for first, *others in places(replace(COFFEE, seed=seed, count=8), materials):
        for other in others:
            assert main_family(other.colours) is main_family(first.colours)
            names = ("treatment", "credits", "cut", "segments", "name_idea", "colours")
            same = {name: getattr(first, name) for name in names}
            alike = replace(other, mark=first.mark, **same)
            assert replace(alike, layout=first.layout) == first
            assert other != first
            assert (other.mark is None) is (first.mark is None)
            if isinstance(first.mark, LetterformMark):
                assert isinstance(other.mark, LetterformMark)
                assert other.mark.initials == first.mark.initials


def test_most_places_have_alternatives(materials: Materials) -> None:
    found = [place for seed in range(6) for place in places(replace(COFFEE, seed=seed), materials)]
    marks = [place for place in found if place[0].mark is not None]
    assert sum(len(place) > 1 for place in marks) >= 0.8 * len(marks)


def test_alternatives_follow_from_the_places_up_to_theirs(materials: Materials) -> None:
    many = places(replace(COFFEE, count=12), materials)
    assert places(replace(COFFEE, count=3), materials) == many[:3]
    assert places(replace(COFFEE, first=5, count=1), materials) == many[:6]


def test_what_is_wished_for_is_in_every_alternative(materials: Materials) -> None:
    fox = Scene((Thing("fox", "fox"),))
    for place in places(replace(COFFEE, prompt="a bookshop"), materials, show=(fox,)):
        if isinstance(place[0].mark, SymbolMark) and "fox" in materials.symbols.get(place[0].mark.symbol).name:
            for other in place:
                assert isinstance(other.mark, SymbolMark)
                assert "fox" in materials.symbols.get(other.mark.symbol).name


def test_what_is_refused_is_in_no_alternative(materials: Materials) -> None:
    for place in places(replace(COFFEE, count=8), materials, avoid=("mug", "cup", "bean")):
        for design in place:
            if isinstance(design.mark, SymbolMark):
                assert not {"mug", "cup", "bean"} & set(materials.symbols.get(design.mark.symbol).name.split())


def test_type_gets_more_room_only_where_nobody_asks_for_a_layout(materials: Materials) -> None:
    free = places(replace(COFFEE, count=8), materials)
    beside = [place for place in free if place[0].layout is LayoutKind.HORIZONTAL]
    assert beside
    assert all(place[-1].layout is LayoutKind.STACKED for place in beside)
    asked = places(replace(COFFEE, count=8, layout=LayoutKind.HORIZONTAL), materials)
    assert {design.layout for place in asked for design in place} == {LayoutKind.HORIZONTAL}


def test_alternatives_of_letters_that_are_one_shape_are_so_too_and_can_be_drawn() -> None:
    combined = {one.name for one in CONSTRUCTIONS if one.combined}
    studio = Studio.open()
    for name in ("Moon Coffee", "Vera Mills", "Ida Falk", "Xeno Work"):
        brief = Brief(f"letters {name[0]} and {name.split()[1][0]} combined", brand_name=name)
        for place in direct_places(brief, studio.read(brief), studio.materials):
            kinds = {one.mark.construction in combined for one in place if isinstance(one.mark, LetterformMark)}
            assert len(kinds) == 1
            assert all(draw(one, studio.materials).layers for one in place)


@pytest.mark.parametrize("thing", ["fox", "octopus", "tulip", "frog"])
@pytest.mark.parametrize("seed", range(3))
def test_one_drawing_is_never_shown_twice_in_one_way(thing: str, seed: int) -> None:
    for candidates in (
        Studio.open().generate(Brief(f"minimalist {thing}, geometric", seed=seed)),
        Studio.open().generate(Brief(f"minimalist {thing} in orange", seed=seed)),
    ):
        looks = [(one.design.mark, one.design.treatment, one.design.cut, one.design.frame) for one in candidates]
        assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("seed", range(8))
def test_no_disc_lies_behind_a_drawing_of_one_tone(seed: int) -> None:
    studio = Studio.open()
    for one in studio.generate(Brief("a charcoal grill house", brand_name="Ember", seed=seed)):
        if one.design.treatment is Treatment.DUOTONE and isinstance(one.design.mark, SymbolMark):
            symbol = studio.materials.symbols.get(one.design.mark.symbol)
            inks = {layer.ink for layer in draw(one.design, studio.materials).layers}
            assert symbol.style is SymbolStyle.DUOTONE or Ink.TINT not in inks
