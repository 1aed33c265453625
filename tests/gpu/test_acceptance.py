"""The acceptance suite: a server on a GPU does what clients rely on, checked from outside as `blazon selftest` does."""

import json
import os
import threading
import time
from http.client import HTTPConnection
from typing import Any

import pytest

from blazon.selftest import DRAW, LEVELS, Client, checks, difference, draw, measure, pictures

PROMPTS = ("a coffee roastery by the sea", "a mountain school", "solar panels for homes", "a chess club")
ON_CUDA = os.environ.get("GPU_TESTS_DEVICE", "cuda").startswith("cuda")
CHECKS = checks(require_cuda=ON_CUDA)
SECONDS = 10 if ON_CUDA else 1  # for each number of requests at a time; a rehearsal measures nothing


@pytest.mark.parametrize("name", CHECKS)
def test_check(server: Client, name: str) -> None:
    """CUDA, model, warm-up, sizes, errors, response format, concurrent requests."""
    print(f"{name}: {CHECKS[name](server)}")


def test_throughput(server: Client, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the table; more requests at a time must not give fewer images, beyond noise."""
    rows = [measure(server, level, seconds=SECONDS, size=512) for level in LEVELS]
    with capsys.disabled():
        print("\n\nat a time  images/s  p50 s  p95 s  images")
        for row in rows:
            print(
                f"{row.concurrency:9}  {row.images_per_second:8.2f}  {row.p50_seconds:5.2f}  "
                f"{row.p95_seconds:5.2f}  {row.images:6}"
            )
    if ON_CUDA:  # a rehearsal shares its cores with whatever else runs
        assert rows[-1].images_per_second > 0.7 * rows[0].images_per_second


def _drawn(server: Client, number: int) -> Any:
    (picture,) = pictures(draw(server, PROMPTS[number], [256], seed=number), [256])
    return picture


def test_a_picture_does_not_depend_on_its_batch_mates(server: Client) -> None:
    """The same seeds alone and together: apart by rounding in half precision, far less than two logos are."""
    alone = [_drawn(server, number) for number in range(4)]
    together: dict[int, Any] = {}
    threads = [
        threading.Thread(target=lambda number=number: together.update({number: _drawn(server, number)}))
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    noise = [difference(alone[number], together[number]) for number in range(4)]
    logos = min(difference(alone[0], other) for other in alone[1:])
    print(f"alone against together: {max(noise):.2f} levels; two logos: {logos:.2f}")
    assert max(noise) < min(8, logos / 2)


def test_a_client_that_leaves_does_not_keep_the_gpu(server: Client) -> None:
    """Requests whose clients have left are not drawn: the next is answered as quickly as on an idle server."""
    start = time.perf_counter()
    _drawn(server, 0)
    usual = time.perf_counter() - start
    body = json.dumps({"prompt": PROMPTS[1], "sizes": [1024]})
    for _ in range(8):
        connection = HTTPConnection(server.url.removeprefix("http://"))
        connection.request("POST", DRAW, body, {"Content-Type": "application/json"})
        connection.close()
    start = time.perf_counter()
    _drawn(server, 0)
    if ON_CUDA:
        assert time.perf_counter() - start < 3 * usual + 1
