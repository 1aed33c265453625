"""The service on a real database and with an engine of straw: what may go wrong between accepting and ending."""

import threading
from concurrent.futures import wait

import pytest

from blazon.errors import (
    DeadlineExceeded,
    EngineStopped,
    GenerationFailed,
    InvalidBrief,
    InvalidHeader,
    ServerBusy,
    StorageFull,
    UnreadableRecord,
    WorkNotWanted,
)
from blazon.generation import Status
from blazon.language_model import word_encoder
from blazon.principal import ANONYMOUS
from blazon.store.database import Database, sqlite_url
from blazon.store.generations import Claim, GenerationStore

pytestmark = pytest.mark.usefixtures("quiet")
WAIT = 60.0


def test_equal_briefs_that_are_under_way_are_drawn_once(process, until, make_request):
    process.engine.gate.clear()
    asking = [process.loop.start(process.service.finish(make_request(waited_for=True), ANONYMOUS)) for _ in range(6)]
    until(lambda: len(process.list_under_way()) == 6)
    process.engine.gate.set()
    generations = [one.result(WAIT)[1] for one in asking]
    assert set(process.engine.drawn.values()) == {1}
    assert len({generation.id for generation in generations}) == 6
    assert len({tuple(record.picture for record in generation.candidates) for generation in generations}) == 1
    assert process.accept(make_request()).hit


def test_who_comes_as_the_job_ends_meets_the_cache(process, make_request):
    """A look into the cache before submission would miss what lands between the two."""
    waits, finished, subscribe = threading.Event(), threading.Event(), process.acceptor._subscribe

    def late(*args):
        waits.set()
        assert finished.wait(WAIT)
        return subscribe(*args)

    calls = iter([late, subscribe])
    process.acceptor._subscribe = lambda *args: next(calls)(*args)
    second = process.loop.start(process.service.finish(make_request(), ANONYMOUS))
    assert waits.wait(WAIT)
    process.finish(make_request())
    finished.set()
    assert second.result(WAIT)[0].hit
    assert set(process.engine.drawn.values()) == {1}


def test_what_is_being_accepted_is_not_resumed_beside(process, make_request):
    accept, registered = process.store.accept, threading.Event()

    def slowly(*args, **kwargs):
        accept(*args, **kwargs)
        process.loop.start(process.service.resume()).result(WAIT)  # it is on disk, and has no job yet
        registered.set()

    process.store.__dict__["accept"] = slowly
    generation = process.finish(make_request())
    del process.store.__dict__["accept"]
    assert registered.is_set()
    assert generation.attempt == 1
    assert set(process.engine.drawn.values()) == {1}


def test_what_was_put_off_is_owed_until_it_is_done_or_cannot_be(process, make_request):
    assert not process.loop.run(process.service.owes_work())
    with pytest.raises(EngineStopped):
        process.finish(make_request("stops"))
    assert process.list_under_way() == []
    assert process.loop.run(process.service.owes_work())
    process.service.host.fail("the model is not there")
    assert not process.loop.run(process.service.owes_work())


def test_what_ended_since_it_was_listed_is_not_resumed(process, make_request):
    one = process.finish(make_request())
    assert process.acceptor.resume(one.id) is None
    assert process.acceptor.resume("gen_none") is None


def test_a_client_that_leaves_before_it_is_accepted_cancels(process, until, make_request):
    accept, reached, go_on = process.store.accept, threading.Event(), threading.Event()

    def slowly(*args, **kwargs):
        reached.set()
        assert go_on.wait(WAIT)
        accept(*args, **kwargs)

    process.engine.gate.clear()
    process.store.__dict__["accept"] = slowly
    leaving = process.loop.start(process.service.finish(make_request(waited_for=True), ANONYMOUS))
    assert reached.wait(WAIT)
    leaving.cancel()
    go_on.set()
    until(lambda: process.store.page("", 10, statuses=[Status.CANCELLED]))
    assert process.engine.drawn == {}


@pytest.mark.parametrize("given", [{"waited_for": False}, {"waited_for": True, "claim": Claim("key", "digest")}])
def test_others_that_leave_do_not_cancel(process, given, until, make_request):
    process.engine.gate.clear()
    leaving = process.loop.start(process.service.finish(make_request(**given), ANONYMOUS))
    until(process.list_under_way)
    leaving.cancel()
    process.engine.gate.set()
    until(lambda: process.store.page("", 10, statuses=[Status.SUCCEEDED]))


def test_leaving_does_not_end_the_job_of_the_others(process, until, make_request):
    process.engine.gate.clear()
    leaving = process.loop.start(process.service.finish(make_request(waited_for=True), ANONYMOUS))
    until(process.list_under_way)
    staying = process.loop.start(process.service.finish(make_request(waited_for=True), ANONYMOUS))
    until(lambda: len(process.list_under_way()) == 2)
    leaving.cancel()
    until(lambda: len(process.list_under_way()) == 1)
    process.engine.gate.set()
    assert staying.result(WAIT)[1].status is Status.SUCCEEDED
    assert set(process.engine.drawn.values()) == {1}


def test_one_with_less_time_does_not_take_the_others_with_it(process, until, make_request):
    process.engine.gate.clear()
    hasty = process.loop.start(process.service.finish(make_request(waited_for=True, patience=0.1), ANONYMOUS))
    until(process.list_under_way)
    patient = process.loop.start(process.service.finish(make_request(), ANONYMOUS))
    with pytest.raises(DeadlineExceeded, match=r"not done within 0\.1 s"):
        hasty.result(WAIT)
    process.engine.gate.set()
    assert patient.result(WAIT)[1].status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("prompt", "kind", "words"),
    [("it fails", GenerationFailed, "it came out black"), ("an accident", GenerationFailed, "Internal server error")],
)
def test_who_asks_again_with_a_key_is_told_the_same(process, prompt, kind, words, make_request):
    with pytest.raises((kind, ZeroDivisionError)):
        process.finish(make_request(prompt, claim=Claim("key", "digest")))
    with pytest.raises(kind, match=words):
        process.finish(make_request(prompt, claim=Claim("key", "digest")))
    with pytest.raises(InvalidHeader, match="came with another request"):
        process.finish(make_request(prompt, claim=Claim("key", "another digest")))
    assert len(process.store.page("", 10)) == 1


def test_who_asks_again_for_what_was_cancelled_is_told_so(process, make_request):
    process.engine.gate.clear()
    identity = process.accept(make_request(claim=Claim("key", "digest"))).generation.id
    assert process.loop.run(process.service.cancel(identity))
    assert not process.loop.run(process.service.cancel(identity))
    with pytest.raises(WorkNotWanted):
        process.finish(make_request(claim=Claim("key", "digest")))


def test_a_refused_brief_leaves_nothing(process, make_request):
    with pytest.raises(InvalidBrief):
        process.accept(make_request("refused"))
    assert process.store.page("", 10) == []


def test_a_full_queue_leaves_nothing(until, make_request, started):
    process = started(queued=0)
    process.engine.gate.clear()
    for seed in range(3):
        process.accept(make_request(n=1, seed=seed))
    with pytest.raises(ServerBusy):
        process.accept(make_request(n=1, seed=9))
    assert len(process.store.page("", 10)) == 3
    process.engine.gate.set()
    until(lambda: not process.list_under_way())
    process.accept(make_request(n=1, seed=9))


def test_an_equal_request_does_not_need_the_place_that_the_first_was_refused(until, make_request, started):
    process = started(queued=0)
    process.engine.gate.clear()
    for _ in range(5):
        process.accept(make_request(n=1))
    until(lambda: process.runner.scheduler.busy == 1)
    assert len(process.store.page("", 10)) == 5


def test_a_full_disk_refuses_and_puts_off_and_is_forgotten(process, until, make_request):
    process.engine.gate.clear()
    waited = process.loop.start(process.service.finish(make_request(waited_for=True), ANONYMOUS))
    until(lambda: process.list_under_way() and process.runner.scheduler.busy)
    process.database.full = True
    with pytest.raises(StorageFull):
        process.accept(make_request(seed=2))
    process.engine.gate.set()
    with pytest.raises(StorageFull):
        waited.result(WAIT)
    process.database.full = False
    (left,) = process.store.list_unfinished()
    process.loop.run(process.service.resume())
    until(lambda: process.store.get(left).status is Status.SUCCEEDED)
    assert process.finish(make_request(seed=2)).status is Status.SUCCEEDED


def test_what_cannot_be_written_down_is_not_said_to_have_ended(process, until, make_request):
    process.engine.gate.clear()
    identity = process.accept(make_request(patience=1.0)).generation.id
    other = process.accept(make_request(seed=2)).generation.id
    process.database.full = True
    with pytest.raises(StorageFull):
        process.loop.run(process.service.cancel(other))
    until(lambda: not process.list_under_way())  # the deadline of the first passed
    assert {process.store.get(one).status.ended for one in (identity, other)} == {False}
    process.database.full = False
    assert process.loop.run(process.service.cancel(other))  # though nobody carries it now
    assert process.store.get(other).status is Status.CANCELLED
    process.loop.run(process.service.resume())
    until(lambda: process.store.get(identity).status is Status.EXPIRED)


def test_a_cache_that_fails_spoils_no_result(process, make_request):
    def full(*_):
        raise StorageFull("full")

    process.stores.cache.__dict__["keep"] = full
    assert process.finish(make_request()).status is Status.SUCCEEDED


def test_what_was_removed_while_it_was_drawn_lets_its_waiters_go(process, until, make_request):
    process.engine.gate.clear()
    waiting = process.loop.start(process.service.finish(make_request(), ANONYMOUS))
    until(process.list_under_way)
    process.store.remove(process.store.list_unfinished())  # by another process
    process.engine.gate.set()
    with pytest.raises(WorkNotWanted):
        waiting.result(WAIT)


def test_a_stored_result_whose_source_is_gone_is_drawn_anew(process, make_request):
    first = process.finish(make_request())
    hit = process.accept(make_request())
    process.loop.run(process.service.remove(first))
    assert not process.accept(make_request()).hit
    assert process.store.get(hit.generation.id).candidates
    assert process.stores.pictures.get(hit.generation.candidates[0].picture)


@pytest.mark.parametrize("damage", ["brief = replace(brief, '\"count\": 2', '\"count\": 99')", "weight = 0"])
def test_what_cannot_be_read_holds_up_no_other(tmp_path, until, make_request, started, damage):
    process = started()
    process.engine.gate.clear()
    bad, good = (process.accept(make_request(seed=seed)).generation.id for seed in range(2))
    process.crash()
    database = Database.open(sqlite_url(tmp_path / "blazon.db"))
    with database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE generations SET {damage} WHERE id = ?", (bad,))
    database.close()
    again = started()
    until(lambda: again.store.get(good).status is Status.SUCCEEDED)
    assert again.store.list_unfinished() == []
    with pytest.raises(UnreadableRecord):  # it is kept for a version that can read it
        again.store.get(bad)


def test_what_cannot_be_taken_up_by_a_fault_of_ours_holds_up_no_other(until, make_request, started):
    process = started()
    process.engine.gate.clear()
    bad, good = (process.accept(make_request(seed=seed)).generation.id for seed in range(2))
    process.crash()
    again = started(resume=False)
    queue, faults = again.runner.scheduler.queue, [ZeroDivisionError()]

    def queue_but_for_the_first(*args, **given):
        if faults:
            raise faults.pop()
        queue(*args, **given)

    again.runner.scheduler.__dict__["queue"] = queue_but_for_the_first
    again.loop.run(again.service.resume())
    until(lambda: again.store.get(good).status is Status.SUCCEEDED)
    assert again.store.list_unfinished() == [bad]
    again.loop.run(again.service.resume())  # nothing of the first try stands in its way
    until(lambda: again.store.get(bad).status is Status.SUCCEEDED)


def test_half_of_it_is_not_drawn_again_after_a_crash(tmp_path, until, make_request, started):
    process = started()
    one = process.accept(make_request(n=12)).generation
    until(lambda: sum(process.engine.drawn.values()) > 2)
    process.crash()
    database = Database.open(sqlite_url(tmp_path / "blazon.db"))
    before = {record.number: record for record in GenerationStore(database).get(one.id).candidates}
    database.close()
    again = started()
    until(lambda: again.store.get(one.id).status is Status.SUCCEEDED)
    after = {record.number: record for record in again.store.get(one.id).candidates}
    assert {number: after[number] for number in before} == before
    assert {number for _, _, number in again.engine.drawn} == set(range(12)) - before.keys()


def test_an_accident_in_ending_what_failed_leaves_nobody_waiting(process, until, make_request):
    def accident(*_):
        raise ZeroDivisionError

    process.store.__dict__["end"] = accident
    with pytest.raises(ZeroDivisionError):
        process.finish(make_request("it fails", waited_for=True))
    del process.store.__dict__["end"]
    until(lambda: process.runner.scheduler.busy == 0)
    assert process.finish(make_request()).status is Status.SUCCEEDED  # by the same threads
    for left in process.store.list_unfinished():
        process.loop.run(process.service.cancel(left))


def test_who_asks_again_while_the_first_is_being_accepted_waits_for_it(process, make_request):
    accept, on_disk = process.store.accept, threading.Event()
    again = []

    def slowly(*args, **kwargs):
        accept(*args, **kwargs)
        if not on_disk.is_set():
            on_disk.set()
            again.append(
                process.loop.start(process.service.finish(make_request(claim=Claim("key", "digest")), ANONYMOUS))
            )
            assert not wait(again, 0.05).done

    process.store.__dict__["accept"] = slowly
    first = process.finish(make_request(claim=Claim("key", "digest")))
    assert again[0].result(WAIT)[1].id == first.id


def test_a_stored_result_whose_pictures_are_gone_is_drawn_anew(process, make_request):
    first = process.finish(make_request())
    process.stores.pictures.remove([record.picture for record in first.candidates])
    again = process.accept(make_request())
    assert not again.hit
    assert again.outcome.result(WAIT).generation.status is Status.SUCCEEDED
    assert process.accept(make_request()).hit


def test_a_server_whose_threads_cannot_be_started_says_so(tmp_path, new_loop, new_process, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("blazon.serve.scheduler.Scheduler.start", refuse)
    loop = new_loop()
    process = new_process(tmp_path, loop)
    assert "could not be started" in process.service.host.problem
    assert not process.service.ready
    process.close()
    loop.close()


def test_what_an_encoder_read_is_stored_with_the_generation(process, make_request, monkeypatch):
    class Dictionary:
        """Stands where the encoder of the extra `multilingual` does."""

        def find(self, words):
            assert threading.current_thread() is not process.loop._thread, "the event loop waits for it"
            return ["whistle" for _ in words]

    monkeypatch.setattr(word_encoder, "is_installed", lambda: True)
    monkeypatch.setattr(word_encoder, "_open_encoder", Dictionary)
    process.service._acceptor._has_encoder = True
    read = process.finish(make_request("Пекарня и свистулька"))
    assert "whistle" in process.store.get(read.id).brief.reading
    by_rules = process.finish(make_request("a bakery and a whistle"))
    assert process.store.get(by_rules.id).brief.reading == ""
