import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import accelerate
import pytest
import torch
from _fidelity import deviation, draw, measure_error
from diffusers import FluxPipeline
from structlog.testing import capture_logs

from blazon.diffusion.buckets import Buckets, list_bucket_sizes
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.cpu_threads import count_cores, use_cores
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.loras.layers import LowRank
from blazon.diffusion.optimization import attention
from blazon.diffusion.optimization.compilation import count_compiled_graphs
from blazon.diffusion.optimization.measures import Level
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.optimization.warmup import warm_up
from blazon.diffusion.sampling.sequence import DiffusionRequest, Ticket
from blazon.diffusion.stepping import advance, start_sequence

LIMITS = EngineLimits(running=4, batch=4)
REQUEST = DiffusionRequest("a coffee roastery by the sea", 64, 64, steps=5, seed=11)
WAIT = 60


@pytest.fixture(autouse=True)
def fresh_compiler() -> Iterator[None]:
    """What is compiled, and what may still be, is one state of the whole process."""
    torch._dynamo.reset()
    use_cores(count_cores())  # compiled code holds for one number, and engines before may have left another
    yield
    torch.compiler.set_stance("default")


@pytest.fixture
def model(tiny_dev: Path) -> Flux1:
    """A model of its own: the switches change it for good."""
    pipeline = FluxPipeline.from_pretrained(tiny_dev)
    return Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)


@pytest.fixture
def untouched(dev_pipeline: FluxPipeline) -> Flux1:
    return Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)


class Counting:
    """A compiler that changes nothing and counts how often each batch size runs what it compiled."""

    def __init__(self) -> None:
        self.runs: list[int] = []

    def __call__(self, graph: torch.fx.GraphModule, _: list[torch.Tensor]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            self.runs.append(next(value.shape[0] for value in arguments if getattr(value, "ndim", 0) == 3))
            return graph(*arguments)

        return run


def compiled(model: Flux1, level: str, sizes: tuple[int, ...] = (64,)) -> Counting:
    compiler = Counting()
    report = optimize(model, level, LIMITS, backend=compiler)
    assert "compiled blocks" in report.applied
    assert warm_up(model, sizes, prompt="warm", steps=2).problem is None
    compiler.runs.clear()
    return compiler


def drawn_together(model: Flux1, requests: list[DiffusionRequest]) -> tuple[list[Any], EngineCounters]:
    """Return the pictures that an engine of the model's own draws, and what it counted."""
    engine = StepEngine(model, LIMITS)
    engine.start()
    try:
        pictures = [ticket.result(WAIT) for ticket in [engine.submit(request) for request in requests]]
    finally:
        engine.stop()
    return pictures, engine.counters


def requests(*steps: int, width: int = 64) -> list[DiffusionRequest]:
    return [DiffusionRequest("a fox", width, 64, count, seed=seed) for seed, count in enumerate(steps)]


def test_buckets_are_powers_of_two_up_to_the_largest_batch() -> None:
    assert [list_bucket_sizes(largest) for largest in (1, 2, 6, 8)] == [(1,), (1, 2), (1, 2, 4, 6), (1, 2, 4, 8)]


def test_a_batch_is_filled_up_to_the_next_warm_bucket() -> None:
    buckets = Buckets(8)
    assert [buckets.fit(count, "square") for count in (1, 3, 8)] == [1, 4, 8]
    buckets.seal()
    assert [buckets.fit(count, "square") for count in (1, 3, 5)] == [1, 4, 8]
    assert buckets.cold_passes == 0
    assert buckets.fit(3, "wide") == 3
    assert buckets.fit(2, "square") == 2
    assert buckets.cold_passes == 2


def test_off_changes_nothing(model: Flux1) -> None:
    report = optimize(model, "off", LIMITS)
    assert report.level is Level.OFF
    assert report.applied == []
    assert model.buckets is None
    assert model.skip_policy is None


def test_lossless_is_off_up_to_rounding(model: Flux1, untouched: Flux1) -> None:
    compiled(model, "lossless")
    error = measure_error(untouched, model, REQUEST)
    assert error.largest < 1e-5
    assert error.psnr > 60


def test_one_log_line_says_what_is_in_force_and_what_is_not(model: Flux1) -> None:
    with capture_logs() as logs:
        report = optimize(model, "max", LIMITS, backend="eager")
    (line,) = logs
    assert line["applied"] == report.applied
    assert report.applied == [
        "fused projections",
        "int8 weights",
        "native attention",
        "kept rotary embeddings",
        "compiled blocks",
        "step cache",
    ]
    assert line["passed_over"] == {
        "TF32": "only beside half precision on CUDA",
        "channels-last VAE": "its VAE has fewer channels than a CPU reads at once",
    }


def test_nothing_is_compiled_in_service(model: Flux1) -> None:
    compiler = compiled(model, "lossless")
    graphs = count_compiled_graphs()
    pictures, counters = drawn_together(model, requests(3, 5, 9, 4, 7, 6))
    assert len(pictures) == 6
    assert count_compiled_graphs() == graphs
    assert counters.cold_passes == 0
    # Compiled code did run, in batches of the buckets only.
    assert compiler.runs
    assert set(compiler.runs) <= {1, 2, 4}


def test_requests_with_loras_run_what_was_compiled_whichever_they_choose(model: Flux1) -> None:
    torch.manual_seed(0)
    for name, layer in (("ink", "transformer_blocks.0.ff.net.2"), ("retro", "single_transformer_blocks.0.proj_out")):
        linear = model.transformer.get_submodule(layer)
        down, up = torch.randn(2, linear.in_features), torch.randn(linear.out_features, 2)
        model.adapters.add(name, {layer: (LowRank(down, up),)})
    asked = [
        replace(REQUEST, loras=loras)
        for loras in ((("ink", 1.0),), (("ink", 0.4),), (("retro", 1.0),), (("ink", 0.4), ("retro", -1.0)), ())
    ]
    expected = [draw(model, request) for request in asked]
    compiler = compiled(model, "lossless")
    graphs = count_compiled_graphs()
    for request, plain in zip(asked, expected, strict=True):
        compiler.runs.clear()
        assert deviation(draw(model, request), plain).largest < 1e-5
        assert compiler.runs == [1] * 2 * REQUEST.steps
    assert len(drawn_together(model, asked)[0]) == len(asked)
    assert count_compiled_graphs() == graphs


def test_a_batch_that_is_filled_up_gives_the_same_pictures(model: Flux1, untouched: Flux1) -> None:
    compiler = compiled(model, "lossless")
    group = [start_sequence(model, Ticket(request), model.encode([request.prompt])) for request in requests(5, 5, 5)]
    for _ in range(5):
        advance(model, group)
    assert set(compiler.runs) == {4}
    for sequence in group:
        assert torch.allclose(sequence.latents, draw(untouched, sequence.request).latents, atol=1e-5)


def test_a_size_that_was_not_warmed_up_runs_uncompiled(model: Flux1) -> None:
    compiler = compiled(model, "lossless")
    graphs = count_compiled_graphs()
    _, counters = drawn_together(model, requests(3, width=96))
    assert compiler.runs == []
    assert count_compiled_graphs() == graphs
    assert counters.cold_passes == 3


def test_a_compiler_that_fails_is_done_without(model: Flux1, untouched: Flux1) -> None:
    def broken(graph: torch.fx.GraphModule, _: list[torch.Tensor]) -> Callable[..., Any]:
        raise RuntimeError("no room for the code")

    optimize(model, "lossless", LIMITS, backend=broken)
    with capture_logs() as logs:
        report = warm_up(model, [64], prompt="warm", steps=2)
    assert report.problem is not None
    assert "no room for the code" in logs[-1]["problem"]
    assert model.buckets is None
    assert measure_error(untouched, model, REQUEST).largest < 1e-5


def test_without_a_c_compiler_the_rest_still_applies(model: Flux1, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    report = optimize(model, "lossless", LIMITS, backend="inductor")
    assert report.passed_over["compiled blocks"] == "no C++ compiler is installed"
    assert "fused projections" in report.applied
    assert warm_up(model, [64], prompt="warm", steps=2).graphs == 0


def test_a_cpu_is_not_kept_busy_compiling_for_nothing(model: Flux1) -> None:
    report = optimize(model, "lossless", LIMITS)
    assert "CPU" in report.passed_over["compiled blocks"]
    assert model.buckets is None


def test_an_offloaded_model_is_left_as_it_is(model: Flux1, untouched: Flux1) -> None:
    accelerate.cpu_offload(model.transformer, execution_device=model.device)
    report = optimize(model, "max", LIMITS, backend="eager")
    assert report.applied == []
    assert "device" in report.passed_over["everything"]
    assert measure_error(untouched, model, REQUEST).largest == 0


def test_a_model_that_diffusers_offloads_is_left_as_it_is(model: Flux1) -> None:
    model.transformer.enable_group_offload(model.device, offload_type="leaf_level")
    assert "device" in optimize(model, "lossless", LIMITS, backend="eager").passed_over["everything"]


def test_a_pipeline_that_was_called_can_be_made_faster(model: Flux1) -> None:
    model.pipeline("a fox", height=64, width=64, num_inference_steps=1, max_sequence_length=64)
    report = optimize(model, "lossless", LIMITS, backend="eager")
    assert {"fused projections", "compiled blocks"} <= set(report.applied)


def test_no_bucket_is_larger_than_what_may_run(model: Flux1) -> None:
    optimize(model, "lossless", EngineLimits(running=2, batch=8), backend="eager")
    assert model.buckets is not None
    assert model.buckets.sizes == (1, 2)


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        (EngineLimits(running=4, batch=8), (1, 2, 4, 8)),
        (EngineLimits(running=2, batch=8), (1, 2, 4)),
        (EngineLimits(running=8, batch=4), (1, 2, 4)),
        (EngineLimits(running=1, batch=1), (1, 2)),
    ],
)
def test_buckets_have_room_for_the_rows_that_guide_and_for_no_more_than_the_engine_takes(
    model: Flux1, limits: EngineLimits, sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "guides", lambda scale: scale > 1)
    optimize(model, "lossless", limits, backend="eager")
    assert model.buckets is not None
    assert model.buckets.sizes == sizes


def test_fast_multiplies_in_8_bits_near_enough(model: Flux1, untouched: Flux1) -> None:
    report = optimize(model, "fast", LIMITS, backend="eager")
    assert "int8 weights" in report.applied
    error = measure_error(untouched, model, REQUEST)
    assert 0 < error.mean < 0.01
    assert model.skip_policy is None


def test_fast_without_torchao_says_so(model: Flux1, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchao.quantization", None)
    report = optimize(model, "fast", LIMITS, backend="eager")
    assert "torchao" in report.passed_over["8-bit products"]
    assert "compiled blocks" in report.applied


def test_projections_stay_apart_for_loras(model: Flux1) -> None:
    optimize(model, "lossless", LIMITS, adapters=True, backend="eager")
    assert hasattr(model.transformer.transformer_blocks[0].attn, "to_q")


def test_precise_drawing_still_works(model: Flux1, untouched: Flux1) -> None:
    compiled(model, "lossless")
    velocity = model.velocity
    model.velocity = lambda batch, *, precise=False: velocity(batch, precise=precise) * (1.0 if precise else torch.nan)  # type: ignore[method-assign]
    (picture,), _ = drawn_together(model, [REQUEST])
    assert abs(picture.astype(int) - draw(untouched, REQUEST).picture).max() <= 1


def test_the_same_drawing_has_no_deviation(untouched: Flux1) -> None:
    drawing = draw(untouched, REQUEST)
    assert deviation(drawing, drawing).psnr == float("inf")


def test_attention_on_a_cpu_is_the_plain_one() -> None:
    assert attention.find_fastest(torch.device("cpu"), torch.bfloat16, 2, 16) == "native"


# torch itself imports what it has deprecated when its compiler starts.
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_the_real_compiler_works(model: Flux1, untouched: Flux1) -> None:
    report = optimize(model, "lossless", EngineLimits(running=1, batch=1), backend="inductor")
    assert "compiled blocks" in report.applied
    warmed = warm_up(model, [64], prompt="warm", steps=2)
    assert warmed.problem is None
    assert warmed.graphs >= 2
    assert measure_error(untouched, model, REQUEST).largest < 1e-5
    assert count_compiled_graphs() >= warmed.graphs


def test_a_measure_that_fails_leaves_its_traceback_and_the_model(
    model: Flux1, untouched: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(_: Flux1) -> str:
        raise TypeError("a mistake")

    monkeypatch.setattr("blazon.diffusion.optimization.optimize._use_channels_last", mistaken)
    with capture_logs() as logs:
        report = optimize(model, "lossless", LIMITS, backend="eager")
    assert report.passed_over["channels-last VAE"] == "TypeError: a mistake"
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]
    assert measure_error(untouched, model, REQUEST).largest < 1e-5


def test_a_shape_without_memory_is_left_out_of_the_warm_up(model: Flux1, monkeypatch: pytest.MonkeyPatch) -> None:
    optimize(model, "lossless", LIMITS, backend="eager")
    velocity = model.velocity

    def small(batch: Any, *, precise: bool = False) -> torch.Tensor:
        if len(batch.latents) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return velocity(batch, precise=precise)

    model.velocity = small  # type: ignore[method-assign]
    with capture_logs() as logs:
        assert warm_up(model, [64], prompt="warm", steps=1).problem is None
    assert [line["batch"] for line in logs if line["event"] == "no memory to warm up"] == [4]
    model.velocity = velocity  # type: ignore[method-assign]
    pictures, _ = drawn_together(model, requests(3, 3))
    assert len(pictures) == 2
