"""Designs of clients, drawn and changed in a compute process: the server reads none of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from pathops import PathOpsError

from blazon.brief import Brief, LayoutKind, TypeKind
from blazon.design import Design, Painter
from blazon.design_document import list_changes, read_json
from blazon.direction.editing import adopt, edit, name_fault
from blazon.direction.type_options import list_families
from blazon.draw.artwork import Variant
from blazon.draw.font_files import FontSources
from blazon.draw.typefaces import TypeFamily
from blazon.errors import InvalidDesign, InvalidDocument, TextNotCovered, Untraceable
from blazon.export.delivery import Master, open_painting
from blazon.painted_lockups import design_painting
from blazon.studio import Studio


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """A design as a document, and what came of drawing it.

    Args:
        svg: the whole logo on its paper.
        shows, credits, warnings: as those of a candidate.
        changes: the fields that were changed, by their paths.
        adapted: what was changed beside what was asked for, a sentence each.
    """

    design: dict[str, Any]
    svg: bytes
    shows: tuple[str, ...]
    credits: tuple[str, ...]
    warnings: tuple[str, ...]
    changes: tuple[str, ...] = ()
    adapted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkAlternative:
    """Another mark for a design.

    Args:
        patch: what makes it the design's mark.
        svg: the mark alone in a square, in the colours of the design.
    """

    kind: str
    patch: dict[str, Any]
    svg: str
    shows: tuple[str, ...]
    credits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeAlternative:
    """Another family for the name of a design.

    Args:
        kinds: what it is, such as `serif`.
        patch: what sets the name in it.
        svg: the name alone in it, in the colours of the design.
    """

    family: str
    kinds: tuple[str, ...]
    patch: dict[str, Any]
    svg: str


def draw_document(own_fonts: FontSources, content: bytes, variant: Variant = Variant.COLOUR) -> DrawnDocument:
    """Draw a design that a client holds, in a colouring.

    Raises:
        InvalidDocument: it cannot be drawn; each fault with its place.
    """
    studio = Studio.open(own_fonts)
    return _draw(studio, adopt(read_json(content), studio.materials), variant=variant)


def change_document(own_fonts: FontSources, before: Mapping[str, Any], patch: bytes) -> DrawnDocument:
    """Change a stored design by a JSON merge patch, and draw it.

    Raises:
        InvalidDocument: the patch cannot be used, or what it makes cannot be drawn; each fault with its place.
        InvalidDesign: this version cannot read what is stored.
    """
    studio, design = Studio.open(own_fonts), Design.from_dict(dict(before))
    change = edit(design, read_json(patch), studio.materials)
    return _draw(studio, change.design, design, change.adapted)


def redraw_document(own_fonts: FontSources, stored: Mapping[str, Any], before: Mapping[str, Any]) -> DrawnDocument:
    """Draw a stored design in the place of another.

    Raises:
        InvalidDesign: this version cannot draw it.
    """
    return _draw(Studio.open(own_fonts), Design.from_dict(dict(stored)), Design.from_dict(dict(before)))


def design_master(own_fonts: FontSources, brief: Brief, master: Master, painter: Painter) -> DrawnDocument:
    """Make a design of a stored painting, see `design_painting`, and draw it.

    Raises:
        Untraceable: the painting cannot be traced well.
    """
    studio = Studio.open(own_fonts)
    design = design_painting(studio, brief, open_painting(master), painter)
    try:
        return _draw(studio, design)
    except InvalidDesign as error:
        raise Untraceable(f"no design can be made of this logo: {error}") from None


def list_marks(
    own_fonts: FontSources, brief: Brief, stored: Mapping[str, Any], kind: str, limit: int
) -> list[MarkAlternative]:
    """Return up to `limit` other marks for a stored design that was drawn for a brief, the best first.

    Raises:
        InvalidDesign: this version cannot draw it.
    """
    studio, design = Studio.open(own_fonts), Design.from_dict(dict(stored))
    return [_describe_mark(studio, one, design) for one in studio.rank_marks(brief, design, kind)[:limit]]


def list_types(
    own_fonts: FontSources,
    brief: Brief,
    stored: Mapping[str, Any],
    kind: TypeKind | None,
    limit: int,
    uploaded: Sequence[str] = (),
) -> list[TypeAlternative]:
    """Return up to `limit` other families for the name of a stored design, the best fitting first; none without a name.

    Args:
        uploaded: names of uploaded fonts, which come first.

    Raises:
        InvalidDesign: this version cannot draw it.
    """
    studio, design = Studio.open(own_fonts), Design.from_dict(dict(stored))
    own = [studio.materials.fonts.family(name) for name in uploaded]
    return list(islice(_set_samples(studio, brief, design, kind, own), limit))


def _set_samples(
    studio: Studio, brief: Brief, design: Design, kind: TypeKind | None, own: Sequence[TypeFamily]
) -> Iterator[TypeAlternative]:
    alone = replace(design, slogan="", established="", place="", badge=None, letter_symbol=None, name_idea=None)
    alone = replace(alone, layout=LayoutKind.WORDMARK)
    for family in list_families(design, brief, studio.read(brief), studio.materials.fonts, kind, own):
        patch = {"name_type": {"family": family.name}}
        logo = studio.redraw(edit(alone, patch, studio.materials).design)
        svg = logo.variant_svg(Variant.COLOUR, tight=True, background=True)
        yield TypeAlternative(family.name, tuple(sorted(family.kinds)), patch, svg)


def _describe_mark(studio: Studio, design: Design, before: Design) -> MarkAlternative:
    logo = studio.redraw(replace(design, layout=LayoutKind.SYMBOL))
    document = design.to_dict()
    patch = {"mark": document["mark"]}
    if design.treatment is not before.treatment:
        patch["treatment"] = document["treatment"]
    return MarkAlternative(document["mark"]["kind"], patch, logo.svg, logo.shows, design.credits)


def _draw(
    studio: Studio,
    design: Design,
    before: Design | None = None,
    adapted: tuple[str, ...] = (),
    *,
    variant: Variant = Variant.COLOUR,
) -> DrawnDocument:
    try:
        logo = studio.examine(design)
    except InvalidDesign as error:
        raise name_fault(error) from None
    except PathOpsError:
        raise InvalidDocument(((), "cannot be drawn: an outline of it cannot be cut")) from None
    except TextNotCovered as error:
        raise InvalidDocument(((error.field,), error.problem)) from None
    document = design.to_dict()
    changes = tuple(list_changes(before.to_dict(), document)) if before else ()
    svg = logo.variant_svg(variant, background=True).encode()
    return DrawnDocument(document, svg, logo.shows, logo.credits, logo.warnings, changes, adapted)
