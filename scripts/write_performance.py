"""Write docs/performance.md from what the benchmarks measured; a test checks that it is up to date."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "benchmarks/results"
PAGE: Final = ROOT / "docs/performance.md"

HEAD: Final = """# Performance

Measured, not estimated: every table was written by a script in `benchmarks/`, on the machine named above it. The raw
numbers are in `benchmarks/results/`. Measure your own machine:

```console
$ make bench   # everything that can be measured on this machine
$ make gpu     # check and measure one GPU with 80 GB; models at full size with random weights, nothing is downloaded
```

Random weights are the same work for a GPU as real ones; how pictures look is not judged here.
"""
NO_GPU: Final = """
## On a GPU

Not measured yet: no GPU could be had. `make gpu` measures all that is wanted, and writes it here. The targets, for
FLUX.1 at 1024 x 1024 on one H200:

| what | target |
|---|---|
| dev, 28 steps, `OPTIMIZE=lossless` | at most 3.2 s, better 3.0 s |
| dev, 28 steps, `fast` | at most 2.0 s |
| dev, 28 steps, `max` | at most 1.2 s |
| schnell, 4 steps | at most 0.45 s |
| time in forward passes under load | at least 97 % |
| compiled in service | nothing |

For comparison, as published for dev on one H200: plain diffusers 5.58 s, compiled with FlashAttention-3 3.73 s,
SGLang 3.50 s, diffusers with a step cache 2.38 s. The arithmetic of such a picture takes 2.64 s at 790 TFLOP/s, which
is reported of large bf16 products on that card.
"""


def page(results: Path) -> str:
    """Return the page for a folder of results."""
    machines = sorted(folder for folder in results.glob("*") if folder.is_dir())
    text = HEAD + ("" if any(results.glob("*/gpu_*.json")) else NO_GPU)
    return text + "".join(_machine(folder) for folder in machines)


def _machine(folder: Path) -> str:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    device, machine = found[0]["device"], found[0]["machine"]
    head = f"\n## {device or machine.partition(', ')[0]}\n\n{machine}\n"
    return head + "".join("\n" + "\n".join(_table(benchmark)) + "\n" for benchmark in found)


def _table(benchmark: dict[str, Any]) -> Iterator[str]:
    yield f"### {benchmark['title']}"
    yield ""
    yield f"`{benchmark['command']}`, {benchmark['date']}"
    yield ""
    yield "| what | measured | target |"
    yield "|---|---:|---:|"
    for row in benchmark["rows"]:
        yield f"| {' | '.join(cell.strip().replace('|', '/') for cell in row)} |"


def write() -> None:
    PAGE.write_text(page(RESULTS), encoding="utf-8")


if __name__ == "__main__":
    write()
