"""Check and measure everything on this machine's GPU: `make gpu`, or `python scripts/measure_gpu.py`.

The acceptance tests run first, then the benchmarks of precision, speed, profile and serving, each for FLUX.1-dev,
FLUX.1-schnell, FLUX.2-klein-4B and Z-Image-Turbo. Nothing is downloaded: the models are built at full size with random
weights, which is the same work for the GPU as the real ones. `--only` chooses parts and `--kinds` models; `--rehearse`
runs all of it on a CPU with tiny models. What was measured goes to `--out`, and from there into docs/performance.md. A
part that fails does not keep the others from running; the status is 1 then, and 2 without a GPU.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from write_performance import RESULTS, write

ROOT: Final = Path(__file__).parents[1]
KINDS: Final = ("dev", "schnell", "klein", "z-image-turbo")
PARTS: Final[dict[str, Sequence[str]]] = {
    "tests": ("-m", "pytest", "-q", "tests/gpu"),
    "precision": ("benchmarks/gpu_precision.py",),
    "speed": ("benchmarks/gpu_speed.py",),
    "profile": ("benchmarks/gpu_profile.py",),
    "serving": ("benchmarks/gpu_serving.py",),
}
# For a GPU that is there for a short time: less of what takes longest.
SHORT: Final[dict[str, Sequence[str]]] = {
    "speed": ("--budget", "300"),
    "serving": ("--seconds", "20", "--steady", "120"),
}
# A rehearsal shows that everything runs; its numbers mean nothing. A level takes all measures of those before it.
REHEARSED: Final[dict[str, Sequence[str]]] = {
    "speed": ("--levels", "off", "max"),
    "profile": ("--levels", "lossless"),
    "serving": ("--seconds", "0.5", "--steady", "0.5"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--short", action="store_true", help="measure less")
    parser.add_argument("--rehearse", action="store_true", help="on the CPU, with tiny models; needs --out")
    arguments = parser.parse_args()
    if arguments.rehearse and arguments.out == RESULTS:
        parser.error("a rehearsal measures nothing: name another folder with --out")
    if not arguments.rehearse and not has_gpu():
        print("There is no CUDA GPU here. --rehearse --out FOLDER shows that everything would run.")
        return 2
    ended = {what: run(what, command, rehearse=arguments.rehearse) for what, command in list_runs(arguments)}
    if arguments.out == RESULTS:
        write()
    for what, status in ended.items():
        print(f"{what}: {'done' if status == 0 else f'failed with status {status}'}")
    return int(any(ended.values()))


def list_runs(arguments: argparse.Namespace) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what is run, by its name: each benchmark once for each kind, in a rehearsal for all kinds at once."""
    shorter = REHEARSED if arguments.rehearse else SHORT if arguments.short else {}
    together = [arguments.kinds] if arguments.rehearse else [[kind] for kind in arguments.kinds]
    for part in arguments.only:
        if part == "tests":
            yield part, PARTS[part]
            continue
        further = (*shorter.get(part, ()), *(["--rehearse"] if arguments.rehearse else []))
        for kinds in together:
            command = (*PARTS[part], "--kind", *kinds, "--out", str(arguments.out.resolve()), *further)
            yield f"{part} of {' and '.join(kinds)}", command


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def run(what: str, command: Sequence[str], *, rehearse: bool) -> int:
    """Run a part, what it prints to be seen at once; return its status."""
    print(f"\n== {what}\n", flush=True)
    environment = dict(os.environ)
    if rehearse:
        # One thread: for models so tiny, several only wait for each other, the longer the busier the machine is.
        environment |= {"GPU_TESTS_DEVICE": "cpu", "OMP_NUM_THREADS": "1"}
    # Every start is a first one: what an earlier part compiled must not make a later one look quick.
    environment["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"
    started = time.perf_counter()
    status = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=False).returncode
    print(f"\n{what}: {time.perf_counter() - started:.0f} s", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
