"""Errors that nobody foresaw: one request fails and the engine goes on, or all fail and it takes no more work."""

import threading
from dataclasses import replace
from typing import Any

import pytest
import torch

from blazon.diffusion import engine as engine_module
from blazon.diffusion.engine import StepEngine
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.poison import is_poisoned
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.errors import EnginePoisoned, GenerationFailed

REQUEST = DiffusionRequest("a fox", 64, 64, steps=3)
WAIT = 60
# As torch words it, with what it says after the reason.
POISON = (
    "CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be asynchronously reported at some "
    "other API call, so the stacktrace below might be incorrect."
)


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError(POISON),
        RuntimeError(POISON),
        RuntimeError("CUDA error: device-side assert triggered"),
        RuntimeError("CUDA error: unspecified launch failure"),
        RuntimeError("CUDA error: misaligned address"),
        RuntimeError("CUDA error: uncorrectable ECC error encountered"),
        RuntimeError("CUDA error: uncorrectable NVLink error detected during the execution"),
        RuntimeError("CUDA error: the launch timed out and was terminated"),
        RuntimeError("CUDA error: hardware stack error"),
        RuntimeError("CUDA error: an illegal instruction was encountered"),
        RuntimeError("CUDA driver error: unknown error"),
        RuntimeError("Triton Error [CUDA]: an illegal memory access was encountered"),
        RuntimeError("HIP error: an illegal memory access was encountered"),
    ],
    ids=str,
)
def test_errors_that_last(error: Exception) -> None:
    assert is_poisoned(error)
    outer = ValueError("while decoding")
    outer.__cause__ = error
    assert is_poisoned(outer)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        torch.AcceleratorError("CUDA error: out of memory"),
        RuntimeError("CUDA error: invalid configuration argument"),
        RuntimeError("CUDA error: no kernel image is available for execution on the device"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied (1x2 and 3x4)"),
        RuntimeError("unknown error"),  # nobody says that it is the GPU's
        ValueError("CUDA error: misaligned address is what the prompt said"),
        KeyboardInterrupt(),
    ],
    ids=repr,
)
def test_errors_that_pass(error: BaseException) -> None:
    assert not is_poisoned(error)


def test_errors_that_were_raised_from_each_other_in_a_ring_end_the_search() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one
    assert not is_poisoned(one)


class Fault:
    """Lets a method raise at its n-th call and later, until it is mended."""

    def __init__(self, owner: Any, name: str, error: Exception, at: int = 1) -> None:
        self.usual, self.error, self.at, self.calls = getattr(owner, name), error, at, 0
        setattr(owner, name, self)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls >= self.at:
            raise self.error
        return self.usual(*arguments, **named)

    def mend(self) -> None:
        self.at = self.calls + 1_000_000


@pytest.mark.parametrize(
    ("part", "at"), [("encode", 1), ("velocity", 1), ("velocity", 2), ("decode", 1)], ids=lambda value: str(value)
)
def test_a_passing_error_fails_the_request_and_the_next_one_is_drawn(engine: StepEngine, part: str, at: int) -> None:
    owner = engine._encoder._conditioning if part == "encode" else engine.model
    fault = Fault(owner, "_encode" if part == "encode" else part, RuntimeError("shapes do not fit"), at)
    with pytest.raises(GenerationFailed, match="shapes do not fit"):
        engine.submit(REQUEST).result(WAIT)
    fault.mend()
    assert engine.submit(REQUEST).result(WAIT).shape == (64, 64, 3)
    assert engine.load == (0, 0)


def test_a_passing_error_of_one_shape_leaves_the_others_alone(engine: StepEngine) -> None:
    velocity = engine.model.velocity

    def fails_when_wide(batch: Any, *, precise: bool = False) -> torch.Tensor:
        if batch.latents.shape[1] > 16:
            raise RuntimeError("too wide")
        return velocity(batch, precise=precise)

    engine.model.velocity = fails_when_wide  # type: ignore[method-assign]
    wide = [engine.submit(replace(REQUEST, width=96, seed=seed)) for seed in (1, 2)]
    square = engine.submit(REQUEST)
    for ticket in wide:
        with pytest.raises(GenerationFailed, match="too wide"):
            ticket.result(WAIT)
    assert square.result(WAIT).shape == (64, 64, 3)


@pytest.mark.parametrize("part", ["encode", "velocity", "decode"])
def test_a_lasting_error_fails_all_and_the_engine_takes_no_more_work(engine: StepEngine, part: str) -> None:
    owner = engine._encoder._conditioning if part == "encode" else engine.model
    # Held until all six are there: four run at a time, so that two are waiting when the error comes.
    complete = threading.Event()
    fault = Fault(owner, "_encode" if part == "encode" else part, torch.AcceleratorError(POISON))
    submitted = engine._encoder._conditioning.get
    engine._encoder._conditioning.get = lambda prompt: complete.wait(WAIT) and submitted(prompt)  # type: ignore[method-assign]
    tickets = [engine.submit(replace(REQUEST, prompt=f"fox {seed}", seed=seed)) for seed in range(6)]
    complete.set()
    for ticket in tickets:
        with pytest.raises(EnginePoisoned, match=r"illegal memory access was encountered$"):
            ticket.result(WAIT)
    assert fault.calls
    with pytest.raises(EnginePoisoned):
        engine.submit(REQUEST)
    assert engine.load == (0, 0)


def test_memory_that_cannot_be_freed_after_a_lack_of_it_ends_no_thread_silently(
    engine: StepEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    Fault(engine.model, "velocity", torch.OutOfMemoryError("CUDA out of memory"))
    monkeypatch.setattr(engine_module, "free_cache", engine_module.free_cache)
    Fault(engine_module, "free_cache", torch.AcceleratorError(POISON))
    with pytest.raises(EnginePoisoned):
        engine.submit(REQUEST).result(WAIT)


def test_an_error_of_the_engine_itself_is_told_and_not_waited_for(engine: StepEngine) -> None:
    Fault(engine, "_next_group", ZeroDivisionError("a mistake"))
    with pytest.raises(EnginePoisoned, match="a mistake"):
        engine.submit(REQUEST).result(WAIT)
    with pytest.raises(EnginePoisoned):
        engine.submit(REQUEST)


def test_a_second_lack_of_memory_does_not_end_the_decoder(engine: StepEngine) -> None:
    fault = Fault(engine.model, "decode", torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(GenerationFailed, match="no memory is left to decode"):
        engine.submit(REQUEST).result(WAIT)
    fault.error = RuntimeError("another")  # raised where the decoder tries again in tiles
    fault.usual, first = lambda *_: None, [torch.OutOfMemoryError("CUDA out of memory")]
    engine.model.decode = lambda *_: (_ for _ in ()).throw(first.pop() if first else fault.error)  # type: ignore[method-assign]
    with pytest.raises(GenerationFailed, match="another"):
        engine.submit(REQUEST).result(WAIT)


class Pipeline:
    """A pipeline as the generic engine drives one, which fails when it is told to."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.hooks: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def set_progress_bar_config(self, **_: bool) -> None: ...

    def maybe_free_model_hooks(self) -> None:
        if self.hooks is not None:
            raise self.hooks

    def __call__(
        self,
        prompt: str,
        height: int,
        width: int,
        num_inference_steps: int,
        generator: torch.Generator,
        output_type: str,
    ) -> Any:
        assert self.open.wait(WAIT)
        if self.error is not None:
            raise self.error
        assert (bool(prompt), num_inference_steps, generator.device.type, output_type) == (True, 3, "cpu", "np")
        return type("Output", (), {"images": torch.zeros(1, height, width, 3).numpy()})


def test_the_generic_engine_tells_the_two_kinds_apart_too() -> None:
    pipeline = Pipeline()
    engine = GenericEngine(pipeline, name="stand-in")
    engine.start()
    pipeline.error = RuntimeError("shapes do not fit")
    with pytest.raises(GenerationFailed, match="shapes"):
        engine.submit(REQUEST).result(WAIT)
    pipeline.error = None
    assert engine.submit(REQUEST).result(WAIT).shape == (64, 64, 3)
    pipeline.error = torch.AcceleratorError(POISON)
    pipeline.open.clear()
    tickets = [engine.submit(REQUEST) for _ in range(3)]
    pipeline.open.set()
    for ticket in tickets:
        with pytest.raises(EnginePoisoned):
            ticket.result(WAIT)
    with pytest.raises(EnginePoisoned):
        engine.submit(REQUEST)
    engine.stop()


def test_a_pipeline_that_cannot_be_cleaned_up_is_not_drawn_with_again() -> None:
    pipeline = Pipeline()
    engine = GenericEngine(pipeline, name="stand-in")
    engine.start()
    pipeline.error, pipeline.hooks = RuntimeError("shapes do not fit"), RuntimeError("stuck")
    with pytest.raises(EnginePoisoned, match="stuck"):
        engine.submit(REQUEST).result(WAIT)
    with pytest.raises(EnginePoisoned):
        engine.submit(REQUEST)
    engine.stop()
