"""Scenes whose things stand in every relation, with names that the library has under others, or not at all."""

import pytest

from blazon.brief import Brief
from blazon.reading.reading import Relation
from blazon.studio import Studio


def things(prompt: str, **fields: object) -> list[str]:
    reading = Studio.open().read(Brief(prompt, brand_name="Foo", **fields))  # type: ignore[arg-type]
    return [thing.name for scene in reading.show for thing in scene.things]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("otter floating on a wave", ["otter", "wave"]),
        ("an oak tree growing from an open book", ["tree", "open book"]),
        ("a telescope pointing at a star", ["telescope", "star"]),
        ("an archer with a target", ["archer", "archery target"]),
        ("a nurse holding a heart", ["nurse", "heart"]),
        ("a plough and an ox", ["plow", "ox"]),
        ("a wagon wheel and an axe", ["cartwheel", "axe"]),
        ("a knot of rope around an anchor", ["knot", "anchor"]),
        ("a zebra and an orange", ["zebra", "orange"]),
        ("a zorbit holding a fox", ["fox"]),
    ],
)
def test_what_is_joined_to_a_thing_is_seen_too(prompt: str, expected: list[str]) -> None:
    assert things(prompt) == expected


def test_a_word_that_nobody_knows_is_told_and_hides_nothing() -> None:
    reading = Studio.open().read(Brief("a zorbit and a fox", brand_name="Foo"))
    assert [thing.name for scene in reading.show for thing in scene.things] == ["fox"]
    assert "zorbit" in [unmet.wish for unmet in reading.unmet]


@pytest.mark.parametrize("thing", ["samovar", "loom", "puffin", "pomegranate"])
def test_what_stands_for_a_thing_is_told_in_prompt_and_field_alike(thing: str) -> None:
    for brief in (Brief(f"a {thing}", brand_name="Foo"), Brief("a shop", brand_name="Foo", show=thing)):
        reading = Studio.open().read(brief)
        assert [unmet.wish for unmet in reading.unmet] == [thing]
        assert "the nearest" in reading.unmet[0].instead


@pytest.mark.parametrize("prompt", ["modern bank with a target group of young people", "a letter R in a circle"])
def test_what_is_seldom_a_thing_is_none_alone(prompt: str) -> None:
    assert not {"target", "envelope"} & set(things(prompt))


def test_all_of_three_things_are_seen_twice_in_four() -> None:
    studio = Studio.open()
    reading = studio.read(Brief("a fox, a fern and a moon", brand_name="Foo"))
    assert [scene.relation for scene in reading.show] == [Relation.TOGETHER]
    shown = [" ".join(logo.shows) for logo in studio.generate(Brief("a fox, a fern and a moon", brand_name="Foo"))]
    assert all(sum(thing in one for one in shown) >= 2 for thing in ("fox", "fern", "moon"))


@pytest.mark.parametrize("colours", ["blue and orange", "petrol and ochre", "coral and teal"])
def test_two_colours_of_a_prompt_are_both_in_three_of_four(colours: str) -> None:
    studio, brief = Studio.open(), Brief(f"an anvil in {colours}", brand_name="Foo")
    assert studio.unmet(brief, studio.generate(brief)) == ()
    schemes = [logo.design.colours for logo in studio.generate(brief)]
    assert sum(len({one.mark, one.name, one.paper} - {"#ffffff", "#17181b", "#1c1d20"}) >= 2 for one in schemes) >= 3
