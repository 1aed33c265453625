"""The generic engine: any text-to-image pipeline of diffusers through its own call, one request at a time.

The callback that pipelines offer at the end of a step gives cancelling, deadlines, progress and, where
the latents can be read, previews. Requests do not share forward passes; the capabilities say so.
"""

import inspect
import math
import time
import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from copy import copy
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.catalogue.pipeline_calls import GUIDANCE_SCHEDULE, UNGUIDED, takes_negative_prompt
from blazon.diffusion.catalogue.specs import Capabilities
from blazon.diffusion.engine_shell import EngineShell
from blazon.diffusion.generic_pictures import NOT_FINITE, find_picture, fit_picture, to_finite_bitmap
from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.poison import explain_failure, is_poisoned
from blazon.diffusion.sampling.foresight import Foresight
from blazon.diffusion.sampling.previews import OptionalPreviews
from blazon.diffusion.sampling.sequence import (
    Bitmap,
    DiffusionRequest,
    Progress,
    RequestCancelled,
    Ticket,
    count_steps,
)
from blazon.diffusion.sampling.step_watch import seed_steps, watch_steps
from blazon.errors import (
    BlazonError,
    DeadlineExceeded,
    EnginePoisoned,
    EngineStopped,
    GenerationFailed,
    InvalidBrief,
    ModelUnavailable,
)
from blazon.generation import Part

log = structlog.get_logger(__name__)

_NEEDED: Final = ("prompt", "height", "width", "num_inference_steps", "generator", "output_type")
_CALLBACK: Final = "callback_on_step_end"
# Of pipelines that draw what they draw from by a model of its own.
_PRIOR_CALLBACK: Final = "prior_callback_on_step_end"
_GUIDES: Final = "do_classifier_free_guidance"
WITHHELD: Final = "the model's own safety filter withheld the picture; change the prompt"
# Samplers made for one number of steps take others only without the moment that they stop at between.
_BETWEEN: Final = "intermediate_timesteps"


class GenericEngine(EngineShell):
    """Draws requests with a loaded pipeline. Start it, submit from any thread, stop it.

    Args:
        pipeline: on its device, with whatever offload it shall have.
        name: identifier of the model, as answers tell it.
        guidance: the only scale that the model takes; None leaves it to the requests.
        adapters: the LoRAs beside its denoiser.

    Raises:
        ModelUnavailable: the call of the pipeline lacks what a text-to-image model must take.
    """

    def __init__(
        self, pipeline: Any, *, name: str, guidance: float | None = None, adapters: Adapters | None = None
    ) -> None:
        super().__init__(name, torch.device(pipeline.device))
        self.pipeline = pipeline
        self._parameters = inspect.signature(pipeline.__call__).parameters
        missing = [needed for needed in _NEEDED if needed not in self._parameters]
        if missing:
            raise ModelUnavailable(
                f"{name} is no text-to-image model that Blazon can drive: {type(pipeline).__name__} takes no "
                + ", ".join(missing)
            )
        pipeline.set_progress_bar_config(disable=True)
        watch_decoder(pipeline)
        fill_shift(pipeline)
        self._tells_steps = _CALLBACK in self._parameters or hasattr(getattr(pipeline, "scheduler", None), "step")
        self._guidance = guidance
        self.adapters = adapters or Adapters(pipeline)
        self._guidance_parameter = find_guidance_parameter(pipeline)
        self._takes_negative_prompt = takes_negative_prompt(self._parameters, self._guidance_parameter)
        self._optional = OptionalPreviews(name)
        self._foresight: Foresight | None = None
        with self._optional.attempt():
            self._foresight = Foresight.of(pipeline) if _CALLBACK in self._parameters else None
        self._current: Ticket | None = None
        self._last_step = 0.0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mixed_batching=False,
            previews=self._foresight is not None,
            cancel=self._tells_steps,
            guidance=self._guidance is None and self._guidance_parameter is not None,
            loras=bool(self.adapters.names),
            negative_prompt=self._takes_negative_prompt and self.guides(math.inf),
        )

    @property
    def scheduler(self) -> str:
        """The class of the scheduler of its pipeline."""
        return type(getattr(self.pipeline, "scheduler", None)).__name__

    @property
    def slots(self) -> int:
        return 1

    def check(self, request: DiffusionRequest) -> None:
        self.adapters.check(request.loras)
        multiple = find_pixels_multiple(self.pipeline)
        for field, pixels in (("width", request.width), ("height", request.height)):
            if pixels < multiple or pixels % multiple:
                raise InvalidBrief(field, f"{self.name} draws multiples of {multiple} pixels, {pixels} is none")

    def guides(self, scale: float) -> bool:
        scale = scale if self._guidance is None else self._guidance
        return guides_away(self.pipeline, self._guidance_parameter, scale)

    def _count_running(self) -> int:
        return int(self._current is not None)

    def _release_all(self) -> list[Ticket]:
        tickets = [] if self._current is None else [self._current]
        self._current = None
        return tickets + super()._release_all()

    def _work(self) -> None:
        """Draw one request."""
        for ticket in self._take_waiting(1):
            self._current = ticket
            outcome = self._attempt(ticket)
            if isinstance(outcome, EnginePoisoned):
                self._poison(outcome)
            self._current = None  # the place is free before anybody hears of it
            if isinstance(outcome, Exception):
                ticket.fail(outcome)
            else:
                ticket.succeed(outcome)

    def _attempt(self, ticket: Ticket) -> Bitmap | Exception:
        """Draw a ticket's request; return its picture, or why there is none."""
        try:
            return self._draw(ticket)
        except (RequestCancelled, DeadlineExceeded, EngineStopped, GenerationFailed) as error:
            # Without the frames of the failed call, which would keep its tensors as long as the error is kept.
            reason: Exception = error.with_traceback(None)
        except Exception as error:  # noqa: BLE001 - one request must not end the engine; the caller gets the error
            self.counters.out_of_memory += isinstance(error, torch.OutOfMemoryError)
            reason = self._explain_steps(error, ticket.request) or explain_failure(
                error, "the model could not draw the picture"
            )
        return reason if isinstance(reason, EnginePoisoned) else self._clean_up() or reason

    def _explain_steps(self, error: Exception, request: DiffusionRequest) -> InvalidBrief | None:
        """Return what is wrong with the number of steps, if that is what an error of the pipeline's call tells of."""
        if isinstance(error, BlazonError | torch.OutOfMemoryError) or is_poisoned(error):
            return None
        if not is_of_steps(error, request.steps):
            return None
        log.warning("a number of steps cannot be drawn", model=self.name, steps=request.steps, exc_info=error)
        told = " ".join(str(error).split())[:200] or type(error).__name__
        refusal = InvalidBrief(
            "steps",
            f"{self.name} cannot draw in {request.steps} with its scheduler {self.scheduler} ({told}); "
            "ask for another number",
        )
        refusal.__cause__ = error.with_traceback(None)  # whose frames would keep tensors
        return refusal

    def _draw(self, ticket: Ticket) -> Bitmap:
        call = self._make_arguments(ticket.request)
        if _CALLBACK in self._parameters:
            call[_CALLBACK] = lambda _, step, __, tensors: self._end_step(ticket, step, tensors)
        if _PRIOR_CALLBACK in self._parameters:
            call[_PRIOR_CALLBACK] = lambda *_: self._leave_if_unwanted(ticket)
        if self._foresight is not None:
            self._foresight.forget()
        started = self._last_step = time.perf_counter()
        self.adapters.use(ticket.request.loras)
        with self._seed(call["generator"]), self._follow(ticket):
            output = self.pipeline(**call)
        self._note_parts(ticket, started)
        if any(getattr(output, "nsfw_content_detected", None) or ()):
            raise GenerationFailed(WITHHELD)
        return fit_picture(to_finite_bitmap(find_picture(output)), ticket.request)

    def _seed(self, generator: torch.Generator) -> AbstractContextManager[None]:
        """Return what lets the noise of each step follow from the request's seed, as that of the first latents does."""
        if not hasattr(getattr(self.pipeline, "scheduler", None), "step"):
            return nullcontext()
        return seed_steps(self.pipeline.scheduler, generator)

    def _follow(self, ticket: Ticket) -> AbstractContextManager[None]:
        """Return what tells of the steps of a call that has no callback, by those of its scheduler."""
        if _CALLBACK in self._parameters or not self._tells_steps:
            return nullcontext()
        return watch_steps(
            self.pipeline.scheduler, lambda step, latents: self._end_step(ticket, step, {"latents": latents})
        )

    def _note_parts(self, ticket: Ticket, started: float) -> None:
        """Note of what a call consisted; the text counts as denoising, as a pipeline does not say when it is read."""
        steps = ticket.request.steps
        if not self._tells_steps:
            ticket.note_part("denoise", started, steps)
            return
        ticket.parts.append(Part("denoise", started, self._last_step - started, steps))
        ticket.note_part("decode", self._last_step)

    def _make_arguments(self, request: DiffusionRequest) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "prompt": request.prompt,
            "height": request.height,
            "width": request.width,
            "num_inference_steps": request.steps,
            "generator": torch.Generator("cpu").manual_seed(request.seed),
            "output_type": "np",
        }
        guidance = request.guidance if self._guidance is None else self._guidance
        if self._guidance_parameter is not None:
            arguments[self._guidance_parameter] = guidance
            if GUIDANCE_SCHEDULE in self._parameters:  # by default a scale for each step of one number of steps
                arguments[GUIDANCE_SCHEDULE] = None
        if _BETWEEN in self._parameters and request.steps != self._parameters["num_inference_steps"].default:
            arguments[_BETWEEN] = None
        # Such pipelines guide only away from a negative prompt; an empty one means guidance and nothing else.
        if self._guidance_parameter == "true_cfg_scale" and guidance > 1:
            arguments["negative_prompt"] = " "
        if request.negative_prompt:
            arguments["negative_prompt"] = request.negative_prompt
        return arguments

    def _end_step(self, ticket: Ticket, step: int, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Tell the progress, and leave the pipeline's call if nobody waits for the picture any more."""
        now = time.perf_counter()
        self.counters.count_step(1, now - self._last_step)
        self._last_step = now
        self._leave_if_unwanted(ticket)
        latents, request, picture = tensors.get("latents"), ticket.request, None
        if latents is not None and not bool(torch.isfinite(latents).all()):
            raise GenerationFailed(NOT_FINITE)
        if latents is not None and self._foresight is not None and ticket.wants_previews:
            with self._optional.attempt():
                picture = self._foresight.picture(latents, step, request.height, request.width)
        done = count_steps(step + 1, max(step + 1, self._count_passes(request.steps)), request.steps)
        ticket.tell(Progress(done, request.steps, picture))
        return {}

    def _count_passes(self, steps: int) -> int:
        """Return how many passes of its denoiser the call under way takes; one for each step, if it does not say."""
        timesteps = getattr(getattr(self.pipeline, "scheduler", None), "timesteps", None)
        return getattr(self.pipeline, "num_timesteps", None) or (steps if timesteps is None else len(timesteps))

    def _leave_if_unwanted(self, ticket: Ticket) -> dict[str, torch.Tensor]:
        unwanted = self._explain_unwanted(ticket)
        if unwanted is not None:
            raise unwanted
        return {}

    def _clean_up(self) -> EnginePoisoned | None:
        """Bring the pipeline back to where it was before a call that was left; return why it cannot be brought back."""
        try:
            # A call that is left does not send offloaded models home by itself.
            self.pipeline.maybe_free_model_hooks()
            torch.cuda.empty_cache()  # does nothing where no GPU is in use
        except Exception as error:  # whatever it is, the models are not where the next request needs them
            log.exception("the pipeline cannot be used any more", model=self.name)
            return EnginePoisoned(f"the pipeline cannot be used any more: {error}")
        return None


def is_of_steps(error: Exception, steps: int) -> bool:
    """Say whether an error of a pipeline's call is over the number of its steps.

    Its scheduler raises it, where it was made for fewer; or the call itself, which takes a way of its own for one.
    """
    frames = (str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__))
    module = next((name for name in reversed([*frames]) if name.startswith("diffusers.")), "")
    return module.startswith("diffusers.schedulers.") or (steps == 1 and module.startswith("diffusers.pipelines."))


def find_guidance_parameter(pipeline: Any) -> str | None:
    """Return by which parameter of its call a pipeline takes the guidance scale, None if by none.

    `guidance_scale` guides, but where it is only kept for distilled models to come (its default is
    None, as in Qwen-Image) `true_cfg_scale` does.
    """
    parameters = inspect.signature(pipeline.__call__).parameters
    config = getattr(getattr(pipeline, "transformer", None), "config", {})
    if "guidance_scale" in parameters:
        in_use = parameters["guidance_scale"].default is not None or config.get("guidance_embeds")
        if in_use or "true_cfg_scale" not in parameters:
            return "guidance_scale"
    return "true_cfg_scale" if "true_cfg_scale" in parameters else None


def guides_away(pipeline: Any, parameter: str | None, scale: float) -> bool:
    """Say whether a pipeline that is called with this scale leads away from a text.

    Most tell it by a property, which reads the scale of the call; it may depend on the model as well.
    """
    if parameter is None:
        return False
    if isinstance(getattr(type(pipeline), _GUIDES, None), property):
        asked = copy(pipeline)  # as the pipeline itself may be drawing
        setattr(asked, f"_{parameter}", scale)
        with suppress(AttributeError):  # it reads more of the call than its scale
            return bool(getattr(asked, _GUIDES))
    return scale > UNGUIDED


def find_pixels_multiple(pipeline: Any) -> int:
    """Return of how many pixels the sides of a pipeline's pictures must be multiples."""
    processor = getattr(pipeline, "image_processor", None)
    if processor is not None:
        return int(processor.config.vae_scale_factor)
    return int(getattr(pipeline, "vae_scale_factor", 8))


def fill_shift(pipeline: Any) -> None:
    """Let a `shift_factor` of null in the configuration of a VAE count as 0; pipelines add it to latents as it is."""
    vae: Any = getattr(pipeline, "vae", None)
    config = getattr(vae, "config", {})
    if "shift_factor" in config and config["shift_factor"] is None:
        vae.register_to_config(shift_factor=0.0)


def watch_decoder(pipeline: Any) -> None:
    """Let a pipeline's call fail where its decoder returns numbers that are not finite.

    Pipelines clamp pixels to 0..1, after which an infinite one is black or white.
    """
    decoder = getattr(getattr(pipeline, "vae", None), "decoder", None)
    if isinstance(decoder, torch.nn.Module):
        decoder.register_forward_hook(lambda *given: _refuse_if_not_finite(given[-1]))


def _refuse_if_not_finite(pixels: Any) -> None:
    if isinstance(pixels, torch.Tensor) and not bool(torch.isfinite(pixels).all()):
        raise GenerationFailed(NOT_FINITE)
