"""What the service needs of an engine: the vector engine, FLUX, or a stand-in in a test."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from blazon.brief import Brief, Engine
from blazon.diffusion.counters import EngineCounters
from blazon.generation import Drawn
from blazon.models import ModelCard
from blazon.reading.reading import Reading
from blazon.serve.engines.calls import ClusterReport
from blazon.watching import Watch


class EngineFront(Protocol):
    """What answers for an engine without drawing; threads share it."""

    @property
    def model(self) -> str:
        """The identifier of the model that draws when a brief names none."""

    @property
    def engine(self) -> Engine:
        """Who draws when a brief does not say."""

    @property
    def recipe(self) -> str:
        """What decides a logo beside the brief and the version of Blazon, such as the steps of this installation."""

    def models(self) -> tuple[ModelCard, ...]:
        """Return the models that a brief may name, the default first."""

    def card_of(self, brief: Brief) -> ModelCard:
        """Return the model that would draw a brief."""

    def check(self, brief: Brief) -> None:
        """Raise the domain error that says why a brief cannot be drawn, if it cannot."""

    def read(self, brief: Brief) -> Reading:
        """Return what a brief asks for, the same whenever it is asked."""


class LogoEngine(EngineFront, Protocol):
    """Draws candidates of briefs; threads share it."""

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Draw one candidate of a brief, counted from 0; blocks until it is done or given up."""


@runtime_checkable
class DeviceEngine(LogoEngine, Protocol):
    """An engine that runs models on a device."""

    @property
    def capacity(self) -> int:
        """How many models can be loaded together."""

    def gpu(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, and `utilisation` (0 to 1) where that is known; at once."""

    def engines(self) -> Mapping[str, EngineCounters]:
        """Return what the loaded step engines have done, by the name of the model."""

    def close(self) -> None:
        """Stop the engines: a process that ends while their threads run may crash. What they draw fails."""


@runtime_checkable
class BatchingEngine(LogoEngine, Protocol):
    """An engine that draws several candidates in one pass."""

    @property
    def slots(self) -> int:
        """How many candidates it draws at the same time; what more there is only waits in it."""


@runtime_checkable
class RemoteEngine(LogoEngine, Protocol):
    """An engine that has others draw."""

    def find_problem(self) -> str:
        """Return in one line why nobody can be asked to draw now, empty if somebody can. May block for a second."""

    def report(self) -> ClusterReport:
        """Return how the calls went so far; at once."""

    def close(self) -> None:
        """Let go of connections that no call uses."""


ReportProgress = Callable[[str], None]
EngineLoader = Callable[[ReportProgress], LogoEngine]
"""Loads an engine; says on the way what it is doing."""
