"""What routes ask for: the parts that the lifespan opened, and who the client is.

They are coroutines because FastAPI would send functions to a thread, one after another.
"""

import asyncio
from typing import Annotated

from fastapi import Depends, Request

from blazon.api.authentication import Access
from blazon.api.links import Links
from blazon.principal import Principal, Scope
from blazon.serve.designs import DesignService
from blazon.serve.rendering.renderer import Renderer
from blazon.serve.service import GenerationService
from blazon.settings import Settings
from blazon.store.fonts import FontStore


async def _settings(request: Request) -> Settings:
    settings: Settings = request.state.settings
    return settings


async def _service(request: Request) -> GenerationService:
    service: GenerationService = request.state.service
    return service


async def _renderer(request: Request) -> Renderer:
    renderer: Renderer = request.state.renderer
    return renderer


async def _designs(request: Request) -> DesignService:
    designs: DesignService = request.state.designs
    return designs


async def _fonts(request: Request) -> FontStore:
    fonts: FontStore = request.state.fonts
    return fonts


async def _links(request: Request) -> Links:
    links: Links = request.state.links
    return links


async def _deadline(request: Request) -> float:
    settings: Settings = request.state.settings
    return asyncio.get_running_loop().time() + settings.request_timeout


SettingsGiven = Annotated[Settings, Depends(_settings)]
Service = Annotated[GenerationService, Depends(_service)]
Designs = Annotated[DesignService, Depends(_designs)]
Fonts = Annotated[FontStore, Depends(_fonts)]
RendererGiven = Annotated[Renderer, Depends(_renderer)]
Deadline = Annotated[float, Depends(_deadline)]
"""When a request must be answered, by the clock of the event loop."""
LinksGiven = Annotated[Links, Depends(_links)]

# Who draws may look at what it was told of, by the id that it was given; only the list needs the other scope.
_KNOWN = frozenset({Scope.GENERATE, Scope.READ})


async def _owner(client: Annotated[Principal | None, Depends(Access(_KNOWN, by_link=True))]) -> str | None:
    """Return whose files a client may see, None for the one file of anybody that a signed link opens."""
    return None if client is None else client.id


GenerateClient = Annotated[Principal, Depends(Access(frozenset({Scope.GENERATE})))]
PageClient = Annotated[Principal, Depends(Access(frozenset({Scope.GENERATE}), any_page=True))]
KnownClient = Annotated[Principal, Depends(Access(_KNOWN))]
ReadClient = Annotated[Principal, Depends(Access(frozenset({Scope.READ})))]
AdminClient = Annotated[Principal, Depends(Access(frozenset({Scope.ADMIN})))]
FileOwner = Annotated[str | None, Depends(_owner)]
