"""What the pipelines of diffusers take when they are called, read from the source of the library. Imports no torch.

Importing diffusers imports torch, and takes seconds; `__call__` and its defaults stand in the source as well.
"""

import ast
import importlib.util
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

_CLASS: Final = re.compile(r"[A-Za-z_]\w{0,99}")
# Parameters of pipelines that change, complete or animate what they are given, and what is missing without them.
_DEMANDS: Final = {
    "control_image": "a picture that steers it",
    "controlnet_conditioning_scale": "a picture that steers it",
    "mask_image": "a picture with a mask",
    "strength": "a picture to begin from",
    "image_guidance_scale": "a picture to change",
    "num_frames": "a request for a video",
}
# Pipelines for such pictures whose call does not tell, by the words that diffusers names them with.
_WORDS: Final = (
    (re.compile(r"Kontext|Edit|InstructPix2Pix"), "a picture to edit"),
    (re.compile(r"Fill|Inpaint|Outpaint"), "a picture with a mask"),
    (re.compile(r"Control|Adapter"), "a picture that steers it"),
    (re.compile(r"Img2Img|ImageToImage|Depth2Img|Upscal|SuperResolution|Variation|Layered"), "a picture to begin from"),
    (re.compile(r"Redux|Prior|Decoder"), "what another pipeline makes"),
    (re.compile(r"Video|Audio|Music"), "something else than a picture to make"),
)
UNGUIDED: Final = 1.0
"""The largest scale that does not guide, of most pipelines."""
GUIDANCE_SCHEDULE: Final = "guidance_schedule"
"""The parameter that takes a scale of the guidance for each step, where a call has one beside that for all."""
_GUIDED: Final = re.compile(r"\b_guidance_scale > ([0-9.]+)")
_TEXT: Final = frozenset({"self", "prompt"})
_DECLARATION: Final = re.compile(r"^class (\w+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PipelineCall:
    """The call of a pipeline.

    Args:
        defaults: numbers, texts and None by the parameter's name; what is written otherwise counts as None. Of a scale
            of the guidance for each step it is the first one.
        required: parameters without a default.
        unguided: the largest scale that does not guide.
    """

    defaults: Mapping[str, object]
    required: tuple[str, ...]
    unguided: float = UNGUIDED

    @property
    def steps(self) -> int | None:
        steps = self.defaults.get("num_inference_steps")
        return steps if isinstance(steps, int) else None

    @property
    def guidance_parameter(self) -> str | None:
        """By which parameter the scale of the guidance is taken, None if by none.

        `guidance_scale` guides, but where it is only kept for distilled models to come (its default is None, as in
        Qwen-Image) `true_cfg_scale` does.
        """
        if self.defaults.get("guidance_scale") is not None or "true_cfg_scale" not in self.defaults:
            return "guidance_scale" if "guidance_scale" in self.defaults else None
        return "true_cfg_scale"

    @property
    def guidance(self) -> float | None:
        parameter = self.guidance_parameter or ""
        scale = self.defaults.get(parameter)
        if scale is None and parameter:
            scale = self.defaults.get(GUIDANCE_SCHEDULE)
        return float(scale) if isinstance(scale, int | float) else None

    @property
    def takes_negative_prompt(self) -> bool:
        """Whether its guidance leads away from a text that the call takes."""
        return takes_negative_prompt({*self.defaults, *self.required}, self.guidance_parameter)


def takes_negative_prompt(parameters: Collection[str], guidance: str | None) -> bool:
    """Say whether the guidance of a call with these parameters leads away from a text that it takes.

    Where there is a `true_cfg_scale`, that leads away from it, and no other scale (FLUX.1).
    """
    return (
        "negative_prompt" in parameters
        and guidance is not None
        and (guidance == "true_cfg_scale" or "true_cfg_scale" not in parameters)
    )


def find_demand(pipeline: str) -> str:
    """Return what a pipeline needs beside a text to draw a picture, in a few words; empty if nothing is known."""
    for pattern, demand in _WORDS:
        if pattern.search(pipeline):
            return demand
    call = read_call(pipeline)
    if call is None:
        return ""
    demands = [demand for parameter, demand in _DEMANDS.items() if parameter in call.defaults]
    missing = [parameter for parameter in call.required if parameter not in _TEXT]
    return demands[0] if demands else f"its {missing[0].replace('_', ' ')}" if missing else ""


@lru_cache(maxsize=64)
def read_call(pipeline: str) -> PipelineCall | None:
    """Return the call of a class of diffusers; None if diffusers is not installed or has no such class."""
    if not _CLASS.fullmatch(pipeline):
        return None
    found = importlib.util.find_spec("diffusers")
    if found is None or found.origin is None:
        return None
    return _read_class(Path(found.origin).parent / "pipelines", pipeline, depth=3)


def _read_class(pipelines: Path, name: str, depth: int) -> PipelineCall | None:
    """Return the call of a class, or of one that it inherits from."""
    source = _index_classes(pipelines).get(name)
    if source is None:
        return None
    body = ast.parse(source.read_text(encoding="utf-8")).body
    made = next(node for node in body if isinstance(node, ast.ClassDef) and node.name == name)
    methods = {node.name: node for node in made.body if isinstance(node, ast.FunctionDef)}
    if "__call__" in methods:
        guides = methods.get("do_classifier_free_guidance")
        least = _GUIDED.search(ast.unparse(guides)) if guides else None
        call = _read_parameters(methods["__call__"].args)
        return replace(call, unguided=float(least[1])) if least else call
    bases = [base.id for base in made.bases if isinstance(base, ast.Name)] if depth else []
    return next((found for base in bases if (found := _read_class(pipelines, base, depth - 1))), None)


@lru_cache(maxsize=1)
def _index_classes(pipelines: Path) -> Mapping[str, Path]:
    """Return in which file each class of the pipelines stands."""
    paths = sorted(pipelines.rglob("pipeline_*.py"), reverse=True)
    return {name: path for path in paths for name in _DECLARATION.findall(path.read_text(encoding="utf-8"))}


def _read_parameters(arguments: ast.arguments) -> PipelineCall:
    named = [*arguments.posonlyargs, *arguments.args]
    plain = len(named) - len(arguments.defaults)
    pairs = [*zip(named[plain:], arguments.defaults, strict=True)]
    pairs += [(key, value) for key, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value]
    required = [argument.arg for argument in named[:plain] if argument.arg != "self"]
    required += [key.arg for key, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if not value]
    values = {key.arg: _read_default(key.arg, value) for key, value in pairs}
    return PipelineCall(values, tuple(required))


def _read_default(parameter: str, value: ast.expr) -> object:
    if isinstance(value, ast.Constant):
        return value.value
    if parameter != GUIDANCE_SCHEDULE:
        return None
    numbers = (node.value for node in ast.walk(value) if isinstance(node, ast.Constant))
    return next((number for number in numbers if isinstance(number, float)), None)
