"""What somebody sees in a logo, told by its design and its SVG: the symbols, letters, colours, text and type in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from blazon.design import LetterCase, Typeface
from blazon.draw.artwork import Materials
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import set_line, write_text
from blazon.draw.meaning import words_of
from blazon.draw.symbols import SymbolLibrary
from blazon.draw.writing import make_printable
from blazon.errors import TextNotCovered

# Fields of a design that are words and no lines beside the name.
_NO_LINES: Final = frozenset({"title", "brand_name", "layout", "treatment", "frame", "kind", "shows", "why"})
_HEAVY, _THIN = 700, 300

# Families whose small letters are small capitals; where they are as high as the capitals it is measured.
_SMALL_CAPITALS: Final = frozenset({"Cinzel", "Permanent Marker"})
_UNICASE: Final = 0.97


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen in one candidate.

    Args:
        symbols: of each symbol the words of its name.
        letters: what a mark of letters is made of.
        kind: of the mark: pictorial, combined, letters, abstract or wordmark.
        layout: of the lockup.
        frame: the shape around the mark, if there is one.
        name: that is set, as it was given; empty where the mark stands alone.
        texts: the lines as they are set, the name first; none where the mark stands alone.
        type: the kinds of the name's type.
        cases: in which the name is set: upper, lower, as_given.
        colours: of all that is painted, `#rrggbb`.
        mark: the mark's part of the design, to tell marks apart.
    """

    symbols: tuple[frozenset[str], ...]
    letters: str
    kind: str
    layout: str
    frame: str
    name: str
    texts: tuple[str, ...]
    type: frozenset[str]
    cases: frozenset[str]
    colours: frozenset[str]
    mark: str


def see(design: Mapping[str, Any], svg: str, materials: Materials) -> Seen:
    """Return what is seen in a candidate, from its design as plain data and from its SVG."""
    mark, library = design["mark"], materials.symbols
    ids = [value for value in _strings(design) if ":" in value and _is_symbol(value, library)]
    symbols = [library.get(symbol_id) for symbol_id in dict.fromkeys(ids)]
    letters = _letters(mark)
    name = "" if design["layout"] == "symbol" else design["brand_name"]
    face = Typeface(**{**design["name_type"], "case": LetterCase(design["name_type"]["case"])}) if name else None
    as_set = write_text(name, face, materials.fonts) if face else ""
    return Seen(
        symbols=tuple(frozenset(words_of(symbol.name)) for symbol in symbols),
        letters=letters,
        kind=_kind(mark, len(symbols), letters),
        layout=str(design["layout"]),
        frame=_frame(design),
        name=name,
        texts=(as_set, *_other_texts(design)) if face else (),
        type=_kinds_of_type(face, materials.fonts) if face else frozenset(),
        cases=_cases(name, as_set, face, materials.fonts) if face else frozenset(),
        colours=painted(svg),
        mark=repr(mark),
    )


def painted(svg: str) -> frozenset[str]:
    """Return the colours that an SVG paints with, as `#rrggbb`; a colour in another form is an error.

    Raises:
        ValueError: a fill, stroke or stop is neither a colour in hex nor nothing nor a gradient.
    """
    found = set()
    for value in re.findall(r"(?:fill|stroke|stop-color|flood-color)\s*[=:]\s*[\"']?([^\"';>\s]+)", svg):
        if re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            found.add(value.lower())
        elif re.fullmatch(r"#[0-9a-fA-F]{3}", value):
            found.add("#" + "".join(digit * 2 for digit in value[1:].lower()))
        elif value not in ("none", "currentColor") and not value.startswith("url("):
            raise ValueError(f"{value!r} is a colour that is not understood here")
    return frozenset(found)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _is_symbol(text: str, library: SymbolLibrary) -> bool:
    try:
        library.get(text)
    except KeyError:
        return False
    return True


def _letters(mark: object) -> str:
    """Return the letters of a mark, wherever in it they are named."""
    if not isinstance(mark, Mapping):
        return ""
    own = "".join(str(mark.get(field) or "") for field in ("initials", "letters"))
    return own or next(filter(None, map(_letters, mark.values())), "")


def _kind(mark: Mapping[str, Any] | None, symbols: int, letters: str) -> str:
    if mark is None:
        return "pictorial" if symbols else "wordmark"  # a symbol in the place of a letter
    if symbols > 1 or (symbols and letters):
        return "combined"
    if symbols:
        return "pictorial"
    return "letters" if letters else "abstract"


def _frame(design: Mapping[str, Any]) -> str:
    framed = design["layout"] == "emblem" or design["treatment"] in ("framed", "knocked_out")
    return str(design["frame"] or "") if framed else ""


def _other_texts(design: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines beside the name, whatever their fields are called."""
    return (text for field, text in design.items() if isinstance(text, str) and text and field not in _NO_LINES)


def _kinds_of_type(face: Typeface, fonts: FontLibrary) -> frozenset[str]:
    """Return the kinds of a face; whether it is heavy or thin, its weight says where there are several."""
    family = fonts.family(face.family)
    kinds = set(map(str, family.kinds))
    if len(family.weights) > 1:
        kinds -= {"heavy", "thin"}
    by_weight = {"heavy": face.weight >= _HEAVY, "thin": face.weight <= _THIN}
    return frozenset([*kinds, *(kind for kind, holds in by_weight.items() if holds)])


def _cases(name: str, as_set: str, face: Typeface, fonts: FontLibrary) -> frozenset[str]:
    """Return the cases that a line is in: `IBM` in capitals is as given too, and all is upper where small letters are
    drawn as capitals."""
    cases = {"upper": as_set.isupper() or _is_unicase(face, fonts), "lower": as_set.islower()}
    cases["as_given"] = as_set == make_printable(name) and (as_set.isupper() or not _is_unicase(face, fonts))
    return frozenset(case for case, holds in cases.items() if holds)


def _is_unicase(face: Typeface, fonts: FontLibrary) -> bool:
    if face.family in _SMALL_CAPITALS:
        return True
    try:
        line = set_line("Hx", face, 100, fonts)
    except TextNotCovered:
        return False  # a script without two cases
    return line.x_height > _UNICASE * line.cap_height
