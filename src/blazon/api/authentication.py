"""The client of a request: known, and let in or not, before anything of its body is read."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import FastAPI, Request, Response, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from blazon.api.links import SIGNATURE, Links
from blazon.api.origins import host_problem, page_problem
from blazon.errors import NotAllowed
from blazon.principal import ANONYMOUS, Principal, Scope
from blazon.serve.authentication import Authenticator, RateExceeded
from blazon.serve.schemas import file_path

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_HEADER: Final = "X-API-Key"
# They only put the two ways into the OpenAPI document. Neither is a query parameter: addresses end up in logs,
# histories and the Referer of other sites.
_BEARER: Final = HTTPBearer(auto_error=False, scheme_name="Bearer", description="A key of `blazon keys create`.")
_API_KEY: Final = APIKeyHeader(
    name=_HEADER, auto_error=False, scheme_name="ApiKey", description="The same key, for clients that use this header."
)


@dataclass(frozen=True)
class Access:
    """Who a route is open to. As a dependency it gives the client, which `ClientRoute` has let in by then.

    Args:
        scopes: of which a key needs one.
        any_page: whether pages of all sites may ask where no key is asked for.
        by_link: whether a signed link, which is for one file of anybody, does for a key; then there is no client.
    """

    scopes: frozenset[Scope]
    any_page: bool = False
    by_link: bool = False

    async def __call__(
        self, request: Request, _bearer: Annotated[Any, Security(_BEARER)], _key: Annotated[Any, Security(_API_KEY)]
    ) -> Principal | None:
        client: Principal | None = request.state.client
        return client


class ClientRoute(APIRoute):
    """A route that knows its client, as its `Access` asks, before it reads the body. One without is open to all."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        access = next(_accesses(self.dependant), None)

        async def handle_client(request: Request) -> Response:
            if access is None:
                await _check_host(request)
            else:
                request.state.client = await _admit(request, access)
            return await handle(request)

        return handle_client


async def _admit(request: Request, access: Access) -> Principal | None:
    """Return the client of a request; None for one with a signed link.

    Raises:
        NotAuthenticated: it needs a key that is known here, or sends two different ones.
        RateExceeded: it asks too often.
        NotAllowed: its key lacks the scope, its link was changed or has expired, or a page of another site sent it.
        HTTPException: 421, it came by a name that is not the server's.
    """
    authenticator: Authenticator = request.state.authenticator
    if access.by_link and SIGNATURE in request.query_params:
        await _check_host(request)
        links: Links = request.state.links
        links.check(file_path(**request.path_params), request.query_params.multi_items())
        return None
    client = ANONYMOUS if authenticator.is_open() else await _authenticate(request)
    if not client.scopes & {*access.scopes, Scope.ADMIN}:
        raise NotAllowed(f"the key lacks the scope {' or '.join(sorted(access.scopes))}")
    if client is ANONYMOUS:
        await _check_host(request)
        if problem := page_problem(request.headers, request.state.settings, any_page=access.any_page):
            raise NotAllowed(problem)
    return client


async def _authenticate(request: Request) -> Principal:
    try:
        client, request.state.rate = await asyncio.to_thread(
            request.state.authenticator.admit, _read_keys(request.headers)
        )
    except RateExceeded as error:
        request.state.rate = error.rate
        raise
    return client  # type: ignore[no-any-return]


async def _check_host(request: Request) -> None:
    """Refuse a request by a name that is not the server's; where keys are asked for, nothing is to be had by one."""
    problem = host_problem(request.headers, request.state.settings)
    if problem and not await asyncio.to_thread(request.state.authenticator.asks):
        raise HTTPException(421, problem)


def _accesses(dependant: Dependant) -> Iterator[Access]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Access):
            yield dependency.call
        yield from _accesses(dependency)


def _read_keys(headers: Headers) -> set[str]:
    """Return the keys in the headers. Other schemes than Bearer are those of a proxy in front."""
    pairs = (value.strip().partition(" ") for value in headers.getlist("Authorization"))
    bearers = (credentials.strip() for scheme, _, credentials in pairs if scheme.lower() == "bearer")
    return {*bearers, *(value.strip() for value in headers.getlist(_HEADER))} - {""}


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
