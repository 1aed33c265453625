"""A server whose engine breaks down is replaced, and the work is finished, without anybody doing anything."""

import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import pytest

from blazon.serve.process.launch import listen
from blazon.serve.process.supervisor import SupervisorConfig

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers run unsupervised there")

WAIT = 60
WISH = {"prompt": "a bakery", "n": 2, "seed": 7}

# The child of `blazon serve`, with an engine that breaks as often as it is told to, and then draws.
CHILD = """
    import os, signal, sys, time
    from pathlib import Path
    from blazon.api import server
    from blazon.errors import EnginePoisoned
    from blazon.serve.process.launch import inherit_listener
    from blazon.serve.process.supervisor import SupervisorLink
    from blazon.settings import Settings
    from blazon.studio import Studio

    folder, times = Path(sys.argv[1]), int(sys.argv[2])
    listener, supervisor_link = map(int, sys.argv[-1].split(","))
    serving = SupervisorLink(supervisor_link).serving

    class Breaks(Studio):
        def candidate(self, brief, number, watch):
            broken = len(list(folder.glob("broken-*")))
            if brief.prompt == "a bakery" and number == 1 and broken < times:
                (folder / f"broken-{{broken}}").touch()
                {behaviour}
            return super().candidate(brief, number, watch)

    settings = Settings.load(None, data_dir=folder / "data", step_timeout=3, drain_timeout=1)
    server.serve(settings, inherit_listener(listener), serving, Breaks.open)
"""
BEHAVIOURS = {
    "poisons itself": 'raise EnginePoisoned("CUDA error: an illegal memory access was encountered")',
    "hangs": "time.sleep(600)",
    "crashes": "os.kill(os.getpid(), signal.SIGSEGV)",
}


@dataclass
class Scene:
    client: httpx.Client
    folder: Path

    def asked(self, wish: dict, **headers: str) -> httpx.Response:
        """Ask until an answer gets through: the process may be gone before its own does, or not be there yet."""
        while True:
            try:
                answer = self.client.post(
                    "/v1/logos", json=wish, headers={"Idempotency-Key": wish["prompt"].replace(" ", "-"), **headers}
                )
            except httpx.TransportError:
                continue
            if answer.status_code != 503:
                return answer
            time.sleep(0.02)

    def accepted(self) -> str:
        """Ask for what breaks the engine, and return where it is."""
        answer = self.asked(WISH, Prefer="respond-async")
        if answer.status_code == 500:  # the first answer was lost, and it has failed since
            return "/v1/logos/" + self.client.get("/v1/logos").json()["data"][0]["id"]
        assert answer.status_code in (201, 202)
        return answer.headers["Location"]

    def ended(self, place: str) -> dict:
        """Return a generation once it has ended."""
        last = time.monotonic() + WAIT
        while (seen := self._seen(place))["status"] in ("queued", "running"):
            assert time.monotonic() < last, seen
            time.sleep(0.02)
        return seen

    def _seen(self, place: str) -> dict:
        try:
            return self.client.get(place).json()
        except httpx.TransportError:  # the process was replaced in the middle of the answer
            return {"status": "running"}


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Callable[[str, int], Scene]]:
    processes, clients = [], []

    def start(behaviour: str, times: int) -> Scene:
        script = tmp_path / "child.py"
        script.write_text(textwrap.dedent(CHILD).format(behaviour=BEHAVIOURS[behaviour]))
        with listen("127.0.0.1", 0) as listener:
            command = [sys.executable, str(script), str(tmp_path), str(times)]
            config = SupervisorConfig(command, listener.fileno(), patience=WAIT, first=0.01, longest=0.04)
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "blazon.serve.process.supervisor", json.dumps(asdict(config))],
                    pass_fds=[listener.fileno()],
                    stderr=subprocess.DEVNULL,
                )
            )
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        clients.append(httpx.Client(base_url=url, timeout=WAIT))
        while clients[-1].get("/health").status_code != 200:
            time.sleep(0.02)
        return Scene(clients[-1], tmp_path)

    yield start
    for client in clients:
        client.close()
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_work_is_finished_by_the_next_process(supervised, behaviour):
    scene = supervised(behaviour, 1)
    seen = scene.ended(scene.accepted())
    assert (seen["status"], [logo["number"] for logo in seen["candidates"]]) == ("succeeded", [0, 1])
    assert (scene.folder / "broken-0").exists()


@pytest.mark.parametrize("behaviour", ["poisons itself", "crashes"])
def test_what_breaks_every_process_down_is_given_up_and_others_are_served(supervised, behaviour):
    scene = supervised(behaviour, 1000)
    seen = scene.ended(scene.accepted())
    assert (seen["status"], seen["error"]["code"]) == ("failed", "engine_broke_down")
    assert len(list(scene.folder.glob("broken-*"))) == 3
    assert scene.asked({**WISH, "prompt": "a fox"}).json()["status"] == "succeeded"


def test_who_waits_is_told_to_come_again(supervised):
    answer = supervised("poisons itself", 1).client.post("/v1/logos", json=WISH)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
