"""What happens to a generation while it is drawn, told to any number of listeners.

A listener that was away resumes behind the last event that it saw, and one that is slow gets the newest progress only.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from blazon.generation import Generation


class EventKind(StrEnum):
    """Events of a generation; the terminal ones carry the name of its status."""

    QUEUED = "queued"
    STARTED = "started"
    PROGRESS = "progress"
    PREVIEW = "preview"
    CANDIDATE = "candidate"
    ENDED = "ended"
    INTERRUPTED = "interrupted"  # this process stops before the end; the next one goes on with the generation


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `number` grows within a generation, over restarts of the server too."""

    number: int
    kind: EventKind
    content: Any


class Channel:
    """The events of one generation. Any thread may publish; listeners live in one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, after: int) -> None:
        self.first = after  # all events of this channel have numbers above it
        self._loop = loop
        self._last = after
        self._events: dict[str, Event] = {}
        self._owed: set[int] = set()  # reserved numbers whose events are being written down
        self._listeners: set[asyncio.Event] = set()
        self._lock = threading.Lock()
        self._closed = False

    def reserve(self) -> int:
        """Return the number for an event that is written down before it is published.

        Later events wait for it: a listener has seen all that is below the number it has got to.
        """
        with self._lock:
            self._last += 1
            self._owed.add(self._last)
            return self._last

    def publish(
        self, kind: EventKind, content: Any, *, slot: str, number: int | None = None, last: bool = False
    ) -> None:
        """Tell the listeners of an event, which takes the place of the former one in `slot`.

        Args:
            number: what `reserve` gave for it, None for the next one.
            last: whether nothing follows; what is published then is dropped.
        """
        with self._lock:
            if self._closed:
                return
            if number is None:
                self._last = number = self._last + 1
            self._owed.discard(number)
            self._events.pop(slot, None)
            self._events[slot] = Event(number, kind, content)
            if last:  # progress that was told while the end was being written down
                self._events = {slot: event for slot, event in self._events.items() if event.number <= number}
            self._closed = last
        self._wake()

    def close(self) -> None:
        """Say that nothing follows."""
        with self._lock:
            self._closed = True
        self._wake()

    async def follow(self, after: int) -> AsyncGenerator[Event, None]:
        """Yield the events with numbers above `after`, those to come included, until the channel is closed."""
        news = asyncio.Event()
        self._listeners.add(news)
        try:
            while True:
                news.clear()
                closed, events = self._since(after)
                for event in events:
                    after = event.number
                    yield event
                if closed:
                    return
                await news.wait()
        finally:
            self._listeners.discard(news)

    def _since(self, after: int) -> tuple[bool, list[Event]]:
        with self._lock:
            owed = None if self._closed else min(self._owed, default=None)
            found = [e for e in self._events.values() if e.number > after and (owed is None or e.number < owed)]
            return self._closed, sorted(found, key=lambda event: event.number)

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._wake_listeners)
        except RuntimeError:  # the loop is closed: the server has ended, and nobody listens
            return

    def _wake_listeners(self) -> None:
        for news in self._listeners:
            news.set()


def kept(generation: Generation, below: int | None = None) -> list[Event]:
    """Return the events that the record of a generation still tells of."""
    told = [Event(record.event, EventKind.CANDIDATE, record) for record in generation.candidates]
    if generation.status.ended:
        told.append(Event(generation.event, EventKind.ENDED, generation))
    found = (event for event in told if below is None or event.number <= below)
    return sorted(found, key=lambda event: event.number)
