from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from structlog.testing import capture_logs

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.finite_weights import demand_finite_picture
from blazon.errors import ModelUnavailable

from .cases import load_pipeline, make_model

NAN, INFINITE = float("nan"), float("inf")


def refusal(model: StepModel, *, fetched: bool = False) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        demand_finite_picture(model, "a fox", fetched=fetched)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def find_layer(pipeline: Any, part: str) -> tuple[str, torch.nn.Module]:
    """Return a layer of a part that every picture goes through."""
    model = getattr(pipeline, part)
    kinds = torch.nn.Linear | torch.nn.Conv2d
    return next(
        (name, layer)
        for name, layer in model.named_modules()
        if isinstance(layer, kinds) and not name.startswith(("encoder.conv", "encoder.down", "encoder.mid"))
    )


@pytest.mark.parametrize(
    ("case", "part", "number"),
    [
        ("flux-dev", "transformer", NAN),
        ("flux-dev", "transformer", INFINITE),
        ("flux-dev", "vae", NAN),
        ("flux-dev", "text_encoder", NAN),
        ("flux-dev", "text_encoder_2", NAN),
        ("z-image", "transformer", NAN),
        ("z-image", "vae", INFINITE),
        ("z-image", "text_encoder", NAN),
    ],
)
def test_weights_that_are_no_numbers_refuse_the_model_and_name_the_part(case: str, part: str, number: float) -> None:
    pipeline = deepcopy(load_pipeline(case))
    name, layer = find_layer(pipeline, part)
    layer.weight.data.fill_(number)
    told = refusal(make_model(case, pipeline))
    assert told == (
        f"{case} gives no finite picture: its {part} is damaged ({name}.weight is not finite); "
        f"take its {part} from the model's page again, or choose another model"
    )
    assert refusal(make_model(case, pipeline), fetched=True).endswith(
        "; delete it in the hub's cache and fetch it again"
    )


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("transformer", "its transformer returns numbers that are not finite, even in float32; its files are damaged"),
        ("vae", "its vae returns numbers that are not finite, even in float32; its files are damaged"),
        ("text_encoder_2", "its text encoder returns numbers that are not finite; a wider precision helps"),
    ],
)
def test_weights_that_are_numbers_and_overflow_always_name_the_part_too(part: str, told: str) -> None:
    pipeline = deepcopy(load_pipeline("flux-dev"))
    _, layer = find_layer(pipeline, part)
    layer.register_forward_hook(lambda *given: given[-1] / 0)
    assert told in refusal(make_model("flux-dev", pipeline))


@pytest.mark.parametrize("part", ["transformer", "vae"])
def test_what_overflows_in_half_precision_alone_is_a_model_that_draws(part: str) -> None:
    pipeline = deepcopy(load_pipeline("flux-dev")).to(torch.bfloat16)
    _, layer = find_layer(pipeline, part)
    layer.register_forward_hook(lambda *given: given[-1] if given[-1].dtype is torch.float32 else given[-1] * NAN)
    with capture_logs() as logs:
        demand_finite_picture(make_model("flux-dev", pipeline), "a fox", fetched=False)
    assert not logs


@pytest.mark.parametrize("case", ["flux-dev", "z-image"])
@pytest.mark.parametrize("number", [None, "x", 0])
def test_latents_that_nothing_says_how_to_scale_refuse_the_model(case: str, number: str | int | None) -> None:
    pipeline = deepcopy(load_pipeline(case))
    pipeline.vae.register_to_config(scaling_factor=number)
    with pytest.raises(ModelUnavailable, match="its vae does not say by which numbers latents are scaled"):
        make_model(case, pipeline)


def raise_oom(*_: Any) -> None:
    raise torch.OutOfMemoryError("CUDA out of memory")


def raise_fault(*_: Any) -> None:
    raise RuntimeError("no kernel")


@pytest.mark.parametrize("fail", [raise_oom, raise_fault])
def test_what_else_goes_wrong_is_logged_and_refuses_nothing(fail: Callable[..., None]) -> None:
    pipeline = deepcopy(load_pipeline("flux-dev"))
    pipeline.transformer.register_forward_pre_hook(fail)
    with capture_logs() as logs:
        demand_finite_picture(make_model("flux-dev", pipeline), "a fox", fetched=False)
    assert [line["event"] for line in logs] == ["a small picture could not be tried"]


def test_a_model_that_cannot_read_a_text_is_refused() -> None:
    pipeline = deepcopy(load_pipeline("z-image"))
    pipeline.tokenizer.chat_template = None
    with capture_logs() as logs, pytest.raises(ModelUnavailable, match=r"cannot read a text \(ValueError: .*tokenizer"):
        demand_finite_picture(make_model("z-image", pipeline), "a fox", fetched=False)
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]


def test_no_memory_for_a_text_refuses_nothing() -> None:
    pipeline = deepcopy(load_pipeline("z-image"))
    pipeline.text_encoder.register_forward_pre_hook(raise_oom)
    with capture_logs() as logs:
        demand_finite_picture(make_model("z-image", pipeline), "a fox", fetched=False)
    assert [line["event"] for line in logs] == ["a small picture could not be tried"]
