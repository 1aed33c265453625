from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import FluxPipeline
from safetensors.torch import save_file

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.loras.adapters import Adapters, Chosen, load_loras
from blazon.diffusion.loras.specs import LoraSpec
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest
from blazon.errors import InvalidBrief

REQUEST = DiffusionRequest("a coffee roastery by the sea", 64, 64, steps=3, seed=11)
WAIT = 60


def save_lora(path: Path, pipeline: FluxPipeline, *, seed: int, text: bool = False) -> Path:
    """Write a random LoRA of rank 2 for a pipeline, in the layout of diffusers."""
    parts = {"transformer": pipeline.transformer, **({"text_encoder": pipeline.text_encoder} if text else {})}
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for part, model in parts.items():
        for name, module in model.named_modules():
            if name.endswith(("to_q", "to_v", "q_proj", "v_proj")):
                down, up = (
                    torch.randn(2, module.in_features, generator=generator),
                    torch.randn(module.out_features, 2, generator=generator),
                )
                weights[f"{part}.{name}.lora_A.weight"], weights[f"{part}.{name}.lora_B.weight"] = down, up
    save_file(weights, path)
    return path


def flux(folder: Path) -> FluxPipeline:
    pipeline = FluxPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture
def pipeline(tiny_dev: Path) -> FluxPipeline:
    """A pipeline that may be changed."""
    return flux(tiny_dev)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, tiny_dev: Path) -> tuple[LoraSpec, ...]:
    folder, pipeline = tmp_path_factory.mktemp("loras"), flux(tiny_dev)
    return (
        LoraSpec("ink", save_lora(folder / "ink.safetensors", pipeline, seed=1)),
        LoraSpec("retro", save_lora(folder / "retro.safetensors", pipeline, seed=2), 0.8),
    )


@pytest.fixture
def engine(pipeline: FluxPipeline, files: tuple[LoraSpec, ...]) -> Iterator[StepEngine]:
    model = Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
    model.adapters = load_loras(pipeline, files)
    engine = StepEngine(model, EngineLimits(running=4, batch=4))
    engine.start()
    yield engine
    engine.stop()


def drawn(engine: StepEngine, *loras: tuple[str, float]) -> Bitmap:
    return engine.submit(replace(REQUEST, loras=loras)).result(WAIT)


def apart(one: Bitmap, other: Bitmap) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def test_without_loras_and_at_scale_zero_the_model_is_itself(engine: StepEngine, tiny_dev: Path) -> None:
    plain = StepEngine(Flux1(flux(tiny_dev), name="plain", device=torch.device("cpu"), max_tokens=64), EngineLimits())
    plain.start()
    untouched = drawn(plain)
    plain.stop()
    assert apart(drawn(engine), untouched) == 0
    assert apart(drawn(engine, ("ink", 1.0)), untouched) > 1
    assert apart(drawn(engine, ("ink", 0.0)), untouched) == 0
    assert apart(drawn(engine), untouched) == 0


def test_requests_with_different_loras_do_not_influence_each_other(engine: StepEngine) -> None:
    choices = [(), (("ink", 1.0),), (("retro", 0.8),), (("ink", 1.0), ("retro", 0.8))]
    alone = [drawn(engine, *choice) for choice in choices]
    assert all(apart(one, other) > 1 for place, one in enumerate(alone) for other in alone[:place])
    tickets = [engine.submit(replace(REQUEST, loras=choice)) for choice in choices]
    for ticket, picture in zip(tickets, alone, strict=True):
        assert apart(ticket.result(WAIT), picture) <= 1


@pytest.mark.parametrize(
    ("loras", "complaint"),
    [
        ((("oil", 1.0),), "no LoRA 'oil'; loaded are: ink, retro"),
        ((("ink", 1.0), ("ink", 0.5)), "'ink' is named twice"),
        ((("ink", 11.0),), "must be from -10 to 10"),
        ((("ink", float("nan")),), "must be from -10 to 10"),
    ],
)
def test_loras_that_cannot_be_used_are_refused_before_anything_is_drawn(
    engine: StepEngine, loras: tuple[tuple[str, float], ...], complaint: str
) -> None:
    with pytest.raises(InvalidBrief, match=complaint):
        engine.submit(replace(REQUEST, loras=loras))
    assert engine.load == (0, 0)
    assert engine.counters.steps == 0


def test_a_model_without_loras_says_how_to_load_some(pipeline: FluxPipeline) -> None:
    with pytest.raises(InvalidBrief, match="set LORAS"):
        Adapters(pipeline.transformer).check((("ink", 1.0),))


def test_the_part_for_the_text_encoder_is_left_out(pipeline: FluxPipeline, tmp_path: Path, tiny_dev: Path) -> None:
    spec = LoraSpec("words", save_lora(tmp_path / "words.safetensors", pipeline, seed=3, text=True))
    plain = Flux1(flux(tiny_dev), name="plain", device=torch.device("cpu"), max_tokens=64).encode(["a fox"])[0]
    adapters = load_loras(pipeline, [spec])
    adapters.use((("words", 1.0),))
    encoded = Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64).encode(["a fox"])[0]
    assert torch.equal(encoded.pooled, plain.pooled)


def test_loras_work_beside_quantised_weights(pipeline: FluxPipeline, files: tuple[LoraSpec, ...]) -> None:
    quantization = pytest.importorskip("torchao.quantization")
    quantization.quantize_(pipeline.transformer, quantization.Int8WeightOnlyConfig())
    engines = []
    for specs in ((), files):
        model = Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
        model.adapters = load_loras(pipeline, specs)
        engines.append(StepEngine(model, EngineLimits()))
        engines[-1].start()
        if not specs:
            plain = drawn(engines[0])
    assert apart(drawn(engines[1]), plain) == 0
    assert apart(drawn(engines[1], ("ink", 1.0)), plain) > 1
    for engine in engines:
        engine.stop()


def test_the_reason_why_a_lora_is_missing_is_told_to_who_asks_for_it(
    pipeline: FluxPipeline, files: tuple[LoraSpec, ...], tmp_path: Path
) -> None:
    bad = LoraSpec("bad", tmp_path / "bad.safetensors")
    adapters = load_loras(pipeline, [files[0], bad])
    assert adapters.names == ("ink",)
    with pytest.raises(InvalidBrief, match=r"'bad' cannot be used: there is no file .*bad\.safetensors"):
        adapters.check((("bad", 1.0),))
    adapters.check((("ink", 1.0),))


def test_loras_of_a_compiled_model_can_be_chosen(pipeline: FluxPipeline, files: tuple[LoraSpec, ...]) -> None:
    model = Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
    model.adapters = load_loras(pipeline, files)
    choices: list[Chosen] = [(), (("ink", 1.0),), (("ink", 0.5), ("retro", 1.0)), (("ink", 0.3),)]
    plain: list[Bitmap] = []
    compiled: list[Bitmap] = []
    for pictures in (plain, compiled):
        engine = StepEngine(model, EngineLimits())
        engine.start()
        pictures += [drawn(engine, *choice) for choice in choices]
        engine.stop()
        pipeline.transformer.compile_repeated_blocks(fullgraph=True, dynamic=False, backend="eager")
    for one, other in zip(plain, compiled, strict=True):
        assert apart(one, other) <= 1


def test_the_generic_engine_draws_with_loras_too(tiny_dev: Path, files: tuple[LoraSpec, ...], tmp_path: Path) -> None:
    pipeline = flux(tiny_dev)
    bad = LoraSpec("bad", tmp_path / "bad.safetensors")
    engine = GenericEngine(pipeline, name="tiny", adapters=load_loras(pipeline, [*files, bad]))
    assert engine.capabilities.loras
    engine.start()
    plain, changed, again = (
        engine.submit(replace(REQUEST, loras=choice)).result(WAIT) for choice in ((), (("ink", 1.0),), ())
    )
    with pytest.raises(InvalidBrief, match="'bad' cannot be used"):
        engine.submit(replace(REQUEST, loras=(("bad", 1.0),)))
    engine.stop()
    assert apart(changed, plain) > 1
    assert apart(again, plain) == 0


def test_a_pipeline_without_a_denoiser_of_its_own_takes_none(files: tuple[LoraSpec, ...]) -> None:
    class Cascade:
        transformer = None

    adapters = load_loras(Cascade(), files)
    assert adapters.refused == dict.fromkeys(("ink", "retro"), "a Cascade takes no LoRAs")
