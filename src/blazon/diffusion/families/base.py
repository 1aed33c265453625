"""What a model family gives the step engine: text, noise, schedule, one forward pass, and the way to pixels."""

import math
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, Final

import torch
from cachetools import LRUCache

from blazon.diffusion.buckets import Buckets
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.loras.adapters import Adapters, Chosen
from blazon.diffusion.poison import is_poisoned
from blazon.diffusion.precision import WIDE, widen
from blazon.diffusion.sampling.bitmaps import to_bitmaps
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import PATCH, Schedule, read_schedule, set_steps, shift_of
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest
from blazon.diffusion.sampling.skipping import SkipPolicy
from blazon.diffusion.sampling.solvers import Solver, is_plain_euler, refuse_scheduler, try_scheduler
from blazon.errors import InvalidBrief, ModelUnavailable

# How many schedules are kept: one for each size and number of steps. To set up a scheduler takes a millisecond.
_SCHEDULES: Final = 64


class StepModel(ABC):
    """The components of a loaded pipeline; its `__call__` is never used, but every method here must equal it.

    The transformer and the text encoders belong to the engine's thread, the VAE to the decoder's.

    A family must write `encode`, `draw_noise`, `forward` and `unpack`. It overrides what its pipeline does in
    another way: `shift` of the schedule, `guides` and `guide` where guidance takes a second row, and
    `decode_raw` and `encode_raw` where the VAE is not one of pictures.
    """

    negative_prompt: ClassVar[str] = ""
    """What rows are guided away from where a request does not say it, in a family that guides by second rows."""
    reads_flow_sigmas: ClassVar[bool] = True
    """Whether the pipeline's call lets a scheduler with `use_flow_sigmas` choose its sigmas by itself."""
    masks_texts: ClassVar[bool] = False
    """Whether the attention needs a mask."""
    varies_texts: ClassVar[bool] = False
    """Whether texts have any length, and are not padded to `max_tokens`."""
    fuses_projections: ClassVar[bool] = False
    """Whether the attention of the transformer can read query, key and value from one matrix product."""
    caches_steps: ClassVar[bool] = False
    """Whether `stepcache` knows the ends of the transformer."""

    def __init__(self, pipeline: Any, *, name: str, device: torch.device, max_tokens: int = 512) -> None:
        """Take over a pipeline.

        Raises:
            ModelUnavailable: its scheduler or the numbers by which its latents are scaled cannot be used.
        """
        self.name = name
        self.device = device
        self.max_tokens = max_tokens
        self.pipeline = pipeline
        self.scheduler = pipeline.scheduler
        self.transformer = pipeline.transformer
        self.vae = pipeline.vae
        # What transformer and VAE compute in. Asked for once: diffusers looks at every module to tell it, which at full
        # size takes 1.7 ms, and a GPU has nothing to do meanwhile.
        self.dtype: torch.dtype = pipeline.transformer.dtype
        self.vae_dtype: torch.dtype = pipeline.vae.dtype
        self._schedules: LRUCache[tuple[int, int], Schedule] = LRUCache(_SCHEDULES)
        # Replaced by what `blazon.diffusion.loras.adapters.load_loras` returns, if LoRAs are loaded.
        self.adapters = Adapters(pipeline.transformer)
        # Set by `blazon.diffusion.optimization.optimize`.
        self.buckets: Buckets | None = None
        self.skip_policy: SkipPolicy | None = None
        side = self.vae_scale * PATCH * 2
        latents = self.draw_noise(torch.Generator("cpu").manual_seed(0), side, side)
        self._check_scheduler(latents)
        self._check_scaling(latents, side)

    # What a family writes.

    @abstractmethod
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        """Return the conditioning of each prompt, on the device and in the precision of the transformer.

        One call of the text encoders for all of them; each result equals that of the prompt alone.
        """

    @abstractmethod
    def draw_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        """Return what a picture starts from (1, ...): float32, on the CPU, as the pipeline draws it."""

    @abstractmethod
    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        """Return the velocity (n, ...), shaped as the latents: one pass of the transformer, which computes in `dtype`.

        Its rows are not guided by second rows any more: `velocity` has added those.
        """

    @abstractmethod
    def unpack(self, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        """Return latents (n, ...) as the VAE's decoder reads them: spatial (n, c, h, w), not normalised."""

    @property
    @abstractmethod
    def takes_guidance(self) -> bool:
        """Whether the guidance scale of a request has an effect."""

    # What most families have in common.

    @property
    def takes_negative_prompt(self) -> bool:
        """Whether the model is guided away from a text of the request, at some scale."""
        return self.guides(math.inf)

    @property
    def latents_dtype(self) -> torch.dtype:
        """The precision that latents are kept in between steps."""
        return self.dtype

    @property
    def vae_scale(self) -> int:
        """Pixels of a picture for each pixel of what the VAE decodes, along one side."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    def positions(self, height: int, width: int) -> torch.Tensor | None:  # noqa: ARG002
        """Return the positions of the image tokens, on the device; None where the transformer finds them by itself."""
        return None

    def count_tokens(self, latents: torch.Tensor) -> int:
        """Return how many image tokens the transformer sees in latents (n, ...)."""
        return int(latents.shape[1])

    def shift(self, tokens: int, steps: int) -> float | None:  # noqa: ARG002
        """Return mu, by which the schedule of a picture of so many tokens leans towards noise; None if none is told."""
        return shift_of(tokens, self.scheduler.config)

    def guides(self, scale: float) -> bool:  # noqa: ARG002
        """Say whether a request with this guidance scale needs a second row with the negative prompt."""
        return False

    def guide(self, positive: torch.Tensor, negative: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        """Return the guided velocity (n, ...) from that of either text and the scales, shaped (n, 1, ...)."""
        return negative + scales * (positive - negative)

    def decode_raw(self, raw: torch.Tensor) -> torch.Tensor:
        """Return pixels (n, 3, height, width) in -1..1 of what `unpack` returns."""
        pixels: torch.Tensor = self.vae.decode(raw, return_dict=False)[0]
        return pixels

    def encode_raw(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return pixels (n, 3, height, width) in -1..1 as what `decode_raw` takes (n, c, h, w); for previews."""
        raw: torch.Tensor = self.vae.encode(pixels).latent_dist.mode()
        return raw

    # What the engine calls.

    def check(self, request: DiffusionRequest) -> None:
        """Refuse what the model cannot draw; callable from any thread, before anything is drawn.

        Raises:
            InvalidBrief: a side or a LoRA cannot be used.
        """
        self.adapters.check(request.loras)
        multiple = self.vae_scale * PATCH
        for field, pixels in (("width", request.width), ("height", request.height)):
            if pixels < multiple or pixels % multiple:
                raise InvalidBrief(field, f"{self.name} draws multiples of {multiple} pixels, {pixels} is none")

    def list_prompts(self, request: DiffusionRequest) -> tuple[str, ...]:
        """Return the texts that a request needs: its prompt, and behind it what it is guided away from, if it is."""
        negative = (request.negative_prompt or self.negative_prompt,) if self.guides(request.guidance) else ()
        return (request.prompt, *negative)

    def schedule(self, steps: int, latents: torch.Tensor, generator: torch.Generator) -> tuple[Schedule, Solver | None]:
        """Return the schedule of a request that starts from these latents, on the device.

        Behind it what takes its steps, where the scheduler does more at a step than Euler's formula.
        """
        asked = steps, self.count_tokens(latents)
        if (known := self._schedules.get(asked)) is not None:
            return known, None
        own = self._set_steps(steps, latents)
        found = read_schedule(own).to(self.device)
        if not is_plain_euler(own):
            return found, Solver(own, generator)
        self._schedules[asked] = found
        return found, None

    def _set_steps(self, steps: int, latents: torch.Tensor) -> Any:
        own_sigmas = self.reads_flow_sigmas and bool(self.scheduler.config.get("use_flow_sigmas"))
        return set_steps(self.scheduler, steps, self.shift(self.count_tokens(latents), steps), own_sigmas=own_sigmas)

    def _check_scheduler(self, latents: torch.Tensor) -> None:
        """Try a few steps at once: what the pipeline's own call cannot use is refused while loading.

        Raises:
            ModelUnavailable: it cannot be used.
        """
        try:
            own = self._set_steps(4, latents)
            if not bool(torch.isfinite(read_schedule(own).sigmas).all()):
                raise ValueError("its sigmas are not finite")
        except Exception as error:
            raise refuse_scheduler(self.scheduler, self.name, error) from error
        try_scheduler(own, latents, self.name)

    @torch.inference_mode()
    def _check_scaling(self, latents: torch.Tensor, side: int) -> None:
        """Bring latents (1, ...) of a square of `side` pixels to the numbers of the VAE.

        Raises:
            ModelUnavailable: its configuration has no such numbers.
        """
        try:
            raw = self.unpack(latents.to(self.device, self.latents_dtype), side, side)
            # Without weights, on the meta device, there are no numbers to look at.
            if raw.device.type != "meta" and not bool(torch.isfinite(raw).all()):
                raise ValueError("what it says makes them infinite")
        except Exception as error:
            if is_poisoned(error):
                raise
            reason = " ".join(str(error).split())[:200]
            raise ModelUnavailable(
                f"{self.name}: the config.json of its vae does not say by which numbers latents are scaled ({reason}); "
                "take that file from the model's page"
            ) from error

    def activate(self, loras: Chosen) -> None:
        """Let exactly these LoRAs take part in the forward passes from now on."""
        self.adapters.use(loras)

    @torch.inference_mode()
    def velocity(self, batch: Batch, *, precise: bool = False) -> torch.Tensor:
        """Return the velocity (n, ...) of a batch, guided: one pass of the transformer for all rows.

        Args:
            precise: compute in float32, uncompiled and slowly, whatever the weights are kept in.
        """
        predicted = self._predict(batch.add_negatives(), precise)
        guided = batch.list_guided()
        if not guided:
            return predicted
        count = len(batch)
        scales = batch.guidance.view(-1, *(1,) * (predicted.ndim - 1))
        if len(guided) == count:
            return self.guide(predicted[:count], predicted[count:], scales).to(predicted.dtype)
        rows = [predicted[row : row + 1] for row in range(count)]
        for place, row in enumerate(guided, count):
            found = self.guide(rows[row], predicted[place : place + 1], scales[row : row + 1])
            rows[row] = found.to(predicted.dtype)
        return torch.cat(rows)

    def _predict(self, batch: Batch, precise: bool) -> torch.Tensor:
        if precise:
            with widen(self.transformer):
                return self.forward(batch, WIDE)
        count = len(batch)
        if self.buckets is not None:
            size = self.buckets.fit(count, self._describe_shape(batch))
            batch = batch.take_rows([min(index, count - 1) for index in range(size)])
        return self.forward(batch, self.dtype)[:count]

    def _describe_shape(self, batch: Batch) -> Hashable:
        return (tuple(batch.latents.shape[1:]), max(text.tokens.shape[1] for text in batch.texts))

    @torch.inference_mode()
    def decode(self, latents: torch.Tensor, height: int, width: int) -> list[Bitmap | None]:
        """Return the picture of each of n latents (n, ...); None for one whose numbers are not finite."""
        raw = self.unpack(latents, height, width)
        pictures = to_bitmaps(self.decode_raw(raw.to(self.vae_dtype)))
        for row, picture in enumerate(pictures):
            # Some VAEs overflow in half precision: once more in float32, as latents are drawn once more.
            if picture is None and self.vae_dtype is not WIDE:
                with widen(self.vae):
                    (pictures[row],) = to_bitmaps(self.decode_raw(raw[row : row + 1].to(WIDE)))
        return pictures
