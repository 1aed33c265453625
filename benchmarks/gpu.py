"""FLUX.1 at full size on one GPU: seconds a picture at every level of OPTIMIZE, against a plain diffusers call.

`python benchmarks/gpu.py [--kind dev|schnell] [--out FOLDER]` builds the model with random weights on the device,
so that nothing is downloaded, and runs for at most eight minutes on an H100 or H200: first pictures of 1024 pixels
one by one at every level, then other sizes and batches as long as there is time. Results are printed, and
written to FOLDER/gpu.json after every level.
"""

import argparse
import functools
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import torch
from _flux import as_model, quiet, tiny_pipeline
from _full_size import STEPS, FullSizeFlux, flops, full_size
from _report import machine, report
from diffusers import FluxPipeline

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.fidelity import Deviation, Drawing, deviation, draw
from blazon.diffusion.flux import FluxModel
from blazon.diffusion.optimize import Level, optimize
from blazon.diffusion.sequence import ImageRequest
from blazon.diffusion.warmup import compiled_graphs, warm_up

PROMPT: Final = "a mark for a coffee roastery by the sea"
NEEDED: Final = 40e9
# Shares of the time after which a level leaves the rest to the levels after it.
SHARES: Final = {Level.OFF: 0.3, Level.LOSSLESS: 0.55, Level.FAST: 0.8, Level.MAX: 1.0}
TARGETS: Final[dict[str, str]] = {Level.LOSSLESS: "<= 3.0 s", Level.FAST: "<= 1.9 s", Level.MAX: "<= 1.0 s"}


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
        self.pipeline, self.model = self._build()
        self.built = self.elapsed
        self.peak = self._matmul_peak()
        self.reference: Drawing | None = None

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self.started

    def _build(self) -> tuple[FluxPipeline, FluxModel]:
        if self.arguments.tiny:
            pipeline = tiny_pipeline()
            return pipeline, as_model(pipeline, self.arguments.device)
        pipeline = full_size(self.arguments.kind, self.device)
        return pipeline, FullSizeFlux(pipeline, self.arguments.kind, self.device)

    def _matmul_peak(self, side: int = 8192, repeats: int = 20) -> float:
        """Return the floating-point operations a second of a large matrix product in the model's precision."""
        if self.device.type != "cuda":
            side, repeats = 512, 3
        one, other = (torch.randn(side, side, device=self.device, dtype=self.model.dtype) for _ in range(2))
        for _ in range(3):
            one @ other
        self._settle()
        started = time.perf_counter()
        for _ in range(repeats):
            one @ other
        self._settle()
        return 2 * side**3 * repeats / (time.perf_counter() - started)

    def _settle(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def run(self) -> None:
        self._level("diffusers", self._plain)
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
        conditioning = self.model.encode(PROMPT)
        size, steps = self.arguments.sizes[0], self.arguments.steps

        def call(steps: int) -> None:
            self.pipeline(
                prompt_embeds=conditioning.tokens,
                pooled_prompt_embeds=conditioning.pooled,
                height=size,
                width=size,
                num_inference_steps=steps,
                guidance_scale=3.5,
                generator=torch.Generator().manual_seed(0),
            )

        call(2)
        with self._watched(result):
            seconds = [_timed(lambda: call(steps)) for _ in range(self.arguments.rounds)]
            result.runs.append(self._as_run(size, 1, steps, statistics.median(seconds), steps))

    def _ours(self, level: Level, result: LevelResult) -> None:
        limits = EngineLimits(running=max(self.arguments.batches), batch=max(self.arguments.batches))
        done = optimize(self.model, level, limits, backend=self.arguments.backend)
        result.applied, result.passed_over = done.applied, done.passed_over
        size, steps = self.arguments.sizes[0], self.arguments.steps
        self._measure(level, result, size, 1, steps)
        self._compare(result, size, steps)
        # What is beside the point is drawn in fewer steps, and only while there is time.
        for size, batch in self._others():
            if self.elapsed > SHARES[level] * self.arguments.budget:
                break
            self._measure(level, result, size, batch, max(4, steps // 3))

    def _others(self) -> Iterator[tuple[int, int]]:
        first, *rest = self.arguments.sizes
        yield from ((first, batch) for batch in self.arguments.batches if batch > 1)
        yield from ((size, batch) for size in rest for batch in self.arguments.batches)

    def _compare(self, result: LevelResult, size: int, steps: int) -> None:
        """Draw the same request as `off` did, and say how far it is from that."""
        drawing = draw(self.model, ImageRequest(PROMPT, size, size, steps, seed=1))
        self.reference = self.reference or drawing
        result.error = deviation(self.reference, drawing)
        result.skipped_steps = [step for step, skipped in enumerate(drawing.skipped) if skipped]
        if result.skipped_steps:
            run = result.runs[0]
            run.tflops, run.peak_share = self._rate(size, 1, steps - len(result.skipped_steps), run.seconds)

    def _measure(self, level: Level, result: LevelResult, size: int, batch: int, steps: int) -> None:
        # This bucket only: compiling all of them would take the time of the measurements.
        warmed = warm_up(self.model, [size], prompt=PROMPT, counts=[batch])
        if warmed.problem:
            result.passed_over["compiled blocks"] = warmed.problem
        engine = StepEngine(self.model, EngineLimits(running=batch, batch=batch))
        engine.start()
        try:
            with self._watched(result):
                seconds = [self._draw_together(engine, size, batch, steps) for _ in range(self.arguments.rounds)]
                run = self._as_run(size, batch, steps, statistics.median(seconds), steps)
                run.warm_up_seconds, run.graphs = warmed.seconds, warmed.graphs
                result.runs.append(run)
        finally:
            engine.stop()
        _show(level, run)

    def _draw_together(self, engine: StepEngine, size: int, batch: int, steps: int) -> float:
        requests = [ImageRequest(PROMPT, size, size, steps, seed=seed) for seed in range(batch)]

        def draw_all() -> None:
            for ticket in [engine.submit(request) for request in requests]:
                ticket.result()

        return _timed(draw_all)

    @contextmanager
    def _watched(self, result: LevelResult) -> Iterator[None]:
        """Add to the run that the block appends what was compiled and how much memory was taken meanwhile."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
        graphs, cold = compiled_graphs(), self.model.buckets.cold_passes if self.model.buckets else 0
        yield
        run = result.runs[-1]
        run.recompiles = compiled_graphs() - graphs
        run.cold_passes = self.model.buckets.cold_passes - cold if self.model.buckets else 0
        if self.device.type == "cuda":
            run.memory_gb = round(torch.cuda.max_memory_allocated(self.device) / 1e9, 1)

    def _as_run(self, size: int, batch: int, steps: int, seconds: float, passes: int) -> Run:
        return Run(size, batch, steps, seconds, seconds / batch, *self._rate(size, batch, passes, seconds))

    def _rate(self, size: int, batch: int, passes: int, seconds: float) -> tuple[float, float]:
        """Return TFLOP/s of the forward passes over the whole time, decoding included, and their share of the peak."""
        text = self.model.encode(PROMPT).tokens.shape[1]
        image = (size // (2 * self.model.vae_scale)) ** 2
        rate = batch * passes * flops(self.model.transformer, image, text) / seconds
        return rate / 1e12, rate / self.peak

    def _save(self) -> None:
        folder: Path | None = self.arguments.out
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        found = {
            "machine": machine(),
            "device": _device_name(self.device),
            "torch": torch.__version__,
            "model": self.model.name,
            "matmul_peak_tflops": self.peak / 1e12,
            "build_seconds": self.built,
            "elapsed_seconds": self.elapsed,
            "levels": [asdict(result) for result in self.results],
        }
        (folder / "gpu.json").write_text(json.dumps(found, indent=1))


def main() -> int:
    arguments = _arguments()
    if refusal := _refusal(arguments):
        print(refusal)
        return 2
    quiet()
    bench = Bench(arguments)
    bench.run()
    _summary(bench)
    return 0


def _refusal(arguments: argparse.Namespace) -> str | None:
    """Say why the benchmark cannot run here, in one line, or None."""
    if arguments.tiny:
        return None
    if not torch.cuda.is_available():
        return "This benchmark needs a CUDA GPU with 40 GB of free memory; there is none here."
    free, total = torch.cuda.mem_get_info(arguments.device)
    if free < NEEDED:
        return f"This benchmark needs 40 GB of free GPU memory; {free / 1e9:.0f} of {total / 1e9:.0f} GB are free here."
    return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=list(STEPS), default="dev")
    parser.add_argument("--levels", nargs="+", choices=list(Level), default=list(Level), help="in rising order")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1024, 768, 512], help="the first one is measured best")
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 2, 4, 8])
    parser.add_argument("--steps", type=int, help="28 for dev, 4 for schnell")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=440, help="seconds after which nothing new is begun")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--out", type=Path, help="folder for gpu.json")
    parser.add_argument("--backend", help=argparse.SUPPRESS)
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)  # to try the script out on a CPU
    arguments = parser.parse_args()
    arguments.steps = arguments.steps or STEPS[arguments.kind]
    return arguments


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def _summary(bench: Bench) -> None:
    # For the picture and the machine that the targets were set for.
    as_agreed = not bench.arguments.tiny and bench.arguments.kind == "dev" and bench.arguments.sizes[0] == 1024
    targets = TARGETS if as_agreed else {}
    kind = "tiny FLUX" if bench.arguments.tiny else f"FLUX.1-{bench.arguments.kind}"
    for result in bench.results:
        if result.passed_over:
            print(
                f"{result.level}: without " + "; ".join(f"{what} ({why})" for what, why in result.passed_over.items())
            )
    rows = [
        ("matrix product, the measured peak", f"{bench.peak / 1e12:.0f} TFLOP/s", ""),
        *(row for result in bench.results for row in _rows(result, targets.get(result.level, ""))),
        ("in all", f"{bench.elapsed:.0f} s", "<= 480 s"),
    ]
    report(f"{kind}, random weights, {_device_name(bench.device)}, torch {torch.__version__}", rows)


def _rows(result: LevelResult, target: str) -> Iterator[tuple[str, str, str]]:
    for index, run in enumerate(result.runs):
        label = f"{result.level}: {run.size} px, {run.steps} steps, batch {run.batch}"
        share = f"{run.tflops:.0f} TFLOP/s ({run.peak_share:.0%}), {run.memory_gb:.1f} GB"
        yield label, f"{run.per_picture:.3f} s a picture, {share}", target if index == 0 else ""
        if run.graphs:
            yield "  warm-up", f"{run.warm_up_seconds:.0f} s, {run.graphs} pieces compiled", ""
        if result.level != "diffusers":
            yield "  recompiled in service, run uncompiled", f"{run.recompiles}, {run.cold_passes}", "0, 0"
    if result.error is not None:
        error = result.error
        yield (
            f"{result.level}: latents off by at most, on average",
            f"{error.largest:.4f}, {error.mean:.5f}; PSNR {error.psnr:.1f} dB",
            "",
        )
    if result.skipped_steps:
        yield f"{result.level}: steps skipped", f"{len(result.skipped_steps)}: {result.skipped_steps}", ""
    if result.problem:
        yield f"{result.level}: broke off", result.problem, ""


def _show(level: Level, run: Run) -> None:
    """Print a run at once: whoever waits for the table sees that something happens, and has it if time runs out."""
    print(
        f"{level}: {run.size} px, batch {run.batch}, {run.steps} steps: {run.per_picture:.3f} s a picture,"
        f" warm-up {run.warm_up_seconds:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
