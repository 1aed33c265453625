import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch

from blazon.diffusion import cpu_threads
from blazon.diffusion.cpu_threads import CpuThreads

WAIT = 60


@pytest.fixture
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_threads, "count_cores", lambda: 8)


@pytest.mark.usefixtures("eight_cores")
@pytest.mark.parametrize(("together", "shares"), [(1, [8]), (2, [4, 8]), (3, [2, 4, 8])])
def test_who_computes_alone_has_all_cores_and_who_computes_beside_others_a_share(
    together: int, shares: list[int]
) -> None:
    threads, all_there = CpuThreads(torch.device("cpu")), Barrier(together)

    def compute(work: object) -> int:
        with threads.compute(work):
            share = torch.get_num_threads()
            all_there.wait(WAIT)
            assert torch.get_num_threads() == share  # whatever the others were told meanwhile
        return share

    with ThreadPoolExecutor(together) as pool:
        for turn in range(2):  # the second time nobody computes any more
            assert sorted(pool.map(compute, [(turn, number) for number in range(together)])) == shares


@pytest.mark.usefixtures("eight_cores")
def test_what_is_short_stays_on_one_core_and_nothing_else_does() -> None:
    threads = CpuThreads(torch.device("cpu"))

    def compute(work: object, seconds: float) -> int:
        with threads.compute(work):
            until = time.thread_time() + seconds
            while time.thread_time() < until:
                pass
            return torch.get_num_threads()

    with ThreadPoolExecutor(1) as pool:
        taken = [("small", 0.0), ("small", 0.0), ("large", 0.07), ("large", 0.0), ("small", 0.07), ("small", 0.07)]
        cores = [pool.submit(compute, *work).result(WAIT) for work in taken]
        # One that was short among long ones does not count; after several it is believed.
        cores += [pool.submit(compute, "large", 0.0).result(WAIT) for _ in range(6)]
    assert cores[:6] == [8, 1, 8, 8, 1, 8]
    assert cores[6] == 8
    assert cores[-1] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives threads priorities of their own")
def test_a_thread_that_lets_others_go_first_is_nicer_than_they_are() -> None:
    def step_back(device: str) -> tuple[int, int]:
        thread = threading.get_native_id()
        before = os.getpriority(os.PRIO_PROCESS, thread)
        CpuThreads(torch.device(device)).let_others_go_first()
        return before, os.getpriority(os.PRIO_PROCESS, thread)

    with ThreadPoolExecutor(1) as pool:
        before, after = pool.submit(step_back, "cuda").result(WAIT)
        assert before == after == os.getpriority(os.PRIO_PROCESS, 0)
        before, after = pool.submit(step_back, "cpu").result(WAIT)
    assert after > before
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_beside_a_gpu_the_cores_are_left_as_they_are() -> None:
    with ThreadPoolExecutor(1) as pool:

        def compute() -> tuple[int, int]:
            cpu_threads.use_cores(3)
            with CpuThreads(torch.device("cuda")).compute("steps"):
                return 3, torch.get_num_threads()

        expected, found = pool.submit(compute).result(WAIT)
    assert found == expected
