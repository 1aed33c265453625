"""What the code that does the work calls, to have it measured: metrics always, traces where they are wanted.

A stage costs microseconds without traces, and some tens of them with.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext

from blazon.generation import Part
from blazon.serve.telemetry.gauges import GaugeCollector, GaugeValues
from blazon.serve.telemetry.metrics import Metrics, Stage
from blazon.serve.telemetry.tracing import Tracing, check_tracing
from blazon.settings import Settings


class Telemetry:
    """The metrics and traces of one application. Usable from any thread."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self.metrics = metrics
        self.tracing = tracing

    @classmethod
    def open(cls, settings: Settings) -> "Telemetry":
        """Open what the settings ask for; `close` it at the end.

        Raises:
            InvalidSetting: no trace could be sent as they say.
        """
        return cls(Metrics(), open_tracing(settings))

    def watch(self, values: GaugeValues) -> None:
        """Add what is true at the moment to the metrics. To be called once."""
        self.metrics.registry.register(GaugeCollector(values))

    @contextmanager
    def stage(self, stage: Stage, parent: str | None = None, **attributes: str | int) -> Iterator[None]:
        """Measure a stage, whether it succeeds or not.

        Args:
            parent: the `traceparent` of what it is part of; that of the calling context if None.
            attributes: what to note in the trace, such as the id of the generation; never what a client wrote.
        """
        start = time.perf_counter()
        try:
            with self.tracing.span(stage, _prefix(attributes), parent) if self.tracing else nullcontext():
                yield
        finally:
            self.metrics.observe_stage(stage, time.perf_counter() - start)

    def record(self, stage: Stage, seconds: float, parent: str | None = None, **attributes: str | int) -> None:
        """Note a stage that ends now, for work that changed threads meanwhile; see `stage`."""
        seconds, now = max(0.0, seconds), time.perf_counter()
        self.metrics.observe_stage(stage, seconds)
        if self.tracing:
            self.tracing.past(stage, _prefix(attributes), now - seconds, now, parent)

    def record_parts(self, parts: Iterable[Part]) -> None:
        """Note of what a drawing consisted. To be called inside its `stage`."""
        for part in parts:
            self.metrics.observe_stage(Stage(part.name), part.seconds)
            if self.tracing:
                attributes = _prefix({"steps": part.steps} if part.steps else {})
                self.tracing.past(part.name, attributes, part.began, part.began + part.seconds)

    def close(self) -> None:
        """Send what is left of the traces, for a few seconds at most."""
        if self.tracing:
            self.tracing.close()


def open_tracing(settings: Settings) -> Tracing | None:
    """Return what records spans, None if the settings name no collector."""
    check_tracing(settings)
    if not settings.otel_exporter_otlp_endpoint:
        return None
    from blazon.serve.telemetry.otlp import OtlpTracing  # needs packages that are not installed everywhere

    return OtlpTracing(settings.otel_exporter_otlp_endpoint)


def _prefix(attributes: Mapping[str, str | int]) -> dict[str, str | int]:
    return {f"blazon.{name}": value for name, value in attributes.items()}
