"""The body of `POST /v1/images/generations`: the fields of OpenAI, then those of Blazon.

Names, values and what may be null are those of `openai.types.ImageGenerateParams`, version 3.57. Here is only checked
what a schema can say; `plan` decides what can be honoured.
"""

from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue, StrictBool, StrictInt, model_validator

from blazon.api.requests import Number, WishFields, limit_fields
from blazon.brief import (
    MAX_BRAND_NAME,
    MAX_CANDIDATES,
    MAX_GUIDANCE,
    MAX_PALETTE_COLOURS,
    MAX_PROMPT,
    MAX_SEED,
    MAX_SIZE,
    MAX_SLOGAN,
    MAX_STEPS,
    MIN_PROMPT,
    MIN_SIZE,
    Engine,
    LayoutKind,
    PaletteMood,
    Style,
)

MAX_IMAGES: Final = 10
MAX_PARTIALS: Final = 3
_LONGEST_NAME: Final = 512
_VERSION: Final = "Passed over; clients that also ask Azure send it."
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "prompt": "a coffee roastery by the sea",
    "model": "gpt-image-1",
    "size": "1536x1024",
    "background": "transparent",
    "output_format": "png",
    "brand_name": "Northwind Coffee",
    "seed": 7,
}

EndUser = Annotated[str, Field(max_length=_LONGEST_NAME)]


class ImageRequest(WishFields):
    """Only `prompt` is needed. A field that is not listed here, or that cannot be honoured, is refused by name."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), json_schema_extra={"examples": [_EXAMPLE]})

    prompt: str = Field(
        description="What the brand does and how it should feel.",
        json_schema_extra={"minLength": MIN_PROMPT, "maxLength": MAX_PROMPT},
    )
    model: str | None = Field(
        None,
        description=(
            "An id of `GET /v1/models`. OpenAI's names (`gpt-image-*`, `chatgpt-image-latest`, `dall-e-2`, `dall-e-3`) "
            "and `auto` stand for the server's default; the answer says which model drew."
        ),
    )
    n: Annotated[StrictInt, Field(ge=1, le=MAX_IMAGES)] | None = Field(None, description="How many images; one.")
    size: str | None = Field(
        None,
        description=(
            f"`auto`, which is 1024x1024, or `WIDTHxHEIGHT` with sides from {MIN_SIZE} to {MAX_SIZE}; the logo stands "
            "in the middle, and its paper reaches to the border."
        ),
        examples=["auto", "1536x1024"],
    )
    quality: Literal["low", "medium", "high", "xhigh", "max", "auto", "standard", "hd"] | None = Field(
        None,
        description=(
            "Share of the denoising steps that a diffusion model takes by default: `low` half of them, `medium`, "
            "`standard` and `auto` all, `high` and `hd` half as many more, `xhigh` twice, `max` three times as many. "
            "The vector engine draws in one quality, `high`, and refuses `low` and `medium`."
        ),
    )
    background: Literal["transparent", "opaque", "auto"] | None = Field(
        None, description="`transparent` is a real alpha channel, not for jpeg; `auto` is `opaque`."
    )
    output_format: Literal["png", "webp", "jpeg", "gif", "svg"] | None = Field(
        None, description="png if not given. An svg is outlines, drawn or traced; gif is refused."
    )
    output_compression: Annotated[StrictInt, Field(ge=0, le=100)] | None = Field(
        None, description="Quality of jpeg and webp in percent, 100 if not given; a webp of 100 is lossless."
    )
    response_format: Literal["url", "b64_json"] | None = Field(
        None,
        description=(
            "b64_json if not given, url for `dall-e-2` and `dall-e-3`; a `url` works without a key for an hour."
        ),
    )
    stream: StrictBool | None = Field(None, description="Whether to answer with server-sent events.")
    partial_images: Annotated[StrictInt, Field(ge=0, le=MAX_PARTIALS)] | None = Field(
        None,
        description=(
            "How many pictures of unfinished work a stream carries at most, for each image; a drawn logo is never "
            "unfinished."
        ),
    )
    moderation: Literal["low", "auto"] | None = Field(
        None, description="`auto` is what the server's `NSFW_CHECK` says; `low` is refused where that is on."
    )
    user: EndUser | None = Field(None, description="Your name for an end user; a digest of it is logged.")
    safety_identifier: EndUser | None = Field(None, description="The same under its newer name, which goes before.")
    complexity: Literal["low", "medium", "high"] | None = Field(None, description="Refused: nothing is planned here.")
    frame_count: StrictInt | None = Field(None, description="Refused: there is no gif.")
    frame_duration_ms: StrictInt | None = Field(None, description="Refused: there is no gif.")
    svg: dict[str, object] | None = Field(None, description="Refused: no language model writes the svg.")

    style: Style | Literal["vivid", "natural"] | None = Field(
        None,
        description=(
            "The mood of type, treatment and colour. `vivid` and `natural`, by which DALL-E 3 made photographs more or "
            "less dramatic, are taken and change nothing."
        ),
    )
    brand_name: str | None = Field(None, description=f"Set in real type; at most {MAX_BRAND_NAME} characters.")
    slogan: str | None = Field(None, description=f"At most {MAX_SLOGAN} characters, needs a brand name.")
    palette: str | None = Field(
        None,
        description=f"A mood ({', '.join(PaletteMood)}), or one to {MAX_PALETTE_COLOURS} colours by hex or CSS name.",
        examples=["ocean", "#0a4d68, sandybrown"],
    )
    layout: LayoutKind | None = Field(None, description="How mark and name stand together; all but symbol need a name.")
    seed: Annotated[StrictInt, Field(ge=0, le=MAX_SEED)] | None = Field(
        None, description="The same request with the same seed gives the same images; the answer tells the one used."
    )
    first: Annotated[StrictInt, Field(ge=0, lt=MAX_CANDIDATES)] | None = Field(
        None, description="Leaves out as many images of the set: with `n` 1 it gives one of them alone."
    )
    engine: Engine | None = Field(None, description="Who draws; the server's setting `ENGINE` if not given.")
    steps: Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)] | None = Field(
        None, description="Denoising steps, instead of `quality`; for diffusion models only."
    )
    guidance: Annotated[Number, Field(ge=0, le=MAX_GUIDANCE)] | None = Field(
        None, description="How closely the picture follows the prompt; for diffusion models that take it."
    )
    negative_prompt: str | None = Field(
        None, description="What must not be painted; for models with that among their `abilities`."
    )
    credit_allowed: StrictBool | None = Field(
        None, description="Whether a symbol may be used whose licence asks for credit, see `credits`; not if not given."
    )

    _limit = model_validator(mode="before")(limit_fields)

    @property
    def end_user(self) -> str | None:
        """The end user on whose behalf it is asked, if one is named."""
        return self.safety_identifier or self.user or None


async def pass_over_version(_version: Annotated[str, Query(alias="api-version", description=_VERSION)] = "") -> None:
    """Let a route have the parameter that Open WebUI and others append to every address."""
