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

    def compute() -> int:
        with threads.compute():
            share = torch.get_num_threads()
            all_there.wait(WAIT)
            assert torch.get_num_threads() == share  # whatever the others were told meanwhile
        return share

    with ThreadPoolExecutor(together) as pool:
        for _ in range(2):  # the second time nobody computes any more
            assert sorted(pool.map(lambda _: compute(), range(together))) == shares


def test_beside_a_gpu_the_cores_are_left_as_they_are() -> None:
    with ThreadPoolExecutor(1) as pool:

        def compute() -> tuple[int, int]:
            cpu_threads.use_cores(3)
            with CpuThreads(torch.device("cuda")).compute():
                return 3, torch.get_num_threads()

        expected, found = pool.submit(compute).result(WAIT)
    assert found == expected
