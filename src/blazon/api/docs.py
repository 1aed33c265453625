"""`/docs`, which works without the internet.

FastAPI's own page loads Swagger UI from a CDN and stays blank on a machine that cannot reach it. Here the
same page takes it from the package `fastapi-swagger` (0.5 MB, kept at the newest release of Swagger UI).
"""

from typing import Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from blazon.api.security_headers import page_policy

_FILES: Final = "docs/files"  # relative, so that a proxy may serve Blazon below a path of its own


def add_docs(app: FastAPI) -> None:
    """Add `/docs` and the files that it needs."""
    app.mount(f"/{_FILES}", StaticFiles(packages=[("fastapi_swagger", "resources")]))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="openapi.json",
            title=app.title,
            swagger_js_url=f"{_FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{_FILES}/swagger-ui.css",
            swagger_favicon_url=f"{_FILES}/favicon-32x32.png",
            swagger_ui_parameters={"defaultModelsExpandDepth": -1, "tryItOutEnabled": True},
        )
        page.headers.update(page_policy(bytes(page.body).decode()))
        return page
