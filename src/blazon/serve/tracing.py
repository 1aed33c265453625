"""Traces: one span a request and one a stage, sent by OpenTelemetry where a collector is named.

Work changes threads, and may outlive its request. So the trace that it belongs to is a text that goes along: the
`traceparent` of W3C Trace Context (https://www.w3.org/TR/trace-context/), which clients may send as well.
"""

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Final, Protocol

from blazon.errors import InvalidSetting
from blazon.settings import Settings

Attributes = Mapping[str, str | int | float | bool]

_SETTING: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
_current: ContextVar[str] = ContextVar("traceparent", default="")


def current_trace() -> str:
    """Return the `traceparent` of the span that the caller is in, empty for none."""
    return _current.get()


@contextmanager
def within_trace(traceparent: str) -> Iterator[None]:
    """Make a span the current one; the context of the caller goes along where its context variables do."""
    token = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(token)


class Span(Protocol):
    """A span under way, for what is known of it only later."""

    def update_name(self, name: str) -> None: ...
    def set_attributes(self, attributes: Attributes) -> None: ...


class Tracing(Protocol):
    """Records spans. The parent is a `traceparent`; None means the current span, empty or unreadable none."""

    def span(
        self, name: str, attributes: Attributes, parent: str | None = None, *, server: bool = False
    ) -> AbstractContextManager[Span]:
        """Open a span and make it the current one."""

    def past(self, name: str, attributes: Attributes, began: float, ended: float, parent: str | None = None) -> None:
        """Record a span that is over; both moments are `time.perf_counter()` ones."""

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""


def check_tracing(settings: Settings) -> None:
    """Refuse settings by which no trace could be sent.

    Raises:
        InvalidSetting: the packages are not installed.
    """
    if not settings.otel_exporter_otlp_endpoint:
        return
    if not all(map(_installed, ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"))):
        raise InvalidSetting(f"{_SETTING} needs OpenTelemetry; pip install 'blazon[otel]'")


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # of a package around it
        return False


def open_tracing(settings: Settings) -> Tracing | None:
    """Return what records spans, None if the settings name no collector.

    Raises:
        InvalidSetting: see `check_tracing`.
    """
    check_tracing(settings)
    if not settings.otel_exporter_otlp_endpoint:
        return None
    from blazon.serve.otel import OtlpTracing

    return OtlpTracing(settings.otel_exporter_otlp_endpoint)
