"""What breaks while replicas draw: each accepted request ends well, exactly once."""

import importlib.util
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from _server import server
from _silent_proxy import SilentProxy

from blazon.brief import Brief
from blazon.errors import ClusterUnavailable, GenerationFailed
from blazon.serve.engines.calls import CallOutcome
from blazon.serve.engines.cluster import ClusterEngine
from blazon.studio import Studio
from blazon.watching import Step, Watch

if importlib.util.find_spec("ray") is None:
    pytest.skip("Ray is not installed: pip install 'blazon[cluster]'", allow_module_level=True)

from _cluster import STEP_TIMEOUT, TOKEN, WAIT, Cluster, open_on_one, open_sleeping, until

from blazon.serve.cluster import deployment
from blazon.serve.cluster.deployment import ReplicaPlan

BRIEF = Brief("a bakery by the sea", seed=1)
ONE = ReplicaPlan(1, 1, threads=2, cpus=0.5)
TWO = ReplicaPlan(2, 2, threads=2, cpus=0.5)
SILENCE = 10  # seconds after which the watchdog of a server takes it for hung: no busy machine is silent for as long


def test_a_call_that_is_lost_with_its_replica_is_made_again(two: Cluster) -> None:
    def kill(step: Step) -> None:
        began = list(two.folder.glob("began-*-88"))
        if step.step == 5 and len(began) == 1:
            os.kill(int(began[0].name.split("-")[1]), signal.SIGKILL)

    drawn = two.engine().candidate(BRIEF, 88, Watch(tell=kill))
    assert len(list(two.folder.glob("began-*-88"))) == 2
    assert drawn.content.endswith(b" 88")


def test_a_brief_that_ends_every_replica_fails_and_the_others_are_drawn(two: Cluster) -> None:
    with pytest.raises(GenerationFailed, match="3 replicas ended"):
        two.engine().candidate(Brief("a killer whale", seed=1), 0, Watch())
    assert two.engine().candidate(BRIEF, 0, Watch()).content


def test_a_replica_that_hangs_is_replaced_and_its_call_made_again(two: Cluster) -> None:
    engine = two.engine()
    beats: list[None] = []
    drawn = engine.candidate(Brief("a hanger", seed=1), 66, Watch(beat=lambda: beats.append(None)))
    hung, *_, last = sorted(two.folder.glob("began-*-66"), key=lambda file: file.stat().st_mtime_ns)
    assert drawn.content.split()[0].decode() == last.name.split("-")[1]
    assert len(beats) > 2  # the watchdog of the server was told that somebody is there
    assert engine.report().ended[CallOutcome.LOST]
    until(lambda: not Path("/proc", hung.name.split("-")[1]).exists())


def test_without_its_controller_replicas_draw_and_another_one_goes_on_with_them(two: Cluster) -> None:
    engine, killed = two.engine(), two.find_process("ServeController")

    def draw(number: int) -> bytes:
        if number == 4:
            os.kill(killed, signal.SIGKILL)
        return engine.candidate(BRIEF, number, Watch()).content

    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(draw, range(12)))
    assert [int(content.split()[1]) for content in drawn] == list(range(12))
    until(lambda: two.find_process("ServeController") not in (0, killed))
    lost = int(drawn[0].split()[0])
    os.kill(lost, signal.SIGKILL)
    seen: set[int] = set()
    until(lambda: seen.add(int(engine.candidate(BRIEF, 0, Watch()).content.split()[0])) or len(seen - {lost}) == 2)


def test_a_partition_is_noticed_and_the_call_made_again_once_it_is_over(
    two: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blazon.serve.engines.cluster._SILENCE", 3.0)
    with SilentProxy(two.calls) as proxy:
        engine = ClusterEngine(Studio.open(), f"http://127.0.0.1:{proxy.port}", TOKEN, STEP_TIMEOUT)

        def part(step: Step) -> None:
            if step.step == 5 and not engine.report().ended[CallOutcome.LOST]:
                proxy.silent.set()

        with ThreadPoolExecutor(1) as thread:
            drawing = thread.submit(engine.candidate, BRIEF, 99, Watch(tell=part))
            until(lambda: engine.report().ended[CallOutcome.LOST])
            until(lambda: engine.report().ended[CallOutcome.UNANSWERED])
            assert "cannot be reached" in engine.find_problem()
            proxy.silent.clear()
            assert drawing.result(WAIT).content.endswith(b" 99")
        ended = engine.report().ended
        assert (ended[CallOutcome.LOST], ended[CallOutcome.DRAWN]) == (1, 1)
        engine.close()


def test_a_replica_without_its_model_takes_no_calls_and_the_others_go_on(cluster: Cluster) -> None:
    (cluster.folder / "opened").unlink(missing_ok=True)
    with pytest.raises(ClusterUnavailable, match="MODEL_PATH"):
        cluster.deploy(TWO, open_on_one(cluster.folder))
    engine = cluster.engine()
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda number: engine.candidate(BRIEF, number, Watch()).content, range(8)))
    assert len({content.split()[0] for content in drawn}) == 1
    described = deployment.describe(cluster.place.ray)
    assert described["replicas"].get("RUNNING") == 1
    assert "/models/flux is not there; see MODEL_PATH" in described["message"]


def test_servers_of_one_machine_share_one_engine_and_one_ends_what_a_killed_one_left(
    cluster: Cluster, postgresql_url: str, tmp_path: Path
) -> None:
    cluster.deploy(ONE)
    settings = {
        "CLUSTER": f"http://127.0.0.1:{cluster.calls}",
        "CLUSTER_TOKEN": TOKEN,
        "ENGINE": "vector",
        "DATABASE_URL": postgresql_url,
        "STORAGE_URL": f"file://{tmp_path}",
        "COMPUTE_PROCESSES": "0",
    }
    with (
        server(**settings) as (one, _),
        server(**settings) as (other, supervisor),
        httpx.Client(base_url=one, timeout=WAIT) as client,
        httpx.Client(base_url=other, timeout=WAIT) as left,
    ):
        accepted = [accept((client, left)[seed % 2], seed) for seed in range(10, 18)]
        calls = "blazon_cluster_calls_running 2.0"
        until(lambda: calls in client.get("/metrics").text and calls in left.get("/metrics").text)
        child = find_child(supervisor)
        os.kill(supervisor, signal.SIGKILL)
        os.kill(child, signal.SIGKILL)
        check_ends(client, accepted)
    assert cluster.count_running() == 1


def test_a_server_and_its_cluster_outlive_each_other_and_nothing_is_lost(cluster: Cluster) -> None:
    cluster.deploy(ONE)
    url = f"http://127.0.0.1:{cluster.calls}"
    settings = {
        "CLUSTER": url,
        "CLUSTER_TOKEN": TOKEN,
        "ENGINE": "vector",
        "STEP_TIMEOUT": str(SILENCE),
        "COMPUTE_PROCESSES": "0",
    }
    with server(**settings) as (address, supervisor), httpx.Client(base_url=address, timeout=WAIT) as client:
        drawn = client.post("/v1/logos", json={"prompt": "a bakery by the sea", "n": 2, "seed": 1})
        assert (drawn.status_code, len(drawn.json()["candidates"])) == (201, 2)
        assert client.get("/health").json()["cluster"] == {"reachable": True, "replicas": 1, "calls": 0, "lost": 0}
        assert 'blazon_cluster_calls_total{outcome="drawn"} 2.0' in client.get("/metrics").text

        accepted = [accept(client, seed) for seed in range(2, 6)]
        until(lambda: "blazon_cluster_calls_running 2.0" in client.get("/metrics").text)
        os.kill(find_child(supervisor), signal.SIGKILL)
        check_ends(client, accepted)

        cluster.kill()
        accepted = [accept(client, seed) for seed in range(6, 8)]
        problem = until(lambda: (answer := client.get("/health/ready")).status_code == 503 and answer.json())
        assert (problem["status"], url in problem["reason"]) == ("cluster", True)
        assert "blazon_cluster_reachable 0.0" in client.get("/metrics").text
        process = find_child(supervisor)
        cluster.start()
        # It loads its model for longer than the watchdog of the server waits for a sign of life.
        cluster.deploy(ReplicaPlan(0, 1, threads=2, cpus=0.5), open_sleeping(cluster.folder, SILENCE + 2))
        check_ends(client, accepted)
        assert find_child(supervisor) == process


def accept(client: httpx.Client, seed: int) -> str:
    wish = {"prompt": "a bakery by the sea", "n": 2, "seed": seed}
    return str(client.post("/v1/logos", json=wish, headers={"Prefer": "respond-async"}).json()["id"])


def check_ends(client: httpx.Client, accepted: list[str]) -> None:
    for identity in accepted:
        ended = until(lambda path=f"/v1/logos/{identity}": find_ended(client, path))
        assert (ended["status"], [one["number"] for one in ended["candidates"]]) == ("succeeded", [0, 1])


def find_ended(client: httpx.Client, path: str) -> Any:
    with suppress(httpx.HTTPError):  # a server that is being replaced
        found = client.get(path).json()
        return found if found.get("status") not in ("queued", "running", None) else None


def find_child(supervisor: int) -> int:
    (child,) = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return int(child)
