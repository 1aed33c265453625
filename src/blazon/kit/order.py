"""What a kit is made of: a design, and what is known about it."""

from dataclasses import dataclass

from blazon.design import Design


@dataclass(frozen=True, slots=True)
class KitOrder:
    """A logo whose kit is wanted.

    Args:
        design: what is drawn.
        shows: plain words for what the mark depicts.
        why: one sentence: why it shows that; empty where nobody knows any more.
        model, licence: who drew it, and under which licence.
        credits: lines that must be shown with the logo.
    """

    design: Design
    shows: tuple[str, ...] = ()
    why: str = ""
    model: str = ""
    licence: str = ""
    credits: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the brand is called; a logo without a name is called by what it shows."""
        return self.design.brand_name or self.design.title or "Logo"
