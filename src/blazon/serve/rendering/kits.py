"""The kit of a finished logo: what is known of it, and how it is made in the process that computes."""

from blazon.design import Design
from blazon.draw.font_files import FontSources
from blazon.errors import InvalidDesign
from blazon.generation import CandidateRecord
from blazon.kit.kit import make_kit
from blazon.kit.order import KitOrder
from blazon.studio import Studio


def order_kit(candidate: CandidateRecord) -> KitOrder:
    """Return the order for the kit of a candidate with a design.

    Raises:
        InvalidDesign: it has none, or this version cannot read it.
    """
    if candidate.design is None:
        raise InvalidDesign("this logo has no design to draw a kit from")
    return KitOrder(
        design=Design.from_dict(candidate.design),
        shows=candidate.shows,
        why="" if candidate.painted else candidate.why,  # of a painting it is no idea for a brand book
        model=candidate.model,
        licence=candidate.licence,
        credits=candidate.credits,
    )


def draw_kit(own_fonts: FontSources, order: KitOrder) -> bytes:
    """Return a kit as a zip, made in this process; see `kit.make_kit`."""
    return make_kit(order, Studio.open(own_fonts).materials)
