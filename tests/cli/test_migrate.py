"""`blazon migrate check` against real servers: Blazon, and one between that changes its answers."""

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from _ports import free_port

from blazon.selftest import Client, await_ready

PROMPT = '"a coffee roastery by the sea"'
HEALTHY = '"healthy"'
JSON = "application/json"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Blazon that draws, on a socket of this machine."""
    url = f"http://127.0.0.1:{free_port()}"
    given = {"PORT": url.rpartition(":")[2], "ENGINE": "vector", "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    command = [sys.executable, "-m", "blazon", "serve"]
    process = subprocess.Popen(command, env={**os.environ, **given}, stderr=subprocess.DEVNULL)
    try:
        await_ready(Client(url), 120)
        yield url
    finally:
        process.terminate()
        process.wait()


answers: dict[tuple[str, str, bytes | None], httpx.Response] = {}


@contextmanager
def changed(server, change):
    """A server that passes requests on and lets `change` have its way with status, headers and body."""

    class Between(BaseHTTPRequestHandler):
        def do_GET(self):
            self._pass_on(None)

        def do_POST(self):
            self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_): ...

        def _pass_on(self, body):
            kept = {
                name: self.headers[name] for name in ("Content-Type", "X-Request-ID", "Accept") if self.headers[name]
            }
            answer = answers.get((server, self.path, body))
            if answer is None:
                answer = httpx.request(self.command, server + self.path, content=body, headers=kept, timeout=60)
                answers[server, self.path, body] = answer  # drawn once for all tests
            headers = {name: answer.headers[name] for name in ("content-type", "x-request-id")}
            status, headers, content = change(self.path, answer.status_code, headers, answer.content)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Between) as between:
        thread = threading.Thread(target=between.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{between.server_port}"
        between.shutdown()
        thread.join()


def rewrite(edit):
    """Change the JSON of every answer that has pictures."""

    def change(_path, status, headers, content):
        document = json.loads(content)
        if "images" in document:
            edit(document)
        return status, headers, json.dumps(document).encode()

    return change


def spoil(document):
    document["images"] = dict.fromkeys(document["images"], "data:image/png")


def refuse_shortly(_path, status, headers, content):
    return status, headers, b'{"detail": "no"}' if status == 422 else content


def price(document):
    document["cost"] = 0.04


def swap(document):
    images = document["images"]
    if "128" in images:
        images["64"] = images["128"]


def differences(blazon, *arguments):
    outcome = blazon("migrate", "check", "--json", *arguments)
    document = json.loads(outcome.stdout)
    assert outcome.code == (not document["ok"])
    return {(row["probe"], row["field"]): row for row in document["differences"]}


def test_blazon_keeps_the_contract(blazon, server):
    outcome = blazon("migrate", "check", server)
    assert (outcome.code, outcome.stdout) == (0, "16 requests compared. No difference.\n")


@pytest.mark.parametrize(
    ("change", "probe", "field", "contract", "found"),
    [
        (rewrite(lambda d: d.update(extra=1)), "unknown field", "body.extra", "-", "number"),
        (rewrite(lambda d: d.pop("model")), "default sizes", "body.model", "text", "-"),
        (rewrite(lambda d: d.update(model=7)), "default sizes", "body.model", "text", "number"),
        (rewrite(lambda d: d.update(prompt=" x")), "unknown field", "body.prompt", PROMPT, '" x"'),
        (rewrite(swap), "sizes in order, out of range", "body.images.64", "PNG 64 x 64", "PNG 128 x 128"),
        (rewrite(spoil), "unknown field", "body.images.64", "PNG 64 x 64", "no picture in base64"),
        (lambda _, s, h, c: (400 if s == 422 else s, h, c), "no prompt", "status", "422", "400"),
        (refuse_shortly, "no prompt", "body.detail", "list of loc, msg, type", "text"),
        (lambda _, s, h, c: (s, {**h, "content-type": "text/html"}, c), "GET /", "content-type", JSON, "text/html"),
        (lambda _, s, h, c: (s, h | {"x-request-id": "1"}, c), "unknown path", "x-request-id", "kept", "not kept"),
        (lambda p, s, h, c: (s, h, b"<html>" if p == "/health" else c), "GET /health", "body.status", HEALTHY, "-"),
    ],
)
def test_a_field_that_differs_is_told(blazon, server, change, probe, field, contract, found):
    with changed(server, change) as url:
        row = differences(blazon, url)[probe, field]
        assert (row["contract"], row["server"], row["other"]) == (contract, found, "")


def test_two_servers_are_compared_with_each_other(blazon, server):
    with changed(server, rewrite(lambda _: None)) as now, changed(server, rewrite(price)) as former:
        assert differences(blazon, now, now) == {}
        found = differences(blazon, now, former)
        assert {row["other"] for row in found.values()} == {"number"}
        assert {field for _, field in found} == {"body.cost"}
        table = blazon("migrate", "check", now, former)
    assert table.code == 1
    assert table.stdout.splitlines()[0].split() == ["request", "field", "contract", "URL", "OTHER"]
    assert table.stdout.endswith("16 requests compared. 4 differences.\n")


def test_nothing_that_a_server_sends_steers_the_terminal(blazon, server):
    with changed(server, rewrite(lambda d: d.update({"\x1b[2J": 1}))) as url:
        assert "\x1b" not in blazon("migrate", "check", url).stdout


def test_nobody_answers_is_one_line(blazon):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        assert f"nobody answers at {url}" in blazon("migrate", "check", url).error


@pytest.mark.parametrize(("arguments", "named"), [(["nowhere"], "URL"), (["http://localhost", "nowhere"], "OTHER")])
def test_a_bad_address_is_bad_input(blazon, arguments, named):
    outcome = blazon("migrate", "check", *arguments)
    assert outcome.code == 2
    assert f"invalid value for {named}: 'nowhere' is not an address" in outcome.error
