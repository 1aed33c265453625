"""A real `blazon serve` for benchmarks, on a free port and in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def server(log: Path | None = None, **settings: str) -> Iterator[tuple[str, int]]:
    """Run `blazon serve` until the block ends; yield its URL, once it can draw, and its process id.

    Args:
        log: file for what it says of itself; nowhere if not given.
        settings: its environment, beside this one.
    """
    with tempfile.TemporaryDirectory() as folder, (log or Path(os.devnull)).open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve", "--host", "127.0.0.1", "--port", "0"],
            env={**os.environ, "DATA_DIR": folder, "LOG_LEVEL": "WARNING", **settings},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield _ready(_url(process)), process.pid
        finally:
            _end(process)


def resident_memory(pid: int, field: str = "VmRSS") -> float:
    """Return the memory of a process and its children in MB (Linux): `VmRSS` now, `VmHWM` at the highest."""
    status = _read(Path(f"/proc/{pid}/status")).splitlines()
    own = next((int(line.split()[1]) for line in status if line.startswith(field)), 0) / 1000
    return own + sum(resident_memory(child, field) for child in _list_children(pid))


def processor_seconds(pid: int) -> float:
    """Return the time that a process and its children have computed for until now (Linux)."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    own = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, _list_children(pid)))


def _list_children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in _read(task).split()]


def _read(path: Path) -> str:
    """Return what the system tells of a process or thread; nothing of one that has just ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def _end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        print("the server did not end within a minute, and was killed", file=sys.stderr)
        process.kill()
    finally:
        if process.stdout is not None:
            process.stdout.close()


def _url(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+:\d+", line):
            return found.group().replace("localhost", "127.0.0.1")
    raise SystemExit("error: the server ended before it said where it listens")


def _ready(url: str) -> str:
    while (answer := httpx.get(f"{url}/health/ready", timeout=60)).status_code != 200:
        if answer.json()["status"] == "failed":
            raise SystemExit(f"error: the server cannot draw: {answer.json()['reason']}")
        time.sleep(0.05)
    return url
