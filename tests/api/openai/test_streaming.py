"""Streams by the official client: partial images, one event for each finished one, errors on the way."""

import asyncio
import base64
import json
import threading
import time
from io import BytesIO

import httpx
import openai
import pytest
from openai.types import ImageGenCompletedEvent, ImageGenPartialImageEvent
from PIL import Image

from blazon.api import event_stream
from blazon.brief import Brief
from blazon.errors import (
    EngineStopped,
    EngineUnavailable,
    GenerationFailed,
    ModelUnavailable,
    StorageFull,
    StorageUnavailable,
)
from blazon.generation import Drawn
from blazon.serve.events import Event, EventKind
from blazon.serve.rendering.file_maker import FileMaker
from blazon.serve.service import GenerationService
from blazon.watching import Step, Watch

WISH = {"prompt": "a coffee roastery by the sea", "size": "128x128", "stream": True}


def _strict(event):
    return type(event).model_validate_json(event.model_dump_json(exclude_unset=True), strict=True)


def _picture(event) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(event.b64_json, validate=True)))


def test_a_drawn_logo_comes_at_once(client):
    (event,) = client.images.generate(**WISH, partial_images=3)
    assert isinstance(_strict(event), ImageGenCompletedEvent)
    assert (_picture(event).size, event.size) == ((128, 128), "128x128")


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_a_painted_one_is_seen_on_its_way(painter, form):
    wish = {**WISH, "size": "192x128", "output_format": form, "extra_body": {"steps": 4}}
    *partials, last = painter.images.generate(**wish, partial_images=2, extra_headers={"Cache-Control": "no-cache"})
    assert [type(_strict(event)) for event in partials] == [ImageGenPartialImageEvent] * len(partials)
    # A preview that the next one overtakes is left out: there may be fewer, but not none.
    assert [event.partial_image_index for event in partials] == list(range(len(partials)))
    assert 1 <= len(partials) <= 2
    assert isinstance(_strict(last), ImageGenCompletedEvent)
    assert {(_picture(event).size, _picture(event).format) for event in (*partials, last)} == {
        ((192, 128), form.upper())
    }
    assert {event.quality for event in (*partials, last)} == {"auto"}


def test_no_partial_images_unless_they_are_asked_for(painter):
    (event,) = painter.images.generate(**WISH, extra_body={"steps": 4})
    assert event.type == "image_generation.completed"


def test_several_images_one_event_each(client):
    wish = {"extra_body": {"seed": 7, "brand_name": "Northwind"}, "n": 3, "background": "transparent"}
    events = list(client.images.generate(**WISH, **wish))
    whole = client.images.generate(**{**WISH, "stream": False}, **wish)
    assert sorted(event.image_index for event in events) == [0, 1, 2]
    for event in events:
        assert event.b64_json == whole.data[event.image_index].b64_json
    assert sum(event.usage.total_tokens for event in events) == whole.usage.total_tokens
    assert {event.id for event in events} != {whole.id}


def test_a_stream_of_what_was_drawn_before(client):
    wish = {**WISH, "prompt": "a lighthouse keeper", "extra_body": {"seed": 9}}
    first, again = ([event.b64_json for event in client.images.generate(**wish)] for _ in range(2))
    assert first == again


def test_the_headers_tell_seed_and_cache(client):
    with client.images.with_streaming_response.generate(**WISH, extra_body={"seed": 77}) as answer:
        assert answer.headers["X-Seed"] == "77"
        assert answer.headers["content-type"].startswith("text/event-stream")


def test_async(api):
    async def seen() -> list[str]:
        async with openai.AsyncOpenAI(api_key="any", base_url=f"{api.base_url}/v1", max_retries=0) as client:
            return [event.type async for event in await client.images.generate(**WISH, n=2)]

    assert asyncio.run(seen()) == ["image_generation.completed"] * 2


def test_an_error_on_the_way_is_raised_by_the_client(start, stand_in, connect):
    def work():
        raise GenerationFailed("the model painted nothing; try another prompt")

    with pytest.raises(openai.APIError, match="painted nothing") as failed:
        list(connect(start(lambda: stand_in(work))).images.generate(**WISH))
    assert (failed.value.code, failed.value.type) == ("generation_failed", "server_error")


def test_an_accident_on_the_way_is_raised_without_its_secrets(start, stand_in, connect):
    def work():
        raise ZeroDivisionError("secret of the inside")

    with pytest.raises(openai.APIError) as failed:
        list(connect(start(lambda: stand_in(work))).images.generate(**WISH))
    assert "secret" not in str(failed.value.body)


def test_what_is_out_of_time_is_an_error_on_the_way(start, stand_in, connect, gate):
    client = connect(start(lambda: stand_in(gate.wait), request_timeout=0.1))
    with pytest.raises(openai.APIError) as failed:
        list(client.images.generate(**WISH))
    assert failed.value.code == "deadline_exceeded"


def test_what_cannot_be_done_is_refused_before_the_stream_begins(client):
    for more in ({"response_format": "url"}, {"output_format": "svg"}, {"quality": "low"}, {"partial_images": 4}):
        with pytest.raises(openai.BadRequestError) as refused:
            client.images.generate(**WISH, **more)
        assert refused.value.param == next(iter(more))


def _ended(server: httpx.Client) -> str:
    for _ in range(2000):
        (generation,) = server.get("/v1/logos").json()["data"]
        if generation["status"] not in ("queued", "running"):
            break
        time.sleep(0.01)
    return generation["status"]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "mine"}])
def test_who_hangs_up_cancels_unless_there_is_a_key_to_come_back_with(start, stand_in, connect, gate, headers):
    drawing = threading.Event()

    def work():
        drawing.set()
        gate.wait()

    server = start(lambda: stand_in(work))
    stream = connect(server).images.generate(**WISH, extra_headers=headers)
    assert drawing.wait(30)
    stream.close()
    if headers:
        gate.set()
    assert _ended(server) == ("succeeded" if headers else "cancelled")


def test_a_stream_of_nothing_but_progress_is_kept_open(start, stand_in, gate, monkeypatch):
    """Progress is no event of OpenAI's: what was not sent is no sign of life."""
    monkeypatch.setattr(event_stream, "_HEARTBEAT", 0.1)

    class Steps(stand_in):
        def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
            step = 0
            while not gate.wait(0.01):
                watch.tell(Step(step := step + 1, 1000))
            return super().candidate(brief, number, watch)

    server = start(Steps)
    with server.stream("POST", "/v1/images/generations", json=WISH) as answer:
        lines = answer.iter_lines()
        assert [next(line for line in lines if line) for _ in range(3)] == [": ping"] * 3
        gate.set()
        assert "event: image_generation.completed" in list(lines)


def test_a_server_that_stops_says_that_it_is_busy(start, stand_in, connect, monkeypatch):
    async def stopped(_, generation, after):
        yield Event(1, EventKind.QUEUED, generation)
        yield Event(1, EventKind.INTERRUPTED, generation)

    monkeypatch.setattr(GenerationService, "events", stopped)
    with pytest.raises(openai.APIError) as failed:
        list(connect(start(stand_in)).images.generate(**WISH))
    assert (failed.value.code, failed.value.type) == ("server_busy", "server_error")


@pytest.mark.parametrize(
    "problem", [EngineStopped, StorageUnavailable, StorageFull, GenerationFailed, ZeroDivisionError]
)
def test_an_error_in_a_stream_has_the_code_of_an_answer(start, stand_in, monkeypatch, problem):
    def fail(*_: object) -> None:
        raise problem("why not")

    server = start(stand_in)
    monkeypatch.setattr(FileMaker, "make_file", fail)
    answer = server.post("/v1/images/generations", json={**WISH, "stream": False}).json()["error"]
    event = server.post("/v1/images/generations", json=WISH).text
    assert json.loads(event.partition("data: ")[2])["error"] == answer


@pytest.mark.parametrize("problem", [GenerationFailed, ModelUnavailable, EngineUnavailable, ZeroDivisionError])
def test_so_has_the_end_of_a_drawing(start, stand_in, problem):
    def work() -> None:
        raise problem("why not")

    server = start(lambda: stand_in(work))
    answer = server.post("/v1/images/generations", json={**WISH, "stream": False}).json()["error"]
    event = server.post("/v1/images/generations", json=WISH).text
    assert json.loads(event.partition("data: ")[2])["error"] == answer
