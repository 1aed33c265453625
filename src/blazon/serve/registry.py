"""What is under way: jobs that may be boarded, generations that are aboard, and those on their way there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from blazon.generation import Generation
from blazon.serve.jobs import Job, Subscriber


class JobRegistry:
    """Knows who flies with what. Threads may share it; a job's lock is taken around its own, never inside it."""

    def __init__(self) -> None:
        self._flights: dict[str, Job] = {}  # that others may still submit, by fingerprint
        self._subscribed: dict[str, tuple[Job, Subscriber]] = {}  # by id of the generation
        self._submitting: set[str] = set()  # ids of generations that may be on disk and are not aboard yet
        self._lock = threading.Lock()
        self._submitted = threading.Condition(self._lock)

    def find(self, identity: str) -> tuple[Job, Subscriber] | None:
        """Return who carries a generation, if anybody does."""
        with self._lock:
            return self._subscribed.get(identity)

    def await_submission(self, identity: str) -> tuple[Job, Subscriber] | None:
        """Return who carries a generation; if it is just being accepted, wait until that is over."""
        with self._submitted:
            self._submitted.wait_for(lambda: identity not in self._submitting)
            return self._subscribed.get(identity)

    def subscribers(self) -> list[Subscriber]:
        with self._lock:
            return [subscriber for _, subscriber in self._subscribed.values()]

    def jobs(self) -> list[Job]:
        """Return the jobs that have subscribers."""
        with self._lock:
            return list({id(job): job for job, _ in self._subscribed.values()}.values())

    @contextmanager
    def submission(self, identity: str) -> Iterator[bool]:
        """Keep others from taking a generation up meanwhile; yield whether nobody carries it."""
        with self._lock:
            free = identity not in self._subscribed and identity not in self._submitting
            if free:
                self._submitting.add(identity)
        try:
            yield free
        finally:
            if free:
                with self._submitted:
                    self._submitting.discard(identity)
                    self._submitted.notify_all()

    def job_for(self, generation: Generation, *, shared: bool, previews: bool) -> tuple[Job, bool]:
        """Return a job with its lock taken, and whether it was made for this generation."""
        with self._lock:
            job = self._flights.get(generation.fingerprint) if shared else None
            if job is None:
                job = Job(generation.brief, generation.fingerprint, previews)
                job.lock.acquire()  # at once: nobody else knows of it
                if shared:  # before it is on disk: who asks for the same meanwhile waits for the lock
                    self._flights[generation.fingerprint] = job
                return job, True
        job.lock.acquire()
        return job, False

    def add(self, job: Job, subscriber: Subscriber) -> None:
        """Let a subscriber submit; under the job's lock."""
        job.subscribers[subscriber.generation.id] = subscriber
        with self._lock:
            self._subscribed[subscriber.generation.id] = (job, subscriber)

    def drop(self, job: Job, subscriber: Subscriber) -> None:
        """Let a subscriber leave, and tell its listeners that nothing follows; under the job's lock."""
        job.subscribers.pop(subscriber.generation.id, None)
        with self._lock:
            self._subscribed.pop(subscriber.generation.id, None)
        subscriber.channel.close()

    def close(self, job: Job) -> None:
        """Let nobody submit any more; under the job's lock."""
        job.over = True
        with self._lock:
            if self._flights.get(job.fingerprint) is job:
                del self._flights[job.fingerprint]
