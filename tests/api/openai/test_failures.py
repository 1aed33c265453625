"""Errors in OpenAI's form, as its client raises them; and its own retries."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import openai
import pytest

from blazon.errors import GenerationFailed, ShareExceeded, StorageFull
from blazon.principal import Scope
from blazon.serve.rendering.file_maker import FileMaker
from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore

URL = "/v1/images/generations"
WISH = {"prompt": "a bakery", "size": "64x64"}


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"prompt": "a"}, "prompt", "invalid_value"),
        ({"n": 0}, "n", "invalid_value"),
        ({"n": 11}, "n", "invalid_value"),
        ({"n": "2"}, "n", "invalid_value"),
        ({"size": "63x64"}, "size", "invalid_value"),
        ({"size": "64x2049"}, "size", "invalid_value"),
        ({"size": "large"}, "size", "invalid_value"),
        ({"quality": "best"}, "quality", "invalid_value"),
        ({"quality": "low"}, "quality", "unsupported_parameter"),
        ({"quality": "medium"}, "quality", "unsupported_parameter"),
        ({"style": "watercolour"}, "style", "invalid_value"),
        ({"svg": {"model": "gpt-6"}, "output_format": "svg"}, "svg", "unsupported_parameter"),
        ({"svg": {}}, "svg", "unsupported_parameter"),
        ({"frame_count": 2, "output_format": "gif"}, "frame_count", "unsupported_parameter"),
        ({"output_format": "svg", "stream": True}, "output_format", "unsupported_parameter"),
        ({"output_format": "svg", "stream": True, "partial_images": 1}, "output_format", "unsupported_parameter"),
        ({"first": 24}, "first", "invalid_value"),
        ({"first": 20, "n": 5}, "first", "invalid_value"),
        ({"output_format": "gif"}, "output_format", "unsupported_parameter"),
        ({"output_format": "bmp"}, "output_format", "invalid_value"),
        ({"output_format": "jpeg", "background": "transparent"}, "background", "unsupported_parameter"),
        ({"output_compression": 50}, "output_compression", "unsupported_parameter"),
        ({"output_compression": 101, "output_format": "webp"}, "output_compression", "invalid_value"),
        ({"output_compression": 50, "output_format": "svg"}, "output_compression", "unsupported_parameter"),
        ({"partial_images": 1}, "partial_images", "unsupported_parameter"),
        ({"partial_images": 4, "stream": True}, "partial_images", "invalid_value"),
        ({"complexity": "low"}, "complexity", "unsupported_parameter"),
        ({"frame_count": 4}, "frame_count", "unsupported_parameter"),
        ({"frame_duration_ms": 100}, "frame_duration_ms", "unsupported_parameter"),
        ({"svg": {"model": "gpt-6"}}, "svg", "unsupported_parameter"),
        ({"steps": 4}, "steps", "invalid_value"),
        ({"guidance": 3.5}, "guidance", "invalid_value"),
        ({"negative_prompt": "letters"}, "negative_prompt", "invalid_value"),
        ({"engine": "flux"}, "engine", "invalid_value"),
        ({"engine": "flux", "model": "blazon/vector-1"}, "engine", "unsupported_parameter"),
        ({"palette": "#12"}, "palette", "invalid_value"),
        ({"slogan": "fresh"}, "slogan", "invalid_value"),
        ({"layout": "stacked"}, "layout", "invalid_value"),
        ({"brand_name": "x" * 81}, "brand_name", "invalid_value"),
        ({"brand_name": "\ue000"}, "brand_name", "invalid_value"),
        ({"seed": -1}, "seed", "invalid_value"),
        ({"response_format": "base64"}, "response_format", "invalid_value"),
        ({"colour": "red"}, "colour", "unknown_parameter"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(client, fields, param, code):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.generate(prompt="a bakery", extra_body=fields)
    error = refused.value
    assert (error.param, error.code, error.type) == (param, code, "invalid_request_error")
    assert param in error.message
    assert list(error.body) == ["message", "type", "param", "code"]


def test_a_diffusion_model_takes_what_it_can_be_told_and_refuses_the_rest(painter):
    assert painter.images.generate(**WISH, extra_body={"steps": 1, "guidance": 2.0}).data
    with pytest.raises(openai.BadRequestError) as refused:
        painter.images.generate(**WISH, extra_body={"negative_prompt": "letters"})
    assert refused.value.param == "negative_prompt"


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as missing:
        client.images.generate(**WISH, model="sdxl")
    assert (missing.value.param, missing.value.code) == ("model", "model_not_found")
    assert "blazon/vector-1" in missing.value.message


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", URL, 405, "method_not_allowed"),
        ("DELETE", "/v1/models/blazon/vector-1", 405, "method_not_allowed"),
        ("POST", "/v1/models", 405, "method_not_allowed"),
        ("POST", "/v1/images/edits", 404, "not_found"),
        ("GET", "/v1/models/no-such-model", 404, "model_not_found"),
        ("GET", "/v1/models/%C3%9D%0Ax%0A", 404, "not_found"),
        ("GET", "/v1/images/%0A", 404, "not_found"),
        ("GET", "/v1", 404, "not_found"),
        ("POST", "/v1/chat/completions", 404, "not_found"),
        ("POST", "/v1/responses", 404, "not_found"),
        ("DELETE", "/v1/logosities", 404, "not_found"),
    ],
)
def test_whatever_lies_below_speaks_so(api, method, path, status, code):
    answer = api.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["X-Request-ID"]
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"", 400, "missing_required_parameter"),
        (b"[]", 400, "invalid_value"),
        (b"{}", 400, "missing_required_parameter"),
        (b"[" * 60_000, 400, "invalid_value"),
        (b"\xff", 400, "invalid_value"),
        (b"x" * 2_000_000, 413, "request_too_large"),
    ],
)
def test_bodies_that_are_no_request(api, content, status, code):
    answer = api.post(URL, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/logos"), ("GET", "/v1/logos/a/b/c"), ("GET", "/v1x"), ("GET", "/x")]
)
def test_whatever_is_blazons_own_speaks_as_blazon_does(api, method, path):
    assert list(api.request(method, path).json()) == ["detail"]


def _counted(server: httpx.Client) -> float:
    (count,) = re.findall(r'blazon_errors_total{kind="unexpected"} (.*)', server.get("/metrics").text)
    return float(count)


@pytest.mark.parametrize(
    ("path", "stream", "place"),
    [
        *((URL, stream, place) for stream in (False, True) for place in ("engine", "renderer", "answer")),
        ("/api/generate_logo", False, "engine"),
        ("/v1/logos", False, "engine"),
    ],
)
def test_each_accident_is_counted_once_and_leaves_its_traceback(
    start, stand_in, logged, monkeypatch, place, stream, path
):
    def fail(*_, **__):
        raise ZeroDivisionError("an accident")

    server = start(lambda: stand_in(fail if place == "engine" else lambda: None))
    if place == "renderer":
        monkeypatch.setattr(FileMaker, "make_file", fail)
    if place == "answer":
        monkeypatch.setattr("blazon.api.openai.images.usage", fail)
        monkeypatch.setattr("blazon.api.openai.streaming.usage", fail)
    wish = {"prompt": "a bakery"} | {URL: {"stream": stream}, "/v1/logos": {"n": 1}}.get(path, {})
    answer = server.post(path, json=wish)
    assert (answer.status_code, "internal_error" in answer.text) == ((200, True) if stream else (500, path == URL))
    assert _counted(server) == 1
    assert any("ZeroDivisionError: an accident" in line.get("exception", "") for line in logged())


def test_an_accident_that_several_wait_for_is_one(start, stand_in, gate):
    def fail():
        gate.wait()
        raise ZeroDivisionError("an accident")

    server = start(lambda: stand_in(fail))
    wish = {**WISH, "seed": 1}
    with ThreadPoolExecutor() as clients:
        waiting = [clients.submit(server.post, URL, json=wish) for _ in range(3)]
        while len(server.get("/v1/logos").json()["data"]) < 3:
            time.sleep(0.01)
        gate.set()
        assert {one.result().status_code for one in waiting} == {500}
    assert _counted(server) == 1


def test_an_accident_that_nobody_waits_for_is_counted_too(start, stand_in):
    def fail():
        raise ZeroDivisionError("an accident")

    server = start(lambda: stand_in(fail))
    wish = {"prompt": "a bakery", "n": 1}
    place = server.post("/v1/logos", json=wish, headers={"Prefer": "respond-async"}).headers["Location"]
    while server.get(place).json()["status"] != "failed":
        time.sleep(0.01)
    assert _counted(server) == 1


def test_an_accident_is_a_500_without_its_secrets(start, stand_in, connect, logged):
    def work():
        raise ZeroDivisionError("secret of the inside")

    with pytest.raises(openai.InternalServerError) as failed:
        connect(start(lambda: stand_in(work))).images.generate(**WISH)
    assert (failed.value.code, failed.value.type) == ("internal_error", "server_error")
    assert "secret" not in failed.value.message
    assert failed.value.request_id
    (line,) = [line for line in logged() if line["message"] == "unexpected error"]
    assert "secret of the inside" in line["exception"]


def test_a_logo_that_cannot_be_painted_says_why(start, stand_in, connect):
    def work():
        raise GenerationFailed("painted up to its border; ask for another seed")

    with pytest.raises(openai.InternalServerError, match="another seed") as failed:
        connect(start(lambda: stand_in(work))).images.generate(**WISH)
    assert failed.value.code == "generation_failed"


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    """The keys of the server that `start` starts."""
    database = open_database("", tmp_path / "data")
    yield KeyStore(database)
    database.close()


def test_keys(start, stand_in, connect, keys):
    server = start(stand_in, api_keys="required")
    _, key = keys.create(Grant("shop"))
    _, reader = keys.create(Grant("reader", frozenset({Scope.READ})))
    _, other = keys.create(Grant("other", models=("another-model",)))
    link = connect(server, api_key=key).images.generate(**WISH, response_format="url").data[0].url
    assert httpx.get(link, timeout=60).headers["content-type"] == "image/png"
    bare = link.partition("?")[0]
    assert [httpx.get(bare, headers={"X-API-Key": sent}, timeout=60).status_code for sent in (key, reader)] == [
        200,
        404,
    ]
    assert httpx.get(bare, timeout=60).status_code == 401
    for sent in ("blz_wrong", key[:-1] + "!"):
        with pytest.raises(openai.AuthenticationError) as unknown:
            connect(server, api_key=sent).models.list()
        assert (unknown.value.code, unknown.value.response.headers["WWW-Authenticate"]) == ("invalid_api_key", "Bearer")
    for sent in (reader, other):
        with pytest.raises(openai.PermissionDeniedError) as refused:
            connect(server, api_key=sent).images.generate(**WISH)
        assert refused.value.code == "insufficient_permissions"
    assert [model.id for model in connect(server, api_key=reader).models.list()] == ["stand-in"]
    assert connect(server, api_key=other).models.list().data == []
    with pytest.raises(openai.NotFoundError):
        connect(server, api_key=other).models.retrieve("stand-in")


def test_a_key_with_a_rate_is_waited_for(start, stand_in, connect, keys):
    _, key = keys.create(Grant("slow", requests_per_minute=1))
    client = connect(start(stand_in, api_keys="required"), api_key=key)
    client.images.generate(**WISH)
    with pytest.raises(openai.RateLimitError) as refused:
        client.images.generate(**WISH)
    assert (refused.value.code, refused.value.type) == ("rate_limit_exceeded", "rate_limit_error")
    assert 0 < int(refused.value.response.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("error", "kind", "code", "retried"),
    [
        (ShareExceeded("3 requests of yours wait already", 1), openai.RateLimitError, "rate_limit_exceeded", True),
        (StorageFull("no disk space is left"), openai.InternalServerError, "storage_full", False),
    ],
)
def test_the_client_tries_again_where_that_helps(start, stand_in, connect, monkeypatch, error, kind, code, retried):
    tries = []

    async def accept(self, order, principal):
        tries.append(order)
        raise error

    monkeypatch.setattr("blazon.serve.service.GenerationService.accept", accept)
    with pytest.raises(kind) as refused:
        connect(start(stand_in), max_retries=1).images.generate(**WISH)
    assert refused.value.code == code
    assert len(tries) == (2 if retried else 1)


def test_what_is_out_of_time_is_not_tried_again(start, stand_in, connect, gate):
    engine = stand_in(gate.wait)
    with pytest.raises(openai.InternalServerError) as failed:
        connect(start(lambda: engine, request_timeout=0.1), max_retries=2).images.generate(**WISH)
    assert failed.value.code == "deadline_exceeded"
    assert len(engine.asked) == 1


def test_a_client_without_patience_times_out(start, stand_in, connect, gate):
    with pytest.raises(openai.APITimeoutError):
        connect(start(lambda: stand_in(gate.wait)), timeout=0.3).images.generate(**WISH)


def test_a_full_queue_is_waited_for_by_the_client(start, stand_in, connect, gate, logged):
    drawing = threading.Event()

    def work():
        drawing.set()
        gate.wait()

    server = start(lambda: stand_in(work), max_concurrent_jobs=1, max_queued_jobs=0)
    patient = connect(server, max_retries=9)
    with ThreadPoolExecutor() as clients:
        first = clients.submit(patient.images.generate, **WISH)
        assert drawing.wait(30)
        with pytest.raises(openai.InternalServerError) as refused:
            connect(server).images.generate(**WISH)
        second = clients.submit(patient.images.with_raw_response.generate, **WISH)
        while [line.get("status") for line in logged()].count(503) < 2:
            assert not second.done()
            time.sleep(0.01)
        gate.set()
        assert first.result(60).data
        assert second.result(60).retries_taken >= 1
    assert (refused.value.status_code, refused.value.code) == (503, "server_busy")
    assert refused.value.response.headers["Retry-After"] == "1"
