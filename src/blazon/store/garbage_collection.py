"""Garbage collection: what is past its time, and pictures that nothing refers to any more.

Safe beside a running server: a picture is written before the candidate that refers to it, so the young ones are left
alone; and an old one gets a new reference only from a candidate that refers to it already.
"""

import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete

from blazon.store.database import Database, retry
from blazon.store.generations import GenerationStore
from blazon.store.pictures import PictureStore
from blazon.store.tables import usage
from blazon.store.webhooks import WebhookStore

CLAIM_SECONDS: Final = 86_400.0  # how long an idempotency key is honoured
_YOUNG: Final = 3600.0
_CHUNK: Final = 500
_WEBHOOK_SECONDS: Final = 7 * 86_400.0
_USAGE_SECONDS: Final = 400 * 86_400.0


@dataclass(frozen=True, slots=True)
class Collected:
    """How much was removed: generations, idempotency keys, settled webhooks, pictures."""

    generations: int
    claims: int
    webhooks: int
    pictures: int


def collect(database: Database, pictures: PictureStore, now: float) -> Collected:
    """Remove what is past its time at the moment `now`.

    Raises:
        StorageUnavailable: the database or the store of pictures cannot be used.
    """
    generations = GenerationStore(database)
    removed = 0
    while outdated := generations.list_expired(now, _CHUNK):
        removed += generations.remove(outdated)
    claims = generations.forget_claims(now - CLAIM_SECONDS)
    settled = WebhookStore(database).forget(now - _WEBHOOK_SECONDS)
    _forget_usage(database, now)
    return Collected(removed, claims, settled, _sweep(generations, pictures, now))


def _sweep(generations: GenerationStore, pictures: PictureStore, now: float) -> int:
    old = list(pictures.older_than(now - _YOUNG))
    referred = generations.pictures()  # after the listing: what refers now is kept
    idle = [key for key in old if key not in referred]
    for start in range(0, len(idle), _CHUNK):
        pictures.remove(idle[start : start + _CHUNK])
    return len(idle)


@retry
def _forget_usage(database: Database, now: float) -> None:
    day = time.strftime("%Y-%m-%d", time.gmtime(now - _USAGE_SECONDS))
    with database.writing() as connection:
        connection.execute(delete(usage).where(usage.c.day < day))
