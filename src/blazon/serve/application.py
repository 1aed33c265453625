"""Everything that a running server holds open, from the database to the engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from blazon.draw.font_files import FontSources
from blazon.export.imprint import Imprint
from blazon.language_model.reader import LanguageModel, ModelReader
from blazon.serve.acceptance import Acceptor
from blazon.serve.authentication import Authenticator, exposure_problem
from blazon.serve.compute.pool import ComputePool
from blazon.serve.designs import DesignService
from blazon.serve.engines.choice import choose_engine
from blazon.serve.engines.host import EngineHost
from blazon.serve.engines.protocol import EngineLoader
from blazon.serve.garbage import collect_when_calm, collecting_when_calm
from blazon.serve.idle import stop_when_idle
from blazon.serve.job_runner import JobRunner, Stores
from blazon.serve.maintenance import Work, collect_periodically, resume_periodically, running_in_background
from blazon.serve.process.identity import name_process
from blazon.serve.process.shutdown import Shutdown
from blazon.serve.process.watchdog import Watchdog
from blazon.serve.publisher import EndHooks
from blazon.serve.rendering.renderer import Renderer
from blazon.serve.service import GenerationService
from blazon.serve.shared_jobs import SharedJobs
from blazon.serve.shared_scheduler import SharedScheduler
from blazon.serve.telemetry.gauges import GaugeValues, log_work_periodically
from blazon.serve.telemetry.recorder import Telemetry
from blazon.serve.telemetry.storage import StorageWatch
from blazon.serve.telemetry.tracing import check_tracing
from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.message import WebhookMessages, WebhookSecrets
from blazon.serve.webhooks.worker import WebhookWorker
from blazon.settings import Settings
from blazon.store.cache import ResultCache
from blazon.store.database import Database, open_database
from blazon.store.fonts import FontStore
from blazon.store.garbage_collection import collect_in_turn
from blazon.store.generations import GenerationStore
from blazon.store.keys import KeyStore
from blazon.store.pictures import PictureStore
from blazon.store.rates import RateStore
from blazon.store.revisions import RevisionStore
from blazon.store.secrets import load_secret
from blazon.store.storage_claim import StorageClaim
from blazon.store.task_queue import TaskQueue
from blazon.store.webhooks import WebhookStore

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
    designs: DesignService
    fonts: FontStore
    authenticator: Authenticator
    keys: KeyStore
    telemetry: Telemetry
    link_key: bytes  # signs links to pictures


@asynccontextmanager
async def open_application(
    settings: Settings, load_engine: EngineLoader, shutdown: Shutdown, processes: ComputePool
) -> AsyncIterator[ApplicationState]:
    """Open what the settings name; the engine is loaded meanwhile, in the background.

    Args:
        processes: in which pictures are rendered.

    Raises:
        InvalidSetting, StorageUnavailable: the database or the store of pictures cannot be opened.
    """
    database = await asyncio.to_thread(open_database, settings.database_url, settings.data_dir)
    with closing(database), closing(Telemetry.open(settings)) as telemetry, collecting_when_calm():
        keys = KeyStore(database)
        authenticator = Authenticator(keys, settings.api_keys, RateStore(database) if database.shared else None)
        link_key = await asyncio.to_thread(load_secret, database, _LINKS)
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        stores = Stores(GenerationStore(database), pictures, ResultCache(database, settings.cache_size_mb * _MEGABYTE))
        secrets = _webhook_secrets(settings, keys)
        messages = WebhookMessages(secrets, allow_private=settings.webhook_allow_private)
        webhooks = WebhookWorker(
            WebhookStore(database),
            WebhookClient(secrets, allow_private=settings.webhook_allow_private),
            count=telemetry.metrics.count_webhook_attempt,
        )
        watchdog = Watchdog(
            settings.step_timeout, lambda name, seconds: runner.request_replacement(_describe_hang(name, seconds))
        )
        host = EngineHost(load_engine)
        host.on_progress = watchdog.beat_all
        runner = JobRunner(
            stores,
            host,
            telemetry,
            asyncio.get_running_loop(),
            threads=settings.max_concurrent_jobs,
            queued=settings.max_queued_jobs,
            watchdog=watchdog,
            replace_process=shutdown.replace,
            hooks=EndHooks(messages.build_delivery, lambda ended: webhooks.wake() if ended.webhook_url else None),
            tasks=TaskQueue(database, name_process()) if database.shared else None,
        )
        acceptor = Acceptor(runner, messages, retention=settings.retention_days * _DAY, keyed=authenticator.asks)
        model = LanguageModel.configured(settings)
        reader = ModelReader(model, telemetry.metrics.count_read) if model else None

        claim = StorageClaim(database, pictures)

        def find_storage_problem() -> str:
            return database.write_problem() or pictures.write_problem() or claim.find_problem()

        storage = StorageWatch(_list_folders(database, pictures), find_storage_problem)
        service = GenerationService(runner, acceptor, shutdown, find_storage_problem, reader)
        renderer = Renderer(
            pictures,
            telemetry,
            Imprint.configured(settings),
            processes,
            places=settings.max_queued_files,
            keyed=authenticator.is_keyed,  # asked in the event loop
            own_fonts=FontSources.configured(settings),
        )
        fonts = FontStore(renderer.own_fonts.uploads)
        shutdown.on_begin(service.drain)
        shutdown.on_limit(service.stop_jobs)
        shutdown.busy_while(lambda: runner.scheduler.has_work)
        if warning := exposure_problem(settings, await asyncio.to_thread(keys.any_made)):
            log.warning(warning)
        values = _gauge_values(service, runner, storage, webhooks)
        telemetry.watch(values)
        watchdog.start()
        works: dict[str, Work] = {
            "webhooks": webhooks.run,
            "resume": partial(resume_periodically, service),
            "collect": partial(collect_periodically, partial(collect_in_turn, database, pictures)),
            "garbage": partial(collect_when_calm, lambda: len(runner.registry)),
            "storage watch": storage.run,
            "work log": partial(log_work_periodically, values),
        }
        if runner.shared is not None:
            works |= list_shared_works(runner, runner.shared, service)
        if settings.cluster:
            works["cluster look"] = host.look_periodically
        if settings.idle_shutdown:
            limit = settings.idle_shutdown * 60
            works["idle"] = partial(stop_when_idle, limit, service.find_last_work, service.owes_work, shutdown.end)
        designs = DesignService(RevisionStore(database), renderer)
        with closing(renderer), closing(designs):
            opening = asyncio.create_task(service.open())
            async with running_in_background(works):
                try:
                    yield ApplicationState(service, renderer, designs, fonts, authenticator, keys, telemetry, link_key)
                finally:
                    watchdog.stop()
                    opening.cancel()
                    await asyncio.gather(opening, return_exceptions=True)
                    await service.close()
                    if reader is not None:
                        await reader.close()
                    await asyncio.to_thread(host.close, _ENGINE_STOPS)


def list_shared_works(runner: JobRunner, shared: SharedJobs, service: GenerationService) -> dict[str, Work]:
    """Return what a server does in the background that shares its queue with others."""

    def expire(identity: str) -> None:
        runner.loop.call_soon_threadsafe(service.expire, identity)

    def count() -> None:
        if isinstance(runner.scheduler, SharedScheduler):
            runner.scheduler.count()

    return {
        "notices": shared.hear_notices,
        "notices to others": shared.send_notices,
        "other servers": shared.follow_others,
        "leases": partial(shared.keep_leases, count, expire),
    }


def check_settings(settings: Settings) -> None:
    """Open what the settings name, and close it again: so that what is wrong stops the start in one line.

    The caller holds the lock of the server: the database is brought up to date here.

    Raises:
        EngineUnavailable: the engine of the settings cannot run.
        InvalidSetting, StorageUnavailable: something that they name cannot be used.
    """
    choose_engine(settings)
    check_tracing(settings)
    with closing(open_database(settings.database_url, settings.data_dir, locked=True)) as database:
        _webhook_secrets(settings, KeyStore(database))
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        pictures.check()
        StorageClaim(database, pictures).make()
        Imprint.configured(settings)


def _describe_hang(name: str, seconds: float) -> str:
    return f"no progress of {name} for {seconds:.0f} s"


def _list_folders(database: Database, pictures: PictureStore) -> dict[str, Path]:
    """Return the folders of this machine, by what is kept in them."""
    file = database.location.file
    folders = {"database": file.parent if file else None, "pictures": pictures.folder}
    return {what: folder for what, folder in folders.items() if folder is not None}


def _gauge_values(
    service: GenerationService, runner: JobRunner, storage: StorageWatch, webhooks: WebhookWorker
) -> GaugeValues:
    scheduler, host = runner.scheduler, runner.host
    return GaugeValues(
        waiting=lambda: scheduler.depth,
        running=lambda: scheduler.busy,
        engine=lambda: host.engine_kind,
        model=lambda: host.model,
        gpu=host.gpu,
        engines=host.counters,
        cluster=host.report_cluster,
        ready=lambda: service.ready and storage.writable,
        writable=lambda: storage.writable,
        disks=lambda: storage.disks,
        webhook_overdue=lambda: webhooks.overdue,
    )


def _webhook_secrets(settings: Settings, keys: KeyStore) -> WebhookSecrets:
    """Return what signs webhooks.

    Raises:
        InvalidSetting: `WEBHOOK_SECRET` cannot sign.
    """
    secret = settings.webhook_secret
    return WebhookSecrets(keys.webhook_secret, secret.get_secret_value() if secret else "")
