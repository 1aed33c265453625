"""Random schedules of arrivals, sizes, steps, cancellations and deadlines against a real engine."""

import gc
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
from _tiny_flux import save_tiny_flux
from diffusers import FluxPipeline
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, RequestCancelled, Sequence, Ticket
from blazon.errors import DeadlineExceeded
from blazon.garbage import collect

WAIT = 60


@cache
def model() -> Flux1:
    with tempfile.TemporaryDirectory() as folder:
        pipeline = FluxPipeline.from_pretrained(save_tiny_flux(Path(folder)))
    pipeline.set_progress_bar_config(disable=True)
    return Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=16)


@cache
def drawn_alone(request: DiffusionRequest) -> Bitmap:
    engine = StepEngine(model(), EngineLimits(running=1, batch=1))
    engine.start()
    try:
        return engine.submit(request).result(WAIT)
    finally:
        engine.stop()


class Schedules(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.tickets: list[Ticket] = []

    @initialize(running=st.integers(1, 5), batch=st.integers(1, 4))
    def begin(self, running: int, batch: int) -> None:
        self.engine = StepEngine(model(), EngineLimits(running=running, batch=batch, conditionings=2))
        self.engine.start()

    @rule(
        side=st.sampled_from([32, 48, 64]),
        steps=st.integers(1, 6),
        seed=st.integers(0, 3),
        prompt=st.sampled_from("abc"),
    )
    def arrive(self, side: int, steps: int, seed: int, prompt: str) -> None:
        self.tickets.append(self.engine.submit(DiffusionRequest(prompt * 3, side, 32, steps, 2.0 + seed, seed)))

    @rule()
    def arrive_too_late(self) -> None:
        self.tickets.append(self.engine.submit(DiffusionRequest("late", 32, 32, 4, deadline=time.monotonic() - 1)))

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.tickets)).cancel()

    @rule(milliseconds=st.integers(0, 8))
    def let_it_run(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def wait_for_one(self, data: st.DataObject) -> None:
        self.settle(data.draw(st.sampled_from(self.tickets)))

    def settle(self, ticket: Ticket) -> None:
        """Every request ends in exactly one way, and a picture is the one that it would be alone."""
        try:
            picture = ticket.result(WAIT)
        except RequestCancelled:
            assert ticket.cancelled
        except DeadlineExceeded:
            assert ticket.expired
        else:
            difference = np.abs(picture.astype(int) - drawn_alone(ticket.request).astype(int))
            assert difference.max() <= 1

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        for ticket in self.tickets:
            self.settle(ticket)
        self.engine.stop()
        assert self.engine.load == (0, 0)
        # With a sequence go its tensors. Only this engine's count: other tests may leave some to the collector.
        collect()
        mine = {id(ticket) for ticket in self.tickets}
        assert not [item for item in gc.get_objects() if type(item) is Sequence and id(item.ticket) in mine]


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, phases=[Phase.explicit, Phase.generate]
)
