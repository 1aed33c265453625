"""How long a webhook takes while hosts that never answer are called: 16 of them, and then 200.

`python benchmarks/webhooks.py` asks a real server for logos whose webhooks go to sockets that accept and say nothing,
and meanwhile, one at a time, for logos whose webhooks go to a receiver that answers at once. What is measured is the
time from the end of the request, which waits for the logo, until the webhook has come.
"""

import socket
import statistics
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import httpx
from _report import Row, options, report
from _server import server

PROMPT = "a coffee roastery by the sea"
SECRET = "whsec_YSBzZWNyZXQgZm9yIHRoaXMgcGFnZSBvbmx5"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--dead", type=int, nargs="*", default=[0, 16, 200])
    arguments = parser.parse_args()
    rows: list[Row] = []
    for dead in arguments.dead:
        waits = sorted(_measure(dead, arguments.rounds))
        target = "<= 1 s" if dead == 16 else ""  # with 200, the first of them has no place until one of those gives up
        rows.append((f"{dead} dead hosts, median", f"{1000 * statistics.median(waits):.0f} ms", ""))
        rows.append((f"{dead} dead hosts, the slowest of {len(waits)}", f"{1000 * waits[-1]:.0f} ms", target))
    report("From the end of a generation to its webhook, without keys", rows, out=arguments.out)


def _measure(dead: int, rounds: int) -> list[float]:
    came: SimpleQueue[float] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put(time.perf_counter())
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ExitStack() as stack:
        good = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=good.serve_forever, daemon=True).start()
        stack.callback(good.shutdown)
        silent = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(dead)]
        settings = {"ENGINE": "vector", "WEBHOOK_ALLOW_PRIVATE": "true", "WEBHOOK_SECRET": SECRET}
        url, _ = stack.enter_context(server(**settings))
        client = stack.enter_context(httpx.Client(base_url=url, timeout=120))
        for one in silent:
            _ask(client, one.getsockname()[1])
        waits = []
        for _ in range(rounds):
            end = _ask(client, good.server_port)
            waits.append(max(0.0, came.get(timeout=120) - end))
        return waits


def _ask(client: httpx.Client, port: int) -> float:
    """Ask for a logo, always the same, so that it comes from the cache; return when the answer was there."""
    brief = {"prompt": PROMPT, "n": 1, "seed": 7, "webhook_url": f"http://127.0.0.1:{port}/"}
    client.post("/v1/logos", json=brief).raise_for_status()
    return time.perf_counter()


if __name__ == "__main__":
    main()
