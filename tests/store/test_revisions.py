"""Revisions of designs: each is made of the current one, and which is current moves by undo and redo."""

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import update

from blazon.errors import Conflict, NotFound, StaleRevision, UnreadableRecord
from blazon.generation import CandidateRecord, Generation
from blazon.store.database import Database, sqlite_url
from blazon.store.generations import GenerationStore
from blazon.store.revisions import History, Revision, RevisionStore
from blazon.store.tables import revisions as table


def make(what: str) -> Revision:
    return Revision(0, 0, {"title": what}, ("title",), (), ("fox",), (), 1.5)


def finish(store: GenerationStore, accepted: Generation, drawn: CandidateRecord) -> None:
    store.add(accepted.id, drawn.number, lambda event: replace(drawn, event=event), accepted.created_at)


@pytest.fixture
def logo(store, generation, candidate) -> str:
    accepted = generation(count=1)
    store.accept(accepted)
    finish(store, accepted, candidate(0))
    return accepted.id


@pytest.fixture
def revisions(database) -> RevisionStore:
    return RevisionStore(database)


def test_a_candidate_begins_as_it_was_drawn(revisions, logo):
    assert revisions.get(logo, 0) is None
    assert revisions.page(logo, 0, 9) == History(0, ())


def test_each_change_is_made_of_the_current_one(revisions, logo):
    first = revisions.add(logo, 0, 0, make("a"))
    second = revisions.add(logo, 0, 1, make("b"))
    assert [(one.revision, one.parent) for one in (first, second)] == [(1, 0), (2, 1)]
    assert revisions.page(logo, 0, 9) == History(2, (second, first))
    assert revisions.page(logo, 0, 1) == History(2, (second,))
    assert revisions.page(logo, 0, 9, before=2) == History(2, (first,))
    assert revisions.get(logo, 0, 1) == first


def test_undo_redo_and_a_change_after_undo(revisions, logo):
    revisions.add(logo, 0, 0, make("a"))
    revisions.add(logo, 0, 1, make("b"))
    assert [revisions.undo(logo, 0), revisions.undo(logo, 0)] == [1, 0]
    with pytest.raises(Conflict, match="nothing to undo"):
        revisions.undo(logo, 0)
    assert [revisions.redo(logo, 0), revisions.redo(logo, 0)] == [1, 2]
    with pytest.raises(Conflict, match="nothing to redo"):
        revisions.redo(logo, 0)
    revisions.undo(logo, 0)
    other = revisions.add(logo, 0, 1, make("c"))
    assert (other.revision, other.parent) == (3, 1)
    revisions.undo(logo, 0)
    assert revisions.redo(logo, 0) == 3  # the newest of those that were made of it


def test_what_was_made_of_a_painting_is_revision_0_and_stays_what_it_is(revisions, logo):
    first = revisions.keep_first(logo, 0, make("traced"))
    assert revisions.keep_first(logo, 0, make("traced again")) == first == revisions.get(logo, 0)
    assert revisions.page(logo, 0, 9) == History(0, ())
    with pytest.raises(Conflict, match="nothing to undo"):
        revisions.undo(logo, 0)
    with pytest.raises(Conflict, match="nothing to redo"):
        revisions.redo(logo, 0)
    changed = revisions.add(logo, 0, 0, make("a"))
    assert (changed.revision, changed.parent) == (1, 0)
    assert (revisions.undo(logo, 0), revisions.get(logo, 0), revisions.redo(logo, 0)) == (0, first, 1)
    with pytest.raises(NotFound):
        revisions.keep_first("gen_" + "0" * 28, 0, make("traced"))


def test_a_stale_base_changes_nothing(revisions, logo):
    revisions.add(logo, 0, 0, make("a"))
    for attempt in (
        lambda: revisions.add(logo, 0, 0, make("b")),
        lambda: revisions.undo(logo, 0, {0}),
        lambda: revisions.redo(logo, 0, {7, 8}),
    ):
        with pytest.raises(StaleRevision) as refused:
            attempt()
        assert refused.value.current == 1
    assert len(revisions.page(logo, 0, 9).revisions) == 1


def test_of_changes_at_once_one_is_made_and_the_others_are_stale(revisions, logo):
    outcomes = []
    ready = threading.Barrier(4)

    def change(what: str) -> None:
        ready.wait()
        try:
            outcomes.append(revisions.add(logo, 0, 0, make(what)).revision)
        except StaleRevision as error:
            outcomes.append(-error.current)

    threads = [threading.Thread(target=change, args=(str(one),)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [-1, -1, -1, 1]


def test_they_go_with_their_generation(revisions, store, logo):
    revisions.add(logo, 0, 0, make("a"))
    store.remove([logo])
    assert revisions.page(logo, 0, 9).revisions == ()
    with pytest.raises(NotFound):
        revisions.add(logo, 0, 0, make("b"))
    with pytest.raises(NotFound):
        revisions.undo(logo, 0)


def test_what_there_is_not_is_not_found(revisions, logo):
    with pytest.raises(NotFound, match="no revision 4"):
        revisions.get(logo, 0, 4)


def test_what_another_version_wrote_is_told(revisions, database, logo):
    revisions.add(logo, 0, 0, make("a"))
    with database.writing() as connection:
        connection.execute(update(table).values(warnings={"a": 1}))
    with pytest.raises(UnreadableRecord):
        revisions.get(logo, 0)


def test_there_is_an_end_of_changes(revisions, logo, monkeypatch):
    monkeypatch.setattr("blazon.store.revisions.MOST", 2)
    for base in range(2):
        revisions.add(logo, 0, base, make(str(base)))
    with pytest.raises(Conflict, match="2 times"):
        revisions.add(logo, 0, 2, make("c"))


@pytest.mark.sqlite
def test_any_order_of_changes_undo_and_redo(tmp_path, generation, candidate):
    """Against a model: a tree of texts and the place in it."""
    database = Database.open(sqlite_url(tmp_path / "model.db"))
    store, revisions = GenerationStore(database), RevisionStore(database)

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            accepted = generation(count=1)
            store.accept(accepted)
            finish(store, accepted, candidate(0))
            self.logo, self.parents, self.texts, self.current = accepted.id, {}, {0: None}, 0

        @rule(text=st.text(max_size=3))
        def change(self, text: str) -> None:
            number = len(self.parents) + 1
            assert revisions.add(self.logo, 0, self.current, make(text)).revision == number
            self.parents[number], self.texts[number], self.current = self.current, text, number

        @precondition(lambda self: self.current)
        @rule()
        def undo(self) -> None:
            self.current = self.parents[self.current]
            assert revisions.undo(self.logo, 0) == self.current

        @precondition(lambda self: self.current in self.parents.values())
        @rule()
        def redo(self) -> None:
            self.current = max(one for one, parent in self.parents.items() if parent == self.current)
            assert revisions.redo(self.logo, 0) == self.current

        @invariant()
        def current_is_known(self) -> None:
            now = revisions.get(self.logo, 0)
            assert (now and now.design["title"]) == self.texts[self.current]

    with_few = settings(
        max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Machine, settings=with_few)
    database.close()
