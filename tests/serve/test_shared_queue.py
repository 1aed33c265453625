"""Several servers on one PostgreSQL: they share a queue, hear of each other, and take over what one leaves."""

import time
from collections import Counter

import pytest

from blazon.errors import InvalidHeader, ServerBusy, WorkNotWanted
from blazon.generation import Status
from blazon.principal import ANONYMOUS
from blazon.serve.events import EventKind
from blazon.store.generations import Claim
from blazon.watching import Step

WAIT = 60.0
LEASE = 1.5  # seconds

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def start(started, postgresql_url):
    """Starts servers on one database and one folder of pictures."""

    def make(**given):
        return started(url=postgresql_url, lease=LEASE, **given)

    return make


@pytest.fixture
def pair(start):
    return start(), start()


async def _collect(events):
    return [event async for event in events]


def _follow(process, generation, after=0):
    return process.loop.start(_collect(process.service.events(generation, after)))


def _list_kept(events):
    return [event.number for event in events if event.kind in (EventKind.CANDIDATE, EventKind.ENDED)]


def _finish(process, request):
    return process.loop.start(process.service.finish(request, ANONYMOUS))


def _drawn(*processes):
    return sum((process.engine.drawn for process in processes), Counter())


def test_all_draw_what_one_accepted_and_its_client_gets_it(pair, make_request, until):
    one, other = pair
    one.engine.gate.clear()
    other.engine.gate.clear()
    waiting = _finish(one, make_request(n=6, waited_for=True))
    until(lambda: one.runner.scheduler.busy == other.runner.scheduler.busy == 3)
    one.engine.gate.set()
    other.engine.gate.set()
    generation = waiting.result(WAIT)[1]
    assert [record.number for record in generation.candidates] == list(range(6))
    assert _drawn(one, other) == {("a bakery", 1, number): 1 for number in range(6)}
    assert one.engine.drawn
    assert other.engine.drawn


def test_what_one_draws_is_followed_at_another_from_any_event(pair, make_request, until):
    one, other = pair
    one.engine.gate.clear()
    generation = one.accept(make_request(n=1)).generation
    until(lambda: one.runner.scheduler.busy + other.runner.scheduler.busy == 1)
    drawing, following = (one, other) if one.runner.scheduler.busy else (other, one)
    drawing.engine.gate.clear()
    events = _follow(following, generation)
    until(lambda: following.runner.registry.find(generation.id))
    one.engine.gate.set()
    other.engine.gate.set()
    seen = events.result(WAIT)
    assert [event.kind for event in seen][-2:] == [EventKind.CANDIDATE, EventKind.ENDED]
    assert [event.number for event in seen] == sorted({event.number for event in seen})
    for process in pair:  # whoever comes back anywhere misses nothing
        for place, event in enumerate(seen):
            again = _follow(process, generation, event.number).result(WAIT)
            assert _list_kept(again) == _list_kept(seen[place + 1 :])


def test_progress_and_previews_cross_over(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    generation = one.accept(make_request(n=1)).generation
    until(lambda: one.runner.scheduler.busy + other.runner.scheduler.busy == 1)
    drawing, following = (one, other) if one.runner.scheduler.busy else (other, one)
    events = _follow(following, generation)

    def has_progress() -> bool:
        drawing.runner.shared.tell(generation.id, 0, Step(1, 3))  # what was told before somebody followed is gone
        found = following.runner.registry.find(generation.id)
        return found is not None and "progress/0" in found.channel._events

    until(has_progress)
    for process in pair:
        process.engine.gate.set()
    assert EventKind.PROGRESS in {event.kind for event in events.result(WAIT)}


def test_who_cancels_at_one_ends_what_another_draws(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    generation = one.accept(make_request(n=6)).generation
    until(lambda: one.runner.scheduler.busy == other.runner.scheduler.busy == 3)
    waiting = _finish(other, make_request("another", n=1, waited_for=True))
    cancelled = one.loop.run(other.service.cancel(generation.id))
    assert cancelled.status is Status.CANCELLED
    until(lambda: one.runner.scheduler.busy + other.runner.scheduler.busy == 1)  # the gate is still closed
    for process in pair:
        process.engine.gate.set()
    assert waiting.result(WAIT)[1].status is Status.SUCCEEDED
    assert not [prompt for prompt, *_ in _drawn(one, other) if prompt == "a bakery"]


def test_a_client_that_leaves_ends_what_another_server_draws(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    waiting = _finish(one, make_request(n=6, waited_for=True))
    until(lambda: one.runner.scheduler.busy == other.runner.scheduler.busy == 3)
    waiting.cancel()
    until(lambda: one.runner.scheduler.busy + other.runner.scheduler.busy == 0)
    assert {generation.status for generation in one.store.page(None, 10)} == {Status.CANCELLED}


def test_what_fails_at_another_server_fails_for_the_client(pair, make_request):
    for seed in range(4):
        with pytest.raises(Exception, match="it came out black"):
            _finish(pair[seed % 2], make_request("it fails", seed=seed, waited_for=True)).result(WAIT)


def test_what_a_killed_server_held_is_drawn_by_another_within_a_lease(pair, make_request, until):
    one, other = pair
    one.engine.gate.clear()
    other.engine.gate.clear()
    accepted = [one.accept(make_request(n=2, seed=seed)).generation.id for seed in range(6)]
    until(lambda: one.runner.scheduler.busy == other.runner.scheduler.busy == 3)
    one.crash()
    other.engine.gate.set()
    until(lambda: {other.store.get(identity).status for identity in accepted} == {Status.SUCCEEDED})
    assert set(_drawn(other).values()) == {1}
    assert len(_drawn(other)) == 12


def test_a_server_that_was_away_writes_no_second_result(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    other.runner.scheduler.drain()  # it takes nothing up yet
    until(lambda: other.runner.scheduler._held == 0)  # nor does a thread that looked before it was told
    generation = one.accept(make_request(n=3)).generation
    until(lambda: one.runner.scheduler.busy == 3)
    one.database.dead = True  # a partition: it goes on drawing and cannot reach the database
    other.runner.scheduler._draining = False
    other.engine.gate.set()
    until(lambda: other.store.get(generation.id).status is Status.SUCCEEDED)
    one.database.dead = False
    one.engine.gate.set()
    until(lambda: one.runner.scheduler.busy == 0)
    whole = other.store.get(generation.id)
    assert [record.number for record in whole.candidates] == [0, 1, 2]
    assert _drawn(other) == {("a bakery", 1, number): 1 for number in range(3)}


def test_a_drained_server_leaves_to_others_what_it_has_not_begun(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    begun = _finish(one, make_request("begun", n=12, waited_for=True))
    until(lambda: one.runner.scheduler.busy == other.runner.scheduler.busy == 3)
    waits = _finish(one, make_request("waits", n=2, waited_for=True))
    until(lambda: len(one.list_under_way()) == 2)
    one.loop.loop.call_soon_threadsafe(one.service.drain)
    with pytest.raises(ServerBusy, match="resumes when it is back"):
        waits.result(WAIT)
    for process in pair:
        process.engine.gate.set()
    assert len(begun.result(WAIT)[1].candidates) == 12
    until(lambda: not one.runner.scheduler.has_work)
    until(lambda: {generation.status for generation in other.store.page(None, 10)} == {Status.SUCCEEDED})
    assert {prompt for prompt, *_ in one.engine.drawn} == {"begun"}


def test_a_server_that_drains_alone_finishes_what_it_began(start, make_request, until):
    one = start()
    one.engine.gate.clear()
    begun = _finish(one, make_request("begun", n=12, waited_for=True))
    until(lambda: one.runner.scheduler.busy == 3)
    one.accept(make_request("waits", n=12))
    one.loop.loop.call_soon_threadsafe(one.service.drain)
    until(lambda: one.runner.scheduler._draining)
    assert one.runner.scheduler.has_work
    one.engine.gate.set()
    assert len(begun.result(WAIT)[1].candidates) == 12
    until(lambda: not one.runner.scheduler.has_work)
    assert {prompt for prompt, *_ in one.engine.drawn} == {"begun"}
    assert len(one.store.list_unfinished()) == 1


def test_equal_requests_at_two_servers_are_drawn_once(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    first = _finish(one, make_request(n=4, waited_for=True))
    until(lambda: one.runner.scheduler.busy + other.runner.scheduler.busy == 4)
    second = _finish(other, make_request(n=4, waited_for=True))
    until(lambda: len(one.store.list_unfinished()) == 2)
    for process in pair:
        process.engine.gate.set()
    results = [waiting.result(WAIT)[1] for waiting in (first, second)]
    assert results[0].id != results[1].id
    pictures = [[record.picture for record in result.candidates] for result in results]
    assert pictures[0] == pictures[1]
    assert set(_drawn(one, other).values()) == {1}


def test_an_idempotency_key_is_one_at_all_servers(pair, make_request):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    claim = Claim("key", "digest")
    first = _finish(one, make_request(n=2, waited_for=True, claim=claim))
    until_there = time.monotonic() + WAIT
    while not one.store.list_unfinished():
        assert time.monotonic() < until_there
        time.sleep(0.01)
    second = _finish(other, make_request(n=2, waited_for=True, claim=claim))
    with pytest.raises(InvalidHeader):
        other.finish(make_request(n=2, waited_for=True, claim=Claim("key", "another")))
    for process in pair:
        process.engine.gate.set()
    assert first.result(WAIT)[1].id == second.result(WAIT)[1].id


def test_what_is_removed_at_one_server_is_gone_at_the_other(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    waiting = _finish(one, make_request(n=2, waited_for=True))
    until(lambda: other.store.list_unfinished())
    generation = other.store.page(None, 1)[0]
    other.loop.run(other.service.remove(generation))
    with pytest.raises(WorkNotWanted):
        waiting.result(WAIT)
    until(lambda: not one.list_under_way())


def test_all_wait_no_longer_than_they_asked_although_their_server_is_gone(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    for seed in range(10, 16):
        other.accept(make_request("first", n=1, seed=seed))
    late = one.accept(make_request(n=1, patience=0.5)).generation
    one.crash()
    until(lambda: other.store.get(late.id).status is Status.EXPIRED)


def test_places_are_counted_over_all_servers(start, make_request, until):
    one, other = start(queued=4), start(queued=4)
    for process in (one, other):
        process.engine.gate.clear()
    one.accept(make_request("drawn", n=6))
    until(lambda: one.runner.scheduler.busy == other.runner.scheduler.busy == 3)
    accepted, refused = 0, 0
    for seed in range(20):
        process = (one, other)[seed % 2]
        process.runner.scheduler.count(0.0)  # as each server does each second
        try:
            process.accept(make_request(n=1, seed=seed + 50))
            accepted += 1
        except ServerBusy:
            refused += 1
    assert accepted <= 4
    assert refused >= 16


def test_what_is_queued_while_places_are_counted_is_not_forgotten(start, make_request, monkeypatch):
    process = start(queued=4)
    process.engine.gate.clear()
    generation = process.accept(make_request(n=1)).generation
    scheduler = process.runner.scheduler
    count, meanwhile = scheduler._tasks.count, [generation]

    def count_slowly():
        backlog = count()
        while meanwhile:
            scheduler.queue(None, meanwhile.pop(), reserved=False)
        return backlog

    scheduler.count(0.0)
    known = scheduler._queued.total()
    monkeypatch.setattr(scheduler._tasks, "count", count_slowly)
    scheduler.count(0.0)
    assert scheduler._queued.total() == known + 1
    scheduler.count(0.0)
    assert scheduler._queued.total() == 0


@pytest.mark.parametrize("hearing", [True, False], ids=["cut off", "deaf"])
def test_who_hears_no_notices_is_later_and_misses_nothing(
    postgresql, postgresql_name, pair, make_request, hearing, until
):
    for process in pair:
        if not hearing:
            process.runner.shared._listener.close()
    for seed in range(4):
        waiting = _finish(pair[seed % 2], make_request(n=6, seed=seed, waited_for=True))
        if hearing:
            until(lambda: postgresql.cut_connections(postgresql_name))
        else:
            assert waiting.result(WAIT)[1].status is Status.SUCCEEDED
    until(lambda: not {one.status for one in pair[1].store.page(None, 99)} - {Status.SUCCEEDED})
    until(lambda: not [one for process in pair for one in process.list_under_way()])


def test_a_brief_that_ends_every_process_which_draws_it_fails(start, make_request, until):
    identity = ""
    for _ in range(3):
        process = start()
        process.engine.gate.clear()
        identity = identity or process.accept(make_request(n=1)).generation.id
        until(lambda process=process: process.runner.scheduler.busy == 1)
        process.crash()
    last = start()
    until(lambda: last.store.get(identity).status is Status.FAILED)
    assert last.store.get(identity).failure.code == "engine_broke_down"


def test_what_is_put_off_is_drawn_later_by_anybody(pair, make_request, until):
    waiting = pair[0].accept(make_request("stops", n=4)).generation
    until(lambda: pair[1].store.get(waiting.id).status is Status.SUCCEEDED)


def test_what_could_not_be_given_back_is_given_back_later(start, make_request, until):
    process = start()
    process.engine.gate.clear()
    one = process.accept(make_request(n=3)).generation
    until(lambda: process.runner.scheduler.busy == 3)
    process.database.dead = True
    process.engine.gate.set()
    until(lambda: process.runner.scheduler.busy == 0)
    process.database.dead = False
    until(lambda: process.store.get(one.id).status is Status.SUCCEEDED)


def test_the_queue_is_counted_by_one_server_and_by_another_when_that_is_gone(pair, make_request, until):
    one, other = pair
    for process in pair:
        process.engine.gate.clear()
    one.accept(make_request(n=16))
    until(lambda: one.runner.scheduler.depth + other.runner.scheduler.depth == 10)
    first, second = (one, other) if one.runner.scheduler.depth else (other, one)
    first.crash()
    until(lambda: second.runner.scheduler.depth == 13)


def test_whatever_else_is_sent_by_the_channel_disturbs_nobody(postgresql, postgresql_name, pair, make_request):
    step = '{"kind": "step", "identity": "%s", "number": "x", "preview": "bm90IGEgcGljdHVyZQ=="}'
    for process in pair:
        process.engine.gate.clear()
    waiting = _finish(pair[0], make_request(n=4, waited_for=True))
    while not (there := pair[1].store.list_unfinished()):
        time.sleep(0.01)
    for text in (
        "",
        "[]",
        "null",
        "{",
        '{"kind": 1}',
        '{"kind": "changed"}',
        '{"kind": "queued", "more": 1}',
        step % there[0],
    ):
        postgresql.execute(f"NOTIFY blazon, '{text}'", postgresql_name)
    for process in pair:
        process.engine.gate.set()
    assert waiting.result(WAIT)[1].status is Status.SUCCEEDED
    assert not [work for process in pair for work in process._background if work.done()]


def test_any_server_knows_the_place_of_what_waits(pair, make_request, until):
    one, other = pair
    one.engine.gate.clear()
    other.engine.gate.clear()
    first = one.accept(make_request(seed=1, n=6)).generation
    until(lambda: one.runner.scheduler.busy + other.runner.scheduler.busy == 6)
    one.accept(make_request(seed=2, n=3))
    last = one.accept(make_request(seed=3, n=2)).generation
    for server in pair:
        assert server.runner.find_place(last).ahead == 3
        assert server.runner.find_place(first) is None
    one.engine.gate.set()
    other.engine.gate.set()
