"""The watchdog by a clock that the test moves; its thread once, with the clock of the machine."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.serve.process.watchdog import Watchdog

LIMIT = 10.0


class Scene:
    """A watchdog, the time, and what it reported."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.hung: list[tuple[str, float]] = []
        self.dog = Watchdog(LIMIT, lambda name, seconds: self.hung.append((name, seconds)), lambda: self.now)

    def later(self, seconds: float) -> float | None:
        self.now += seconds
        return self.dog.look()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_work_without_a_beat_is_reported_once(scene):
    assert scene.dog.look() is None
    scene.dog.begin("job")
    assert scene.later(4) == 6
    assert scene.hung == []
    assert scene.later(6) is None
    assert scene.hung == [("job", 10)]
    scene.later(100)
    scene.dog.beat("job")
    scene.later(100)
    assert scene.hung == [("job", 10)]


def test_beats_keep_it_alive_and_its_end_ends_the_watch(scene):
    scene.dog.begin("job")
    for _ in range(5):
        scene.later(9)
        scene.dog.beat("job")
    scene.dog.end("job")
    scene.dog.beat("job")  # comes late
    scene.dog.end("job")  # comes twice
    assert scene.later(100) is None
    assert scene.hung == []


def test_the_progress_of_one_speaks_for_all_under_its_name_and_for_no_other(scene):
    scene.dog.begin("engine")
    scene.dog.begin("engine")
    scene.dog.begin("lone")
    scene.later(6)
    scene.dog.end("engine")
    scene.later(6)
    assert scene.hung == [("lone", 12)]
    scene.later(6)
    assert scene.hung == [("lone", 12), ("engine", 12)]


def test_work_of_a_name_that_hung_is_watched_again_once_all_of_it_ended(scene):
    scene.dog.begin("job")
    scene.later(LIMIT)
    scene.dog.end("job")
    scene.dog.begin("job")
    scene.later(LIMIT)
    assert scene.hung == [("job", LIMIT)] * 2


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["begin", "beat", "end"]), st.sampled_from("abc")),
        st.tuples(st.just("wait"), st.integers(0, 12)),
    ),
    max_size=60,
)


class Account:
    """One name, kept simply: how many are under way, since when there was no sign of life, and whether it was told."""

    def __init__(self) -> None:
        self.count, self.last, self.told = 0, 0.0, False

    def take(self, deed: str, now: float) -> None:
        if deed != "begin" and not self.count:
            return
        self.count += {"begin": 1, "beat": 0, "end": -1}[deed]
        self.last = now
        self.told = self.told and self.count > 0

    def hangs(self, now: float) -> bool:
        found = self.count > 0 and not self.told and now - self.last >= LIMIT
        self.told = self.told or found
        return found


@given(DEEDS)
def test_what_is_reported_is_what_a_simple_account_says(deeds):
    scene, accounts, expected = Scene(), {name: Account() for name in "abc"}, []
    for deed, what in deeds:
        if deed != "wait":
            getattr(scene.dog, deed)(what)
            accounts[what].take(deed, scene.now)
            continue
        left = scene.later(what)
        expected += [(name, scene.now - of.last) for name, of in accounts.items() if of.hangs(scene.now)]
        rest = [of.last + LIMIT - scene.now for of in accounts.values() if of.count and not of.told]
        assert left == (min(rest) if rest else None)
    assert sorted(scene.hung) == sorted(expected)


def test_its_thread_reports_while_others_work():
    told = threading.Event()
    names = []
    dog = Watchdog(0.05, lambda name, _: (names.append(name), told.set()))
    dog.start()
    dog.begin("idle before")
    dog.end("idle before")
    dog.begin("hangs")
    assert told.wait(30)
    assert names == ["hangs"]
    told.clear()
    dog.begin("hangs too")  # while nothing else is watched any more
    assert told.wait(30)
    dog.stop()
    assert names == ["hangs", "hangs too"]


def test_a_failure_of_what_is_told_does_not_end_the_watch(caplog):
    told = threading.Event()

    def fails(name, _):
        if name == "one":
            raise ZeroDivisionError
        told.set()

    dog = Watchdog(0.02, fails)
    dog.start()
    dog.begin("one")
    dog.begin("two")
    assert told.wait(30)
    dog.stop()
