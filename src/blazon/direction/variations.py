"""More like a finished logo: designs as art direction makes them, with parts of that one in the place of their own."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import Design, Treatment
from blazon.direction.credits import list_credits
from blazon.direction.layouts import set_layout
from blazon.draw.artwork import Materials
from blazon.draw.gradients import suits_gradient
from blazon.draw.wording import set_words
from blazon.errors import InvalidBrief, InvalidDesign

_BESIDE: Final = (LayoutKind.HORIZONTAL, LayoutKind.STACKED)


class Part(StrEnum):
    """What of a logo can be kept."""

    MARK = "mark"
    """With its treatment and frame."""
    TYPE = "type"
    """Family, weight, case and tracking, and what is done to the letters."""
    COLOURS = "colours"


@dataclass(frozen=True, slots=True)
class Likeness:
    """A design, and which parts of it others are to have."""

    design: Design
    keep: tuple[Part, ...]

    def to_text(self) -> str:
        """Return it as `Brief.like` has it."""
        return json.dumps({"keep": list(self.keep), "design": self.design.to_dict()}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Likeness":
        """Read what `to_text` wrote.

        Raises:
            InvalidBrief: it is something else, or of another version.
        """
        try:
            data = json.loads(text)
            return cls(Design.from_dict(data["design"]), tuple(map(Part, data["keep"])))
        except (KeyError, TypeError, ValueError, InvalidDesign) as error:
            raise InvalidBrief("like", f"cannot be read: {error}") from None


def check_parts(design: Design, keep: Sequence[Part]) -> None:
    """Return if a design has the parts that are to be kept, and something is left to vary.

    Raises:
        InvalidBrief: it lacks one, or none or all are named.
    """
    if not 0 < len({*keep}) < len(Part):
        raise InvalidBrief("keep", f"must name one or two of {', '.join(Part)}: the others vary")
    if Part.MARK in keep and design.mark is None and design.letter_symbol is None:
        raise InvalidBrief("keep", "has mark, and this logo is a name alone: keep its type or its colours")
    if Part.TYPE in keep and not (design.brand_name and design.name_type):
        raise InvalidBrief("keep", "has type, and this logo has no name: keep its mark or its colours")


def keep_parts(
    likeness: Likeness, places: Iterable[tuple[Design, ...]], materials: Materials
) -> Iterator[tuple[Design, ...]]:
    """Yield the designs for each place of a set with the parts that are kept, each design once."""
    for number, designs in enumerate(places):
        yield tuple(dict.fromkeys(_keep(likeness, design, number, materials) for design in designs))


def _keep(likeness: Likeness, design: Design, number: int, materials: Materials) -> Design:
    source = likeness.design
    varied = replace(design, established=source.established, place=source.place)
    if Part.MARK in likeness.keep:
        varied = _keep_mark(source, varied, number, materials)
    if Part.TYPE in likeness.keep and varied.name_type is not None:
        varied = _keep_type(source, varied, materials)
    if Part.COLOURS in likeness.keep:
        varied = replace(varied, colours=source.colours)
        if varied.treatment is Treatment.GRADIENT and not suits_gradient(source.colours):
            varied = replace(varied, treatment=Treatment.PLAIN)
    return replace(varied, credits=list_credits(varied, materials.symbols))


def _keep_mark(source: Design, varied: Design, number: int, materials: Materials) -> Design:
    """Return the source in the layout, type and colours of another design."""
    layout = _BESIDE[number % 2] if varied.layout is LayoutKind.WORDMARK else varied.layout
    if source.mark is None and layout is not LayoutKind.SYMBOL:  # its mark is a symbol among the letters
        layout = LayoutKind.EMBLEM if layout is LayoutKind.EMBLEM else _BESIDE[number % 2]
    base = source if source.name_type or not varied.name_type else replace(source, name_type=varied.name_type)
    kept = set_layout(replace(base, name_idea=None, name_split=None), layout, materials.fonts)
    if layout is LayoutKind.EMBLEM and varied.layout is LayoutKind.EMBLEM:
        kept = replace(
            kept, frame=varied.frame, badge=varied.badge, ornament=varied.ornament, treatment=varied.treatment
        )
    return replace(
        kept,
        colours=varied.colours,
        name_type=varied.name_type,
        slogan_type=varied.slogan_type,
        seed=varied.seed,
        established=varied.established,
        place=varied.place,
    )


def _keep_type(source: Design, varied: Design, materials: Materials) -> Design:
    kept = replace(
        varied,
        name_type=source.name_type,
        slogan_type=source.slogan_type or varied.slogan_type,
        name_idea=source.name_idea,
        letter_symbol=None,
    )
    try:
        set_words(kept, materials.fonts)
    except InvalidDesign:  # in other lines the letters do not offer it
        return replace(kept, name_idea=None)
    return kept if kept.layout not in (LayoutKind.EMBLEM, LayoutKind.SYMBOL) else replace(kept, name_idea=None)
