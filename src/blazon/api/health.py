"""`/health/live` and `/health/ready`, for whoever restarts the server and for whoever sends it requests."""

import asyncio
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from blazon.api.authentication import ClientRoute
from blazon.api.reference import RETRY, answers
from blazon.serve.engines.host import EngineState
from blazon.serve.service import GenerationService

router = APIRouter(route_class=ClientRoute)

_SOON: Final = 1  # seconds; a server that drains is gone then, and another one answers


class Live(BaseModel):
    status: Literal["live"] = "live"


class Ready(BaseModel):
    status: Literal["ready"] = "ready"


class NotReady(BaseModel):
    status: Literal["loading", "failed", "draining", "storage", "cluster"]
    reason: str = Field(description="Why, in one line.")


_UNREADY: Final[dict[int, dict[str, Any]]] = {
    503: {"model": NotReady, "description": "Requests should go elsewhere for now", "headers": RETRY}
}


@router.get("/health/live", tags=["server"], summary="Whether the process answers", responses=answers())
async def live() -> Live:
    """Answer as long as the process is worth keeping; one that does not answer should be restarted."""
    return Live()


@router.get(
    "/health/ready",
    tags=["server"],
    summary="Whether requests should come here",
    response_model=Ready,
    responses=answers(_UNREADY),
)
async def ready(request: Request) -> Ready | Response:
    """Answer 200 once a logo can be drawn, until the server is told to stop."""
    problem = await _find_problem(request.state.service)
    return Ready() if problem is None else JSONResponse(problem.model_dump(), 503, {"Retry-After": str(_SOON)})


async def _find_problem(service: GenerationService) -> NotReady | None:
    """Return why requests should go elsewhere, the first reason that there is."""
    if service.draining:
        return NotReady(status="draining", reason="the server is stopping; it finishes what it has begun")
    host = service.host
    if host.state is not EngineState.READY:
        return NotReady(status="loading" if host.state is EngineState.LOADING else "failed", reason=host.problem)
    if problem := await service.find_storage_problem():
        return NotReady(status="storage", reason=problem)
    problem = await asyncio.to_thread(host.find_problem)
    return NotReady(status="cluster", reason=problem) if problem else None
