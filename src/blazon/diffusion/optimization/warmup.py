"""Warm-up: every batch bucket is run once at start-up, so that nothing is compiled while somebody waits."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import structlog
import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.compilation import count_compiled_graphs, undo_compile
from blazon.diffusion.optimization.measures import in_one_line
from blazon.diffusion.poison import is_poisoned
from blazon.diffusion.sampling.sequence import DiffusionRequest, Sequence, Ticket
from blazon.diffusion.stepping import advance, start_sequence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WarmUpReport:
    """What warm-up did.

    Args:
        seconds: it took. graphs: pieces of code that were compiled. passes: shapes that were run.
        problem: what went wrong, if anything did; a model that was compiled goes on uncompiled.
    """

    seconds: float
    graphs: int
    passes: int
    problem: str | None = None


def warm_up(
    model: StepModel, sizes: Iterable[int], *, prompt: str, steps: int = 4, counts: Iterable[int] | None = None
) -> WarmUpReport:
    """Run every batch bucket at every size (pixels of a square side), then let nothing more be compiled.

    A shape that was left out runs later all the same, uncompiled. If the model has LoRAs, each is run without them and
    with one: what is compiled only knows whether some take part. Call it before the engine starts. Warm-up is optional:
    if the compiler fails, the model goes on without it; a shape that finds no memory is left out, and what else fails
    is logged and will be told to those whose pictures fail.

    Args:
        steps: forward passes of each bucket.
        counts: buckets to run; all, if not given.
    """
    started, graphs = time.perf_counter(), count_compiled_graphs()
    if counts is None:
        counts = model.buckets.sizes if model.buckets else (1,)
    shapes = [(size, count) for size in sizes for count in counts]
    if model.buckets is not None:
        model.buckets.unseal()
    torch.compiler.set_stance("default")
    try:
        problem = _attempt(model, shapes, prompt, steps)
        if problem is not None and model.buckets is not None:
            undo_compile(model)
            _attempt(model, shapes, prompt, steps)
    finally:
        torch.compiler.set_stance("eager_on_recompile")
    if model.buckets is not None:
        model.buckets.seal()
    report = WarmUpReport(time.perf_counter() - started, count_compiled_graphs() - graphs, len(shapes), problem)
    log.info(
        "warmed up",
        model=model.name,
        seconds=round(report.seconds, 1),
        graphs=report.graphs,
        shapes=[f"{count} x {size} px" for size, count in shapes],
        **({"problem": problem} if problem else {}),
    )
    return report


def _attempt(model: StepModel, shapes: list[tuple[int, int]], prompt: str, steps: int) -> str | None:
    """Run shapes, and return what went wrong, if anything did."""
    try:
        # Buckets are counted in rows: with a second one for guidance, each sequence would take two of them.
        usual = DiffusionRequest(prompt).guidance
        guidance = 0.0 if model.guides(usual) and model.buckets is not None else usual
        some = ((model.adapters.names[0], 1.0),) if model.adapters.names else ()
        choices = dict.fromkeys(((), some)) if model.buckets is not None else ((),)
        for (size, count), loras in product(shapes, choices):
            requests = [
                DiffusionRequest(prompt, size, size, steps, guidance, seed, loras=loras) for seed in range(count)
            ]
            texts = model.encode(model.list_prompts(requests[0]))
            group = [start_sequence(model, Ticket(request), texts) for request in requests]
            _run(model, group, steps)
    except Exception as error:
        if is_poisoned(error):
            raise
        log.exception("warm-up failed", model=model.name)
        return in_one_line(error)
    return None


def _run(model: StepModel, group: list[Sequence], steps: int) -> None:
    size = group[0].request.width
    try:
        with torch.inference_mode():
            # A single step would leave out what only a step cache or an allocator does later on.
            for _ in range(steps):
                advance(model, group)
        model.decode(group[0].latents, size, size)
    except torch.OutOfMemoryError:
        log.warning("no memory to warm up", model=model.name, batch=len(group), size=size)
        if model.device.type == "cuda":
            torch.cuda.empty_cache()
