"""Server-sent events of a generation, over a real socket: their order, and coming back after the line was cut."""

import base64
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
import pytest
from PIL import Image

from blazon.api import event_stream
from blazon.brief import Brief
from blazon.generation import Drawn
from blazon.serve.events import Event, EventKind
from blazon.serve.service import GenerationService
from blazon.watching import Step, Watch

URL = "/v1/logos"
STEPS = 3
ASYNC = {"Prefer": "respond-async"}


class Seen(NamedTuple):
    number: int
    kind: str
    data: Any


@pytest.fixture
def engine(stand_in, gate) -> object:
    """One that tells of each of its steps, and makes no further one while the gate is closed."""

    class Steps(stand_in):
        def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
            for step in range(1, STEPS + 1):
                gate.wait()
                watch.cancellation.checkpoint()
                watch.tell(Step(step, STEPS, np.full((8, 8, 3), step, np.uint8) if watch.previews else None))
            return super().candidate(brief, number, watch)

    return Steps()


def ordered(client: httpx.Client, **given: Any) -> str:
    return client.post(URL, json={"prompt": "a bakery", "n": 3, "seed": 1, **given}, headers=ASYNC).headers["Location"]


def until_ended(client: httpx.Client, place: str) -> dict:
    while (seen := client.get(place).json())["status"] in ("queued", "running"):
        time.sleep(0.01)
    return seen


def events(lines: Iterator[str]) -> Iterator[Seen]:
    """Read the stream as the standard says: an empty line ends an event, a colon begins a comment."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line == "" and "data" in fields:
            yield Seen(int(fields["id"]), fields["event"], json.loads(fields["data"]))
        if line == "":
            fields = {}
        elif name:
            fields[name] = value


def watched(client: httpx.Client, place: str, after: int | None = None, most: int = 1000) -> list[Seen]:
    """Watch until the end, or hang up after some events."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with client.stream("GET", f"{place}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        found = []
        for event in events(answer.iter_lines()):
            found.append(event)
            if len(found) >= most:
                break
        return found


def test_the_whole_story(start, engine, gate):
    client = start(lambda: engine, max_concurrent_jobs=1)
    place = ordered(client)
    threading.Timer(0.1, gate.set).start()
    story = watched(client, place)
    assert [event.number for event in story] == sorted({event.number for event in story})
    kinds = [event.kind for event in story]
    assert kinds[0] in ("queued", "started")
    assert kinds[-1] == "succeeded"
    assert set(kinds[1:-1]) <= {"started", "progress", "candidate"}
    told = [event.data for event in story if event.kind == "candidate"]
    assert [one["number"] for one in told] == [0, 1, 2]
    assert told == story[-1].data["candidates"] == client.get(place).json()["candidates"]
    progress = [event.data for event in story if event.kind == "progress"]
    assert {"candidate": 2, "step": STEPS, "steps": STEPS} in progress
    assert story[0].data == {"id": place.rpartition("/")[2], "status": "queued" if kinds[0] == "queued" else "running"}


def test_each_candidate_is_told_as_soon_as_it_is_there(start, stand_in):
    turns = threading.Semaphore(0)
    client = start(lambda: stand_in(turns.acquire), max_concurrent_jobs=1)
    place = ordered(client)
    with client.stream("GET", f"{place}/events") as answer:
        story = events(answer.iter_lines())
        for number in range(3):
            turns.release()
            told = next(event for event in story if event.kind == "candidate")
            assert told.data["number"] == number
            assert client.get(told.data["svg"]).status_code == 200
        assert [event.kind for event in story] == ["succeeded"]


def test_previews_are_pictures_for_those_who_ask(start, engine, gate):
    client = start(lambda: engine)
    with_them, without = ordered(client, previews=True), ordered(client, seed=2)
    threading.Timer(0.1, gate.set).start()
    previews = [event.data for event in watched(client, with_them) if event.kind == "preview"]
    with Image.open(BytesIO(base64.b64decode(previews[-1].pop("png")))) as picture:
        assert (picture.format, picture.size) == ("PNG", (8, 8))
    assert previews[-1]["steps"] == STEPS
    assert not [event for event in watched(client, without) if event.kind == "preview"]


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_who_comes_back_misses_nothing_and_sees_nothing_twice(start, engine, gate, cut):
    client = start(lambda: engine, max_concurrent_jobs=1)
    gate.set()
    place, story = ordered(client), []
    while not story or story[-1].kind != "succeeded":
        got = watched(client, place, story[-1].number if story else None, most=cut)
        assert got
        story += got
    numbers = [event.number for event in story]
    assert numbers == sorted(set(numbers))
    assert sorted(event.data["number"] for event in story if event.kind == "candidate") == [0, 1, 2]


def test_events_of_what_has_ended(start, stand_in):
    client = start(stand_in)
    place = ordered(client)
    until_ended(client, place)
    story = watched(client, place)
    assert [event.kind for event in story] == ["candidate", "candidate", "candidate", "succeeded"]
    for seen, event in enumerate(story[:-1], 1):
        assert watched(client, place, event.number) == story[seen:]
    for after in (story[-1].number, story[-1].number + 1, 10**17):
        answer = client.get(f"{place}/events", headers={"Last-Event-ID": str(after)})
        assert (answer.status_code, answer.content) == (204, b"")
    assert watched(client, place, 0) == story


def test_events_of_a_stored_result(start, stand_in):
    client = start(stand_in)
    until_ended(client, ordered(client))
    hit = ordered(client)
    assert client.get(hit).json()["cached"]
    assert [event.kind for event in watched(client, hit)] == ["candidate", "candidate", "candidate", "succeeded"]


def test_the_end_of_what_was_cancelled(start, engine):
    client = start(lambda: engine)
    place = ordered(client)
    with client.stream("GET", f"{place}/events") as answer:
        story = events(answer.iter_lines())
        next(story)
        client.delete(place)
        last = list(story)[-1]
    assert (last.kind, last.data["status"], last.data["error"]["code"]) == ("cancelled", "cancelled", "cancelled")


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 19, "0x1"])
def test_a_last_event_that_is_none_of_ours(start, stand_in, given):
    client = start(stand_in)
    answer = client.get(f"{ordered(client)}/events", headers={"Last-Event-ID": given})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "Last-Event-ID"]


def test_listeners_that_hang_up_do_not_cancel_and_are_forgotten(start, engine, gate):
    client = start(lambda: engine)
    place = ordered(client)
    for _ in range(5):
        assert len(watched(client, place, most=1)) == 1
    gate.set()
    assert until_ended(client, place)["status"] == "succeeded"


def _copied(folder: Path, copy: Path) -> None:
    """Copy what a process that is killed now would leave behind."""
    shutil.copytree(folder / "pictures", copy / "pictures")
    with closing(sqlite3.connect(folder / "blazon.db")) as here, closing(sqlite3.connect(copy / "blazon.db")) as there:
        here.backup(there)


def test_the_story_goes_on_after_a_restart(start, engine, gate, stand_in, tmp_path):
    turns = threading.Semaphore(1)
    first = start(lambda: stand_in(turns.acquire), max_concurrent_jobs=1)
    place = ordered(first)
    with first.stream("GET", f"{place}/events") as answer:
        before = []
        for event in events(answer.iter_lines()):
            before.append(event)
            if event.kind == "candidate":
                break
    _copied(tmp_path / "data", tmp_path / "copy")
    turns.release(10)
    gate.set()
    second = start(lambda: engine, max_concurrent_jobs=1, data_dir=tmp_path / "copy")
    after = watched(second, place, before[-1].number)
    while after[-1].kind == "interrupted":  # it is not taken up again yet
        after = watched(second, place, after[-1].number)
    numbers = [event.number for event in (*before, *after)]
    assert numbers == sorted(set(numbers))
    told = [event.data["number"] for event in (*before, *after) if event.kind == "candidate"]
    assert told == [0, 1, 2]
    assert after[-1].kind == "succeeded"


# What goes over the wire.


def _blocks(client: httpx.Client, place: str) -> list[str]:
    return client.get(f"{place}/events").text.removesuffix("\n\n").split("\n\n")


def test_every_block_but_a_comment_is_an_event(start, stand_in):
    """Some readers make an empty event of a block without data."""
    client = start(stand_in)
    place = ordered(client)
    until_ended(client, place)
    blocks = [block.splitlines() for block in _blocks(client, place)]
    assert all({line.partition(":")[0] for line in block} >= {"id", "event", "data"} for block in blocks)
    assert [block for block in blocks if "retry: 1000" in block] == blocks[:1]


def test_a_line_that_is_silent_is_kept_open(start, engine, gate, monkeypatch):
    monkeypatch.setattr(event_stream, "_HEARTBEAT", 0.05)
    client = start(lambda: engine)
    with client.stream("GET", f"{ordered(client)}/events") as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith(":"))
        gate.set()
        assert [event.kind for event in events(lines)][-1] == "succeeded"


def test_a_stream_that_breaks_is_cut_and_counted_once(start, stand_in, monkeypatch, logged):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("an accident")

    client = start(stand_in)
    place = ordered(client)
    until_ended(client, place)
    monkeypatch.setattr(event_stream.json, "dumps", fail)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{place}/events")
    monkeypatch.undo()
    assert 'blazon_errors_total{kind="unexpected"} 1.0' in client.get("/metrics").text
    (line,) = [line for line in logged() if line["message"] == "unexpected error"]
    assert "an accident" in line["exception"]
    assert line["request_id"]


def _interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the service end each story as a process does that stops before the end of a generation."""
    whole = GenerationService.events

    async def events_until_it_stops(self, generation, after):
        last = after
        async for event in whole(self, generation, after):
            if event.kind is EventKind.CANDIDATE and event.content.number == 1:
                yield Event(last, EventKind.INTERRUPTED, generation)
                return
            last = event.number
            yield event

    monkeypatch.setattr(GenerationService, "events", events_until_it_stops)


def test_a_server_that_stops_says_where_to_go_on(start, stand_in, monkeypatch):
    client = start(stand_in, max_concurrent_jobs=1)
    place = ordered(client)
    until_ended(client, place)
    with monkeypatch.context() as patch:
        _interrupted(patch)
        *before, last = watched(client, place)
    assert (last.kind, last.number) == ("interrupted", before[-1].number)
    assert last.data["last_event_id"] == str(before[-1].number)
    assert last.data["id"] == place.rpartition("/")[2]
    after = watched(client, place, int(last.data["last_event_id"]))
    assert [event.kind for event in after] == ["candidate", "candidate", "succeeded"]
    assert [event.data["number"] for event in before + after if event.kind == "candidate"] == [0, 1, 2]
