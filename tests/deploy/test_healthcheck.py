"""What a container runs to learn whether its server is ready."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/healthcheck.py"


@contextmanager
def _server(status: int, body: bytes):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _check(port: int | str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, SCRIPT], env={**os.environ, "PORT": str(port)}, capture_output=True, text=True
    )
    return done.returncode, done.stderr


def test_a_ready_server_is_healthy():
    with _server(200, b'{"status": "ready"}') as port:
        assert _check(port) == (0, "")


@pytest.mark.parametrize("status", ["loading", "draining"])
def test_one_that_is_not_says_why(status):
    with _server(503, f'{{"status": "{status}"}}'.encode()) as port:
        assert _check(port) == (1, f'503 {{"status": "{status}"}}\n')
        gone = port
    code, said = _check(gone)
    assert code == 1
    assert said.startswith(f"no answer on port {gone}: ")
