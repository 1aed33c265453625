"""The FLUX studio: the same use case as `blazon.studio`, with marks painted by a diffusion model.

Importing this module imports torch; only an installation that paints does.
"""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

import structlog
from PIL import Image

from blazon.brief import MAX_SEED, Brief
from blazon.cancellation import WorkCancelled
from blazon.diffusion.catalogue import ModelSpec
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.registry import ModelState
from blazon.diffusion.sampling import render_size
from blazon.diffusion.sequence import DiffusionRequest, Progress, RequestCancelled
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.errors import GenerationFailed
from blazon.export.formats import PictureFormat, encode
from blazon.flux_front import FluxFront, PaintOptions
from blazon.generation import Drawn, Part
from blazon.models import ModelCard
from blazon.painted_lockups import set_type
from blazon.prompts import enhance
from blazon.safety import SafetyResult
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.painting")


class Models(Protocol):
    """What the studio needs of a model registry."""

    @property
    def specs(self) -> Mapping[str, ModelSpec]: ...

    @property
    def capacity(self) -> int: ...

    def state(self, name: str) -> ModelState: ...
    def acquire(self, name: str, deadline: float | None = None) -> AbstractContextManager[ImageEngine]: ...
    def counters(self) -> Mapping[str, EngineCounters]: ...
    def stop(self) -> None: ...


class Monitor(Protocol):
    """What tells the state of the GPU without waiting for it."""

    def report(self) -> dict[str, Any]: ...


class Censor(Protocol):
    """What looks at painted pictures before anybody sees them."""

    def judge(self, picture: Image.Image) -> SafetyResult: ...


class FluxStudio(FluxFront):
    """Draws briefs with a painted mark; sets names in real type around it. Threads may share it."""

    def __init__(
        self,
        models: Models,
        default_model: str,
        options: PaintOptions,
        monitor: Monitor,
        censor: Censor | None = None,
        own_fonts: FontSources = NO_FONTS,
    ) -> None:
        super().__init__(models.specs, default_model, options, own_fonts)
        self._censor = censor
        self._models = models
        self._monitor = monitor

    def models(self) -> tuple[ModelCard, ...]:
        """Return the diffusion models, the default first, and the vector engine; and which are loaded."""
        return tuple(self._add_state(card) if card.painted else card for card in super().models())

    def _add_state(self, card: ModelCard) -> ModelCard:
        found, spec = self._models.state(card.name), self._specs[card.name]
        abilities = found.capabilities.names if found.capabilities else card.abilities
        return replace(card, abilities=abilities, state=found.state, problem=spec.hide_folder(found.problem))

    def gpu(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, and `utilisation` (0 to 1) where that is known."""
        return self._monitor.report()

    def engines(self) -> Mapping[str, EngineCounters]:
        """Return what the loaded engines have done since their start, by the name of the model."""
        return self._models.counters()

    @property
    def capacity(self) -> int:
        """How many models can be loaded together."""
        return self._models.capacity

    def close(self) -> None:
        """Stop all models; what they have not finished fails with `EngineStopped`."""
        self._models.stop()

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Paint one candidate of a brief, counted from 0, each with the next seed: with that, it is painted alone.

        Raises:
            WorkCancelled: nobody waits for it any more.
            GenerationFailed, ModelUnavailable, DeadlineExceeded: why there is no picture.
        """
        if self._is_drawn(brief):
            return self._vector.candidate(brief, number, watch)
        seed = (brief.seed + brief.first + number) % (MAX_SEED + 1)
        spec, seeded = self._find_spec(brief), replace(brief, seed=seed, first=0)
        mark, parts = self.paint(seeded, spec, watch)
        if self._censor is not None and (verdict := self._censor.judge(mark)).unsafe:
            log.warning("picture withheld", labels=verdict.labels, seed=seeded.seed)
            raise GenerationFailed("the picture was withheld by the check for nudity; ask for another seed or prompt")
        picture = set_type(self._vector, seeded, mark)
        return Drawn(
            content=encode(picture, PictureFormat.PNG),
            media_type=PictureFormat.PNG.media_type,
            model=spec.identifier,
            seed=seeded.seed,
            painted=True,
            licence=spec.licence,
            why=f"Painted by {spec.identifier} from the prompt; nobody looked at what it shows.",
            parts=parts,
            pixels=picture,
        )

    def paint(self, brief: Brief, spec: ModelSpec, watch: Watch) -> tuple[Image.Image, tuple[Part, ...]]:
        """Return the mark of a brief, painted for pictures of `brief.size` pixels, and what that consisted of."""
        options = self._options
        side = render_size(brief.size, options.smallest, options.largest)
        request = DiffusionRequest(
            prompt=enhance(brief, self._vector.read(brief)),
            width=side,
            height=side,
            steps=brief.steps or self._choose_steps(spec),
            guidance=_take_first(brief.guidance, options.guidance, spec.guidance),
            seed=brief.seed,
        )

        def tell(progress: Progress) -> None:
            watch.tell(Step(progress.step, progress.steps, progress.preview))

        with self._models.acquire(spec.name, time.monotonic() + options.patience) as engine:
            watch.cancellation.checkpoint()
            request = replace(request, loras=_choose_loras(brief, engine, options))
            ticket = engine.submit(request, tell, previews=watch.previews)
            watch.cancellation.add_listener(ticket.cancel)
            try:
                return Image.fromarray(ticket.result()), tuple(ticket.parts)
            except RequestCancelled:
                raise WorkCancelled from None


def _take_first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _choose_loras(brief: Brief, engine: ImageEngine, options: PaintOptions) -> tuple[tuple[str, float], ...]:
    """Return the LoRAs of a request: its own, else all that are configured, if the model can take any."""
    if brief.loras is not None:
        return brief.loras
    return options.loras if engine.capabilities.loras else ()
