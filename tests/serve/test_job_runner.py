"""How jobs end: drained, interrupted, or with a process that must be replaced."""

import threading

import pytest

from blazon.errors import ServerBusy
from blazon.generation import Status
from blazon.principal import ANONYMOUS
from blazon.serve.events import EventKind

pytestmark = pytest.mark.usefixtures("quiet")
WAIT = 60.0


async def _collect(events):
    return [event async for event in events]


def _follow(process, generation, after=0):
    return process.loop.start(_collect(process.service.events(generation, after)))


def test_a_drain_finishes_all_candidates_of_what_was_begun_and_tells_the_rest(process, until, make_request):
    process.engine.gate.clear()
    begun = process.loop.start(process.service.finish(make_request("begun", n=12, waited_for=True), ANONYMOUS))
    until(lambda: process.runner.scheduler.busy == 3)
    waiting = process.loop.start(process.service.finish(make_request("waits", n=12, waited_for=True), ANONYMOUS))
    until(lambda: len(process.list_under_way()) == 2)
    process.loop.loop.call_soon_threadsafe(process.service.drain)
    with pytest.raises(ServerBusy, match="resumes when it is back"):
        waiting.result(WAIT)
    assert process.runner.scheduler.has_work
    process.engine.gate.set()
    assert len(begun.result(WAIT)[1].candidates) == 12
    until(lambda: not process.runner.scheduler.has_work)
    assert len(process.store.list_unfinished()) == 1
    assert {prompt for prompt, *_ in process.engine.drawn} == {"begun"}


def test_a_drain_does_not_wait_behind_those_who_wait_for_the_disk(process, until, make_request):
    process.engine.gate.clear()
    process.accept(make_request("begun", n=3))
    until(lambda: process.runner.scheduler.busy == 3)
    waiting = process.loop.start(process.service.finish(make_request("waits"), ANONYMOUS))
    until(lambda: len(process.list_under_way()) == 2)
    accept, entered, disk = process.store.accept, [], threading.Event()

    def accept_slowly(*args, **given):
        entered.append(args)
        assert disk.wait(WAIT)
        accept(*args, **given)

    process.store.__dict__["accept"] = accept_slowly
    asking = [process.loop.start(process.service.accept(make_request(seed=seed), ANONYMOUS)) for seed in range(2, 10)]
    until(lambda: len(entered) == 4)  # all threads of the store
    process.loop.loop.call_soon_threadsafe(process.service.drain)
    try:
        with pytest.raises(ServerBusy, match="resumes when it is back"):
            waiting.result(WAIT / 2)
    finally:
        disk.set()
        process.engine.gate.set()
    for one in asking:
        one.result(WAIT)
    until(lambda: not process.list_under_way())


def test_what_is_begun_as_the_drain_begins_is_finished(process, until, make_request):
    process.engine.gate.clear()
    begun = process.loop.start(process.service.finish(make_request(waited_for=True), ANONYMOUS))
    until(lambda: process.runner.scheduler.busy == 2)
    (job,) = process.runner.registry.jobs()

    class BeginsMeanwhile:
        """The lock of a job that was begun by whoever held it before."""

        def __enter__(self):
            lock.acquire()
            job.started = True

        def __exit__(self, *_):
            lock.release()

    lock, job.started = job.lock, False
    job.lock = BeginsMeanwhile()
    process.loop.loop.call_soon_threadsafe(process.service.drain)
    until(lambda: job.started)
    process.engine.gate.set()
    assert len(begun.result(WAIT)[1].candidates) == 2


def test_who_watches_what_was_not_begun_is_told_where_to_go_on(process, until, make_request, started):
    process.engine.gate.clear()
    busy = process.accept(make_request("busy", n=3))
    until(lambda: process.runner.scheduler.busy == 3)
    generation = process.accept(make_request("waits")).generation
    events = _follow(process, generation)
    process.loop.loop.call_soon_threadsafe(process.service.drain)
    *_, last = events.result(WAIT)
    assert (last.kind, last.content.id) == (EventKind.INTERRUPTED, generation.id)
    process.engine.gate.set()
    until(lambda: process.store.get(busy.generation.id).status is Status.SUCCEEDED)
    process.close()
    again = started()
    until(lambda: again.store.get(generation.id).status is Status.SUCCEEDED)
    seen = _follow(again, again.store.get(generation.id), last.number).result(WAIT)
    # Before those there may be what is told only while it is drawn.
    assert [event.kind for event in seen][-3:] == [EventKind.CANDIDATE] * 2 + [EventKind.ENDED]


def test_at_the_limit_who_watches_what_is_being_drawn_is_told_too(process, until, make_request):
    process.engine.gate.clear()
    generation = process.accept(make_request(n=3)).generation
    until(lambda: process.runner.scheduler.busy == 3)
    events = _follow(process, generation)
    process.loop.loop.call_soon_threadsafe(process.service.stop_jobs)
    assert events.result(WAIT)[-1].kind is EventKind.INTERRUPTED


def test_who_leaves_after_being_told_so_cancels_nothing(process, until, make_request):
    process.engine.gate.clear()
    wanted = make_request(waited_for=True)
    identity = process.accept(wanted).generation.id
    until(lambda: process.runner.scheduler.busy == 2)
    process.loop.loop.call_soon_threadsafe(process.service.stop_jobs)
    until(lambda: not process.list_under_way())
    process.loop.loop.call_soon_threadsafe(process.service.leave, wanted, identity)
    process.loop.run(process.service.get(identity))  # it was begun before this
    until(lambda: not process.service._tasks)
    assert process.store.list_unfinished() == [identity]


def test_what_was_removed_meanwhile_is_not_said_to_go_on(process, until, make_request):
    process.engine.gate.clear()
    generation = process.accept(make_request()).generation
    until(lambda: process.runner.scheduler.busy == 2)
    events = _follow(process, generation)
    process.store.remove([generation.id])
    process.engine.gate.set()
    assert EventKind.INTERRUPTED not in {event.kind for event in events.result(WAIT)}


@pytest.mark.parametrize("method", ["start", "end", "add"])
def test_a_database_that_hangs_keeps_no_process_from_being_replaced(process, until, make_request, method):
    """The write holds the lock of the job that the replacement wants to count a breakdown of."""
    hangs, go_on, replaced = threading.Event(), threading.Event(), threading.Event()
    write = getattr(process.store, method)

    def hang(*args):
        hangs.set()
        assert go_on.wait(WAIT)
        return write(*args)

    process.store.__dict__[method] = hang
    process.runner._replace_process = lambda _: replaced.set()
    process.accept(make_request("it fails" if method == "end" else "a bakery"))
    assert hangs.wait(WAIT)
    replacing = threading.Thread(target=process.runner.request_replacement, args=("no progress",))
    replacing.start()
    assert replaced.wait(WAIT)
    assert not go_on.is_set()
    replacing.join()
    del process.store.__dict__[method]
    go_on.set()
    until(lambda: not process.list_under_way())


def test_a_breakdown_is_counted_before_the_process_is_replaced(process, until, make_request):
    process.engine.gate.clear()
    counts = []
    process.runner._replace_process = lambda _: counts.append(process.store.get(one).breakdowns)
    one = process.accept(make_request()).generation.id
    until(lambda: process.store.get(one).status is Status.RUNNING)
    process.runner.request_replacement("poisoned")
    assert counts == [1]


def test_a_task_that_cannot_even_be_ended_costs_no_thread(process, until, make_request):
    def accident(*_):
        raise ZeroDivisionError

    process.runner._draw = accident
    detach_all, process.runner.publisher.detach_all = process.runner.publisher.detach_all, accident
    left = process.accept(make_request(n=4)).generation
    until(lambda: not process.runner.scheduler.has_work)
    del process.runner._draw
    process.runner.publisher.detach_all = detach_all
    assert process.finish(make_request("another", n=4)).status is Status.SUCCEEDED  # by the same threads
    process.loop.run(process.service.cancel(left.id))


def test_nothing_is_drawn_in_vain_while_no_picture_can_be_stored(process, until, make_request, monkeypatch):
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    folder = process.stores.pictures.folder
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("")
    accepted = [process.accept(make_request("first", n=1)).generation.id]
    until(lambda: not process.list_under_way())
    assert process.engine.drawn.total() == 1  # nobody knew
    for seed in range(3):
        accepted.append(process.accept(make_request("next", n=1, seed=seed)).generation.id)
        until(lambda: not process.list_under_way())
    assert process.engine.drawn.total() == 1
    folder.unlink()
    folder.with_name("elsewhere").rename(folder)

    def are_all_drawn():
        process.loop.run(process.service.resume())  # as it is done now and then
        return {process.store.get(one).status for one in accepted} == {Status.SUCCEEDED}

    until(are_all_drawn)
