"""The step engine: continuous batching over denoising steps. One iteration is admit, step, finish.

One thread owns the transformer; texts are encoded ahead of it and pictures decoded behind it, each on a thread of its
own. Requests join and leave between steps; each forward pass advances a group of running sequences of one shape, every
one by its own sigma. So a short request never waits for long ones to end, and a cancelled one costs at most the step
that is under way.
"""

import time
from collections import deque
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Final

import structlog
import torch

from blazon.diffusion.catalogue.specs import Capabilities
from blazon.diffusion.cpu_threads import CpuThreads
from blazon.diffusion.decoder import Decoder
from blazon.diffusion.devices import await_device, free_cache
from blazon.diffusion.engine_shell import ENDED, EngineShell
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.memory.footprint import IMAGE_SIDE
from blazon.diffusion.prompt_encoder import Encoded, PromptEncoder
from blazon.diffusion.sampling.previews import OptionalPreviews
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, Sequence, Ticket
from blazon.diffusion.stepping import Step, advance, start_sequence
from blazon.errors import GenerationFailed

log = structlog.get_logger(__name__)

# Seconds for which texts wait for others while pictures are drawn: four together take less than twice as long as one.
_COMPANY: Final = 0.02


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """How much the engine takes on.

    Args:
        running: sequences that are drawn at the same time.
        batch: rows in one forward pass; a sequence that is guided by a second row takes two.
        texts: that are encoded together, and requests that are encoded ahead of a place among the running ones.
        texts_beside: encode while others are drawn; else in between, when a place is free.
        conditionings: prompts whose text embeddings are kept.
        decoded_pixels: of the pictures that are decoded together; one that is larger is decoded alone.
    """

    running: int = 8
    batch: int = 8
    texts: int = 8
    texts_beside: bool = True
    conditionings: int = 64
    decoded_pixels: int = IMAGE_SIDE**2


class StepEngine(EngineShell):
    """Draws requests with a model of any family. Start it, submit from any thread, stop it."""

    def __init__(self, model: StepModel, limits: EngineLimits) -> None:
        super().__init__(model.name, model.device)
        self.model = model
        self.limits = limits
        self._threads = CpuThreads(model.device)
        self._encoder = PromptEncoder(
            model,
            self._wait_for_texts,
            self._finish_texts,
            self._poison,
            self.counters,
            self._threads,
            limits.texts,
            limits.conditionings,
        )
        self._decoder = Decoder(model, self._poison, self._threads, limits.decoded_pixels)
        self._previews = OptionalPreviews(model.name)
        self._encoding: list[Ticket] = []  # with the prompt encoder
        self._ready: deque[tuple[Ticket, Encoded]] = deque()  # encoded, and not running yet
        self._running: list[Sequence] = []
        self._batch_limit = limits.batch
        self._turn = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mixed_batching=True,
            previews=True,
            cancel=True,
            guidance=self.model.takes_guidance,
            loras=bool(self.model.adapters.names),
            negative_prompt=self.model.takes_negative_prompt,
        )

    @property
    def slots(self) -> int:
        return self.limits.running

    @property
    def adapters(self) -> Adapters:
        return self.model.adapters

    def start(self) -> None:
        self._decoder.start()
        if self.limits.texts_beside:
            self._encoder.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self._encoder.join()
        self._abandon_all()  # what that thread had taken, if it did not end well
        self._decoder.stop()

    def check(self, request: DiffusionRequest) -> None:
        self.model.check(request)

    def guides(self, scale: float) -> bool:
        return self.model.guides(scale)

    def _has_work(self) -> bool:
        return bool(self._running or self._ready or (self._waiting and not self.limits.texts_beside))

    def _count_running(self) -> int:
        return len(self._running)

    def _count_waiting(self) -> int:
        return len(self._waiting) + len(self._encoding) + len(self._ready)

    def _release_all(self) -> list[Ticket]:
        tickets = [sequence.ticket for sequence in self._running]
        tickets += [ticket for ticket, _ in self._ready] + self._encoding
        self._running.clear()
        self._ready.clear()
        self._encoding.clear()
        return tickets + super()._release_all()

    # Texts: the prompt encoder's thread, or the engine's own.

    def _wait_for_texts(self) -> list[Ticket]:
        """Wait for requests whose texts are to be encoded, and take them; none once the engine ends."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ending or (self._waiting and self._count_encodable()))
                if self.limits.texts > 1:
                    self._wake.wait_for(self._has_company, _COMPANY)
                if self._ending:
                    return []
            if taken := self._take_for_encoding():
                return taken

    def _has_company(self) -> bool:
        """Say whether texts need not wait for others: all that can be encoded are here, or nothing is drawn beside.

        Or they are remembered, so that there is nothing to encode.
        """
        if self._ending or not self._running or len(self._waiting) >= self._count_encodable():
            return True
        return all(map(self._encoder.remembers, self._waiting))

    def _take_for_encoding(self) -> list[Ticket]:
        self._encoding = self._take_waiting(self._count_encodable())
        return list(self._encoding)

    def _count_encodable(self) -> int:
        """Return how many requests may be encoded now: few ahead of need, as each holds its conditioning."""
        if self.limits.texts_beside:
            return self.limits.texts - len(self._ready)
        # Transformer and text encoders change places for each call: for as many as can be.
        return self.limits.texts if len(self._running) + len(self._ready) < self.limits.running else 0

    def _finish_texts(self, ticket: Ticket, found: Encoded | Exception) -> None:
        """Queue a request whose texts are encoded for the engine's thread, or let it fail."""
        if isinstance(found, Exception):
            found = self._explain_failure(found, "the model refused the request")
        with self._wake:
            self._encoding = [other for other in self._encoding if other is not ticket]
            if self._ending and not isinstance(found, Exception):
                found = self._explain_end(ENDED)
            if not isinstance(found, Exception):
                self._ready.append((ticket, found))
                self._wake.notify_all()
                return
        ticket.fail(found)

    # Steps: the engine's thread.

    def _work(self) -> None:
        """Admit, step, finish."""
        for sequence in list(self._running):
            if (unwanted := self._explain_unwanted(sequence.ticket)) is not None:
                self._running.remove(sequence)  # first: the place is free before anybody hears of it
                sequence.ticket.fail(unwanted)
        if not self.limits.texts_beside and (tickets := self._take_for_encoding()):
            self._encoder.encode(tickets)
        self._admit()
        if group := self._next_group():
            with self._threads.compute(("steps", group[0].latents.shape, len(group))):
                self._step(group)

    def _admit(self) -> None:
        """Fill the running set with requests whose texts are encoded."""
        while self._ready and len(self._running) < self.limits.running:
            with self._wake:
                ticket, texts = self._ready.popleft()
                self._wake.notify_all()  # one more may be encoded
            if not self._drop_unwanted(ticket):
                self._begin(ticket, texts)

    def _begin(self, ticket: Ticket, texts: Encoded) -> None:
        try:
            self._running.append(start_sequence(self.model, ticket, texts))
        except torch.OutOfMemoryError:
            ticket.fail(GenerationFailed("no memory is left for the request; ask for a smaller picture"))
            free_cache(self.model.device)
        except Exception as error:  # noqa: BLE001 - one request must not end the engine; the caller gets the error
            ticket.fail(self._explain_failure(error, "the model refused the request"))

    def _next_group(self) -> list[Sequence]:
        """Return the sequences to advance: the one that has waited longest, and what of its shape fits beside it."""
        if not self._running:
            return []
        longest = min(self._running, key=lambda sequence: sequence.last_turn)
        if longest.precise:
            return [longest]  # alone: it takes twice the memory, and what it lacks must not make other batches small
        alike = [sequence for sequence in self._running if sequence.shape == longest.shape]
        alike.sort(key=lambda sequence: sequence.last_turn)
        group, rows = [longest], longest.rows
        for sequence in alike:
            if sequence is not longest and rows + sequence.rows <= self._batch_limit:
                group.append(sequence)
                rows += sequence.rows
        return group

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
            await_device(self.model.device)  # steps queued ahead could no longer be cancelled
        except torch.OutOfMemoryError:
            self._survive_out_of_memory(group)
            return
        for sequence in group:
            sequence.last_turn = self._turn
        self._report(group, step)
        self.counters.cold_passes = self.model.buckets.cold_passes if self.model.buckets else 0
        self.counters.count_step(len(group), time.perf_counter() - started)

    def _report(self, group: Many[Sequence], step: Step) -> None:
        foreseen = None
        if any(sequence.ticket.wants_previews for sequence in group):
            with self._previews.attempt():
                foreseen = step.foresee()
        for index, sequence in enumerate(group):
            ticket = sequence.ticket
            if ticket.wants_previews and foreseen is not None:
                self._decoder.preview(ticket, foreseen[index : index + 1], sequence.steps_done)
            else:
                ticket.tell(Progress(sequence.steps_done, sequence.request.steps))

    def _survive_out_of_memory(self, group: Many[Sequence]) -> None:
        """Halve the batch and remember it; a sequence that does not fit alone fails, the others go on."""
        free_cache(self.model.device)
        self.counters.out_of_memory += 1
        if len(group) > 1:
            self._batch_limit = sum(sequence.rows for sequence in group) // 2
            log.warning("out of memory: smaller batches from now on", batch=self._batch_limit)
            return
        (sequence,) = group
        self._running.remove(sequence)
        sequence.ticket.fail(GenerationFailed("no memory is left for the picture; ask for a smaller one"))

    def _finish(self, group: Many[Sequence]) -> None:
        """Hand finished latents to the decoder, so that the next step need not wait for pictures."""
        finished = [sequence for sequence in group if sequence.done]
        if not finished:
            return
        finite = [bool(torch.isfinite(sequence.latents).all()) for sequence in finished]
        for sequence in finished:
            self._running.remove(sequence)  # first: the place is free before anybody hears of the picture
            sequence.ticket.note_part("denoise", sequence.began, sequence.step)
        left = finished
        try:
            good = [(one.ticket, one.latents) for one, whole in zip(finished, finite, strict=True) if whole]
            self._decoder.decode(good)
            left = [one for one, whole in zip(finished, finite, strict=True) if not whole]
            while left:
                self._draw_again(left[0])
                del left[0]
        except Exception:
            self._running.extend(left)  # nobody else has them yet
            raise

    def _draw_again(self, sequence: Sequence) -> None:
        """Draw a picture whose numbers overflowed once more, in higher precision; never return a black one."""
        if sequence.precise:
            sequence.ticket.fail(GenerationFailed("the model returned numbers that are not finite, even when precise"))
            return
        log.warning("latents are not finite: drawing again in higher precision", model=self.model.name)
        self.counters.retried += 1
        self._running.append(start_sequence(self.model, sequence.ticket, sequence.texts, precise=True))
