"""The explicit fields of a brief over the reading of its prompt: what a field says wins."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from blazon.brief import Brief, LayoutKind, MarkKind, Unmet
from blazon.draw.classes_of_things import expand
from blazon.draw.meaning import words_of
from blazon.draw.symbols import SymbolLibrary
from blazon.draw.uploaded_fonts import UploadedFont, title_of
from blazon.reading.colour_limits import list_colour_limits
from blazon.reading.field_clashes import drop_family, list_avoided_colours, list_overruled
from blazon.reading.languages import to_english
from blazon.reading.reading import Reading, Relation, Scene, Thing
from blazon.reading.things import ThingNames, tell_nearest
from blazon.reading.words import describe_reading

_WITHOUT_PICTURE: Final = (MarkKind.ABSTRACT, MarkKind.LETTERS, MarkKind.WORDMARK)
_WITH_MARK: Final = (LayoutKind.HORIZONTAL, LayoutKind.STACKED, LayoutKind.EMBLEM)
_WITHOUT_LETTERS: Final = (MarkKind.ABSTRACT, MarkKind.PICTORIAL, MarkKind.MASCOT, MarkKind.WORDMARK)
# What a prompt says of text, where none of it may be set.
_NO_TEXT: Final[dict[str, Any]] = {"name": "", "slogan": "", "established": "", "place": "", "letters": ""}


def apply_fields(reading: Reading, brief: Brief, symbols: SymbolLibrary) -> Reading:
    """Return the reading of a brief's prompt with what its fields say, told in words, and what of it cannot be met."""
    reading = reading if brief.text_in_prompt else replace(reading, **_NO_TEXT)
    named = _name_things(brief, symbols)
    overruled = list(list_overruled(reading, brief))
    not_wanted = list_avoided_colours(brief)
    said = replace(
        reading,
        styles=(brief.style,) if brief.style else reading.styles,
        colours=tuple(one for one in reading.colours if one.value not in {other.value for other in not_wanted}),
        colours_avoided=tuple(dict.fromkeys((*reading.colours_avoided, *not_wanted))),
        family=brief.own_font or drop_family(reading, brief),
        show=tuple(Scene((thing,)) for thing, _ in named) or _drop_avoided(reading.show, brief.avoid),
        avoid=(*brief.avoid, *(thing for thing in reading.avoid if not _is_any(thing, (*brief.avoid, *brief.show)))),
        kinds=(brief.mark,) if brief.mark else reading.kinds,
        kinds_avoided=tuple(kind for kind in reading.kinds_avoided if kind is not brief.mark),
        letters=brief.letters or reading.letters,
        layout=brief.layout or reading.layout,
        type=(brief.type,) if brief.type else reading.type,
        type_avoided=tuple(kind for kind in reading.type_avoided if kind is not brief.type),
        case=brief.case or reading.case,
        name=brief.brand_name or reading.name,
        slogan=brief.slogan or reading.slogan,
        established=brief.established or reading.established,
    )
    nearest = [tell_nearest(thing.words, thing.name) for thing, exact in named if not exact]
    unmet = tuple(dict.fromkeys((*reading.unmet, *overruled, *nearest, *_list_unmet(said, brief, symbols))))
    return replace(said, understood=describe_reading(said), unmet=unmet)


def _name_things(brief: Brief, symbols: SymbolLibrary) -> list[tuple[Thing, bool]]:
    """Return the things of the field `show` by their names in the library, and whether each is exactly that thing."""
    names = ThingNames(symbols) if brief.show else None
    found = []
    for words in brief.show:
        named = names.find_whole(words) or names.find_whole(to_english(words).text) if names else None
        if named is None or named.trade or named.loose:
            found.append((Thing(_fold(words), words), True))
        else:
            found.append((Thing(named.picture, words), named.exact))
    return found


def _drop_avoided(scenes: Sequence[Scene], avoid: Sequence[str]) -> tuple[Scene, ...]:
    return tuple(scene for scene in scenes if not any(_is_any(thing.name, avoid) for thing in scene.things))


def _is_any(thing: str, others: Sequence[str]) -> bool:
    return any(_fold(thing) == _fold(other) for other in others)


def _fold(thing: str) -> str:
    """Return a thing as it is compared: its words in the singular; a name in another script as it is."""
    return " ".join(words_of(thing)) or thing.casefold()


def _list_unmet(reading: Reading, brief: Brief, symbols: SymbolLibrary) -> Iterator[Unmet]:
    """Yield the wishes that no logo can meet: that exclude each other, of colours, and what there is no picture of."""
    wordmark = reading.layout is LayoutKind.WORDMARK
    kind = MarkKind.WORDMARK if wordmark else reading.kinds[0] if len(reading.kinds) == 1 else None
    if kind is MarkKind.WORDMARK and reading.layout in _WITH_MARK:
        kind = None
        yield Unmet("mark wordmark", f"the layout {reading.layout}, as asked, has a mark beside or around the name")
    elif brief.mark and brief.mark is not kind:
        yield Unmet(f"mark {brief.mark}", "the layout wordmark, as asked, has no mark beside the name")
    if reading.letters and kind in _WITHOUT_LETTERS:
        yield Unmet(f"letters {reading.letters}", f"the mark is of the kind {kind}, as asked, and has no letters")
    yield from _list_not_shown(reading, brief, kind, symbols)
    yield from _list_clashes(reading, brief)
    yield from list_colour_limits(reading, brief)
    if not reading.name:
        yield from _list_textless(reading, "there is no name to set; give brand_name")
    elif reading.layout is LayoutKind.SYMBOL:
        yield from _list_textless(reading, "the layout symbol, as asked, sets no text")


def _list_not_shown(reading: Reading, brief: Brief, kind: MarkKind | None, symbols: SymbolLibrary) -> Iterator[Unmet]:
    """Yield the things that a mark of a kind does not show, and those that there is no picture of."""
    for thing, relation in ((thing, scene.relation) for scene in reading.show for thing in scene.things):
        in_name = kind is MarkKind.WORDMARK and relation is Relation.IN_LETTER
        if kind in _WITHOUT_PICTURE and not in_name:
            yield Unmet(f"show {thing.words}", f"the mark is of the kind {kind}, as asked, and shows no thing")
        elif not symbols.depict(thing.name, credit_allowed=brief.credit_allowed, avoid=reading.avoid):
            refused = next((one for one in brief.avoid if thing.name in expand(_fold(one))), "")
            instead = f"the field avoid says {refused}" if refused else "there is no picture of it"
            yield Unmet(f"show {thing.words}", f"{instead}; what else the brief says decides")


def _list_clashes(reading: Reading, brief: Brief) -> Iterator[Unmet]:
    """Yield the things that are of a class that is refused, where no exception is made for them."""
    if _EXCEPTION.search(brief.prompt):
        return
    for thing in (thing for scene in reading.show for thing in scene.things):
        refused = next((other for other in reading.avoid if other != thing.name and thing.name in expand(other)), None)
        if refused:
            yield Unmet(f"{thing.words}, but no {refused}", f"{thing.words} is drawn, as it is asked for by name")


_EXCEPTION: Final = re.compile(
    r"\b(?:except|besides|other than|apart from|aside from|unless|only|just|but (?:a|an|the|for)|instead)\b",
    re.IGNORECASE,
)


def _list_textless(reading: Reading, instead: str) -> Iterator[Unmet]:
    """Yield the wishes that need a name that is set."""
    for kind in reading.kinds:
        if kind in (MarkKind.WORDMARK, MarkKind.BADGE):
            yield Unmet(f"mark {kind}", instead)
    for kind_of_type in reading.type:
        yield Unmet(f"type {kind_of_type}", instead)
    if UploadedFont.parse(reading.family):
        yield Unmet(f"type {title_of(reading.family)}", instead)
    for field in ("case", "established", "slogan", "place"):
        if value := getattr(reading, field):
            yield Unmet(f"{field} {value}", instead)
