"""What clients may know of the models of an installation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model that requests can name.

    Args:
        name: what requests call it.
        identifier: what answers call it.
        licence: its name; `commercial` says whether it allows commercial use, None if that is not known.
        painted: whether it is a diffusion model.
        steps: of its denoising when a request chooses none; None for a model that has no steps.
        problem: why it could not be loaded when that was tried last; empty if nothing is known against it.
    """

    name: str
    identifier: str
    licence: str
    commercial: bool | None
    painted: bool
    steps: int | None = None
    problem: str = ""
