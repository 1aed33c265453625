"""Answers and events of the images API; names and values are those of `openai.types`, version 3.57.

Fields that OpenAI does not have stand at the end of each model.
"""

import asyncio
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from blazon.api.openai.plan import Quality
from blazon.brief import Brief
from blazon.generation import CandidateRecord
from blazon.models import LoadState
from blazon.prompts import enhance
from blazon.serve.engines.protocol import LogoEngine
from blazon.serve.schemas import first_of


class Origin(BaseModel):
    """Where an image comes from."""

    model_config = ConfigDict(protected_namespaces=())

    revised_prompt: str | None = Field(None, description="What a diffusion model was given; not of drawn logos.")
    seed: int = Field(description="The same request with this seed, this `first` and `n` 1 gives this image alone.")
    first: int = Field(description="How many images of the set come before it; 0 where it has a seed of its own.")
    model: str = Field(description="Identifier of the model that drew it.")
    licence: str = Field(description="Licence of the model.")
    credits: list[str] = Field(description="Lines that must be shown with it.")


async def find_origin(engine: LogoEngine, brief: Brief, record: CandidateRecord) -> dict[str, Any]:
    """Return the fields of `Origin` for an image; the engine that drew it tells how it read the brief, in a thread."""
    prompt = enhance(brief, await asyncio.to_thread(engine.read, brief)) if record.painted else None
    return {
        "revised_prompt": prompt,
        "seed": record.seed,
        "first": first_of(brief, record),
        "model": record.model,
        "licence": record.licence,
        "credits": list(record.credits),
    }


class Image(Origin):
    """One image: in the answer itself, or where it is."""

    b64_json: str | None = Field(None, description="Base64 of the file.")
    url: str | None = Field(None, description="Where the file is; works without a key for an hour.")


class InputTokens(BaseModel):
    text_tokens: int
    image_tokens: int


class OutputTokens(BaseModel):
    image_tokens: int
    text_tokens: int


class Usage(BaseModel):
    """How much was asked for and made. It is a measure, nothing is charged by it."""

    input_tokens: int = Field(description="UTF-8 bytes of all texts of the request, four a token, rounded up.")
    input_tokens_details: InputTokens
    output_tokens: int = Field(description="One for each 16 x 16 pixels of each image.")
    output_tokens_details: OutputTokens
    total_tokens: int


class ImagesAnswer(BaseModel):
    """The images, and how they were made."""

    model_config = ConfigDict(protected_namespaces=())

    created: int = Field(description="Seconds since 1970.")
    background: Literal["transparent", "opaque"]
    data: list[Image]
    output_format: Literal["png", "webp", "jpeg", "svg"]
    quality: Quality | None = Field(description="Left out where `steps` were asked for.")
    size: str
    usage: Usage
    safety_identifier: str | None = Field(None, description="The end user that the request named.")
    id: str = Field(description="The generation, as in `GET /v1/logos/{id}`.")
    model: str = Field(description="Identifier of the model that drew.")
    seed: int = Field(description="The same request with this seed gives the same images.")


class _ImageEvent(BaseModel):
    b64_json: str
    background: Literal["transparent", "opaque", "auto"]
    created_at: int
    output_format: Literal["png", "webp", "jpeg"]
    quality: Quality | Literal["auto"]
    size: str


class PartialImage(_ImageEvent):
    """A picture of unfinished work, on its paper and without the name."""

    type: Literal["image_generation.partial_image"] = "image_generation.partial_image"
    partial_image_index: int
    image_index: int = Field(description="Which of the `n` images it is a picture of.")


class CompletedImage(_ImageEvent, Origin):
    """A finished image. The text of the request is counted once, with the first image that is finished."""

    type: Literal["image_generation.completed"] = "image_generation.completed"
    usage: Usage
    safety_identifier: str | None = None
    image_index: int
    id: str


class Error(BaseModel):
    """Why a request was not served."""

    message: str
    type: str = Field(description="`invalid_request_error`, `rate_limit_error` or `server_error`.")
    param: str | None = Field(description="The field at fault, if one is.")
    code: str | None = Field(description="A stable word for programs.")


class ErrorAnswer(BaseModel):
    error: Error


class ErrorEvent(ErrorAnswer):
    """Why a stream ends without its images."""

    type: Literal["error"] = "error"


class Model(BaseModel):
    """A model that requests may name."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="When this server was started: models have no date here.")
    owned_by: str
    identifier: str = Field(description="How answers call it.")
    licence: str
    commercial_use: bool | None = Field(description="Whether the licence allows it; null if that is not known.")
    painted: bool = Field(description="Whether it is a diffusion model.")
    family: str | None = Field(description="The architecture of a diffusion model.")
    steps: int | None = Field(description="Of its denoising when a request chooses none; null if it has none.")
    guidance: float | None = Field(description="The scale when a request chooses none; null where it has no effect.")
    abilities: list[str] = Field(
        description=(
            "Of `batching` (requests share passes), `previews`, `cancel` (within a step), `guidance`, "
            "`negative_prompt`, `loras`."
        )
    )
    state: LoadState | None = Field(
        description="Whether it is loaded; one that is not will be when asked for. Null with replicas."
    )
    default: bool = Field(description="Whether it draws when a request names none.")
    loras: list[str] = Field(
        default_factory=list,
        description="LoRAs that requests may name for it; until it is loaded, all that are configured.",
    )
    loras_refused: dict[str, str] = Field(
        default_factory=dict, description="LoRAs that are configured and cannot be used with it, and why."
    )
    problem: str = Field(
        "", description="Why it could not be loaded when that was tried last; empty if nothing is known against it."
    )


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]
