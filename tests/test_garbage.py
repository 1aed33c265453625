import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from blazon.garbage import collect, collect_all, freeze_objects

WAIT = 60.0


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _frozen_as_before() -> Iterator[None]:
    before = gc.get_freeze_count()
    yield
    if not before:
        gc.unfreeze()


@contextmanager
def another_thread_collecting() -> Iterator[Callable[[], None]]:
    """Have another thread be in the middle of a collection; yield what lets it go on."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(phase: str, about: dict[str, Any]) -> None:
        if threading.current_thread() is other and phase == "start":
            begun.set()
            assert go_on.wait(WAIT)

    other = threading.Thread(target=gc.collect, args=(0,))
    gc.callbacks.append(hold)
    try:
        other.start()
        assert begun.wait(WAIT)
        yield go_on.set
    finally:
        go_on.set()
        other.join()
        gc.callbacks.remove(hold)


def test_what_was_frozen_is_freed_too_and_the_rest_is_frozen_again() -> None:
    gone = weakref.ref(Circle())
    freeze_objects()
    gc.collect()
    assert gone() is not None
    collect_all()
    assert gone() is None
    assert gc.get_freeze_count() > 0


def test_a_collection_of_another_thread_is_waited_for() -> None:
    gone = weakref.ref(Circle())
    with another_thread_collecting() as let_go_on:
        gc.collect()
        assert gone() is not None  # this did nothing
        threading.Timer(0.05, let_go_on).start()
        collect()
        assert gone() is None


def test_nothing_is_frozen_between_thawing_and_the_look() -> None:
    """A server that has just loaded its engine freezes all there is; what another lets go of is freed."""
    gone = weakref.ref(Circle())
    freeze_objects()
    with another_thread_collecting() as let_go_on:
        collecting = threading.Thread(target=collect_all)
        collecting.start()
        freezing = threading.Thread(target=freeze_objects)
        freezing.start()
        let_go_on()
        collecting.join()
        freezing.join()
    assert gone() is None


def test_a_collection_without_an_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blazon.garbage._TRIES", 3)
    with another_thread_collecting(), capture_logs() as logs:
        collect()
    assert [line["tries"] for line in logs] == [3]


def test_no_callback_is_left() -> None:
    before = gc.callbacks[:]
    collect_all()
    assert gc.callbacks == before
