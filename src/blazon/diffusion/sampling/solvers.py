"""Schedulers other than plain Euler: a copy for each sequence, which remembers that sequence's steps.

Euler's steps of a rectified flow are one formula for all sequences of a batch (`sampling.euler`). Other
schedulers remember earlier steps or draw noise; each sequence then has a copy of its own. Which schedulers a
pipeline's own call can use follows from how it calls them; the others are refused while the model is loaded.
"""

import copy
import inspect
from typing import Any, Final

import torch

from blazon.diffusion.poison import is_poisoned
from blazon.errors import ModelUnavailable

_PLAIN: Final = "FlowMatchEulerDiscreteScheduler"


class Solver:
    """The scheduler of one sequence, set to its steps. For the engine's thread.

    Args:
        scheduler: a copy that nobody else uses, its timesteps set.
        generator: where the noise of stochastic schedulers comes from: that which drew the first latents.
    """

    def __init__(self, scheduler: Any, generator: torch.Generator) -> None:
        self._scheduler = scheduler
        takes_generator = "generator" in inspect.signature(scheduler.step).parameters
        self._options = {"generator": generator} if takes_generator else {}

    def move(self, velocity: torch.Tensor, latents: torch.Tensor, step: int) -> torch.Tensor:
        """Return latents (1, ...) after a step (0-based).

        What the scheduler remembers changes only if all went well, so that a step can be taken again.
        """
        after = copy.copy(self._scheduler)
        # Lists of earlier velocities are changed in place.
        after.__dict__.update({name: list(kept) for name, kept in vars(after).items() if isinstance(kept, list)})
        moved: torch.Tensor = after.step(velocity, after.timesteps[step], latents, return_dict=False, **self._options)[
            0
        ]
        self._scheduler = after
        return moved


def is_plain_euler(scheduler: Any) -> bool:
    """Say whether all that a scheduler does at a step is Euler's formula; its sigmas may be of any kind."""
    return type(scheduler).__name__ == _PLAIN and not scheduler.config.get("stochastic_sampling")


def try_scheduler(scheduler: Any, latents: torch.Tensor, model: str) -> None:
    """Take the steps that a scheduler is set to.

    Raises:
        ModelUnavailable: the scheduler cannot be used for these latents.
    """
    try:
        solver, moved = Solver(scheduler, torch.Generator("cpu").manual_seed(0)), latents
        for step in range(len(scheduler.timesteps)):
            moved = solver.move(latents, moved, step)
            if moved.shape != latents.shape:
                raise ValueError(f"it changes the shape of latents to {tuple(moved.shape)}")
    except Exception as error:
        raise refuse_scheduler(scheduler, model, error) from error


def refuse_scheduler(scheduler: Any, model: str, error: Exception) -> ModelUnavailable:
    """Return why a model cannot be loaded whose scheduler raised an error when it was tried."""
    if is_poisoned(error):
        raise error
    reason = " ".join(str(error).split()) or type(error).__name__
    return ModelUnavailable(
        f"{model} cannot be drawn with its scheduler {type(scheduler).__name__} ({reason[:200]}); put back the "
        f"scheduler_config.json and the model_index.json that the model was published with, or name {_PLAIN} in both"
    )
