"""Special treatments: at most two in four, none twice, and none where the brief or the colours refuse it."""

from collections import Counter
from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind, Palette, Style
from blazon.design import (
    ColourScheme,
    Design,
    LetterformMark,
    NameTechnique,
    RepetitionMark,
    RotationMark,
    SymbolMark,
    Treatment,
    Typeface,
)
from blazon.direction.describe import explain
from blazon.direction.dice import Dice
from blazon.direction.direct import direct
from blazon.direction.special_treatments import SpecialTreatments
from blazon.draw.artwork import draw
from blazon.studio import Studio

SPECIAL = {Treatment.GRADIENT, Treatment.CUT, Treatment.SEGMENTED, Treatment.STENCIL}
PROMPTS = ("cloud security platform", "surf school", "a house builder")


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.open()


def designs(studio: Studio, prompt: str, **fields: object) -> list[Design]:
    brief = Brief(prompt, **{"brand_name": "Lumen", "seed": 3, "count": 4, **fields})
    return list(direct(brief, studio.read(brief), studio.materials))


def techniques(some: list[Design]) -> list[str]:
    found = [design.treatment.value for design in some if design.treatment in SPECIAL]
    found += ["turned" for design in some if isinstance(design.mark, RotationMark)]
    return found + ["repeated" for design in some if isinstance(design.mark, RepetitionMark)]


@pytest.mark.parametrize("style", list(Style))
def test_a_set_has_at_most_two_and_none_twice(style: Style, studio: Studio) -> None:
    for prompt in PROMPTS:
        found = Counter(techniques(designs(studio, prompt, style=style)))
        assert found.total() <= 2
        assert not found or max(found.values()) == 1


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style.MODERN, {"gradient", "cut", "segmented", "turned", "repeated"}),
        (Style.BOLD, {"cut", "segmented", "repeated"}),
        (Style.TECH, {"gradient", "cut"}),
        (Style.ELEGANT, {"cut", "turned"}),
    ],
)
def test_a_simple_thing_gets_every_technique_of_a_style(style: Style, expected: set[str], studio: Studio) -> None:
    colours = ColourScheme("#1d4f9f", "#e0702a", "#dde6f5", "#111111", "#444444", "#ffffff")
    design = Design("x", LayoutKind.SYMBOL, SymbolMark("phosphor:heart-fill"), colours)
    found = set()
    for seed in range(40):
        brief = Brief("heart clinic", seed=seed)
        specials = SpecialTreatments(brief, studio.read(brief), studio.materials, Dice(str(seed)))
        found |= set(techniques([specials.improve(design, style, number) for number in range(4)]))
    assert found == expected


@pytest.mark.parametrize("style", [Style.CLASSIC, Style.ELEGANT, Style.HANDMADE])
def test_no_gradient_in_a_classic_style(style: Style, studio: Studio) -> None:
    assert all("gradient" not in techniques(designs(studio, prompt, style=style)) for prompt in PROMPTS)


def test_a_gradient_that_is_asked_for_comes_and_one_that_is_refused_does_not(studio: Studio) -> None:
    asked = designs(studio, "cloud security platform, with a gradient", style=Style.TECH)
    assert Treatment.GRADIENT in {design.treatment for design in asked}
    for refusal in ("no gradients", "flat design", "please avoid any gradient"):
        for seed in range(4):
            refused = designs(studio, f"cloud security platform, {refusal}", style=Style.TECH, seed=seed)
            assert Treatment.GRADIENT not in {design.treatment for design in refused}


def test_a_given_palette_is_kept(studio: Studio) -> None:
    palette = ("#1d4f9f", "#0f8fb8", "#ffffff")
    for seed in range(4):
        for design in designs(
            studio, "cloud security platform", style=Style.TECH, seed=seed, palette=Palette(colours=palette)
        ):
            assert {design.colours.mark, design.colours.accent} <= set(palette)


def test_a_thing_that_must_show_is_not_turned(studio: Studio) -> None:
    for seed in range(3):
        for design in designs(studio, "a leaf", show=("leaf",), style=Style.ELEGANT, seed=seed):
            assert not isinstance(design.mark, RotationMark)


def test_a_candidate_drawn_alone_is_the_one_of_its_set(studio: Studio) -> None:
    whole = designs(studio, "surf school", style=Style.PLAYFUL, count=8)
    brief = Brief("surf school", brand_name="Lumen", seed=3, style=Style.PLAYFUL, first=5, count=1)
    assert list(direct(brief, studio.read(brief), studio.materials)) == whole[5:6]


@pytest.mark.parametrize("style", list(Style))
def test_what_is_done_is_told(style: Style, studio: Studio) -> None:
    told = {Treatment.GRADIENT: "gradient", Treatment.CUT: "degrees", Treatment.SEGMENTED: "fields of colour"}
    for prompt in PROMPTS:
        brief = Brief(prompt, brand_name="Lumen", seed=3, style=style)
        for design in direct(brief, studio.read(brief), studio.materials):
            why = explain(design, studio.read(brief), studio.materials.symbols)
            assert told.get(design.treatment, "") in why
            assert ("around a point" in why) == isinstance(design.mark, RotationMark)


def test_one_cut_is_carried_from_mark_to_type(studio: Studio) -> None:
    colours = ColourScheme("#1d4f9f", "#e0702a", "#dde6f5", "#111111", "#444444", "#ffffff")
    face = Typeface("Figtree", 700)
    mark = SymbolMark("phosphor:heart-fill")
    design = Design("x", LayoutKind.STACKED, mark, colours, brand_name="Novo", name_type=face)
    cut: list[Design] = []
    for seed in range(12):
        brief = Brief("heart clinic", brand_name="Novo", seed=seed)
        specials = SpecialTreatments(brief, studio.read(brief), studio.materials, Dice(str(seed)))
        found = [specials.improve(design, Style.TECH, number) for number in range(4)]
        cut += [one for one in found if one.treatment is Treatment.CUT]
    assert cut
    for one in cut:
        assert one.name_idea is not None
        assert one.name_idea.technique is NameTechnique.CUT
        assert one.name_idea.angle == one.cut
        whole = draw(replace(one, name_idea=None), studio.materials)
        assert draw(one, studio.materials).svg() != whole.svg()
        assert "a letter of the name has too" in explain(one, studio.read(brief), studio.materials.symbols)


@pytest.mark.parametrize("symbol", ["phosphor:cloud-sun-bold", "phosphor:plant-duotone"])
def test_lines_get_a_gradient_only_where_it_is_asked_for(symbol: str, studio: Studio) -> None:
    colours = ColourScheme("#1d4f9f", "#0f8fb8", "#dde6f5", "#111111", "#444444", "#ffffff")
    design = Design("x", LayoutKind.SYMBOL, SymbolMark(symbol), colours)
    for prompt, expected in (("weather", False), ("weather, in a gradient", True)):
        found = set()
        for seed in range(12):
            brief = Brief(prompt, seed=seed)
            specials = SpecialTreatments(brief, studio.read(brief), studio.materials, Dice(str(seed)))
            found |= {specials.improve(design, Style.MODERN, number).treatment for number in range(4)}
        assert (Treatment.GRADIENT in found) is expected


def test_two_letters_are_parted_between_them_and_not_across(studio: Studio) -> None:
    colours = ColourScheme("#1d4f9f", "#e0702a", "#dde6f5", "#111111", "#444444", "#ffffff")
    for initials in ("OP", "FE"):
        _check_parts(initials, colours, studio)


def _check_parts(initials: str, colours: ColourScheme, studio: Studio) -> None:
    mark = LetterformMark(initials, "joined", "League Spartan", 800)
    design = Design("x", LayoutKind.SYMBOL, mark, colours)
    for seed in range(24):
        brief = Brief("a house builder", seed=seed)
        specials = SpecialTreatments(brief, studio.read(brief), studio.materials, Dice(str(seed)))
        for number in range(4):
            found = specials.improve(design, Style.CLASSIC, number)
            if found.treatment is Treatment.SEGMENTED:
                assert "O" not in initials
                assert (found.segments, found.cut) == (2, 90)
