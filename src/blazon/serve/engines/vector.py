"""The vector engine of a server: reads briefs here, draws in processes of its own.

Drawing holds the interpreter lock, so that a thread which draws would delay every answer of the server by some
milliseconds, and two threads draw no faster than one.
"""

from typing import Final, Self

from blazon.brief import Brief, LayoutKind
from blazon.design import Design
from blazon.direction.layouts import set_layout
from blazon.draw.artwork import Materials, Variant
from blazon.draw.font_files import FontSources
from blazon.generation import Drawn
from blazon.serve.compute.pool import ComputePool
from blazon.studio import Studio
from blazon.watching import Watch

_ANY_BRIEF: Final = Brief("a ship", brand_name="Blazon")


class ProcessStudio(Studio):
    """Draws candidates in processes; everything else is as in `Studio`."""

    def __init__(self, materials: Materials, own_fonts: FontSources, processes: ComputePool) -> None:
        super().__init__(materials)
        self._own_fonts = own_fonts
        self._processes = processes

    @classmethod
    def open_with(cls, own_fonts: FontSources, processes: ComputePool) -> Self:
        """Open the materials and the glossaries here; the processes open theirs when they are first needed.

        Raises:
            InvalidFont: the user's fonts cannot be used.
        """
        studio = cls(Materials.open(own_fonts), own_fonts, processes)
        studio.read(_ANY_BRIEF)  # so that the first client does not wait for the glossaries
        return studio

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Draw one candidate, see `Studio.candidate`.

        Raises:
            WorkCancelled: nobody waits for it any more, or the server ends.
            GenerationFailed: it broke down two processes.
        """
        watch.cancellation.checkpoint()
        return self._processes.call(draw_candidate, self._own_fonts, brief, number)


def draw_candidate(own_fonts: FontSources, brief: Brief, number: int) -> Drawn:
    """Draw one candidate of a brief in this process; see `Studio.candidate`."""
    return Studio.open(own_fonts).candidate(brief, number, Watch())


def redraw(
    own_fonts: FontSources,
    design: Design,
    size: int | None = None,
    variant: Variant = Variant.COLOUR,
    layout: LayoutKind | None = None,
) -> bytes:
    """Return the SVG of a design on its paper, drawn in this process.

    Args:
        size: of a favicon, in pixels, that is drawn as `Studio.redraw_small` does; None for the whole logo.
        variant: the colouring.
        layout: instead of its own.

    Raises:
        InvalidDesign: this version cannot draw it, or not in that layout.
    """
    studio = Studio.open(own_fonts)
    laid_out = design if layout is None else set_layout(design, layout, studio.materials.fonts)
    logo = studio.redraw(laid_out) if size is None else studio.redraw_small(laid_out, size)
    return logo.variant_svg(variant, background=True).encode()
