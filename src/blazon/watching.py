"""How work in progress is watched: whether anybody still wants it, and who is told how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from blazon.cancellation import Cancellation


@dataclass(frozen=True, slots=True)
class Step:
    """How far one candidate is. `preview` is a small RGB picture of it so far, height x width x 3 bytes, or None."""

    step: int
    steps: int
    preview: Any = None


def _ignore(_: Step) -> None:
    return


def _do_nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Watch:
    """The watcher of one piece of work.

    Args:
        tell: called after every step, from the thread that drew it; must return at once.
        previews: whether pictures of the work so far are worth making.
        make_room: called when another piece of work may begin beside this one, which waits, or is nearly done.
        beat: called now and then while the work waits for somebody who is alive, and no step is done.
    """

    cancellation: Cancellation = field(default_factory=Cancellation)
    tell: Callable[[Step], None] = _ignore
    previews: bool = False
    make_room: Callable[[], None] = _do_nothing
    beat: Callable[[], None] = _do_nothing
