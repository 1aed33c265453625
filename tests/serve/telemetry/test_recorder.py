import contextvars
import threading
import time

import pytest

from blazon.generation import Part
from blazon.serve.telemetry.metrics import Metrics, Stage
from blazon.serve.telemetry.recorder import Telemetry, open_tracing
from blazon.serve.telemetry.tracing import current_trace
from blazon.settings import Settings


def count(telemetry: Telemetry, stage: Stage) -> float | None:
    return telemetry.metrics.registry.get_sample_value("blazon_stage_seconds_count", {"stage": stage})


def total(telemetry: Telemetry, stage: Stage) -> float:
    value = telemetry.metrics.registry.get_sample_value("blazon_stage_seconds_sum", {"stage": stage})
    assert value is not None
    return value


def test_a_stage_is_measured_also_when_it_fails() -> None:
    telemetry = Telemetry(Metrics())
    with telemetry.stage(Stage.STORE):
        time.sleep(0.01)
    assert total(telemetry, Stage.STORE) >= 0.01
    with pytest.raises(ZeroDivisionError), telemetry.stage(Stage.STORE):
        1 / 0  # noqa: B018
    assert count(telemetry, Stage.STORE) == 2
    assert current_trace() == ""
    telemetry.close()


def test_stages_that_are_over_are_counted_and_none_is_negative() -> None:
    telemetry = Telemetry(Metrics())
    telemetry.record(Stage.QUEUE, 4)
    telemetry.record(Stage.QUEUE, -1)  # the clock of the machine was set back meanwhile
    assert (count(telemetry, Stage.QUEUE), total(telemetry, Stage.QUEUE)) == (2, 4)
    telemetry.record_parts([Part("text", 0, 1), Part("denoise", 1, 8, steps=4), Part("decode", 9, 2)])
    assert [total(telemetry, stage) for stage in (Stage.TEXT, Stage.DENOISE, Stage.DECODE)] == [1, 8, 2]


@pytest.fixture
def traced(collector) -> Telemetry:
    settings = Settings.load(None, otel_exporter_otlp_endpoint=collector.url + "/")
    return Telemetry(Metrics(), open_tracing(settings))


def test_a_generation_is_one_trace_whatever_threads_it_goes_through(traced, collector) -> None:
    """Accepted on one thread, drawn on another, with parts that a third one measured; then a stage after a restart."""
    assert traced.tracing is not None
    kept: list[str] = []
    with traced.tracing.span("POST /v1/logos", {}, "", server=True):
        kept.append(current_trace())
        carried = contextvars.copy_context()

    def draw() -> None:
        traced.record(Stage.QUEUE, 0.5, generation="gen_1")
        with traced.stage(Stage.DRAW, generation="gen_1", candidate=2):
            now = time.perf_counter()
            traced.record_parts([Part("text", now - 2, 0.5), Part("denoise", now - 1.5, 1, steps=4)])

    worker = threading.Thread(target=carried.run, args=(draw,))
    worker.start()
    worker.join()
    with traced.stage(Stage.STORE, kept[0]):
        pass
    traced.close()

    request, queue, drawn, text, denoise, store = collector.named(
        "POST /v1/logos", "queue", "draw", "text", "denoise", "store"
    )
    assert request.parent == ""
    assert kept[0].startswith(f"00-{request.trace}-{request.id}-")
    assert {span.trace for span in collector.spans} == {request.trace}
    assert [span.parent for span in (queue, drawn, store)] == [request.id] * 3
    assert [span.parent for span in (text, denoise)] == [drawn.id] * 2
    assert (request.kind, drawn.kind) == (2, 1)  # of OTLP: server, internal
    assert drawn.attributes == {"blazon.generation": "gen_1", "blazon.candidate": 2}
    assert denoise.attributes == {"blazon.steps": 4}
    assert queue.ended - queue.begun == pytest.approx(0.5e9, rel=1e-6)
    assert denoise.begun - text.ended == pytest.approx(0, abs=5e6)
    assert abs(drawn.begun - time.time_ns()) < 60e9


def test_a_span_says_that_it_failed_and_not_why(traced, collector) -> None:
    with pytest.raises(ValueError, match="secret"), traced.stage(Stage.RENDER):
        raise ValueError("the secret brief")
    traced.close()
    (span,) = collector.named("render")
    assert span.failed
    assert count(traced, Stage.RENDER) == 1
    assert "secret" not in repr(span)


def test_the_trace_of_a_client_goes_on(traced, collector) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"  # the example of the standard
    for name, given in (
        ("theirs", f"00-{trace}-{parent}-01"),
        ("ours", "not a traceparent"),
        ("unsampled", f"00-{trace}-{parent}-00"),
    ):
        with traced.tracing.span(name, {}, given, server=True):
            pass
    traced.close()
    theirs, ours = collector.named("theirs", "ours")
    assert (theirs.trace, theirs.parent) == (trace, parent)
    assert ours.trace != trace
    assert ours.parent == ""
    assert len(collector.spans) == 2  # a client that does not keep its trace does not want ours
