"""What is put around the steps of a pipeline's scheduler while its call draws: who follows them, and their noise."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

StepListener = Callable[[int, torch.Tensor], Any]


@contextmanager
def watch_steps(scheduler: Any, tell: StepListener) -> Iterator[None]:
    """Call `tell` with number (from 0) and latents after each step of a scheduler; what that raises leaves the call.

    For calls that tell of no steps themselves. A solver of second order takes two steps for one. For one thread.
    """
    done, original = 0, scheduler.step

    # Pipelines look at its parameters: whether it takes the generator, for instance.
    @functools.wraps(original)
    def step(*args: Any, **kwargs: Any) -> Any:
        nonlocal done
        moved = original(*args, **kwargs)
        tell(done, moved[0] if isinstance(moved, tuple) else moved.prev_sample)
        done += 1
        return moved

    with _replace_step(scheduler, step):
        yield


@contextmanager
def seed_steps(scheduler: Any, generator: torch.Generator) -> Iterator[None]:
    """Let a scheduler that draws noise at its steps draw it by `generator` where the call hands it none.

    Such noise is drawn by the generator of the process otherwise, and no seed gives its picture again. For one thread.
    """
    original = scheduler.step
    if "generator" not in inspect.signature(original).parameters:
        yield
        return

    @functools.wraps(original)
    def step(*args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(original).bind_partial(*args, **kwargs).arguments
        if given.get("generator") is None:
            kwargs["generator"] = generator
        return original(*args, **kwargs)

    with _replace_step(scheduler, step):
        yield


@contextmanager
def _replace_step(scheduler: Any, step: Callable[..., Any]) -> Iterator[None]:
    before = vars(scheduler).get("step")
    scheduler.step = step
    try:
        yield
    finally:
        if before is None:
            del scheduler.step  # the method of its class is there again
        else:
            scheduler.step = before
