"""Whether a server is alive while something else happens to it, asked by a process of its own.

A probe beside other clients in one event loop would measure their work too.
"""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

import httpx

PROBE_EVERY: Final = 0.003  # seconds
BEFORE: Final = 0.3  # seconds of calm, so that the probe is at work when an attack begins


@contextmanager
def probed(url: str) -> Iterator[list[float]]:
    """Probe while the block runs; the list is filled with the seconds of each answer at its end."""
    latencies: list[float] = []
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_probe, args=(url, theirs))
    process.start()
    ours.recv()  # it is at work
    time.sleep(BEFORE)
    try:
        yield latencies
    finally:
        ours.send(None)
        latencies += ours.recv()
        process.join()


def _probe(url: str, control: Connection) -> None:
    latencies = []
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/health/live").raise_for_status()
        control.send(None)
        while not control.poll(PROBE_EVERY):
            started = time.perf_counter()
            client.get("/health/live").raise_for_status()
            latencies.append(time.perf_counter() - started)
    control.send(latencies)
