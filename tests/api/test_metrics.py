"""What a scrape reads from a real server, and what of it Prometheus itself takes."""

import json
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from _ports import free_port
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

DRAW = "/api/generate_logo"
WISH = {"prompt": "a coffee roastery by the sea", "sizes": [64], "seed": 7}
PAGE = Path(__file__).parents[2] / "docs/how-to/watch-with-prometheus.md"


def scraped(text: str) -> dict[tuple[str, str], float]:
    """Return the page: name and values of the labels to value."""
    return {
        (sample.name, " ".join(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_template_and_never_by_path(start) -> None:
    client = start()
    client.post(DRAW, json=WISH)
    client.get("/nowhere/4711")
    client.request("BREW", "/nowhere/4712")
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    page = scraped(answer.text)
    assert page["blazon_requests_total", f"POST {DRAW} 200"] == 1
    assert page["blazon_requests_total", "GET other 404"] == 1
    assert page["blazon_requests_total", "other other 404"] == 1
    assert page["blazon_request_seconds_count", f"POST {DRAW}"] == 1
    assert page["blazon_queue_depth", ""] == 0
    assert page["process_resident_memory_bytes", ""] > 1e6
    assert next(labels for name, labels in page if name == "blazon_build_info").startswith("vector blazon/vector-1 ")
    assert "4711" not in answer.text


def test_openmetrics_to_those_who_ask_for_it(api: httpx.Client) -> None:
    answer = api.get("/metrics", headers={"Accept": "application/openmetrics-text; version=x, text/plain"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert "blazon_requests" in {family.name for family in openmetrics_families(answer.text)}


def test_metrics_can_be_turned_off(start) -> None:
    answer = start(metrics_enabled=False).get("/metrics")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_an_unexpected_error_is_counted(start, stand_in) -> None:
    def fail() -> None:
        raise OSError("the disk is gone")

    client = start(lambda: stand_in(on_draw=fail))
    assert client.post(DRAW, json=WISH).status_code == 500
    page = scraped(client.get("/metrics").text)
    assert page["blazon_errors_total", "unexpected"] == 1
    assert page["blazon_requests_total", f"POST {DRAW} 500"] == 1


def test_what_the_cache_saved_and_what_was_drawn_is_on_the_page(start, stand_in) -> None:
    client = start(stand_in)
    for seed in (1, 1, 2):
        assert client.post("/v1/logos", json={"prompt": "a bakery", "n": 1, "seed": seed}).status_code == 201
    page = scraped(client.get("/metrics").text)
    assert (page["blazon_cache_total", "miss"], page["blazon_cache_total", "hit"]) == (2, 1)
    assert page["blazon_generations_total", "succeeded"] == 3


def test_work_that_runs_and_waits_is_on_the_page(start, stand_in, gate) -> None:
    client = start(lambda: stand_in(on_draw=gate.wait), max_concurrent_jobs=1)
    wishes = [{**WISH, "seed": seed} for seed in range(3)]
    clients = [threading.Thread(target=client.post, args=(DRAW,), kwargs={"json": wish}) for wish in wishes]
    for one in clients:
        one.start()
    try:
        until_page(client, lambda page: (page["blazon_running", ""], page["blazon_queue_depth", ""]) == (1, 2))
    finally:
        gate.set()
        for one in clients:
            one.join()
    until_page(client, lambda page: (page["blazon_running", ""], page["blazon_queue_depth", ""]) == (0, 0))


def until_page(client: httpx.Client, true: Callable[[dict[tuple[str, str], float]], bool]) -> None:
    last = time.monotonic() + 60
    while not true(page := scraped(client.get("/metrics").text)):
        assert time.monotonic() < last, page
        time.sleep(0.01)


def test_the_steps_of_flux_are_on_the_page(flux_api: httpx.Client) -> None:
    before = scraped(flux_api.get("/metrics").text)
    assert flux_api.post(DRAW, json=WISH).status_code == 200
    page = scraped(flux_api.get("/metrics").text)
    steps = "blazon_engine_sequence_steps_total", "default"
    assert page[steps] - before[steps] == 2
    assert page["blazon_engine_batch_size_sum", "default"] == page[steps]
    assert [name for name, _ in page if "gpu" in name] == []


# Traces


def test_a_request_is_a_span_in_the_trace_of_its_client(start, collector, monkeypatch, logged) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    client = start(otel_exporter_otlp_endpoint=collector.url)
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"  # the example of the standard
    client.post(DRAW, json=WISH, headers={"traceparent": f"00-{trace}-{parent}-01"})
    client.post("/nowhere/4711")
    drawn, lost = collector.named(f"POST {DRAW}", "POST")
    assert (drawn.trace, drawn.parent, drawn.kind) == (trace, parent, 2)
    assert drawn.attributes == {
        "http.request.method": "POST",
        "http.route": DRAW,
        "http.response.status_code": 200,
    }
    assert (lost.attributes["http.response.status_code"], lost.parent) == (404, "")
    stages = {"queue", "draw", "store", "render"}
    assert {(span.trace, span.parent) for span in collector.named(*stages)} == {(trace, drawn.id)}
    # Probes and scrapes leave none.
    assert {span.name for span in collector.spans} == {f"POST {DRAW}", "POST", *stages}
    line = next(line for line in logged() if line["message"] == "request" and line["route"] == DRAW)
    assert line["trace_id"] == trace
    assert next(line for line in logged() if line["message"] == "logo drawn")["trace_id"] == trace


# Prometheus itself


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def prometheus() -> str:
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here; apt install prometheus")
    return "prometheus"


def run(*command: str, given: str = "") -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@pytest.fixture
def watched(start, prometheus, tmp_path) -> Iterator[tuple[httpx.Client, str]]:
    """A server, and the address of a Prometheus that scrapes it as the page says."""
    client = start()
    config = tmp_path / "prometheus.yml"
    text = blocks("yaml")[0].replace("localhost:7860", f"127.0.0.1:{client.base_url.port}")
    config.write_text(text.replace("scrape_interval: 15s", "scrape_interval: 100ms"))
    address = f"127.0.0.1:{free_port()}"
    command = [
        prometheus,
        f"--config.file={config}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield client, f"http://{address}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def asked(url: str, query: str) -> list[dict[str, Any]]:
    """Return what Prometheus answers to a query; nothing while it starts."""
    try:
        answer = httpx.get(f"{url}/api/v1/query", params={"query": query}, timeout=60).json()
    except (httpx.TransportError, json.JSONDecodeError):
        return []
    assert answer["status"] == "success", answer
    return answer["data"]["result"]


def test_prometheus_scrapes_the_server_and_answers_the_questions_of_the_page(watched) -> None:
    client, url = watched
    last = time.monotonic() + 60
    while not asked(url, 'rate(blazon_requests_total{route="/metrics"}[10s]) > 0'):
        assert time.monotonic() < last, "Prometheus did not scrape the server"
        time.sleep(0.1)
    assert asked(url, 'up{job="blazon"}')[0]["value"][1] == "1"
    assert client.post(DRAW, json=WISH).status_code == 200
    while not asked(url, f'blazon_requests_total{{route="{DRAW}"}} == 1'):
        assert time.monotonic() < last, "Prometheus did not see the request"
        time.sleep(0.1)
    assert len(blocks("promql")) == 5
    for query in blocks("promql"):
        asked(url, query)


def test_promtool_finds_no_fault(start, prometheus, tmp_path) -> None:
    client = start()
    client.post(DRAW, json=WISH)
    run("promtool", "check", "metrics", given=client.get("/metrics").text)
    key, *_ = re.findall(r"credentials_file: (.*)", PAGE.read_text())
    for number, text in enumerate(blocks("yaml")):
        file = tmp_path / f"{number}.yml"
        (tmp_path / "key").write_text("secret")
        file.write_text(text.replace(key, str(tmp_path / "key")))
        run("promtool", "check", "rules" if "groups:" in text else "config", str(file))


def test_every_metric_that_the_page_names_is_there_and_the_other_way_round(flux_api: httpx.Client) -> None:
    flux_api.post(DRAW, json=WISH)
    there = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(flux_api.get("/metrics").text)
        if family.name.startswith("blazon_")
    }
    table = "\n".join(line for line in PAGE.read_text().splitlines() if line.startswith("| `blazon_"))
    named = set(re.findall(r"blazon_\w+", table))
    elsewhere = {name for name in named if name.startswith("blazon_cluster_")}  # tests/serve/cluster sees those
    assert named - there - elsewhere == {"blazon_gpu_memory_bytes", "blazon_gpu_utilisation_ratio"}  # no GPU here
    assert there - named == set()
