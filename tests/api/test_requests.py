"""What every request has: an id on its answer and on every log line it causes, one line in the end, CORS."""

import logging
import re
import time

import pytest
import structlog

URL = "/api/generate_logo"
WISH = {"prompt": "a bakery", "sizes": [64]}
# https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name: what scripts may read without being let.
SAFELISTED = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified"}
UNREADABLE = {"x-content-type-options", "x-frame-options"}  # for the browser itself


@pytest.mark.parametrize("given", ["abc", "7f3a-1.2_Z", "x" * 128])
def test_a_sane_request_id_is_kept(api, given):
    assert api.get("/health", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\tb", "a;b", "é".encode(), b"\xff", "<script>"])
def test_other_request_ids_are_replaced(api, given):
    answer = api.get("/health", headers={"X-Request-ID": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_every_kind_of_answer_has_a_request_id(api):
    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    answers = [
        api.get("/"),
        api.get("/docs"),
        api.post(URL, json=WISH),
        api.post(URL, json={**WISH, "engine": "flux"}),
        api.get("/nothing"),
        api.delete("/health"),
        api.post(URL, content=b"x" * 2_000_000),
        api.post(URL, json={}),
        api.options(URL, headers=preflight),
        api.options(URL, headers={**preflight, "Access-Control-Request-Method": "TRACE"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 400, 404, 405, 413, 422, 200, 400]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert len(set(ids)) == len(ids)


def _request_lines(logged, **wanted):
    """Return the lines of requests with these fields, once there is one: a line follows its answer.

    So does that of the request before, which another test may have made: counting lines would count it too.
    """
    last = time.monotonic() + 60
    while True:
        requests = [line for line in logged() if line["message"] == "request"]
        if found := [line for line in requests if wanted.items() <= line.items()]:
            return found
        assert time.monotonic() < last, requests
        time.sleep(0.005)


def test_one_line_a_request(api, logged):
    api.post(f"{URL}?secret=1", json={"prompt": ""}, headers={"X-Request-ID": "mine"})
    api.get("/nothing/here", headers={"X-Request-ID": "other"})
    (other,) = _request_lines(logged, request_id="other")
    assert (other["route"], other["status"]) == ("/nothing/here", 404)
    (first,) = _request_lines(logged, request_id="mine")
    assert (first["method"], first["route"], first["status"]) == ("POST", URL, 422)
    assert first["duration_ms"] >= 0


def test_the_id_is_on_every_line_that_a_request_causes_in_any_thread(start, stand_in, logged):
    def work():
        structlog.get_logger("blazon.draw").info("by structlog")
        logging.getLogger("some.library").warning("by %s", "logging")

    client = start(lambda: stand_in(work))
    client.post(URL, json=WISH, headers={"X-Request-ID": "first"})
    client.post(URL, json=WISH, headers={"X-Request-ID": "second"})
    for name in ("first", "second"):
        _request_lines(logged, request_id=name)
        lines = [line["message"] for line in logged() if line.get("request_id") == name]
        assert lines == ["by structlog", "by logging", "logo drawn", "generation ended", "request"]


def test_an_accident_is_logged_with_its_traceback_and_id(start, stand_in, logged):
    def accident():
        raise ZeroDivisionError("for the log only")

    start(lambda: stand_in(accident)).post(URL, json=WISH, headers={"X-Request-ID": "bad"})
    line = next(line for line in logged() if line["message"] == "unexpected error")
    assert (line["request_id"], line["level"]) == ("bad", "error")
    assert "ZeroDivisionError: for the log only" in line["exception"]


def test_the_start_says_which_engine_draws_and_why(start, logged):
    start(None, engine="vector")
    (line,) = [line for line in logged() if line["message"] == "engine chosen"]
    assert (line["engine"], line["reason"], line["model"]) == ("vector", "ENGINE asks for it", "blazon/vector-1")


def test_a_browser_of_any_origin_may_ask_and_read_the_headers(api):
    document = api.get("/openapi.json").json()
    answers = [
        answer
        for path in document["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
    ]
    documented = {name.lower() for answer in answers for name in answer.get("headers", {})}
    assert {"location", "retry-after"} <= documented
    answer = api.post(URL, json=WISH, headers={"Origin": "https://app.example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = {name.lower() for name in answer.headers["Access-Control-Expose-Headers"].split(", ")}
    assert {*documented, "etag", "preference-applied", "x-should-retry"} - SAFELISTED <= exposed
    assert exposed >= {name for name in answer.headers if name.startswith("x-")} - UNREADABLE
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_origins_can_be_limited(start, stand_in):
    client = start(stand_in, cors_origins="https://a.example, https://b.example")
    allowed = [
        client.get("/health", headers={"Origin": origin}).headers.get("Access-Control-Allow-Origin")
        for origin in ("https://a.example", "https://b.example", "https://c.example")
    ]
    assert allowed == ["https://a.example", "https://b.example", None]


def test_no_origin_is_allowed_by_none(start, stand_in):
    answer = start(stand_in, cors_origins="none").get("/health", headers={"Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
