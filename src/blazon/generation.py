"""A generation: one piece of accepted work, from the brief to the finished candidates.

Every entry point of the server makes one, the store keeps it, and it ends in exactly one terminal status.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from blazon.brief import Brief, Unmet
from blazon.wish_checks import Outcome, Wish, list_unkept

ID_PATTERN: Final = r"^gen_[0-9a-f]{28}$"
# An event that is kept has a multiple of this as its number, above all that any process told before it: what is told
# between two of them is numbered by each process for itself.
EVENT_STEP: Final = 1_000_000


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """Whether it stays so for good."""
        return self not in UNFINISHED


UNFINISHED: Final = frozenset({Status.QUEUED, Status.RUNNING})


class Priority(StrEnum):
    """Orders the generations of one client, and never moves one before those of another client."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for what is served first."""
        return tuple(Priority).index(self)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a drawing: text, denoise or decode.

    Args:
        began: a `time.perf_counter()` moment.
        seconds: how long it took, other pictures drawn meanwhile included.
        steps: denoising steps in it.
    """

    name: str
    began: float
    seconds: float
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished logo before it is stored.

    Args:
        content: the master: an SVG document, or a PNG at the resolution that it was painted at.
        painted: whether a diffusion model made it.
        licence: of the model, in a few words.
        design: what it follows from, as JSON data; None for a painted mark without one.
        shows: plain words for what the mark depicts; empty where that is not known, or there is no mark.
        why: one sentence for people: why it shows that.
        warnings: what whoever uses it should know, a sentence each.
        parts: of what the drawing consisted, for the metrics; empty where an engine does not tell.
        pixels: of a painting, the same as a picture in memory, to save decoding it.
    """

    content: bytes
    media_type: str
    model: str
    seed: int
    painted: bool = False
    licence: str = ""
    credits: tuple[str, ...] = ()
    design: dict[str, Any] | None = None
    shows: tuple[str, ...] = ()
    why: str = ""
    warnings: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    pixels: Any = None


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    """A finished logo in the store; `picture` is the key of its master there, `event` the number of its event."""

    number: int
    picture: str
    media_type: str
    model: str
    seed: int
    painted: bool
    licence: str
    credits: tuple[str, ...]
    design: dict[str, Any] | None
    bytes: int
    event: int
    shows: tuple[str, ...] = ()
    why: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnderstoodWish:
    """One wish that was understood.

    Args:
        kind: of what sort, such as `show`, `colours` or `no_type`.
        line: all of it in plain words.
        text: what is wished, without its kind.
        field: of a brief, that says the same outright; empty where none does.
        values: its parts, as the brief has them where that is known.
    """

    kind: str
    line: str
    text: str
    field: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a brief was understood, for people: each in plain words.

    Args:
        understood: what the brief asks for, a wish each.
        ignored: words of the prompt that said nothing.
        unmet: wishes that cannot be met.
        wishes: what its finished logos can be held to.
        items: what is understood, part by part; empty for what was accepted before that was kept.
    """

    understood: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    wishes: tuple[Wish, ...] = ()
    items: tuple[UnderstoodWish, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result: a stable word for programs, a sentence for people, the field at fault if there is one."""

    code: str
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """One piece of accepted work. Moments are seconds since 1970, UTC.

    Args:
        owner: id of the API key that asked for it, empty for none.
        weight: share of that owner against others.
        waited_for: whether a client waits on its connection, and cancels by leaving.
        deadline_at: when it expires if it has not ended.
        expires_at: when it is removed from the store.
        attempt: how often its drawing was begun.
        breakdowns: how often the process that drew it broke down.
        event: number of the terminal event, 0 until it ended.
        cached: whether the candidates were taken from an equal generation.
    """

    id: str
    owner: str
    brief: Brief
    fingerprint: str
    created_at: float
    expires_at: float
    status: Status = Status.QUEUED
    priority: Priority = Priority.NORMAL
    weight: float = 1.0
    waited_for: bool = False
    model: str = ""
    deadline_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    attempt: int = 0
    breakdowns: int = 0
    event: int = 0
    cached: bool = False
    webhook_url: str = ""
    failure: Failure | None = None
    interpretation: Interpretation = Interpretation()
    candidates: tuple[CandidateRecord, ...] = field(default=())

    @property
    def progress(self) -> float:
        """Share of the candidates that are finished, 0 to 1."""
        return 1.0 if self.status is Status.SUCCEEDED else len(self.candidates) / self.brief.count

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the candidates that are still to be drawn."""
        there = {candidate.number for candidate in self.candidates}
        return tuple(number for number in range(self.brief.count) if number not in there)

    @property
    def unmet(self) -> tuple[Unmet, ...]:
        """Wishes that cannot be met, and, once all candidates are there, those that none of them keeps."""
        known = self.interpretation.unmet
        return known if self.missing else list_unmet(known, self.interpretation.wishes, self.candidates)

    def start(self, now: float) -> "Generation":
        """Return it as running, in its next attempt."""
        return replace(self, status=Status.RUNNING, started_at=self.started_at or now, attempt=self.attempt + 1)

    def with_breakdown(self) -> "Generation":
        """Return it with one more breakdown of the process that drew it."""
        return replace(self, breakdowns=self.breakdowns + 1)

    def end(self, status: Status, now: float, event: int, failure: Failure | None = None) -> "Generation":
        """Return it in a terminal status."""
        return replace(self, status=status, finished_at=now, event=event, failure=failure)

    def with_candidate(self, candidate: CandidateRecord) -> "Generation":
        """Return it with one more finished candidate, in the order of their numbers."""
        return replace(self, candidates=tuple(sorted((*self.candidates, candidate), key=lambda record: record.number)))

    @property
    def last_event(self) -> int:
        """The number of the newest event that is kept, or above which the events of its newest attempt are."""
        return max((self.attempt * EVENT_STEP, self.event, *(candidate.event for candidate in self.candidates)))

    @property
    def next_event(self) -> int:
        """The number of the next event that is kept."""
        return (self.last_event // EVENT_STEP + 1) * EVENT_STEP


def list_unmet(
    known: Sequence[Unmet], wishes: Sequence[Wish], logos: Sequence[Drawn | CandidateRecord]
) -> tuple[Unmet, ...]:
    """Return what is known to be unmet, and the wishes that none of some finished logos keeps.

    Of a painting nobody knows what it shows.
    """
    if any(logo.painted or logo.design is None for logo in logos):
        return tuple(known)
    seen = [Outcome(logo.shows, logo.design or {}) for logo in logos]
    return (*known, *list_unkept(wishes, seen, known))


def new_id(now: float | None = None) -> str:
    """Return an id that cannot be guessed and sorts by time: milliseconds, then 64 random bits."""
    moment = int((time.time() if now is None else now) * 1000)
    return f"gen_{moment:012x}{secrets.token_hex(8)}"
