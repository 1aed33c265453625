"""Patterns: where a brief asks for them, and where they suit what it shows."""

import pytest

from blazon.brief import Brief, MarkKind
from blazon.design import Design, GeometricMark, RepetitionMark, SymbolMark
from blazon.direction.describe import explain
from blazon.direction.dice import Dice
from blazon.direction.direct import direct
from blazon.direction.patterns import PatternChooser
from blazon.draw.artwork import draw_treated_mark
from blazon.quality.mark_gates import check_mark, check_points
from blazon.quality.pictures import take_picture
from blazon.studio import Studio


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.open()


def designs(studio: Studio, prompt: str, **fields: object) -> list[Design]:
    brief = Brief(prompt, **{"brand_name": "Ostra", "seed": 1, "count": 4, **fields})
    return list(direct(brief, studio.read(brief), studio.materials))


def modules(some: list[Design], studio: Studio) -> list[str]:
    marks = [design.mark for design in some]
    return [studio.materials.symbols.get(mark.symbol).name for mark in marks if isinstance(mark, RepetitionMark)]


@pytest.mark.parametrize(
    ("prompt", "thing"),
    [
        ("a pattern of leaves, tea shop", "leaf"),
        ("a grid of hearts for a hospice", "heart"),
        ("mosaic of fish for a seafood market", "fish"),
        ("housing cooperative, houses in a grid", "home"),
        ("coffee beans, repeated, for a roastery", "bean"),
        ("tiled tulips, florist", "tulip"),
    ],
)
def test_a_pattern_that_is_asked_for_comes(prompt: str, thing: str, studio: Studio) -> None:
    for seed in range(3):
        found = modules(designs(studio, prompt, seed=seed), studio)
        assert any(thing in name for name in found), seed


@pytest.mark.parametrize(
    "prompt", ["leaves, but no patterns", "tea shop with a leaf, without any repeated motif", "leaves, never in a grid"]
)
def test_a_pattern_that_is_refused_does_not(prompt: str, studio: Studio) -> None:
    for seed in range(6):
        assert not modules(designs(studio, prompt, seed=seed, style="playful"), studio)


@pytest.mark.parametrize("prompt", ["power grid operator", "we repeat nothing, a law firm"])
def test_other_senses_ask_for_none(prompt: str, studio: Studio) -> None:
    brief = Brief(prompt, brand_name="Ostra")
    assert not PatternChooser(brief, studio.read(brief), studio.materials, Dice("")).asked


def test_where_no_thing_suits_plain_shapes_are_repeated(studio: Studio) -> None:
    found = designs(studio, "a pattern for an orchestra", mark=MarkKind.ABSTRACT)
    assert any(isinstance(one.mark, GeometricMark) and one.mark.family == "grid" for one in found)


def test_what_cannot_be_repeated_is_told(studio: Studio) -> None:
    brief = Brief("a pattern of wheat", brand_name="Ostra", show=("wheat",))
    assert "a pattern" in [unmet.wish for unmet in studio.read(brief).unmet]
    assert not studio.read(Brief("a pattern of leaves", brand_name="Ostra")).unmet


def test_what_must_show_is_repeated_only_where_a_pattern_is_asked_for(studio: Studio) -> None:
    for seed in range(6):
        assert not modules(designs(studio, "a leaf", show=("leaf",), style="playful", seed=seed), studio)


def test_things_that_are_often_several_are_repeated_now_and_then(studio: Studio) -> None:
    some = [one for seed in range(12) for one in designs(studio, "tea garden", style="playful", seed=seed)]
    repeated = [one for one in some if isinstance(one.mark, RepetitionMark)]
    assert 0 < len(repeated) <= 12
    assert any(isinstance(one.mark, SymbolMark) for one in some)


def test_patterns_pass_the_gates_and_are_told(studio: Studio) -> None:
    brief = Brief("a pattern of hearts, clinic", brand_name="Ostra")
    found = 0
    for seed in range(8):
        for design in designs(studio, "a pattern of hearts, clinic", seed=seed):
            if isinstance(design.mark, RepetitionMark):
                layers = draw_treated_mark(design, studio.materials)
                assert not [one for one in check_mark(layers, take_picture(layers)) if one.weight >= 50]
                assert not check_points(layers)
                assert " times in " in explain(design, studio.read(brief), studio.materials.symbols)
                found += 1
    assert found
