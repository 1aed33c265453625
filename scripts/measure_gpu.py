"""Check and measure everything on this machine's GPU: `make gpu`, or `python scripts/measure_gpu.py`.

The acceptance tests run first, then the benchmarks of precision, speed, profile and serving. Nothing is downloaded:
FLUX.1 is built at full size with random weights, which is the same work for the GPU as the real one.
`--only` chooses parts, and `--rehearse` runs all of it in a minute or two on a CPU with a tiny model. What was measured
goes to `--out`, and from there into docs/performance.md. A part that fails does not keep the others from running; the
status is 1 then, and 2 without a GPU.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from write_performance import RESULTS, write

ROOT: Final = Path(__file__).parents[1]
PARTS: Final[dict[str, Sequence[str]]] = {
    "tests": ("-m", "pytest", "-q", "tests/gpu"),
    "precision": ("benchmarks/gpu_precision.py",),
    "speed": ("benchmarks/gpu_speed.py",),
    "speed-schnell": ("benchmarks/gpu_speed.py", "--kind", "schnell"),
    "profile": ("benchmarks/gpu_profile.py",),
    "serving": ("benchmarks/gpu_serving.py",),
}
# For a GPU that is there for a short time: less of what takes longest.
SHORT: Final[dict[str, Sequence[str]]] = {
    "speed": ("--budget", "420"),
    "speed-schnell": ("--budget", "240"),
    "serving": ("--seconds", "20", "--steady", "120"),
}
# A rehearsal shows that everything runs; its numbers mean nothing.
REHEARSED: Final[dict[str, Sequence[str]]] = {
    "speed-schnell": ("--levels", "lossless"),
    "serving": ("--seconds", "1", "--steady", "1"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--short", action="store_true", help="measure less")
    parser.add_argument("--rehearse", action="store_true", help="on the CPU, with a tiny model; needs --out")
    arguments = parser.parse_args()
    if arguments.rehearse and arguments.out == RESULTS:
        parser.error("a rehearsal measures nothing: name another folder with --out")
    if not arguments.rehearse and not has_gpu():
        print("There is no CUDA GPU here. --rehearse --out FOLDER shows that everything would run.")
        return 2
    shorter = REHEARSED if arguments.rehearse else SHORT if arguments.short else {}
    ended = {}
    for part in arguments.only:
        ended[part] = run(part, arguments.out, shorter.get(part, ()), rehearse=arguments.rehearse)
    if arguments.out == RESULTS:
        write()
    for part, status in ended.items():
        print(f"{part}: {'done' if status == 0 else f'failed with status {status}'}")
    return int(any(ended.values()))


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def run(part: str, out: Path, further: Sequence[str], *, rehearse: bool) -> int:
    """Run a part, what it prints to be seen at once; return its status."""
    print(f"\n== {part}\n", flush=True)
    command, environment = [sys.executable, *PARTS[part]], dict(os.environ)
    if part != "tests":
        command += ["--out", str(out.resolve()), *further, *(["--rehearse"] if rehearse else [])]
    if rehearse:
        environment["GPU_TESTS_DEVICE"] = "cpu"
    # Every start is a first one: what an earlier part compiled must not make a later one look quick.
    environment["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"
    started = time.perf_counter()
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"\n{part}: {time.perf_counter() - started:.0f} s", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
