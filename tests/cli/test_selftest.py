import json
import socket

import pytest

from blazon import selftest
from blazon.selftest import CheckFailed, Throughput


@pytest.fixture
def server(monkeypatch):
    """Checks that need no server; a test may add others, or make the measurement fail."""
    found = {"ready": lambda _: "model m", "several sizes": lambda _: "one logo"}
    monkeypatch.setattr(selftest, "await_ready", lambda _client, _seconds: None)
    monkeypatch.setattr(selftest, "checks", lambda **_: found)
    monkeypatch.setattr(selftest, "measure", lambda _c, level, *_: Throughput(level, 9, 1.5 * level, 0.25, 0.5))
    return found


def _fails(reason):
    def check(*_):
        raise CheckFailed(reason)

    return check


def test_the_report_has_a_line_for_each_check(blazon, server):
    outcome = blazon("selftest", "http://localhost:7860", "--size", "256")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.splitlines() == [
        "ready          ok      model m",
        "several sizes  ok      one logo",
        "",
        "Throughput, 256 x 256 pixels",
        "at a time  images/s       p50       p95  images",
        "        1      1.50   0.250 s   0.500 s       9",
        "        2      3.00   0.250 s   0.500 s       9",
        "        4      6.00   0.250 s   0.500 s       9",
        "",
        "All is well.",
    ]


def test_a_failed_check_shows_its_reason_and_leaves_with_1(blazon, server):
    server["refusals"] = _fails("answers 400\x1b[2J")
    outcome = blazon("selftest", "http://localhost:7860")
    assert outcome.code == 1
    assert "refusals       FAILED  answers 400\\x1b[2J\n" in outcome.stdout
    assert outcome.stdout.endswith("\n1 of 3 checks failed.\n")


def test_a_server_that_is_not_ready_is_not_measured(blazon, server):
    server["ready"] = _fails("/health answers 503: loading")
    outcome = blazon("selftest", "http://localhost:7860")
    assert outcome.code == 1
    assert outcome.stdout == (
        "ready          FAILED  /health answers 503: loading\n\nIt is not ready; the other checks were not run.\n"
    )


def test_a_failure_while_measuring_counts(blazon, server, monkeypatch):
    monkeypatch.setattr(selftest, "measure", _fails("a logo was refused: 500"))
    outcome = blazon("selftest", "http://localhost:7860")
    assert outcome.code == 1
    assert "throughput     FAILED  a logo was refused: 500\n" in outcome.stdout


@pytest.mark.parametrize("ok", [True, False])
def test_json_tells_the_same(blazon, server, ok):
    if not ok:
        server["format"] = _fails("no model")
    outcome = blazon("selftest", "http://localhost:7860/", "--json")
    document = json.loads(outcome.stdout)
    assert outcome.code == (not ok)
    assert list(document) == ["url", "ok", "checks", "throughput"]
    assert (document["url"], document["ok"]) == ("http://localhost:7860", ok)
    assert [check["ok"] for check in document["checks"]] == [True, True, *([] if ok else [False])]
    assert document["throughput"][1] == {
        "concurrency": 2,
        "images": 9,
        "images_per_second": 3.0,
        "p50_seconds": 0.25,
        "p95_seconds": 0.5,
    }


def test_nobody_answers_is_one_line(blazon):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"  # bound, and nobody listens
        outcome = blazon("selftest", url)
    assert outcome.code == 1
    assert outcome.error == f"nobody answers at {url}: Connection refused"


@pytest.mark.parametrize("url", ["localhost:7860", "http://", "http://host:port"])
def test_a_bad_address_is_bad_input(blazon, url):
    outcome = blazon("selftest", url)
    assert outcome.code == 2
    assert outcome.error == f"invalid value for URL: '{url}' is not an address such as http://localhost:7860"


@pytest.mark.parametrize("option", ["--wait", "--timeout", "--seconds"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1e9"])
def test_a_time_without_end_is_bad_input(blazon, option, value):
    outcome = blazon("selftest", "http://localhost:7860", option, value)
    assert outcome.code == 2
    assert f"'{option}': {float(value):g} is not a number of seconds from " in outcome.error


@pytest.mark.parametrize(
    ("url", "key"),
    [("http://localhost", "hunter2\nX: y"), ("http://localhost", "hunter2é"), ("http://u:hunter2@localhost", "")],
)
def test_a_secret_that_cannot_be_sent_is_bad_input_and_not_shown(blazon, monkeypatch, url, key):
    monkeypatch.setenv("BLAZON_API_KEY", key)
    outcome = blazon("selftest", url)
    assert outcome.code == 2
    assert "hunter2" not in outcome.error
