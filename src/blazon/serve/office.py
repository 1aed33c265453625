"""Everything that a running server holds open, from the database to the studio."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog

from blazon.export.imprint import Imprint
from blazon.serve.control import Care, FlightControl, Limits
from blazon.serve.drain import Drain
from blazon.serve.draughtsman import Opener
from blazon.serve.engines import choose_engine
from blazon.serve.exposure import exposure_problem
from blazon.serve.gatekeeper import Gatekeeper
from blazon.serve.generations import GenerationService
from blazon.serve.heartbeat import heartbeat
from blazon.serve.host import StudioHost
from blazon.serve.housekeeping import keep_house
from blazon.serve.landing import Endings, Stores
from blazon.serve.live import Live
from blazon.serve.rates import Rates
from blazon.serve.rendering import Renderer
from blazon.serve.telemetry import Telemetry
from blazon.serve.tracing import check_tracing
from blazon.serve.watchdog import Watchdog
from blazon.serve.webhooks.courier import Courier
from blazon.serve.webhooks.owing import Clerk
from blazon.serve.webhooks.post import Post
from blazon.serve.webhooks.signing import signing_key
from blazon.settings import Settings
from blazon.store.cache import ResultCache
from blazon.store.database import open_database
from blazon.store.garbage_collection import collect
from blazon.store.generations import GenerationStore
from blazon.store.keys import KeyStore
from blazon.store.outbox import SqlOutbox
from blazon.store.pictures import PictureStore
from blazon.store.secrets import load_secret

log = structlog.stdlib.get_logger("blazon.serve")

_DAY: Final = 86_400.0
_ENGINE_STOPS: Final = 2.0  # seconds for the step under way; one that hangs holds up no exit
_MEGABYTE: Final = 1_000_000
_LINKS: Final = "links"


@dataclass(frozen=True, slots=True)
class Office:
    """What requests are served with."""

    service: GenerationService
    renderer: Renderer
    gatekeeper: Gatekeeper
    telemetry: Telemetry
    link_key: bytes  # signs links to pictures


@asynccontextmanager
async def opened(settings: Settings, opener: Opener, drain: Drain) -> AsyncIterator[Office]:
    """Open what the settings name; the studio is opened meanwhile, in the background.

    Raises:
        InvalidSetting, StorageUnavailable: the database or the store of pictures cannot be opened.
    """
    database = await asyncio.to_thread(open_database, settings.database_url, settings.data_dir)
    with closing(database), closing(Telemetry.open(settings)) as telemetry:
        keys = KeyStore(database)
        gatekeeper = Gatekeeper(keys, settings.api_keys, Rates())
        link_key = await asyncio.to_thread(load_secret, database, _LINKS)
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        stores = Stores(GenerationStore(database), pictures, ResultCache(database, settings.cache_size_mb * _MEGABYTE))
        courier = Courier(SqlOutbox(database), Post(allow_private=settings.webhook_allow_private))
        clerk = _clerk(settings, keys)
        watchdog = Watchdog(settings.step_timeout, lambda name, seconds: control.break_down(_hung(name, seconds)))
        control = FlightControl(
            stores,
            StudioHost(opener),
            Limits(settings.max_concurrent_jobs, settings.max_queued_jobs),
            asyncio.get_running_loop(),
            telemetry,
            Care(watchdog, drain.replace),
            Endings(clerk.owed, lambda _: courier.nudge()),
        )
        service = GenerationService(
            stores,
            control,
            clerk,
            drain,
            retention=settings.retention_days * _DAY,
            keyed=gatekeeper.asks_now,
        )
        renderer = Renderer(pictures, telemetry, Imprint.configured(settings))
        drain.on_begin(service.let_go)
        drain.on_limit(service.give_up)
        drain.busy_while(lambda: control.dispatcher.busy > 0)
        if warning := exposure_problem(settings, await asyncio.to_thread(keys.any_made)):
            log.warning(warning)
        live = _live(control)
        telemetry.watch(live)
        watchdog.start()
        with closing(renderer):
            async with (
                courier.working(),
                _background(service.open(), keep_house(service, partial(collect, database, pictures)), heartbeat(live)),
            ):
                try:
                    yield Office(service, renderer, gatekeeper, telemetry, link_key)
                finally:
                    watchdog.stop()
                    await service.close()
                    await asyncio.to_thread(control.host.close, _ENGINE_STOPS)


def check(settings: Settings) -> None:
    """Open what the settings name, and close it again: so that what is wrong stops the start in one line.

    The caller holds the lock of the server: the database is brought up to date here.

    Raises:
        EngineUnavailable: the engine of the settings cannot run.
        InvalidSetting, StorageUnavailable: something that they name cannot be used.
    """
    choose_engine(settings)
    check_tracing(settings)
    with closing(open_database(settings.database_url, settings.data_dir, locked=True)) as database:
        _clerk(settings, KeyStore(database))
        PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        Imprint.configured(settings)


def _hung(name: str, seconds: float) -> str:
    return f"no progress of {name} for {seconds:.0f} s"


@asynccontextmanager
async def _background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _live(control: FlightControl) -> Live:
    dispatcher, host = control.dispatcher, control.host
    return Live(
        waiting=lambda: dispatcher.depth,
        running=lambda: dispatcher.busy,
        engine=lambda: host.engine,
        model=lambda: host.model,
        gpu=host.gpu,
        engines=host.engines,
    )


def _clerk(settings: Settings, keys: KeyStore) -> Clerk:
    """Return who writes webhooks.

    Raises:
        InvalidSetting: `WEBHOOK_SECRET` cannot sign.
    """
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    if secret:
        signing_key(secret)
    return Clerk(keys.webhook_secret, secret, allow_private=settings.webhook_allow_private)
