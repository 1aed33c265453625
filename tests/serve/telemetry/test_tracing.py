import socket
import sys
import time

import pytest
from structlog.testing import capture_logs

from blazon.errors import InvalidSetting
from blazon.serve.telemetry.recorder import open_tracing
from blazon.serve.telemetry.tracing import check_tracing, current_trace
from blazon.settings import Settings


def settings(endpoint: str) -> Settings:
    return Settings.load(None, otel_exporter_otlp_endpoint=endpoint)


def test_without_a_collector_there_are_no_traces() -> None:
    assert open_tracing(settings("")) is None
    assert current_trace() == ""


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidSetting, match=r"OTEL_EXPORTER_OTLP_ENDPOINT=.+ takes a URL"):
        check_tracing(settings("collector:4318"))


@pytest.mark.parametrize("missing", ["opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter"])
def test_a_missing_package_is_named_with_its_remedy(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == missing or name.startswith(missing + ".")]:
        monkeypatch.delitem(sys.modules, name)

    class Hidden:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == missing:
                raise ModuleNotFoundError(name)

    monkeypatch.setattr(sys, "meta_path", [Hidden, *sys.meta_path])
    with pytest.raises(InvalidSetting, match=r"pip install 'blazon\[otel\]'"):
        open_tracing(settings("http://127.0.0.1:4318"))


def test_who_sends_is_blazon_unless_the_environment_says_otherwise(collector, monkeypatch) -> None:
    for number, name in enumerate(("blazon", "logos-eu")):
        if number:
            monkeypatch.setenv("OTEL_SERVICE_NAME", name)
        tracing = open_tracing(settings(collector.url))
        assert tracing is not None
        with tracing.span(name, {}, ""):
            pass
        tracing.close()
        (span,) = collector.named(name)
        assert span.resource["service.name"] == name
        assert span.resource["service.version"]


def test_a_collector_that_is_not_there_costs_one_warning_and_no_wait(monkeypatch, caplog) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with capture_logs() as lines:
        tracing = open_tracing(settings(nobody))
        assert tracing is not None
        for _ in range(3):
            with tracing.span("lost", {}, ""):
                pass
            time.sleep(0.05)  # more than one batch
        started = time.monotonic()
        tracing.close()
    assert time.monotonic() - started < 30
    assert [line["log_level"] for line in lines] == ["warning"]
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in lines[0]["event"]
    assert caplog.records == []


def test_a_collector_that_never_answers_does_not_hold_up_the_end(monkeypatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")  # each batch is given up after seconds
    with socket.create_server(("127.0.0.1", 0)) as silent, capture_logs() as lines:
        tracing = open_tracing(settings(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        assert tracing is not None
        for _ in range(5):
            with tracing.span("lost", {}, ""):
                pass
        started = time.monotonic()
        tracing.close()
    assert time.monotonic() - started < 30
    assert len(lines) == 1


def test_traces_that_arrive_again_are_told() -> None:
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    from blazon.serve.telemetry.otlp import _OneWarning

    results = [SpanExportResult.FAILURE, SpanExportResult.FAILURE, SpanExportResult.SUCCESS, SpanExportResult.SUCCESS]

    class Unsteady(SpanExporter):
        def export(self, _: object) -> SpanExportResult:
            return results.pop(0)

    exporter = _OneWarning(Unsteady())
    with capture_logs() as lines:
        while results:
            exporter.export([])
    assert [line["log_level"] for line in lines] == ["warning", "info"]
