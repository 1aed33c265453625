"""Replicas in a real Ray, and the engine of a server that calls them: drawing, cancelling, scaling, two models."""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from _ports import free_port
from _server import server
from _tiny_flux import save_tiny_flux

from blazon.brief import Brief, Engine
from blazon.cancellation import WorkCancelled
from blazon.errors import EngineStopped, EngineUnavailable, InvalidSetting
from blazon.generation import Drawn
from blazon.serve.engines.cluster import ClusterEngine
from blazon.serve.engines.flux import open_flux
from blazon.serve.engines.front import open_front
from blazon.settings import Settings
from blazon.studio import Studio
from blazon.watching import Step, Watch

if importlib.util.find_spec("ray") is None:
    pytest.skip("Ray is not installed: pip install 'blazon[cluster]'", allow_module_level=True)

from _cluster import STEP_TIMEOUT, STEPS, TOKEN, Cluster, open_small_flux, until

from blazon.serve.cluster import deployment
from blazon.serve.cluster.deployment import Place, ReplicaPlan

BRIEF = Brief("a bakery by the sea", seed=1)
# Read by Python at its start: nothing finds the packages, as if they were not installed.
HIDE = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, *more):
        hidden = name.partition(".")[0] in ("torch", "diffusers", "transformers", "accelerate", "safetensors")
        return None if hidden else self.finder.find_spec(name, *more)

sys.meta_path[:] = map(Without, sys.meta_path)
"""


@dataclass(frozen=True)
class Painting:
    """What the replicas that paint were opened with, and where they write down their loads."""

    settings: Settings
    environment: dict[str, str]
    folder: Path


def test_two_replicas_share_the_work_and_tell_every_step(two: Cluster) -> None:
    engine, steps = two.engine(), []
    drawn: list[Drawn] = []
    watch = Watch(tell=steps.append)
    threads = [
        threading.Thread(target=lambda number=number: drawn.append(engine.candidate(BRIEF, number, watch)))
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pids, numbers = zip(*(one.content.split() for one in drawn), strict=True)
    assert (len(set(pids)), sorted(map(int, numbers))) == (2, [0, 1, 2, 3])
    environment = Path(f"/proc/{pids[0].decode()}/environ").read_text().split("\0")
    assert "OMP_WAIT_POLICY=PASSIVE" in environment
    assert sorted(step.step for step in steps) == sorted(list(range(1, STEPS + 1)) * 4)


def test_cancelling_reaches_the_replica(two: Cluster) -> None:
    watch = Watch(tell=lambda step: watch.cancellation.cancel() if step.step == 3 else None)
    with pytest.raises(WorkCancelled):
        two.engine().candidate(BRIEF, 77, watch)
    assert until(lambda: list(two.folder.glob("cancelled-*-77")))


def test_who_has_another_token_or_other_settings_is_refused(two: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineUnavailable, match="401"):
        two.engine("another").candidate(BRIEF, 0, Watch())
    monkeypatch.setattr(Studio, "recipe", "other fonts")
    with pytest.raises(EngineUnavailable, match=r"409.*other settings"):
        two.engine().candidate(BRIEF, 0, Watch())


def test_calls_of_other_machines_need_a_token(cluster: Cluster) -> None:
    settings = Settings.load(None, warmup_enabled=False)
    with pytest.raises(InvalidSetting, match="CLUSTER_TOKEN"):
        deployment.deploy(settings, ReplicaPlan(), Place(cluster.place.ray, "0.0.0.0", cluster.calls))


def test_replicas_come_with_the_work_and_go_without_it(cluster: Cluster) -> None:
    cluster.deploy(ReplicaPlan(0, 3, threads=1, cpus=0.5, idle=1.0))
    until(lambda: cluster.count_running() == 0)
    engine, done = cluster.engine(), threading.Event()

    def draw(number: int) -> None:
        while not done.is_set():
            engine.candidate(BRIEF, number, Watch())

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: cluster.count_running() == 3)
    finally:
        done.set()
    for thread in threads:
        thread.join()
    until(lambda: cluster.count_running() == 0)


@pytest.fixture(scope="module")
def painting(cluster: Cluster, tiny_flux: Path, tmp_path_factory: pytest.TempPathFactory) -> Painting:
    """Replicas that fit one of two models."""
    folder = tmp_path_factory.mktemp("painting")
    other = save_tiny_flux(folder / "other", seed=1)
    models = {"models": f"one={tiny_flux},two={other}", "torch_device": "cpu", "optimize": "off", "engine": "flux"}
    sizes = {"min_render_size": 64, "max_render_size": 256, "default_inference_steps": 3}
    settings = Settings.load(None, **cluster.settings.model_dump(exclude_unset=True), **models, **sizes)
    load = open_small_flux(settings, folder)
    deployment.deploy(settings, ReplicaPlan(2, 2, threads=2, cpus=0.5), cluster.place, load)
    environment = {name.upper(): str(value) for name, value in {**models, **sizes}.items()}
    calls = {"CLUSTER": f"http://127.0.0.1:{cluster.calls}", "CLUSTER_TOKEN": TOKEN}
    return Painting(settings, environment | calls, folder)


def test_flux_paints_on_replicas_that_fit_one_of_two_models_what_it_paints_here(painting: Painting) -> None:
    settings = painting.settings
    front = open_front(settings, Engine.FLUX)
    remote = ClusterEngine(front, painting.environment["CLUSTER"], TOKEN, STEP_TIMEOUT)
    here = open_flux(settings, lambda _: None)
    steps: list[Step] = []
    watch = Watch(tell=steps.append, previews=True)

    def count_loads(act: Callable[[], object]) -> int:
        before = len(list(painting.folder.glob("load-*")))
        act()
        return len(list(painting.folder.glob("load-*"))) - before

    try:
        for model in ("one", "two"):
            brief = Brief("a coffee roastery by the sea", model=model, size=64, seed=7)
            painted, expected = remote.candidate(brief, 0, watch), here.candidate(brief, 0, Watch())
            assert (painted.content, painted.model) == (expected.content, expected.model)
        calls = [replace(brief, model=model, seed=seed) for seed in range(5) for model in ("one", "two")]
        until(lambda: not count_loads(lambda: [remote.candidate(call, 0, Watch()) for call in calls[:2]]))
        # Any of two replicas would be without the model every second time.
        assert count_loads(lambda: [remote.candidate(call, 0, Watch()) for call in calls]) <= 2
        with ThreadPoolExecutor(8) as threads:  # more than have room: models make room for each other
            together = list(threads.map(lambda call: remote.candidate(call, 0, Watch()), calls))
        assert [one.model for one in together] == [remote.card_of(call).identifier for call in calls]
    finally:
        here.close()
        remote.close()
    assert [step.step for step in steps if step.steps == 3] == [1, 2, 3, 1, 2, 3]
    assert any(step.preview is not None for step in steps)


def test_a_server_without_torch_has_replicas_paint(painting: Painting, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    with pytest.raises(subprocess.CalledProcessError, match="returned non-zero"):
        subprocess.run([sys.executable, "-c", "import torch"], env={**os.environ, "PYTHONPATH": path}, check=True)
    settings = painting.environment | {"COMPUTE_PROCESSES": "0", "PYTHONPATH": path}
    with server(**settings) as (url, _), httpx.Client(base_url=url, timeout=STEP_TIMEOUT) as client:
        wish = {"prompt": "a coffee roastery by the sea", "model": "two", "size": 64, "seed": 7, "n": 2}
        painted = client.post("/v1/logos", json=wish)
        assert painted.status_code == 201, painted.text
        candidates = painted.json()["candidates"]
        assert [candidate["model"] for candidate in candidates] == ["other"] * 2
        refused = client.post("/v1/logos", json=wish | {"model": "three"})
        assert (refused.status_code, "one, two" in refused.text) == (422, True)


def test_without_a_cluster_the_work_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blazon.serve.engines.cluster._PATIENCE", 0.2)
    engine = ClusterEngine(Studio.open(), f"http://127.0.0.1:{free_port()}", "", STEP_TIMEOUT)
    with pytest.raises(EngineStopped, match="cannot be reached"):
        engine.candidate(BRIEF, 0, Watch())
