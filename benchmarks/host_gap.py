"""What the host does between two forward passes, while a GPU would have nothing to do: FLUX at full depth, on a CPU.

`python benchmarks/host_gap.py` runs the step engine with all 57 blocks of FLUX.1, each a few numbers wide, and takes
the time from the end of the last block of one pass to the beginning of the first block of the next. Width only changes
what the device computes; what Python does grows with the number of modules, so a tiny model of two blocks hides it.
"""

import itertools
import statistics
import time
from typing import Any

import torch
from _flux import as_model, quiet, tiny_pipeline
from _report import options, report
from diffusers import FluxTransformer2DModel

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.sequence import DiffusionRequest

BLOCKS, SINGLE_BLOCKS = 19, 38
SIZE = 64
# Of a pass at 1024 x 1024 that takes 100 ms, one hundredth.
TARGET = "<= 1 ms"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--steps", type=int, default=100)
    arguments = parser.parse_args()
    quiet()
    torch.set_num_threads(1)
    rows = []
    for together in (1, 4):
        gaps = _gaps(_full_depth(), together, arguments.steps)
        cuts = statistics.quantiles(gaps, n=20)
        rows.append((f"{together} in a pass: between two passes, median", f"{1000 * cuts[9]:.2f} ms", TARGET))
        rows.append((f"{together} in a pass: between two passes, 95 %", f"{1000 * cuts[18]:.2f} ms", ""))
    report(f"Host work between passes, {BLOCKS} + {SINGLE_BLOCKS} blocks, bf16", rows, out=arguments.out)


def _full_depth() -> Flux1:
    pipeline = tiny_pipeline()
    config = {name: value for name, value in pipeline.transformer.config.items() if not name.startswith("_")}
    config |= {"num_layers": BLOCKS, "num_single_layers": SINGLE_BLOCKS}
    pipeline.register_modules(transformer=FluxTransformer2DModel(**config))
    return as_model(pipeline.to(torch.bfloat16))


def _gaps(model: Flux1, together: int, steps: int) -> list[float]:
    """Return the seconds between passes, the first ones excepted."""
    begins: list[float] = []
    ends: list[float] = []

    def note(moments: list[float]) -> Any:
        return lambda *_: moments.append(time.perf_counter())

    transformer = model.transformer
    transformer.transformer_blocks[0].register_forward_pre_hook(note(begins))
    transformer.single_transformer_blocks[-1].register_forward_hook(note(ends))
    engine = StepEngine(model, EngineLimits(running=together, batch=together))
    engine.start()
    try:
        requests = [DiffusionRequest("a fox", SIZE, SIZE, steps, seed=seed) for seed in range(together)]
        for ticket in [engine.submit(request) for request in requests]:
            ticket.result()
    finally:
        engine.stop()
    return [begin - end for end, begin in itertools.islice(zip(ends, begins[1:], strict=False), 10, None)]


if __name__ == "__main__":
    main()
