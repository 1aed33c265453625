"""Domain errors: what can go wrong, said in words a user can act on.

None of them knows HTTP or exit codes; `blazon.api.failures` and `blazon.cli` map them once.
"""

from typing import Any


class BlazonError(Exception):
    """Root of every error that Blazon raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is pickled as a call with its message, which is not what those with several arguments take.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[BlazonError], args: tuple[Any, ...], state: dict[str, Any]) -> BlazonError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InvalidBrief(BlazonError):
    """A value in the brief cannot be used; names the field so that an edge can point at it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class InvalidSetting(BlazonError):
    """A setting cannot be understood; the message names the environment variable."""


class AddressUnavailable(BlazonError):
    """The server cannot listen where it was told to; the message names address and port."""


class EngineUnavailable(BlazonError):
    """The engine that was asked for cannot run in this installation or is not ready."""


class ServerBusy(BlazonError):
    """No room for more work now; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeadlineExceeded(BlazonError):
    """The work did not end within the time that it was given."""


class InvalidDesign(BlazonError):
    """A stored or edited design cannot be read or drawn."""


class InvalidDocument(InvalidDesign):
    """A design that a client sent, or a change of one, cannot be used.

    Args:
        faults: each with the path to its field, of names and numbers, and with what is wrong there.
    """

    def __init__(self, *faults: tuple[tuple[str | int, ...], str]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, path)) or 'the design'} {problem}" for path, problem in faults))
        self.faults = faults


class InvalidUpload(BlazonError):
    """A file that somebody brought along cannot be used; the message says why and what helps."""


class TextNotCovered(InvalidBrief):
    """No installed font has the characters of a text; the message names them."""


class EngineStopped(BlazonError):
    """The engine takes no more work, or stopped before this work was finished."""


class GenerationFailed(BlazonError):
    """The model could not draw the picture; the message says why and what may help."""


class Untraceable(GenerationFailed):
    """A painting cannot be had as outlines; it stays the picture that it is."""


class ModelUnavailable(EngineUnavailable):
    """A model cannot be loaded; the message says why in one line and what to do.

    `public` is what clients are told of it, without the paths of the server.
    """

    def __init__(self, message: str, public: str = "") -> None:
        super().__init__(message)
        self.public = public or message


class InvalidFont(EngineUnavailable):
    """A font of the user cannot be set; the message names the file and says what to do."""


class StorageUnavailable(BlazonError):
    """The database or the store of pictures cannot be used; the message says why."""


class StorageFull(StorageUnavailable):
    """No room is left on disk for what should be written."""


class StorageFault(BlazonError):
    """The database refused a statement of the program: a fault of the program, with its traceback in the log."""


class UnreadableRecord(BlazonError):
    """A stored record cannot be read by this version of Blazon: another version wrote it, or it is damaged."""


class PictureMissing(BlazonError):
    """A picture that a record refers to is not in the store of pictures any more."""


class ShareExceeded(ServerBusy):
    """This client has as much work waiting as it may, or asks too often; others may still come."""


class NotFound(BlazonError):
    """There is no such thing, or it belongs to somebody else."""


class InvalidHeader(BlazonError):
    """A header of a request cannot be used; names it and says what would be accepted."""

    def __init__(self, header: str, problem: str) -> None:
        super().__init__(f"{header}: {problem}")
        self.header = header
        self.problem = problem


class InvalidKey(BlazonError):
    """What an API key should be cannot be; the message says which part and why."""


class NotAuthenticated(BlazonError):
    """A key is needed, and the request carries none that is known here."""


class Conflict(BlazonError):
    """What is asked for contradicts what is there already."""


class StaleRevision(Conflict):
    """A design was changed since the client read it; `current` is the number of its revision now."""

    def __init__(self, current: int) -> None:
        super().__init__(
            f"the design was changed meanwhile, and is at revision {current}; read it again, and change that"
        )
        self.current = current


class NotAllowed(BlazonError):
    """The client is known, but may not do this; the message names what it lacks."""


class WorkNotWanted(BlazonError):
    """The generation was cancelled before it was finished."""


class ClusterUnavailable(EngineUnavailable):
    """The cluster whose replicas draw cannot be used; the message says why in one line and what to do."""


class EnginePoisoned(BlazonError):
    """The process cannot draw any more, for instance after an error that broke its GPU context; another one can."""
