"""A model at full size on one GPU: seconds a picture at every level of OPTIMIZE, against a plain diffusers call.

`python benchmarks/gpu_speed.py [--kind KIND ...] [--out FOLDER]` builds the model with random weights on the
device, so that nothing is downloaded: first pictures of 1024 pixels one by one at every level, then other sizes and
batches, as long as the budget of time lasts. Results are printed at once, and kept after every level.
"""

import argparse
import functools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import torch
from _fidelity import Deviation, Drawing, deviation, draw
from _full_size import KINDS, count_flops, make_call
from _gpu import (
    PROMPT,
    build,
    device_name,
    gpu_options,
    matmul_peak,
    parsed,
    release,
    take_each_kind,
    timed,
    title,
)
from _report import Row, keep, report

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.optimization.compilation import count_compiled_graphs
from blazon.diffusion.optimization.measures import Level
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.optimization.warmup import warm_up
from blazon.diffusion.sampling.sequence import DiffusionRequest

DIFFUSERS: Final = "diffusers"
# Shares of the time after which a level leaves the rest to the levels after it.
SHARES: Final = {DIFFUSERS: 0.15, Level.OFF: 0.3, Level.LOSSLESS: 0.55, Level.FAST: 0.8, Level.MAX: 1.0}
# For one picture of 1024 pixels on an H200: FLUX.1-dev in 28 steps, FLUX.1-schnell in 4.
TARGETS: Final[dict[str, dict[str, str]]] = {
    "dev": {Level.LOSSLESS: "<= 3.2 s", Level.FAST: "<= 2.0 s", Level.MAX: "<= 1.2 s"},
    "schnell": {Level.LOSSLESS: "<= 0.45 s"},
}


@dataclass(slots=True)
class Run:
    """Pictures drawn together, and how long that took: the median of a few rounds."""

    size: int
    batch: int
    steps: int
    seconds: float
    per_picture: float
    tflops: float
    peak_share: float
    warm_up_seconds: float = 0.0
    graphs: int = 0
    recompiles: int = 0
    cold_passes: int = 0
    memory_gb: float = 0.0


@dataclass(slots=True)
class LevelResult:
    """All that was measured at a level."""

    level: str
    applied: list[str] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    error: Deviation | None = None
    skipped_steps: list[int] = field(default_factory=list)
    problem: str | None = None


class Bench:
    """One model on one device, made faster level by level."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.device = torch.device(arguments.device)
        self.started = time.perf_counter()
        self.results: list[LevelResult] = []
        self.model = build(arguments)
        self.built = self.elapsed
        self.peak = matmul_peak(self.device, self.model.dtype)
        self.conditioning = self.model.encode([PROMPT])[0]
        self.guidance = KINDS[arguments.kind].guidance
        self.flops = {size: count_flops(self.model, size) for size in arguments.sizes}  # before anything is compiled
        self.passed = 0  # pictures that went through a forward pass of the step engine
        self._count_passes()
        self.reference: Drawing | None = None

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self.started

    def _count_passes(self) -> None:
        """Count what is really computed: the step cache keeps pictures out of forward passes."""
        velocity = self.model.velocity

        def counting(batch: Batch, *, precise: bool = False) -> torch.Tensor:
            self.passed += len(batch.latents)
            return velocity(batch, precise=precise)

        self.model.velocity = counting

    def run(self) -> None:
        self._level(DIFFUSERS, self._plain)
        for level in self.arguments.levels:
            if self.elapsed < self.arguments.budget:
                self._level(level, functools.partial(self._ours, Level(level)))

    def _level(self, name: str, measure: Callable[[LevelResult], None]) -> None:
        """Measure a level, and keep what was found even if it breaks off."""
        result = LevelResult(name)
        self.results.append(result)
        try:
            measure(result)
        except Exception as error:  # noqa: BLE001  # the other levels still have something to say
            result.problem = f"{type(error).__name__}: {error}"[:300]
            print(f"{name}: {result.problem}", file=sys.stderr)
        self._save()

    def _plain(self, result: LevelResult) -> None:
        """Call the pipeline as its documentation does, with prompts that are already encoded."""
        size, steps = self.arguments.sizes[0], self.arguments.steps
        self._call(size, 1, 2)
        self._measure_plain(result, size, 1, steps, self.arguments.rounds)
        for size, batch in self._others(DIFFUSERS):
            self._call(size, batch, 1)
            self._measure_plain(result, size, batch, self._fewer, 1)

    def _measure_plain(self, result: LevelResult, size: int, batch: int, steps: int, rounds: int) -> None:
        with self._watched(result):
            seconds = [timed(lambda: self._call(size, batch, steps)) for _ in range(rounds)]
            result.runs.append(self._as_run(size, batch, steps, statistics.median(seconds), batch * steps))
        _show(DIFFUSERS, result.runs[-1])

    def _call(self, size: int, batch: int, steps: int) -> None:
        self.model.pipeline(
            **make_call(self.model, self.conditioning, self.guidance),
            num_images_per_prompt=batch,
            height=size,
            width=size,
            num_inference_steps=steps,
            generator=[torch.Generator().manual_seed(seed) for seed in range(batch)],
        )

    def _ours(self, level: Level, result: LevelResult) -> None:
        limits = EngineLimits(running=max(self.arguments.batches), batch=max(self.arguments.batches))
        done = optimize(self.model, level, limits, backend="eager" if self.arguments.rehearse else None)
        result.applied, result.passed_over = done.applied, done.passed_over
        size, steps = self.arguments.sizes[0], self.arguments.steps
        self._measure(level, result, size, 1, steps)
        self._compare(result, size, steps)
        # The step cache skips none of a short schedule.
        steps = steps if level is Level.MAX else self._fewer
        for size, batch in self._others(level):
            self._measure(level, result, size, batch, steps)

    @property
    def _fewer(self) -> int:
        """Steps of what is beside the point."""
        return max(4, self.arguments.steps // 3)

    def _others(self, level: str) -> Iterator[tuple[int, int]]:
        """Yield other sizes and batches than the first, as long as the level has time."""
        first, *rest = self.arguments.sizes
        several = [(first, batch) for batch in self.arguments.batches if batch > 1]
        for wish in (*several, *((size, batch) for size in rest for batch in self.arguments.batches)):
            if self.elapsed > SHARES[level] * self.arguments.budget:
                return
            yield wish

    def _compare(self, result: LevelResult, size: int, steps: int) -> None:
        """Draw the same request as `off` did, and say how far it is from that."""
        drawing = draw(self.model, DiffusionRequest(PROMPT, size, size, steps, self.guidance, seed=1))
        self.reference = self.reference or drawing
        result.error = deviation(self.reference, drawing)
        result.skipped_steps = [step for step, skipped in enumerate(drawing.skipped) if skipped]

    def _measure(self, level: Level, result: LevelResult, size: int, batch: int, steps: int) -> None:
        # This bucket only: compiling all of them would take the time of the measurements.
        warmed = warm_up(self.model, [size], prompt=PROMPT, counts=[batch])
        if warmed.problem:
            result.passed_over["compiled blocks"] = warmed.problem
        engine = StepEngine(self.model, EngineLimits(running=batch, batch=batch))
        engine.start()
        try:
            with self._watched(result):
                before, rounds = self.passed, self.arguments.rounds
                seconds = [self._draw_together(engine, size, batch, steps) for _ in range(rounds)]
                passed = (self.passed - before) / rounds
                run = self._as_run(size, batch, steps, statistics.median(seconds), passed)
                run.warm_up_seconds, run.graphs = warmed.seconds, warmed.graphs
                result.runs.append(run)
        finally:
            engine.stop()
            release()  # of the decoder's stream, which ends with the engine
        _show(level, run)

    def _draw_together(self, engine: StepEngine, size: int, batch: int, steps: int) -> float:
        requests = [DiffusionRequest(PROMPT, size, size, steps, self.guidance, seed) for seed in range(batch)]

        def draw_all() -> None:
            for ticket in [engine.submit(request) for request in requests]:
                ticket.result()

        return timed(draw_all)

    @contextmanager
    def _watched(self, result: LevelResult) -> Iterator[None]:
        """Add to the run that the block appends what was compiled and how much memory was taken meanwhile."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
        graphs, cold = count_compiled_graphs(), self.model.buckets.cold_passes if self.model.buckets else 0
        yield
        run = result.runs[-1]
        run.recompiles = count_compiled_graphs() - graphs
        run.cold_passes = self.model.buckets.cold_passes - cold if self.model.buckets else 0
        if self.device.type == "cuda":
            run.memory_gb = round(torch.cuda.max_memory_allocated(self.device) / 1e9, 1)

    def _as_run(self, size: int, batch: int, steps: int, seconds: float, passed: float) -> Run:
        """Return a run with the TFLOP/s of its forward passes over the whole time, decoding included.

        Args:
            passed: pictures in all its forward passes together.
        """
        rate = passed * self.flops[size] / seconds
        return Run(size, batch, steps, seconds, seconds / batch, rate / 1e12, rate / self.peak)

    def _save(self) -> None:
        if self.arguments.out is not None:
            keep(title(self.arguments), rows(self), self.arguments.out, **destination(self))


def destination(bench: Bench) -> dict[str, Any]:
    """Return what the file of the results is called, and what is in it beside the table."""
    raw = {
        "matmul_peak_tflops": bench.peak / 1e12,
        "build_seconds": bench.built,
        "elapsed_seconds": bench.elapsed,
        "levels": [asdict(result) for result in bench.results],
    }
    arguments = bench.arguments
    return {"name": f"gpu_speed-{arguments.kind}", "device": device_name(arguments), "raw": raw}


def rows(bench: Bench) -> Iterator[Row]:
    # The targets are for the picture that they were set for.
    as_agreed = bench.arguments.sizes[0] == 1024 and bench.arguments.steps == KINDS[bench.arguments.kind].steps
    targets = TARGETS.get(bench.arguments.kind, {}) if as_agreed else {}
    yield "matrix product, the measured peak", f"{bench.peak / 1e12:.3g} TFLOP/s", ""
    for result in bench.results:
        yield from _of_level(result, targets.get(result.level, ""))
    yield "in all", f"{bench.elapsed:.0f} s", ""


def _of_level(result: LevelResult, target: str) -> Iterator[Row]:
    for measure, reason in result.passed_over.items():
        yield f"{result.level}: without {measure}", reason, ""
    for index, run in enumerate(result.runs):
        label = f"{result.level}: {run.size} px, {run.steps} steps, batch {run.batch}"
        share = f"{run.tflops:.3g} TFLOP/s ({run.peak_share:.0%}), {run.memory_gb:.1f} GB"
        yield label, f"{run.per_picture:.3f} s, {share}", target if index == 0 else ""
        if run.graphs:
            yield "  warm-up", f"{run.warm_up_seconds:.0f} s, {run.graphs} pieces compiled", ""
    if result.level != DIFFUSERS and result.runs:
        compiled, cold = sum(run.recompiles for run in result.runs), sum(run.cold_passes for run in result.runs)
        yield f"{result.level}: compiled in service, run uncompiled", f"{compiled}, {cold}", "0, 0"
    if result.error is not None:
        error = result.error
        apart = f"{error.largest:.4f}, {error.mean:.5f}; PSNR {error.psnr:.1f} dB"
        yield f"{result.level}: latents off by at most, on average", apart, ""
    if result.skipped_steps:
        skipped = f"{len(result.skipped_steps)}: {', '.join(map(str, result.skipped_steps))}"
        yield f"{result.level}: steps skipped, from 0, which real weights change", skipped, ""
    if result.problem:
        yield f"{result.level}: broke off", result.problem, ""


def _show(level: str, run: Run) -> None:
    """Print a run at once: whoever waits for the table sees that something happens, and has it if time runs out."""
    print(
        f"{level}: {run.size} px, batch {run.batch}, {run.steps} steps: {run.per_picture:.3f} s a picture,"
        f" warm-up {run.warm_up_seconds:.0f} s",
        flush=True,
    )


def _arguments() -> argparse.Namespace:
    parser = gpu_options(__doc__)
    parser.add_argument("--levels", nargs="+", choices=list(Level), default=list(Level), help="in rising order")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1024, 768, 512], help="the first one is measured best")
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 2, 4, 8])
    parser.add_argument("--steps", type=int, help="those of the kind")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=1500, help="seconds after which nothing new is begun")
    arguments = parsed(parser, gigabytes=40)
    if arguments.rehearse:
        arguments.sizes, arguments.batches, arguments.rounds = [64], [1, 2], 1
    return arguments


def _choose_steps(arguments: argparse.Namespace) -> int:
    usual = KINDS[arguments.kind].steps
    # The step cache skips none of fewer than 12.
    return int(arguments.steps or (min(14, usual) if arguments.rehearse else usual))


def main() -> None:
    for arguments in take_each_kind(_arguments()):
        arguments.steps = _choose_steps(arguments)
        bench = Bench(arguments)
        bench.run()
        report(title(arguments), rows(bench), out=arguments.out, **destination(bench))


if __name__ == "__main__":
    main()
