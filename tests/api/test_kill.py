"""A real server that is killed at any moment, again and again: nothing acknowledged is lost, nothing comes twice."""

import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

KILLS: Final = 50
SECONDS: Final = 300.0  # for all kills, and again until all that was asked for is drawn
WISHES: Final = [
    {"prompt": f"a {trade}", "brand_name": name, "n": n, "seed": seed}
    for seed, (trade, name, n, _) in enumerate(
        itertools.product(
            ("bakery by the sea", "school of music", "bicycle shop"), ("Nord", "Linden Court"), (1, 24), range(6)
        )
    )
]


class Server:
    """`blazon serve` on one folder and one port, started anew after each kill."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = "0"
        self.url = ""
        self.log = folder / "log"

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Start it; whatever happens, it is killed at the end."""
        settings = {"DATA_DIR": str(self._folder / "data"), "ENGINE": "vector", "WARMUP_ENABLED": "false"}
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "blazon", "serve", "--port", self._port],
                env={**os.environ, **settings, "LOG_FORMAT": "json"},
                cwd=self._folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def has_drawn_half(self) -> bool:
        """Whether a generation has some of its candidates."""
        try:
            running = httpx.get(f"{self.url}/v1/logos?status=running", timeout=5).raise_for_status().json()["data"]
        except httpx.HTTPError:
            return False
        return any(0 < one["progress"] < 1 and one["candidates"] for one in running)

    def find(self, process: subprocess.Popen[str]) -> None:
        """Read the address where the first one listens; the others get the same."""
        while not self.url:
            if match := re.search(r"http://localhost:(\d+)", process.stdout.readline()):
                self._port = match.group(1)
                self.url = f"http://127.0.0.1:{self._port}"


class Customer(threading.Thread):
    """Asks for logos until it is told to stop, with the same key until it has an answer, and watches what comes."""

    def __init__(self, server: Server, seed: int) -> None:
        super().__init__()
        self._server = server
        self._dice = random.Random(seed)
        self._name = f"customer-{seed}"
        self.acknowledged: dict[str, dict[str, Any]] = {}  # wishes by id of the generation
        self.keys: dict[str, str] = {}  # ids by idempotency key
        self.events: dict[str, list[int]] = {}
        self.faults: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        for number in itertools.count():
            wish = self._dice.choice(WISHES)
            while not self.stop.is_set():
                try:
                    self._order(f"{self._name}-{number}", wish)
                    break
                except httpx.TransportError:
                    time.sleep(0.02)  # it was killed; ask again
            if self.stop.is_set():
                return

    def _order(self, key: str, wish: dict[str, Any]) -> None:
        headers = {"Prefer": "respond-async", "Idempotency-Key": key}
        if self._dice.random() < 0.7:
            headers["Cache-Control"] = "no-cache"  # the others meet those under way, and the stored ones
        with httpx.Client(base_url=self._server.url, timeout=10) as client:
            answer = client.post("/v1/logos", json=wish, headers=headers)
            if answer.status_code == 503:
                time.sleep(0.05)
                raise httpx.TransportError("not now")
            if answer.status_code not in (201, 202):
                self.faults.append(f"{answer.status_code} {answer.text}")
                return
            identity = answer.json()["id"]
            self.acknowledged[identity] = wish
            if self.keys.setdefault(key, identity) != identity:
                self.faults.append(f"{key} led to {identity} and {self.keys[key]}")
            if self._dice.random() < 0.5:
                self._watch(client, identity)

    def _watch(self, client: httpx.Client, identity: str) -> None:
        seen = self.events.setdefault(identity, [])
        try:
            with client.stream("GET", f"/v1/logos/{identity}/events", timeout=10) as answer:
                seen += [int(line[4:]) for line in answer.iter_lines() if line.startswith("id: ")]
        except httpx.TransportError:
            return  # killed meanwhile; looked at again in the end


def _until_all_succeeded(client: httpx.Client, identities: set[str], until: float) -> dict[str, dict[str, Any]]:
    ended: dict[str, dict[str, Any]] = {}
    while missing := identities - ended.keys():
        assert time.monotonic() < until, client.get(f"/v1/logos/{missing.pop()}").text
        for identity in missing:
            answer = client.get(f"/v1/logos/{identity}")
            assert answer.status_code == 200, f"lost: {identity}"
            if answer.json()["status"] not in ("queued", "running"):
                ended[identity] = answer.json()
        time.sleep(0.05)
    return ended


def _all(client: httpx.Client) -> list[dict[str, Any]]:
    found, after = [], {}
    while True:
        page = client.get("/v1/logos", params={"limit": 100, **after}).json()
        found += page["data"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def _events(client: httpx.Client, identity: str, after: int) -> list[tuple[int, str, dict[str, Any]]]:
    text = client.get(f"/v1/logos/{identity}/events", headers={"Last-Event-ID": str(after)}).text
    blocks = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in text.split("\n\n")]
    return [(int(one["id"]), one["event"], json.loads(one["data"])) for one in blocks if "data" in one]


def _files(client: httpx.Client, generation: dict[str, Any]) -> list[str]:
    """Download all candidates; return their digests, without the provenance, which tells when they were made."""
    texts = [client.get(candidate["svg"]).raise_for_status().text for candidate in generation["candidates"]]
    bare = (re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL) for text in texts)
    return [sha256(text.encode()).hexdigest() for text in bare]


def _check_events(client: httpx.Client, identity: str, seen: list[int]) -> None:
    """What a customer saw before the kill, and what it gets after it, is one story."""
    rest = _events(client, identity, seen[-1] if seen else 0)
    numbers = [*seen, *(number for number, _, _ in rest)]
    assert numbers == sorted(set(numbers)), "an event came twice, or out of order"
    last = client.get(f"/v1/logos/{identity}/events", headers={"Last-Event-ID": str(numbers[-1])})
    assert last.status_code == 204


def _kill_again_and_again(server: Server, dice: random.Random, until: float) -> None:
    for number in range(KILLS):
        with server.running():
            # Half of them die young: while they migrate, open the engine or resume. Some die over what is half drawn.
            if number % 2:
                time.sleep(dice.random() * 1.2)
                continue
            while not server.answers() and time.monotonic() < until:
                time.sleep(0.01)
            if number % 10:
                time.sleep(dice.random() * 1.5)
                continue
            while not server.has_drawn_half() and time.monotonic() < until:
                time.sleep(0.01)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX")
def test_nothing_acknowledged_is_lost_however_often_it_is_killed(tmp_path):
    dice, server = random.Random(4), Server(tmp_path)
    customers = [Customer(server, seed) for seed in range(3)]
    with server.running() as process:
        server.find(process)
    for customer in customers:
        customer.start()
    try:
        _kill_again_and_again(server, dice, until=time.monotonic() + SECONDS)
    finally:
        for customer in customers:
            customer.stop.set()
    with server.running(), httpx.Client(base_url=server.url, timeout=20) as client:
        for customer in customers:
            customer.join()
        assert [fault for customer in customers for fault in customer.faults] == []
        wishes = {identity: wish for customer in customers for identity, wish in customer.acknowledged.items()}
        while not server.answers():
            time.sleep(0.02)
        ended = _until_all_succeeded(client, set(wishes), time.monotonic() + SECONDS)
        # A request whose answer was lost kept its key: what nobody heard of is at most the last one of each customer.
        assert len({one["id"] for one in _all(client)} - wishes.keys()) <= len(customers)
        files: dict[str, list[str]] = {}
        for identity, generation in ended.items():
            assert generation["status"] == "succeeded", generation["error"]
            numbers = [candidate["number"] for candidate in generation["candidates"]]
            assert numbers == list(range(wishes[identity]["n"]))
            got = _files(client, generation)
            assert files.setdefault(json.dumps(wishes[identity]), got) == got
        for customer in customers:
            for identity, seen in customer.events.items():
                _check_events(client, identity, seen)
    log = server.log.read_text()
    assert "Traceback" not in log
    resumed = [json.loads(line)["finished"] for line in log.splitlines() if '"resumed"' in line]
    assert any(resumed), "no kill hit a generation that was half drawn"
