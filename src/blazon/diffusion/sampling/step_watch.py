"""Following a pipeline's call by the steps of its scheduler, where the call itself tells of none."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

StepListener = Callable[[int, torch.Tensor], Any]


@contextmanager
def watch_steps(scheduler: Any, tell: StepListener) -> Iterator[None]:
    """Call `tell` with number (from 0) and latents after each step of a scheduler; what that raises leaves the call.

    A solver of second order takes two steps for one. For one thread.
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

    scheduler.step = step
    try:
        yield
    finally:
        del scheduler.step  # the method of its class is there again
