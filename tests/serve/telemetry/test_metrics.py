import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from blazon import errors
from blazon.generation import Status
from blazon.serve.telemetry.metrics import CacheResult, Metrics, Stage, kind_of


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return the page as it is scraped: name and values of the labels to value."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_what_is_counted_is_on_the_page() -> None:
    metrics = Metrics()
    metrics.count_answer("/api/generate_logo", "POST", 200, 0.02)
    metrics.count_end(Status.SUCCEEDED)
    metrics.count_cache(CacheResult.HIT)
    metrics.count_failure(errors.ServerBusy("full", 3))
    metrics.observe_stage(Stage.DRAW, 0.2)
    page = samples(metrics)
    assert page["blazon_requests_total", ("POST", "/api/generate_logo", "200")] == 1
    assert page["blazon_request_seconds_sum", ("POST", "/api/generate_logo")] == 0.02
    assert page["blazon_generations_total", ("succeeded",)] == 1
    assert page["blazon_cache_total", ("hit",)] == 1
    assert page["blazon_errors_total", ("server_busy",)] == 1
    assert page["blazon_stage_seconds_count", ("draw",)] == 1
    assert page["blazon_queue_wait_seconds_count", ()] == 0
    metrics.observe_stage(Stage.QUEUE, 5)
    assert samples(metrics)["blazon_queue_wait_seconds_sum", ()] == 5


def test_every_series_of_an_enum_is_there_before_its_first_event() -> None:
    page = samples(Metrics())
    assert {labels[0] for name, labels in page if name == "blazon_generations_total"} == {
        "succeeded",
        "failed",
        "cancelled",
        "expired",
    }
    assert page["blazon_webhook_attempts_total", ("given_up",)] == 0
    assert {labels[0] for name, labels in page if name == "blazon_stage_seconds_count"} == set(Stage)
    assert page["blazon_errors_total", ("unexpected",)] == 0
    assert page["blazon_errors_total", ("generation_failed",)] == 0
    assert [name for name, _ in page if name.endswith("_created")] == []


def test_two_applications_do_not_count_together() -> None:
    one, other = Metrics(), Metrics()
    one.count_end(Status.FAILED)
    assert samples(other)["blazon_generations_total", ("failed",)] == 0


@given(st.text(), st.sampled_from(["GET", "get", "BREW", "POST"]))
def test_a_client_cannot_make_series(method: str, other: str) -> None:
    metrics = Metrics()
    metrics.count_answer("", method, 404, 0)
    metrics.count_answer("", other, 404, 0)
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"}
    for name, labels in samples(metrics):
        if name == "blazon_requests_total":
            assert labels[0] in known
            assert labels[1] == "other"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.ServerBusy("", 1), "server_busy"),
        (errors.ShareExceeded("", 1), "share_exceeded"),
        (errors.TextNotCovered("brand_name", ""), "text_not_covered"),
        (type("Mine", (errors.GenerationFailed,), {})(), "generation_failed"),
        (ValueError(), "unexpected"),
        (KeyboardInterrupt(), "unexpected"),
    ],
)
def test_the_kind_of_an_error_is_that_of_the_nearest_domain_error(error: BaseException, kind: str) -> None:
    assert kind_of(error) == kind
