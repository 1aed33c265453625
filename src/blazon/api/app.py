"""The application: routes, error mapping and what surrounds a request, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from blazon import __version__
from blazon.api.failures import map_failures
from blazon.api.middleware import BodyLimit, RequestLine, SafetyNet
from blazon.api.routes import router
from blazon.serve.service import Draughtsman, LogoService
from blazon.settings import Settings
from blazon.studio import Studio


def create_app(settings: Settings, open_studio: Callable[[], Draughtsman] = Studio.open) -> FastAPI:
    """Return the ASGI application. The studio is opened in the background once the application runs."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        service = LogoService(settings, open_studio)
        loading = asyncio.create_task(service.load())
        yield {"service": service, "settings": settings}
        loading.cancel()
        service.close()

    app = FastAPI(
        title="Blazon",
        version=__version__,
        description="Describe a brand, get logos. Every answer carries `X-Request-ID`; a sane one of yours is kept.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(router)
    map_failures(app)
    # From the inside out: each line surrounds the ones above it.
    app.add_middleware(SafetyNet)
    app.add_middleware(BodyLimit)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=["X-Request-ID", "X-Seed", "Retry-After"],
    )
    app.add_middleware(RequestLine)
    return app
