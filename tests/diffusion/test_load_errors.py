"""A fault of the code is told from one of the files, and leaves its traceback; the model is not blamed for it."""

import importlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import huggingface_hub
import pytest
import torch
from diffusers import FluxPipeline
from safetensors import SafetensorError
from safetensors.torch import save_file
from structlog.testing import capture_logs

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import describe
from blazon.diffusion.load_errors import explain_load_errors
from blazon.diffusion.loading.pipelines import LoadProgress, load_step_model
from blazon.diffusion.loras.adapters import load_loras
from blazon.diffusion.loras.specs import LoraSpec
from blazon.diffusion.memory.footprint import Form
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.registry import ModelRegistry
from blazon.errors import InvalidSetting, ModelUnavailable

CPU = torch.device("cpu")
PLAN = MemoryPlan("tiny", Form("cpu", "float32"), 2, 0, 0)
BUGS = [
    TypeError("unexpected keyword argument 'dtype'"),
    AttributeError("'NoneType' object has no attribute 'to'"),
    KeyError("weight"),
    IndexError("list index out of range"),
    ZeroDivisionError("division by zero"),
    AssertionError(),
    NotImplementedError("later"),
    RuntimeError("the mutex is not held"),
]
OF_FILES = [
    OSError("no file named config.json"),
    SafetensorError("header too large"),
    json.JSONDecodeError("Expecting value", "", 0),
    ValueError("shapes differ"),
    EOFError("ended early"),
]


def fail(error: Exception) -> Callable[..., Any]:
    def raise_it(*_: Any, **__: Any) -> Any:
        raise error

    return raise_it


def load(folder: Path, listener: Callable[[LoadProgress], None] | None = None) -> Any:
    return load_step_model(inspect_model(ModelSource(folder)), PLAN, CPU, listener)


def refusal(load: Callable[[], Any]) -> str:
    """Return what the user is told; the traceback must be in the log, at ERROR."""
    with capture_logs() as logs, pytest.raises(ModelUnavailable) as caught:
        load()
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("error", BUGS, ids=repr)
def test_a_fault_of_the_code_is_an_internal_error(
    error: Exception, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail(error))
    told = refusal(lambda: load(tiny_dev))
    assert "internal error" in told
    assert type(error).__name__ in told
    assert "fetch" not in told


@pytest.mark.parametrize("error", OF_FILES, ids=repr)
def test_an_error_of_the_files_says_which_to_take_again(
    error: Exception, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail(error))
    told = refusal(lambda: load(tiny_dev))
    assert "its vae (AutoencoderKL)" in told
    assert told.endswith("take the folder vae from the model's page again")
    assert type(error).__name__ in told


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (PermissionError(13, "Permission denied"), "let the account that Blazon runs under read it"),
        (OSError(28, "No space left on device"), "is full; make room"),
        (OSError(5, "Input/output error"), "look at the disk that it lies on"),
        (
            ImportError("It requires the Sparkle library but it was not found"),
            "package sparkle: pip install sparkle",
        ),
        (ModuleNotFoundError("No module named 'sparkle'", name="sparkle"), "package sparkle: pip install sparkle"),
        (ImportError("Make sure to install sparkle if you want to use it."), "package sparkle: pip install sparkle"),
        (ValueError("You need to `pip install sparkle` for this"), "package sparkle: pip install sparkle"),
    ],
    ids=repr,
)
def test_an_error_that_is_not_of_the_files_does_not_blame_them(
    error: Exception, remedy: str, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail(error))
    told = refusal(lambda: load(tiny_dev))
    assert "its vae (AutoencoderKL)" in told
    assert remedy in told
    assert "fetch" not in told


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (ImportError("sentencepiece is required"), "pip install 'blazon"),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), "cannot use the GPU any more"),
        (torch.OutOfMemoryError("CUDA out of memory"), "free some"),
    ],
    ids=repr,
)
def test_other_errors_have_their_own_remedy(error: Exception, remedy: str) -> None:
    def load() -> None:
        with explain_load_errors("a model", CPU):
            raise error

    told = refusal(load)
    assert remedy in told
    assert "fetch" not in told


@pytest.mark.parametrize(
    ("part", "file", "change"),
    [
        ("vae", "config.json", {"block_out_channels": [4]}),
        ("transformer", "config.json", {"num_layers": "2"}),
        ("text_encoder", "config.json", {"hidden_act": "odd"}),
        ("scheduler", "scheduler_config.json", {"num_train_timesteps": "1000"}),
        ("scheduler", "scheduler_config.json", {"time_shift_type": "odd"}),
    ],
)
def test_settings_that_a_part_cannot_be_made_by_are_named_and_not_the_weights(
    part: str, file: str, change: dict[str, object], tiny_dev: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(tiny_dev, tmp_path / "copy"))
    config = copy / part / file
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    told = refusal(lambda: load(copy))
    assert f"its {part} (" in told
    assert f"{config} is damaged, of another model or for another version of the library: take that file" in told


def test_a_library_that_fails_over_a_file_is_named(tiny_dev: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny_dev, tmp_path / "copy"))
    config = copy / "vae" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"quantization_config": 7}))
    told = refusal(lambda: load(copy))
    assert "internal error in diffusers, maybe over a file that is damaged" in told
    assert f"compare those in {copy / 'vae'} with the model's page" in told


def test_a_name_that_a_library_imports_only_beside_a_package_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As OmniGen without torchvision: diffusers leaves out what it cannot import, and uses it all the same."""
    (tmp_path / "sparkling.py").write_text(
        "def is_sparkle_available():\n    return False\n"
        "if is_sparkle_available():\n    from sparkle import Glitter\n"
        "def shine():\n    return Glitter()\n"
        "def fade():\n    return Dust()\n"
    )
    monkeypatch.setattr(diffusers, "__path__", [*diffusers.__path__, str(tmp_path)])
    sparkling = importlib.import_module("diffusers.sparkling")
    monkeypatch.delitem(sys.modules, "diffusers.sparkling")
    monkeypatch.setitem(sys.modules, "diffusers.sparkling", sparkling)

    def load(run: Callable[[], object]) -> None:
        with explain_load_errors("a model", CPU):
            run()

    told = refusal(lambda: load(sparkling.shine))
    assert told == "a model needs the package sparkle: pip install sparkle"
    assert "internal error in diffusers" in refusal(lambda: load(sparkling.fade))


def test_what_is_raised_on_purpose_is_passed_on() -> None:
    with capture_logs() as logs, pytest.raises(InvalidSetting, match="mine"), explain_load_errors("a model", CPU):
        raise InvalidSetting("mine")
    assert logs == []


@pytest.mark.parametrize("error", BUGS, ids=repr)
def test_a_fault_while_the_hub_is_asked_does_not_blame_the_network(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", fail(error))
    told = refusal(lambda: inspect_model(ModelSource(name="owner/model")))
    assert "internal error" in told
    assert "hub" not in told


@pytest.mark.parametrize("error", BUGS, ids=repr)
def test_a_fault_while_a_lora_is_loaded(
    error: Exception, dev_pipeline: FluxPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ink.safetensors"
    save_file({"lora_unet_img_in.lora_down.weight": torch.ones(1, 16)}, path)
    monkeypatch.setattr("blazon.diffusion.loras.files._parse", fail(error))
    told = load_loras(dev_pipeline, [LoraSpec("ink", path)]).refused["ink"]
    assert told.startswith(f"{path.name} cannot be loaded ({type(error).__name__}: ")
    assert "internal error" in told


@pytest.mark.parametrize("error", BUGS, ids=repr)
def test_a_fault_of_a_loader_is_told_and_logged_once(error: Exception) -> None:
    registry = ModelRegistry([describe("owner/model", "a")], fail(error), 10, {"a": 1})

    def acquire() -> None:
        with registry.acquire("a"):
            pass

    assert "internal error" in refusal(acquire)


def test_a_listener_that_fails_does_not_fail_the_load(tiny_dev: Path) -> None:
    with capture_logs() as logs:
        assert load(tiny_dev, fail(BrokenPipeError("nobody reads"))).name == tiny_dev.name
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]
