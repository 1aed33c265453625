"""Jobs that several servers share: each hears of what the others draw, and keeps the leases of what it draws itself.

A server has a job for each generation that it accepted, that somebody follows there, or of which it draws a candidate.
What happens to the generation is in the database; notices say when to look.
"""

import asyncio
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final, Protocol

import structlog
from PIL import Image

from blazon.errors import BlazonError, StorageUnavailable, UnreadableRecord
from blazon.generation import Drawn, Generation, Status
from blazon.serve.events import Channel, EventKind
from blazon.serve.jobs import FinishedCandidate, Job, JobRegistry, Subscriber, Task
from blazon.serve.process.identity import is_gone
from blazon.store.generations import GenerationStore
from blazon.store.notices import Notice, NoticeKind, NoticeListener, NoticeSender
from blazon.store.pictures import PictureStore
from blazon.store.task_queue import Lease, TaskQueue
from blazon.watching import Step

log = structlog.stdlib.get_logger("blazon.serve")

_THREADS: Final = 4
_TELL_EVERY: Final = 0.25  # seconds, of the progress of a candidate
_COMPARE_EVERY: Final = 5.0  # seconds; a notice of a change may be lost
_TIDY_EVERY: Final = 30.0
_MISSED: Final = 4096  # notices of what nobody follows here (yet)
_CHUNK: Final = 500
_UNREADABLE: Final = 3600.0  # seconds until a version that can read it is looked for again
_QUALITY: Final = 60  # of a preview as WebP


class Stores(Protocol):
    """What of the stores is needed."""

    @property
    def generations(self) -> GenerationStore: ...
    @property
    def pictures(self) -> PictureStore: ...


class SharedJobs:
    """What this process has to do with the jobs of all servers.

    Args:
        publish: tells a subscriber of the newest state of its generation, under the job's lock.
    """

    def __init__(
        self,
        tasks: TaskQueue,
        registry: JobRegistry,
        stores: Stores,
        loop: asyncio.AbstractEventLoop,
        publish: Callable[[Job, Subscriber, Generation | None], None],
    ) -> None:
        self.on_queued: Callable[[], None] = lambda: None
        self._tasks = tasks
        self._registry = registry
        self._stores = stores
        self._loop = loop
        self._publish = publish
        self._sender = NoticeSender(tasks.database)
        self._listener = NoticeListener(tasks.database, self._hear, self._catch_up)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="shared")
        self._news = threading.Condition()
        self._changed: OrderedDict[str, None] = OrderedDict()  # ids to look at
        self._missed: OrderedDict[str, None] = OrderedDict()
        self._steps: dict[tuple[str, int], Step] = {}
        self._held: set[Lease] = set()  # what is drawn in this process
        self._ended = threading.Event()

    @property
    def is_first(self) -> bool:
        """Whether this is the one of all servers that tells what is true of all of them."""
        return self._listener.is_first

    # For those who draw.

    def take(self, lease: Lease) -> Task | None:
        """Return the task of a lease; None if there is nothing to draw any more, or not by this version."""
        try:
            found = self.observe(lease.generation)
        except UnreadableRecord:  # the store has told of it
            self._tasks.release(lease, _UNREADABLE)
            return None
        if found is None:
            return None
        job = found[0]
        job.previews = job.previews or lease.previews
        self._held.add(lease)
        return Task(job, lease.number, lease)

    def leave(self, lease: Lease, *, finished: bool, delay: float) -> None:
        """Draw a candidate no more; if it is not finished, somebody else does from `delay` seconds on."""
        self._held.discard(lease)
        if finished:
            return
        try:
            self._tasks.release(lease, delay)
        except StorageUnavailable as problem:
            log.debug("a lease ends by itself", generation=lease.generation, reason=str(problem))

    def find_equal(self, task: Task) -> FinishedCandidate | None:
        """Return the candidate of an equal generation that was under way when this one was accepted, if it is there."""
        lease = task.lease
        if lease is None or not lease.twin:
            return None
        source = self._tasks.find_equal(lease.generation, lease.number)
        equal = None if source is None else self._stores.generations.get(source)
        for record in equal.candidates if equal else ():
            if record.number == lease.number and self._stores.pictures.has(record.picture):
                shown = {name: getattr(record, name) for name in _SHOWN}
                return FinishedCandidate(Drawn(self._stores.pictures.get(record.picture), **shown), record.picture)
        return None

    def tell(self, identity: str, number: int, step: Step) -> None:
        """Let the other servers know how far a candidate is, soon."""
        with self._news:
            self._steps[identity, number] = step

    # For those who follow.

    def observe(self, identity: str) -> tuple[Job, Subscriber] | None:
        """Return the job of a generation in this process, which is made if there is none; None if it has ended."""
        while True:
            with self._registry.holding(identity) as found:
                if found is not None:
                    return found
            with self._registry.submitting(identity) as free:
                if not free:
                    self._registry.find(identity, wait=True)
                    continue
                generation = self._stores.generations.get(identity)
                if generation is None or generation.status.ended:
                    return None
                job = Job(generation.brief, generation.fingerprint, started=generation.status is Status.RUNNING)
                subscriber = Subscriber(generation, Channel(self._loop, generation.last_event))
                with job.lock:
                    self._registry.add(job, subscriber)
                self.look_for_missed(identity)
                return job, subscriber

    def look_for_missed(self, identity: str) -> None:
        """Look at a generation again of which something may have been told before it was followed here."""
        with self._news:
            if identity in self._missed:
                del self._missed[identity]
                self._changed[identity] = None
                self._news.notify_all()

    def adopt(self) -> None:
        """Let wait what was accepted by a version that had another queue."""
        for identity in self._tasks.adopt():
            log.info("resumed", generation=identity)

    def list_begun(self) -> list[str]:
        """Return the ids of the generations that are followed here and of which a candidate was begun."""
        return [identity for job in self._registry.jobs() if job.started for identity in list(job.subscribers)]

    # In the background.

    async def hear_notices(self) -> None:
        """Hear what other servers tell, without end."""
        await self._run(self._listener.listen)

    async def send_notices(self) -> None:
        """Tell other servers, without end."""
        await self._run(self._sender.send)

    async def follow_others(self) -> None:
        """Look at what was told, and tell the others of progress, without end."""
        await self._run(self._follow)

    async def keep_leases(self, count: Callable[[], None], expire: Callable[[str], None]) -> None:
        """Renew the leases of this process and take over those of processes that are gone, without end.

        Args:
            count: finds out what waits.
            expire: ends a generation whose deadline is over.
        """
        await self._run(lambda: self._keep_leases(count, expire))

    def close(self) -> None:
        """Let others draw what this process holds, and end what runs in the background."""
        self._ended.set()
        self._listener.close()
        with self._news:
            self._news.notify_all()
        try:
            self._tasks.release_all()
        except StorageUnavailable as problem:
            log.warning("what this process held is drawn once its leases are over", reason=str(problem))
        self._sender.close()
        self._threads.shutdown()

    async def _run(self, work: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, work)
        if self._ended.is_set():
            await loop.create_future()  # what runs in the background ends by being cancelled, or has failed

    def _hear(self, notice: Notice) -> None:
        match notice.kind:
            case NoticeKind.QUEUED:
                self.on_queued()
            case NoticeKind.CHANGED:
                self._note_change(notice.identity)
            case NoticeKind.STEP if notice.sender != self._tasks.holder:
                self._publish_step(notice)

    def _note_change(self, identity: str) -> None:
        known = self._registry.find(identity) is not None
        with self._news:
            kept = self._changed if known else self._missed
            kept[identity] = None
            while len(self._missed) > _MISSED:
                self._missed.popitem(last=False)
            if known:
                self._news.notify_all()

    def _publish_step(self, notice: Notice) -> None:
        subscriber = self._registry.find(notice.identity)
        if subscriber is None:
            return
        preview = Image.open(BytesIO(notice.preview)) if notice.preview else None
        step = Step(notice.step, notice.steps, preview)
        subscriber.channel.publish(EventKind.PROGRESS, (notice.number, step), slot=f"progress/{notice.number}")
        if preview is not None:
            subscriber.channel.publish(EventKind.PREVIEW, (notice.number, step), slot=f"preview/{notice.number}")

    def _catch_up(self) -> None:
        """Look at everything: notices may have been missed."""
        self.on_queued()
        self._compare()

    def _follow(self) -> None:
        compared = told = time.monotonic()
        while not self._ended.is_set():
            with self._news:
                if not self._changed:
                    self._news.wait(_TELL_EVERY)
                changed = list(self._changed)
                self._changed.clear()
            self._attempt(lambda changed=changed: self._look_at(changed))  # type: ignore[misc]
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                self._tell_steps()
            if time.monotonic() - compared >= _COMPARE_EVERY:
                compared = time.monotonic()
                self._attempt(self._compare)

    def _look_at(self, identities: list[str]) -> None:
        for identity in identities:
            with self._registry.holding(identity) as found:
                if found is not None:
                    self._publish(*found, self._stores.generations.get(identity))

    def _compare(self) -> None:
        """Look at the generations whose row says something else than is known here."""
        known = {
            identity: (subscriber.generation.status, len(subscriber.generation.candidates))
            for job in self._registry.jobs()
            for identity, subscriber in list(job.subscribers.items())
        }
        identities = list(known)
        for first in range(0, len(identities), _CHUNK):
            some = identities[first : first + _CHUNK]
            states = self._tasks.list_states(some)
            self._look_at([identity for identity in some if states.get(identity) != known[identity]])

    def _tell_steps(self) -> None:
        with self._news:
            steps, self._steps = self._steps, {}
        if steps:
            self._sender.tell(
                Notice(
                    NoticeKind.STEP, identity, number, step.step, step.steps, _encode(step.preview), self._tasks.holder
                )
                for (identity, number), step in steps.items()
            )

    def _keep_leases(self, count: Callable[[], None], expire: Callable[[str], None]) -> None:
        renewed = tidied = -math.inf
        strays: set[Lease] = set()  # whose release the database did not take, or that are just being claimed
        reached: float | None = None  # since when the database answers
        while not self._ended.wait(1.0):
            now = time.monotonic()
            try:
                count()
                if now - renewed < self._tasks.lease / 3:
                    continue
                free = set(self._tasks.renew()) - self._held
                for lease in free & strays:
                    self._tasks.release(lease)
                strays = free - strays
                renewed, reached = now, now if reached is None else reached
                self._take_over(after_silence=now - reached > self._tasks.lease)
                for identity in self._tasks.list_overdue():
                    expire(identity)
                if now - tidied > _TIDY_EVERY:
                    tidied = now
                    self.adopt()
                    self._tasks.free_twins()
                    self._tasks.forget_lanes()
            except StorageUnavailable as problem:
                reached = None
                log.debug("leases cannot be renewed", reason=str(problem))

    def _take_over(self, *, after_silence: bool) -> None:
        """Take back what processes that are gone held; those that only were silent have a lease's time to come back."""
        gone = [name for name in self._tasks.list_others() if is_gone(name)]
        if not gone and not after_silence:
            return
        for holder, count in self._tasks.take_from(gone, silent=after_silence).items():
            log.warning("a process is gone, and what it drew is drawn by others", process=holder, candidates=count)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StorageUnavailable as problem:
            log.debug("other servers cannot be followed now", reason=str(problem))
        except BlazonError as problem:
            log.error("other servers could not be followed", reason=str(problem))
        except Exception:
            log.exception("other servers could not be followed")


_SHOWN: Final = ("media_type", "model", "seed", "painted", "licence", "credits", "design", "shows", "why", "warnings")


def _encode(preview: Any) -> bytes:
    if preview is None:
        return b""
    file = BytesIO()
    picture = preview if isinstance(preview, Image.Image) else Image.fromarray(preview)
    picture.convert("RGB").save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()
