"""What a kit is made of: a design, and what is known about it."""

import re
from dataclasses import dataclass
from typing import Final

from blazon.design import Design, OutlineMark
from blazon.errors import InvalidDesign
from blazon.export.provenance import Provenance

ROLES: Final = ("mark", "accent", "tint", "name", "slogan", "paper")
"""The colours of a scheme, by what they are for."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class KitOrder:
    """A logo whose kit is wanted.

    Args:
        design: what is drawn.
        shows: plain words for what the mark depicts.
        why: one sentence: why it shows that; empty where nobody knows any more.
        model, licence: who drew it, and under which licence.
        credits: lines that must be shown with the logo.
        origin: what the files say of where they come from; None for nothing.
        painting: of a painted mark the picture that it was traced from, as PNG; empty for none.

    Raises:
        InvalidDesign: a colour is not written as `#rrggbb`, as files hold it.
    """

    design: Design
    shows: tuple[str, ...] = ()
    why: str = ""
    model: str = ""
    licence: str = ""
    credits: tuple[str, ...] = ()
    origin: Provenance | None = None
    painting: bytes = b""

    def __post_init__(self) -> None:
        for role in ROLES:
            colour = getattr(self.design.colours, role)
            if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
                raise InvalidDesign(f"the colour of the {role} must be like #0a7d6b, not {colour!r:.40}")

    @property
    def label(self) -> Provenance | None:
        """What every picture of the kit carries: where its mark was painted, that a model did it; else None."""
        return self.origin if self.origin and self.origin.painted else None

    @property
    def maker(self) -> str:
        """Who made the logo, as a sentence."""
        if (painter := self.design.painter) is not None:
            licence = f" ({painter.licence})" if painter.licence else ""
            return f"The mark was painted by the AI model {painter.model}{licence}; it was traced, and all else drawn."
        licence = f" ({self.licence})" if self.licence else ""
        if isinstance(self.design.mark, OutlineMark):
            return f"The mark was brought along; all else was drawn by {self.model or 'Blazon'}{licence}, by rules."
        return f"It was drawn by {self.model or 'Blazon'}{licence}, by rules: no trained model painted it."

    @property
    def name(self) -> str:
        """What the brand is called; a logo without a name is called by what it shows."""
        return " ".join((self.design.brand_name or self.design.title).split()) or "Logo"
