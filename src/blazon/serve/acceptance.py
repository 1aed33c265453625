"""How a generation is accepted: the checks, its idempotency key, the cache, a place in the queue, its row on disk.

It is on disk before it is acknowledged, and nothing remains of what is refused. The methods block, for moments, on the
database: they are for worker threads, not for the event loop.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

import structlog

from blazon.brief import Brief
from blazon.errors import InvalidHeader, StorageUnavailable, UnreadableRecord
from blazon.generation import Generation, Interpretation, Priority, Status, UnderstoodWish, new_id
from blazon.language_model.word_encoder import is_installed, read_words
from blazon.principal import Principal
from blazon.reading.reading import Reading
from blazon.reading.recorded import BY_RULES
from blazon.reading.words import list_understood
from blazon.serve.authentication import check_model
from blazon.serve.events import Channel, EventKind
from blazon.serve.job_runner import JobRunner
from blazon.serve.jobs import Job, Outcome, Subscriber, fingerprint, make_ended_subscriber
from blazon.serve.telemetry.metrics import CacheResult
from blazon.serve.webhooks.message import WebhookMessages
from blazon.store.generations import AlreadyClaimed, Claim

log = structlog.stdlib.get_logger("blazon.serve")


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a client asks for, beside the brief.

    Args:
        waited_for: whether the client waits on its connection, and cancels by leaving.
        patience: seconds until the generation expires; None for never.
        use_cache: whether an equal generation, finished or under way, may serve.
        previews: whether pictures of unfinished work will be looked at.
        reading_key: by which the reading of the brief is found again; empty where no language model is to read.
    """

    brief: Brief
    priority: Priority = Priority.NORMAL
    waited_for: bool = True
    patience: float | None = None
    webhook_url: str = ""
    claim: Claim | None = None
    use_cache: bool = True
    previews: bool = False
    reading_key: str = ""

    @property
    def ends_with_client(self) -> bool:
        """Whether a client that leaves cancels: not if it looks again later, or has a key to ask again with."""
        return self.waited_for and self.claim is None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A request that was accepted.

    Args:
        hit: whether the result was taken from the cache.
        again: whether the same request was accepted before, under its idempotency key.
        estimated_wait: seconds until it is probably begun.
        outcome: how it ends; None if it has no job.
    """

    generation: Generation
    hit: bool = False
    again: bool = False
    estimated_wait: float = 0.0
    outcome: "Future[Outcome] | None" = None


class Acceptor:
    """Accepts requests, and takes up what an earlier process left unfinished.

    Args:
        retention: seconds that a finished generation is kept.
        keyed: says whether clients have keys, and so shares of the queue.
    """

    def __init__(
        self, runner: JobRunner, messages: WebhookMessages, *, retention: float, keyed: Callable[[], bool]
    ) -> None:
        self._runner = runner
        self._stores = runner.stores
        self._registry = runner.registry
        self._messages = messages
        self._retention = retention
        self._keyed = keyed
        self._has_encoder = is_installed()  # looked for once: that takes as long as the rest of accepting

    def accept(self, request: GenerationRequest, client: Principal) -> Acceptance:
        """Accept a request. It is on disk when this returns; nothing remains of it when this raises.

        Raises:
            ServerBusy, ShareExceeded: not now, see `retry_after`.
            InvalidBrief, EngineUnavailable: the brief cannot be drawn here.
            InvalidHeader: the idempotency key came with another request before.
            StorageFull: there is no room for it.
        """
        if self._has_encoder:
            request = replace(request, brief=read_words(request.brief))
        generation = self._generation(request, client)
        try:
            if request.claim is not None:
                self._stores.generations.refuse_claimed(client.id, request.claim)
            wait = self._runner.scheduler.estimate_wait(client.id, client.weight, request.priority)
            subscriber = self._subscribe(generation, request, client)
        except AlreadyClaimed as claimed:
            return self._accept_again(claimed, request.claim)
        if request.reading_key:
            self._keep_reading(request, subscriber.generation)
        hit = subscriber.generation.cached
        return Acceptance(
            subscriber.generation, hit=hit, estimated_wait=0.0 if hit else wait, outcome=subscriber.outcome
        )

    def find_reading(self, request: GenerationRequest, client: Principal, key: str) -> str | None:
        """Return what a language model read in an equal brief before; None if it is to be asked.

        Raises:
            InvalidBrief, EngineUnavailable: the brief cannot be drawn here, whatever is read in it.
            ServerBusy: the engine is not ready.
        """
        engine = self._runner.host.engine
        engine.check(request.brief)
        check_model(client, engine.card_of(request.brief))
        source = None
        try:
            if request.claim is not None:
                self._stores.generations.refuse_claimed(client.id, request.claim)
            if request.use_cache:
                source = self._stores.cache.find(key, time.time())
        except AlreadyClaimed as claimed:
            source = claimed.generation
        try:
            known = None if source is None else self._stores.generations.get(source)
        except UnreadableRecord:
            return None
        return known.brief.reading if known else None

    def _keep_reading(self, request: GenerationRequest, generation: Generation) -> None:
        """Remember which generation has the reading of a brief."""
        if request.brief.reading in ("", BY_RULES):
            return
        try:
            self._stores.cache.keep(request.reading_key, generation.id, 0, generation.created_at)
        except StorageUnavailable as problem:
            log.warning("a reading is not kept for repeated requests", reason=str(problem))

    def resume(self, identity: str, *, after_crash: bool = False) -> Generation | None:
        """Take up a generation that is unfinished in the store, unless it is under way or has ended meanwhile.

        What was finished of it is not drawn again. Return it, None if there is nothing to take up.

        Args:
            after_crash: whether the process before this one ended by a fault, perhaps of what it was drawing.
        """
        with self._registry.submitting(identity) as free:
            generation = self._stores.generations.get(identity) if free else None
            if generation is None or generation.status.ended:
                return None
            if not generation.missing:  # another process finished what this one did not know of
                self._runner.publisher.end_in_store(generation, Status.SUCCEEDED, None)
                return None
            log.info("resumed", generation=generation.id, finished=len(generation.candidates))
            if after_crash and generation.status is Status.RUNNING:
                generation = self._stores.generations.count_breakdown(identity)
                if generation is None:  # it was removed at this moment
                    return None
            job = Job(generation.brief, generation.fingerprint)
            with job.lock:
                channel = Channel(self._runner.loop, generation.last_event)
                self._runner.queue(job, Subscriber(generation, channel), reserved=False)
            return generation

    def _generation(self, request: GenerationRequest, client: Principal) -> Generation:
        engine = self._runner.host.engine
        engine.check(request.brief)
        card = engine.card_of(request.brief)
        check_model(client, card)
        reading = engine.read(request.brief)
        now = time.time()
        return Generation(
            id=new_id(now),
            owner=client.id,
            brief=request.brief,
            fingerprint=fingerprint(request.brief, engine.recipe, client.id),
            created_at=now,
            expires_at=now + self._retention,
            priority=request.priority,
            weight=client.weight,
            waited_for=request.waited_for,
            model=card.identifier,
            deadline_at=None if request.patience is None else now + request.patience,
            interpretation=Interpretation(
                reading.understood, reading.ignored, reading.unmet, reading.wishes, _list_items(reading)
            ),
            webhook_url=self._messages.check_url(request.webhook_url, client) if request.webhook_url else "",
        )

    def _subscribe(self, generation: Generation, request: GenerationRequest, client: Principal) -> Subscriber:
        """Give a new generation a result from the cache, a place in an equal job, or a job of its own."""
        joins = request.use_cache and self._runner.shared is None  # servers that share a queue see to it there
        with (
            self._registry.submitting(generation.id),
            self._registry.joining(generation, shared=joins, previews=request.previews) as (job, new),
        ):
            if not new:
                return self._join(job, generation, request, client)
            try:
                # Asked while no equal job is under way: between the two, none is drawn again.
                if request.use_cache and (finished := self._take_cached(generation, request)) is not None:
                    self._registry.close(job)
                    return make_ended_subscriber(finished, self._runner.loop)
                return self._start(job, generation, request, client)
            except BaseException:
                self._registry.close(job)
                raise

    def _start(self, job: Job, generation: Generation, request: GenerationRequest, client: Principal) -> Subscriber:
        scheduler = self._runner.scheduler
        scheduler.reserve(client, keyed=self._keyed())
        try:
            self._stores.generations.accept(
                generation, request.claim, client.daily_quota, previews=request.previews, joins=request.use_cache
            )
        except BaseException:
            scheduler.release(client.id)
            raise
        self._runner.telemetry.metrics.count_cache(CacheResult.MISS)
        subscriber = Subscriber(generation, Channel(self._runner.loop, 0))
        self._runner.queue(job, subscriber, reserved=True)
        return subscriber

    def _join(self, job: Job, generation: Generation, request: GenerationRequest, client: Principal) -> Subscriber:
        channel = Channel(self._runner.loop, 0)
        if job.started:
            generation = generation.start(time.time())
        for number, finished in sorted(job.finished.items()):
            generation = generation.with_candidate(finished.record(number, generation.next_event))
        self._stores.generations.accept(generation, request.claim, client.daily_quota)
        subscriber = Subscriber(generation, channel)
        for record in generation.candidates:
            channel.publish(EventKind.CANDIDATE, record, slot=f"candidate/{record.number}", number=record.event)
        self._runner.subscribe(job, subscriber)
        self._runner.telemetry.metrics.count_cache(CacheResult.JOINED)
        log.info("joined an equal job", generation=generation.id)
        return subscriber

    def _take_cached(self, generation: Generation, request: GenerationRequest) -> Generation | None:
        """Accept a new generation with the candidates of an equal one that is finished; None if there is none."""
        source = self._stores.cache.find(generation.fingerprint, generation.created_at)
        try:
            found = None if source is None else self._stores.generations.get(source)
        except UnreadableRecord:  # it is drawn again
            return None
        if found is None or found.status is not Status.SUCCEEDED:
            return None
        # What was drawn follows from its design; what was painted is gone with its picture, and is painted anew.
        if not all(record.design or self._stores.pictures.has(record.picture) for record in found.candidates):
            return None
        now = time.time()
        records = tuple(replace(record, event=place) for place, record in enumerate(found.candidates, 1))
        hit = replace(generation, started_at=now, cached=True, candidates=records)
        hit = hit.end(Status.SUCCEEDED, now, event=len(records) + 1)
        hooks, metrics = self._runner.hooks, self._runner.telemetry.metrics
        # A logo that costs nothing is not counted against the quota.
        self._stores.generations.accept(hit, request.claim, None, counted=False, owed=hooks.build_delivery(hit))
        metrics.count_cache(CacheResult.HIT)
        metrics.count_end(hit.status)
        hooks.notify(hit)
        return hit

    def _accept_again(self, claimed: AlreadyClaimed, claim: Claim | None) -> Acceptance:
        if claim is None or claimed.request != claim.request:
            raise InvalidHeader("Idempotency-Key", "came with another request before; use a new one")
        subscriber = self._registry.find(claimed.generation, wait=True)
        if subscriber is None and self._runner.shared is not None:  # another server accepted it
            observed = self._runner.shared.observe(claimed.generation)
            subscriber = observed[1] if observed else None
        known = subscriber.generation if subscriber else self._stores.generations.get(claimed.generation)
        if known is None:
            raise InvalidHeader("Idempotency-Key", "led to a generation that was removed; use a new one")
        return Acceptance(known, again=True, outcome=subscriber.outcome if subscriber else None)


def _list_items(reading: Reading) -> tuple[UnderstoodWish, ...]:
    """Return what was understood part by part, where these parts are what an engine says it understood."""
    items = list_understood(reading)
    return items if tuple(one.line for one in items) == reading.understood else ()
