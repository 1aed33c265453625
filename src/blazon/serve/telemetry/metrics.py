"""What the server counts, for Prometheus. Each application has a registry of its own.

The values of labels are bounded: they come from enums, from the routes and from the classes of errors, never
from what a client sent.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector
from prometheus_client.metrics_core import Metric

import blazon.errors
from blazon.generation import Status
from blazon.language_model.chat import Outcome as ReadOutcome

# From a vector logo out of the cache (a millisecond) and a drawn one (tens) to FLUX on a GPU (seconds) and on
# a CPU or behind a long queue (minutes).
SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0)
UNEXPECTED: Final = "unexpected"
OTHER: Final = "other"
_COUNTED: Final = "__blazon_counted__"  # on errors: neither they nor their ids can be kept in a set
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Stage(StrEnum):
    """`draw` is all of one candidate; text, denoise and decode are what a diffusion engine does in it."""

    QUEUE = "queue"
    DRAW = "draw"
    TEXT = "text"
    DENOISE = "denoise"
    DECODE = "decode"
    STORE = "store"
    RENDER = "render"


class CacheResult(StrEnum):
    """Where a result came from: the cache, an equal generation that is being drawn, or a drawing of its own."""

    HIT = "hit"
    JOINED = "joined"
    MISS = "miss"


class WebhookOutcome(StrEnum):
    """What an attempt to deliver a webhook came to."""

    DELIVERED = "delivered"
    RETRIED_LATER = "retried_later"
    GIVEN_UP = "given_up"


class _Registry(CollectorRegistry):
    """Leaves out when each series began, which would be a third of the page and is of no use to anybody."""

    def collect(self) -> Iterable[Metric]:
        for metric in super().collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric


class Metrics:
    """The counters and histograms of one application. Usable from any thread."""

    def __init__(self) -> None:
        self.registry: Final = _Registry()
        self._requests = Counter(
            "blazon_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self._request_seconds = self._histogram(
            "blazon_request_seconds", "From the request to the end of its answer.", "route", "method"
        )
        self._generations = Counter(
            "blazon_generations", "Generations that ended, by how.", ("status",), registry=self.registry
        )
        self._queue_wait = self._histogram(
            "blazon_queue_wait_seconds", "From acceptance until a candidate is begun to be drawn."
        )
        self._stages = self._histogram("blazon_stage_seconds", "How long each stage of a generation took.", "stage")
        self._cache = Counter("blazon_cache", "Where results came from.", ("result",), registry=self.registry)
        self._reads = Counter(
            "blazon_reads",
            "Briefs for a language model to read, by how that ended.",
            ("outcome",),
            registry=self.registry,
        )
        self._read_seconds = self._histogram("blazon_read_seconds", "How long a language model took to read a brief.")
        self._errors = Counter(
            "blazon_errors", "Work refused or failed, by the kind of error.", ("kind",), registry=self.registry
        )
        self._webhook_attempts = Counter(
            "blazon_webhook_attempts",
            "Attempts to deliver webhooks, by what they came to.",
            ("outcome",),
            registry=self.registry,
        )
        self._begin_at_zero()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def count_answer(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            route: the template that matched, empty for none.
            status: of the answer; 0 for none.
        """
        route, method = route or OTHER, method if method in _METHODS else OTHER
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route, method).observe(seconds)

    def count_end(self, status: Status) -> None:
        """Count a generation that reached a terminal status."""
        self._generations.labels(status).inc()

    def count_cache(self, result: CacheResult) -> None:
        """Count where the result of an accepted generation comes from."""
        self._cache.labels(result).inc()

    def count_read(self, outcome: ReadOutcome, seconds: float | None = None) -> None:
        """Count a brief that a language model was to read, and the `seconds` that it took, if it was asked."""
        self._reads.labels(outcome).inc()
        if seconds is not None and outcome is not ReadOutcome.BUSY:
            self._read_seconds.observe(seconds)

    def count_failure(self, error: BaseException) -> None:
        """Count an error, once: who is told of it later may call this again."""
        if not getattr(error, _COUNTED, False):
            setattr(error, _COUNTED, True)
            self._errors.labels(kind_of(error)).inc()

    def count_webhook_attempt(self, outcome: WebhookOutcome) -> None:
        """Count an attempt to deliver a webhook."""
        self._webhook_attempts.labels(outcome).inc()

    def observe_stage(self, stage: Stage, seconds: float) -> None:
        """Note how long a stage took."""
        self._stages.labels(stage).observe(seconds)
        if stage is Stage.QUEUE:
            self._queue_wait.observe(seconds)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, buckets=SECONDS, registry=self.registry)

    def _begin_at_zero(self) -> None:
        # A series that appears with its first event has no increase then, and an alert on it would miss that event.
        for status in Status:
            if status.ended:
                self._generations.labels(status)
        for result in CacheResult:
            self._cache.labels(result)
        for outcome in ReadOutcome:
            self._reads.labels(outcome)
        for attempt in WebhookOutcome:
            self._webhook_attempts.labels(attempt)
        for stage in Stage:
            self._stages.labels(stage)
        for kind in _KINDS.values():
            self._errors.labels(kind)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


_KINDS: Final = {
    kind: _words(kind.__name__)
    for kind in vars(blazon.errors).values()
    if isinstance(kind, type) and issubclass(kind, blazon.errors.BlazonError)
} | {Exception: UNEXPECTED}


def kind_of(error: BaseException) -> str:
    """Return the name of the nearest domain error, such as `server_busy`, or `unexpected`."""
    return next((_KINDS[kind] for kind in type(error).__mro__ if kind in _KINDS), UNEXPECTED)
