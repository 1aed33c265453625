"""What goes over the wire: requests and answers of the HTTP API."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from blazon.api.brief_fields import BriefFields
from blazon.brief import (
    DEFAULT_SIZES,
    MAX_SIZE,
    MAX_SIZES,
    MIN_SIZE,
    Brief,
    Engine,
)

_MOST_LISTED: Final = 1000  # sizes in a request, with those that are dropped or come twice


class LogoRequest(BriefFields):
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

    sizes: list[StrictInt] | None = Field(
        None,
        max_length=_MOST_LISTED,
        description=(
            f"Pixel sizes of the pictures, {list(DEFAULT_SIZES)} if none is given. "
            f"Sizes outside {MIN_SIZE} to {MAX_SIZE} are dropped; at most {MAX_SIZES} different ones are made."
        ),
    )
    credit_allowed: StrictBool | None = Field(
        None,
        description="Whether a symbol may be used whose licence asks for credit, see `X-Credits`; not if not given.",
    )

    def to_brief(self, *, seed: int, engine: Engine, size: int) -> Brief:
        """Return the brief of this request; `seed` and `engine` serve where it names none.

        Raises:
            InvalidBrief: a field cannot be used.
        """
        given = self.to_arguments(seed=seed, engine=engine)
        return Brief(**given, count=1, size=size, credit_allowed=bool(self.credit_allowed))


class LogoResponse(BaseModel):
    """One logo in every size that was asked for."""

    message: Literal["Logo generated successfully!"] = "Logo generated successfully!"
    prompt: str = Field(description="The prompt as it was read, stripped.")
    images: dict[str, str] = Field(description="Size to base64 of a PNG of exactly size x size pixels.")
    sizes: list[int] = Field(description="The sizes kept, in the order asked, as often as asked.")
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
