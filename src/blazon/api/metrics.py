"""`/metrics`: what the server does, for Prometheus."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from prometheus_client import exposition
from prometheus_client.openmetrics import exposition as openmetrics

from blazon.api.authentication import ClientRoute
from blazon.api.dependencies import AdminClient
from blazon.api.reference import CLOSED, answers

router = APIRouter(route_class=ClientRoute)

_OPENMETRICS: Final = "application/openmetrics-text"
_SCRAPE: Final[dict[int, dict[str, Any]]] = {
    200: {
        "description": "The metrics as text, as OpenMetrics if `Accept` asks for it",
        "content": {kind: {"schema": {"type": "string"}} for kind in ("text/plain", _OPENMETRICS)},
    }
}


@router.get(
    "/metrics",
    tags=["server"],
    summary="What the server does, for Prometheus",
    response_class=Response,
    responses=answers(_SCRAPE, CLOSED),
)
async def metrics(request: Request, _: AdminClient) -> Response:
    """Answer at once, whatever is being drawn. Where keys are asked for, this needs one with the scope `admin`."""
    registry = request.state.telemetry.metrics.registry
    if _OPENMETRICS in request.headers.get("accept", ""):
        page = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]
        return Response(page, headers=_type_headers(openmetrics.CONTENT_TYPE_LATEST))
    return Response(exposition.generate_latest(registry), headers=_type_headers(exposition.CONTENT_TYPE_PLAIN_0_0_4))


def _type_headers(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Vary": "Accept"}
