import pytest

from blazon.brief import Brief, LayoutKind, Style
from blazon.design import GeometricMark, LetterformMark, SymbolMark, Treatment
from blazon.direction.dice import Dice
from blazon.direction.marks import MarkChooser, MarkIdea
from blazon.draw.artwork import Materials
from blazon.draw.symbols import SymbolStyle


def chosen(brief: Brief, materials: Materials, layouts: list[LayoutKind], key: str = "k") -> list[MarkIdea]:
    chooser = MarkChooser(brief, materials, Dice(key))
    return [chooser.next(Style.MODERN, layout) for layout in layouts]


def test_a_named_brief_gets_three_symbols_then_a_monogram(materials: Materials) -> None:
    ideas = chosen(Brief("coffee roastery", brand_name="North Wind"), materials, [LayoutKind.STACKED] * 6)
    kinds = [type(idea.mark) for idea in ideas]
    assert kinds[:4] == [SymbolMark] * 3 + [LetterformMark]
    assert GeometricMark in kinds[4:]


def test_a_line_treatment_shows_a_line_drawing(materials: Materials) -> None:
    seen = 0
    for key in range(10):
        for idea in chosen(Brief("coffee roastery by the sea"), materials, [LayoutKind.SYMBOL] * 4, str(key)):
            if idea.treatment is Treatment.LINE and isinstance(idea.mark, SymbolMark):
                assert materials.symbols.get(idea.mark.symbol).style is SymbolStyle.LINE
                seen += 1
    assert seen


def test_an_emblem_never_frames_a_framed_monogram(materials: Materials) -> None:
    framed = {"circle", "squircle", "hexagon", "shield", "leaf", "ringed", "halved"}
    for key in range(10):
        ideas = chosen(Brief("zzzz", brand_name="Nord Wand"), materials, [LayoutKind.EMBLEM] * 4, str(key))
        monograms = [idea.mark for idea in ideas if isinstance(idea.mark, LetterformMark)]
        assert monograms
        assert not {mark.construction for mark in monograms} & framed


@pytest.mark.parametrize(
    ("name", "initials"), [("Summit & Sage", "S"), ("Kiosk Klara Kiel", "K"), ("Forge & Fable", "FF")]
)
def test_initials_that_no_brand_wants_are_cut_to_one(materials: Materials, name: str, initials: str) -> None:
    ideas = chosen(Brief("coffee roastery", brand_name=name), materials, [LayoutKind.STACKED] * 4)
    assert [idea.mark.initials for idea in ideas if isinstance(idea.mark, LetterformMark)] == [initials]
