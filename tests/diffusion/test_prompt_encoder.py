"""Texts are encoded ahead of the steps and beside them; what happens to them happens to their requests only."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import FluxPipeline

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.prompt_encoder import PromptEncoder
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.sequence import DiffusionRequest, RequestCancelled
from blazon.errors import EnginePoisoned, EngineStopped

REQUEST = DiffusionRequest("a fox", 64, 64, steps=3, seed=5)
WAIT = 60


class Watched(Flux1):
    """Notes the texts that it encodes and whether a step is under way then; a test may hold either."""

    def __init__(self, pipeline: FluxPipeline) -> None:
        self.encoded: list[str] = []
        self.calls: list[int] = []  # how many texts each encoded
        self.beside_steps = 0
        self.reading, self.stepping = threading.Semaphore(0), threading.Semaphore(0)
        self.may_read, self.may_step = threading.Event(), threading.Event()
        self._in_step = False
        super().__init__(pipeline, name="watched", device=torch.device("cpu"), max_tokens=16)

    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        self.beside_steps += self._in_step
        self.encoded += prompts
        self.calls.append(len(prompts))
        self.reading.release()
        assert self.may_read.wait(WAIT)
        return super().encode(prompts)

    def velocity(self, batch: Batch, *, precise: bool = False) -> torch.Tensor:
        self._in_step = True
        self.stepping.release()
        assert self.may_step.wait(WAIT)
        found = super().velocity(batch, precise=precise)
        self._in_step = False
        return found

    def let_go(self) -> None:
        self.may_read.set()
        self.may_step.set()


@pytest.fixture
def model(tiny_dev: Path) -> Iterator[Watched]:
    pipeline = FluxPipeline.from_pretrained(tiny_dev)
    pipeline.set_progress_bar_config(disable=True)
    model = Watched(pipeline)
    model.may_read.set()
    yield model
    model.let_go()


@pytest.fixture
def started() -> Iterator[list[StepEngine]]:
    engines: list[StepEngine] = []
    yield engines
    for engine in engines:
        engine.stop()


def start(started: list[StepEngine], model: Watched, limits: EngineLimits) -> StepEngine:
    engine = StepEngine(model, limits)
    engine.start()
    started.append(engine)
    return engine


def prompts(count: int) -> list[DiffusionRequest]:
    return [replace(REQUEST, prompt=f"fox {number}") for number in range(count)]


def test_a_text_is_encoded_while_another_request_is_in_its_step(model: Watched, started: list[StepEngine]) -> None:
    engine = start(started, model, EngineLimits())
    first = engine.submit(REQUEST)
    assert model.stepping.acquire(timeout=WAIT)
    assert model.reading.acquire(timeout=WAIT)
    second = engine.submit(replace(REQUEST, prompt="an owl"))
    assert model.reading.acquire(timeout=WAIT)  # with the step still held
    model.let_go()
    assert first.result(WAIT).shape == second.result(WAIT).shape
    assert model.beside_steps == 1


def test_texts_that_come_while_others_are_drawn_are_encoded_together(
    model: Watched, started: list[StepEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blazon.diffusion.engine._COMPANY", float(WAIT))
    engine = start(started, model, EngineLimits(texts=2))
    first = engine.submit(REQUEST)  # for which there is nothing to wait
    assert model.stepping.acquire(timeout=WAIT)
    tickets = [first, *(engine.submit(request) for request in prompts(2))]
    assert model.reading.acquire(timeout=WAIT)
    assert model.reading.acquire(timeout=WAIT)  # with the step still held
    assert model.calls == [1, 2]
    model.let_go()
    for ticket in tickets:
        assert ticket.result(WAIT).shape == (64, 64, 3)


def test_a_text_that_is_remembered_waits_for_no_other(
    model: Watched, started: list[StepEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blazon.diffusion.engine._COMPANY", float(WAIT))
    engine = start(started, model, EngineLimits())
    model.let_go()
    beside = threading.Event()
    first = engine.submit(replace(REQUEST, steps=10_000), lambda _: beside.set())
    assert beside.wait(WAIT)
    assert engine.submit(replace(REQUEST, seed=REQUEST.seed + 1)).result(WAIT / 2).shape == (64, 64, 3)
    first.cancel()
    assert model.calls == [1]


def test_where_one_text_is_encoded_at_a_time_none_waits_for_another(
    model: Watched, started: list[StepEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blazon.diffusion.engine._COMPANY", float(WAIT))
    engine = start(started, model, EngineLimits(texts=1))
    first = engine.submit(REQUEST)
    assert model.stepping.acquire(timeout=WAIT)
    second = engine.submit(replace(REQUEST, prompt="an owl"))
    assert model.reading.acquire(timeout=WAIT)
    assert model.reading.acquire(timeout=WAIT / 2)  # with the step still held
    model.let_go()
    assert first.result(WAIT).shape == second.result(WAIT).shape


def test_where_parts_take_turns_on_the_device_texts_are_encoded_between_steps(
    model: Watched, started: list[StepEngine]
) -> None:
    engine = start(started, model, EngineLimits(running=2, texts=3, texts_beside=False))
    model.may_step.set()
    tickets = [engine.submit(request) for request in prompts(9)]
    for ticket in tickets:
        assert ticket.result(WAIT).shape == (64, 64, 3)
    assert model.beside_steps == 0
    assert sorted(model.encoded) == [request.prompt for request in prompts(9)]
    assert engine.load == (0, 0)


def test_few_texts_are_encoded_ahead_of_a_place(model: Watched, started: list[StepEngine]) -> None:
    engine = start(started, model, EngineLimits(running=1, texts=2))
    tickets = [engine.submit(request) for request in prompts(9)]
    assert model.stepping.acquire(timeout=WAIT)  # the first, whose step is held
    with engine._wake:
        assert engine._wake.wait_for(lambda: len(engine._ready) == 2, WAIT)
        assert len(model.encoded) == 3
    model.let_go()
    for ticket in tickets:
        assert ticket.result(WAIT).shape == (64, 64, 3)
    assert engine.load == (0, 0)


def test_the_text_of_a_cancelled_request_is_not_encoded(model: Watched, started: list[StepEngine]) -> None:
    model.may_read.clear()
    engine = start(started, model, EngineLimits())
    first = engine.submit(REQUEST)
    assert model.reading.acquire(timeout=WAIT)
    cancelled, last = engine.submit(replace(REQUEST, prompt="gone")), engine.submit(replace(REQUEST, prompt="last"))
    cancelled.cancel()
    model.let_go()
    with pytest.raises(RequestCancelled):
        cancelled.result(WAIT)
    assert first.result(WAIT).shape == last.result(WAIT).shape
    assert model.encoded == ["a fox", "last"]


def test_a_request_that_is_cancelled_while_its_text_is_encoded_is_not_drawn(
    model: Watched, started: list[StepEngine]
) -> None:
    model.may_read.clear()
    engine = start(started, model, EngineLimits())
    ticket = engine.submit(REQUEST)
    assert model.reading.acquire(timeout=WAIT)
    ticket.cancel()
    model.let_go()
    with pytest.raises(RequestCancelled):
        ticket.result(WAIT)
    assert engine.counters.steps == 0


def test_stopping_ends_requests_whose_texts_are_encoded_or_wait_for_it(
    model: Watched, started: list[StepEngine]
) -> None:
    model.may_read.clear()
    engine = start(started, model, EngineLimits(texts=1))
    tickets = [engine.submit(request) for request in prompts(4)]
    assert model.reading.acquire(timeout=WAIT)
    stopping = threading.Thread(target=engine.stop)
    stopping.start()
    for ticket in tickets:
        with pytest.raises(EngineStopped):
            ticket.result(WAIT)  # also the one whose text takes long: nobody waits for that any more
    model.let_go()
    stopping.join(WAIT)
    assert not stopping.is_alive()
    assert engine.load == (0, 0)


def test_without_its_thread_the_engine_takes_no_more_work(
    model: Watched, started: list[StepEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TypeError("a mistake")

    monkeypatch.setattr(PromptEncoder, "encode", fail)
    engine = start(started, model, EngineLimits(texts=2))
    tickets = []
    for request in prompts(5):
        try:
            tickets.append(engine.submit(request))
        except EnginePoisoned:
            break
    assert tickets
    for ticket in tickets:
        with pytest.raises(EnginePoisoned, match="a mistake"):
            ticket.result(WAIT)
    with pytest.raises(EnginePoisoned):
        engine.submit(REQUEST)
    assert engine.load == (0, 0)
