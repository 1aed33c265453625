"""The checks against a small server that keeps the contract, or breaks one rule of it at a time."""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from blazon.selftest import CheckFailed, Client, NobodyAnswers, await_ready, checks, examine, measure

Document = dict[str, Any]
CUDA = {
    "gpu_available": True,
    "device_type": "cuda",
    "device_name": "Some GPU",
    "memory_allocated_gb": 33.1,
    "memory_reserved_gb": 34,
    "memory_total_gb": 80.0,
}


def _png(size: int, colour: str = "teal", kind: str = "PNG") -> str:
    picture = Image.new("RGB", (size, size), colour)
    picture.paste("gold", (0, 0, size // 2, size // 2))
    data = BytesIO()
    picture.save(data, kind)
    return base64.b64encode(data.getvalue()).decode()


class Server:
    """Answers as the contract says; a test replaces what it wants to see found."""

    def __init__(self) -> None:
        self.health_status = 200
        self.gpu: Document = CUDA
        self.busy = 0
        self.keep_id = True
        self.refuse: int = 422
        self.detail: Any = [{"loc": ["body", "prompt"], "msg": "no", "type": "value_error"}]
        self.change: Callable[[Document], object] = lambda _: None
        self.change_health: Callable[[Document], object] = lambda _: None
        self.unknown: Document = {"detail": "Not Found"}

    def answer(self, path: str, body: bytes) -> tuple[int, Document]:
        if path == "/":
            return 200, {"message": "Hello", "version": "9", "status": "healthy", "docs": "/docs"}
        if path == "/health":
            return self._health()
        return self._logo(json.loads(body)) if path == "/api/generate_logo" else (404, self.unknown)

    def _health(self) -> tuple[int, Document]:
        if self.health_status != 200:
            return self.health_status, {"status": "loading", "error": "loading the transformer, 40%"}
        body = {"status": "healthy", "model": "m", "model_loaded": True, "gpu": self.gpu, "environment": "test"}
        self.change_health(body)
        return 200, body

    def _logo(self, wish: Document) -> tuple[int, Document]:
        prompt, sizes = wish.get("prompt", "").strip(), wish.get("sizes") or [256, 512, 1024]
        kept = [size for size in sizes if isinstance(size, int) and 64 <= size <= 2048]
        if not 3 <= len(prompt) <= 500 or not kept:
            return self.refuse, {"detail": self.detail}
        if self.busy:
            self.busy -= 1
            return 503, {"detail": "all places are taken"}
        body = {
            "message": "Logo generated successfully!",
            "prompt": prompt,
            "images": {str(size): _png(size) for size in kept},
            "sizes": kept,
            "model": "m",
        }
        self.change(body)
        return 200, body


@contextmanager
def _listening(server: Server) -> Iterator[Client]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, document = server.answer(self.path, body)
            given = self.headers.get("X-Request-ID") if server.keep_id else None
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Request-ID", given or uuid.uuid4().hex)
            if status == 503:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the name that the base class calls

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{listener.server_port}/", timeout=20)
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[Server, Client]]:
    server = Server()
    with _listening(server) as client:
        yield server, client


@pytest.fixture
def server(_served: tuple[Server, Client]) -> Server:
    vars(_served[0]).update(vars(Server()))
    return _served[0]


@pytest.fixture
def client(_served: tuple[Server, Client], server: Server) -> Client:
    return _served[1]


def _failed(client: Client, **options: Any) -> dict[str, str]:
    return {result.name: result.detail for result in examine(client, checks(**options)) if not result.ok}


def test_a_server_that_keeps_the_contract_passes_all(client: Client) -> None:
    results = list(examine(client, checks(require_cuda=True)))
    assert [result.detail for result in results if not result.ok] == []
    assert len(results) == 12
    assert next(result.detail for result in results if result.name == "device") == "Some GPU, 33.1 of 80.0 GB in use"


def _set(name: str, value: object) -> Callable[[Document], object]:
    return lambda body: body.update({name: value})


def _redraw(picture: Callable[[int], str]) -> Callable[[Document], object]:
    return lambda body: body.update(images={size: picture(int(size)) for size in body["images"]})


def _flat(size: int) -> str:
    data = BytesIO()
    Image.new("RGB", (size, size), "black").save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def _turned(body: Document) -> None:
    body["sizes"].reverse()


@pytest.mark.parametrize(
    ("change", "check", "reason"),
    [
        (_redraw(lambda size: _png(size - size % 16)), "single size", "size 100 is 96 x 96 pixels"),
        (_redraw(lambda size: "data:image/png;base64," + _png(size)), "single size", "not a picture in base64"),
        (_redraw(lambda _: base64.b64encode(b"GIF").decode()), "format", "not a picture in base64"),
        (_redraw(lambda size: _png(size, kind="JPEG")), "format", "is JPEG, not PNG"),
        (_redraw(_flat), "first logo", "size 256 is one flat colour"),
        (_redraw(lambda size: _png(size, "teal" if size > 200 else "red")), "several sizes", "different pictures"),
        (_turned, "several sizes", "sizes are [256, 100, 512]"),
        (lambda body: body["images"].popitem(), "several sizes", "images are named"),
        (_set("images", None), "concurrent", "images"),
        (_set("seed", 7), "format", "the keys are"),
        (_set("message", "ok"), "format", "the message is 'ok'"),
        (_set("prompt", "professional logo design of ..."), "format", "not stripped as it was given"),
        (_set("model", ""), "format", "the model is not told"),
    ],
)
def test_a_wrong_answer_is_found(server: Server, client: Client, change: Any, check: str, reason: str) -> None:
    server.change = change
    assert reason in _failed(client)[check]


@pytest.mark.parametrize(
    ("change", "check", "reason"),
    [
        (lambda body: body.pop("environment"), "health", "'environment' is missing"),
        (_set("gpu", {"gpu_available": "yes"}), "health", "gpu_available is neither"),
        (_set("gpu", {"gpu_available": True, "device_type": "tpu"}), "health", "device_type is 'tpu'"),
        (_set("gpu", {"gpu_available": True, "device_type": "cpu"}), "health", "contradict"),
        (_set("gpu", {**CUDA, "memory_total_gb": None}), "health", "gpu lacks memory_total_gb"),
        (_set("gpu", ["cuda"]), "device", "not of the form that clients expect"),
        (_set("model_loaded", False), "ready", "/health says 'healthy'"),
    ],
)
def test_a_wrong_health_is_found(server: Server, client: Client, change: Any, check: str, reason: str) -> None:
    server.change_health = change
    chosen = {name: run for name, run in checks().items() if name in ("ready", "health", "device")}
    found = {result.name: result.detail for result in examine(client, chosen) if not result.ok}
    assert reason in found[check]


def test_a_missing_gpu_fails_only_where_one_is_required(server: Server, client: Client) -> None:
    server.gpu = {"gpu_available": False, "device_type": "cpu"}
    assert _failed(client) == {}
    assert _failed(client, require_cuda=True) == {"device": "it draws on cpu, not on CUDA"}


def test_wrong_refusals_are_found(server: Server, client: Client) -> None:
    server.refuse, server.unknown, server.keep_id = 400, {}, False
    found = _failed(client)
    assert found["refusals"] == "a blank prompt is answered 400, not 422"
    assert found["unknown path"] == "the answer has no detail"
    assert found["request id"].startswith("'selftest-7.Z_1' came back as ")
    server.refuse, server.detail = 422, "Invalid request"
    assert _failed(client)["refusals"] == "a blank prompt is refused without a list of faults as detail"


def test_after_a_server_that_is_not_ready_no_other_check_is_run(server: Server, client: Client) -> None:
    server.health_status = 503
    (only,) = examine(client, checks())
    assert (only.name, only.ok) == ("ready", False)
    assert only.detail == "/health answers 503: loading the transformer, 40%"
    await_ready(client)


def test_a_busy_server_is_asked_again(server: Server, client: Client) -> None:
    server.busy = 3
    assert _failed(client) == {}


def test_throughput_counts_what_was_drawn(client: Client) -> None:
    row = measure(client, concurrency=3, seconds=0, size=64)
    assert (row.concurrency, row.images) == (3, 3)
    assert row.images_per_second > 0
    assert 0 < row.p50_seconds <= row.p95_seconds


def test_throughput_ends_with_a_failure(server: Server, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_logo", lambda _: (500, {"status": "error"}))
    with pytest.raises(CheckFailed, match="a logo was refused: 500"):
        measure(client, concurrency=2, seconds=0, size=64)


@pytest.mark.parametrize(
    "url", ["", "localhost", "localhost:7860", "ftp://localhost", "http://", "http://host:port", "http://[::1", "/path"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not an address such as http://localhost:7860"):
        Client(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", f"http://{'x' * 70}.example"])
def test_nobody_answers(url: str) -> None:
    with pytest.raises(NobodyAnswers, match=f"nobody answers at {url}"):
        await_ready(Client(url))
