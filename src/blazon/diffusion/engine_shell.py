"""What every engine has around its drawing: a queue, a thread, and an end that leaves nobody waiting."""

import math
import threading
from abc import ABC, abstractmethod
from collections import deque
from typing import Final

import structlog
import torch

from blazon.diffusion.catalogue.specs import Capabilities
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.devices import bind_thread
from blazon.diffusion.negative_prompts import check_effect
from blazon.diffusion.poison import explain_failure
from blazon.diffusion.sampling.sequence import DiffusionRequest, ProgressListener, RequestCancelled, Ticket
from blazon.errors import BlazonError, DeadlineExceeded, EnginePoisoned, EngineStopped, InvalidBrief

log = structlog.get_logger(__name__)

# Of torch's generators.
_LEAST_SEED: Final = -(2**63)
_LARGEST_SEED: Final = 2**64 - 1

ENDED: Final = "the engine stopped before the picture was finished"


class EngineShell(ABC):
    """Takes requests from any thread, and has them drawn in one of its own.

    An engine writes `capabilities`, `check`, `guides`, `_work` and `_count_running`, and adds to `_release_all` what it
    has taken from the queue; one that takes it elsewhere than in `_work` also writes `_has_work` and `_count_waiting`.

    Args:
        name: identifier of the model, as answers tell it.
        device: that the thread computes on.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        self.name = name
        self.counters = EngineCounters()
        self._device = device
        self._waiting: deque[Ticket] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._poisoned: EnginePoisoned | None = None
        self._thread = threading.Thread(target=self._run, name="blazon-engine", daemon=True)

    # What an engine writes.

    @abstractmethod
    def check(self, request: DiffusionRequest) -> None:
        """Refuse what the model cannot draw, before it is queued.

        Raises:
            InvalidBrief: says which part of the request cannot be drawn.
        """

    @abstractmethod
    def _work(self) -> None:
        """Do one turn of work; called as long as something waits or runs."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What requests can expect."""

    @abstractmethod
    def guides(self, scale: float) -> bool:
        """Say whether a request with this guidance scale is guided away from a text; callable from any thread."""

    @abstractmethod
    def _count_running(self) -> int:
        """Return how many requests are being drawn."""

    def _has_work(self) -> bool:
        """Say whether there is a turn of work."""
        return bool(self._waiting or self._count_running())

    def _count_waiting(self) -> int:
        """Return how many requests are there and not drawn yet."""
        return len(self._waiting)

    def _release_all(self) -> list[Ticket]:
        """Let go of all requests, and return them."""
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    # The caller's side: any thread.

    def start(self) -> None:
        """Begin to draw."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step under way; what is not finished fails with `EngineStopped`."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._abandon_all()

    def submit(
        self, request: DiffusionRequest, listener: ProgressListener | None = None, *, previews: bool = False
    ) -> Ticket:
        """Queue a request and return the caller's end of it at once.

        `listener` is called from the engine's threads after every step; it must not block.

        Raises:
            InvalidBrief: the model cannot draw such a request.
            EngineStopped: the engine takes no more work.
            EnginePoisoned: the process cannot draw any more.
        """
        check_numbers(request)
        self.check(request)
        if request.negative_prompt:
            taken, guided = self.capabilities.negative_prompt, self.guides(request.guidance)
            check_effect(self.name, request.guidance, taken=taken, guided=guided)
        ticket = Ticket(request, listener, previews)
        with self._wake:
            if self._ending:
                raise self._explain_end("the engine is stopping; send the request again")
            self._waiting.append(ticket)
            self._wake.notify_all()
        return ticket

    @property
    def load(self) -> tuple[int, int]:
        """How many requests are running and waiting."""
        with self._wake:
            return self._count_running(), self._count_waiting()

    # The engine's side: its own thread.

    def _run(self) -> None:
        try:
            bind_thread(self._device)
            while self._await_work():
                self._work()
        except Exception as error:  # whatever it is, without this thread nothing is drawn any more
            log.exception("the engine's thread failed", model=self.name)
            self._poison(EnginePoisoned(f"the engine failed: {error}"))
        self._abandon_all()

    def _await_work(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._ending or self._has_work())
            return not self._ending

    def _take_waiting(self, most: int) -> list[Ticket]:
        """Take up to `most` requests that are still wanted from the queue, first come first served."""
        taken: list[Ticket] = []
        while len(taken) < most:
            with self._wake:
                if not self._waiting:
                    break
                ticket = self._waiting.popleft()
            if not self._drop_unwanted(ticket):
                taken.append(ticket)
        return taken

    @property
    def _ending(self) -> bool:
        return self._stopping or self._poisoned is not None

    def _explain_end(self, stopped: str) -> BlazonError:
        """Return why there is no picture: the engine was stopped, or it cannot draw any more."""
        return EngineStopped(stopped) if self._poisoned is None else EnginePoisoned(str(self._poisoned))

    def _explain_unwanted(self, ticket: Ticket) -> Exception | None:
        """Return why a picture is not to be drawn any further, None if it is."""
        if self._stopping:
            return EngineStopped(ENDED)
        if ticket.cancelled:
            return RequestCancelled()
        if ticket.expired:
            return DeadlineExceeded("the picture was not finished in the time that the request had")
        return None

    def _drop_unwanted(self, ticket: Ticket) -> bool:
        """Let a request fail that nobody waits for any more; return whether it has its end."""
        unwanted = self._explain_unwanted(ticket)
        if unwanted is not None:
            ticket.fail(unwanted)
        return ticket.settled

    def _poison(self, error: EnginePoisoned) -> None:
        """Take no more work, and let what there is fail with `error`. Callable from any thread."""
        with self._wake:
            self._poisoned = self._poisoned or error
            self._wake.notify_all()

    def _explain_failure(self, error: Exception, what: str) -> BlazonError:
        """Return what a request is to fail with, and take no more work if nothing can be drawn any more."""
        found = explain_failure(error, what)
        if isinstance(found, EnginePoisoned):
            self._poison(found)
        return found

    def _abandon_all(self) -> None:
        with self._wake:
            tickets = self._release_all()
        for ticket in tickets:
            ticket.fail(self._explain_end(ENDED))


def check_numbers(request: DiffusionRequest) -> None:
    """Refuse numbers that no model can draw with, whoever asks: briefs are bounded, callers of the library are not.

    Raises:
        InvalidBrief: says which number, and what it may be.
    """
    if request.steps < 1:
        raise InvalidBrief("steps", f"at least 1 is needed, not {request.steps}")
    if not _LEAST_SEED <= request.seed <= _LARGEST_SEED:
        raise InvalidBrief("seed", f"whole numbers from {_LEAST_SEED} to {_LARGEST_SEED} can be used")
    if not math.isfinite(request.guidance):
        raise InvalidBrief("guidance", f"must be a finite number, not {request.guidance}")
