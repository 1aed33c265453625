"""The symbols of a design, and the lines that their licences ask for."""

from collections.abc import Iterator

from blazon.design import CompositeMark, Design, GeometricMark, LetterformMark, OutlineMark
from blazon.draw.symbols import SymbolLibrary


def list_symbols(design: Design) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the symbols that a design names, each with the path to its field."""
    mark = design.mark
    if isinstance(mark, CompositeMark):
        yield ("mark", "first"), mark.first
        yield ("mark", "second"), mark.second
    elif mark is not None and not isinstance(mark, LetterformMark | GeometricMark | OutlineMark):
        yield ("mark", "symbol"), mark.symbol
    if design.letter_symbol is not None:
        yield ("letter_symbol", "symbol"), design.letter_symbol.symbol


def list_credits(design: Design, symbols: SymbolLibrary) -> tuple[str, ...]:
    """Return the lines that the licences of the symbols of a design ask for.

    Raises:
        KeyError: the library has no such symbol.
    """
    lines = (symbols.get(symbol).credit for _, symbol in list_symbols(design))
    return tuple(dict.fromkeys(line for line in lines if line))
