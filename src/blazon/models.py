"""What clients may know of the models of an installation."""

from dataclasses import dataclass
from enum import StrEnum


class LoadState(StrEnum):
    """Whether a model is loaded on this machine; one that is not will be when it is asked for, if it can."""

    LOADED = "loaded"
    LOADING = "loading"
    NOT_LOADED = "not loaded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model that requests can name.

    Args:
        name: what requests call it.
        identifier: what answers call it.
        licence: its name; `commercial` says whether it allows commercial use, None if that is not known.
        painted: whether it is a diffusion model.
        loras: names of the LoRAs that it can be painted with; before it is loaded, those that are configured.
        loras_refused: those that are configured and cannot be used with it, and why; known once it is loaded.
        steps: of its denoising when a request chooses none; None for a model that has no steps, or of which they are
            known only where it is loaded.
        guidance: the scale when a request chooses none; None where it has no effect, or as above.
        family: its architecture; empty for one that is not a diffusion model.
        abilities: `batching`, `previews`, `cancel`, `guidance`, `negative_prompt`, `loras`: those of them that it has.
        state: None where replicas load the models.
        problem: why it could not be loaded when that was tried last; empty if nothing is known against it.
    """

    name: str
    identifier: str
    licence: str
    commercial: bool | None
    painted: bool
    steps: int | None = None
    guidance: float | None = None
    family: str = ""
    abilities: tuple[str, ...] = ()
    state: LoadState | None = None
    loras: tuple[str, ...] = ()
    loras_refused: tuple[tuple[str, str], ...] = ()
    problem: str = ""
