"""What goes over the wire: requests and answers of the HTTP API.

Lengths and ranges of texts are checked by `Brief` alone; the limits here only tell clients about them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from blazon.brief import (
    DEFAULT_SIZES,
    MAX_BRAND_NAME,
    MAX_PALETTE_COLOURS,
    MAX_PROMPT,
    MAX_SEED,
    MAX_SIZE,
    MAX_SLOGAN,
    MIN_PROMPT,
    MIN_SIZE,
    Brief,
    Engine,
    LayoutKind,
    PaletteMood,
    Style,
)

_MOODS = ", ".join(PaletteMood)
MAX_SIZES = 32


class LogoRequest(BaseModel):
    """A wish for one logo. Only `prompt` is needed; fields that are not listed here are ignored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"prompt": "a coffee roastery by the sea", "sizes": [256, 1024]},
                {
                    "prompt": "a coffee roastery by the sea",
                    "brand_name": "Northwind Coffee",
                    "style": "classic",
                    "palette": "#0a4d68, sandybrown",
                    "layout": "stacked",
                    "seed": 7,
                },
            ]
        }
    )

    prompt: str = Field(
        description="What the brand does and how it should feel. White space at both ends is stripped.",
        json_schema_extra={"minLength": MIN_PROMPT, "maxLength": MAX_PROMPT},
    )
    sizes: list[StrictInt] | None = Field(
        None,
        max_length=MAX_SIZES,
        description=(
            f"Pixel sizes of the pictures, {list(DEFAULT_SIZES)} if none is given. "
            f"Sizes outside {MIN_SIZE} to {MAX_SIZE} and repeated ones are dropped."
        ),
    )
    brand_name: str | None = Field(
        None,
        description=f"The name, set in real type; at most {MAX_BRAND_NAME} characters. Without it, a symbol is drawn.",
    )
    slogan: str | None = Field(
        None, description=f"A small second line; at most {MAX_SLOGAN} characters, needs a brand name."
    )
    style: Style | None = Field(None, description="The mood of type, treatment and colour; chosen freely if not given.")
    palette: str | None = Field(
        None,
        description=f"A mood ({_MOODS}), or one to {MAX_PALETTE_COLOURS} colours by hex or CSS name.",
        examples=["ocean", "#0a4d68, sandybrown"],
    )
    layout: LayoutKind | None = Field(None, description="How mark and name stand together; all but symbol need a name.")
    seed: Annotated[StrictInt, Field(ge=0, le=MAX_SEED)] | None = Field(
        None, description="The same request with the same seed gives the same logo; random if not given, see `X-Seed`."
    )
    engine: Engine | None = Field(None, description="Who draws; the server's setting `ENGINE` if not given.")
    model: str | None = Field(
        None, description="Which of the server's diffusion models paints, by name; the vector engine has no use for it."
    )
    loras: dict[str, StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]] | None = Field(
        None,
        max_length=8,
        description="Which of the server's LoRAs to paint with, each with its scale; all of them if not given.",
    )
    credit_allowed: StrictBool | None = Field(
        None,
        description="Whether a symbol may be used whose licence asks for credit, see `X-Credits`; not if not given.",
    )

    def brief(self, *, seed: int, engine: Engine, size: int) -> Brief:
        """Return the brief of this request; `seed` and `engine` serve where it names none.

        Raises:
            InvalidBrief: a field cannot be used.
        """
        return Brief(
            self.prompt,
            brand_name=self.brand_name or "",
            slogan=self.slogan or "",
            style=self.style,
            palette=self.palette,
            layout=self.layout,
            seed=seed if self.seed is None else self.seed,
            engine=self.engine or engine,
            count=1,
            size=size,
            model=self.model or "",
            loras=None if self.loras is None else tuple(self.loras.items()),
            credit_allowed=bool(self.credit_allowed),
        )


class LogoResponse(BaseModel):
    """One logo in every size that was asked for."""

    message: Literal["Logo generated successfully!"] = "Logo generated successfully!"
    prompt: str = Field(description="The prompt as it was read, stripped.")
    images: dict[str, str] = Field(description="Size to base64 of a PNG of exactly size x size pixels.")
    sizes: list[int] = Field(description="The sizes kept, in the order asked.")
    model: str = Field(description="Identifier of the model that drew the logo.")


class Gpu(BaseModel):
    """What draws; the last four are told of CUDA only, memory in units of 1e9 bytes."""

    gpu_available: bool
    device_type: Literal["cpu", "cuda", "mps"]
    device_name: str | None = None
    memory_allocated_gb: float | None = None
    memory_reserved_gb: float | None = None
    memory_total_gb: float | None = None


class Healthy(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    status: Literal["healthy"] = "healthy"
    model: str
    model_loaded: Literal[True] = True
    gpu: Gpu
    environment: str


class Unhealthy(BaseModel):
    status: Literal["loading", "unhealthy"]
    error: str


class Welcome(BaseModel):
    message: str
    version: str
    status: Literal["healthy"] = "healthy"
    docs: Literal["/docs"] = "/docs"


class Problem(BaseModel):
    """Why a request was not served."""

    detail: str


class FieldProblem(BaseModel):
    """One fault of a malformed request: where it is, in words, and its kind."""

    type: str
    loc: list[str | int]
    msg: str


class MalformedRequest(BaseModel):
    detail: list[FieldProblem]


class ServerError(BaseModel):
    """Something went wrong inside; the log has the rest under `request_id`. Only a model that failed has a `detail`."""

    status: Literal["error"] = "error"
    message: Literal["Internal server error"] = "Internal server error"
    request_id: str
    detail: str | None = Field(default=None, description="Why the model drew nothing, and what may help.")
