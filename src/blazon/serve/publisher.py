"""What the subscribers of a job get, and how each of their generations ends in exactly one way.

Nobody is told of anything before it is on disk. The methods block, for moments, on the database: they are for worker
threads, not for the event loop. Those with a job are called under its lock, but for `end`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from blazon.errors import StorageUnavailable, WorkNotWanted
from blazon.generation import Failure, Generation, Status
from blazon.serve.errors import error_of
from blazon.serve.events import EventKind
from blazon.serve.jobs import Job, JobRegistry, Outcome, Subscriber
from blazon.serve.telemetry.metrics import Metrics
from blazon.store.generations import GenerationStore
from blazon.store.webhooks import WebhookDelivery

log = structlog.stdlib.get_logger("blazon.serve")


@dataclass(frozen=True, slots=True)
class EndHooks:
    """What is done when a generation ends.

    Args:
        build_delivery: returns the webhook that it owes, if it owes one; it is written down with the end.
        notify: called once the end is written down.
    """

    build_delivery: Callable[[Generation], WebhookDelivery | None] = lambda _: None
    notify: Callable[[Generation], None] = lambda _: None


class Publisher:
    """Tells subscribers what is in the store of their generations, and writes down their ends.

    Args:
        discard: takes what still waits of a job out of the queue.
    """

    def __init__(
        self,
        generations: GenerationStore,
        registry: JobRegistry,
        metrics: Metrics,
        hooks: EndHooks,
        discard: Callable[[Job], None],
    ) -> None:
        self._generations = generations
        self._registry = registry
        self._metrics = metrics
        self._hooks = hooks
        self._discard = discard

    def end(self, identity: str, status: Status, failure: Failure, error: Exception) -> Generation | None:
        """End a generation that nobody waits for any more, and return it; None if it had ended before.

        The drawing goes on only if it has other subscribers.

        Raises:
            StorageUnavailable: its end cannot be written down; it is drawn no more, and unfinished in the store.
        """
        with self._registry.holding(identity) as found:
            if found is not None:
                job, subscriber = found
                problem = self.end_subscriber(job, subscriber, status, failure, error)
                if not job.subscribers:
                    self.abandon(job)
                if problem is not None:
                    raise problem
                return subscriber.generation
        generation = self._generations.get(identity)  # which may wait to be taken up
        if generation is None or generation.status.ended:
            return None
        return self.end_in_store(generation, status, failure)

    def end_in_store(self, generation: Generation, status: Status, failure: Failure | None) -> Generation | None:
        """End a generation that has no job, and return it; None if it had ended before."""
        ended = self._generations.end(generation.id, status, time.time(), failure, self._hooks.build_delivery)
        if ended is not None:
            self.count_end(ended)
        return ended

    def catch_up(self, job: Job, subscriber: Subscriber) -> None:
        """Tell a subscriber of what another process made of its generation."""
        self.publish(job, subscriber, self._generations.get(subscriber.generation.id))

    def publish(
        self, job: Job, subscriber: Subscriber, generation: Generation | None, error: Exception | None = None
    ) -> None:
        """Tell a subscriber of all that is new in its generation as it is in the store.

        Args:
            generation: None if it was removed.
            error: what those who wait are told instead of a result; None for what its failure says.
        """
        if generation is None:
            self.detach(job, subscriber, WorkNotWanted("the generation was removed"))
            return
        known, subscriber.generation = subscriber.generation, generation
        if known.status is Status.QUEUED and generation.status is Status.RUNNING:
            job.started = True
            subscriber.channel.publish(EventKind.STARTED, generation, slot="status")
        there = {record.number for record in known.candidates}
        for record in sorted(generation.candidates, key=lambda record: record.event):
            if record.number not in there:
                slot = f"candidate/{record.number}"
                subscriber.channel.publish(EventKind.CANDIDATE, record, slot=slot, number=record.event)
        if generation.status.ended:
            subscriber.channel.publish(EventKind.ENDED, generation, slot="end", number=generation.event, last=True)
            self._registry.remove(job, subscriber)
            subscriber.outcome.set_result(Outcome(generation, error or error_of(generation)))
            if not job.subscribers:
                self.abandon(job)

    def end_subscriber(
        self, job: Job, subscriber: Subscriber, status: Status, failure: Failure, error: Exception
    ) -> StorageUnavailable | None:
        """End a generation; if that cannot be written down, leave it for later and return why."""
        identity = subscriber.generation.id
        try:
            ended = self._generations.end(identity, status, time.time(), failure, self._hooks.build_delivery)
            if ended is None:
                self.catch_up(job, subscriber)
        except StorageUnavailable as problem:
            log.error("an end could not be written down", generation=identity, reason=str(problem))
            self.detach(job, subscriber, error)
            return problem
        if ended is not None:
            self.count_end(ended)
            self.publish(job, subscriber, ended, error)
        return None

    def count_end(self, generation: Generation) -> None:
        """Note that a generation has ended, by this process."""
        log.info(
            "generation ended",
            generation=generation.id,
            status=generation.status,
            duration_ms=round((time.time() - generation.created_at) * 1000, 1),
        )
        self._metrics.count_end(generation.status)
        self._hooks.notify(generation)

    def detach(self, job: Job, subscriber: Subscriber, error: Exception) -> None:
        """Tell who waits that this process does no more for it; in the store it stays as it is."""
        self._registry.remove(job, subscriber)
        subscriber.outcome.set_result(Outcome(subscriber.generation, error))

    def detach_all(self, job: Job, error: Exception) -> None:
        """Tell all who wait for a job that this process draws it no more."""
        with job.lock:
            for subscriber in list(job.subscribers.values()):
                self.detach(job, subscriber, error)
            self.abandon(job)

    def abandon(self, job: Job) -> None:
        """Draw a job no more."""
        self._registry.close(job)
        job.cancellation.cancel()
        self._discard(job)
