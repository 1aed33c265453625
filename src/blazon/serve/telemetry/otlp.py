"""Spans to an OpenTelemetry collector, by OTLP over HTTP. Importing this module needs `blazon[otel]`.

Everything of OpenTelemetry here is our own instance: its globals belong to the program that embeds us.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from blazon import __version__
from blazon.serve.telemetry.tracing import Attributes, current_trace, within_trace

log = structlog.stdlib.get_logger("blazon.serve")

_EXPORT_PATIENCE: Final = 5  # seconds for one batch, retries included
_LAST_PATIENCE: Final = 3.0  # seconds that what is left may take at the end
_HEADER: Final = "traceparent"


class OtlpTracing:
    """Records spans and sends them from a thread of its own."""

    def __init__(self, endpoint: str) -> None:
        """Begin to send to the collector at `endpoint`, its address without `/v1/traces`."""
        # It would tell of every failed batch several times; `_OneWarning` tells once.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._exporter = _OneWarning(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_PATIENCE))
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("blazon", __version__)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(
        self, name: str, attributes: Attributes, parent: str | None = None, *, server: bool = False
    ) -> Iterator[Span]:
        """Open a span and make it the current one; an error that leaves it marks it as failed."""
        kind = SpanKind.SERVER if server else SpanKind.INTERNAL
        span = self._tracer.start_span(name, self._context(parent), kind, attributes)
        try:
            with within_trace(self._traceparent(span)):
                yield span
        except BaseException as error:
            # The name of its kind: a message may quote the brief.
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
        finally:
            span.end()

    def past(self, name: str, attributes: Attributes, began: float, ended: float, parent: str | None = None) -> None:
        """Record a span that is over; both moments are `time.perf_counter()` ones."""
        epoch = time.time_ns() - time.perf_counter_ns()
        start, end = (epoch + int(moment * 1e9) for moment in (began, ended))
        self._tracer.start_span(name, self._context(parent), SpanKind.INTERNAL, attributes, start_time=start).end(end)

    def close(self) -> None:
        """Send what is left; a collector that does not answer holds up nobody's exit."""
        closing = threading.Thread(target=self._provider.shutdown, name="blazon-traces", daemon=True)
        closing.start()
        closing.join(_LAST_PATIENCE)
        if closing.is_alive():
            self._exporter.warn()

    def _context(self, parent: str | None) -> Context:
        carrier = {_HEADER: current_trace() if parent is None else parent}
        return self._propagator.extract(carrier, Context())

    def _traceparent(self, span: Span) -> str:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, trace.set_span_in_context(span, Context()))
        return carrier.get(_HEADER, "")


class _OneWarning(SpanExporter):
    """Tells when traces begin to get lost, and when they arrive again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self.warn()
        elif self._failing:
            self._failing = False
            log.info("traces are sent again")
        return result

    def warn(self) -> None:
        """Say that traces get lost, unless that was said before."""
        if not self._failing:
            self._failing = True
            log.warning("traces are lost: nothing takes them at OTEL_EXPORTER_OTLP_ENDPOINT")

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _resource() -> Resource:
    """Return who sends: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES of the environment win over our own words."""
    own = Resource.create({"service.name": "blazon", "service.version": __version__})
    return own.merge(OTELResourceDetector().detect())
