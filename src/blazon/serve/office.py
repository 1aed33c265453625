"""Everything that a running server holds open, from the database to the studio."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Final

from blazon.serve.control import FlightControl, Limits, Stores
from blazon.serve.draughtsman import Opener
from blazon.serve.generations import GenerationService
from blazon.serve.host import StudioHost
from blazon.serve.rendering import Renderer
from blazon.settings import Settings
from blazon.store.cache import ResultCache
from blazon.store.database import Database, sqlite_url
from blazon.store.generations import GenerationStore
from blazon.store.pictures import PictureStore
from blazon.store.secrets import kept_secret

_DAY: Final = 86_400.0
_MEGABYTE: Final = 1_000_000
_LINKS: Final = "links"


@dataclass(frozen=True, slots=True)
class Office:
    """What requests are served with."""

    service: GenerationService
    renderer: Renderer
    link_key: bytes  # signs links to pictures


@asynccontextmanager
async def opened(settings: Settings, opener: Opener) -> AsyncIterator[Office]:
    """Open what the settings name; the studio is opened meanwhile, in the background.

    Raises:
        InvalidSetting, StorageUnavailable: the database or the store of pictures cannot be opened.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with closing(Database.open(settings.database_url or sqlite_url(settings.data_dir / "blazon.db"))) as database:
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        cache = ResultCache(database, settings.cache_size_mb * _MEGABYTE)
        stores = Stores(GenerationStore(database), pictures, cache)
        limits = Limits(settings.max_concurrent_jobs, settings.max_queued_jobs)
        host = StudioHost(opener)
        control = FlightControl(stores, host, limits, asyncio.get_running_loop(), lambda _: None)
        service = GenerationService(stores, host, control, retention=settings.retention_days * _DAY)
        with closing(Renderer(pictures)) as renderer:
            opening = asyncio.create_task(service.open())
            try:
                yield Office(service, renderer, kept_secret(database, _LINKS))
            finally:
                opening.cancel()
                await service.close()
