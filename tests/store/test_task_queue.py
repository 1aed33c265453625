"""The queue that servers share, in a real database: fair, each candidate to one process at a time, nothing lost."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from blazon.generation import EVENT_STEP, CandidateRecord, Priority, Status
from blazon.serve.queue import FairQueue
from blazon.store.generations import GenerationStore
from blazon.store.tables import lanes, tasks
from blazon.store.task_queue import TaskQueue

ONE, OTHER = "one", "other"


@pytest.fixture
def store(database):
    return GenerationStore(database, shared=True)


@pytest.fixture
def queue(database):
    return TaskQueue(database, ONE)


@pytest.fixture
def other(database):
    return TaskQueue(database, OTHER)


def _record(record: CandidateRecord, event: int) -> CandidateRecord:
    return replace(record, event=event)


def _finish(store, lease, candidate):
    return store.add(lease.generation, lease.number, partial(_record, candidate(lease.number)), 5.0, lease=lease)


def _accept(store, generation, count=1, **values):
    values.setdefault("fingerprint", generation().id)  # equal to no other
    one = generation(count, **values)
    store.accept(one)
    return one


def _claim_all(queue):
    return list(iter(queue.claim, None))


def _count(database, table=tasks):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def _expire(database):
    with database.writing() as connection:
        connection.execute(update(tasks).where(tasks.c.holder.is_not(None)).values(expires_at=1.0))


def test_each_candidate_is_claimed_once(store, queue, other, generation):
    one = _accept(store, generation, 3)
    claimed = [queue.claim(), other.claim(), queue.claim()]
    assert [(lease.generation, lease.number) for lease in claimed] == [(one.id, 0), (one.id, 1), (one.id, 2)]
    assert queue.claim() is other.claim() is None


def test_what_is_finished_or_ended_waits_no_more(store, database, queue, generation, candidate):
    one, failed, gone = (_accept(store, generation, 2) for _ in range(3))
    assert _count(database) == 6
    for _ in range(2):
        assert _finish(store, queue.claim([one.id]), candidate) is not None
    assert store.get(one.id).status is Status.SUCCEEDED
    store.end(failed.id, Status.FAILED, 5.0)
    store.remove([gone.id])
    assert _count(database) == 0
    assert queue.claim() is None


def test_only_who_holds_the_newest_token_writes_the_result(store, database, queue, other, generation, candidate):
    one = _accept(store, generation, 1)
    late = queue.claim()
    _expire(database)
    assert other.take_from() == {ONE: 1}
    lease = other.claim()
    assert (lease.losses, lease.token) == (1, late.token + 1)
    assert _finish(store, late, candidate) is None
    assert store.get(one.id).candidates == ()
    assert _finish(store, lease, candidate).status is Status.SUCCEEDED
    assert _finish(store, lease, candidate) is None


def test_a_renewed_lease_is_not_taken(store, database, queue, other, generation, candidate):
    _accept(store, generation, 2)
    lease = queue.claim()
    _expire(database)
    assert queue.renew() == [lease]
    assert other.take_from() == {}
    assert _finish(store, lease, candidate) is not None


def test_a_process_that_is_known_to_be_gone_loses_its_leases_at_once(store, queue, other, generation):
    _accept(store, generation, 2)
    queue.claim()
    assert other.list_others() == [ONE]
    assert other.take_from([ONE], silent=False) == {ONE: 1}
    assert len(_claim_all(other)) == 2


def test_what_is_put_off_is_not_claimed_before_its_time(store, database, queue, generation):
    _accept(store, generation, 1)
    queue.release(queue.claim(), delay=3600)
    assert queue.claim() is None
    with database.writing() as connection:
        connection.execute(update(tasks).values(due_at=0.0))
    lease = queue.claim()
    assert lease is not None
    queue.release(lease)
    queue.release(lease, delay=3600)  # which is not held any more
    assert queue.claim().losses == 0


def test_what_a_process_held_is_free_when_it_ends(store, queue, other, generation):
    _accept(store, generation, 3)
    queue.claim()
    mine = other.claim()
    assert queue.release_all() == 1
    assert len(_claim_all(other)) == 2
    assert mine is not None


def test_only_some_generations_are_chosen_from(store, queue, generation):
    _, wanted = _accept(store, generation), _accept(store, generation)
    assert queue.claim([wanted.id]).generation == wanted.id
    assert queue.claim([wanted.id]) is queue.claim([]) is None


# Fair.


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_is_as_fair_as_the_queue_in_memory(database, store, queue, generation, candidate, data):
    """The same is served to each owner after any number of turns, but for one that each of two owners is ahead."""
    owners = {name: data.draw(st.sampled_from([0.5, 1.0, 2.0])) for name in ("a", "b", "c")}
    memory: FairQueue[tuple[str, int]] = FairQueue()
    served: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    for owner, count, rank in data.draw(
        st.lists(st.tuples(st.sampled_from(sorted(owners)), st.integers(1, 6), st.sampled_from(Priority)), max_size=8)
    ):
        one = _accept(store, generation, count, owner=owner, weight=owners[owner], priority=rank)
        for number in range(count):
            memory.push((one.id, number), owner, owners[owner], rank)
    while (item := memory.pop()) is not None:
        lease = queue.claim()
        with database.reading() as connection:
            owner = connection.scalar(select(tasks.c.owner).where(tasks.c.generation == lease.generation))
        served[owner] += 1
        expected[store.get(item[0]).owner] += 1
        assert all(abs(served[name] - expected[name]) <= 2 for name in owners), (served, expected)
        _finish(store, lease, candidate)
    assert queue.claim() is None
    assert served == expected
    queue.forget_lanes()
    assert _count(database, lanes) == 0


def test_one_who_asks_for_much_holds_up_nobody(store, queue, generation):
    for _ in range(20):
        _accept(store, generation, 4, owner="much")
    few = _accept(store, generation, 2, owner="few")
    turns = [queue.claim().generation for _ in range(6)]
    assert turns.count(few.id) == 2


def test_who_was_served_alone_owes_nothing_and_who_was_away_gets_no_credit(store, queue, generation, candidate):
    for _ in range(10):
        _accept(store, generation, 1, owner="before")
        assert _finish(store, queue.claim(), candidate) is not None
    for _ in range(4):
        _accept(store, generation, 1, owner="new")
        _accept(store, generation, 1, owner="before")
    first = [store.get(queue.claim().generation).owner for _ in range(4)]
    assert Counter(first) == {"before": 2, "new": 2}


def test_priorities_order_what_one_owner_wants(store, queue, generation):
    low, normal, high = (_accept(store, generation, 2, owner="a", priority=rank) for rank in reversed(Priority))
    assert [queue.claim().generation for _ in range(6)] == [high.id] * 2 + [normal.id] * 2 + [low.id] * 2


def test_many_claim_at_the_same_time_and_all_is_claimed_once(database, store, generation):
    for owner in "abc":
        for _ in range(5):
            _accept(store, generation, 4, owner=owner)
    start = threading.Barrier(6)

    def claim(name: str) -> list[tuple[str, int]]:
        start.wait()
        queue, found, misses = TaskQueue(database, name), [], 0
        while misses < 5:  # one whose place another is just taking may find none
            lease = queue.claim()
            misses += lease is None
            if lease is not None:
                found.append((lease.generation, lease.number))
        return found

    with ThreadPoolExecutor(6) as threads:
        claimed = [one for found in threads.map(claim, map(str, range(6))) for one in found]
    assert len(claimed) == len(set(claimed)) == 60


# Twins.


def test_of_equal_ones_one_is_drawn_and_the_others_take_what_it_has(store, queue, generation, candidate):
    first, second, third = (_accept(store, generation, 2, fingerprint="f") for _ in range(3))
    leases = _claim_all(queue)
    assert {lease.generation for lease in leases} == {first.id}
    assert queue.find_equal(second.id, 0) is None
    assert _finish(store, leases[0], candidate) is not None
    twins = _claim_all(queue)
    assert {(lease.generation, lease.number, lease.twin) for lease in twins} == {
        (second.id, 0, True),
        (third.id, 0, True),
    }
    assert queue.find_equal(second.id, 0) == first.id
    assert _finish(store, leases[1], candidate).status is Status.SUCCEEDED
    assert {lease.number for lease in _claim_all(queue)} == {1}


@pytest.mark.parametrize("how", ["cancelled", "removed"])
def test_when_one_is_given_up_one_of_its_twins_is_drawn(store, queue, generation, how):
    first, second, third = (_accept(store, generation, 2, fingerprint="f") for _ in range(3))
    _claim_all(queue)
    store.end(first.id, Status.CANCELLED, 5.0)
    if how == "removed":
        store.remove([first.id])
    assert {lease.generation for lease in _claim_all(queue)} == {second.id}
    store.end(second.id, Status.FAILED, 5.0)
    assert {lease.generation for lease in _claim_all(queue)} == {third.id}


def test_twins_of_what_was_removed_without_an_end_are_drawn(store, queue, generation):
    first, second = (_accept(store, generation, 2, fingerprint="f") for _ in range(2))
    store.remove([first.id])
    assert queue.claim() is None
    assert queue.free_twins() == 2
    assert {lease.generation for lease in _claim_all(queue)} == {second.id}
    assert queue.free_twins() == 0


def test_who_wants_no_result_of_others_is_drawn_alone(store, queue, generation):
    first = _accept(store, generation, 1, fingerprint="f")
    alone = generation(1, fingerprint="f")
    store.accept(alone, joins=False)
    assert {lease.generation for lease in _claim_all(queue)} == {first.id, alone.id}


# What is kept in order.


def test_what_an_earlier_version_accepted_waits(database, store, queue, generation, candidate):
    before = GenerationStore(database, shared=False)
    old = generation(3, fingerprint="g")
    before.accept(old)
    before.add(old.id, 1, partial(_record, candidate(1)), 5.0)
    assert queue.claim() is None
    assert queue.adopt() == [old.id]
    assert queue.adopt() == []
    assert [lease.number for lease in _claim_all(queue)] == [0, 2]


def test_a_deadline_that_nobody_keeps_is_found_by_the_clock_of_the_database(database, store, queue, generation):
    late = _accept(store, generation, 1, deadline_at=generation().created_at + 1000)
    _accept(store, generation, 1)
    assert queue.list_overdue() == []
    with database.writing() as connection:
        connection.execute(update(tasks).values(deadline=tasks.c.deadline - 2000))
    assert queue.list_overdue() == [late.id]


def test_what_waits_is_counted_by_owner_and_rank(store, queue, generation):
    _accept(store, generation, 3, owner="a")
    _accept(store, generation, 2, owner="b", priority=Priority.HIGH)
    queue.claim()
    backlog = queue.count()
    assert (backlog.waiting, backlog.held, backlog.holders) == (4, 1, 1)
    assert backlog.candidates["b", Priority.HIGH.rank] in (1, 2)
    assert set(backlog.generations) == {"a", "b"}


def test_events_of_candidates_grow_over_processes(store, queue, other, generation, candidate):
    one = _accept(store, generation, 3)
    for holder in (queue, other, queue):
        _finish(store, holder.claim(), candidate)
    assert [record.event for record in store.get(one.id).candidates] == [EVENT_STEP, 2 * EVENT_STEP, 3 * EVENT_STEP]
    assert store.get(one.id).event == 4 * EVENT_STEP
    assert queue.list_states([one.id, "gen_none"]) == {one.id: (Status.SUCCEEDED, 3)}
