"""Everything that a running server holds open, from the database to the studio."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog

from blazon.export.imprint import Imprint
from blazon.serve.authentication import Authenticator, exposure_problem
from blazon.serve.completion import EndHooks, Stores
from blazon.serve.engines.choice import choose_engine
from blazon.serve.engines.host import EngineHost
from blazon.serve.engines.protocol import EngineLoader
from blazon.serve.job_runner import Care, JobRunner, Limits
from blazon.serve.maintenance import run_maintenance
from blazon.serve.process.shutdown import Shutdown
from blazon.serve.process.watchdog import Watchdog
from blazon.serve.rendering import Renderer
from blazon.serve.service import GenerationService
from blazon.serve.telemetry.gauges import GaugeValues
from blazon.serve.telemetry.heartbeat import heartbeat
from blazon.serve.telemetry.recorder import Telemetry
from blazon.serve.telemetry.tracing import check_tracing
from blazon.serve.webhooks.courier import Courier
from blazon.serve.webhooks.owing import Clerk
from blazon.serve.webhooks.post import Post
from blazon.serve.webhooks.signing import signing_key
from blazon.settings import Settings
from blazon.store.cache import ResultCache
from blazon.store.collection import collect
from blazon.store.database import open_database
from blazon.store.generations import GenerationStore
from blazon.store.keys import KeyStore
from blazon.store.outbox import SqlOutbox
from blazon.store.pictures import PictureStore
from blazon.store.secrets import kept_secret

log = structlog.stdlib.get_logger("blazon.serve")

_DAY: Final = 86_400.0
_ENGINE_STOPS: Final = 2.0  # seconds for the step under way; one that hangs holds up no exit
_MEGABYTE: Final = 1_000_000
_LINKS: Final = "links"


@dataclass(frozen=True, slots=True)
class ApplicationState:
    """What requests are served with."""

    service: GenerationService
    renderer: Renderer
    authenticator: Authenticator
    telemetry: Telemetry
    link_key: bytes  # signs links to pictures


@asynccontextmanager
async def open_application(
    settings: Settings, load_engine: EngineLoader, drain: Shutdown
) -> AsyncIterator[ApplicationState]:
    """Open what the settings name; the studio is opened meanwhile, in the background.

    Raises:
        InvalidSetting, StorageUnavailable: the database or the store of pictures cannot be opened.
    """
    database = await asyncio.to_thread(open_database, settings.database_url, settings.data_dir)
    with closing(database), closing(Telemetry.open(settings)) as telemetry:
        keys = KeyStore(database)
        authenticator = Authenticator(keys, settings.api_keys)
        link_key = await asyncio.to_thread(kept_secret, database, _LINKS)
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        stores = Stores(GenerationStore(database), pictures, ResultCache(database, settings.cache_size_mb * _MEGABYTE))
        courier = Courier(SqlOutbox(database), Post(allow_private=settings.webhook_allow_private))
        clerk = _clerk(settings, keys)
        watchdog = Watchdog(settings.step_timeout, lambda name, seconds: control.replace_process(_hung(name, seconds)))
        control = JobRunner(
            stores,
            EngineHost(load_engine),
            Limits(settings.max_concurrent_jobs, settings.max_queued_jobs),
            asyncio.get_running_loop(),
            telemetry,
            Care(watchdog, drain.replace),
            EndHooks(clerk.owed, lambda _: courier.nudge()),
        )
        service = GenerationService(
            stores,
            control,
            clerk,
            drain,
            retention=settings.retention_days * _DAY,
            keyed=authenticator.asks_now,
        )
        renderer = Renderer(pictures, telemetry, Imprint.configured(settings))
        drain.on_begin(service.let_go)
        drain.on_limit(service.give_up)
        drain.busy_while(lambda: control.scheduler.busy > 0)
        if warning := exposure_problem(settings, await asyncio.to_thread(keys.any_made)):
            log.warning(warning)
        values = _gauge_values(control)
        telemetry.watch(values)
        watchdog.start()
        with closing(renderer):
            async with (
                courier.working(),
                _background(
                    service.open(), run_maintenance(service, partial(collect, database, pictures)), heartbeat(values)
                ),
            ):
                try:
                    yield ApplicationState(service, renderer, authenticator, telemetry, link_key)
                finally:
                    watchdog.stop()
                    await service.close()
                    await asyncio.to_thread(control.host.close, _ENGINE_STOPS)


def check_settings(settings: Settings) -> None:
    """Open what the settings name, and close it again: so that what is wrong stops the start in one line.

    Raises:
        EngineUnavailable: the engine of the settings cannot run.
        InvalidSetting, StorageUnavailable: something that they name cannot be used.
    """
    choose_engine(settings)
    check_tracing(settings)
    with closing(open_database(settings.database_url, settings.data_dir)) as database:
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


def _gauge_values(control: JobRunner) -> GaugeValues:
    scheduler, host = control.scheduler, control.host
    return GaugeValues(
        waiting=lambda: scheduler.depth,
        running=lambda: scheduler.busy,
        engine=lambda: host.engine_kind,
        model=lambda: host.model,
        gpu=host.gpu,
        engines=host.counters,
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
