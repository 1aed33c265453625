"""Domain errors: what can go wrong, said in words a user can act on.

None of them knows HTTP or exit codes; `blazon.api.failures` and `blazon.cli` map them once.
"""


class BlazonError(Exception):
    """Root of every error that Blazon raises on purpose."""


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


class TextNotCovered(InvalidBrief):
    """No installed font has the characters of a text; the message names them."""


class EngineStopped(BlazonError):
    """The engine takes no more work, or stopped before this work was finished."""


class GenerationFailed(BlazonError):
    """The model could not draw the picture; the message says why and what may help."""


class ModelUnavailable(EngineUnavailable):
    """A model cannot be loaded; the message says why in one line and what to do."""


class EnginePoisoned(BlazonError):
    """The process cannot draw any more, for instance after an error that broke its GPU context; another one can."""
