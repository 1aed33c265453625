"""A server on the GPU, with the model of MODEL_PATH or MODEL_NAME, or with a tiny random one if neither is set.

`GPU_TESTS_DEVICE` names another device than `cuda`, such as `cuda:1`; `cpu` rehearses the suite without a GPU.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from blazon.selftest import Client, await_ready

DEVICE = os.environ.get("GPU_TESTS_DEVICE", "cuda")
SUITE = Path(__file__).parent
_TINY = {"MIN_RENDER_SIZE": "64", "MAX_RENDER_SIZE": "256", "DEFAULT_INFERENCE_STEPS": "2", "HF_HUB_OFFLINE": "1"}
_LOADING = 1800  # seconds for the largest model from a slow disk, with its warm-up


def _why_not() -> str:
    """Say why the suite cannot run here; empty if it can."""
    import torch

    if DEVICE.startswith("cuda") and not torch.cuda.is_available():
        return "there is no CUDA device here (GPU_TESTS_DEVICE=cpu rehearses the suite without one)"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if SUITE in item.path.parents]
    reason = _why_not() if here else ""
    for item in here:
        item.add_marker(pytest.mark.gpu)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def device() -> str:
    return DEVICE


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """What the server is started with, beside the environment of the tests."""
    chosen = {"ENGINE": "flux", "TORCH_DEVICE": DEVICE, "PORT": "0", "MAX_CONCURRENT_JOBS": "4"}
    if not any(os.environ.get(name) for name in ("MODEL_PATH", "MODEL_NAME", "MODELS")):
        chosen |= {"MODEL_PATH": str(request.getfixturevalue("tiny_flux")), **_TINY}
    return chosen


@pytest.fixture(scope="session")
def server(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server that has loaded its model."""
    folder = tmp_path_factory.mktemp("server")
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve"],
            env={**os.environ, **settings},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    try:
        addresses = [line.split()[-1] for line in (process.stdout.readline() for _ in range(2)) if "http" in line]
        assert addresses, f"the server did not start: {(folder / 'server.log').read_text()[-2000:]}"
        client = Client(addresses[0], timeout=600)
        await_ready(client, _LOADING)
        yield client
    finally:
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
