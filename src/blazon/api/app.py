"""The FastAPI application: what is opened at the start, what surrounds a request, what answers it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from blazon import __version__
from blazon.api.docs import add_docs
from blazon.api.failures import map_failures
from blazon.api.health import router as health_router
from blazon.api.metrics import router as metrics_router
from blazon.api.middleware import BodyLimit, RequestLine, SafetyNet
from blazon.api.reference import CREDITS, REQUEST_ID, SEED
from blazon.api.routes import router
from blazon.serve.engines import open_draughtsman
from blazon.serve.heartbeat import heartbeat
from blazon.serve.live import Live
from blazon.serve.service import Draughtsman, LogoService, Opener
from blazon.serve.telemetry import Telemetry
from blazon.settings import Settings


def create_app(settings: Settings, open_studio: Callable[[], Draughtsman] | None = None) -> FastAPI:
    """Return the ASGI application. The studio is opened once it runs, while `/health` says that it is loading.

    Args:
        open_studio: opens another studio than that of the engine which the settings choose.
    """
    opener: Opener = partial(open_draughtsman, settings) if open_studio is None else lambda _: open_studio()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        telemetry = Telemetry.open(settings)
        service = LogoService(settings, opener)
        live = _live(service)
        telemetry.watch(live)
        tasks = [asyncio.create_task(work) for work in (service.load(), heartbeat(live))]
        try:
            yield {"service": service, "settings": settings, "telemetry": telemetry}
        finally:
            for task in tasks:
                task.cancel()
            service.close()
            telemetry.close()

    app = FastAPI(
        title="Blazon",
        version=__version__,
        description="Describe a brand, get a logo. Every answer carries `X-Request-ID`; a sane one of yours is kept.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    # From the inside out: each surrounds the ones above it.
    app.add_middleware(BodyLimit)
    app.add_middleware(SafetyNet)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=[REQUEST_ID, SEED, CREDITS, "Retry-After"],
        )
    app.add_middleware(RequestLine)
    map_failures(app)
    app.include_router(router)
    app.include_router(health_router)
    if settings.metrics_enabled:
        app.include_router(metrics_router)
    add_docs(app)
    return app


def _live(service: LogoService) -> Live:
    return Live(
        waiting=lambda: service.load_now[1],
        running=lambda: service.load_now[0],
        engine=lambda: service.engine,
        model=lambda: service.model,
        gpu=service.gpu,
        engines=service.engines,
    )
