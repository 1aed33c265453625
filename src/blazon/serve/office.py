"""Everything that a running server holds open, from the database to the studio."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from typing import Final

from blazon.errors import InvalidSetting
from blazon.export.credentials import Credentials
from blazon.serve.control import FlightControl, Limits, Stores
from blazon.serve.draughtsman import Opener
from blazon.serve.gatekeeper import Gatekeeper
from blazon.serve.generations import GenerationService
from blazon.serve.host import StudioHost
from blazon.serve.housekeeping import keep_house
from blazon.serve.rates import Rates
from blazon.serve.rendering import Renderer
from blazon.settings import Settings
from blazon.store.cache import ResultCache
from blazon.store.collection import collect
from blazon.store.database import open_database
from blazon.store.generations import GenerationStore
from blazon.store.keys import KeyStore
from blazon.store.pictures import PictureStore

_DAY: Final = 86_400.0
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Office:
    """What requests are served with."""

    service: GenerationService
    renderer: Renderer
    gatekeeper: Gatekeeper


@asynccontextmanager
async def opened(settings: Settings, opener: Opener) -> AsyncIterator[Office]:
    """Open what the settings name; the studio is opened meanwhile, in the background.

    Raises:
        InvalidSetting, StorageUnavailable: the database or the store of pictures cannot be opened.
    """
    database = await asyncio.to_thread(open_database, settings.database_url, settings.data_dir)
    with closing(database):
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        gatekeeper = Gatekeeper(KeyStore(database), settings.api_keys, Rates())
        stores = Stores(GenerationStore(database), pictures, ResultCache(database, settings.cache_size_mb * _MEGABYTE))
        limits = Limits(settings.max_concurrent_jobs, settings.max_queued_jobs)
        control = FlightControl(stores, StudioHost(opener), limits, asyncio.get_running_loop(), lambda _: None)
        service = GenerationService(
            stores, control, retention=settings.retention_days * _DAY, keyed=gatekeeper.asks_now
        )
        signer = _signer(settings)
        with closing(Renderer(pictures, provenance=settings.provenance, signer=signer)) as renderer:
            tasks = [
                asyncio.create_task(service.open()),
                asyncio.create_task(keep_house(service, partial(collect, database, pictures))),
            ]
            try:
                yield Office(service, renderer, gatekeeper)
            finally:
                for task in tasks:
                    task.cancel()
                await service.close()


def _signer(settings: Settings) -> Credentials | None:
    """Return what signs files, if a certificate is configured.

    Raises:
        InvalidSetting: certificate and key cannot be used, or only one of them is set.
    """
    certificate, key = settings.c2pa_certificate, settings.c2pa_private_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise InvalidSetting("C2PA_CERTIFICATE and C2PA_PRIVATE_KEY go together; one of them is not set")
    return Credentials.open(certificate, key)
