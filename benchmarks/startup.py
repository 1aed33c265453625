"""What a start costs: importing, the help, the server up, the first logo, memory.

`python benchmarks/startup.py` measures this installation; `--fresh` also clones the repository into
an empty folder and measures `make run` from nothing to the first logo.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from _ports import free_port
from _report import Row, options, report
from _server import resident_memory

ROOT = Path(__file__).parents[1]
RUNS = 10
LOGOS = 50
PROMPTS = ("a coffee roastery by the sea", "solar panels for homes", "a maths tutor", "fast tools for engineers")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--fresh", action="store_true", help="also measure `make run` in a fresh clone")
    given = parser.parse_args()
    rows = [
        ("python, nothing imported", _milliseconds(sys.executable, "-c", ""), ""),
        ("import blazon", _milliseconds(sys.executable, "-c", "import blazon"), "<= 300 ms"),
        ("blazon --help", _milliseconds(sys.executable, "-m", "blazon", "--help"), "<= 300 ms"),
        *_server(),
    ]
    if given.fresh:
        rows.append(("make run in a fresh clone to the first logo", f"{_fresh():.0f} s", "<= 120 s"))
    report("Start", rows, out=given.out)


def _milliseconds(*command: str) -> str:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(1000 * (time.perf_counter() - started))
    return f"{statistics.median(times):.0f} ms"


def _server() -> Iterator[Row]:
    port = free_port()
    started = time.perf_counter()
    with _running([sys.executable, "-m", "blazon", "serve", "--port", str(port)]) as process:
        _wait_until_healthy(port, process, patience=60)
        yield "server: start to healthy", f"{time.perf_counter() - started:.2f} s", "<= 2 s"
        yield "server: memory when healthy", f"{resident_memory(process.pid):.0f} MB", ""
        _logo(port, PROMPTS[0])
        yield "server: start to the first logo", f"{time.perf_counter() - started:.2f} s", ""
        for number in range(LOGOS - 1):
            _logo(port, f"{PROMPTS[number % len(PROMPTS)]} {number}")
        yield f"server: memory after {LOGOS} logos", f"{resident_memory(process.pid):.0f} MB", "<= 250 MB"


def _fresh() -> float:
    """Return seconds from `make run` in a new clone to the first logo; the clone itself is not counted."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "blazon"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        environment = {**os.environ, "PORT": str(port), "PIP_NO_CACHE_DIR": "1"}
        started = time.perf_counter()
        with _running(["make", "run"], cwd=clone, env=environment) as process:
            _wait_until_healthy(port, process, patience=600)
            _logo(port, PROMPTS[0])
            return time.perf_counter() - started


@contextmanager
def _running(command: Sequence[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own and end the whole group."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **options
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes], patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"error: the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"error: no healthy server after {patience:.0f} s")


def _logo(port: int, prompt: str) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/generate_logo",
        data=json.dumps({"prompt": prompt, "brand_name": "Northwind"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


if __name__ == "__main__":
    main()
