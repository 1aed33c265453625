"""Generations in the database. Each method is one transaction; what it wrote is on disk when it returns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Select, and_, bindparam, delete, insert, or_, select, update

from blazon.errors import UnreadableRecord
from blazon.generation import UNFINISHED, CandidateRecord, Failure, Generation, Status
from blazon.store.database import Database, retry
from blazon.store.generation_rows import generation_values, insert_candidates, read_generations
from blazon.store.keys import spend_quota
from blazon.store.notices import Notice, NoticeKind, add_notice
from blazon.store.postgresql import lock
from blazon.store.tables import candidates, generations, idempotency, unreadable
from blazon.store.task_queue import Lease, add_tasks, finish_task, remove_tasks
from blazon.store.unreadable import UnreadableRecords, translate_errors
from blazon.store.webhooks import WebhookDelivery, insert_delivery

_KIND: Final = "generation"
_UNFINISHED: Final = tuple(sorted(map(str, UNFINISHED)))
_CHUNK: Final = 500

_INSERT: Final = insert(generations)
_INSERT_CLAIM: Final = insert(idempotency)
_CLAIMED: Final = select(idempotency.c.generation, idempotency.c.request).where(
    idempotency.c.owner == bindparam("owner"), idempotency.c.key == bindparam("key")
)
_UPDATE: Final = update(generations).where(generations.c.id == bindparam("identity"))
_ONE: Final = select(generations.c.id).where(generations.c.id == bindparam("identity"))
_LOCK_ROW: Final = _ONE.with_for_update()
_ONE_OF_OWNER: Final = _ONE.where(generations.c.owner == bindparam("owner"))


DeliveryBuilder = Callable[[Generation], WebhookDelivery | None]


def _owe_nothing(_: Generation) -> None:
    return None


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
    """Keeps generations. Threads may share it.

    Args:
        shared: whether what waits is kept in the database too, for other servers; by default where there may be some.
    """

    def __init__(self, database: Database, *, shared: bool | None = None) -> None:
        self._database = database
        self._shared = database.shared if shared is None else shared
        self._unreadable = UnreadableRecords(database, _KIND)

    @retry
    def accept(
        self,
        generation: Generation,
        claim: Claim | None = None,
        quota: int | None = None,
        *,
        counted: bool = True,
        owed: WebhookDelivery | None = None,
        previews: bool = False,
        joins: bool = True,
    ) -> None:
        """Write a new generation, with its idempotency key and its share of the owner's quota.

        Args:
            counted: whether it is counted against the quota.
            owed: the webhook that it owes, as it has ended already.
            previews, joins: see `add_tasks`, where servers share a queue.

        Raises:
            AlreadyClaimed: the key led to another generation; nothing was written.
            ShareExceeded: the owner's quota of the day would be passed; nothing was written.
            StorageFull: no room is left; nothing was written.
        """
        with self._database.writing() as connection:
            if claim is not None:
                lock(connection, f"claim {claim.key} {generation.owner}")
                _refuse_claimed(connection, generation.owner, claim)
            if counted:
                spend_quota(connection, generation.owner, generation.brief.count, quota, generation.created_at)
            _insert(connection, generation)
            if self._shared and not generation.status.ended:
                add_tasks(connection, generation, previews=previews, joins=joins)
            if owed is not None:
                insert_delivery(connection, owed)
            if claim is not None:
                connection.execute(_INSERT_CLAIM, _claim_values(generation, claim))

    @retry
    def refuse_claimed(self, owner: str, claim: Claim) -> None:
        """Return if an idempotency key was not used yet.

        Raises:
            AlreadyClaimed: it was.
        """
        with self._database.reading() as connection:
            _refuse_claimed(connection, owner, claim)

    def start(self, identity: str, now: float) -> Generation | None:
        """Write that its drawing was begun, and return it; None if it is gone or has ended."""
        return self._change(identity, lambda generation: generation.start(now))

    def count_breakdown(self, identity: str) -> Generation | None:
        """Write that the process that drew it broke down, and return it; None if it is gone or has ended."""
        return self._change(identity, Generation.with_breakdown)

    def add(
        self,
        identity: str,
        number: int,
        make_record: Callable[[int], CandidateRecord],
        now: float,
        build_delivery: DeliveryBuilder = _owe_nothing,
        lease: Lease | None = None,
    ) -> Generation | None:
        """Write a finished candidate, and the end if it was the last; return the generation with it.

        None, and nothing is written, if the generation is gone, has ended, or has that candidate.

        Args:
            make_record: returns the candidate, told by the event with the number that is given.
            build_delivery: returns the webhook that the end owes.
            lease: under which it was drawn, where servers share a queue; None is returned if it is another's now.
        """

        def finish(generation: Generation) -> Generation | None:
            if number not in generation.missing:
                return None
            more = generation.with_candidate(make_record(generation.next_event))
            return more if more.missing else more.end(Status.SUCCEEDED, now, more.next_event)

        return self._change(identity, finish, build_delivery, lease)

    def end(
        self,
        identity: str,
        status: Status,
        now: float,
        failure: Failure | None = None,
        build_delivery: DeliveryBuilder = _owe_nothing,
    ) -> Generation | None:
        """Write its terminal status, and return it. None if it is gone or had ended: nothing ends twice."""
        return self._change(
            identity, lambda generation: generation.end(status, now, generation.next_event, failure), build_delivery
        )

    @retry
    def _change(
        self,
        identity: str,
        change: Callable[[Generation], Generation | None],
        build_delivery: DeliveryBuilder = _owe_nothing,
        lease: Lease | None = None,
    ) -> Generation | None:
        """Write a change to what is there and has not ended, and return it; None if there is nothing to change.

        Others may change it at the same time: each sees what those before it wrote.
        """
        with self._database.writing() as connection:
            if self._database.shared:  # SQLite has no such lock, nor needs it
                connection.execute(_LOCK_ROW, {"identity": identity})
            before = read_generations(connection, [identity]).get(identity)
            if not isinstance(before, Generation) or before.status.ended or (after := change(before)) is None:
                return None
            if lease is not None and not finish_task(connection, lease):
                return None
            if changed := generation_values(after, before):
                connection.execute(_UPDATE, {"identity": identity, **changed})
            known = {candidate.number for candidate in before.candidates}
            insert_candidates(connection, identity, [one for one in after.candidates if one.number not in known])
            if after.status.ended and (owed := build_delivery(after)) is not None:
                insert_delivery(connection, owed)
            if self._shared and after.status.ended:
                remove_tasks(connection, after)
            add_notice(connection, Notice(NoticeKind.CHANGED, identity))
            return after

    @retry
    def get(self, identity: str, owner: str | None = None) -> Generation | None:
        """Return a generation; None if there is none of that id, or it is not `owner`'s.

        Raises:
            UnreadableRecord: it is there, and cannot be read by this version of Blazon.
        """
        query = _ONE if owner is None else _ONE_OF_OWNER
        with self._database.reading() as connection:
            there = connection.scalars(query, {"identity": identity, "owner": owner}).all()
            found = read_generations(connection, there).get(identity)
        if isinstance(found, UnreadableRecord):
            self._unreadable.note(identity, str(found))
            raise UnreadableRecord(
                f"the generation {identity} is stored in a form that this version of Blazon cannot read"
            )
        return found

    def page(
        self, owner: str | None, limit: int, before: str | None = None, statuses: Iterable[Status] = ()
    ) -> list[Generation]:
        """Return up to `limit` generations, the newest first, older than the one with the id `before`.

        Those that this version of Blazon cannot read are passed over.
        """
        query = select(generations.c.id).order_by(generations.c.id.desc())
        if owner is not None:
            query = query.where(generations.c.owner == owner)
        if wanted := [str(status) for status in statuses]:
            query = query.where(generations.c.status.in_(wanted))
        found: list[Generation] = []
        while len(found) < limit:
            asked = limit - len(found)
            these = query if before is None else query.where(generations.c.id < before)
            identities, readable = self._read_some(these.limit(asked))
            found += readable
            if len(identities) < asked:
                break
            before = identities[-1]
        return found

    def list_unfinished(self, is_known: Callable[[str], bool] = lambda _: False) -> list[str]:
        """Return the ids of what was accepted and has not ended, the oldest first.

        Those that this version of Blazon cannot read are passed over.

        Args:
            is_known: whether an id is not asked for; then its row is not read.
        """
        query = select(generations.c.id).where(generations.c.status.in_(_UNFINISHED)).order_by(generations.c.id)
        found: list[str] = []
        after = ""
        while True:
            identities, readable = self._read_some(query.where(generations.c.id > after).limit(_CHUNK), is_known)
            found += [one.id for one in readable]
            if len(identities) < _CHUNK:
                return found
            after = identities[-1]

    @retry
    def _read_some(
        self, query: Select[str], is_known: Callable[[str], bool] = lambda _: False
    ) -> tuple[Sequence[str], list[Generation]]:
        """Return the ids that a query finds among those that may be readable, and the unknown generations that are."""
        with self._database.reading() as connection:
            identities = connection.scalars(query.where(~self._unreadable.is_marked(generations.c.id))).all()
            records = read_generations(connection, [one for one in identities if not is_known(one)])
        readable = []
        for identity, record in records.items():
            if isinstance(record, UnreadableRecord):
                self._unreadable.note(identity, str(record))
            else:
                readable.append(record)
        return identities, readable

    @retry
    def remove(self, identities: Sequence[str]) -> int:
        """Remove generations; what they alone refer to in the store of pictures is left to the garbage collection."""
        with self._database.writing() as connection:
            connection.execute(delete(unreadable).where(unreadable.c.kind == _KIND, unreadable.c.id.in_(identities)))
            for identity in identities:
                add_notice(connection, Notice(NoticeKind.CHANGED, identity))
            return connection.execute(delete(generations).where(generations.c.id.in_(identities))).rowcount

    @retry
    def list_expired(self, now: float, limit: int) -> list[str]:
        """Return the ids of generations whose time is over, and that have ended or will never be read."""
        over = or_(generations.c.status.not_in(_UNFINISHED), self._unreadable.is_marked(generations.c.id, by_any=True))
        query = select(generations.c.id).where(and_(generations.c.expires_at <= now, over)).limit(limit)
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    @retry
    def forget_claims(self, before: float) -> int:
        """Forget idempotency keys that are older than the moment `before`."""
        with self._database.writing() as connection:
            return connection.execute(delete(idempotency).where(idempotency.c.created_at < before)).rowcount

    @retry
    def pictures(self) -> set[str]:
        """Return the keys of all pictures that a candidate refers to, one that cannot be read as a whole included."""
        with self._database.reading() as connection:
            try:
                return set(translate_errors(connection.scalars(select(candidates.c.picture).distinct()).all))
            except UnreadableRecord:  # one of them is no text, and leads to no picture; the others do
                return set(_pictures_singly(connection))


def _refuse_claimed(connection: Connection, owner: str, claim: Claim) -> None:
    found = connection.execute(_CLAIMED, {"owner": owner, "key": claim.key}).first()
    if found is not None:
        raise AlreadyClaimed(*found)


def _claim_values(generation: Generation, claim: Claim) -> dict[str, object]:
    return {
        "owner": generation.owner,
        "key": claim.key,
        "request": claim.request,
        "generation": generation.id,
        "created_at": generation.created_at,
    }


def _pictures_singly(connection: Connection) -> Iterator[str]:
    for place in connection.execute(select(candidates.c.generation, candidates.c.number)).all():
        this = (candidates.c.generation == place.generation) & (candidates.c.number == place.number)
        with suppress(UnreadableRecord):
            yield from translate_errors(connection.scalars(select(candidates.c.picture).where(this)).all)


def _insert(connection: Connection, generation: Generation) -> None:
    connection.execute(_INSERT, generation_values(generation))
    insert_candidates(connection, generation.id, generation.candidates)
