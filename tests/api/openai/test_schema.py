"""Names and values are those of the `openai` package that is installed: a newer one that has more fails here."""

from enum import EnumType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from openai.types import (
    ImageGenCompletedEvent,
    ImageGenPartialImageEvent,
    ImagesResponse,
    Model,
    image,
    image_generate_params,
    images_response,
)

from blazon.api.openai import answers
from blazon.api.openai.requests import ImageRequest
from blazon.brief import Style

PARAMS = get_type_hints(image_generate_params.ImageGenerateParamsBase) | {"stream": bool | None}


def _literals(annotation: Any) -> set[object]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {value for part in get_args(annotation) for value in _literals(part)}


def _values(annotation: Any) -> set[object]:
    """Return the literals, and the words of enumerations."""
    parts = (annotation, *get_args(annotation))
    return _literals(annotation) | {value for part in parts if isinstance(part, EnumType) for value in part}


def test_every_parameter_has_a_field():
    assert set(PARAMS) <= set(ImageRequest.model_fields)


@pytest.mark.parametrize(
    "name",
    [name for name, kind in PARAMS.items() if _literals(kind) and name not in ("model", "size")],
)
def test_literals_are_the_same(name):
    theirs = _literals(PARAMS[name]) | (set(Style) if name == "style" else set())
    assert _values(ImageRequest.model_fields[name].annotation) == theirs


def test_everything_but_the_prompt_may_be_null(api):
    body = dict.fromkeys(ImageRequest.model_fields) | {"prompt": "a bakery", "size": "64x64"}
    assert api.post("/v1/images/generations", json=body).status_code == 200


@pytest.mark.parametrize(
    ("theirs", "ours", "absent"),
    [
        (ImagesResponse, answers.ImagesAnswer, {"svg_usage"}),
        (image.Image, answers.Image, set()),
        (images_response.Usage, answers.Usage, set()),
        (images_response.UsageInputTokensDetails, answers.InputTokens, set()),
        (images_response.UsageOutputTokensDetails, answers.OutputTokens, set()),
        (ImageGenPartialImageEvent, answers.PartialImage, set()),
        (ImageGenCompletedEvent, answers.CompletedImage, set()),
        (Model, answers.Model, {"shutdown_date"}),
    ],
)
def test_answers_have_the_fields_of_openai(theirs, ours, absent):
    assert set(theirs.model_fields) - absent <= set(ours.model_fields)
    for name in set(theirs.model_fields) & set(ours.model_fields):
        # A value of ours that they do not know would be no answer to their clients.
        known = _literals(theirs.model_fields[name].annotation)
        assert name == "size" or _literals(ours.model_fields[name].annotation) <= known
