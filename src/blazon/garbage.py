"""Looks for garbage in circles, whatever other threads do with the collector."""

import gc
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

import structlog

log = structlog.stdlib.get_logger("blazon.garbage")

_OLDEST: Final = 2
_AGAIN: Final = 0.001  # seconds
_TRIES: Final = 10_000

_FROZEN: Final = threading.Lock()  # whether objects are frozen belongs to the process, as the collector does


def freeze_objects() -> None:
    """Leave all objects of now out of collections, until `collect_all`."""
    with _FROZEN:
        gc.freeze()


def collect() -> None:
    """Free what lies in circles and is not frozen; not to be called while an object is finalised.

    `gc.collect` does nothing while another thread collects, and does not say so.
    """
    collected = threading.Event()
    here = threading.get_ident()

    def note(phase: str, about: Mapping[str, Any]) -> None:
        if phase == "stop" and about["generation"] == _OLDEST and threading.get_ident() == here:
            collected.set()

    gc.callbacks.append(note)
    try:
        for _ in range(_TRIES):
            gc.collect()
            if collected.is_set():
                return
            time.sleep(_AGAIN)
        log.warning("garbage was not looked for: another thread does so without an end", tries=_TRIES)
    finally:
        gc.callbacks.remove(note)


def collect_all() -> None:
    """Free what lies in circles, frozen objects included, which are many."""
    with _FROZEN:
        frozen = gc.get_freeze_count() > 0
        if frozen:
            gc.unfreeze()
        collect()
        if frozen:
            gc.freeze()
