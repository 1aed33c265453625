"""The queue that several servers share: a row for each candidate that is still to be drawn, and who draws it.

A row is written with its generation, and removed with the candidate or with the end. Who draws a candidate has a lease
of it, which is over unless it is renewed: then somebody else draws it, and only whoever holds the newest token writes
the result. Moments are those of the database's clock, so that no two machines need to agree on the time.

Between owners it is start-time fair queueing, as in `serve/queue.py`: a place has a virtual start, the least is served
first, and the owner whose place it is puts there what it wants first. Of equal generations of an owner one is drawn;
the others, its twins, wait until its candidate is there and take that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Float,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from blazon.generation import UNFINISHED, Generation, Status
from blazon.store.clock import clock as _clock
from blazon.store.database import Database, retry
from blazon.store.generation_rows import read_generations
from blazon.store.notices import Notice, NoticeKind, add_notice
from blazon.store.postgresql import lock, wait_for_no_disk
from blazon.store.tables import candidates, generations, lanes, tasks

LEASE: Final = 9.0  # seconds; renewed every third of that
_OVERDUE: Final = 5.0  # seconds: the server that accepted a generation ends it at its deadline, others only after that
_UNFINISHED: Final = tuple(sorted(map(str, UNFINISHED)))
_CHUNK: Final = 500

_free: Final = and_(tasks.c.holder.is_(None), ~tasks.c.parked)
_due: Final = and_(_free, tasks.c.due_at <= _clock)
_this: Final = and_(tasks.c.generation == bindparam("identity"), tasks.c.number == bindparam("task"))
_leased: Final = and_(_this, tasks.c.token == bindparam("held"), tasks.c.holder.is_not(None))


def _select_first(condition: ColumnElement[bool], *order: ColumnElement[Any]) -> Select[Any]:
    """Return the query for the first row that meets a condition and that nobody else is about to claim."""
    query = select(tasks).where(condition).order_by(*order, tasks.c.generation, tasks.c.number).limit(1)
    return query.with_for_update(skip_locked=True)


# Built once: to do it for every request takes as long as to execute them.
_among: Final = tasks.c.generation.in_(bindparam("among", expanding=True))
_own: Final = tasks.c.owner == bindparam("whose")
_TURN: Final = _select_first(_due, tasks.c.start)
_WANTED: Final = _select_first(and_(_due, _own), tasks.c.rank, tasks.c.start)
_TURN_AMONG: Final = _select_first(and_(_due, _among), tasks.c.start)
_WANTED_AMONG: Final = _select_first(and_(_due, _own, _among), tasks.c.rank, tasks.c.start)
_CLAIM: Final = (
    update(tasks)
    .where(_this)
    .values(
        start=bindparam("place"),
        holder=bindparam("claimer"),
        token=bindparam("new_token"),
        expires_at=_clock + bindparam("lease", type_=Float),
    )
)
_MOVE: Final = update(tasks).where(_this).values(start=bindparam("place"))
_FINGERPRINT: Final = select(tasks.c.fingerprint).where(_leased).with_for_update()
_FINISH: Final = delete(tasks).where(_leased)
_EQUAL: Final = select(tasks.c.number).where(tasks.c.fingerprint == bindparam("print")).distinct()
_twins: Final = and_(tasks.c.fingerprint == bindparam("print"), tasks.c.number == bindparam("task"), tasks.c.parked)
_FREE_TWINS: Final = update(tasks).where(_twins).values(parked=False)
_INSERT: Final = insert(tasks)
_INSERT_DATED: Final = insert(tasks).values(deadline=_clock + bindparam("patience", type_=Float))
# The virtual time, and where the places of an owner end.
_virtual_time: Final = func.coalesce(
    select(func.max(tasks.c.start)).where(tasks.c.holder.is_not(None)).scalar_subquery(),
    select(func.min(tasks.c.start)).where(_free).scalar_subquery(),
    select(func.max(lanes.c.finish)).scalar_subquery(),
    0.0,
)
_PLACES: Final = select(
    _virtual_time, select(lanes.c.finish).where(lanes.c.owner == bindparam("whose")).scalar_subquery()
)
_INSERT_LANE: Final = insert(lanes)
_MOVE_LANE: Final = update(lanes).where(lanes.c.owner == bindparam("whose")).values(finish=bindparam("end"))


@dataclass(frozen=True, slots=True)
class Lease:
    """A candidate that one process may draw.

    Args:
        token: changes whenever another process gets it.
        losses: how many processes were lost while they drew it.
        previews: whether pictures of unfinished work will be looked at.
        twin: whether an equal generation was under way when this one was accepted.
    """

    generation: str
    number: int
    token: int
    losses: int = 0
    previews: bool = False
    twin: bool = False


_OF_LEASE: Final = tuple(field.name for field in fields(Lease))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, of all servers: candidates by owner and rank, and by owner generations of which none was begun.

    Args:
        held: candidates that are drawn now, by all processes.
        holders: processes that draw.
    """

    candidates: Counter[tuple[str, int]]
    generations: Counter[str]
    held: int = 0
    holders: int = 0

    @property
    def waiting(self) -> int:
        return self.candidates.total()


# Within the transactions of generations.


def add_tasks(connection: Connection, generation: Generation, *, previews: bool = False, joins: bool = True) -> None:
    """Let the missing candidates of a generation wait.

    Args:
        joins: whether it may take the candidates of an equal generation that is under way.
    """
    missing = generation.missing
    if not missing:
        return
    equal = _list_equal(connection, generation.fingerprint) if joins else set()
    start = _take_places(connection, generation.owner, len(missing) / generation.weight)
    row: dict[str, Any] = {
        "generation": generation.id,
        "owner": generation.owner,
        "rank": generation.priority.rank,
        "fingerprint": generation.fingerprint if joins else "",
        "twin": bool(equal),
        "previews": previews,
        "due_at": 0.0,
        "token": 0,
        "losses": 0,
    }
    dated = generation.deadline_at is not None
    if generation.deadline_at is not None:
        row["patience"] = generation.deadline_at - generation.created_at
    rows = [
        {**row, "number": number, "start": start + place / generation.weight, "parked": number in equal}
        for place, number in enumerate(missing)
    ]
    connection.execute(_INSERT_DATED if dated else _INSERT, rows)
    add_notice(connection, Notice(NoticeKind.QUEUED))


def finish_task(connection: Connection, lease: Lease) -> bool:
    """Take a candidate that is finished out of the queue; False if the lease is not held any more."""
    this = _parameters(lease)
    fingerprint = connection.scalar(_FINGERPRINT, this)
    if fingerprint is None:
        return False
    connection.execute(_FINISH, this)
    if fingerprint:
        lock(connection, f"equal {fingerprint}")
        if _count(connection.execute(_FREE_TWINS, {"print": fingerprint, "task": lease.number})):
            add_notice(connection, Notice(NoticeKind.QUEUED))
    return True


def remove_tasks(connection: Connection, generation: Generation) -> None:
    """Take what is left of a generation that has ended out of the queue; one of its twins is drawn in its place."""
    lock(connection, f"equal {generation.fingerprint}")  # before any of the rows, as who finishes a twin does
    connection.execute(delete(tasks).where(tasks.c.generation == generation.id))
    first = (
        select(tasks.c.number, func.min(tasks.c.generation).label("generation"))
        .where(tasks.c.fingerprint == generation.fingerprint)
        .group_by(tasks.c.number)
        .having(func.min(case((tasks.c.parked, 1), else_=0)) == 1)  # nobody draws it
        .subquery()
    )
    twins = (tasks.c.fingerprint == generation.fingerprint) & exists().where(
        first.c.generation == tasks.c.generation, first.c.number == tasks.c.number
    )
    if _count(connection.execute(update(tasks).where(twins).values(parked=False))):
        add_notice(connection, Notice(NoticeKind.QUEUED))


class TaskQueue:
    """The queue, for one process that draws from it. Threads may share it.

    Args:
        holder: a name that no other process has.
        lease: seconds until a candidate is somebody else's, unless `renew` is called.
    """

    def __init__(self, database: Database, holder: str, lease: float = LEASE) -> None:
        self.database = database
        self.holder = holder
        self.lease = lease

    @retry
    def claim(self, among: Sequence[str] | None = None) -> Lease | None:
        """Return the candidate whose turn it is, which nobody else draws from now on; None if none waits.

        Args:
            among: ids of the generations that may be chosen from; None for all.
        """
        chosen = {} if among is None else {"among": among}
        turn_query, wanted_query = (_TURN, _WANTED) if among is None else (_TURN_AMONG, _WANTED_AMONG)
        with self.database.writing() as connection:
            wait_for_no_disk(connection)  # a lease that is lost leaves a candidate that waits
            turn = connection.execute(turn_query, chosen).first()
            if turn is None:
                return None
            wanted = connection.execute(wanted_query, {**chosen, "whose": turn.owner}).first() or turn
            if (wanted.generation, wanted.number) != (turn.generation, turn.number):
                place = {"identity": turn.generation, "task": turn.number, "place": wanted.start}
                connection.execute(_MOVE, place)
            lease = Lease(**{name: getattr(wanted, name) for name in _OF_LEASE} | {"token": wanted.token + 1})
            claimed = {"claimer": self.holder, "new_token": lease.token, "place": turn.start, "lease": self.lease}
            connection.execute(_CLAIM, {"identity": lease.generation, "task": lease.number, **claimed})
            return lease

    @retry
    def renew(self) -> list[Lease]:
        """Go on holding what this process holds, and return it."""
        with self.database.writing() as connection:
            wait_for_no_disk(connection)
            mine = update(tasks).where(tasks.c.holder == self.holder)
            rows = connection.execute(
                mine.values(expires_at=_clock + self.lease).returning(*(tasks.c[name] for name in _OF_LEASE))
            )
            return [Lease(**row._mapping) for row in rows]

    @retry
    def release(self, lease: Lease, delay: float = 0.0) -> None:
        """Let somebody else draw a candidate, from `delay` seconds on."""
        with self.database.writing() as connection:
            free = update(tasks).where(_leased).values(holder=None, expires_at=None, due_at=_clock + delay)
            if _count(connection.execute(free, _parameters(lease))) and not delay:
                add_notice(connection, Notice(NoticeKind.QUEUED))

    @retry
    def release_all(self) -> int:
        """Let others draw all that this process holds; return how much that was."""
        with self.database.writing() as connection:
            mine = update(tasks).where(tasks.c.holder == self.holder)
            count = _count(connection.execute(mine.values(holder=None, expires_at=None)))
            if count:
                add_notice(connection, Notice(NoticeKind.QUEUED))
            return count

    @retry
    def list_others(self) -> list[str]:
        """Return the names of the other processes that hold something."""
        with self.database.reading() as connection:
            others = select(tasks.c.holder).where(tasks.c.holder.is_not(None), tasks.c.holder != self.holder)
            return [str(name) for name in connection.scalars(others.distinct())]

    @retry
    def take_from(self, lost: Sequence[str] = (), *, silent: bool = True) -> dict[str, int]:
        """Take back what the processes `lost` hold, and what was not renewed in time; return how much of each process.

        Args:
            silent: False to leave what was not renewed.
        """
        with self.database.writing() as connection:
            over: ColumnElement[bool] = tasks.c.holder.in_(lost)
            if silent:
                over = or_(over, tasks.c.expires_at < _clock)
            found = select(tasks.c.generation, tasks.c.number, tasks.c.holder).where(tasks.c.holder.is_not(None), over)
            rows = connection.execute(found.with_for_update(skip_locked=True)).all()
            for row in rows:
                free = update(tasks).where(_this).values(holder=None, expires_at=None, losses=tasks.c.losses + 1)
                connection.execute(free, {"identity": row.generation, "task": row.number})
            if rows:
                add_notice(connection, Notice(NoticeKind.QUEUED))
            return dict(Counter(str(row.holder) for row in rows))

    @retry
    def list_overdue(self) -> list[str]:
        """Return the ids of generations whose deadline is over, and that nobody has ended."""
        with self.database.reading() as connection:
            over = tasks.c.deadline < _clock - _OVERDUE
            return list(connection.scalars(select(tasks.c.generation).where(over).distinct()))

    @retry
    def adopt(self) -> list[str]:
        """Let all wait that is unfinished and does not, such as what an earlier version accepted; return the ids."""
        nowhere = generations.c.status.in_(_UNFINISHED) & ~exists().where(tasks.c.generation == generations.c.id)
        lonely = select(generations.c.id).where(nowhere).order_by(generations.c.id).limit(_CHUNK)
        with self.database.writing() as connection:
            identities = list(connection.scalars(lonely.with_for_update(skip_locked=True)))
            found = read_generations(connection, identities)
            adopted = [one for one in found.values() if isinstance(one, Generation) and one.missing]
            for generation in adopted:
                add_tasks(connection, generation)
            return [generation.id for generation in adopted]

    @retry
    def count(self) -> Backlog:
        """Return what waits and what is drawn."""
        by_owner = (
            select(tasks.c.owner, tasks.c.rank, func.count(), func.count().filter(tasks.c.number == 0))
            .where(tasks.c.holder.is_(None))
            .group_by(tasks.c.owner, tasks.c.rank)
        )
        held = select(func.count(), func.count(tasks.c.holder.distinct())).where(tasks.c.holder.is_not(None))
        waiting: Counter[tuple[str, int]] = Counter()
        whole: Counter[str] = Counter()
        with self.database.reading() as connection:
            for owner, rank, count, jobs in connection.execute(by_owner):
                waiting[owner, rank] += count
                whole[owner] += jobs
            drawn, holders = connection.execute(held).one()
        return Backlog(waiting, whole, drawn, holders)

    @retry
    def count_ahead(self, identity: str) -> int | None:
        """Return how many candidates wait in places before the first of a generation; None if none of it waits."""
        first = select(func.min(tasks.c.start)).where(tasks.c.generation == identity, tasks.c.holder.is_(None))
        with self.database.reading() as connection:
            start = connection.scalar(first)
            if start is None:
                return None
            before = select(func.count()).where(_free, tasks.c.start < start, tasks.c.generation != identity)
            return connection.scalar(before)

    @retry
    def find_equal(self, identity: str, number: int) -> str | None:
        """Return the id of another generation, equal to this one, that has a candidate; None if there is none."""
        one, other = generations.alias("one"), generations.alias("other")
        equal = (
            select(other.c.id)
            .join(one, and_(one.c.fingerprint == other.c.fingerprint, one.c.id != other.c.id))
            .join(candidates, and_(candidates.c.generation == other.c.id, candidates.c.number == number))
            .where(one.c.id == identity)
            .order_by(other.c.id.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            return connection.scalar(equal)

    @retry
    def list_states(self, identities: Sequence[str]) -> dict[str, tuple[Status, int]]:
        """Return the status of generations and how many candidates they have; those that are gone are left out."""
        many = func.count(candidates.c.number)
        query = (
            select(generations.c.id, generations.c.status, many)
            .outerjoin(candidates, candidates.c.generation == generations.c.id)
            .where(generations.c.id.in_(identities))
            .group_by(generations.c.id, generations.c.status)
        )
        with self.database.reading() as connection:
            return {identity: (Status(status), count) for identity, status, count in connection.execute(query)}

    @retry
    def free_twins(self) -> int:
        """Let wait what is parked for a candidate that nobody draws any more, such as of a generation that was removed
        without an end; return how much.
        """
        drawn = tasks.alias("drawn")
        equal = and_(drawn.c.fingerprint == tasks.c.fingerprint, drawn.c.number == tasks.c.number)
        orphaned = tasks.c.parked & ~exists().where(equal, ~drawn.c.parked)
        with self.database.writing() as connection:
            count = _count(connection.execute(update(tasks).where(orphaned).values(parked=False)))
            if count:
                add_notice(connection, Notice(NoticeKind.QUEUED))
            return count

    @retry
    def forget_lanes(self) -> int:
        """Forget the places of owners of whom nothing waits, once nobody is behind them; return of how many."""
        with self.database.writing() as connection:
            idle = ~exists().where(tasks.c.owner == lanes.c.owner)
            behind = or_(lanes.c.finish <= select(_virtual_time).scalar_subquery(), ~select(tasks.c.owner).exists())
            return _count(connection.execute(delete(lanes).where(idle, behind)))


def _take_places(connection: Connection, owner: str, length: float) -> float:
    """Return the virtual start of the first of an owner's new places, which are `length` long together."""
    lock(connection, f"lane {owner}")
    now, finish = connection.execute(_PLACES, {"whose": owner}).one()
    start = float(now if finish is None else max(now, finish))
    if finish is None:
        connection.execute(_INSERT_LANE, {"owner": owner, "finish": start + length})
    else:
        connection.execute(_MOVE_LANE, {"whose": owner, "end": start + length})
    return start


def _list_equal(connection: Connection, fingerprint: str) -> set[int]:
    """Return the candidates of equal generations that wait or are drawn; none come or go until the transaction ends."""
    lock(connection, f"equal {fingerprint}")
    return set(connection.scalars(_EQUAL, {"print": fingerprint}))


def _parameters(lease: Lease) -> dict[str, Any]:
    return {"identity": lease.generation, "task": lease.number, "held": lease.token}


def _count(result: "CursorResult[Any]") -> int:
    return result.rowcount
