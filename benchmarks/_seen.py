"""What somebody sees in a logo, told by its design and its SVG: the symbols, letters, colours, text and type in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from blazon.draw.families import FAMILIES
from blazon.draw.meaning import words_of
from blazon.draw.symbols import SymbolLibrary

# Fields of a design that are words, and not text to be set.
_NOT_SET: Final = frozenset({"title", "layout", "treatment", "frame", "kind", "shows", "why"})
_HEAVY, _THIN = 700, 300

# The kinds of the families, for versions of Blazon whose families do not tell.
_FAMILIES_OF: Final = {
    "serif": """Abril Fatface, Alfa Slab One, Bitter, Bodoni Moda, Cinzel, Cormorant, Crimson Pro, DM Serif Display,
        EB Garamond, Fraunces, Instrument Serif, Libre Baskerville, Lora, Marcellus, Playfair Display, Vollkorn""",
    "slab": "Alfa Slab One, Bitter",
    "script": "Caveat, Dancing Script, Great Vibes, Lobster, Pacifico",
    "mono": "JetBrains Mono",
    "condensed": "Anton, Bebas Neue, Oswald",
    "wide": "Archivo Black, Bungee, Orbitron, Syne, Unbounded",
    "rounded": "Comfortaa, Fredoka, Lilita One, Nunito, Quicksand, Titan One",
    "heavy": "Abril Fatface, Alfa Slab One, Anton, Archivo Black, Bungee, Lilita One, Titan One",
    "display": "Abril Fatface, Alfa Slab One, Bungee, Lilita One, Lobster, Righteous, Titan One, Unbounded",
    "retro": "Bungee, Lobster, Pacifico, Righteous",
    "sans": """Anton, Archivo Black, Bebas Neue, Bricolage Grotesque, Chakra Petch, Comfortaa, DM Sans, Figtree,
        Fredoka, Geologica, IBM Plex Sans, Josefin Sans, Jost, League Spartan, Lexend, Manrope, Montserrat, Nunito,
        Onest, Orbitron, Oswald, Outfit, Plus Jakarta Sans, Quicksand, Raleway, Red Hat Display, Righteous, Rubik,
        Sora, Space Grotesk, Syne, Unbounded, Urbanist""",
}
_CAPITALS_ONLY: Final = frozenset({"Bebas Neue", "Bungee", "Cinzel"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen in one candidate.

    Args:
        symbols: of each symbol the words of its name.
        letters: what a mark of letters is made of.
        kind: of the mark: pictorial, combined, letters, abstract or wordmark.
        layout: of the lockup.
        texts: the lines that are set, the name first; none where the mark stands alone.
        type: the kinds of the name's type.
        case: how the name is set: upper, lower or as_given.
        colours: of all that is painted, `#rrggbb`.
        mark: the mark's part of the design, to tell marks apart.
    """

    symbols: tuple[frozenset[str], ...]
    letters: str
    kind: str
    layout: str
    texts: tuple[str, ...]
    type: frozenset[str]
    case: str
    colours: frozenset[str]
    mark: str


def see(design: Mapping[str, Any], svg: str, library: SymbolLibrary) -> Seen:
    """Return what is seen in a candidate, from its design as plain data and from its SVG."""
    mark = design["mark"]
    ids = [value for value in _strings(design) if ":" in value and _is_symbol(value, library)]
    symbols = [library.get(symbol_id) for symbol_id in dict.fromkeys(ids)]
    letters = _letters(mark)
    texts = _texts(design)
    face = design["name_type"] if texts else None
    return Seen(
        symbols=tuple(frozenset(words_of(symbol.name)) for symbol in symbols),
        letters=letters,
        kind=_kind(mark, len(symbols), letters),
        layout=str(design["layout"]),
        texts=texts,
        type=_kinds_of_type(face) if face else frozenset(),
        case=_case(face) if face else "",
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


def _texts(design: Mapping[str, Any]) -> tuple[str, ...]:
    if design["layout"] == "symbol":
        return ()
    name = design["brand_name"]
    others = [text for field, text in design.items() if isinstance(text, str) and field not in _NOT_SET and text]
    return tuple(dict.fromkeys(text for text in (name, *others) if text))


def _kinds_of_type(face: Mapping[str, Any]) -> frozenset[str]:
    name = face["family"]
    told = next((getattr(family, "kinds", ()) for family in FAMILIES if family.name == name), ())
    tabled = (kind for kind, families in _FAMILIES_OF.items() if name in re.split(r",\s+", families))
    by_weight = {"heavy": face["weight"] >= _HEAVY, "thin": face["weight"] <= _THIN}
    return frozenset([*(map(str, told) if told else tabled), *(kind for kind, holds in by_weight.items() if holds)])


def _case(face: Mapping[str, Any]) -> str:
    if face["family"] in _CAPITALS_ONLY or face["case"] == "upper":
        return "upper"
    if face["case"] == "lower":
        return "lower"
    return "as_given"
