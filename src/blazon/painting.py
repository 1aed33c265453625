"""The FLUX studio: the same use case as `blazon.studio`, with marks painted by a diffusion model.

Importing this module imports torch; only an installation that paints does.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from PIL import Image

from blazon.brief import MAX_SEED, Brief, Engine, LayoutKind
from blazon.cancellation import Cancellation, WorkCancelled
from blazon.design import ColourScheme
from blazon.diffusion.catalogue import ModelSpec
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.painter import Painter
from blazon.diffusion.sampling import render_size
from blazon.diffusion.sequence import ImageRequest, RequestCancelled
from blazon.direction.direct import direct
from blazon.draw.artwork import Shelf, Variant, around_mark
from blazon.draw.lockups import ARTBOARD
from blazon.draw.palette import contrast
from blazon.errors import InvalidBrief
from blazon.export.raster import bitmap_of
from blazon.prompts import enhanced
from blazon.studio import Candidate, Studio

_DARK: Final = "#1c1f24"
_LIGHT: Final = "#fdfcfa"


class Models(Protocol):
    """What the studio needs of a model registry."""

    @property
    def specs(self) -> Mapping[str, ModelSpec]: ...

    def acquire(self, name: str, deadline: float | None = None) -> AbstractContextManager[Painter]: ...
    def counters(self) -> Mapping[str, EngineCounters]: ...


class Monitor(Protocol):
    """What tells the state of the GPU without waiting for it."""

    def report(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PaintOptions:
    """How pictures are painted.

    Args:
        smallest, largest: sides in pixels that the model may render.
        steps, guidance: None for those that the model does best with.
        loras: to paint with, unless a request chooses its own.
        patience: seconds to wait for a model to be loaded.
    """

    smallest: int = 512
    largest: int = 1408
    steps: int | None = None
    guidance: float | None = None
    loras: tuple[tuple[str, float], ...] = ()
    patience: float = 300.0


@dataclass(frozen=True, slots=True)
class PaintedLogo:
    """A logo whose mark is painted, once a bitmap is asked for."""

    studio: "FluxStudio"
    brief: Brief
    spec: ModelSpec
    cancellation: Cancellation

    @property
    def model(self) -> str:
        return self.spec.identifier

    @property
    def credits(self) -> tuple[str, ...]:
        return ()

    def bitmap(self, size: int) -> Image.Image:
        """Paint the logo at the model's working resolution for pictures of `size` pixels.

        Raises:
            WorkCancelled: nobody waits for it any more.
            GenerationFailed, ModelUnavailable, DeadlineExceeded: why there is no picture.
        """
        mark = self.studio.paint(self.brief, self.spec, size, self.cancellation)
        return self.studio.with_type(self.brief, mark) if self.brief.brand_name else mark


class FluxStudio:
    """Draws briefs with a painted mark; sets names in real type around it. Threads may share it."""

    engine: Final = Engine.FLUX

    def __init__(self, models: Models, default_model: str, options: PaintOptions, monitor: Monitor) -> None:
        self._models = models
        self._default = default_model
        self._options = options
        self._monitor = monitor
        self._shelf = Shelf.open()
        self._vector = Studio(self._shelf)

    @property
    def model(self) -> str:
        """The identifier of the model that draws when a request names none."""
        return self._models.specs[self._default].identifier

    def gpu(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, and `utilisation` (0 to 1) where that is known."""
        return self._monitor.report()

    def engines(self) -> Mapping[str, EngineCounters]:
        """Return what the loaded engines have done since their start, by the name of the model."""
        return self._models.counters()

    def draw(self, brief: Brief, cancellation: Cancellation | None = None) -> Iterator[PaintedLogo | Candidate]:
        """Yield candidates one after another; a brief that asks for the vector engine gets that.

        Raises:
            InvalidBrief: there is no model of the name that the brief asks for.
        """
        if brief.engine is Engine.VECTOR:
            yield from self._vector.draw(brief, cancellation)
            return
        spec = self._spec(brief.model or self._default)
        for number in range(brief.count):
            seeded = replace(brief, seed=(brief.seed + number) % (MAX_SEED + 1))
            yield PaintedLogo(self, seeded, spec, cancellation or Cancellation())

    def paint(self, brief: Brief, spec: ModelSpec, size: int, cancellation: Cancellation) -> Image.Image:
        """Return the mark of a brief, painted for pictures of `size` pixels."""
        options = self._options
        side = render_size(size, options.smallest, options.largest)
        request = ImageRequest(
            prompt=enhanced(brief),
            width=side,
            height=side,
            steps=options.steps or spec.steps,
            guidance=spec.guidance if options.guidance is None else options.guidance,
            seed=brief.seed,
        )
        with self._models.acquire(spec.name, time.monotonic() + options.patience) as painter:
            cancellation.checkpoint()
            ticket = painter.submit(replace(request, loras=_loras(brief, painter, options)))
            cancellation.then(ticket.cancel)
            try:
                return Image.fromarray(ticket.result())
            except RequestCancelled:
                raise WorkCancelled from None

    def with_type(self, brief: Brief, mark: Image.Image) -> Image.Image:
        """Return the lockup of a painted mark and the name, on paper of the colour that the mark was painted on."""
        layout = brief.layout if brief.layout not in (None, LayoutKind.EMBLEM) else LayoutKind.STACKED
        if layout is LayoutKind.SYMBOL:
            return mark
        design = next(direct(replace(brief, layout=layout, count=1), self._shelf))
        paper = _paper(mark)
        words, free = around_mark(replace(design, colours=_inks(paper)), self._shelf)
        side = mark.width
        sheet = bitmap_of(words.svg(Variant.COLOUR), side).convert("RGB")
        if layout is not LayoutKind.WORDMARK:
            scale = side / ARTBOARD
            width = round(free.width * scale)
            corner = round(free.left * scale), round(free.top * scale)
            sheet.paste(mark.resize((width, width), Image.Resampling.LANCZOS), corner)
        return sheet

    def _spec(self, name: str) -> ModelSpec:
        with_name = self._models.specs.get(name)
        if with_name is None:
            raise InvalidBrief("model", f"{name[:60]!r} is not one of {', '.join(self._models.specs)}")
        return with_name


def _loras(brief: Brief, painter: Painter, options: PaintOptions) -> tuple[tuple[str, float], ...]:
    """Return the LoRAs of a request: its own, else all that are configured, if the model can take any."""
    if brief.loras is not None:
        return brief.loras
    return options.loras if painter.capabilities.loras else ()


def _paper(mark: Image.Image) -> str:
    """Return the colour of the corners of a picture, each channel's median: what it was painted on."""
    right, bottom = mark.width - 1, mark.height - 1
    corners = [mark.getpixel(spot) for spot in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    red, green, blue = (sorted(channel)[1] for channel in zip(*corners, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _inks(paper: str) -> ColourScheme:
    ink = max((_DARK, _LIGHT), key=lambda colour: contrast(colour, paper))
    return ColourScheme(mark=ink, accent=ink, tint=paper, name=ink, slogan=ink, paper=paper)
