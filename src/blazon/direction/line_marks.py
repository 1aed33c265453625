"""Line marks beside a name: drawn at the stem of its type where that is legible, or else shown in another way."""

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Final

from blazon.brief import Brief, TypeKind
from blazon.design import Design, FrameShape, Mark, SymbolMark, Treatment
from blazon.direction.refused_shapes import RefusedShapes
from blazon.draw.artwork import Materials, estimate_stroke, is_line_beside_name, match_line_mark
from blazon.draw.stem_lines import LEGIBLE_STROKES
from blazon.draw.symbols import SymbolStyle
from blazon.reading.reading import Reading, Technique

# Weights on the scale of CSS, and by how much another may differ from the one that was chosen.
_WEIGHTS: Final = range(300, 901, 100)
_MOST_WEIGHT: Final = 200
_WISHED: Final = frozenset({TypeKind.THIN, TypeKind.HEAVY})
# A solid drawing of less quality is no better than lines in a frame.
_GOOD: Final = 70


def suit_line_mark(
    design: Design, brief: Brief, reading: Reading, materials: Materials, used: Set[Mark | None] = frozenset()
) -> Design:
    """Return a design whose lines have the stem of its type, in the order of how little is changed.

    Where its strokes would be hairs or bars: with another weight of the type, with a solid drawing of the same thing,
    that is none of the `used` marks, or with the lines cut out of a frame. What is no line mark beside a name comes
    back as it is.
    """
    if not is_line_beside_name(design, materials.symbols):
        return design
    for one in _weigh_type(design, reading, materials):
        matched = match_line_mark(one, materials)
        if matched is not None and matched.is_legible:
            return one
    solid = None if reading.technique is Technique.LINES else _fill(design, brief, reading, materials, used)
    return solid or _frame(design, reading)


def _weigh_type(design: Design, reading: Reading, materials: Materials) -> Iterator[Design]:
    """Yield a design in the weights in which its stem suits a line, the nearest first."""
    face = design.name_type
    if face is None:
        return
    weights = [face.weight]
    if _WISHED.isdisjoint(reading.type):
        near = sorted(_WEIGHTS, key=lambda weight: (abs(weight - face.weight), weight))
        weights += [weight for weight in near if 0 < abs(weight - face.weight) <= _MOST_WEIGHT]
    for weight in weights:
        one = replace(design, name_type=replace(face, weight=weight))
        if estimate_stroke(one, materials) in LEGIBLE_STROKES:
            yield one


def _fill(
    design: Design, brief: Brief, reading: Reading, materials: Materials, used: Set[Mark | None]
) -> Design | None:
    """Return a design with a solid drawing of the same thing, None if there is no good one that is not used."""
    if not isinstance(design.mark, SymbolMark):
        return None
    name = materials.symbols.get(design.mark.symbol).name
    drawings = materials.symbols.depict(name, credit_allowed=brief.credit_allowed, avoid=reading.avoid)
    for one in drawings:
        if one.style is SymbolStyle.FILL and one.quality >= _GOOD and SymbolMark(one.id) not in used:
            owed = (one.credit,) if one.credit else ()
            return replace(design, mark=SymbolMark(one.id), treatment=Treatment.PLAIN, credits=owed)
    return None


def _frame(design: Design, reading: Reading) -> Design:
    frame, *_ = RefusedShapes(reading.avoid).keep_frames((design.frame or FrameShape.CIRCLE, *FrameShape))
    return replace(design, treatment=Treatment.KNOCKED_OUT, frame=frame)
