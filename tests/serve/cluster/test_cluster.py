"""Replicas in a real Ray, and the engine of a server that calls them: drawing, cancelling, scaling, two models."""

import importlib.util
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from _tiny_flux import save_tiny_flux

from blazon.brief import Brief
from blazon.cancellation import WorkCancelled
from blazon.errors import EngineStopped, EngineUnavailable, InvalidSetting
from blazon.generation import Drawn
from blazon.serve.engines.cluster import ClusterEngine
from blazon.serve.engines.flux import open_flux, open_front
from blazon.settings import Settings
from blazon.studio import Studio
from blazon.watching import Step, Watch

if importlib.util.find_spec("ray") is None:
    pytest.skip("Ray is not installed: pip install 'blazon[cluster]'", allow_module_level=True)

from _cluster import STEP_TIMEOUT, STEPS, TOKEN, Cluster, free_port, open_small_flux, until

from blazon.serve.cluster import deployment
from blazon.serve.cluster.deployment import Place, ReplicaPlan

BRIEF = Brief("a bakery by the sea", seed=1)


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


def test_flux_paints_on_replicas_that_fit_one_of_two_models_what_it_paints_here(
    cluster: Cluster, tiny_flux: Path, tmp_path: Path
) -> None:
    other = save_tiny_flux(tmp_path / "other", seed=1)
    models = {"models": f"one={tiny_flux},two={other}", "torch_device": "cpu", "optimize": "off", "engine": "flux"}
    sizes = {"min_render_size": 64, "max_render_size": 256, "default_inference_steps": 3}
    settings = cluster.settings.model_copy(update={**models, **sizes})
    load = open_small_flux(settings, tmp_path)
    deployment.deploy(settings, ReplicaPlan(2, 2, threads=2, cpus=0.5), cluster.place, load)
    remote = ClusterEngine(open_front(settings), f"http://127.0.0.1:{cluster.calls}", TOKEN, STEP_TIMEOUT)
    here = open_flux(settings, lambda _: None)
    steps: list[Step] = []
    watch = Watch(tell=steps.append, previews=True)

    def count_loads(act: Callable[[], object]) -> int:
        before = len(list(tmp_path.glob("load-*")))
        act()
        return len(list(tmp_path.glob("load-*"))) - before

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


def test_without_a_cluster_the_work_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blazon.serve.engines.cluster._PATIENCE", 0.2)
    engine = ClusterEngine(Studio.open(), f"http://127.0.0.1:{free_port()}", "", STEP_TIMEOUT)
    with pytest.raises(EngineStopped, match="cannot be reached"):
        engine.candidate(BRIEF, 0, Watch())
