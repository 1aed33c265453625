"""Pictures whose numbers overflow are drawn again in float32, and the weights are afterwards what they were."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import gguf
import numpy as np
import pytest
import torch

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.loading.pipelines import load_step_model
from blazon.diffusion.loras.layers import LowRank
from blazon.diffusion.memory.footprint import Form, Offload, Quantisation, TextEncoder
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, Ticket
from blazon.diffusion.stepping import advance, start_sequence
from blazon.errors import GenerationFailed

CPU = torch.device("cpu")
REQUEST = DiffusionRequest("a coffee roastery by the sea", 64, 64, steps=3, seed=11)
WAIT = 60
HALF = Form("cpu", "bfloat16")


def load(folder: Path, form: Form = HALF) -> Flux1:
    return load_step_model(inspect_model(ModelSource(folder)), MemoryPlan("tiny", form, 4, 0, 0), CPU)


@contextmanager
def running(model: Flux1) -> Iterator[StepEngine]:
    engine = StepEngine(model, EngineLimits(running=4, batch=4))
    engine.start()
    yield engine
    engine.stop()


def draw(model: Flux1, request: DiffusionRequest = REQUEST) -> Bitmap:
    with running(model) as engine:
        return engine.submit(request).result(WAIT)


def distance(one: Bitmap, other: Bitmap) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def overflow(model: Flux1) -> Callable[[], None]:
    """Let the model return numbers that are not finite unless it is precise; return how to end that."""
    velocity = model.velocity

    def overflowing(batch: Batch, *, precise: bool = False) -> torch.Tensor:
        return velocity(batch, precise=precise) * (1.0 if precise else torch.nan)

    model.velocity = overflowing  # type: ignore[method-assign]
    return lambda: setattr(model, "velocity", velocity)


def numbers(weight: torch.Tensor) -> torch.Tensor:
    """Return what a weight stands for, unpacked if its class packs it."""
    packed = type(weight).dequantize is not torch.Tensor.dequantize
    return (weight.dequantize() if packed else weight.detach().as_subclass(torch.Tensor)).clone()


def snapshot(model: Flux1) -> dict[str, tuple[type, torch.dtype, torch.Tensor]]:
    weights = model.transformer.named_parameters()
    return {name: (type(weight), weight.dtype, numbers(weight)) for name, weight in weights}


def assert_unchanged(model: Flux1, before: dict[str, tuple[type, torch.dtype, torch.Tensor]]) -> None:
    after = snapshot(model)
    assert after.keys() == before.keys()
    for name, (kind, dtype, values) in after.items():
        assert (kind, dtype) == before[name][:2], name
        assert values.device.type == "meta" or torch.equal(values, before[name][2]), name


class NoRoom:
    """Simulates that no memory is left for the n-th weight that is converted to a wider type."""

    def __init__(self, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.conversions, self.to = at, 0, torch.Tensor.to
        monkeypatch.setattr(torch.Tensor, "to", lambda tensor, *how, **named: self.convert(tensor, *how, **named))

    def convert(self, tensor: torch.Tensor, *how: Any, **named: Any) -> torch.Tensor:
        wide = torch.float32 in how or named.get("dtype") is torch.float32
        if wide and isinstance(tensor, torch.nn.Parameter) and tensor.dtype is not torch.float32:
            self.conversions += 1
            if self.conversions == self.at:
                raise torch.OutOfMemoryError("CUDA out of memory")
        return self.to(tensor, *how, **named)


def write_gguf(folder: Path) -> None:
    """Replace the transformer of a folder by the same as GGUF, in 8 bits where that fits."""
    transformer = diffusers.FluxTransformer2DModel.from_pretrained(folder / "transformer")
    writer = gguf.GGUFWriter(str(folder / "transformer" / "tiny.gguf"), "flux")
    for name, tensor in transformer.state_dict().items():
        numbers = tensor.numpy()
        if numbers.ndim == 2 and numbers.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (folder / "transformer" / "diffusion_pytorch_model.safetensors").unlink()


@pytest.fixture(scope="module")
def exact(tiny_dev: Path) -> Bitmap:
    """The picture as float32 draws it."""
    return draw(load(tiny_dev, Form("cpu", "float32")))


def test_a_picture_that_really_overflows_in_half_precision_is_drawn(tiny_dev: Path) -> None:
    model, wide = load(tiny_dev, Form("cpu", "float16")), load(tiny_dev, Form("cpu", "float32"))
    for one in (model, wide):
        # What 16 bits can hold ends at 65504; the layer norms behind it make any size an ordinary one again.
        one.transformer.x_embedder.weight.data *= 60_000
    before = snapshot(model)
    with running(model) as engine:
        drawn = engine.submit(REQUEST).result(WAIT)
        assert engine.counters.retried == 1
    assert distance(drawn, draw(wide)) < 1
    assert_unchanged(model, before)


FORMS = {
    "half": HALF,
    "fp16": Form("cpu", "float16"),
    "int8": Form("cpu", "bfloat16", Quantisation.INT8),
    "fp8": Form("cpu", "bfloat16", Quantisation.FP8),
    "gguf": Form("cpu", "bfloat16", Quantisation.GGUF),
    "offloaded whole": replace(HALF, offload=Offload.MODEL),
    "offloaded by layers": replace(HALF, text_encoder=TextEncoder.CPU, offload=Offload.SEQUENTIAL),
}


@pytest.fixture(params=FORMS)
def model(request: pytest.FixtureRequest, tiny_dev: Path, tmp_path: Path) -> Flux1:
    form = FORMS[request.param]
    folder = Path(shutil.copytree(tiny_dev, tmp_path / "copy"))
    if form.quantisation is Quantisation.GGUF:
        write_gguf(folder)
    return load(folder, form)


def test_weights_in_every_form_draw_precisely_and_stay_as_they_are(model: Flux1, exact: Bitmap) -> None:
    usual, before = draw(model), snapshot(model)
    end = overflow(model)
    seen: list[torch.dtype] = []
    model.transformer.proj_out.register_forward_hook(lambda _, __, output: seen.append(output.dtype))
    assert distance(draw(model), exact) < 3
    assert seen[REQUEST.steps :] == [torch.float32] * REQUEST.steps
    end()
    assert_unchanged(model, before)
    assert np.array_equal(draw(model), usual)


@pytest.mark.parametrize("at", [1, 9, 40])
def test_memory_that_runs_out_in_the_middle_fails_the_picture_and_no_other(
    at: int, model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, before = draw(model), snapshot(model)
    end = overflow(model)
    with running(model) as engine:
        with monkeypatch.context() as patch:
            room = NoRoom(at, patch)
            ticket = engine.submit(REQUEST)
            if ticket.future.exception(WAIT) is None:
                assert room.conversions < at  # packed weights are not converted by `to`
            else:
                with pytest.raises(GenerationFailed, match="memory"):
                    ticket.result()
        end()
        assert np.array_equal(engine.submit(REQUEST).result(WAIT), usual)
    assert_unchanged(model, before)


def test_memory_that_runs_out_for_a_precise_picture_leaves_the_batches_as_large_as_they_were(
    tiny_dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(tiny_dev)
    overflow(model)
    NoRoom(9, monkeypatch)
    with running(model) as engine:
        tickets = [engine.submit(replace(REQUEST, seed=seed)) for seed in range(4)]
        failed = [ticket.future.exception(WAIT) for ticket in tickets]
        assert [type(error) for error in failed if error is not None] == [GenerationFailed]
        assert engine._batch_limit == 4


def test_what_is_compiled_and_made_for_half_precision_is_left_aside(tiny_dev: Path) -> None:
    from diffusers.models.attention_dispatch import AttentionBackendName

    model = load(tiny_dev)
    optimize(model, "lossless", EngineLimits(running=1, batch=1), backend=lambda *_: pytest.fail("was compiled"))
    processors = {
        name: module.processor for name, module in model.transformer.named_modules() if hasattr(module, "processor")
    }
    for processor in processors.values():
        processor._attention_backend = "for half precision only"
    used: list[Any] = []
    model.transformer.proj_out.register_forward_hook(
        lambda *_: used.extend(processor._attention_backend for processor in processors.values())
    )
    with torch.inference_mode():
        sequence = start_sequence(model, Ticket(REQUEST), model.encode([REQUEST.prompt]), precise=True)
        while not sequence.done:
            advance(model, [sequence])
    assert used == [AttentionBackendName.NATIVE] * len(processors) * REQUEST.steps
    assert {processor._attention_backend for processor in processors.values()} == {"for half precision only"}


def test_loras_are_as_wide_as_the_rest(tiny_dev: Path) -> None:
    model, layer = load(tiny_dev), "single_transformer_blocks.0.proj_out"
    linear = model.transformer.get_submodule(layer)
    down, up = torch.ones(2, linear.in_features) * 0.1, torch.ones(linear.out_features, 2) * 0.1
    model.adapters.add("ink", {layer: (LowRank(down, up).to(CPU, torch.bfloat16),)})
    given: list[torch.dtype] = []
    linear.register_forward_hook(lambda *call: given.append(call[2].dtype))
    request, before = replace(REQUEST, loras=(("ink", 1.0),)), snapshot(model)
    plain = draw(model)
    overflow(model)
    drawn = draw(model, request)
    assert given[-1] is torch.float32
    assert distance(drawn, plain) > 1
    assert_unchanged(model, before)
