"""The FLUX studio: the same use case as `blazon.studio`, with marks painted by a diffusion model.

Importing this module imports torch; only an installation that paints does.
"""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final, Protocol

import structlog
from PIL import Image

from blazon.brief import MAX_SEED, Brief
from blazon.cancellation import WorkCancelled
from blazon.diffusion.catalogue.specs import ModelSpec
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.registry import ModelState
from blazon.diffusion.sampling.flow_matching import render_size
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, RequestCancelled
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.errors import GenerationFailed, ModelUnavailable
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
    def acquire(
        self, name: str, deadline: float | None = None, watch: Watch | None = None
    ) -> AbstractContextManager[ImageEngine]: ...
    def counters(self) -> Mapping[str, EngineCounters]: ...
    def adapters(self) -> Mapping[str, Adapters]: ...
    def stop(self) -> None: ...


class Monitor(Protocol):
    """What tells the state of the GPU without waiting for it."""

    def report(self) -> dict[str, Any]: ...


class Censor(Protocol):
    """What looks at painted pictures before anybody sees them."""

    def judge(self, picture: Image.Image) -> SafetyResult: ...


class FluxStudio(FluxFront):
    """Draws briefs with a painted mark; sets names in real type around it. Threads may share it.

    Args:
        slots: pictures that the default model draws at the same time.
    """

    def __init__(
        self,
        models: Models,
        default_model: str,
        options: PaintOptions,
        monitor: Monitor,
        censor: Censor | None = None,
        own_fonts: FontSources = NO_FONTS,
        slots: int = 1,
    ) -> None:
        super().__init__(models.specs, default_model, options, own_fonts)
        self.slots: Final = slots
        self._censor = censor
        self._models = models
        self._monitor = monitor

    def models(self) -> tuple[ModelCard, ...]:
        """Return the diffusion models, the default first, and the vector engine; with what is known of loading them."""
        return tuple(self._add_state(card) if card.painted else card for card in super().models())

    def _add_state(self, card: ModelCard) -> ModelCard:
        found, spec = self._models.state(card.name), self._specs[card.name]
        able = found.capabilities.limited_by(spec.capabilities) if found.capabilities else spec.capabilities
        card = replace(card, abilities=able.names, state=found.state, problem=spec.hide_folder(found.problem))
        adapters = self._models.adapters().get(card.name)
        if adapters is None:
            return card
        return replace(card, loras=adapters.names, loras_refused=tuple(adapters.refused.items()))

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
        mark, parts, warnings = self.paint(seeded, spec, watch)
        if self._censor is not None and (verdict := self._censor.judge(mark)).unsafe:
            log.warning("picture withheld", labels=verdict.labels, seed=seeded.seed)
            raise GenerationFailed("the picture was withheld by the check for nudity; ask for another seed or prompt")
        picture = set_type(self._vector, seeded, mark)
        return Drawn(
            content=encode(picture, PictureFormat.PNG, grainy=True),
            media_type=PictureFormat.PNG.media_type,
            model=spec.identifier,
            seed=seeded.seed,
            painted=True,
            licence=spec.licence,
            why=f"Painted by {spec.identifier} from the prompt; nobody looked at what it shows.",
            warnings=warnings,
            parts=parts,
            pixels=picture,
        )

    def paint(
        self, brief: Brief, spec: ModelSpec, watch: Watch
    ) -> tuple[Image.Image, tuple[Part, ...], tuple[str, ...]]:
        """Return the mark of a brief, for pictures of `brief.size` pixels, of what painting consisted, and warnings.

        What a model cannot do is refused by `check` where it is known before the model is loaded, and warned of here.
        """
        options = self._options
        side = render_size(brief.size, options.smallest, options.largest)
        request = DiffusionRequest(
            prompt=enhance(brief, self._vector.read(brief)),
            width=side,
            height=side,
            steps=brief.steps or options.steps or spec.usual_steps,
            guidance=self._choose_scale(brief, spec),
            seed=brief.seed,
            negative_prompt=brief.negative_prompt,
        )

        def tell(progress: Progress) -> None:
            if progress.step >= progress.steps - 1:  # a step before its end, so that the next one is there when it ends
                watch.make_room()
            watch.tell(Step(progress.step, progress.steps, progress.preview))

        try:
            with self._models.acquire(spec.name, time.monotonic() + options.patience, watch) as engine:
                watch.cancellation.checkpoint()
                request = replace(request, loras=_choose_loras(brief, engine, options))
                ticket = engine.submit(request, tell, previews=watch.previews)
                watch.cancellation.add_listener(ticket.cancel)
                return Image.fromarray(ticket.result()), tuple(ticket.parts), _warn(brief, spec, engine)
        except RequestCancelled:
            raise WorkCancelled from None
        except ModelUnavailable as error:
            log.warning("model not loaded", model=spec.name, reason=str(error))
            raise ModelUnavailable(spec.hide_folder(str(error))) from error  # paths are for the operator


def _warn(brief: Brief, spec: ModelSpec, engine: ImageEngine) -> tuple[str, ...]:
    """Return what of a brief had no effect on the model that is loaded, a sentence each."""
    if brief.guidance is not None and not engine.capabilities.guidance:
        return (f"The guidance of {brief.guidance:g} had no effect: {spec.name} takes none.",)
    return ()


def _choose_loras(brief: Brief, engine: ImageEngine, options: PaintOptions) -> tuple[tuple[str, float], ...]:
    """Return the LoRAs of a request: its own, else all that are configured and made for the model."""
    if brief.loras is not None:
        return brief.loras
    offered = engine.adapters.names
    return tuple((name, scale) for name, scale in options.loras if name in offered)
