"""Errors as they are kept with a generation, and back: who asks later is told the same as who waited."""

from typing import Final

from blazon.errors import (
    BlazonError,
    DeadlineExceeded,
    EngineUnavailable,
    GenerationFailed,
    InvalidBrief,
    InvalidDesign,
    ModelUnavailable,
    ServerBusy,
    TextNotCovered,
    WorkNotWanted,
)
from blazon.generation import Failure, Generation, Status

INTERNAL: Final = Failure("internal", "Internal server error")
CANCELLED: Final = Failure("cancelled", "the generation was cancelled")
_TAKEN_UP_AGAIN: Final = 5  # seconds


def failure_of(error: BlazonError) -> Failure:
    """Return an error as it is kept with a generation: its kind in snake case, and what it says."""
    return Failure(_code(type(error)), str(error), error.field if isinstance(error, InvalidBrief) else "")


def error_of(generation: Generation) -> BlazonError | None:
    """Return what to tell, instead of a result, those who ask for a generation that nobody carries any more."""
    if generation.status is Status.SUCCEEDED:
        return None
    failure = generation.failure
    if failure is None:
        return ServerBusy("the generation waits to be taken up again; ask again later", _TAKEN_UP_AGAIN)
    if failure.field:
        kind = TextNotCovered if failure.code == _code(TextNotCovered) else InvalidBrief
        return kind(failure.field, failure.message.removeprefix(f"{failure.field}: "))
    return _KINDS.get(failure.code, GenerationFailed)(failure.message)


def _code(kind: type[BlazonError]) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in kind.__name__).lstrip("_")


_KINDS: Final[dict[str, type[BlazonError]]] = {
    CANCELLED.code: WorkNotWanted,
    **{_code(kind): kind for kind in (DeadlineExceeded, EngineUnavailable, InvalidDesign, ModelUnavailable)},
}
