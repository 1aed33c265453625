"""A small hub on a socket of this machine: what the hub's client asks for, and ways to go wrong."""

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34
NAME = "owner/tiny"


def git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def make_safetensors(names: Iterable[str] | Mapping[str, tuple[int, ...]]) -> bytes:
    """A safetensors file with a tensor of four bytes for each name, of the shapes that are given, if any."""
    shapes = names if isinstance(names, Mapping) else dict.fromkeys(names, (4,))
    header = {name: {"dtype": "U8", "shape": list(shape), "data_offsets": [0, 4]} for name, shape in shapes.items()}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + b"1234"


def weights(count: int) -> bytes:
    """A safetensors file with one tensor of `count` bytes."""
    header = json.dumps({"linear.weight": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(number % 251 for number in range(count))


def make_model() -> dict[str, bytes]:
    """The files of a model that is a FLUX by its index."""
    index = {
        "_class_name": "FluxPipeline",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "transformer": ["diffusers", "FluxTransformer2DModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    return {
        "model_index.json": json.dumps(index).encode(),
        "scheduler/scheduler_config.json": b"{}",
        "transformer/config.json": b'{"guidance_embeds": false}',
        "transformer/diffusion_pytorch_model.safetensors": weights(400_000),
        "vae/config.json": b"{ }",
        "vae/diffusion_pytorch_model.safetensors": weights(50_000),
        "teaser.jpg": b"not needed",
    }


WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"


@dataclass
class Hub:
    """What the hub has, and what it does wrong.

    Args:
        tokens: that may download a gated model; `known` ones are accounts without access.
        instead: other content, sent in place of what is promised.
        cuts: how many bytes of a file are sent before the connection is cut, once for each entry.
        hold: while set to an event, a file that is cut is held there, and not closed.
    """

    files: dict[str, bytes] = field(default_factory=make_model)
    gated: bool = False
    tokens: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    instead: dict[str, bytes] = field(default_factory=dict)
    cuts: dict[str, list[int]] = field(default_factory=dict)
    hold: threading.Event | None = None
    held: threading.Event = field(default_factory=threading.Event)
    status: int = 0
    ranges: bool = True
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range
    tokens_seen: set[tuple[str, str]] = field(default_factory=set)  # host, token
    url: str = ""
    store: str = ""

    def digest(self, path: str) -> str:
        content = self.files[path]
        return hashlib.sha256(content).hexdigest() if path.endswith(".safetensors") else git_hash(content)

    def describe(self) -> dict[str, Any]:
        siblings: list[dict[str, Any]] = []
        for path, content in self.files.items():
            told: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": git_hash(content)}
            if path.endswith(".safetensors"):
                told["lfs"] = {"sha256": self.digest(path), "size": len(content), "pointerSize": 130}
            siblings.append(told)
        return {
            "id": NAME,
            "sha": COMMIT,
            "gated": "auto" if self.gated else False,
            "siblings": siblings,
            "cardData": {"license": "some-licence-1.0"},
        }

    def downloads(self, path: str = WEIGHTS) -> list[str]:
        """The ranges in which a file was fetched; reading its header is none of them."""
        gets = [given for method, asked, given in self.asked if method == "GET" and asked == f"/{self.digest(path)}"]
        return [given for given in gets if not given or given.endswith("-")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None: ...

    def _answer(self, *, body: bool) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        hub.asked.append((self.command, path, self.headers.get("Range", "")))
        if token:
            hub.tokens_seen.add((f"http://{self.headers['Host']}", token))
        if hub.status:
            self._send(hub.status, b"{}", {})
        elif token and token not in hub.tokens | hub.known:
            self._send(401, b'{"error": "Invalid credentials"}', {"X-Error-Message": "Invalid credentials"})
        elif path == f"/api/models/{NAME}":
            self._send(200, json.dumps(hub.describe()).encode(), {"Content-Type": "application/json"})
        elif path.startswith(f"/{NAME}/resolve/"):
            self._resolve(path.split("/", 5)[5], token, body)
        elif found := next((name for name in hub.files if path == f"/{hub.digest(name)}"), None):
            self._send_file(found, body)
        else:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def _resolve(self, name: str, token: str, body: bool) -> None:
        hub = self.hub
        if hub.gated and token not in hub.tokens:
            self._send(403 if token else 401, b"{}", {"X-Error-Code": "GatedRepo"})
            return
        if name not in hub.files:
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{hub.digest(name)}"'}
        if name.endswith(".safetensors"):
            headers |= {"X-Linked-ETag": f'"{hub.digest(name)}"', "X-Linked-Size": str(len(hub.files[name]))}
            self._send(302, b"", headers | {"Location": f"{hub.store or hub.url}/{hub.digest(name)}"})
        else:
            content = hub.instead.get(name, hub.files[name])
            self._send(200, content if body else b"", headers, length=len(content))

    def _send_file(self, name: str, body: bool) -> None:
        hub = self.hub
        content, start, stop = hub.instead.get(name, hub.files[name]), 0, None
        headers = {}
        asked = self.headers.get("Range", "")
        if asked and hub.ranges:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, stop = int(first), int(last) + 1 if last else None
            headers["Content-Range"] = f"bytes {start}-{(stop or len(content)) - 1}/{len(content)}"
        cuts = None if stop else hub.cuts.get(name)  # of downloads; who reads a header names its end
        rest = content[start:stop]
        end = cuts.pop(0) if cuts else len(rest)
        self._send(206 if headers else 200, rest[:end] if body else b"", headers, length=len(rest))
        if end < len(rest):
            self.wfile.flush()
            if hub.hold is not None:
                hub.held.set()
                hub.hold.wait(60)
            self.close_connection = True

    def _send(self, status: int, content: bytes, headers: dict[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def read_model(folder: Path) -> dict[str, bytes]:
    """The files of a model on disk, by their path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that leave in the middle are what is tested."""


@contextmanager
def serve_hub(hub: Hub) -> Iterator[Hub]:
    """Run the hub, and a store of large files on another port, which must see no token."""
    servers = [_Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub})) for _ in range(2)]
    threads = [threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}) for one in servers]
    hub.url, hub.store = (f"http://127.0.0.1:{one.server_port}" for one in servers)
    for thread in threads:
        thread.start()
    try:
        yield hub
    finally:
        if hub.hold is not None:
            hub.hold.set()
        for one, thread in zip(servers, threads, strict=True):
            one.shutdown()
            thread.join()
            one.server_close()
