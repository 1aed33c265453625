"""A real server on a real PostgreSQL: killed and taken up again, and the database stopped under its feet."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

BRIEF = {"prompt": "a bakery by the sea", "brand_name": "Nord", "n": 4}


@contextmanager
def _serving(url: str, folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    settings = {"DATA_DIR": str(folder / "data"), "DATABASE_URL": url, "ENGINE": "vector", "WARMUP_ENABLED": "false"}
    settings |= more
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve", "--port", "0"],
            env={**os.environ, **settings, "LOG_FORMAT": "json"},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        address = None
        while not address:
            line = process.stdout.readline()
            assert line, (folder / "log").read_text()
            address = re.search(r"http://localhost:(\d+)", line)
        with httpx.Client(base_url=f"http://127.0.0.1:{address[1]}", timeout=30) as client:
            _wait(lambda: _ready(client) == 200)
            yield process, client
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _wait(holds) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def _ready(client: httpx.Client) -> int:
    try:
        return client.get("/health/ready").status_code
    except httpx.TransportError:
        return 0


def _ask(client: httpx.Client, seed: int) -> str:
    answer = client.post("/v1/logos", json={**BRIEF, "seed": seed}, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def _status(client: httpx.Client, identity: str) -> str:
    answer = client.get(f"/v1/logos/{identity}")
    return answer.json()["status"] if answer.status_code == 200 else str(answer.status_code)


def _candidates(client: httpx.Client, identity: str) -> int:
    return len(client.get(f"/v1/logos/{identity}").json()["candidates"])


def test_what_was_accepted_is_finished_by_the_next_process_and_by_none_twice(own_server, tmp_path):
    url = own_server.url("postgres", password=own_server.password)
    with _serving(url, tmp_path) as (process, client):
        accepted = [_ask(client, seed) for seed in range(3)]
        process.kill()
        process.wait()
    with _serving(url, tmp_path) as (_, client):
        _wait(lambda: {_status(client, one) for one in accepted} == {"succeeded"})
        assert [_candidates(client, one) for one in accepted] == [4] * 3
    rows = own_server.execute("SELECT generation, count(*), count(DISTINCT number) FROM candidates GROUP BY 1")
    assert sorted(rows) == [(one, 4, 4) for one in sorted(accepted)]
    assert own_server.password not in (tmp_path / "log").read_text()


def test_a_database_that_goes_and_comes_back_loses_nothing_and_needs_no_restart(own_server, tmp_path):
    with _serving(own_server.url("postgres"), tmp_path) as (process, client):
        accepted = [_ask(client, seed) for seed in range(3)]
        own_server.stop(signal.SIGQUIT)
        _wait(lambda: _ready(client) == 503)
        refused = client.post("/v1/logos", json={**BRIEF, "seed": 99})
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        assert "Traceback" not in refused.text
        own_server.start("fsync=on")
        _wait(lambda: _ready(client) == 200)
        late = _ask(client, 7)
        _wait(lambda: {_status(client, one) for one in (*accepted, late)} == {"succeeded"})
        assert own_server.cut_connections("postgres")
        assert _status(client, late) == "succeeded"
        assert process.poll() is None
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_servers_that_share_a_database_draw_for_each_other_and_take_over_what_a_killed_one_left(own_server, tmp_path):
    url = own_server.url("postgres", password=own_server.password)
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in (*folders, tmp_path / "pictures"):
        folder.mkdir()
    shared = {"STORAGE_URL": f"file://{tmp_path / 'pictures'}"}
    with (
        _serving(url, folders[0], **shared) as (asked, first),
        _serving(url, folders[1], **shared) as (killed, second),
        ThreadPoolExecutor(2) as threads,
    ):
        follower = threads.submit(_follow, first, _ask(second, 99))
        accepted = [_ask((first, second)[seed % 2], seed) for seed in range(16)]
        waiting = threads.submit(lambda: first.post("/v1/logos", json={**BRIEF, "seed": 50}, timeout=60))
        killed.kill()
        killed.wait()
        assert waiting.result().status_code == 201
        assert follower.result() == "succeeded"
        _wait(lambda: {_status(first, one) for one in accepted} == {"succeeded"})
        assert [_candidates(first, one) for one in accepted] == [4] * len(accepted)
        asked.terminate()
        assert asked.wait(30) == 0
    assert "background task" not in (folders[0] / "log").read_text()
    assert own_server.execute("SELECT count(*) FROM tasks") == [(0,)]
    assert "Traceback" not in "".join((folder / "log").read_text() for folder in folders)


def test_a_server_with_other_pictures_is_refused_beside_another_one_and_a_move_is_not(own_server, tmp_path):
    url, places = own_server.url("postgres", password=own_server.password), [tmp_path / "one", tmp_path / "other"]
    for place in places:
        place.mkdir()
    with _serving(url, tmp_path, STORAGE_URL=places[0].as_uri()) as (process, client):
        made = client.post("/v1/logos", json=BRIEF).json()["id"]
        settings = {"DATABASE_URL": url, "STORAGE_URL": places[1].as_uri(), "ENGINE": "vector", "PORT": "0"}
        refused = subprocess.run(
            [sys.executable, "-m", "blazon", "serve"],
            env={**os.environ, "DATA_DIR": str(tmp_path / "beside"), **settings},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (refused.returncode != 0, "give all the same STORAGE_URL" in refused.stderr) == (True, True)
        assert "Traceback" not in refused.stderr
        assert list(places[1].iterdir()) == []
        process.terminate()
        process.wait()
    shutil.copytree(places[0], places[1], dirs_exist_ok=True)
    with _serving(url, tmp_path, STORAGE_URL=places[1].as_uri()) as (_, client):
        assert client.get(f"/v1/logos/{made}/0.png").status_code == 200
    assert "another place" not in (tmp_path / "log").read_text()


def _follow(client: httpx.Client, identity: str) -> str:
    """Return the kind of the last event of a generation."""
    with client.stream("GET", f"/v1/logos/{identity}/events", timeout=60) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("event: ")]
    return lines[-1].removeprefix("event: ")
