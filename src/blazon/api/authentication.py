"""The client of a request, from the key in its headers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.datastructures import Headers

from blazon.api.links import SIGNATURE, Links
from blazon.errors import NotAllowed, NotAuthenticated
from blazon.principal import Principal, Scope
from blazon.serve.authentication import Authenticator
from blazon.serve.schemas import file_path

_HEADER: Final = "X-API-Key"
# They only put the two ways into the OpenAPI document. Neither is a query parameter: addresses end up in logs,
# histories and the Referer of other sites.
_BEARER: Final = HTTPBearer(auto_error=False, scheme_name="Bearer", description="A key of `blazon keys create`.")
_API_KEY: Final = APIKeyHeader(
    name=_HEADER, auto_error=False, scheme_name="ApiKey", description="The same key, for clients that use this header."
)


async def principal_of(request: Request) -> Principal:
    """Return the client of a request.

    Raises:
        NotAuthenticated: it needs a key that is known here, or sends two different ones.
        ShareExceeded: it asks too often.
    """
    authenticator: Authenticator = request.state.keys
    sent = _sent(request.headers)
    return await asyncio.to_thread(_authenticate, authenticator, sent)


def requires(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """Return the dependency of a route that is open to clients with `scope`; it gives the client.

    The dependency raises what `principal_of` does, and NotAllowed without the scope.
    """

    async def permitted(
        principal: Annotated[Principal, Depends(principal_of)],  # once in a request, however many scopes it needs
        _bearer: Annotated[Any, Security(_BEARER)],
        _key: Annotated[Any, Security(_API_KEY)],
    ) -> Principal:
        return _permitted(principal, scope)

    return permitted


async def file_owner(
    request: Request, _bearer: Annotated[Any, Security(_BEARER)], _key: Annotated[Any, Security(_API_KEY)]
) -> str | None:
    """Return whose files the client of a request may see; None for a signed link, which is for one file of anybody.

    Raises:
        NotAllowed: the link was changed or has expired; without one, what `requires` raises.
    """
    if SIGNATURE in request.query_params:
        links: Links = request.state.links
        links.check(file_path(**request.path_params), request.query_params.multi_items())
        return None
    return _permitted(await principal_of(request), Scope.READ).id


def declare_optional(app: FastAPI) -> None:
    """Say in the OpenAPI document of `app` that requests without a key may be served too."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path in made()["paths"].values():
                for operation in path.values():
                    if "security" in operation:
                        operation["security"].append({})
        return made()

    app.openapi = openapi  # type: ignore[method-assign]


def _permitted(principal: Principal, scope: Scope) -> Principal:
    if not principal.may(scope):
        raise NotAllowed(f"the key lacks the scope {scope}")
    return principal


def _sent(headers: Headers) -> set[str]:
    """Return the keys in the headers. Other schemes than Bearer are those of a proxy in front."""
    pairs = (value.strip().partition(" ") for value in headers.getlist("Authorization"))
    bearers = (credentials.strip() for scheme, _, credentials in pairs if scheme.lower() == "bearer")
    return {*bearers, *(value.strip() for value in headers.getlist(_HEADER))} - {""}


def _authenticate(authenticator: Authenticator, sent: set[str]) -> Principal:
    if len(sent) > 1 and authenticator.asks:
        raise NotAuthenticated("the headers carry different API keys; send one")
    return authenticator.admit(min(sent, default=""))
