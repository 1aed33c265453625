"""Garbage collection: what is past its time, and pictures that nothing refers to any more.

Safe beside running servers: a picture is written before the candidate that refers to it, so the young ones are left
alone, by the clock that dates them; and what is drawn again while it waits to be removed is young again.
"""

import time
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import delete

from blazon.store.chores import take_chore
from blazon.store.clock import read_clock
from blazon.store.database import Database, retry
from blazon.store.generations import GenerationStore
from blazon.store.pictures import PictureStore
from blazon.store.rates import RateStore
from blazon.store.storage_claim import find_conflict, read_mark
from blazon.store.tables import usage
from blazon.store.webhooks import WebhookStore

log = structlog.stdlib.get_logger("blazon.store")

CLAIM_SECONDS: Final = 86_400.0  # how long an idempotency key is honoured
_YOUNG: Final = 3600.0
_CHUNK: Final = 500
_WEBHOOK_SECONDS: Final = 7 * 86_400.0
_USAGE_SECONDS: Final = 400 * 86_400.0
_EVERY: Final = 3000.0  # seconds until another server collects; each asks once an hour


@dataclass(frozen=True, slots=True)
class Collected:
    """How much was removed: generations, idempotency keys, settled webhooks, pictures."""

    generations: int
    claims: int
    webhooks: int
    pictures: int


def collect_in_turn(database: Database, pictures: PictureStore) -> Collected | None:
    """Do as `collect`, but for None if another server that shares the database does it.

    Raises:
        StorageUnavailable: as `collect`.
    """
    if database.shared and not take_chore(database, "garbage", _EVERY):
        return None
    return collect(database, pictures)


def collect(database: Database, pictures: PictureStore, now: float | None = None) -> Collected:
    """Remove what is past its time.

    Args:
        now: seconds since 1970; None to ask the clock of the database, and for the age of pictures the one that dates
            them. Nothing is removed too early because the clock of this machine is wrong.

    Raises:
        StorageUnavailable: the database or the store of pictures cannot be used.
    """
    young = (pictures.read_clock() if now is None else now) - _YOUNG
    now = _read_clock(database) if now is None else now
    generations = GenerationStore(database)
    removed = 0
    while outdated := generations.list_expired(now, _CHUNK):
        removed += generations.remove(outdated)
    claims = generations.forget_claims(now - CLAIM_SECONDS)
    settled = WebhookStore(database).forget(now - _WEBHOOK_SECONDS)
    _forget_usage(database, now)
    if database.shared:
        RateStore(database).forget()
    return Collected(removed, claims, settled, _sweep(database, pictures, young))


def _sweep(database: Database, pictures: PictureStore, young: float) -> int:
    if conflict := find_conflict(database, pictures):
        log.error("no picture is removed", reason=conflict)
        return 0
    if mark := read_mark(pictures):
        pictures.write_mark(mark)  # young again: buckets may remove by themselves what is old
    generations = GenerationStore(database)
    old = list(pictures.older_than(young))
    referred = generations.pictures()  # after the listing: what refers now is kept
    return pictures.remove_older([key for key in old if key not in referred], young)


@retry
def _read_clock(database: Database) -> float:
    with database.reading() as connection:
        return read_clock(connection)


@retry
def _forget_usage(database: Database, now: float) -> None:
    day = time.strftime("%Y-%m-%d", time.gmtime(now - _USAGE_SECONDS))
    with database.writing() as connection:
        connection.execute(delete(usage).where(usage.c.day < day))
