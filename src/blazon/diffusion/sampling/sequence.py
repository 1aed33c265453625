"""A request in the engine: what is asked for, and its state while it is drawn."""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

import numpy as np
import structlog
import torch
from numpy.typing import NDArray

from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import Schedule
from blazon.diffusion.sampling.skipping import StepMemory
from blazon.diffusion.sampling.solvers import Solver
from blazon.generation import Part

log = structlog.get_logger(__name__)

Bitmap = NDArray[np.uint8]
"""A picture: height x width x 3, sRGB."""


@dataclass(frozen=True, slots=True)
class DiffusionRequest:
    """A picture to draw, at a size that the model can render.

    Args:
        width, height: in pixels, multiples of 16.
        guidance: ignored by models that were distilled without it.
        deadline: a `time.monotonic()` moment after which nobody waits any more.
        loras: names and scales of the adapters to draw with.
        negative_prompt: what guidance leads away from; empty for the model's own default.
    """

    prompt: str
    width: int = 1024
    height: int = 1024
    steps: int = 28
    guidance: float = 3.5
    seed: int = 0
    deadline: float | None = None
    loras: tuple[tuple[str, float], ...] = ()
    negative_prompt: str = ""


class RequestCancelled(Exception):  # what happened, not a fault
    """The request was cancelled before its picture was finished."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request is; `preview` is a small picture of it so far, if one was asked for."""

    step: int
    steps: int
    preview: Bitmap | None = None


ProgressListener = Callable[[Progress], None]


class Ticket:
    """The caller's end of a request: wait for the picture, or cancel it. Usable from any thread.

    `parts` tells of what the drawing consisted; it is complete once the picture is there.
    """

    def __init__(
        self, request: DiffusionRequest, listener: ProgressListener | None = None, previews: bool = False
    ) -> None:
        self.request = request
        self.listener = listener
        self.wants_previews = previews and listener is not None
        self.parts: list[Part] = []
        self._cancelled = threading.Event()
        self._future: Future[Bitmap] = Future()

    def cancel(self) -> None:
        """Ask for the request to be dropped; it stops before its next step."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def expired(self) -> bool:
        deadline = self.request.deadline
        return deadline is not None and time.monotonic() >= deadline

    @property
    def future(self) -> "Future[Bitmap]":
        """Resolves to the picture, or raises why there is none."""
        return self._future

    @property
    def settled(self) -> bool:
        return self._future.done()

    def succeed(self, picture: Bitmap) -> None:
        with contextlib.suppress(InvalidStateError):  # another thread may have settled it this moment
            self._future.set_result(picture)

    def fail(self, error: Exception) -> None:
        with contextlib.suppress(InvalidStateError):
            self._future.set_exception(error)

    def note_part(self, name: str, began: float, steps: int = 0) -> None:
        """Note a part of the drawing that ends now; `began` is a `time.perf_counter()` moment."""
        self.parts.append(Part(name, began, time.perf_counter() - began, steps))

    def tell(self, progress: Progress) -> None:
        """Pass progress on; a listener that fails is told no more, and does not end the drawing."""
        if self.listener is None or self.settled:
            return
        try:
            self.listener(progress)
        except Exception:
            log.exception("a progress listener failed")
            self.listener, self.wants_previews = None, False

    def result(self, timeout: float | None = None) -> Bitmap:
        """Wait for the picture.

        Raises:
            RequestCancelled, DeadlineExceeded, GenerationFailed: why there is none.
        """
        return self._future.result(timeout)


@dataclass(eq=False, slots=True)
class Sequence:
    """A running request. Owned by the engine's thread; nobody else touches it.

    Args:
        texts: of its prompt, and of what it is guided away from, if it is by a second row.
        latents: (1, ...), as they are now. guidance: (1,) in float32. positions: see `Batch`.
        solver: the scheduler's copy, where it does more at a step than Euler's formula.
        step: passes of the transformer until now.
    """

    ticket: Ticket
    texts: tuple[Conditioning, ...]
    latents: torch.Tensor
    schedule: Schedule
    guidance: torch.Tensor
    positions: torch.Tensor | None
    solver: Solver | None = None
    began: float = field(default_factory=time.perf_counter)
    step: int = 0
    last_turn: int = 0
    precise: bool = False
    memory: StepMemory = field(default_factory=StepMemory)

    @property
    def request(self) -> DiffusionRequest:
        return self.ticket.request

    @property
    def rows(self) -> int:
        """How many rows of a forward pass it takes: two, if it is guided by a second one."""
        return len(self.texts)

    @property
    def shape(self) -> tuple[object, ...]:
        """What must be equal for two sequences to share one forward pass."""
        return (self.request.height, self.request.width, self.request.loras, self.precise)

    @property
    def steps_done(self) -> int:
        """How many of the steps that were asked for are done."""
        return count_steps(self.step, len(self.schedule.times), self.request.steps)

    @property
    def done(self) -> bool:
        return self.step >= len(self.schedule.times)


def count_steps(passes: int, total: int, steps: int) -> int:
    """Return how many of the steps that were asked for are done after so many passes of the transformer.

    Args:
        total: passes of the picture; a scheduler may need more than one for each step.
        steps: that were asked for.
    """
    return -(-passes * steps // total)
