"""How a job ends for its subscribers: what is written down, and what they are told then.

All of it happens under the job's lock. Nobody is told of anything before it is on disk.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from blazon.errors import StorageUnavailable, WorkNotWanted
from blazon.generation import Failure, Generation, Status
from blazon.serve.events import EventKind
from blazon.serve.jobs import FinishedCandidate, Job, Outcome, Subscriber
from blazon.serve.registry import JobRegistry
from blazon.serve.telemetry.recorder import Telemetry
from blazon.store.cache import ResultCache
from blazon.store.generations import GenerationStore
from blazon.store.outbox import Delivery
from blazon.store.pictures import PictureStore

log = structlog.stdlib.get_logger("blazon.serve")


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives the process."""

    generations: GenerationStore
    pictures: PictureStore
    cache: ResultCache


@dataclass(frozen=True, slots=True)
class EndHooks:
    """What is to be done when a generation ends.

    Args:
        owed: returns the webhook that it owes, if it owes one; that is written down with the end.
        told: called once that is done.
    """

    owed: Callable[[Generation], Delivery | None] = lambda _: None
    told: Callable[[Generation], None] = lambda _: None


class JobCompletion:
    """Hands candidates over, and lets subscribers off."""

    def __init__(self, stores: Stores, registry: JobRegistry, telemetry: Telemetry, end_hooks: EndHooks) -> None:
        self._stores = stores
        self._registry = registry
        self._telemetry = telemetry
        self._end_hooks = end_hooks

    def deliver(self, job: Job, subscriber: Subscriber, number: int, finished: FinishedCandidate) -> None:
        """Give a subscriber a finished candidate; the last one ends its generation.

        Raises:
            StorageUnavailable: it cannot be written down; nobody was told.
        """
        record = finished.record(number, subscriber.channel.reserve())
        generation = subscriber.generation.with_candidate(record)
        if not generation.missing:
            generation = generation.ended(Status.SUCCEEDED, time.time(), subscriber.channel.reserve())
        if not self._stores.generations.add(generation, record, self._end_hooks.owed(generation)):
            self.detach(job, subscriber, WorkNotWanted("the generation was removed, or ended elsewhere"))
            return
        subscriber.generation = generation
        subscriber.channel.publish(EventKind.CANDIDATE, record, slot=slot(number), number=record.event)
        log.info("logo drawn", generation=generation.id, candidate=number, model=record.model, seed=record.seed)
        if generation.status.ended:
            self._remember(generation)
            self._tell_end(job, subscriber, None)

    def end_subscriber(
        self, job: Job, subscriber: Subscriber, status: Status, failure: Failure, error: Exception
    ) -> StorageUnavailable | None:
        """End a generation; if that cannot be written down, leave it for later and return why."""
        ended = subscriber.generation.ended(status, time.time(), subscriber.channel.reserve(), failure)
        try:
            written = self._stores.generations.end(ended, self._end_hooks.owed(ended))
        except StorageUnavailable as problem:
            log.error("an end could not be written down", generation=ended.id, reason=str(problem))
            self.detach(job, subscriber, error)
            return problem
        if written:
            subscriber.generation = ended
            self._tell_end(job, subscriber, error)
        else:  # it was removed, or ended elsewhere
            self.detach(job, subscriber, error)
        return None

    def detach(self, job: Job, subscriber: Subscriber, error: Exception) -> None:
        """Tell who waits that this process does no more for it; in the store it stays as it is."""
        self._registry.drop(job, subscriber)
        subscriber.outcome.set_result(Outcome(subscriber.generation, error))

    def end_in_store(self, generation: Generation, status: Status, failure: Failure | None) -> bool:
        """End a generation that nobody carries; return False if it had ended before."""
        ended = generation.ended(status, time.time(), generation.next_event_base + 1, failure)
        if not self._stores.generations.end(ended, self._end_hooks.owed(ended)):
            return False
        self._telemetry.metrics.ended(status)
        self._end_hooks.told(ended)
        return True

    def _remember(self, generation: Generation) -> None:
        size = sum(candidate.bytes for candidate in generation.candidates)
        try:
            self._stores.cache.keep(generation.fingerprint, generation.id, size, time.time())
        except StorageUnavailable as problem:
            log.warning("a result is not kept for repeated requests", reason=str(problem))

    def _tell_end(self, job: Job, subscriber: Subscriber, error: Exception | None) -> None:
        generation = subscriber.generation
        subscriber.channel.publish(EventKind.ENDED, generation, slot="end", number=generation.event, last=True)
        log.info(
            "generation ended",
            generation=generation.id,
            status=generation.status,
            duration_ms=round((time.time() - generation.created_at) * 1000, 1),
        )
        self._telemetry.metrics.ended(generation.status)
        self._registry.drop(job, subscriber)
        subscriber.outcome.set_result(Outcome(generation, error))
        self._end_hooks.told(generation)


def slot(number: int) -> str:
    """Return where the event of a finished candidate is kept."""
    return f"candidate/{number}"
