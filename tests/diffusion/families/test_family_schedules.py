"""Random arrivals, steps, guidances, texts and cancellations in every family against the real engine."""

import threading
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, RequestCancelled, Ticket

from .cases import CASES, call_pipeline, make_model

WAIT = 60

requests = st.builds(
    DiffusionRequest,
    prompt=st.sampled_from(["owl", "a fox by the sea"]),
    width=st.sampled_from([32, 48]),
    height=st.just(32),
    steps=st.integers(2, 5),
    guidance=st.sampled_from([0.0, 1.0, 4.5]),
    seed=st.integers(0, 1),
)


class Arrivals:
    """Sends requests one by one, each after a step of one that came before, so that all join at other times."""

    def __init__(self, engine: StepEngine, wanted: list[DiffusionRequest], cancelled: set[int]) -> None:
        self.engine, self.wanted, self.cancelled = engine, wanted, cancelled
        self.tickets: list[Ticket] = []
        self._one_at_a_time = threading.Lock()

    def bring_next(self, _: Progress | None = None) -> None:
        with self._one_at_a_time:
            number = len(self.tickets)
            if number < len(self.wanted):
                self.tickets.append(self.engine.submit(self.wanted[number], self.bring_next))
                if number in self.cancelled:
                    self.tickets[number].cancel()


@cache
def draw_alone(name: str, request: DiffusionRequest) -> Any:
    return (call_pipeline(name, request) * 255).round().numpy()


@pytest.mark.parametrize("name", CASES)
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    wanted=st.lists(requests, min_size=2, max_size=6),
    cancelled=st.sets(st.integers(1, 5), max_size=2),
    running=st.integers(1, 4),
)
def test_whoever_comes_when_gets_the_picture_of_the_pipeline(
    name: str, wanted: list[DiffusionRequest], cancelled: set[int], running: int
) -> None:
    # Before the engine has the same model: the VAE of Qwen-Image is for one call at a time.
    expected = [draw_alone(name, request) for request in wanted]
    engine = StepEngine(make_model(name), EngineLimits(running=running, batch=running, conditionings=2))
    engine.start()
    try:
        arrivals = Arrivals(engine, wanted, cancelled)
        arrivals.bring_next()
        for number in range(len(wanted)):
            while len(arrivals.tickets) <= number:  # its turn comes with a step, or with nobody left to step
                settle(arrivals.tickets[-1])
                arrivals.bring_next()
            picture = settle(arrivals.tickets[number])
            if picture is None:
                assert number in cancelled
            else:
                assert np.abs(picture.astype(int) - expected[number]).max() <= 1
    finally:
        engine.stop()
    assert engine.load == (0, 0)


def settle(ticket: Ticket) -> Any:
    """Return the picture of a ticket, None if it was cancelled."""
    try:
        return ticket.result(WAIT)
    except RequestCancelled:
        return None
