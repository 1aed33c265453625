"""Each gate fails for the kind of fault that it is made for, and passes what is well made."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, SymbolMark, Typeface
from blazon.draw.artwork import Artwork, Materials, draw
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box, Ink, Layer, circle, move_path, rectangle, scale_path
from blazon.quality.faults import Fault, FaultKind
from blazon.quality.logo_gates import check_logo

COLOURS = ColourScheme("#123a6b", "#c2410c", "#dbe7f5", "#101418", "#374151", "#ffffff")
DESIGN = Design(
    "Clay",
    LayoutKind.HORIZONTAL,
    SymbolMark("nothing:drawn"),
    COLOURS,
    brand_name="Clay",
    slogan="books and paper",
    name_type=Typeface("Lora", 600),
    slogan_type=Typeface("Lora", 400),
)
MARK = Layer(circle((300, 512), 120), Ink.MARK)
NAME = Layer(rectangle(Box(460, 450, 900, 530)), Ink.NAME)
SLOGAN = Layer(rectangle(Box(460, 550, 900, 580)), Ink.SLOGAN)
SOUND = (MARK, NAME, SLOGAN)


def kinds(layers: Sequence[Layer], colours: ColourScheme = COLOURS, **change: object) -> set[FaultKind]:
    return {fault.kind for fault in faults(layers, colours, **change)}


def faults(layers: Sequence[Layer], colours: ColourScheme = COLOURS, **change: object) -> Sequence[Fault]:
    return check_logo(Artwork(tuple(layers), colours, "Clay"), replace(DESIGN, **change))  # type: ignore[arg-type]


def scaled(layer: Layer, factor: float) -> Layer:
    return Layer(scale_path(layer.path, factor, layer_centre(layer)), layer.ink)


def layer_centre(layer: Layer) -> tuple[float, float]:
    left, top, right, bottom = layer.path.bounds
    return (left + right) / 2, (top + bottom) / 2


def test_a_well_made_logo_has_no_fault() -> None:
    assert kinds(SOUND) == set()


@pytest.mark.parametrize(
    ("layers", "kind"),
    [
        ((scaled(MARK, 5), NAME, SLOGAN), FaultKind.EDGE),
        ((MARK, scaled(NAME, 0.3), SLOGAN), FaultKind.SMALL_TYPE),
        ((MARK, NAME, scaled(SLOGAN, 0.6)), FaultKind.SMALL_TYPE),
        ((scaled(MARK, 1.8), NAME, SLOGAN), FaultKind.OVERLAP),
        ((Layer(move_path(MARK.path, 0, 150), Ink.MARK), NAME, SLOGAN), FaultKind.MISALIGNED),
    ],
)
def test_a_fault_is_found(layers: Sequence[Layer], kind: FaultKind) -> None:
    assert kind in kinds(layers)


@pytest.mark.parametrize(
    ("ink", "colour", "found"),
    [
        ("mark", "#f0f2f5", True),
        ("name", "#b8bcc2", True),
        ("slogan", "#9aa0a8", True),  # 2.6 to 1, and small
        ("accent", "#fdf6ec", True),
        ("accent", "#e0a030", False),  # of an accent less is asked
        ("mark", "#767676", False),
    ],
)
def test_an_ink_that_its_paper_swallows_is_found(ink: str, colour: str, found: bool) -> None:
    accent = Layer(circle((300, 512), 40), Ink.ACCENT)
    palette = replace(COLOURS, **{ink: colour})
    told = [fault.words for fault in faults((MARK, accent, NAME, SLOGAN), palette) if fault.kind is FaultKind.CONTRAST]
    assert any(ink in words and "inverse" not in words for words in told) is found


def test_an_ink_that_is_not_used_is_no_fault() -> None:
    assert kinds(SOUND, replace(COLOURS, accent="#ffffff")) == set()


def test_a_stacked_mark_stands_over_the_middle_of_its_type() -> None:
    above = Layer(move_path(MARK.path, 380, -250), Ink.MARK)
    aside = Layer(move_path(MARK.path, 250, -250), Ink.MARK)
    assert kinds((above, NAME, SLOGAN), layout=LayoutKind.STACKED) == set()
    assert FaultKind.MISALIGNED in kinds((aside, NAME, SLOGAN), layout=LayoutKind.STACKED)


def test_words_that_were_left_out_are_told() -> None:
    artwork = Artwork(SOUND[:2], COLOURS, "Clay", left_out=("slogan", "place"))
    assert [fault.words for fault in check_logo(artwork, DESIGN)] == ["left out, as too small to read: slogan, place"]


def test_words_say_how_small_the_type_is() -> None:
    (fault,) = faults((MARK, NAME, scaled(SLOGAN, 0.6)))
    assert fault.words == "the slogan is under 6 px high in a 256 px picture"


@pytest.mark.parametrize("name", ["Clay", "Society of Friends of the Botanical Garden"])
@pytest.mark.parametrize("layout", [LayoutKind.HORIZONTAL, LayoutKind.STACKED, LayoutKind.WORDMARK])
def test_a_drawn_logo_keeps_its_type_off_its_mark_and_the_edge(
    materials: Materials, layout: LayoutKind, name: str
) -> None:
    mark = None if layout is LayoutKind.WORDMARK else SymbolMark(next(iter(materials.symbols)).id)
    design = replace(DESIGN, layout=layout, mark=mark, brand_name=name)
    artwork = draw(design, materials)
    found = {fault.kind for fault in check_logo(artwork, design)}
    assert found <= {FaultKind.SMALL_TYPE}
    assert max(layer.path.bounds[2] for layer in artwork.layers) < ARTBOARD
