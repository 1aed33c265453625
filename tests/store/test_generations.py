"""Generations in a real database: what is written is what is read, and each write is all or nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazon.brief import Brief, Engine, LayoutKind, LetterCase, MarkKind, PaletteMood, Style, TypeKind, Unmet
from blazon.errors import ShareExceeded, StorageFault
from blazon.generation import EVENT_STEP, CandidateRecord, Failure, Generation, Interpretation, Priority, Status, new_id
from blazon.store.database import Database
from blazon.store.generation_rows import read_generations
from blazon.store.generations import AlreadyClaimed, Claim
from blazon.store.tables import candidates, generations, idempotency, usage, webhooks
from blazon.store.webhooks import WebhookDelivery
from blazon.wish_checks import Wish, WishKind

TABLES = (generations, candidates, idempotency, usage, webhooks)


def _record(record: CandidateRecord, event: int) -> CandidateRecord:
    return replace(record, event=event)


def rows(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        counts = {
            table.name: connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(table))
            for table in TABLES
        }
    return {name: count for name, count in counts.items() if count}


def owed(generation: Generation) -> WebhookDelivery:
    return WebhookDelivery("msg_1", generation.id, "", "https://example.com", "example.com", b"{}", 1.0)


# Round trips.from blazon.wish_checks import Wish, WishKind

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=40)
briefs = st.builds(
    Brief,
    texts.filter(lambda text: len(text.strip()) >= 3),
    brand_name=st.sampled_from(["Nörd & Wind", "شمال", "北風"]),
    slogan=st.sampled_from(["", "since 1900"]),
    style=st.none() | st.sampled_from(Style),
    palette=st.none() | st.sampled_from([*PaletteMood, "#0a7, navy"]),
    layout=st.none() | st.sampled_from(LayoutKind),
    count=st.integers(1, 24),
    seed=st.integers(0, 2**32 - 1),
    engine=st.sampled_from(Engine),
    size=st.integers(64, 2048),
    steps=st.none() | st.integers(1, 200),
    guidance=st.none() | st.floats(0, 30),
    negative_prompt=texts,
    loras=st.none() | st.lists(st.tuples(st.sampled_from("abc"), st.floats(-4, 4)), max_size=3).map(tuple),
    credit_allowed=st.booleans(),
    show=st.lists(st.sampled_from(["fox", "honey jar"])).map(tuple),
    avoid=st.lists(st.sampled_from(["rose", "キツネ"])).map(tuple),
    letters=st.sampled_from(["", "NV"]),
    established=st.sampled_from(["", "Est. 1894"]),
    mark=st.none() | st.sampled_from(MarkKind),
    type=st.none() | st.sampled_from(TypeKind),
    case=st.none() | st.sampled_from(LetterCase),
)
interpretations = st.builds(
    Interpretation,
    st.lists(texts).map(tuple),
    st.lists(texts).map(tuple),
    st.lists(st.builds(Unmet, texts, texts)).map(tuple),
    st.sampled_from([(), (Wish(WishKind.TOGETHER, "fox and moon", (("fox", "fox head"), ("moon",))),)]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    brief=briefs,
    priority=st.sampled_from(Priority),
    deadline=st.none() | st.floats(0, 2e9),
    waited_for=st.booleans(),
    failure=st.none() | st.builds(Failure, texts, texts, texts),
    interpretation=interpretations,
)
def test_what_is_written_is_what_is_read(store, brief, priority, deadline, waited_for, failure, interpretation):
    written = Generation(
        new_id(), "key", brief, "f" * 64, 1.5, 2.5, priority=priority, deadline_at=deadline, waited_for=waited_for
    )
    written = replace(written, interpretation=interpretation)
    store.accept(written)
    assert store.get(written.id) == written
    begun = store.start(written.id, 3.5)
    assert begun == written.start(3.5)
    ended = store.end(written.id, Status.FAILED, 4.5, failure)
    assert ended == store.get(written.id) == begun.end(Status.FAILED, 4.5, begun.next_event, failure)


def test_candidates_come_back_in_their_order(store, generation, candidate):
    one = generation(3, candidates=(candidate(0, design=None), candidate(2, seed=2**32 - 1)))
    store.accept(one)
    added = store.add(one.id, 1, partial(_record, candidate(1)), 5.0)
    whole = one.with_candidate(candidate(1, event=EVENT_STEP))
    assert store.get(one.id) == added == whole.end(Status.SUCCEEDED, 5.0, 2 * EVENT_STEP)
    assert store.pictures() == {f"ab/{number}.svg" for number in range(3)}


def test_it_belongs_to_its_owner(store, generation):
    one = generation(owner="key_1")
    store.accept(one)
    assert store.get(one.id, "key_1") == store.get(one.id) == one
    assert store.get(one.id, "key_2") is store.get(one.id, "") is store.get("gen_none") is None


# All or nothing.


def test_a_claimed_key_leads_to_the_first_and_leaves_nothing_of_the_second(store, database, generation):
    first = generation()
    store.accept(first, Claim("key", "digest"))
    before = rows(database)
    with pytest.raises(AlreadyClaimed) as claimed:
        store.accept(generation(), Claim("key", "other digest"))
    assert (claimed.value.generation, claimed.value.request) == (first.id, "digest")
    assert rows(database) == before
    store.accept(generation(owner="somebody else"), Claim("key", "digest"))


def test_a_key_may_be_used_again_when_it_is_forgotten(store, generation):
    first, second = generation(), generation()
    store.accept(first, Claim("key", "digest"))
    assert store.forget_claims(first.created_at) == 0
    assert store.forget_claims(first.created_at + 1) == 1
    store.refuse_claimed("", Claim("key", "digest"))
    store.accept(second, Claim("key", "digest"))
    with pytest.raises(AlreadyClaimed, match=second.id):
        store.refuse_claimed("", Claim("key", "digest"))


def test_beyond_the_quota_nothing_is_written(store, database, generation):
    with pytest.raises(ShareExceeded):
        store.accept(generation(3), Claim("key", "digest"), quota=2)
    assert rows(database) == {}


_BREAK = {
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON {} BEGIN SELECT RAISE(ABORT, 'broken'); END",
    "postgresql": "ALTER TABLE {} ADD CONSTRAINT broken CHECK (false) NOT VALID",
}
_MEND = {"sqlite": "DROP TRIGGER broken", "postgresql": "ALTER TABLE {} DROP CONSTRAINT broken"}


def _break(database: Database, table: str) -> None:
    """Let nothing more be written into a table."""
    with database.writing() as connection:
        connection.exec_driver_sql(_BREAK[connection.dialect.name].format(table))


def _mend(database: Database, table: str) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(_MEND[connection.dialect.name].format(table))


@pytest.mark.parametrize("table", ["generations", "candidates", "idempotency", "webhooks"])
def test_what_fails_half_way_leaves_nothing(store, database, generation, candidate, table):
    _break(database, table)
    one = generation(1, candidates=(candidate(),), status=Status.SUCCEEDED)
    with pytest.raises(StorageFault, match="refused"):
        store.accept(one, Claim("key", "digest"), 5, owed=owed(one))
    assert rows(database) == {}
    _mend(database, table)


def test_an_end_and_what_it_owes_are_written_together(store, database, generation, candidate):
    one = generation(1)
    store.accept(one)
    _break(database, "webhooks")
    with pytest.raises(StorageFault):
        store.add(one.id, 0, partial(_record, candidate()), 2.0, owed)
    with pytest.raises(StorageFault):
        store.end(one.id, Status.FAILED, 2.0, None, owed)
    assert store.get(one.id) == one
    _mend(database, "webhooks")
    ended = store.add(one.id, 0, partial(_record, candidate()), 2.0, owed)
    assert ended.status is Status.SUCCEEDED
    assert store.get(one.id) == ended
    assert rows(database)["webhooks"] == 1


# EndHooks.


@pytest.mark.parametrize("first", [status for status in Status if status.ended])
@pytest.mark.parametrize("second", Status)
def test_nothing_ends_twice(store, generation, candidate, first, second):
    one = generation(1)
    store.accept(one)
    ended = store.end(one.id, first, 5.0)
    assert store.end(one.id, second, 6.0) is None
    assert store.add(one.id, 0, partial(_record, candidate()), 6.0) is None
    assert store.start(one.id, 7.0) is store.count_breakdown(one.id) is None
    assert store.get(one.id) == ended == one.end(first, 5.0, EVENT_STEP)


def test_what_was_removed_takes_nothing_more(store, database, generation, candidate):
    one = generation(2, candidates=(candidate(),))
    store.accept(one, Claim("key", "digest"))
    assert store.remove([one.id, "gen_none"]) == 1
    assert store.add(one.id, 1, partial(_record, candidate(1)), 6.0) is None
    assert store.end(one.id, Status.FAILED, 6.0) is None
    assert set(rows(database)) == {"usage"}


def test_a_candidate_that_another_process_delivered_is_not_written_again(store, generation, candidate):
    one = generation(2)
    store.accept(one)
    first = store.add(one.id, 0, partial(_record, candidate()), 5.0)
    assert store.add(one.id, 0, partial(_record, candidate(seed=8)), 6.0) is None
    assert store.add(one.id, 2, partial(_record, candidate(2)), 6.0) is None  # it was to have two
    assert store.get(one.id) == first == one.with_candidate(candidate(event=EVENT_STEP))


def test_candidates_of_several_processes_end_a_generation_once_and_are_told_in_one_order(store, generation, candidate):
    one = generation(8)
    store.accept(one)
    start = threading.Barrier(8)

    def add(number: int) -> Generation:
        start.wait()
        return store.add(one.id, number, partial(_record, candidate(number)), 5.0)

    with ThreadPoolExecutor(8) as threads:
        states = list(threads.map(add, range(8)))
    assert sum(state.status.ended for state in states) == 1
    whole = store.get(one.id)
    assert sorted(record.event for record in whole.candidates) == [step * EVENT_STEP for step in range(1, 9)]
    assert whole.event == 9 * EVENT_STEP


# Lists.


def test_pages_are_stable_while_others_come_and_go(store, generation):
    there = [generation(owner="key") for _ in range(25)]
    for one in there:
        store.accept(one)
    seen, cursor = [], None
    while page := store.page("key", 4, cursor):
        seen += [one.id for one in page]
        cursor = page[-1].id
        store.accept(generation(owner="key"))  # younger than all
        store.accept(generation())
        store.remove([page[0].id])
    assert seen == [one.id for one in reversed(there)]


def test_pages_by_owner_and_status(store, generation):
    mine = [generation(owner="key") for _ in range(6)]
    for one in (*mine, generation()):
        store.accept(one)
    for one, status in zip(mine, Status, strict=True):
        if status.ended:
            store.end(one.id, status, 9.0)
    found = store.page("key", 10, statuses=[Status.CANCELLED, Status.FAILED])
    assert {one.status for one in found} == {Status.CANCELLED, Status.FAILED}
    assert len(store.page(None, 10)) == 7
    assert store.list_unfinished()[:2] == [mine[0].id, mine[1].id]  # the oldest first


def test_the_rows_of_known_unfinished_ones_are_not_read(store, generation, monkeypatch):
    waiting = [generation() for _ in range(1200)]  # more than are read at a time
    for one in waiting:
        store.accept(one)
    read: list[str] = []

    def read_and_note(connection, identities):
        read.extend(identities)
        return read_generations(connection, identities)

    monkeypatch.setattr("blazon.store.generations.read_generations", read_and_note)
    new = {waiting[7].id, waiting[1100].id}
    assert store.list_unfinished(lambda identity: identity not in new) == [waiting[7].id, waiting[1100].id]
    assert set(read) == new


def test_only_what_has_ended_goes_out_of_date(store, generation):
    waiting, ended, fresh = generation(expires_at=10.0), generation(expires_at=10.0), generation(expires_at=11.0)
    for one in (waiting, ended, fresh):
        store.accept(one)
    for one in (ended, fresh):
        store.end(one.id, Status.FAILED, 9.0)
    assert store.list_expired(10.0, 10) == [ended.id]
    assert store.list_expired(11.0, 1) in ([ended.id], [fresh.id])


# Many at a time.


def test_of_many_with_one_key_one_is_accepted(store, database, generation):
    several = [generation() for _ in range(12)]
    start = threading.Barrier(len(several))

    def accept(one: Generation) -> str:
        start.wait()
        try:
            store.accept(one, Claim("key", "digest"), 2)
        except AlreadyClaimed as claimed:
            return claimed.generation
        return one.id

    with ThreadPoolExecutor(len(several)) as threads:
        led_to = set(threads.map(accept, several))
    assert len(led_to) == 1
    assert rows(database) == {"generations": 1, "idempotency": 1, "usage": 1}


def test_of_many_ends_one_is_written(store, generation):
    one = generation()
    store.accept(one)
    start = threading.Barrier(8)

    def end(number: int) -> bool:
        start.wait()
        return store.end(one.id, Status.CANCELLED, float(number)) is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(end, range(8))) == 1
