"""Cut-outs that several threads need, made in processes that are held back by a gate."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from blazon.errors import InvalidDesign
from blazon.export.delivery import Master
from blazon.serve.compute.pool import ComputePool
from blazon.serve.rendering.cutouts import Cutouts

WAIT = 60.0


class GatedPool(ComputePool):
    """Calls here, once a gate is open, and counts the calls."""

    def __init__(self) -> None:
        super().__init__(0)
        self.gate, self.calls = threading.Event(), 0

    def call(self, work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        assert self.gate.wait(WAIT)
        return super().call(work, *arguments, **options)


@pytest.fixture
def master() -> Master:
    picture, png = Image.new("RGB", (64, 64), "white"), BytesIO()
    picture.paste("teal", (16, 16, 48, 48))
    picture.save(png, "PNG")
    return Master(png.getvalue(), "image/png")


def test_threads_share_one_cutout(master: Master) -> None:
    cutouts, processes, asking = Cutouts(), GatedPool(), threading.Barrier(4)

    def find() -> Any:
        asking.wait(WAIT)
        return cutouts.find("key", master, processes)

    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(find) for _ in range(3)]
        asking.wait(WAIT)
        processes.gate.set()
        found = [one.result(WAIT) for one in waiting]
    assert found[0].plain
    assert all(one is found[0] for one in found)
    assert processes.calls == 1


def test_a_failure_is_not_kept(master: Master) -> None:
    cutouts, processes = Cutouts(), GatedPool()
    processes.gate.set()
    with pytest.raises(InvalidDesign):
        cutouts.find("key", Master(b"", "image/png"), processes)
    assert cutouts.find("key", master, processes).plain
