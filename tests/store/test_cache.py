"""The cache of results, against a model of what least recently used means."""

import itertools
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.generation import Generation, new_id
from blazon.store.cache import ResultCache
from blazon.store.database import Database, sqlite_url
from blazon.store.generations import GenerationStore
from blazon.store.tables import cache


@pytest.fixture
def kept(store, generation) -> Callable[[], str]:
    """Stores a generation that a result may refer to."""

    def made() -> str:
        one = generation()
        store.accept(one)
        return one.id

    return made


def test_what_was_kept_is_found(database, kept):
    results, one = ResultCache(database, 10), kept()
    assert results.find("a", 1.0) is None
    results.keep("a", one, 5, 1.0)
    assert results.find("a", 2.0) == one
    assert ResultCache(database, 10).find("a", 3.0) == one  # after a restart too


def test_a_result_that_comes_again_takes_the_place_of_the_first(database, kept):
    results, first, second, other = ResultCache(database, 10), kept(), kept(), kept()
    results.keep("a", first, 6, 1.0)
    results.keep("a", second, 6, 2.0)
    results.keep("b", other, 4, 3.0)
    assert (results.find("a", 4.0), results.find("b", 4.0)) == (second, other)


def test_what_is_larger_than_all_is_not_kept_and_drives_nothing_out(database, kept):
    results, one = ResultCache(database, 10), kept()
    results.keep("a", one, 10, 1.0)
    results.keep("b", kept(), 11, 2.0)
    assert (results.find("a", 3.0), results.find("b", 3.0)) == (one, None)


def test_it_may_be_off(database, kept):
    ResultCache(database, 10).keep("a", kept(), 5, 1.0)
    off = ResultCache(database, 0)
    off.keep("b", kept(), 0, 2.0)
    assert ResultCache(database, 10).find("b", 3.0) is None
    assert off.find("a", 3.0) is off.find("b", 3.0) is None


def test_with_a_generation_goes_its_result(database, store, kept):
    results, one = ResultCache(database, 10), kept()
    results.keep("a", one, 5, 1.0)
    store.remove([one])
    assert results.find("a", 2.0) is None


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["find", "keep"]), st.sampled_from("abcdef"), st.integers(0, 12)),
        max_size=25,
    )
)
def test_never_more_than_its_size_and_least_recently_used_out(steps):
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(sqlite_url(Path(folder) / "blazon.db"))
        one = Generation(new_id(), "", Brief("a bakery"), "f", 1.0, 2.0)
        GenerationStore(database).accept(one)
        results, clock = ResultCache(database, 20), itertools.count(1.0)
        expected: OrderedDict[str, int] = OrderedDict()
        for what, name, size in steps:
            if what == "find":
                assert (results.find(name, next(clock)) is not None) == (name in expected)
                if name in expected:
                    expected.move_to_end(name)
                continue
            results.keep(name, one.id, size, next(clock))
            expected.pop(name, None)
            while sum(expected.values()) + size > 20:
                expected.popitem(last=False)
            expected[name] = size
            with database.reading() as connection:
                there = connection.execute(sqlalchemy.select(cache.c.fingerprint, cache.c.bytes)).all()
            assert dict(there) == dict(expected)
        database.close()
