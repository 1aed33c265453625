"""The threads that draw and the places in front of them."""

import collections
import contextlib
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.errors import ServerBusy, ShareExceeded
from blazon.generation import Priority
from blazon.principal import Principal
from blazon.serve.dispatcher import Dispatcher
from blazon.serve.flights import Flight, Task

ONE, OTHER = Principal("one"), Principal("other")
WAIT = 30.0


def flight(count: int = 1) -> Flight:
    return Flight(Brief("a bakery", count=count), "f")


def queue(dispatcher: Dispatcher, principal: Principal, count: int = 1) -> Flight:
    """Take a place and use it."""
    dispatcher.reserve(principal, keyed=False)
    one = flight(count)
    dispatcher.queue(one, tuple(range(count)), principal.id, 1.0, Priority.NORMAL, reserved=True)
    return one


def free(dispatcher: Dispatcher) -> bool:
    return (dispatcher._waiting, dispatcher._reserved, dispatcher.depth, dispatcher.busy) == ({}, {}, 0, 0)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def started() -> Iterator[Callable[..., Dispatcher]]:
    dispatchers = []

    def made(perform: Callable[[Task], object], threads: int = 2, queued: int = 10) -> Dispatcher:
        dispatcher = Dispatcher(threads, queued, perform)
        dispatcher.start()
        dispatchers.append(dispatcher)
        return dispatcher

    yield made
    for dispatcher in dispatchers:
        dispatcher.stop()


def test_nothing_is_drawn_before_it_is_open_and_all_of_it_then(started, until):
    drawn = []
    dispatcher = started(drawn.append)
    queue(dispatcher, ONE, 5)
    assert (dispatcher.depth, drawn) == (5, [])
    dispatcher.open()
    until(lambda: len(drawn) == 5)
    until(lambda: free(dispatcher))


def test_as_many_at_a_time_as_there_are_threads(started, until, gate):
    dispatcher = started(lambda _: gate.wait(WAIT), threads=3)
    dispatcher.open()
    queue(dispatcher, ONE, 8)
    until(lambda: dispatcher.busy == 3)
    assert dispatcher.depth == 5
    gate.set()
    until(lambda: free(dispatcher))


def test_closing_lets_end_what_is_drawn_and_begins_nothing(started, until, gate):
    dispatcher = started(lambda _: gate.wait(WAIT), threads=1)
    dispatcher.open()
    queue(dispatcher, ONE, 3)
    until(lambda: dispatcher.busy == 1)
    dispatcher.close()
    gate.set()
    until(lambda: dispatcher.busy == 0)
    assert dispatcher.depth == 2
    dispatcher.open()
    until(lambda: free(dispatcher))


def test_a_flight_that_is_discarded_takes_its_place_along(started):
    dispatcher = started(lambda _: None, threads=1, queued=1)
    flights = [queue(dispatcher, ONE, 3) for _ in range(2)]
    with pytest.raises(ServerBusy, match="all 2 places are taken"):
        dispatcher.reserve(OTHER, keyed=False)
    dispatcher.discard(flights[0])
    assert dispatcher.depth == 3
    queue(dispatcher, OTHER)
    for one in (*flights, *dispatcher._waiting.copy()):
        dispatcher.discard(one)
    assert free(dispatcher)


def test_what_is_resumed_takes_no_place_that_another_reserved(started):
    dispatcher = started(lambda _: None, threads=1, queued=1)
    dispatcher.reserve(ONE, keyed=False)
    dispatcher.queue(flight(), (0,), ONE.id, 1.0, Priority.NORMAL, reserved=False)
    with pytest.raises(ServerBusy):
        dispatcher.reserve(ONE, keyed=False)
    dispatcher.release(ONE.id)
    dispatcher.reserve(ONE, keyed=False)


def test_one_client_does_not_take_all_where_there_are_keys(started):
    dispatcher = started(lambda _: None, threads=2, queued=10)
    with pytest.raises(ShareExceeded):
        collections.deque((dispatcher.reserve(ONE, keyed=True) for _ in range(12)), 0)
    dispatcher.reserve(OTHER, keyed=True)


def test_a_larger_share_and_a_higher_priority_wait_less(started):
    dispatcher = started(lambda _: None)
    queue(dispatcher, ONE, 4)
    queue(dispatcher, OTHER, 4)
    usual = dispatcher.estimated_wait("one", 1.0, Priority.NORMAL)
    assert 0 <= dispatcher.estimated_wait("one", 1.0, Priority.HIGH) < usual
    assert dispatcher.estimated_wait("third", 4.0, Priority.NORMAL) < usual


def test_stopping_ends_the_threads(started, until):
    dispatcher = started(lambda _: None)
    dispatcher.open()
    dispatcher.stop()
    until(lambda: not any(thread.is_alive() for thread in dispatcher._threads))


def _step(dispatcher: Dispatcher, flights: list[Flight], what: str, number: int) -> None:
    principal = (ONE, OTHER)[number % 2]
    if what in ("queue", "refuse"):
        with contextlib.suppress(ServerBusy):
            dispatcher.reserve(principal, keyed=number > 2)
            if what == "refuse":
                dispatcher.release(principal.id)
            else:
                _queue(dispatcher, flights, principal, number, reserved=True)
    elif what == "resume":
        _queue(dispatcher, flights, principal, number, reserved=False)
    elif what == "discard":
        for one in flights[number:]:
            dispatcher.discard(one)
    else:
        (dispatcher.open if what == "open" else dispatcher.close)()


def _queue(dispatcher: Dispatcher, flights: list[Flight], principal: Principal, count: int, *, reserved: bool) -> None:
    flights.append(flight(count))
    dispatcher.queue(flights[-1], tuple(range(count)), principal.id, 1.0, Priority.HIGH, reserved=reserved)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["queue", "refuse", "resume", "discard", "open", "close"]), st.integers(1, 4)),
        max_size=30,
    )
)
def test_whatever_happens_all_places_are_free_in_the_end(steps):
    dispatcher = Dispatcher(2, 4, lambda _: None)
    dispatcher.start()
    flights: list[Flight] = []
    for what, number in steps:
        _step(dispatcher, flights, what, number)
    dispatcher.open()
    with dispatcher._change:
        assert dispatcher._change.wait_for(lambda: not len(dispatcher._queue) and not dispatcher._busy, WAIT)
    assert free(dispatcher)
    dispatcher.stop()
