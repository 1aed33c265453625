"""What one API process takes on: how fast it accepts, and what an accepted request leaves in the database.

`python benchmarks/scale.py` sends requests that nobody waits for to a real server with the vector engine, over a few
connections, and looks at how many it acknowledged a second, then at what lies on the disk. docs/scale.md builds on it.
"""

import argparse
import http.client
import json
import threading
import time
from pathlib import Path

from _report import Row, options, report
from _server import server

CONNECTIONS = 8


def main() -> None:
    arguments = _arguments()
    folder = Path(arguments.folder)
    with server(
        DATA_DIR=str(folder), MAX_QUEUED_JOBS="10000", DRAIN_TIMEOUT="1", ENGINE="vector", MAX_CONCURRENT_JOBS="1"
    ) as (url, _):
        empty = _size(folder)
        seconds = _accept(url, arguments.requests)
        events = _count_events(url)
    kept = _size(folder) - empty  # once the server has ended, and its log of writes is part of the database
    rows: list[Row] = [
        ("accepted on disk, one process", f"{arguments.requests / seconds:.0f} / s", ""),
        ("a request in the database", f"{kept / arguments.requests / 1000:.1f} kB", ""),
        ("events of a request for one vector logo", f"{events}", ""),
    ]
    report(f"One API process, {arguments.requests} requests over {CONNECTIONS} connections", rows, out=arguments.out)


def _arguments() -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--folder", default="build/scale", help="where the server keeps its things")
    return parser.parse_args()


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("blazon.db"))


def _accept(url: str, requests: int) -> float:
    """Have requests accepted that nobody waits for; return the seconds that it took."""
    seeds = iter(range(requests))
    lock = threading.Lock()

    def send() -> None:
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        while True:
            with lock:
                if (seed := next(seeds, None)) is None:
                    return
            body = json.dumps({"prompt": "a coffee roastery by the sea", "n": 1, "seed": seed})
            headers = {"Content-Type": "application/json", "Prefer": "respond-async"}
            connection.request("POST", "/v1/logos", body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202, answer.status

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def _count_events(url: str) -> int:
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    body = json.dumps({"prompt": "a bakery", "n": 1, "seed": 1_000_000, "priority": "high"})
    headers = {"Content-Type": "application/json", "Prefer": "respond-async"}
    connection.request("POST", "/v1/logos", body, headers)
    identity = json.loads(connection.getresponse().read())["id"]
    connection.request("GET", f"/v1/logos/{identity}/events")
    return connection.getresponse().read().count(b"event: ")


if __name__ == "__main__":
    main()
