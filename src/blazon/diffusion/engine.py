"""The step engine: continuous batching over denoising steps. One iteration is admit, step, finish.

One thread owns the model. Requests join and leave between steps; each forward pass advances a group
of running sequences of one shape, every one by its own sigma. So a short request never waits for
long ones to end, and a cancelled one costs at most the step that is under way.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence as Many
from dataclasses import dataclass

import structlog
import torch

from blazon.diffusion.catalogue import Capabilities
from blazon.diffusion.conditioning import ConditioningCache
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.decoder import Decoder
from blazon.diffusion.devices import bind_thread
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.poison import explain_failure
from blazon.diffusion.previews import OptionalPreviews
from blazon.diffusion.sequence import (
    DiffusionRequest,
    Progress,
    ProgressListener,
    RequestCancelled,
    Sequence,
    Ticket,
)
from blazon.diffusion.stepping import Step, advance, start_sequence
from blazon.errors import BlazonError, DeadlineExceeded, EnginePoisoned, EngineStopped, GenerationFailed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """How much the engine takes on.

    Args:
        running: sequences that are drawn at the same time.
        batch: sequences in one forward pass.
        conditionings: prompts whose text embeddings are kept.
    """

    running: int = 2
    batch: int = 8
    conditionings: int = 64


class StepEngine:
    """Draws requests with a model of any family. Start it, submit from any thread, stop it."""

    def __init__(self, model: StepModel, limits: EngineLimits) -> None:
        self.model = model
        self.limits = limits
        self.counters = EngineCounters()
        self._conditioning = ConditioningCache(model.encode, limits.conditionings)
        self._decoder = Decoder(model, self._poison)
        self._previews = OptionalPreviews(model.name)
        self._waiting: deque[Ticket] = deque()
        self._running: list[Sequence] = []
        self._batch_limit = limits.batch
        self._turn = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._poisoned: EnginePoisoned | None = None
        self._thread = threading.Thread(target=self._run, name="blazon-engine", daemon=True)

    # The caller's side: any thread.

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mixed_batching=True,
            previews=True,
            cancel=True,
            guidance=self.model.takes_guidance,
            loras=bool(self.model.adapters.names),
        )

    def start(self) -> None:
        self._decoder.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop after the step under way; what is not finished fails with `EngineStopped`."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()
        self._decoder.stop()

    def submit(
        self, request: DiffusionRequest, listener: ProgressListener | None = None, *, previews: bool = False
    ) -> Ticket:
        """Queue a request and return the caller's end of it at once.

        `listener` is called from the engine's threads after every step; it must not block.

        Raises:
            EngineStopped: the engine takes no more work.
            EnginePoisoned: the process cannot draw any more.
            InvalidBrief: the request names a LoRA that is not loaded.
        """
        self.model.adapters.check(request.loras)
        ticket = Ticket(request, listener, previews)
        with self._wake:
            if self._ending:
                raise self._explain_end("the engine is stopping; send the request again")
            self._waiting.append(ticket)
            self._wake.notify()
        return ticket

    @property
    def load(self) -> tuple[int, int]:
        """How many requests are running and waiting."""
        return len(self._running), len(self._waiting)

    # The engine's side: its own thread.

    def _run(self) -> None:
        try:
            bind_thread(self.model.device)
            while self._await_work():
                self._drop_unwanted()
                self._admit()
                group = self._next_group()
                if group:
                    self._step(group)
        except Exception as error:  # whatever it is, without this thread nothing is drawn any more
            log.exception("the engine's thread failed", model=self.model.name)
            self._poison(EnginePoisoned(f"the engine failed: {error}"))
        self._abandon_all()

    def _await_work(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._ending or self._waiting or self._running)
            return not self._ending

    @property
    def _ending(self) -> bool:
        return self._stopping or self._poisoned is not None

    def _explain_end(self, stopped: str) -> BlazonError:
        """Return why there is no picture: the engine was stopped, or it cannot draw any more."""
        return EngineStopped(stopped) if self._poisoned is None else EnginePoisoned(str(self._poisoned))

    def _poison(self, error: EnginePoisoned) -> None:
        """Take no more work, and let what there is fail with `error`. Called by the decoder's thread too."""
        with self._wake:
            self._poisoned = self._poisoned or error
            self._wake.notify()

    def _explain_failure(self, error: Exception, what: str) -> BlazonError:
        found = explain_failure(error, what)
        if isinstance(found, EnginePoisoned):
            self._poison(found)
        return found

    def _drop_unwanted(self) -> None:
        """Let go of sequences that nobody waits for any more."""
        for sequence in list(self._running):
            if self._is_unwanted(sequence.ticket):
                self._running.remove(sequence)

    def _is_unwanted(self, ticket: Ticket) -> bool:
        if ticket.cancelled:
            ticket.fail(RequestCancelled())
        elif ticket.expired:
            ticket.fail(DeadlineExceeded("the picture was not finished in the time that the request had"))
        return ticket.settled

    def _admit(self) -> None:
        """Fill the running set from the queue, first come first served."""
        while len(self._running) < self.limits.running:
            with self._wake:
                if not self._waiting:
                    return
                ticket = self._waiting.popleft()
            if not self._is_unwanted(ticket):
                self._begin(ticket)

    def _begin(self, ticket: Ticket) -> None:
        try:
            self._running.append(self._start_sequence(ticket))
        except torch.OutOfMemoryError:
            self._free_memory()
            ticket.fail(GenerationFailed("no memory is left for the request; ask for a smaller picture"))
        except Exception as error:  # noqa: BLE001 - one request must not end the engine; the caller gets the error
            ticket.fail(self._explain_failure(error, "the model refused the request"))

    def _start_sequence(self, ticket: Ticket, *, precise: bool = False) -> Sequence:
        started = time.perf_counter()
        texts = [self._conditioning.get(prompt) for prompt in self.model.list_prompts(ticket.request)]
        self._await_device()  # the first latents, which come from the host, would wait for the text anyway
        ticket.note_part("text", started)
        return start_sequence(self.model, ticket, texts, precise=precise)

    def _next_group(self) -> list[Sequence]:
        """Return the sequences to advance: those of the shape that has waited longest, as many as fit."""
        if not self._running:
            return []
        longest = min(self._running, key=lambda sequence: sequence.last_turn)
        if longest.precise:
            return [longest]  # alone: it takes twice the memory, and what it lacks must not make other batches small
        group = [sequence for sequence in self._running if sequence.shape == longest.shape]
        group.sort(key=lambda sequence: sequence.last_turn)
        return group[: self._batch_limit]

    def _step(self, group: Many[Sequence]) -> None:
        """Advance a group and hand over what is finished; an error that nobody foresaw fails the group only."""
        try:
            self._advance(group)
            self._finish(group)
        except Exception as error:  # noqa: BLE001 - one group must not end the engine; the callers get the error
            found = self._explain_failure(error, "the model could not draw the picture")
            for sequence in group:
                # What is not running any more has its picture, its own error, or is with the decoder.
                if sequence in self._running:
                    self._running.remove(sequence)
                    sequence.ticket.fail(found)

    def _advance(self, group: Many[Sequence]) -> None:
        """Run one forward pass and move every sequence of the group one step on."""
        self._turn += 1
        started = time.perf_counter()
        try:
            step = advance(self.model, group)
            self._await_device()
        except torch.OutOfMemoryError:
            self._survive_out_of_memory(group)
            return
        for sequence in group:
            sequence.last_turn = self._turn
        self._report(group, step)
        self.counters.cold_passes = self.model.buckets.cold_passes if self.model.buckets else 0
        self.counters.count_step(len(group), time.perf_counter() - started)

    def _await_device(self) -> None:
        """Wait for what was begun to be computed: steps queued ahead on a GPU could no longer be cancelled."""
        if self.model.device.type == "cuda":
            torch.cuda.current_stream(self.model.device).synchronize()

    def _report(self, group: Many[Sequence], step: Step) -> None:
        foreseen = None
        if any(sequence.ticket.wants_previews for sequence in group):
            with self._previews.attempt():
                foreseen = step.foresee()
        for index, sequence in enumerate(group):
            ticket = sequence.ticket
            if ticket.wants_previews and foreseen is not None:
                self._decoder.preview(ticket, foreseen[index : index + 1], sequence.step)
            else:
                ticket.tell(Progress(sequence.step, sequence.request.steps))

    def _survive_out_of_memory(self, group: Many[Sequence]) -> None:
        """Halve the batch and remember it; a sequence that does not fit alone fails, the others go on."""
        self._free_memory()
        self.counters.out_of_memory += 1
        if len(group) > 1:
            self._batch_limit = len(group) // 2
            log.warning("out of memory: smaller batches from now on", batch=self._batch_limit)
            return
        (sequence,) = group
        self._running.remove(sequence)
        sequence.ticket.fail(GenerationFailed("no memory is left for the picture; ask for a smaller one"))

    def _free_memory(self) -> None:
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()

    def _finish(self, group: Many[Sequence]) -> None:
        """Hand finished latents to the decoder, so that the next step need not wait for pictures."""
        for sequence in group:
            if sequence.done:
                finite = bool(torch.isfinite(sequence.latents).all())
                self._running.remove(sequence)  # first: the place is free before anybody hears of the picture
                sequence.ticket.note_part("denoise", sequence.began, sequence.step)
                try:
                    self._decoder.decode(sequence.ticket, sequence.latents) if finite else self._draw_again(sequence)
                except Exception:
                    self._running.append(sequence)  # nobody else has it yet
                    raise

    def _draw_again(self, sequence: Sequence) -> None:
        """Draw a picture whose numbers overflowed once more, in higher precision; never return a black one."""
        if sequence.precise:
            sequence.ticket.fail(GenerationFailed("the model returned numbers that are not finite, even when precise"))
            return
        log.warning("latents are not finite: drawing again in higher precision", model=self.model.name)
        self.counters.retried += 1
        self._running.append(self._start_sequence(sequence.ticket, precise=True))

    def _abandon_all(self) -> None:
        with self._wake:
            tickets = [sequence.ticket for sequence in self._running] + list(self._waiting)
            self._running.clear()
            self._waiting.clear()
        for ticket in tickets:
            ticket.fail(self._explain_end("the engine stopped before the picture was finished"))
