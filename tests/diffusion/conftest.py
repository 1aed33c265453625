from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from _tiny_flux import save_tiny_flux
from diffusers import FluxPipeline

from blazon.diffusion import registry as registry_module
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.registry import ModelRegistry

from .fake_models import Memory, made


@pytest.fixture(scope="session")
def tiny_dev(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny FLUX of the kind of FLUX.1-dev, on disk."""
    return save_tiny_flux(tmp_path_factory.mktemp("tiny") / "dev")


@pytest.fixture(scope="session")
def tiny_schnell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny FLUX of the kind of FLUX.1-schnell, on disk."""
    return save_tiny_flux(tmp_path_factory.mktemp("tiny") / "schnell", guidance=False, dynamic_shift=False)


def loaded(folder: Path) -> FluxPipeline:
    pipeline = FluxPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="session")
def dev_pipeline(tiny_dev: Path) -> FluxPipeline:
    return loaded(tiny_dev)


@pytest.fixture(scope="session")
def schnell_pipeline(tiny_schnell: Path) -> FluxPipeline:
    return loaded(tiny_schnell)


@pytest.fixture
def engine(dev_pipeline: FluxPipeline) -> Iterator[StepEngine]:
    model = Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
    engine = StepEngine(model, EngineLimits(running=4, batch=4, texts=4))
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def nothing_to_collect(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare fake engines the collection of garbage, any rest, and a stay for what their load took, which is chance."""
    if "tiny_dev" not in request.fixturenames:
        monkeypatch.setattr(registry_module, "release_memory", lambda: None)
        monkeypatch.setattr(registry_module, "_LETTING_GO", 0.0)
        monkeypatch.setattr(registry_module, "_STAY", 0.0)
        monkeypatch.setattr(registry_module, "_LEAST_REST", float("inf"))


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def registry(memory: Memory) -> ModelRegistry:
    return made(memory)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor
