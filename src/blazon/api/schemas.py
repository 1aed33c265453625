"""What goes over the wire: the answers of the HTTP API."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from blazon.models import LoadState


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


class ClusterHealth(BaseModel):
    """The replicas that draw for this server, as it knows of them."""

    reachable: bool
    replicas: int = Field(description="That began with a call in the last five minutes.")
    calls: int = Field(description="Under way.")
    lost: int = Field(description="Calls that a replica began and did not end, since the start; they were made again.")


class ModelHealth(BaseModel):
    """One of several diffusion models; `GET /v1/models` tells more."""

    name: str
    state: LoadState
    problem: str | None = Field(None, description="Why it could not be loaded when that was tried last.")


class Healthy(BaseModel):
    model_config = ConfigDict(protected_namespaces=())

    status: Literal["healthy"] = "healthy"
    model: str
    model_loaded: Literal[True] = True
    gpu: Gpu
    cluster: ClusterHealth | None = Field(None, description="Only where replicas draw.")
    models: list[ModelHealth] | None = Field(None, description="Only where there are several to paint with.")
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
