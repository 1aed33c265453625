"""A design in another layout: the same parts, set as the other layout wants them."""

from dataclasses import replace
from typing import Final

from blazon.brief import LayoutKind, LetterCase
from blazon.design import BadgePlan, Design, SymbolMark, Treatment
from blazon.direction.typefaces import SEAL_TRACKING
from blazon.draw.emblems import plan_of
from blazon.draw.fonts import FontLibrary
from blazon.errors import InvalidDesign

# Treatments that part a mark or shade it: in a badge its mark is drawn whole and flat.
_FINISHES: Final = (Treatment.FRAMED, Treatment.KNOCKED_OUT, Treatment.DUOTONE)


def set_layout(design: Design, layout: LayoutKind, fonts: FontLibrary) -> Design:
    """Return a design in another layout. What the layout does not show stays in the design, for the way back.

    The mark of a name with a symbol among its letters is that symbol. A name on a badge is set as the badges of art
    direction are: in open capitals where its family has them and no case is wished for.

    Raises:
        InvalidDesign: it has no name or no mark for that layout; one line says what to do.
    """
    if layout is design.layout:
        return design
    if layout is not LayoutKind.SYMBOL and not (design.brand_name and design.name_type):
        raise InvalidDesign(f"the layout {layout} needs a name, and this logo has none: ask for symbol")
    if layout is LayoutKind.WORDMARK:
        return replace(design, layout=layout)
    changed = replace(design, layout=layout)
    if design.mark is None and design.letter_symbol is not None:
        changed = replace(changed, mark=SymbolMark(design.letter_symbol.symbol), letter_symbol=None)
    if layout is LayoutKind.SYMBOL:  # without a mark it is the first letter of the name
        return changed
    if changed.mark is None:
        raise InvalidDesign(f"the layout {layout} needs a mark, and this is a name alone: ask for wordmark or symbol")
    return _set_on_badge(changed, fonts) if layout is LayoutKind.EMBLEM else changed


def _set_on_badge(design: Design, fonts: FontLibrary) -> Design:
    plan, name_type = plan_of(design.badge, design.frame), design.name_type
    if design.badge is None and name_type and not fonts.family(name_type.family).capitals:
        plan = BadgePlan.CREST  # a script is not bent
    open_capitals = plan is not BadgePlan.CREST and name_type is not None and not name_type.case_wished
    if name_type and open_capitals and fonts.family(name_type.family).capitals:
        tracking = max(name_type.tracking, SEAL_TRACKING)
        name_type = replace(name_type, case=LetterCase.UPPER, tracking=tracking)
    return replace(
        design,
        badge=plan,
        name_type=name_type,
        name_idea=None,
        letter_symbol=None,
        treatment=design.treatment if design.treatment in _FINISHES else Treatment.FRAMED,
    )
