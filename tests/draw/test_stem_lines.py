"""Line marks beside a name: their strokes and the stems of the name, both measured on what was drawn."""

from statistics import median

import pytest
from pathops import Path

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, SymbolMark, Treatment, Typeface
from blazon.draw.artwork import Materials, draw, draw_treated_mark, is_line_beside_name, match_line_mark
from blazon.draw.letter_outlines import level_runs, upright_runs
from blazon.draw.outline import Ink, bounds
from blazon.draw.stem_lines import LEGIBLE_STROKES
from blazon.draw.symbols import SymbolStyle

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")
# Each has a straight upright or level line: its stroke is the shortest stretch of ink across it.
SYMBOLS = ("lucide:cross", "lucide:house", "tabler:anchor", "lucide:flag", "tabler:building", "phosphor:house")
LAYOUTS = (LayoutKind.HORIZONTAL, LayoutKind.STACKED)


def design_of(symbol: str, face: Typeface, layout: LayoutKind, name: str = "Hill") -> Design:
    return Design(name, layout, SymbolMark(symbol), COLOURS, brand_name=name, name_type=face)


def inked(drawn: Design, ink: Ink, materials: Materials) -> Path:
    (path,) = (layer.path for layer in draw(drawn, materials).layers if layer.ink is ink)
    return path


def stem_of(path: Path) -> float:
    """The width of most stems of Hill or HILL, a quarter of its height above the baseline; an H is a bit heavier."""
    box = bounds([path])
    return median(run.length for run in level_runs(path, -(box.bottom - 0.25 * box.height)))


def stroke_of(path: Path) -> float:
    """The width that most stretches of ink have which are crossed by level and upright lines through a mark."""
    box = bounds([path])
    lengths = []
    for share in range(4, 97):
        lengths += [run.length for run in level_runs(path, -(box.top + share / 100 * box.height))]
        lengths += [run.length for run in upright_runs(path, box.left + share / 100 * box.width)]
    # The commonest: the one with the most others within a hundredth.
    return max(lengths, key=lambda one: sum(abs(one - other) <= 0.01 * one for other in lengths))


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "face", [Typeface("Montserrat", 500), Typeface("Montserrat", 700), Typeface("Rubik", 600), Typeface("Figtree", 800)]
)
def test_the_stroke_is_the_stem(symbol: str, layout: LayoutKind, face: Typeface, materials: Materials) -> None:
    design = design_of(symbol, face, layout)
    assert materials.symbols.get(symbol).style is SymbolStyle.LINE
    assert match_line_mark(design, materials) is not None
    stem = stem_of(inked(design, Ink.NAME, materials))
    assert stroke_of(inked(design, Ink.MARK, materials)) == pytest.approx(stem, rel=0.03)


def test_what_is_examined_is_what_is_drawn(materials: Materials) -> None:
    design = design_of("lucide:house", Typeface("Montserrat", 700), LayoutKind.STACKED)
    drawn, (examined,) = inked(design, Ink.MARK, materials), draw_treated_mark(design, materials)
    shares = [stroke_of(path) / bounds([path]).height for path in (drawn, examined.path)]
    assert shares[0] == pytest.approx(shares[1], rel=0.02)


def test_hairlines_and_bars_are_told(materials: Materials) -> None:
    found = [
        match_line_mark(design_of("lucide:house", Typeface("Montserrat", weight), LayoutKind.HORIZONTAL), materials)
        for weight in (100, 600, 900)
    ]
    assert [one is not None and one.is_legible for one in found] == [False, True, False]
    assert next(one.stroke < LEGIBLE_STROKES.start for one in found if one is not None)


def test_a_name_without_a_stem_takes_its_weight(materials: Materials) -> None:
    design = design_of("lucide:house", Typeface("Heebo", 700), LayoutKind.STACKED, "שלום")
    assert is_line_beside_name(design, materials.symbols)
    assert match_line_mark(design, materials) is None
    assert "<path" in draw(design, materials).svg()


@pytest.mark.parametrize(
    ("symbol", "layout", "treatment"),
    [
        ("phosphor:house-fill", LayoutKind.STACKED, Treatment.PLAIN),
        ("lucide:house", LayoutKind.SYMBOL, Treatment.PLAIN),
        ("lucide:house", LayoutKind.STACKED, Treatment.KNOCKED_OUT),
    ],
)
def test_what_is_solid_alone_or_framed_has_a_stroke_of_its_own(
    symbol: str, layout: LayoutKind, treatment: Treatment, materials: Materials
) -> None:
    design = Design(
        "Hill", layout, SymbolMark(symbol), COLOURS, treatment, brand_name="Hill", name_type=Typeface("Rubik", 600)
    )
    assert not is_line_beside_name(design, materials.symbols)
