"""Two families behind one server with memory for one: under load, and told to stop while one is being loaded."""

import base64
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy
import pytest
from _tiny_families import save_tiny_klein, save_tiny_z_image
from PIL import Image

from blazon.serve.engines.choice import load_engine
from blazon.serve.engines.flux import ModelLoader
from blazon.settings import Settings

DRAW = "/api/generate_logo"
PAINTING: dict[str, Any] = {
    "engine": "flux",
    "torch_device": "cpu",
    "optimize": "off",
    "min_render_size": 64,
    "max_render_size": 64,
    "warmup_enabled": False,
    "cache_size_mb": 0,
}


@pytest.fixture(scope="module")
def two_families(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two models of different families, as `MODELS` names them."""
    folder = tmp_path_factory.mktemp("models")
    return f"klein={save_tiny_klein(folder / 'tiny-klein')},zimage={save_tiny_z_image(folder / 'tiny-z-image')}"


@pytest.fixture
def room_for_one(start, two_families, monkeypatch) -> httpx.Client:
    """A client of a server whose two models never are in memory together."""
    monkeypatch.setattr(ModelLoader, "budget", lambda _: 1)
    given = {**PAINTING, "models": two_families}
    return start(lambda: load_engine(Settings.load(None, **given), lambda _: None), **given)


def _ask(client: httpx.Client, model: str, seed: int, **options: Any) -> httpx.Response:
    wish = {"prompt": f"a lighthouse, number {seed}", "sizes": [64], "seed": seed, "model": model, "steps": 2}
    return client.post(DRAW, json=wish, **options)


def _read_pixels(answer: httpx.Response) -> numpy.ndarray:
    assert answer.status_code == 200, answer.text
    (data,) = answer.json()["images"].values()
    return numpy.asarray(Image.open(BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


def test_two_families_with_memory_for_one_answer_all_who_stay_with_their_own_picture(room_for_one, logged):
    wishes = [(model, seed) for seed in range(6) for model in ("klein", "zimage")]
    left = threading.Semaphore(2)

    def ask(wish: tuple[str, int]) -> httpx.Response:
        if wish[1] % 3 == 0 and left.acquire(blocking=False):
            with pytest.raises(httpx.ReadTimeout):
                _ask(room_for_one, *wish, timeout=0.001)
        return _ask(room_for_one, *wish)

    with ThreadPoolExecutor(8) as clients:
        together = dict(zip(wishes, clients.map(ask, wishes), strict=True))
    loads = Counter(line["model"] for line in logged() if line["message"] == "loading model")
    assert loads["klein"] >= 1
    assert loads["zimage"] >= 1
    states = {model["name"]: model["state"] for model in room_for_one.get("/health").json()["models"]}
    assert sorted(states.values()) == ["loaded", "not loaded"]
    for (model, seed), answer in together.items():
        pixels = _read_pixels(answer)
        assert answer.json()["model"] == {"klein": "tiny-klein", "zimage": "tiny-z-image"}[model]
        if seed < 2:
            assert abs(pixels - _read_pixels(_ask(room_for_one, model, seed))).max() <= 1
    told = [line for line in logged() if line["logger"].startswith("blazon.")]
    assert not [line for line in told if line["level"] in ("warning", "error", "critical")]


@pytest.fixture
def process(tmp_path: Path, two_families: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`blazon serve` with both models, which takes its time to warm one up, and its client."""
    settings = {**PAINTING, "models": two_families, "data_dir": tmp_path / "data", "port": 0, "drain_timeout": 0}
    settings |= {"warmup_enabled": True, "warmup_steps": 30, "host": "127.0.0.1"}
    environment = {name.upper(): str(value) for name, value in settings.items()}
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve"],
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert server.stdout is not None
    url = next(line.split()[-1] for line in server.stdout if "http://" in line)
    with httpx.Client(base_url=url.replace("localhost", "127.0.0.1"), timeout=60) as client:
        yield server, client
    server.kill()
    server.communicate()


def _until_state(client: httpx.Client, model: str, state: str) -> None:
    last, states = time.monotonic() + 60, dict[str, str]()
    while states.get(model) != state:
        assert time.monotonic() < last, states
        time.sleep(0.01)
        states = {one["name"]: one["state"] for one in client.get("/health").json().get("models", [])}


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_what_waits_for_a_model_when_the_server_is_told_to_stop_is_drawn_by_the_next_one(
    process, start, two_families, tmp_path
):
    server, client = process
    _until_state(client, "klein", "loaded")
    wish = {"prompt": "a lighthouse", "n": 1, "size": 64, "seed": 5, "model": "zimage"}
    place = client.post("/v1/logos", json=wish, headers={"Prefer": "respond-async"}).headers["Location"]
    _until_state(client, "zimage", "loading")
    server.send_signal(signal.SIGTERM)
    assert server.wait(60) == 0
    assert "Traceback" not in (tmp_path / "server.log").read_text()

    given = {**PAINTING, "models": two_families}
    following = start(lambda: load_engine(Settings.load(None, **given), lambda _: None), **given)
    last, number = "interrupted", 0
    while last == "interrupted":  # it is not taken up again yet
        events = following.get(f"{place}/events", headers={"Last-Event-ID": str(number)}).text
        last, number = re.findall(r"event: (\S+)", events)[-1], int(re.findall(r"id: (\d+)", events)[-1])
    assert last == "succeeded"
