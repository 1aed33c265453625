"""A real server on a real PostgreSQL, with its pictures in a bucket of a real S3 server."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from blazon.store.pictures import PictureStore

if TYPE_CHECKING:
    from _s3 import S3Server

BRIEF = {"prompt": "a bakery by the sea", "brand_name": "Nord", "n": 2, "seed": 7}
PNG = b"\x89PNG"


@pytest.fixture
def own_s3() -> "Iterator[S3Server]":
    """A server that the test may stop."""
    pytest.importorskip("moto")
    from _s3 import run_s3

    with run_s3() as server:
        yield server


def _start(s3: "S3Server", folder: Path, **settings: str) -> "subprocess.Popen[str]":
    usual = {"DATA_DIR": str(folder / "data"), "ENGINE": "vector", "WARMUP_ENABLED": "false", "COMPUTE_PROCESSES": "0"}
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve", "--port", "0"],
            env={**os.environ, **s3.environment, **usual, **settings},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


@contextmanager
def _serving(s3: "S3Server", folder: Path, **settings: str) -> Iterator[httpx.Client]:
    process = _start(s3, folder, **settings)
    try:
        address = None
        while not address:
            line = process.stdout.readline()
            assert line, (folder / "log").read_text()
            address = re.search(r"http://localhost:(\d+)", line)
        with httpx.Client(base_url=f"http://127.0.0.1:{address[1]}", timeout=60) as client:
            yield client
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _wait(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_pictures_are_in_the_bucket_and_links_to_them_are_our_own(s3, postgresql_url, tmp_path):
    bucket = s3.create_bucket()
    with _serving(s3, tmp_path, DATABASE_URL=postgresql_url, STORAGE_URL=f"s3://{bucket}/logos") as client:
        _wait(lambda: client.get("/health/ready").status_code == 200)
        made = client.post("/v1/logos", json=BRIEF).json()
        assert made["status"] == "succeeded"
        assert client.get(f"/v1/logos/{made['id']}/0.png").content.startswith(PNG)
        wish = {"prompt": "a bakery", "response_format": "url"}
        link = client.post("/v1/images/generations", json=wish).json()["data"][0]["url"]
        # Not to the bucket: the master lies there, without size, paper and imprint of what was asked for.
        assert link.startswith(str(client.base_url))
        assert client.get(link).content.startswith(PNG)
        assert client.get(re.sub("signature=.", "signature=x", link)).status_code == 403
    kept = PictureStore.open(s3.url(bucket), tmp_path)
    assert len(list(kept.older_than(time.time() + 60))) == 3
    assert not (tmp_path / "data" / "pictures").exists()
    assert s3.secret not in (tmp_path / "log").read_text()


def test_work_that_was_accepted_while_the_bucket_was_away_is_drawn_when_it_is_there(own_s3, postgresql_url, tmp_path):
    own_s3.stop()
    settings = {"DATABASE_URL": postgresql_url, "STORAGE_URL": "s3://pictures"}
    with _serving(own_s3, tmp_path, **settings) as client:
        _wait(lambda: client.get("/health/ready").json()["status"] == "storage")
        assert "see STORAGE_URL, AWS_ENDPOINT_URL" in client.get("/health/ready").json()["reason"]
        waited_for = client.post("/v1/logos", json={**BRIEF, "seed": 8})
        assert (waited_for.status_code, "retry-after" in waited_for.headers) == (503, True)
        accepted = client.post("/v1/logos", json=BRIEF, headers={"Prefer": "respond-async"})
        assert accepted.status_code == 202
        address = f"/v1/logos/{accepted.json()['id']}"
        own_s3.start()
        own_s3.create_bucket("pictures")
        _wait(lambda: client.get("/health/ready").status_code == 200)
        _wait(lambda: client.get(address).json()["status"] == "succeeded")
        assert client.get(f"{address}/1.png").content.startswith(PNG)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_two_servers_on_one_database_and_bucket_are_one_to_their_clients(s3, postgresql_url, tmp_path):
    """Whatever a client was given by one of them is good at the other, and what happens once happens once."""
    settings = {"DATABASE_URL": postgresql_url, "STORAGE_URL": f"s3://{s3.create_bucket()}"}
    settings |= {"WEBHOOK_SECRET": "whsec_" + 32 * "a", "WEBHOOK_ALLOW_PRIVATE": "true"}
    (tmp_path / "two").mkdir()
    with (
        _receiving() as (hook, came),
        _serving(s3, tmp_path, **settings) as one,
        _serving(s3, tmp_path / "two", **settings) as two,
    ):
        for client in (one, two):
            _wait(lambda client=client: client.get("/health/ready").status_code == 200)
        made = [
            client.post("/v1/logos", json={**BRIEF, "seed": seed, "webhook_url": hook}).json()
            for seed, client in enumerate((one, two) * 4)
        ]
        for generation, client in zip(made, (two, one) * 4, strict=True):
            assert client.get(f"/v1/logos/{generation['id']}/1.png").content.startswith(PNG)
        link = one.post("/v1/images/generations", json={"prompt": "a bakery", "response_format": "url"}).json()
        path = urlsplit(link["data"][0]["url"])
        assert two.get(f"{path.path}?{path.query}").content.startswith(PNG)
        again = {"Idempotency-Key": "order-1", "Prefer": "respond-async"}
        assert len({client.post("/v1/logos", json=BRIEF, headers=again).json()["id"] for client in (one, two)}) == 1
        _wait(lambda: len(came) >= len(made))
        for client in (one, two):  # nothing is under way any more
            _wait(lambda client=client: not client.get("/v1/logos", params={"status": "running"}).json()["data"])
    assert sorted(came) == sorted(generation["id"] for generation in made)


@contextmanager
def _receiving() -> Iterator[tuple[str, list[str]]]:
    """A receiver of webhooks: its URL, and the ids of the generations that it was told of."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["data"]["id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", came
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://not-there", "pictures cannot be stored now: the bucket of STORAGE_URL does not exist"),
        ("s3://logos?secret_access_key=hush&colour=hush", "STORAGE_URL=s3://logos cannot be used: Configuration key:"),
    ],
)
def test_a_bucket_that_will_never_do_stops_the_start_in_one_line(s3, tmp_path, url, told):
    process = _start(s3, tmp_path, STORAGE_URL=url)
    process.communicate(timeout=60)
    assert process.returncode in (1, 2)
    last = (tmp_path / "log").read_text().splitlines()[-1]
    assert told in last
    assert "hush" not in (tmp_path / "log").read_text()
