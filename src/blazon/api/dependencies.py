"""What routes ask for: the parts that the lifespan opened, and who the client is."""

from typing import Annotated

from fastapi import Depends, Request

from blazon.api.authentication import file_owner, requires
from blazon.api.links import Links
from blazon.principal import Principal, Scope
from blazon.serve.rendering import Renderer
from blazon.serve.service import GenerationService
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


SettingsGiven = Annotated[Settings, Depends(_settings)]
Service = Annotated[GenerationService, Depends(_service)]
Rendering = Annotated[Renderer, Depends(_renderer)]
GenerateClient = Annotated[Principal, Depends(requires(Scope.GENERATE))]
ReadClient = Annotated[Principal, Depends(requires(Scope.READ))]
FileOwner = Annotated[str | None, Depends(file_owner)]
LinksGiven = Annotated[Links, Depends(_links)]
AdminClient = Annotated[Principal, Depends(requires(Scope.ADMIN))]
