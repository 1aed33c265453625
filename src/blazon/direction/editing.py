"""A design changed in one thing: the change itself, and what has to follow from it so that the rest stays well set.

What follows is told in words, and undone by naming it: a field that a patch names is set as the patch has it, or the
patch is refused.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from blazon.brief import Palette, parse_palette
from blazon.design import Design, GeometricMark, LetterformMark, Mark
from blazon.design_document import Fault, find_unknown, merge, read_document
from blazon.direction.credits import list_credits, list_symbols
from blazon.direction.palettes import replace_in_palette, spend_palette
from blazon.direction.refitting import Refitting
from blazon.draw.artwork import Materials
from blazon.draw.geometry import FAMILIES
from blazon.draw.letterforms import CONSTRUCTIONS
from blazon.errors import InvalidBrief, InvalidDesign, InvalidDocument, TextNotCovered

PALETTE: Final = "palette"
"""Beside the fields of a design, a patch may have this: a mood or colours, by which all roles are given anew."""

# What follows from other fields, and cannot be set.
_FOLLOWING: Final = {"credits": "follow from the symbols of the mark", "format": "cannot be changed"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed design, and what was changed beside what was asked for: a sentence each."""

    design: Design
    adapted: tuple[str, ...] = ()


def edit(before: Design, patch: Mapping[str, Any], materials: Materials) -> Edit:
    """Return a design changed by a JSON merge patch (RFC 7396).

    A mark of another kind replaces the one before; fields of that kind are not kept.

    Raises:
        InvalidDocument: the patch names what there is not, or values that cannot be.
    """
    changes = {name: value for name, value in patch.items() if name != PALETTE}
    following: list[Fault] = [((name,), words) for name, words in _FOLLOWING.items() if name in changes]
    if faults := [*following, *find_unknown(changes), *_find_origin(before, changes)]:
        raise InvalidDocument(*faults)
    document = before.to_dict()
    if PALETTE in patch:
        document["colours"] = _spend(before, patch[PALETTE])
    refitting = Refitting(before, changes, materials)
    merged = merge(refitting.prepare(document), changes)
    changed = check_references(read_document(refitting.complete(merged)), materials)
    if PALETTE not in patch:
        changed = replace(changed, colours=replace_in_palette(before.colours, changed.colours, changes.get("colours")))
    try:
        return Edit(*refitting.refit(changed))
    except InvalidDesign as error:
        raise name_fault(error) from None
    except TextNotCovered as error:
        raise InvalidDocument(((error.field,), error.problem)) from None


def adopt(document: Mapping[str, Any], materials: Materials) -> Design:
    """Return the design of a document that a client holds; its credits are those of the symbols in it.

    Raises:
        InvalidDocument: it is none that can be drawn here.
    """
    design = check_references(read_document(document), materials)
    return replace(design, credits=list_credits(design, materials.symbols))


def check_references(design: Design, materials: Materials) -> Design:
    """Return a design whose families, symbols and constructions there are.

    Raises:
        InvalidDocument: some there are not.
    """
    if faults := [*_find_families(design, materials), *_find_symbols(design, materials), *_find_shapes(design.mark)]:
        raise InvalidDocument(*faults)
    return design


def name_fault(error: InvalidDesign) -> InvalidDocument:
    """Return why a design could not be drawn, as a fault of the field that the message begins with if it does."""
    if isinstance(error, InvalidDocument):
        return error
    field, colon, words = str(error).partition(": ")
    if colon and field in ("name_idea", "letter_symbol"):
        return InvalidDocument(((field,), words))
    return InvalidDocument(((), f"cannot be drawn: {error}"))


def _find_origin(before: Design, changes: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the field that says who painted a mark, where a patch changes it and leaves the mark as it is."""
    mark = changes.get("mark")
    if before.painter and isinstance(mark, Mapping) and "painted_by" in mark and not {"parts", "kind"} & {*mark}:
        yield ("mark", "painted_by"), "cannot be changed: files say who painted the mark"


def _spend(before: Design, palette: object) -> dict[str, Any]:
    if not isinstance(palette, str):
        raise InvalidDocument(((PALETTE,), "must be text: a mood, or one to five colours with commas"))
    try:
        wanted: Palette = parse_palette(palette)
    except InvalidBrief as error:
        raise InvalidDocument(((PALETTE,), error.problem)) from None
    colours = spend_palette(before, wanted)
    return replace(before, colours=colours).to_dict()["colours"]  # type: ignore[no-any-return]


def _find_families(design: Design, materials: Materials) -> Iterator[Fault]:
    named = [(("name_type", "family"), design.name_type), (("slogan_type", "family"), design.slogan_type)]
    families: list[tuple[tuple[str, ...], str]] = [(path, face.family) for path, face in named if face]
    if isinstance(design.mark, LetterformMark):
        families.append((("mark", "family"), design.mark.family))
    for path, name in families:
        try:
            materials.fonts.family(name)
        except InvalidDesign:
            yield path, _describe_missing("type family", name, [one.name for one in materials.fonts.families])


def _find_symbols(design: Design, materials: Materials) -> Iterator[Fault]:
    for path, symbol in list_symbols(design):
        try:
            materials.symbols.get(symbol)
        except KeyError:
            yield path, f"there is no symbol {symbol[:40]!r}; the alternatives of the logo list some"


def _find_shapes(mark: Mark | None) -> Iterator[Fault]:
    if isinstance(mark, GeometricMark) and mark.family not in (names := [one.name for one in FAMILIES]):
        yield ("mark", "family"), _describe_missing("geometric family", mark.family, names)
    if isinstance(mark, LetterformMark) and mark.construction not in (names := [one.name for one in CONSTRUCTIONS]):
        yield ("mark", "construction"), _describe_missing("construction", mark.construction, names)


def _describe_missing(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 3, 0.5) or known
    return f"there is no {what} {name[:40]!r}; there are {', '.join(near)}"
