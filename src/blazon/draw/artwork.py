"""Design to artwork: the one place where a design document becomes outlines and SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import (
    ColourScheme,
    CompositeMark,
    Design,
    GeometricMark,
    LetterformMark,
    LetterSymbol,
    Mark,
    RotationMark,
    SymbolMark,
    Treatment,
)
from blazon.draw import palette, svg
from blazon.draw.composition import draw_composite
from blazon.draw.emblems import emblem
from blazon.draw.fonts import FontLibrary
from blazon.draw.geometry import draw_geometric_mark
from blazon.draw.initials import graphemes
from blazon.draw.letter_symbols import find_letter_symbols, set_symbol
from blazon.draw.letterforms import monogram
from blazon.draw.lettering import Lettering, set_line
from blazon.draw.line_weight import thicken_lines
from blazon.draw.lockups import ARTBOARD, clear_space, lockup, place_on_square
from blazon.draw.outline import Box, Ink, Layer, layer_bounds, rectangle
from blazon.draw.rotation import draw_rotation
from blazon.draw.small_size import simplify_layers
from blazon.draw.symbols import Symbol, SymbolLibrary, SymbolStyle
from blazon.draw.treatments import SIDE, fit_layers, treat
from blazon.errors import InvalidDesign

# Type is set at this many units per em and scaled by the lockup.
_EM: Final = 1000.0
# The weight of type that a mark is drawn for where there is none.
_STRONG: Final = 600
# The share of a favicon that its mark takes.
_SMALL_SHARE: Final = 0.90
# A name of several words is broken in two lines beyond this width, in cap heights.
_LONGEST_LINE: Final = {LayoutKind.HORIZONTAL: 7.0, LayoutKind.STACKED: 14.0, LayoutKind.WORDMARK: 12.0}


class Variant(StrEnum):
    """The colourings that every logo comes in."""

    COLOUR = "colour"
    BLACK = "black"
    WHITE = "white"
    INVERSE = "inverse"


@dataclass(frozen=True, slots=True)
class Materials:
    """The materials that logos are drawn from; both libraries may be shared by threads."""

    fonts: FontLibrary
    symbols: SymbolLibrary

    @classmethod
    def open(cls) -> "Materials":
        return cls(FontLibrary(), SymbolLibrary.open())


@dataclass(frozen=True, slots=True)
class Artwork:
    """A drawn design: its layers on a square artboard of `ARTBOARD` units."""

    layers: tuple[Layer, ...]
    colours: ColourScheme
    title: str

    def svg(self, variant: Variant = Variant.COLOUR, *, tight: bool = False, background: bool | None = None) -> str:
        """Return an SVG document.

        Args:
            variant: the colouring.
            tight: crop to the logo and its clear space instead of the square artboard.
            background: paint the paper; by default black and white come on a transparent one.
        """
        artboard = clear_space(self.layers) if tight else Box(0, 0, ARTBOARD, ARTBOARD)
        if background is None:
            background = variant in (Variant.COLOUR, Variant.INVERSE)
        return svg.document(self.layers, self._colours(variant), artboard, title=self.title, background=background)

    def _colours(self, variant: Variant) -> ColourScheme:
        match variant:
            case Variant.COLOUR:
                return self.colours
            case Variant.BLACK:
                return palette.black()
            case Variant.WHITE:
                return palette.white()
            case Variant.INVERSE:
                return palette.inverse(self.colours)


def draw(design: Design, materials: Materials) -> Artwork:
    """Draw a design.

    Raises:
        InvalidDesign: it names a symbol, family or construction that does not exist.
        TextNotCovered: its typeface lacks a character of the name or slogan.
    """
    layers = _compose(design, materials)
    return Artwork(place_on_square(layers, design.layout), design.colours, design.title)


def draw_small(design: Design, materials: Materials, pixels: int) -> Artwork:
    """Draw a design for a favicon of `pixels` x `pixels`: its mark alone, without what would clog.

    A wordmark is drawn by its first letter, and a frame in line is left out: it would be a hair.

    Raises:
        InvalidDesign: it names a symbol, family or construction that does not exist.
        TextNotCovered: its typeface lacks a character of the name.
    """
    if design.mark is not None:
        treatment = Treatment.PLAIN if design.treatment is Treatment.FRAMED else design.treatment
        layers = treat(_draw_mark(design.mark, materials, _STRONG), treatment, design.frame)
    elif design.brand_name and design.name_type:
        line = set_line(graphemes(design.brand_name)[0], design.name_type, _EM, materials.fonts)
        layers = (Layer(line.path, Ink.NAME),)
    else:
        raise InvalidDesign("a design without a mark needs a brand_name and a name_type")
    box = Box(0, 0, ARTBOARD, ARTBOARD).inset((1 - _SMALL_SHARE) / 2 * ARTBOARD)
    small = simplify_layers(fit_layers(layers, box), ARTBOARD / pixels)
    return Artwork(small, design.colours, design.title)


def draw_around_mark(design: Design, materials: Materials) -> tuple[Artwork, Box]:
    """Draw a design without its mark, and return the square on the artboard that is left free for one."""
    square = Layer(rectangle(Box(0, 0, SIDE, SIDE)), Ink.MARK)
    name, slogan = _name_lines(design, materials.fonts), _slogan_line(design, materials.fonts)
    layers = place_on_square(lockup(design.layout, (square,), name, slogan, framed=True), design.layout)
    words = tuple(layer for layer in layers if layer.ink is not Ink.MARK)
    free = layer_bounds(layer for layer in layers if layer.ink is Ink.MARK)
    return Artwork(words, design.colours, design.title), free


def find_symbol_places(
    design: Design, drawings: Sequence[Symbol], materials: Materials, letter: str = ""
) -> list[LetterSymbol]:
    """Return what may be the `letter_symbol` of a design, the best first; empty if no letter suits.

    Args:
        design: one with a name, in any layout but an emblem.
        drawings: drawings of the thing to show, the best first.
        materials: what the design is drawn from.
        letter: only places in or for this letter; empty for any.
    """
    return find_letter_symbols(_name_lines(design, materials.fonts), drawings, materials.symbols, letter)


def _compose(design: Design, materials: Materials) -> tuple[Layer, ...]:
    weight = design.name_type.weight if design.name_type else _STRONG
    mark = _draw_mark(design.mark, materials, weight) if design.mark else ()
    name = _name_lines(design, materials.fonts)
    slogan = _slogan_line(design, materials.fonts)
    if design.letter_symbol:
        if design.layout is LayoutKind.EMBLEM:
            raise InvalidDesign("an emblem takes no letter_symbol: its name is bent")
        name = set_symbol(name, design.letter_symbol, materials.symbols)
    if design.layout is LayoutKind.EMBLEM:
        return emblem(mark, name, slogan, design.frame, solid=design.treatment is Treatment.KNOCKED_OUT)
    treated = treat(mark, design.treatment, design.frame) if mark else ()
    framed = design.treatment in (Treatment.FRAMED, Treatment.KNOCKED_OUT)
    return lockup(design.layout, treated, name, slogan, framed=framed)


def _draw_mark(mark: Mark, materials: Materials, weight: int) -> tuple[Layer, ...]:
    """Return the untreated layers of a mark; a drawing in lines gets strokes that suit type of a CSS `weight`."""
    match mark:
        case SymbolMark():
            return _symbol_layers(mark, materials.symbols, weight)
        case LetterformMark():
            return monogram(mark, materials.fonts)
        case GeometricMark():
            return draw_geometric_mark(mark)
        case CompositeMark():
            return draw_composite(mark, materials.symbols)
        case RotationMark():
            return draw_rotation(mark, materials.symbols)


def _symbol_layers(mark: SymbolMark, symbols: SymbolLibrary, weight: int) -> tuple[Layer, ...]:
    try:
        symbol = symbols.get(mark.symbol)
    except KeyError:
        raise InvalidDesign(f"there is no symbol {mark.symbol[:80]!r}") from None
    layers = symbols.layers(symbol)
    return thicken_lines(layers, weight) if symbol.style is SymbolStyle.LINE else layers


def _name_lines(design: Design, fonts: FontLibrary) -> Sequence[Lettering]:
    if not design.brand_name or design.layout is LayoutKind.SYMBOL:
        return ()
    if design.name_type is None:
        raise InvalidDesign(f"a {design.layout} needs a name_type")
    line = set_line(design.brand_name, design.name_type, _EM, fonts)
    longest = _LONGEST_LINE.get(design.layout)
    if longest is None or line.ink.width <= longest * (line.cap_height or line.ascender):
        return (line,)
    return [set_line(part, design.name_type, _EM, fonts) for part in break_name(design.brand_name)]


def break_name(name: str) -> tuple[str, ...]:
    """Break a name at the space that leaves the two most equal lines; one word stays whole.

    A short word such as "&" stays with the word after it.
    """
    spaces = [index for index, char in enumerate(name) if char == " "]
    good = [index for index in spaces if len(name[:index].split()[-1]) > 1] or spaces
    if not good:
        return (name,)
    at = min(good, key=lambda index: (max(index, len(name) - index - 1), index))
    return name[:at], name[at + 1 :]


def _slogan_line(design: Design, fonts: FontLibrary) -> Lettering | None:
    if not design.slogan or design.layout is LayoutKind.SYMBOL:
        return None
    if design.slogan_type is None:
        raise InvalidDesign("a slogan needs a slogan_type")
    return set_line(design.slogan, design.slogan_type, _EM, fonts, field="slogan")
