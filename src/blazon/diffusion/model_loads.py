"""What the registry keeps of a model that is loaded, that is being loaded, and of who waits for one."""

import time
from dataclasses import dataclass, field

from blazon.diffusion.image_engine import ImageEngine
from blazon.errors import BlazonError
from blazon.watching import Watch


@dataclass(eq=False, slots=True)
class LoadedModel:
    """A model that is ready, and how many hold it; until a `time.monotonic()` moment it takes new ones in any case.

    Args:
        cost: seconds that its load took.
    """

    engine: ImageEngine
    users: int
    stays_until: float
    cost: float

    @property
    def idle(self) -> bool:
        return self.users == 0 and self.engine.load == (0, 0)


@dataclass(eq=False, slots=True)
class ModelLoad:
    """A load under way, for the one that began it and all who wait for it; first its room is made.

    Args:
        cost: seconds in which what leaves for it would be loaded again.
        places: how many of those who waited are counted as users since it is loaded, and have not taken it yet.
    """

    leaving: dict[str, ImageEngine]
    cost: float
    waiting: int = 0
    places: int = 0
    began: float = field(default_factory=time.monotonic)
    done: bool = False
    loaded: LoadedModel | None = None
    error: BlazonError | None = None


@dataclass(eq=False, slots=True)
class ModelWait:
    """One who waits for a model, until a `time.monotonic()` moment."""

    deadline: float | None
    watch: Watch
    has_made_room: bool = False

    def make_room(self) -> None:
        """Let other work begin beside this one, once."""
        if not self.has_made_room:
            self.has_made_room = True
            self.watch.make_room()
