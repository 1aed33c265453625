"""Warm-up: every batch bucket is run once at start-up, so that nothing is compiled while somebody waits."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
import torch

from blazon.diffusion.compilation import compiled_graphs, undo_compile
from blazon.diffusion.conditioning import Conditioning
from blazon.diffusion.engine import advance, begun
from blazon.diffusion.flux import FluxModel
from blazon.diffusion.measures import in_one_line
from blazon.diffusion.sequence import DiffusionRequest, Sequence, Ticket

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WarmUpReport:
    """What warm-up did.

    Args:
        seconds: it took. graphs: pieces of code that were compiled. passes: shapes that were run.
        problem: why the model goes on uncompiled, if it does.
    """

    seconds: float
    graphs: int
    passes: int
    problem: str | None = None


def warm_up(
    model: FluxModel, sizes: Iterable[int], *, prompt: str, steps: int = 4, counts: Iterable[int] | None = None
) -> WarmUpReport:
    """Run every batch bucket at every size (pixels of a square side), then let nothing more be compiled.

    A shape that was left out runs later all the same, uncompiled. Call it before the engine starts. If the
    compiler fails, the model goes on without it.

    Args:
        steps: forward passes of each bucket.
        counts: buckets to run; all, if not given.
    """
    started, graphs = time.perf_counter(), compiled_graphs()
    if counts is None:
        counts = model.buckets.sizes if model.buckets else (1,)
    shapes = [(size, count) for size in sizes for count in counts]
    if model.buckets is not None:
        model.buckets.unseal()
    problem = None
    torch.compiler.set_stance("default")
    try:
        _run(model, shapes, prompt, steps)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        if model.buckets is None:
            raise
        problem = in_one_line(error)
        undo_compile(model)
        _run(model, shapes, prompt, steps)
    finally:
        torch.compiler.set_stance("eager_on_recompile")
    if model.buckets is not None:
        model.buckets.seal()
    report = WarmUpReport(time.perf_counter() - started, compiled_graphs() - graphs, len(shapes), problem)
    log.info(
        "warmed up",
        model=model.name,
        seconds=round(report.seconds, 1),
        graphs=report.graphs,
        shapes=[f"{count} x {size} px" for size, count in shapes],
        **({"compiler_failed": problem} if problem else {}),
    )
    return report


def _run(model: FluxModel, shapes: list[tuple[int, int]], prompt: str, steps: int) -> None:
    conditioning = model.encode(prompt)
    for size, count in shapes:
        group = [_sequence(model, conditioning, prompt, size, steps, seed) for seed in range(count)]
        with torch.inference_mode():
            # A single step would leave out what only a step cache or an allocator does later on.
            for _ in range(steps):
                advance(model, group)
        model.decode(group[0].latents, size, size)


def _sequence(model: FluxModel, conditioning: Conditioning, prompt: str, size: int, steps: int, seed: int) -> Sequence:
    return begun(model, Ticket(DiffusionRequest(prompt, size, size, steps, seed=seed)), conditioning)
