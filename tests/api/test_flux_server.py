"""The server with FLUX where it hurts: killed, abandoned, out of time, with broken and with several models."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from _ports import free_port
from _tiny_families import SAVERS, save_tiny_klein
from _tiny_flux import save_tiny_flux
from PIL import Image, ImageChops
from safetensors.torch import save_file

from blazon.diffusion.engine import StepEngine
from blazon.diffusion.sampling.sequence import Ticket
from blazon.painting import FluxStudio
from blazon.selftest import Client, checks, examine
from blazon.serve.engines.choice import load_engine
from blazon.serve.engines.flux import open_flux
from blazon.settings import Settings

DRAW = "/api/generate_logo"
WISH = {"prompt": "a coffee roastery by the sea", "sizes": [64], "seed": 7}
WISH_FOR_LOGOS = {"prompt": "a coffee roastery by the sea", "size": 64, "seed": 7}
FLUX: dict[str, Any] = {
    "torch_device": "cpu",
    "optimize": "off",
    "min_render_size": 64,
    "max_render_size": 256,
    "default_inference_steps": 2,
    "warmup_enabled": False,
}


def _until(reached: Callable[[], object], what: str, seconds: float = 60) -> None:
    last = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < last, f"not within {seconds:g} s: {what}"
        time.sleep(0.005)


def _picture(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    (data,) = answer.json()["images"].values()
    return Image.open(BytesIO(base64.b64decode(data))).convert("RGB")


def _apart(one: Image.Image, other: Image.Image) -> float:
    return max(high for _, high in ImageChops.difference(one, other).getextrema())  # type: ignore[misc]


@pytest.fixture(scope="module")
def broken_flux(tiny_flux: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of which one file ended early, as after an interrupted download."""
    folder = shutil.copytree(tiny_flux, tmp_path_factory.mktemp("models") / "broken-flux")
    (weights,) = (folder / "transformer").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1000])
    return folder


# The server as a process


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start `blazon serve` on a port, its log in `server.log`; it is ended with the test."""
    processes = []

    def started(port: int, model: Path, **settings: str) -> subprocess.Popen[bytes]:
        chosen = {name.upper(): str(value) for name, value in FLUX.items()}
        chosen |= {"ENGINE": "flux", "MODEL_PATH": str(model), "PORT": str(port), "LOG_FORMAT": "json"}
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", **chosen, **settings}
        command = [sys.executable, "-m", "blazon", "serve"]
        with (tmp_path / "server.log").open("wb") as log:
            processes.append(
                subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=log)
            )
        return processes[-1]

    yield started
    for one in processes:
        one.kill()
        one.wait()


@pytest.fixture
def address() -> tuple[int, str]:
    port = free_port()
    return port, f"http://127.0.0.1:{port}"


def _health(url: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = httpx.get(f"{url}/health", timeout=5).json()
    except httpx.TransportError:
        return {}
    return answer


def _kill(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGKILL)
    assert server.wait() == -signal.SIGKILL


def test_after_kill_9_while_loading_and_while_drawing_a_restart_draws(process, address, tiny_flux, tmp_path):
    port, url = address
    server = process(port, tiny_flux, WARMUP_ENABLED="true", WARMUP_STEPS="100")
    _until(lambda: "tiny-flux" in _health(url).get("error", ""), "the model is being loaded")
    _kill(server)

    server = process(port, tiny_flux, DEFAULT_INFERENCE_STEPS="100", MAX_RENDER_SIZE="1024")
    _until(lambda: _health(url).get("status") == "healthy", "the second server is ready")
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(httpx.post(url + DRAW, json={**WISH, "sizes": [1024]}, timeout=60).status_code)
        except httpx.TransportError as error:
            outcome.append(error)

    client = threading.Thread(target=ask)
    client.start()
    client.join(0.5)
    assert not outcome
    _kill(server)
    client.join()
    assert isinstance(outcome[0], httpx.TransportError)

    server = process(port, tiny_flux)
    _until(lambda: _health(url).get("status") == "healthy", "the third server is ready")
    assert _picture(httpx.post(url + DRAW, json=WISH, timeout=60)).size == (64, 64)
    server.terminate()
    assert server.wait(60) == 0
    assert "Traceback" not in (tmp_path / "server.log").read_text()


def test_a_broken_model_leaves_a_server_that_says_so(process, address, broken_flux, tmp_path):
    port, url = address
    server = process(port, broken_flux)
    _until(lambda: _health(url).get("status") == "unhealthy", "the load has failed")
    answer = httpx.get(f"{url}/health", timeout=60)
    assert answer.status_code == 503
    reason = answer.json()["error"]
    assert "broken-flux" in reason
    assert "\n" not in reason
    refused = httpx.post(url + DRAW, json=WISH, timeout=60)
    assert (refused.status_code, refused.json()["detail"]) == (503, f"not ready: {reason}")
    assert refused.headers["Retry-After"]
    assert server.poll() is None
    log = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines() if line.startswith("{")]
    (logged,) = (line["reason"] for line in log if line["level"] == "error")
    assert str(broken_flux) in logged  # where it lies is for the operator
    assert logged.replace(str(broken_flux), broken_flux.name) == reason
    assert str(broken_flux.parent) not in reason
    assert not any("exception" in line for line in log)


# The server in this process, so that its engine can be looked at


@pytest.fixture
def flux(start, tiny_flux):
    """Start a server with one engine that the test can look at; returns its client and the step engine of its model."""
    opened: list[FluxStudio] = []

    def started(**given: Any) -> tuple[httpx.Client, StepEngine]:
        settings = Settings.load(None, **{"engine": "flux", "model_path": tiny_flux, **FLUX, **given})
        opened.append(open_flux(settings, lambda _: None))
        with opened[-1]._models.acquire("default") as painter:
            assert isinstance(painter, StepEngine)
            engine = painter
        return start(lambda: opened[-1], engine="flux", **given), engine

    yield started
    for engine in opened:
        engine._models.stop()  # type: ignore[attr-defined]


class Brake:
    """Makes every step of an engine wait until it is allowed."""

    def __init__(self, engine: StepEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.released = threading.Event()
        velocity = engine.model.velocity

        def braked(*given: Any, **more: Any) -> torch.Tensor:
            self.released.wait(0.03)
            return velocity(*given, **more)

        monkeypatch.setattr(engine.model, "velocity", braked)


def test_a_client_that_leaves_frees_its_slot_within_one_step(flux, monkeypatch):
    client, engine = flux(max_concurrent_jobs=1, default_inference_steps=100)
    brake = Brake(engine, monkeypatch)
    seen: list[int] = []
    cancel = Ticket.cancel

    def watched(ticket: Ticket) -> None:
        cancel(ticket)
        seen.append(engine.counters.steps)

    monkeypatch.setattr(Ticket, "cancel", watched)
    body = json.dumps(WISH).encode()
    with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
        head = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
        connection.sendall("\r\n".join([f"POST {DRAW} HTTP/1.1", *head]).encode() + body)
        _until(lambda: engine.counters.steps >= 3, "the picture is being drawn")
    _until(lambda: engine.load == (0, 0), "the slot is free")
    after = engine.counters.steps
    assert after - seen[0] <= 1
    assert after < 100
    brake.released.set()
    assert _picture(client.post(DRAW, json=WISH)).size == (64, 64)
    assert engine.counters.steps == after + 100


@pytest.mark.parametrize(("given", "most"), [({}, 5), ({"max_concurrent_jobs": 2}, 2)])
def test_a_pass_holds_what_is_asked_for_and_fits_unless_the_operator_wants_fewer(given, most, flux, monkeypatch):
    client, engine = flux(default_inference_steps=100, **given)
    brake = Brake(engine, monkeypatch)
    with ThreadPoolExecutor(5) as clients:
        answers = [clients.submit(client.post, DRAW, json={**WISH, "seed": seed}) for seed in range(5)]
        _until(lambda: engine.counters.batch_sizes[most], f"{most} pictures in a pass")
        brake.released.set()
        for answer in answers:
            assert _picture(answer.result()).size == (64, 64)
    assert not any(engine.counters.batch_sizes[most + 1 :])
    assert engine.counters.sequence_steps == 500


def test_a_client_that_leaves_the_queue_costs_no_step(flux, monkeypatch):
    client, engine = flux(max_concurrent_jobs=1, default_inference_steps=20)
    brake = Brake(engine, monkeypatch)
    first = threading.Thread(target=client.post, args=(DRAW,), kwargs={"json": WISH})
    first.start()
    _until(lambda: engine.counters.steps >= 1, "the first picture is being drawn")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(client.base_url.join(DRAW), json={**WISH, "seed": 2}, timeout=0.1)
    brake.released.set()
    first.join()
    assert _picture(client.post(DRAW, json={**WISH, "seed": 3})).size == (64, 64)
    assert engine.counters.steps == 40


def test_out_of_time_is_504_and_the_slot_is_free(flux, monkeypatch):
    client, engine = flux(max_concurrent_jobs=1, default_inference_steps=100, request_timeout=1.0)
    brake = Brake(engine, monkeypatch)
    answer = client.post(DRAW, json=WISH)
    assert answer.status_code == 504
    assert answer.json() == {"detail": "not done within 1 s"}
    _until(lambda: engine.load == (0, 0), "the slot is free")
    assert 0 < engine.counters.steps < 100
    brake.released.set()
    monkeypatch.setattr(engine.model, "velocity", lambda batch, **_: torch.zeros_like(batch.latents))
    assert client.post(DRAW, json=WISH).status_code == 200


def _chosen(start: Callable[..., httpx.Client], **given: Any) -> httpx.Client:
    """Start a server that opens what its settings choose."""
    given = {**FLUX, **given}
    return start(lambda: load_engine(Settings.load(None, **given), lambda _: None), **given)


def test_with_a_broken_model_auto_draws_vectors_and_says_why(start, broken_flux, logged):
    client = _chosen(start, engine="auto", model_path=broken_flux)
    assert client.post(DRAW, json=WISH).json()["model"] == "blazon/vector-1"
    assert client.get("/health").json()["status"] == "healthy"
    (line,) = (line for line in logged() if line["message"] == "engine chosen")
    assert line["engine"] == "vector"
    assert "broken-flux" in line["reason"]


def test_a_request_picks_one_of_several_models(start, tiny_flux, tmp_path):
    other = save_tiny_flux(tmp_path / "tiny-schnell", guidance=False, dynamic_shift=False, seed=1)
    client = _chosen(start, engine="flux", models=f"a={tiny_flux},b={other}")
    answers = {name: client.post(DRAW, json={**WISH, "model": name}) for name in ("a", "b")}
    assert {name: answer.json()["model"] for name, answer in answers.items()} == {"a": "tiny-flux", "b": "tiny-schnell"}
    assert _apart(_picture(answers["a"]), _picture(answers["b"])) > 10
    assert client.post(DRAW, json=WISH).json() == answers["a"].json()
    assert client.get("/health").json()["model"] == "tiny-flux"
    refused = client.post(DRAW, json={**WISH, "model": "c"})
    assert refused.status_code == 422
    (fault,) = refused.json()["detail"]
    assert (fault["loc"], fault["msg"]) == (["body", "model"], "'c' is not one of a, b, blazon/vector-1")


def test_a_broken_model_among_several_leaves_the_others(start, tiny_flux, broken_flux, logged):
    client = _chosen(start, engine="flux", models=f"a={tiny_flux},b={broken_flux}")
    refused = client.post(DRAW, json={**WISH, "model": "b"})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    assert "broken-flux" in refused.json()["detail"]
    assert str(broken_flux.parent) not in refused.text
    assert client.post(DRAW, json=WISH).json()["model"] == "tiny-flux"
    lines = [line for line in logged() if line["message"] in ("model cannot be used", "model not loaded")]
    assert [line["model"] for line in lines] == ["b", "b"]  # at the start, and for the request
    assert all(str(broken_flux) in line["reason"] for line in lines)


def test_each_model_tells_its_state_and_why_it_is_not_loaded(start, tiny_flux, broken_flux):
    client = _chosen(start, engine="flux", models=f"a={tiny_flux},b={broken_flux},c=./nowhere/at-all,d={tiny_flux}")
    told = {model["id"]: model for model in client.get("/v1/models").json()["data"]}
    assert {name: told[name]["state"] for name in "abcd"} == {
        "a": "loaded",
        "b": "failed",
        "c": "failed",
        "d": "not loaded",
    }
    assert (told["a"]["problem"], told["d"]["problem"]) == ("", "")
    assert "is damaged" in told["b"]["problem"]
    assert "there is no such folder" in told["c"]["problem"]
    # Paths of the server are nobody's business.
    assert str(broken_flux.parent) not in str(told)
    assert "nowhere" not in str(told)
    assert [told["a"][field] for field in ("family", "steps", "guidance")] == ["FLUX.1", 2, 3.5]
    assert told["a"]["abilities"] == ["batching", "previews", "cancel", "guidance"]
    drawn = told["blazon/vector-1"]
    assert [drawn[field] for field in ("family", "steps", "guidance", "abilities", "state")] == [
        None,
        None,
        None,
        [],
        "loaded",
    ]
    states = {model["name"]: model["state"] for model in client.get("/health").json()["models"]}
    assert states == {name: told[name]["state"] for name in "abcd"}


def test_wishes_without_effect_and_out_of_range_are_refused_by_two_families(start, tiny_flux, tmp_path):
    klein = save_tiny_klein(tmp_path / "klein")
    base = SAVERS["klein-base"](tmp_path / "base")
    client = _chosen(start, engine="flux", models=f"dev={tiny_flux},klein={klein},base={base}")
    refusals = (
        ("klein", {"guidance": 3.0}, "guidance", "has no effect on klein"),
        ("klein", {"negative_prompt": "blur"}, "negative_prompt", "cannot be told to klein"),
        ("dev", {"negative_prompt": "blur"}, "negative_prompt", "cannot be told to dev"),
        (
            "base",
            {"negative_prompt": "blur", "guidance": 1},
            "negative_prompt",
            "has no effect on base with guidance 1",
        ),
        ("dev", {"steps": 0}, "steps", "greater than or equal to 1"),
        ("klein", {"steps": 10_000}, "steps", "less than or equal to"),
        ("dev", {"seed": 2**63}, "seed", "less than or equal to"),
        ("klein", {"seed": 2**70}, "seed", "less than or equal to"),
        ("gone", {}, "model", "'gone' is not one of dev, klein, base"),
    )
    for model, wish, field, complaint in refusals:
        answer = client.post("/v1/logos", json={**WISH_FOR_LOGOS, "model": model, **wish})
        assert answer.status_code == 422, (model, wish, answer.text)
        (fault,) = answer.json()["detail"]
        assert fault["loc"][-1] == field
        assert complaint in fault["msg"]
    # What has an effect, has it; and nothing of the above left a trace.
    for model, steps in (("dev", 1), ("klein", 4)):
        answer = client.post("/v1/logos", json={**WISH_FOR_LOGOS, "model": model, "steps": steps, "n": 1})
        assert answer.status_code == 201, answer.text
    told = {model["id"]: model["abilities"] for model in client.get("/v1/models").json()["data"]}
    assert [name for name, abilities in told.items() if "negative_prompt" in abilities] == ["base"]
    pictures = []
    for avoided in ("", "an owl", "an owl", "blur"):  # equal briefs share a drawing, others do not
        wish = {**WISH_FOR_LOGOS, "model": "base", "n": 1, "guidance": 9.0, "negative_prompt": avoided}
        answer = client.post("/v1/logos", json=wish)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert made["brief"]["negative_prompt"] == avoided
        pictures.append((made["cached"], client.get(made["candidates"][0]["png"]).content))
    assert [cached for cached, _ in pictures] == [False, False, True, False]
    assert len({picture for _, picture in pictures}) == 3


def _lora(path: Path, engine: StepEngine) -> Path:
    """Write a random LoRA of rank 2 for the attention of an engine's transformer."""
    generator = torch.Generator().manual_seed(3)
    weights = {}
    for name, module in engine.model.transformer.named_modules():
        if name.endswith(("to_q", "to_v")):
            weights[f"transformer.{name}.lora_A.weight"] = torch.randn(2, module.in_features, generator=generator)
            weights[f"transformer.{name}.lora_B.weight"] = torch.randn(module.out_features, 2, generator=generator)
    save_file(weights, path)
    return path


def test_loras_take_part_at_their_scale_and_a_bad_one_stops_nothing(flux, tmp_path):
    plain, engine = flux()
    path = _lora(tmp_path / "ink.safetensors", engine)
    without = _picture(plain.post(DRAW, json=WISH))
    loras = f"gone={tmp_path / 'gone.safetensors'},odd=x.pt,ink={path}"
    drawn = {scale: flux(loras=f"{loras}:{scale}")[0] for scale in (0, 1)}
    assert _apart(without, _picture(drawn[0].post(DRAW, json=WISH))) <= 2
    assert _apart(without, _picture(drawn[1].post(DRAW, json=WISH))) > 10
    model = drawn[1].get("/v1/models").json()["data"][0]
    assert model["loras"] == ["ink"]
    assert model["loras_refused"]["gone"] == "there is no file gone.safetensors; correct LORAS"
    assert "not a .safetensors file" in model["loras_refused"]["odd"]
    refused = drawn[1].post("/v1/logos", json={**WISH_FOR_LOGOS, "n": 1, "loras": {"gone": 1}})
    assert "there is no file gone.safetensors" in refused.text


@pytest.mark.parametrize("server", ["api", "flux_api"])
def test_selftest_finds_nothing(server, request):
    client = Client(str(request.getfixturevalue(server).base_url), timeout=60)
    assert [result for result in examine(client, checks()) if not result.ok] == []


def test_a_painted_logo_comes_as_pixels_and_says_where_it_has_no_outlines(flux_api):
    made = flux_api.post("/v1/logos", json={**WISH_FOR_LOGOS, "n": 2})
    assert made.status_code == 201
    first, second = made.json()["candidates"]
    assert second["seed"] == first["seed"] + 1
    svg = flux_api.get(first["svg"])
    # Random weights paint no mark of a few inks.
    assert svg.status_code >= 400
    assert "ask for png" in svg.text
    picture = Image.open(BytesIO(flux_api.get(first["png"], params={"size": 100}).content))
    assert (picture.size, picture.mode) == ((100, 100), "RGB")


def test_progress_and_previews_of_a_painting_are_events(flux_api):
    headers = {"Prefer": "respond-async"}
    wish = {**WISH_FOR_LOGOS, "n": 1, "seed": 99, "previews": True, "steps": 4}
    place = flux_api.post("/v1/logos", json=wish, headers=headers).headers["Location"]
    text = flux_api.get(f"{place}/events").text
    assert '"step": 4, "steps": 4' in text
    preview = next(line for line in text.splitlines() if '"png"' in line and line.startswith("data:"))
    png = Image.open(BytesIO(base64.b64decode(json.loads(preview[5:])["png"])))
    assert png.format == "PNG"
    assert text.rstrip().rpartition("event: ")[2].startswith("succeeded")
