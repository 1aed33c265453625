"""A real server that is told to end while its queue is long: what it finishes, what it tells, what it keeps."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers run unsupervised there")

WISH = {"prompt": "a bakery by the sea", "brand_name": "Nord", "n": 24}
WAIT = 120


def _read_url(process: subprocess.Popen[str]) -> str:
    for line in process.stdout:
        if match := re.search(r"http://localhost:(\d+)", line):
            return f"http://127.0.0.1:{match.group(1)}"
    raise AssertionError("it ended before it said where it listens")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], httpx.Client]]]:
    """Start `blazon serve` on one folder, and wait until it can draw."""
    processes: list[tuple[subprocess.Popen[str], httpx.Client]] = []
    settings = {
        "DATA_DIR": str(tmp_path / "data"),
        "ENGINE": "vector",
        "WARMUP_ENABLED": "false",
        "MAX_QUEUED_JOBS": "1000",
        "MAX_CONCURRENT_JOBS": "1",
        "DRAIN_TIMEOUT": str(WAIT),
    }

    def start() -> tuple[subprocess.Popen[str], httpx.Client]:
        process = subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve", "--port", "0"],
            env={**os.environ, **settings},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        client = httpx.Client(base_url=_read_url(process), timeout=WAIT)
        processes.append((process, client))
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.02)
        return process, client

    yield start
    for process, client in processes:
        client.close()
        process.kill()
        process.communicate()


def _queue(client: httpx.Client, requests: int) -> list[str]:
    """Have requests accepted that nobody waits for, and return their ids."""
    answers = [
        client.post("/v1/logos", json={**WISH, "seed": seed}, headers={"Prefer": "respond-async"})
        for seed in range(requests)
    ]
    return [answer.json()["id"] for answer in answers]


def _watch(client: httpx.Client, identity: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a generation: names and contents."""
    text = client.get(f"/v1/logos/{identity}/events").text
    return [(name, json.loads(data)) for name, data in re.findall(r"event: (\S+)\ndata: (.*)", text)]


def _find_begun(client: httpx.Client, seed: int) -> dict[str, Any]:
    """Wait until some but not all candidates of a request are drawn, and return it."""
    while True:
        for one in client.get("/v1/logos?limit=100&status=running").json()["data"]:
            if one["seed"] == seed and 0 < one["progress"] < 1:
                return one


def _child_of(process: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_begun_is_finished_and_the_rest_told_and_kept(serve, number):
    process, client = serve()
    ids = _queue(client, 60)
    with ThreadPoolExecutor() as clients:
        waits = clients.submit(client.post, "/v1/logos", json={**WISH, "seed": 998})
        watched = clients.submit(_watch, client, ids[-1])
        begun = clients.submit(client.post, "/v1/logos", json={**WISH, "seed": 999, "priority": "high"})
        followed = clients.submit(_watch, client, _find_begun(client, 999)["id"])
        # As a service manager and a closing terminal do: to all at once, and more than one.
        os.kill(_child_of(process), signal.SIGTERM)
        process.send_signal(number)
        process.send_signal(signal.SIGHUP)
        answer = begun.result()
        assert (answer.status_code, len(answer.json()["candidates"])) == (201, 24)
        assert [name for name, _ in followed.result()][-1] == "succeeded"
        refused = waits.result()
        assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
        name, content = watched.result()[-1]
        assert (name, content["id"]) == ("interrupted", ids[-1])
    assert process.wait(WAIT) == 0
    _, client = serve()
    assert client.get(f"/v1/logos/{ids[-1]}").json()["status"] in ("queued", "running", "succeeded")
