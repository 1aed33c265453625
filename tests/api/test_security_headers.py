"""What browsers may do with the answers."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.responses import Response

from blazon.api.security_headers import complete, page_policy

HTML = {"Accept": "text/html"}
NOTHING = "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/", 200),
        ("GET", "/docs", 200),
        ("GET", "/docs/files/swagger-ui.css", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/nothing", 404),
        ("HEAD", "/health", 200),
        ("GET", "/health/", 404),
        ("DELETE", "/health", 405),
        ("POST", "/api/generate_logo", 422),
        ("OPTIONS", "/api/generate_logo", 200),
    ],
)
def test_every_answer_has_them(api, method, path, status):
    preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    answer = api.request(method, path, headers=preflight)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers.get_list("X-Content-Type-Options", split_commas=True) == ["nosniff"]


def test_an_accident_has_them_too(start, stand_in):
    def accident():
        raise ZeroDivisionError

    answer = start(lambda: stand_in(accident)).post("/api/generate_logo", json={"prompt": "a bakery"})
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == NOTHING
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_may_run_their_own_scripts_and_styles_and_no_others(api, path):
    answer = api.get(path, headers=HTML)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    for element in ("script", "style"):
        inline = re.findall(rf"<{element}>(.*?)</{element}>", answer.text, re.DOTALL)
        hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline]
        assert policy[f"{element}-src"].split() == ["'self'", *hashes]
    known = re.findall(r'<script>|<script( type="module")? src=', answer.text)
    assert len(re.findall(r"<script[ >]", answer.text)) == len(known) > 0
    assert not re.search(r"\son\w+=|\sstyle=", answer.text)  # attributes that the policy forbids
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_files_of_the_pages_may_be_kept(api):
    answer = api.get("/docs/files/swagger-ui.css")
    assert "ETag" in answer.headers
    assert "Cache-Control" not in answer.headers


def _answer(**given) -> Response:
    answer = Response("x", **given)
    complete(answer.headers)
    return answer


def test_a_drawing_opened_by_itself_runs_nothing():
    policy = _answer(media_type="image/svg+xml").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert policy.endswith("; sandbox")
    assert "script" not in policy


def test_html_that_brings_no_policy_may_do_nothing():
    assert _answer(media_type="text/html").headers["Content-Security-Policy"] == NOTHING


def test_what_an_answer_says_itself_is_kept():
    headers = {
        "Cache-Control": "private, max-age=60",
        **page_policy("<script>1</script>"),
        "X-Frame-Options": "SAMEORIGIN",
    }
    answer = _answer(headers=headers)
    assert {name: answer.headers[name] for name in headers} == headers


@pytest.mark.parametrize("media_type", ["application/json", "image/png", "text/event-stream"])
def test_what_says_nothing_about_caching_is_not_stored(media_type):
    answer = _answer(media_type=media_type)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == NOTHING


def test_an_answer_without_a_body_is_no_exception():
    assert _answer(status_code=204).headers["X-Content-Type-Options"] == "nosniff"
