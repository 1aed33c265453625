import inspect
import re
from pathlib import Path

import diffusers
import pytest

from blazon.diffusion.catalogue.pipeline_calls import _read_class, find_demand, read_call
from blazon.diffusion.generic import find_guidance_parameter

# Read and not imported: that would import every pipeline, and all that they need.
_TABLES = Path(diffusers.__file__).with_name("pipelines").joinpath("auto_pipeline.py").read_text(encoding="utf-8")


def list_pipelines(task: str) -> set[str]:
    """The classes that diffusers lists for a task."""
    (table,) = re.findall(rf"^AUTO_{task}_PIPELINES_MAPPING = OrderedDict\((.*?)^\)", _TABLES, re.DOTALL | re.MULTILINE)
    return set(re.findall(r", (\w+Pipeline)\)", table))


# Among those for text, diffusers lists some that need a picture, or make videos.
_TEXT_TO_IMAGE = {name for name in list_pipelines("TEXT2IMAGE") if not re.search("Control|Kontext|Helios", name)}
_FROM_PICTURES = (list_pipelines("IMAGE2IMAGE") | list_pipelines("INPAINT")) - _TEXT_TO_IMAGE


def test_what_draws_from_text_is_let_through() -> None:
    assert len(_TEXT_TO_IMAGE) > 30
    assert {name: find_demand(name) for name in _TEXT_TO_IMAGE if find_demand(name)} == {}


def test_what_begins_from_a_picture_is_found() -> None:
    assert len(_FROM_PICTURES) > 40
    assert {name for name in _FROM_PICTURES if not find_demand(name)} == set()


@pytest.mark.parametrize(
    ("name", "demand"),
    [
        ("FluxFillPipeline", "a picture with a mask"),
        ("FluxControlPipeline", "a picture that steers it"),
        ("FluxKontextPipeline", "a picture to edit"),
        ("QwenImageEditPlusPipeline", "a picture to edit"),
        ("WanPipeline", "a request for a video"),
        ("FluxPriorReduxPipeline", "what another pipeline makes"),
        ("NoSuchPipeline", ""),
    ],
)
def test_the_demand_is_named(name: str, demand: str) -> None:
    assert find_demand(name) == demand


@pytest.mark.parametrize(
    "name", ["FluxPipeline", "QwenImagePipeline", "SanaSprintPipeline", "StableDiffusionXLPipeline"]
)
def test_what_is_read_from_the_source_is_what_the_class_takes(name: str) -> None:
    kind = getattr(diffusers, name)
    parameters = inspect.signature(kind.__call__).parameters
    call = read_call(name)
    assert call is not None
    named = {key for key, parameter in parameters.items() if parameter.kind is not parameter.VAR_KEYWORD}
    assert {*call.defaults, *call.required} == named - {"self"}
    assert call.steps == parameters["num_inference_steps"].default
    assert call.guidance_parameter == find_guidance_parameter(kind)
    assert call.guidance == parameters[call.guidance_parameter or ""].default


def test_of_a_scale_for_each_step_the_first_is_the_guidance(tmp_path: Path) -> None:
    assert (call := read_call("Ideogram4Pipeline")) is not None
    assert (call.guidance_parameter, call.guidance) == ("guidance_scale", 7.0)
    (tmp_path / "pipeline_a.py").write_text(
        "class Odd(Base):\n    def __call__(self, guidance_scale=None, guidance_schedule=SCALES): ...\n"
    )
    odd = _read_class(tmp_path, "Odd", depth=3)
    assert odd is not None
    assert odd.guidance is None


def test_a_class_without_a_call_of_its_own_has_that_of_its_base(tmp_path: Path) -> None:
    base = "class Base(Other):\n    def __call__(self, prompt, *, steps=3, mask): ...\n"
    (tmp_path / "pipeline_a.py").write_text(base)
    (tmp_path / "pipeline_b.py").write_text("class Derived(Base):\n    pass\n\nclass Loop(Loop):\n    pass\n")
    call = _read_class(tmp_path, "Derived", depth=3)
    assert call is not None
    assert (dict(call.defaults), call.required) == ({"steps": 3}, ("prompt", "mask"))
    assert _read_class(tmp_path, "Loop", depth=3) is None


@pytest.mark.parametrize(
    ("name", "taken", "unguided"),
    [
        ("StableDiffusionXLPipeline", True, 1.0),
        ("Krea2Pipeline", True, 0.0),
        ("QwenImagePipeline", True, 1.0),
        ("FluxPipeline", False, 1.0),  # its guidance is a number; another scale leads away from the text
        ("SanaSprintPipeline", False, 1.0),
        ("HunyuanImagePipeline", False, 1.0),  # a component guides, and the call takes no scale
    ],
)
def test_where_a_negative_prompt_has_an_effect_is_read_from_the_source(name: str, taken: bool, unguided: float) -> None:
    call = read_call(name)
    assert call is not None
    assert (call.takes_negative_prompt, call.unguided) == (taken, unguided)
