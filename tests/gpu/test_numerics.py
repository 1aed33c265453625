"""Numbers on the GPU, with a tiny model of each family: precision, mixed batches, the whole way to pixels."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from _full_size import KINDS
from _gpu import load_tiny

from blazon.diffusion.devices import resolve_device
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.sequence import DiffusionRequest, Sequence, Ticket
from blazon.diffusion.stepping import gather_batch, start_sequence

REQUESTS = [
    DiffusionRequest(f"a fox, number {number}", 128, 128, 4 + number, 2.0 + number, number) for number in range(4)
]


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def model(request: pytest.FixtureRequest, kind: str, device: str) -> StepModel:
    return load_tiny(kind, resolve_device(device), getattr(torch, request.param))


@pytest.fixture
def engine(model: StepModel) -> Iterator[StepEngine]:
    engine = StepEngine(model, EngineLimits(running=4, batch=4))
    engine.start()
    yield engine
    engine.stop()


def _tolerance(model: StepModel) -> float:
    """Share of the largest value: rounding of 24 and of 8 bits, with room for sums in another order."""
    return 1e-4 if model.dtype is torch.float32 else 4e-2


def _sequences(model: StepModel) -> list[Sequence]:
    """Return sequences that stand at different steps, as in a mixed batch."""
    texts = [model.encode(model.list_prompts(request)) for request in REQUESTS]
    sequences = [start_sequence(model, Ticket(each), text) for each, text in zip(REQUESTS, texts, strict=True)]
    for number, sequence in enumerate(sequences):
        sequence.step = number
    return sequences


def test_a_mixed_batch_gives_each_sequence_what_it_gets_alone(model: StepModel) -> None:
    sequences = _sequences(model)
    together = model.velocity(gather_batch(sequences)).float()
    for number, sequence in enumerate(sequences):
        alone = model.velocity(gather_batch([sequence])).float()
        apart = (together[number] - alone[0]).abs().max() / alone.abs().max()
        assert float(apart) <= _tolerance(model)


def test_the_gpu_agrees_with_the_cpu(model: StepModel, kind: str) -> None:
    reference = load_tiny(kind, torch.device("cpu"), torch.float32)
    ours = model.velocity(gather_batch(_sequences(model))).float().cpu()
    theirs = reference.velocity(gather_batch(_sequences(reference)))
    assert float((ours - theirs).abs().max() / theirs.abs().max()) <= 2 * _tolerance(model)


def test_pictures_are_the_same_alone_and_together(engine: StepEngine) -> None:
    alone = [engine.submit(request).result(120).astype(int) for request in REQUESTS]
    tickets = [engine.submit(request) for request in REQUESTS]
    most = 0.5 if engine.model.dtype is torch.float32 else 4  # levels of 255, in the mean
    for picture, ticket in zip(alone, tickets, strict=True):
        assert np.abs(picture - ticket.result(120).astype(int)).mean() < most


def test_memory_on_the_gpu_is_given_back(engine: StepEngine, device: str) -> None:
    if not device.startswith("cuda"):
        pytest.skip("only CUDA counts its memory")
    engine.submit(REQUESTS[0]).result(120)
    before = torch.cuda.memory_allocated(engine.model.device)
    for ticket in [engine.submit(request) for request in REQUESTS * 4]:
        ticket.result(120)
    assert torch.cuda.memory_allocated(engine.model.device) <= before + 2**20
