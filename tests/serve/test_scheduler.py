"""The threads that draw and the places in front of them."""

import collections
import contextlib
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.errors import ServerBusy, ShareExceeded
from blazon.generation import Generation, Priority, new_id
from blazon.principal import Principal
from blazon.serve.admission import RateMeter, Threshold
from blazon.serve.jobs import Job, Task
from blazon.serve.scheduler import LocalScheduler

ONE, OTHER = Principal("one"), Principal("other")
WAIT = 60.0


def job(count: int = 1) -> Job:
    return Job(Brief("a bakery", count=count), "f")


def generation(owner: str, count: int = 1, priority: Priority = Priority.NORMAL) -> Generation:
    return Generation(new_id(), owner, Brief("a bakery", count=count), "f", 0.0, 1.0, priority=priority)


def queue(scheduler: LocalScheduler, principal: Principal, count: int = 1) -> Job:
    """Take a place and use it."""
    scheduler.reserve(principal, keyed=False)
    one = job(count)
    scheduler.queue(one, generation(principal.id, count), reserved=True)
    return one


def free(scheduler: LocalScheduler) -> bool:
    return (scheduler._waiting, scheduler._waiting_of, scheduler._reserved, scheduler.depth, scheduler.busy) == (
        {},
        {},
        {},
        0,
        0,
    )


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def started() -> Iterator[Callable[..., LocalScheduler]]:
    schedulers = []

    def made(perform: Callable[[Task], object], threads: int = 2, queued: int = 10) -> LocalScheduler:
        scheduler = LocalScheduler(threads, queued, perform)
        scheduler.start()
        schedulers.append(scheduler)
        return scheduler

    yield made
    for scheduler in schedulers:
        scheduler.stop()


def test_nothing_is_drawn_before_it_is_open_and_all_of_it_then(started, until):
    drawn = []
    scheduler = started(drawn.append)
    queue(scheduler, ONE, 5)
    assert (scheduler.depth, drawn) == (5, [])
    scheduler.open()
    until(lambda: len(drawn) == 5)
    until(lambda: free(scheduler))


def test_as_many_at_a_time_as_there_are_threads(started, until, gate):
    scheduler = started(lambda _: gate.wait(WAIT), threads=3)
    scheduler.open()
    queue(scheduler, ONE, 8)
    until(lambda: scheduler.busy == 3)
    assert scheduler.depth == 5
    gate.set()
    until(lambda: free(scheduler))


def test_an_engine_that_batches_gets_the_next_task_when_one_is_nearly_drawn(started, until):
    begun, gates = list[Task](), collections.defaultdict(threading.Event)

    def perform(task: Task) -> None:
        begun.append(task)
        assert gates[task.number].wait(WAIT)

    scheduler = started(perform, threads=1, queued=4)
    scheduler.open(slots=3)
    queue(scheduler, ONE, 12)
    until(lambda: len(begun) == 3)
    scheduler.make_room(begun[0])
    scheduler.make_room(begun[0])
    until(lambda: len(begun) == 4)
    assert scheduler.busy == 4
    # It holds up nobody when it ends: three are still drawn.
    gates[begun[0].number].set()
    until(lambda: scheduler.busy == 3)
    assert (len(begun), scheduler.depth) == (4, 8)
    # All can be under way where none of them holds a slot.
    for number in range(1, 12):
        until(lambda number=number: len(begun) > number)
        scheduler.make_room(begun[number])
    assert scheduler.busy == 11
    for number in range(12):
        gates[number].set()
    until(lambda: free(scheduler))
    assert (scheduler._held, scheduler._passed_on) == (0, set())
    assert [task.number for task in begun] == list(range(12))


def test_a_task_wakes_the_one_thread_that_draws_it(started, until, monkeypatch):
    scheduler = started(lambda _: None, threads=6)
    pop, looks = scheduler._queue.pop, list[None]()
    monkeypatch.setattr(scheduler._queue, "pop", lambda: (looks.append(None), pop())[1])
    scheduler.open()
    until(lambda: len(looks) == 6)
    for tasks in range(1, 5):
        queue(scheduler, ONE)
        # It looks once more when it has drawn.
        until(lambda tasks=tasks: len(looks) >= 6 + 2 * tasks and free(scheduler))
    assert len(looks) == 6 + 2 * 4


def test_places_count_what_the_engine_draws_at_a_time(started):
    scheduler = started(lambda _: None, threads=2, queued=1)
    scheduler.drain()
    scheduler.open(slots=4)
    for _ in range(5):
        scheduler.reserve(ONE, keyed=False)
    with pytest.raises(ServerBusy, match="all 5 places are taken"):
        scheduler.reserve(ONE, keyed=False)


def test_a_drain_draws_all_of_what_was_begun_and_begins_nothing(started, until, gate):
    drawn = []

    def perform(task: Task) -> None:
        assert gate.wait(WAIT)
        drawn.append(task)

    scheduler = started(perform, threads=1)
    scheduler.open()
    first, second = queue(scheduler, ONE, 3), queue(scheduler, ONE, 3)
    until(lambda: scheduler.busy == 1)
    scheduler.drain()
    assert (scheduler.depth, scheduler.has_work) == (2, True)
    gate.set()
    until(lambda: not scheduler.has_work)
    assert [(task.job, task.number) for task in drawn] == [(first, 0), (first, 1), (first, 2)]
    assert second not in scheduler._waiting


def test_what_was_never_opened_has_no_work_to_end(started):
    scheduler = started(lambda _: None)
    queue(scheduler, ONE, 2)
    assert not scheduler.has_work


def test_retry_after_counts_candidates_and_not_requests(started, until, gate):
    scheduler = started(lambda _: gate.wait(WAIT), threads=1, queued=1)
    scheduler.open()
    scheduler._meter = RateMeter(lambda: 0.0)
    scheduler._meter.record(1.0, 1.0)  # a candidate takes a second
    queue(scheduler, ONE, 24)
    until(lambda: scheduler.busy == 1)
    queue(scheduler, ONE, 24)
    with pytest.raises(ServerBusy) as busy:
        scheduler.reserve(OTHER, keyed=False)
    assert busy.value.retry_after == 24  # half of the 47 that wait and the one that is being drawn
    with pytest.raises(ShareExceeded) as exceeded:
        LocalScheduler.reserve(_full_for_one(scheduler), ONE, keyed=True)
    assert exceeded.value.retry_after >= 23


def _full_for_one(scheduler: LocalScheduler) -> LocalScheduler:
    """Give it a place that is free, for others."""
    scheduler._threshold, scheduler._places = Threshold(3), 3
    return scheduler


def test_a_job_that_is_discarded_takes_its_place_along(started):
    scheduler = started(lambda _: None, threads=1, queued=1)
    jobs = [queue(scheduler, ONE, 3) for _ in range(2)]
    with pytest.raises(ServerBusy, match="all 2 places are taken"):
        scheduler.reserve(OTHER, keyed=False)
    scheduler.discard(jobs[0])
    assert scheduler.depth == 3
    queue(scheduler, OTHER)
    for one in (*jobs, *scheduler._waiting.copy()):
        scheduler.discard(one)
    assert free(scheduler)


def test_what_is_resumed_takes_no_place_that_another_reserved(started):
    scheduler = started(lambda _: None, threads=1, queued=1)
    scheduler.reserve(ONE, keyed=False)
    scheduler.queue(job(), generation(ONE.id), reserved=False)
    with pytest.raises(ServerBusy):
        scheduler.reserve(ONE, keyed=False)
    scheduler.release(ONE.id)
    scheduler.reserve(ONE, keyed=False)


def test_one_client_does_not_take_all_where_there_are_keys(started):
    scheduler = started(lambda _: None, threads=2, queued=10)
    with pytest.raises(ShareExceeded):
        collections.deque((scheduler.reserve(ONE, keyed=True) for _ in range(12)), 0)
    scheduler.reserve(OTHER, keyed=True)


def test_a_larger_share_and_a_higher_priority_wait_less(started):
    scheduler = started(lambda _: None)
    queue(scheduler, ONE, 4)
    queue(scheduler, OTHER, 4)
    usual = scheduler.estimate_wait("one", 1.0, Priority.NORMAL)
    assert 0 <= scheduler.estimate_wait("one", 1.0, Priority.HIGH) < usual
    assert scheduler.estimate_wait("third", 4.0, Priority.NORMAL) < usual


def test_tasks_that_wait_for_their_model_keep_no_thread_from_those_of_another(started, until, gate):
    drawn = list[int]()

    def perform(task: Task) -> None:
        if task.number < 20:
            scheduler.make_room(task)
            assert gate.wait(WAIT)
        drawn.append(task.number)

    scheduler = started(perform, threads=1, queued=4)
    scheduler.open(slots=2)
    queue(scheduler, ONE, 22)
    until(lambda: sorted(drawn) == [20, 21])
    assert (scheduler.busy, scheduler._held) == (20, 0)
    gate.set()
    until(lambda: free(scheduler))
    assert sorted(drawn) == list(range(22))


def test_a_system_without_more_threads_draws_with_those_there_are(started, until, gate, monkeypatch):
    drawn, refused = list[int](), list[str]()

    def perform(task: Task) -> None:
        if task.number < 3:
            scheduler.make_room(task)
            assert gate.wait(WAIT)
        drawn.append(task.number)

    def refuse(thread: threading.Thread) -> None:
        refused.append(thread.name)
        raise RuntimeError("can't start new thread")

    scheduler = started(perform, threads=1, queued=4)
    scheduler.open(slots=1)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    queue(scheduler, ONE, 5)
    until(lambda: refused)
    monkeypatch.undo()
    gate.set()
    until(lambda: free(scheduler))
    assert (refused, sorted(drawn)) == (["draw-2"], list(range(5)))
    scheduler.stop()


def test_stopping_ends_the_threads(started, until):
    scheduler = started(lambda _: None)
    scheduler.open()
    scheduler.stop()
    until(lambda: not any(thread.is_alive() for thread in scheduler._threads))


def _step(scheduler: LocalScheduler, jobs: list[Job], what: str, number: int) -> None:
    principal = (ONE, OTHER)[number % 2]
    if what in ("queue", "refuse"):
        with contextlib.suppress(ServerBusy):
            scheduler.reserve(principal, keyed=number > 2)
            if what == "refuse":
                scheduler.release(principal.id)
            else:
                _queue(scheduler, jobs, principal, number, reserved=True)
    elif what == "resume":
        _queue(scheduler, jobs, principal, number, reserved=False)
    elif what == "discard":
        for one in jobs[number:]:
            scheduler.discard(one)
    else:
        (scheduler.open if what == "open" else scheduler.drain)()


def _queue(scheduler: LocalScheduler, jobs: list[Job], principal: Principal, count: int, *, reserved: bool) -> None:
    jobs.append(job(count))
    scheduler.queue(jobs[-1], generation(principal.id, count, Priority.HIGH), reserved=reserved)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["queue", "refuse", "resume", "discard", "open", "drain"]), st.integers(1, 4)),
        max_size=30,
    )
)
def test_whatever_happens_all_places_are_free_in_the_end(until, steps):
    scheduler = LocalScheduler(2, 4, lambda _: None)
    scheduler.start()
    jobs: list[Job] = []
    for what, number in steps:
        _step(scheduler, jobs, what, number)
    scheduler.open()
    until(lambda: free(scheduler))
    scheduler.stop()
