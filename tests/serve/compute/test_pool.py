"""Processes shared by threads: how many are started, and what one that is closed answers."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blazon.cancellation import WorkCancelled
from blazon.serve.compute.pool import ComputePool, count_processes


@pytest.fixture
def pool() -> Iterator[ComputePool]:
    opened = ComputePool(2)
    yield opened
    opened.close()


def test_calls_one_after_the_other_take_one_process_which_is_not_this(pool):
    pids = {pool.call(os.getpid) for _ in range(3)}
    assert len(pids) == 1
    assert os.getpid() not in pids


def test_calls_at_the_same_time_take_as_many_as_there_may_be(pool, tmp_path: Path):
    pipes = [tmp_path / name for name in "ab"]
    for pipe in pipes:
        os.mkfifo(pipe)
    with ThreadPoolExecutor(3) as threads:
        held = [threads.submit(pool.call, Path.read_text, pipe) for pipe in pipes]
        with open(pipes[0], "w") as first, open(pipes[1], "w") as second:  # noqa: PTH123 - both are read now
            third = threads.submit(pool.call, os.getpid)
            first.write("one")
            first.close()
            assert third.result() != os.getpid()
            second.write("two")
        assert [one.result() for one in held] == ["one", "two"]


def test_without_processes_it_is_computed_in_the_thread_that_asks():
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(ComputePool(0).call, threading.get_native_id).result() != threading.get_native_id()
    assert ComputePool(0).call(os.getpid) == os.getpid()


def test_a_closed_one_gives_up_what_is_under_way_and_starts_no_more(pool, tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(pool.call, Path.read_text, pipe)
        with open(pipe, "w"):  # noqa: PTH123 - it is read now
            pool.close()
            with pytest.raises(WorkCancelled):
                held.result()
    with pytest.raises(WorkCancelled):
        pool.call(os.getpid)


def test_as_many_as_cores_if_nobody_says():
    assert count_processes(None) == min(os.cpu_count() or 1, 8)
    assert count_processes(0) == 0
