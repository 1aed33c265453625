"""What happens to a generation while it is drawn, told to any number of listeners.

A listener that was away resumes behind the last event that it saw, and one that is slow gets the newest progress only.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from blazon.generation import EVENT_STEP, Generation


class EventKind(StrEnum):
    """Events of a generation; the terminal ones carry the name of its status."""

    QUEUED = "queued"
    STARTED = "started"
    PROGRESS = "progress"
    PREVIEW = "preview"
    CANDIDATE = "candidate"
    ENDED = "ended"
    INTERRUPTED = "interrupted"
    """This process stops before the generation has ended, or has not taken it up since its start; it goes on."""


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
        self._listeners: set[asyncio.Event] = set()
        self._lock = threading.Lock()
        self._closed = False

    def publish(
        self, kind: EventKind, content: Any, *, slot: str, number: int | None = None, last: bool = False
    ) -> None:
        """Tell the listeners of an event, which takes the place of the former one in `slot`.

        Args:
            number: of an event that is kept, see `Generation.next_event`; None for the next one.
            last: whether nothing follows; what is published then is dropped.
        """
        with self._lock:
            if self._closed:
                return
            self._last = self._last + 1 if number is None else number
            self._events.pop(slot, None)
            self._events[slot] = Event(self._last, kind, content)
            self._closed = last
        self._wake()

    def close(self) -> None:
        """Say that nothing follows."""
        with self._lock:
            self._closed = True
        self._wake()

    async def follow(self, after: int) -> AsyncGenerator[Event, None]:
        """Yield the events with numbers above `after`, those to come included, until the channel is closed."""
        with self._lock:  # another process may have told more since the same kept event: what comes is news to all
            if after // EVENT_STEP == self._last // EVENT_STEP:
                self._last = max(self._last, after)
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
            found = (event for event in self._events.values() if event.number > after)
            return self._closed, sorted(found, key=lambda event: event.number)

    def _wake(self) -> None:
        if not self._listeners:  # who begins to listen looks first at what there is
            return
        try:
            self._loop.call_soon_threadsafe(self._wake_listeners)
        except RuntimeError:  # the loop is closed: the server has ended, and nobody listens
            return

    def _wake_listeners(self) -> None:
        for news in self._listeners:
            news.set()


def list_recorded_events(generation: Generation, below: int | None = None) -> list[Event]:
    """Return the events that the record of a generation still tells of."""
    events = [Event(record.event, EventKind.CANDIDATE, record) for record in generation.candidates]
    if generation.status.ended:
        events.append(Event(generation.event, EventKind.ENDED, generation))
    found = (event for event in events if below is None or event.number <= below)
    return sorted(found, key=lambda event: event.number)
