"""What routes ask for: the parts that the lifespan opened, and who the client is."""

from typing import Annotated

from fastapi import Depends, Request

from blazon.api.links import SIGNATURE, Links
from blazon.principal import ANONYMOUS, Principal
from blazon.serve.generations import GenerationService
from blazon.serve.rendering import Renderer
from blazon.serve.representation import file_path
from blazon.settings import Settings


def _settings(request: Request) -> Settings:
    settings: Settings = request.state.settings
    return settings


def _service(request: Request) -> GenerationService:
    service: GenerationService = request.state.service
    return service


def _renderer(request: Request) -> Renderer:
    renderer: Renderer = request.state.renderer
    return renderer


def _links(request: Request) -> Links:
    links: Links = request.state.links
    return links


def _principal() -> Principal:
    return ANONYMOUS


async def _reader(_: Request) -> Principal:
    return _principal()


async def _file_owner(request: Request) -> str | None:
    """Return whose files the client may see; None for those of anybody, as a signed link is for one file only.

    Raises:
        NotAllowed: the link was changed or has expired.
    """
    if SIGNATURE not in request.query_params:
        return (await _reader(request)).id
    _links(request).check(file_path(**request.path_params), request.query_params.multi_items())
    return None


SettingsGiven = Annotated[Settings, Depends(_settings)]
Service = Annotated[GenerationService, Depends(_service)]
Rendering = Annotated[Renderer, Depends(_renderer)]
Painter = Annotated[Principal, Depends(_principal)]
Reader = Annotated[Principal, Depends(_reader)]
FileOwner = Annotated[str | None, Depends(_file_owner)]
LinksGiven = Annotated[Links, Depends(_links)]
