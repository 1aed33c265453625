"""What every engine that draws pictures offers, whichever model it drives."""

from typing import Protocol

from blazon.diffusion.catalogue.specs import Capabilities
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.sampling.sequence import DiffusionRequest, ProgressListener, Ticket


class ImageEngine(Protocol):
    """An engine with its model: start it once, submit from any thread, stop it once.

    `StepEngine` draws with the families that it has adapters for and batches, `GenericEngine` with any other
    pipeline, one request at a time.
    """

    @property
    def name(self) -> str:
        """The identifier of the model, as answers tell it."""

    @property
    def capabilities(self) -> Capabilities:
        """What requests can expect."""

    @property
    def slots(self) -> int:
        """How many requests it draws at a time; more only wait."""

    @property
    def adapters(self) -> Adapters:
        """The LoRAs beside its model, and those that could not be loaded."""

    @property
    def counters(self) -> EngineCounters:
        """What it has done since its start."""

    def start(self) -> None:
        """Begin to draw."""

    def stop(self) -> None:
        """Stop after the step under way; what is not finished fails with `EngineStopped`."""

    def submit(
        self, request: DiffusionRequest, listener: ProgressListener | None = None, *, previews: bool = False
    ) -> Ticket:
        """Queue a request and return the caller's end of it at once.

        Raises:
            InvalidBrief: the model cannot draw such a request.
            EngineStopped: the engine takes no more work.
            EnginePoisoned: the process cannot draw any more.
        """

    @property
    def load(self) -> tuple[int, int]:
        """How many requests are running and waiting."""
