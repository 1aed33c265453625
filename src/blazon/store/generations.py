"""Generations in the database. Each method is one transaction; what it wrote is on disk when it returns."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from blazon.brief import Brief
from blazon.generation import UNFINISHED, CandidateRecord, Failure, Generation, Priority, Status
from blazon.store import quotas
from blazon.store.database import Database
from blazon.store.outbox import Delivery, owe
from blazon.store.tables import candidates, generations, idempotency

_OF_CANDIDATE: Final = tuple(field.name for field in dataclasses.fields(CandidateRecord))


@dataclass(frozen=True, slots=True)
class Claim:
    """An `Idempotency-Key` and a digest of the request that came with it."""

    key: str
    request: str


class AlreadyClaimed(Exception):  # what happened, not a fault
    """The idempotency key was used before, for `generation`, with the request that has the digest `request`."""

    def __init__(self, generation: str, request: str) -> None:
        super().__init__(generation)
        self.generation = generation
        self.request = request


class GenerationStore:
    """Keeps generations. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(
        self,
        generation: Generation,
        claim: Claim | None = None,
        quota: int | None = None,
        *,
        counted: bool = True,
        owed: Delivery | None = None,
    ) -> None:
        """Write a new generation, with its idempotency key and its share of the owner's quota.

        Raises:
            AlreadyClaimed: the key led to another generation; nothing was written.
            ShareExceeded: the owner's quota of the day would be passed; nothing was written.
            StorageFull: no room is left; nothing was written.
        """
        with self._database.writing() as connection:
            if claim is not None:
                _refuse_claimed(connection, generation.owner, claim)
            if counted:
                quotas.spend(connection, generation.owner, generation.brief.count, quota, generation.created_at)
            _insert(connection, generation)
            if owed is not None:
                owe(connection, owed)
            if claim is not None:
                connection.execute(
                    insert(idempotency).values(
                        owner=generation.owner,
                        key=claim.key,
                        request=claim.request,
                        generation=generation.id,
                        created_at=generation.created_at,
                    )
                )

    def claimed(self, owner: str, claim: Claim) -> None:
        """Return if an idempotency key was not used yet.

        Raises:
            AlreadyClaimed: it was.
        """
        with self._database.reading() as connection:
            _refuse_claimed(connection, owner, claim)

    def update(self, generation: Generation) -> None:
        """Write how it stands, such as that its drawing was begun."""
        with self._database.writing() as connection:
            _update(connection, generation)

    def add(self, generation: Generation, candidate: CandidateRecord, owed: Delivery | None = None) -> bool:
        """Write a finished candidate, and the end if it was the last.

        Return False, and write nothing, if the generation has ended, or has that candidate from another process.
        """
        there = (candidates.c.generation == generation.id) & (candidates.c.number == candidate.number)
        with self._database.writing() as connection:
            if connection.scalar(select(candidates.c.number).where(there)) is not None:
                return False
            if not _update(connection, generation):
                return False
            connection.execute(
                insert(candidates).values(generation=generation.id, **{n: getattr(candidate, n) for n in _OF_CANDIDATE})
            )
            if owed is not None:
                owe(connection, owed)
            return True

    def end(self, generation: Generation, owed: Delivery | None = None) -> bool:
        """Write its terminal status. Return False if it is gone or had ended: nothing ends twice."""
        with self._database.writing() as connection:
            if not _update(connection, generation):
                return False
            if owed is not None:
                owe(connection, owed)
            return True

    def get(self, identity: str, owner: str | None = None) -> Generation | None:
        """Return a generation; None if there is none of that id, or it is not `owner`'s."""
        query = select(generations).where(generations.c.id == identity)
        if owner is not None:
            query = query.where(generations.c.owner == owner)
        with self._database.reading() as connection:
            return next(iter(_read(connection, query)), None)

    def page(
        self, owner: str | None, limit: int, before: str | None = None, statuses: Iterable[Status] = ()
    ) -> list[Generation]:
        """Return up to `limit` generations, the newest first, older than the one with the id `before`."""
        query = select(generations).order_by(generations.c.id.desc()).limit(limit)
        if owner is not None:
            query = query.where(generations.c.owner == owner)
        if before is not None:
            query = query.where(generations.c.id < before)
        if wanted := [str(status) for status in statuses]:
            query = query.where(generations.c.status.in_(wanted))
        with self._database.reading() as connection:
            return _read(connection, query)

    def unfinished(self) -> list[str]:
        """Return the ids of what was accepted and has not ended, the oldest first."""
        query = select(generations.c.id).where(generations.c.status.in_([str(status) for status in UNFINISHED]))
        with self._database.reading() as connection:
            return list(connection.scalars(query.order_by(generations.c.id)))

    def remove(self, identities: Sequence[str]) -> int:
        """Remove generations; what they alone refer to in the store of pictures is left to the garbage collection."""
        with self._database.writing() as connection:
            return connection.execute(delete(generations).where(generations.c.id.in_(identities))).rowcount

    def outdated(self, now: float, limit: int) -> list[str]:
        """Return the ids of ended generations whose time is over."""
        query = (
            select(generations.c.id)
            .where(generations.c.expires_at <= now, generations.c.status.not_in([str(status) for status in UNFINISHED]))
            .limit(limit)
        )
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def forget_claims(self, before: float) -> int:
        """Forget idempotency keys that are older than the moment `before`."""
        with self._database.writing() as connection:
            return connection.execute(delete(idempotency).where(idempotency.c.created_at < before)).rowcount

    def pictures(self) -> set[str]:
        """Return the keys of all pictures that a candidate refers to."""
        with self._database.reading() as connection:
            return set(connection.scalars(select(candidates.c.picture).distinct()))


def _refuse_claimed(connection: Connection, owner: str, claim: Claim) -> None:
    found = connection.execute(
        select(idempotency.c.generation, idempotency.c.request).where(
            idempotency.c.owner == owner, idempotency.c.key == claim.key
        )
    ).first()
    if found is not None:
        raise AlreadyClaimed(*found)


def _insert(connection: Connection, generation: Generation) -> None:
    connection.execute(insert(generations).values(**_row(generation)))
    if generation.candidates:
        connection.execute(
            insert(candidates),
            [
                {"generation": generation.id, **{name: getattr(candidate, name) for name in _OF_CANDIDATE}}
                for candidate in generation.candidates
            ],
        )


def _update(connection: Connection, generation: Generation) -> bool:
    values = {name: value for name, value in _row(generation).items() if name not in ("id", "brief", "owner")}
    changed = connection.execute(
        update(generations)
        .where(generations.c.id == generation.id, generations.c.status.in_([str(status) for status in UNFINISHED]))
        .values(**values)
    )
    return changed.rowcount == 1


def _row(generation: Generation) -> dict[str, Any]:
    own = {field.name: getattr(generation, field.name) for field in dataclasses.fields(generation)}
    del own["candidates"]
    failure = generation.failure
    return {
        **own,
        "brief": generation.brief.to_dict(),
        "status": str(generation.status),
        "priority": str(generation.priority),
        "failure": None if failure is None else dataclasses.asdict(failure),
    }


def _read(connection: Connection, query: Select[Any]) -> list[Generation]:
    rows = connection.execute(query).all()
    found: dict[str, list[CandidateRecord]] = {row.id: [] for row in rows}
    if found:
        records = select(candidates).where(candidates.c.generation.in_(found)).order_by(candidates.c.number)
        for record in connection.execute(records):
            found[record.generation].append(_candidate(record))
    return [_generation(row, found[row.id]) for row in rows]


def _candidate(row: Row[Any]) -> CandidateRecord:
    values = {name: getattr(row, name) for name in _OF_CANDIDATE}
    return CandidateRecord(**{**values, "credits": tuple(values["credits"])})


def _generation(row: Row[Any], records: list[CandidateRecord]) -> Generation:
    values = row._asdict()
    return Generation(
        **{
            **values,
            "brief": Brief.from_dict(values["brief"]),
            "status": Status(values["status"]),
            "priority": Priority(values["priority"]),
            "failure": Failure(**values["failure"]) if values["failure"] else None,
            "candidates": tuple(records),
        }
    )
