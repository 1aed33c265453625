"""Design to artwork: the one place where a design document becomes outlines and SVG."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from pathops import Path

from blazon.brief import LayoutKind
from blazon.design import (
    BadgePlan,
    ColourScheme,
    CompositeMark,
    Design,
    GeometricMark,
    LetterformMark,
    LetterSymbol,
    Mark,
    OutlineMark,
    RepetitionMark,
    RotationMark,
    SymbolMark,
    Treatment,
)
from blazon.draw import colourings, svg
from blazon.draw.composition import draw_composite
from blazon.draw.curves import combine_paths
from blazon.draw.emblems import ONE_LINE, Emblem, Finish, emblem, plan_of
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.draw.fonts import FontLibrary
from blazon.draw.geometry import draw_geometric_mark
from blazon.draw.initials import split_graphemes
from blazon.draw.letter_symbols import find_letter_symbols, set_symbol
from blazon.draw.letterforms import monogram
from blazon.draw.lettering import set_line
from blazon.draw.line_weight import thicken_lines
from blazon.draw.lockups import ARTBOARD, clear_space, lockup, place_on_square
from blazon.draw.outline import Box, Ink, Layer, bounds, inked_area, layer_bounds, rectangle
from blazon.draw.outline_mark import draw_outlines
from blazon.draw.palette_coverage import show_palette
from blazon.draw.reduction import reduce_layers
from blazon.draw.repetition import draw_repetition
from blazon.draw.rotation import draw_rotation
from blazon.draw.small_size import simplify_layers
from blazon.draw.stem_lines import MatchedLines, match_stem, share_of_stem
from blazon.draw.symbols import Symbol, SymbolLibrary, SymbolStyle
from blazon.draw.treatments import SIDE, fit_layers, treat
from blazon.draw.wording import Words, set_words
from blazon.errors import InvalidDesign

# The weight of type that a mark is drawn for where there is none.
_STRONG: Final = 600
# How much wider than high a letter may be that stands for a name.
_WIDEST_LETTER: Final = 1.4
_FINISHES: Final = {Treatment.KNOCKED_OUT: Finish.SOLID, Treatment.DUOTONE: Finish.TWO_TONE}
# Treatments in which a drawing in lines stays one.
_OPEN_LINES: Final = (Treatment.PLAIN, Treatment.LINE, Treatment.GRADIENT)
# The share of a favicon that its mark takes.
_SMALL_SHARE: Final = 0.90
# The share of a knocked-out mark that must stay open, and to which it may grow when the lines in it go.
_LEAST_OPEN: Final = 0.6
_MOST_OPEN: Final = 1.25
# Pixels below which a second symbol is not made out.
_BLOT: Final = 10.0
# Pixels that a module of a pattern takes at least with the air beside it, or it is drawn once.
_MODULE: Final = 6.0


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
    def open(cls, own: FontSources = NO_FONTS) -> "Materials":
        """Open what Blazon carries, and the user's own fonts.

        Raises:
            InvalidFont: these cannot be used.
        """
        return cls(FontLibrary.open(own), SymbolLibrary.open())


@dataclass(frozen=True, slots=True)
class Artwork:
    """A drawn design: its layers on a square artboard of `ARTBOARD` units.

    `left_out` names the fields of the design that would have been too small to read: slogan, established, place.
    In colour the mark may run in a `gradient` to the accent; every other colouring is flat.
    """

    layers: tuple[Layer, ...]
    colours: ColourScheme
    title: str
    left_out: tuple[str, ...] = ()
    gradient: bool = False

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
        return svg.document(
            self.layers,
            self.scheme(variant),
            artboard,
            title=self.title,
            background=background,
            gradient=self.gradient and variant is Variant.COLOUR,
        )

    def scheme(self, variant: Variant) -> ColourScheme:
        """Return the colours of a colouring."""
        match variant:
            case Variant.COLOUR:
                return self.colours
            case Variant.BLACK:
                return colourings.black()
            case Variant.WHITE:
                return colourings.white()
            case Variant.INVERSE:
                return colourings.inverse(self.colours)


def draw(design: Design, materials: Materials) -> Artwork:
    """Draw a design. The symbol of a name without a mark is the first letter of the name.

    Raises:
        InvalidDesign: it names a symbol, family or construction that does not exist, or has nothing to show.
        TextNotCovered: its typeface lacks a character of the name or slogan.
    """
    _check_parts(design)
    weight = design.name_type.weight if design.name_type else _STRONG
    mark = draw_mark(design.mark, materials, weight) if design.mark else ()
    layout = design.layout
    if layout is LayoutKind.EMBLEM:
        if design.letter_symbol:
            raise InvalidDesign("an emblem takes no letter_symbol: its name is bent")
        drawn = _draw_emblem(reduce_layers(mark), design, materials)
        if drawn is not None:
            layers = place_on_square(show_palette(drawn.layers, design.colours, layout), layout)
            return Artwork(layers, design.colours, design.title, _name_fields(drawn.left_out, design))
        # Its name would be too small to read inside: it stands below.
        layout = LayoutKind.STACKED
    beside = replace(design, layout=layout)
    words = _set_name(beside, materials)
    treated = reduce_layers(_treat_mark(beside, mark, words, materials)) if mark else ()
    if layout is LayoutKind.SYMBOL and not mark:
        treated = _first_letter(design, materials)
    if mark and not all((layer_bounds(treated).width, layer_bounds(treated).height)):
        raise InvalidDesign("nothing is left of its mark")
    framed = design.treatment in (Treatment.FRAMED, Treatment.KNOCKED_OUT)
    placed = lockup(layout, treated, words, framed=framed)
    layers = place_on_square(show_palette(placed.layers, design.colours, layout), layout)
    return Artwork(
        layers,
        design.colours,
        design.title,
        _name_fields(placed.left_out, design),
        gradient=design.treatment is Treatment.GRADIENT,
    )


def _check_parts(design: Design) -> None:
    """Return if a design has the parts that its layout shows.

    Raises:
        InvalidDesign: it lacks one.
    """
    layout = design.layout
    if layout is not LayoutKind.SYMBOL and not design.brand_name:
        raise InvalidDesign(f"the layout {layout} needs a brand_name")
    if design.mark is None and layout not in (LayoutKind.WORDMARK, LayoutKind.SYMBOL):
        raise InvalidDesign(f"the layout {layout} needs a mark")


def draw_small(design: Design, materials: Materials, pixels: int) -> Artwork:
    """Draw a design for a favicon of `pixels` x `pixels`: its mark alone, without what would clog.

    A wordmark is drawn by its first letter, and a frame in line is left out: it would be a hair. Of two symbols the
    second is left out where it would be a blot, and of a pattern one module is drawn. A mark that is knocked out of its
    frame stands without it where it would close.

    Raises:
        InvalidDesign: it names a symbol, family or construction that does not exist.
        TextNotCovered: its typeface lacks a character of the name.
    """
    box = Box(0, 0, ARTBOARD, ARTBOARD).inset((1 - _SMALL_SHARE) / 2 * ARTBOARD)
    if design.mark is not None:
        treatment = Treatment.PLAIN if design.treatment is Treatment.FRAMED else design.treatment
        drawn = draw_mark(_drop_others(design.mark, pixels), materials, _STRONG)
        layers = fit_layers(treat(drawn, treatment, design.frame, design.cut, design.segments), box)
        small = simplify_layers(layers, ARTBOARD / pixels)
        if treatment is Treatment.KNOCKED_OUT and _is_clogged(small, layers):
            small = simplify_layers(fit_layers(drawn, box), ARTBOARD / pixels)
    else:
        small = simplify_layers(fit_layers(_first_letter(design, materials), box), ARTBOARD / pixels)
    return Artwork(reduce_layers(small), design.colours, design.title)


def _is_clogged(small: Sequence[Layer], layers: Sequence[Layer]) -> bool:
    """Say whether the drawing for small sizes shows another shape in its frame than the layers that it was made of."""
    open_area = _open_area(layers)
    return not _LEAST_OPEN * open_area <= _open_area(small) <= _MOST_OPEN * open_area


def _open_area(layers: Sequence[Layer]) -> float:
    """Return the area of what is cut out of the largest outline, islands in it not counted."""
    largest = max((contour for layer in layers for contour in layer.path.contours), key=inked_area, default=None)
    return 0.0 if largest is None else inked_area(largest) - sum(inked_area(layer.path) for layer in layers)


def _drop_others(mark: Mark, pixels: int) -> Mark:
    if isinstance(mark, CompositeMark) and mark.size / SIDE * _SMALL_SHARE * pixels < _BLOT:
        return SymbolMark(mark.first)
    if isinstance(mark, RepetitionMark) and _SMALL_SHARE * pixels < _MODULE * max(mark.columns, mark.rows):
        return SymbolMark(mark.symbol)
    return mark


def draw_treated_mark(design: Design, materials: Materials) -> tuple[Layer, ...]:
    """Return the layers of the mark of a design, treated, in a square of `SIDE` units; none for a wordmark.

    They have all the points that they were drawn with, more than `draw` leaves.

    Raises:
        InvalidDesign: it names a symbol, family or construction that does not exist.
    """
    if design.mark is None:
        return ()
    weight = design.name_type.weight if design.name_type else _STRONG
    drawn = draw_mark(design.mark, materials, weight)
    words = _set_name(design, materials) if is_line_beside_name(design, materials.symbols) else Words()
    return _treat_mark(design, drawn, words, materials)


def is_line_beside_name(design: Design, symbols: SymbolLibrary) -> bool:
    """Say whether a design has a drawing in lines beside its name, whose strokes are as wide as the name's stems.

    Raises:
        InvalidDesign: the library has no such symbol.
    """
    return (
        isinstance(design.mark, SymbolMark)
        and bool(design.brand_name)
        and design.layout in (LayoutKind.HORIZONTAL, LayoutKind.STACKED)
        and design.treatment in _OPEN_LINES
        and _symbol_of(design.mark, symbols).style is SymbolStyle.LINE
    )


def match_line_mark(design: Design, materials: Materials) -> MatchedLines | None:
    """Return the mark of a design for which `is_line_beside_name` holds, with strokes as wide as the name's stems.

    None where that cannot be drawn.

    Raises:
        TextNotCovered: its typeface lacks a character of the name.
    """
    words = _set_name(design, materials)
    return match_stem(_raw_layers(design.mark, materials.symbols), design.layout, words)


def estimate_stroke(design: Design, materials: Materials) -> int | None:
    """Return the stroke that `match_line_mark` would give, in thousandths of the longer side, without drawing it.

    None where the name has no stem to be measured.

    Raises:
        TextNotCovered: its typeface lacks a character of the name.
    """
    words = _set_name(design, materials)
    return share_of_stem(_raw_layers(design.mark, materials.symbols), design.layout, words)


def _raw_layers(mark: Mark | None, symbols: SymbolLibrary) -> tuple[Layer, ...]:
    """Return the layers of a symbol as they are in its set; of another mark none."""
    return symbols.layers(_symbol_of(mark, symbols)) if isinstance(mark, SymbolMark) else ()


def _treat_mark(design: Design, mark: Sequence[Layer], words: Words, materials: Materials) -> tuple[Layer, ...]:
    """Return the layers of a mark, treated, in a square of `SIDE` units; lines beside the words match their stems."""
    if is_line_beside_name(design, materials.symbols):
        matched = match_stem(_raw_layers(design.mark, materials.symbols), design.layout, words)
        mark = matched.layers if matched else mark
    return treat(mark, design.treatment, design.frame, design.cut, design.segments)


def _first_letter(design: Design, materials: Materials) -> tuple[Layer, ...]:
    """Return the first letter of a name, with the name's idea if it is done there and is no wider than a letter.

    Raises:
        InvalidDesign: there is no name, or it has no type.
    """
    if not design.brand_name or design.name_type is None:
        raise InvalidDesign("a design without a mark needs a brand_name and a name_type")
    line = set_line(split_graphemes(design.brand_name)[0], design.name_type, SIDE, materials.fonts)
    plain = (Layer(line.path, Ink.NAME),)
    if design.name_idea is None and design.letter_symbol is None:
        return plain
    first = _set_name(replace(design, layout=LayoutKind.WORDMARK), materials).name[0]
    box = bounds([first.letters[0].path])
    inside = [] if first.accent is None else [part for part in first.accent.contours if _is_over(part, box)]
    if first.letters[0].index or box.width > _WIDEST_LETTER * box.height:
        return plain
    accent = (Layer(combine_paths(inside), Ink.ACCENT),) if inside else ()
    return (Layer(first.letters[0].path, Ink.NAME), *accent)


def _is_over(part: Path, box: Box) -> bool:
    return box.left <= bounds([part]).centre[0] <= box.right


def _set_name(design: Design, materials: Materials) -> Words:
    """Return the words of a design, the symbol in its name included."""
    words = set_words(design, materials.fonts)
    if design.letter_symbol:
        words = replace(words, name=set_symbol(words.name, design.letter_symbol, materials.symbols))
    return words


def draw_around_mark(design: Design, materials: Materials) -> tuple[Artwork, Box]:
    """Draw a design without its mark, and return the square on the artboard that is left free for one."""
    square = Layer(rectangle(Box(0, 0, SIDE, SIDE)), Ink.MARK)
    words = set_words(design, materials.fonts)
    placed = lockup(design.layout, (square,), words, framed=True)
    layers = place_on_square(placed.layers, design.layout)
    type_layers = tuple(layer for layer in layers if layer.ink is not Ink.MARK)
    free = layer_bounds(layer for layer in layers if layer.ink is Ink.MARK)
    return Artwork(type_layers, design.colours, design.title, _name_fields(placed.left_out, design)), free


def _draw_emblem(mark: Sequence[Layer], design: Design, materials: Materials) -> Emblem | None:
    finish = _FINISHES.get(design.treatment, Finish.OPEN)
    words = set_words(design, materials.fonts, ring=plan_of(design.badge, design.frame) in ONE_LINE)
    drawn = emblem(mark, words, design.frame, finish=finish, badge=design.badge, ornament=design.ornament)
    if drawn is not None or design.badge in (None, BadgePlan.LABEL):
        return drawn
    # A label takes longer names than the other plans.
    return emblem(mark, set_words(design, materials.fonts), design.frame, finish=finish, badge=BadgePlan.LABEL)


def _name_fields(left_out: Sequence[str], design: Design) -> tuple[str, ...]:
    """Return the fields of a design that words come from: a detail is made of two."""
    fields = ["slogan"] * ("slogan" in left_out) + ["established", "place"] * ("detail" in left_out)
    return tuple(name for name in fields if getattr(design, name))


def find_symbol_places(
    design: Design, drawings: Sequence[Symbol], materials: Materials, letter: str = "", *, asked: bool = False
) -> list[LetterSymbol]:
    """Return what may be the `letter_symbol` of a design, the best first; empty if no letter suits.

    Args:
        design: one with a name, in any layout but an emblem.
        drawings: drawings of the thing to show, the best first.
        materials: what the design is drawn from.
        letter: only places in or for this letter; empty for any.
        asked: whether somebody asks for it, and a fair fit will do.
    """
    lines = set_words(design, materials.fonts).name
    return find_letter_symbols(lines, drawings, materials.symbols, letter, asked=asked)


def draw_mark(mark: Mark, materials: Materials, weight: int) -> tuple[Layer, ...]:
    """Return the untreated layers of a mark; a drawing in lines gets strokes that suit type of a CSS `weight`.

    Raises:
        InvalidDesign: it names a symbol, family or construction that does not exist.
    """
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
        case RepetitionMark():
            return draw_repetition(mark, materials.symbols)
        case OutlineMark():
            return draw_outlines(mark)


def _symbol_of(mark: SymbolMark, symbols: SymbolLibrary) -> Symbol:
    try:
        return symbols.get(mark.symbol)
    except KeyError:
        raise InvalidDesign(f"there is no symbol {mark.symbol[:80]!r}") from None


def _symbol_layers(mark: SymbolMark, symbols: SymbolLibrary, weight: int) -> tuple[Layer, ...]:
    symbol = _symbol_of(mark, symbols)
    layers = symbols.layers(symbol)
    return thicken_lines(layers, weight) if symbol.style is SymbolStyle.LINE else layers
