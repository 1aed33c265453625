"""Where the time of a model at full size goes on one GPU, and what would make it faster: the gap to what is possible.

`python benchmarks/gpu_profile.py [--kind KIND ...] [--levels off lossless fast max] [--out FOLDER]` measures

- the ceilings: each matrix product of a forward pass by itself, and each attention that is installed;
- for every level, what the device did while the step engine drew a picture, and when it had nothing to do;
- variants of the level `lossless`: other ways to compile, and steps queued ahead without waiting for each.
"""

import argparse
import functools
import statistics
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import torch
from _full_size import KINDS
from _gpu import PROMPT, build, device_name, gpu_options, parsed, seconds_each, take_each_kind, timed, title
from _kernels import Attentions, Timeline, record
from _report import Row, keep, report
from torch import nn

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.optimization import attention
from blazon.diffusion.optimization.compilation import compile_blocks, undo_compile
from blazon.diffusion.optimization.measures import Level, NotPossible
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.optimization.warmup import warm_up
from blazon.diffusion.sampling.sequence import DiffusionRequest, Sequence, Ticket
from blazon.diffusion.stepping import advance, start_sequence

ALONE: Final = EngineLimits(running=1, batch=1)
SHOWN: Final = 6  # kernels and gaps of a level
# What the transformers of the families do before and after their blocks.
ENDS: Final = ("time_text_embed", "time_guidance_embed", "pos_embed", "norm_out")


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to compile the level `lossless`.

    Args:
        patches: settings of torch's compiler.
        ends: also compile what comes before and after the blocks, which is many small kernels.
    """

    patches: dict[str, Any] = field(default_factory=dict)
    ends: bool = False


VARIANTS: Final = {
    "compiled as in service": Variant(),
    "embeddings compiled too": Variant(ends=True),
    "coordinate descent tuning": Variant({"coordinate_descent_tuning": True}),
    "products autotuned": Variant({"max_autotune_gemm": True}),
    "CUDA graphs of the blocks": Variant({"triton.cudagraphs": True}),
}


class Profile:
    """One model on one device, and what was found of it."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.size = 64 if arguments.rehearse else arguments.size
        self.steps = 4 if arguments.rehearse else arguments.steps
        # They differ by settings of the compiler, and none is asked in a rehearsal.
        self.variants = dict(islice(VARIANTS.items(), 2 if arguments.rehearse else None))
        self.device = torch.device(arguments.device)
        self.model = build(arguments)
        self.rows: list[Row] = []
        self.raw: dict[str, Any] = {}

    def run(self) -> None:
        self._attempt("ceilings", self._ceilings)
        for level in self.arguments.levels:
            self._attempt(level, functools.partial(self._level, Level(level)))
            if level == Level.LOSSLESS:
                for name, variant in self.variants.items():
                    self._attempt(f"variant, {name}", functools.partial(self._variant, name, variant))

    @property
    def title(self) -> str:
        return f"{title(self.arguments)}, {self.size} px"

    @property
    def destination(self) -> dict[str, Any]:
        """What the file of the results is called, and what is in it beside the table."""
        name = f"gpu_profile-{self.arguments.kind}"
        return {"name": name, "device": device_name(self.arguments), "raw": self.raw}

    def _attempt(self, what: str, measure: Callable[[], Iterator[Row]]) -> None:
        """Measure something, and go on with the next if it cannot be."""
        try:
            self.rows += measure()
            print(f"{what}: done", flush=True)
        except Exception as error:  # noqa: BLE001  # the others still have something to say
            self.rows.append((what, f"failed: {type(error).__name__}: {error}"[:200], ""))
            print(*self.rows[-1][:2], flush=True)
            undo_compile(self.model)
        if self.arguments.out is not None:
            keep(self.title, self.rows, self.arguments.out, **self.destination)

    def _ceilings(self) -> Iterator[Row]:
        """Time the products and the attention of a pass by themselves: faster than these, no fusion can make it."""
        total = 0.0
        for (tokens, width, outputs), count in Counter(self._products()).items():
            seconds = self._product(tokens, width, outputs)
            total += count * seconds
            rate = 2 * tokens * width * outputs / seconds / 1e12
            yield f"product {tokens} x {width} x {outputs}, {count} in a pass", f"{rate:.3g} TFLOP/s", ""
        yield "all products of a pass", _milliseconds(total), ""
        best = yield from self._attentions()
        yield "products and fastest attention: the floor", _milliseconds(total + best), ""
        self.raw["floor_seconds"] = total + best

    def _products(self) -> list[tuple[int, int, int]]:
        """Return rows, inputs and outputs of every linear layer that many tokens go through, in a pass."""
        found: list[tuple[int, int, int]] = []

        def note(layer: nn.Module, given: tuple[torch.Tensor, ...], _: torch.Tensor) -> None:
            tokens = given[0].numel() // given[0].shape[-1]
            if tokens > 1:
                found.append((tokens, given[0].shape[-1], layer.out_features))

        layers = [layer for layer in self.model.transformer.modules() if isinstance(layer, nn.Linear)]
        handles = [layer.register_forward_hook(note) for layer in layers]
        self._step(self._sequence())
        for handle in handles:
            handle.remove()
        return found

    def _product(self, tokens: int, width: int, outputs: int) -> float:
        given, weight = self._random(tokens, width), self._random(outputs, width)
        return seconds_each(lambda: nn.functional.linear(given, weight), self.device)

    def _attentions(self) -> Generator[Row, None, float]:
        """Time every attention that gives what plain attention gives; return the best time for all blocks."""
        best = 0.0
        with Attentions() as seen:
            self._step(self._sequence())
        for (heads, tokens, width), count in Counter(seen.shapes).items():
            times = attention.times(self.device, self.model.dtype, heads, width, tokens)
            for name, seconds in times.items():
                rate = 4 * heads * width * tokens**2 / seconds / 1e12
                label = f"attention of {tokens} tokens, {count} in a pass, {name.lstrip('_')}"
                yield label, f"{_milliseconds(count * seconds)}, {rate:.3g} TFLOP/s", ""
            best += count * min(times.values())
        return best

    def _level(self, level: Level) -> Iterator[Row]:
        """Tell what the device did while the engine drew one picture."""
        done = optimize(self.model, level, ALONE, backend=self._compiler({}))
        warmed = warm_up(self.model, [self.size], prompt=PROMPT)
        missed = done.passed_over | ({"compiled blocks": warmed.problem} if warmed.problem else {})
        yield from ((f"{level}: without {measure}", reason, "") for measure, reason in missed.items())
        engine = StepEngine(self.model, ALONE)
        engine.start()
        try:
            self._draw(engine)
            timeline = record(lambda: self._draw(engine), self.device)
        finally:
            engine.stop()
        self.raw[level] = {
            "applied": done.applied,
            "passed_over": missed,
            "kernels": timeline.by_name(),
            "gaps": timeline.gaps_by_end(),
        }
        yield from self._timeline_rows(level, timeline)
        latents = self._sequence().latents
        decode = functools.partial(self.model.decode, latents, self.size, self.size)
        decoding = seconds_each(decode, self.device, rounds=3, repeats=3)
        yield f"{level}: decoding by itself", _milliseconds(decoding), ""

    def _timeline_rows(self, level: Level, timeline: Timeline) -> Iterator[Row]:
        if not timeline.kernels:
            raise RuntimeError("the profiler saw nothing")
        span, steps = timeline.span, self.steps
        yield f"{level}: a picture of {steps} steps", _milliseconds(span), ""
        yield f"{level}: device busy", f"{timeline.busy / span:.1%}", ">= 97 %"
        for kind, seconds in timeline.by_kind().items():
            yield f"{level}: {kind}", f"{_milliseconds(seconds / steps)} a step, {seconds / span:.1%}", ""
        for name, seconds in list(timeline.by_name().items())[:SHOWN]:
            yield f"{level}: kernel {_short(name)}", f"{_milliseconds(seconds / steps)} a step", ""
        for name, seconds in list(timeline.gaps_by_end().items())[:SHOWN]:
            yield f"{level}: idle before {_short(name)}", f"{_milliseconds(seconds / steps)} a step", ""

    def _variant(self, name: str, variant: Variant) -> Iterator[Row]:
        """Time steps of the level `lossless`, compiled in another way."""
        undo_compile(self.model)
        torch._dynamo.reset()
        try:
            compile_blocks(self.model, 1, self._compiler(variant.patches))
        except NotPossible as reason:
            yield f"variant, {name}", f"not for this model: {reason}", ""
            return
        if variant.ends:
            for module in (getattr(self.model.transformer, name, None) for name in ENDS):
                if module is None:
                    continue
                module.compile(fullgraph=True, dynamic=False, backend=self._compiler({}) or "inductor")
        # Without this mark, CUDA graphs take every block for a step of its own and write over what the next one reads.
        mark = self.model.transformer.register_forward_pre_hook(lambda *_: torch.compiler.cudagraph_mark_step_begin())
        try:
            yield from self._timed_steps(name)
        finally:
            mark.remove()

    def _timed_steps(self, name: str) -> Iterator[Row]:
        warmed = warm_up(self.model, [self.size], prompt=PROMPT)
        if warmed.problem:
            raise RuntimeError(warmed.problem)
        sequence, repeats = self._sequence(), 2 * self.steps
        each = statistics.median(timed(lambda: self._step(sequence), self.device) for _ in range(repeats))
        ahead = timed(lambda: [self._step(sequence) for _ in range(repeats)], self.device) / repeats
        yield f"variant, {name}", f"{_milliseconds(each)} a step, compiled in {warmed.seconds:.0f} s", ""
        yield "  and steps queued ahead", f"{_milliseconds(ahead)} a step", ""

    def _compiler(self, patches: dict[str, Any]) -> Any:
        if self.arguments.rehearse:
            return "eager"
        from torch._inductor.compile_fx import compile_fx

        return functools.partial(compile_fx, config_patches=patches) if patches else None

    def _draw(self, engine: StepEngine) -> None:
        engine.submit(self._request()).result()

    def _sequence(self) -> Sequence:
        request = self._request()
        return start_sequence(self.model, Ticket(request), self.model.encode(self.model.list_prompts(request)))

    def _request(self) -> DiffusionRequest:
        guidance = KINDS[self.arguments.kind].guidance
        return DiffusionRequest(PROMPT, self.size, self.size, self.steps, guidance)

    def _step(self, sequence: Sequence) -> None:
        """Begin the first step of a picture, and do not wait for the device."""
        sequence.step = 0
        advance(self.model, [sequence])

    def _random(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, device=self.device, dtype=self.model.dtype)


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms"


def _short(name: str) -> str:
    return name if len(name) <= 48 else f"{name[:45]}..."


def main() -> None:
    parser = gpu_options(__doc__)
    parser.add_argument("--levels", nargs="+", choices=list(Level), default=list(Level), help="in rising order")
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument(
        "--steps", type=int, default=14, help="of a picture; the step cache skips none of fewer than 12"
    )
    for arguments in take_each_kind(parsed(parser, gigabytes=40)):
        found = Profile(arguments)
        found.run()
        report(found.title, found.rows, out=arguments.out, **found.destination)


if __name__ == "__main__":
    main()
