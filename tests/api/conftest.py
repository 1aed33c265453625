"""A real server on a socket of this machine, with the real engine or a stand-in for it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageDraw

from blazon.api.app import create_app
from blazon.api.server import http_server
from blazon.brief import Brief, Engine
from blazon.export.formats import PictureFormat, encode
from blazon.generation import Drawn
from blazon.logs import configure_logs
from blazon.models import ModelCard
from blazon.painted_lockups import set_type
from blazon.reading.reading import Reading
from blazon.serve.process.launch import listen
from blazon.settings import LogFormat, LogLevel, Settings
from blazon.studio import Studio
from blazon.watching import Watch

_TEAL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000" width="1000" height="1000">'
    '<path fill="teal" d="M0 0H1000V1000H0Z"/></svg>'
)


@dataclass
class StandIn:
    """A engine that does what a test tells it to, and remembers what it was asked for."""

    on_draw: Callable[[], None] = lambda: None
    credits: tuple[str, ...] = ()
    model: str = "stand-in"
    recipe: str = ""
    licence: str = "Licence of Straw, 1.0"
    painted: bool = False
    read: Callable[[Brief], Reading] = lambda _: Reading()
    asked: list[Brief] = field(default_factory=list)

    engine = Engine.VECTOR

    def gpu(self) -> dict[str, Any]:
        return {"gpu_available": False, "device_type": "cpu"}

    def engines(self) -> dict[str, Any]:
        return {}

    def models(self) -> tuple[ModelCard, ...]:
        return (ModelCard(self.model, self.model, "none", commercial=None, painted=False),)

    def card_of(self, _: Brief) -> ModelCard:
        return self.models()[0]

    def check(self, _: Brief) -> None:
        """Everything can be drawn."""

    def close(self) -> None:
        """There is nothing to stop."""

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        self.asked.append(brief)
        self.on_draw()
        watch.cancellation.checkpoint()
        seed = brief.seed + number
        return Drawn(
            *(_TEAL.encode(), "image/svg+xml", self.model, seed),
            painted=self.painted,
            licence=self.licence,
            credits=self.credits,
        )


def paint_flat() -> Image.Image:
    """Return a mark of two flat colours with a hole, on white, as a model may paint it."""
    large = Image.new("RGB", (2048, 2048), "#ffffff")
    canvas = ImageDraw.Draw(large)
    canvas.ellipse((300, 300, 1748, 1748), fill="#1d3557")
    canvas.ellipse((700, 700, 1348, 1348), fill="#e63946")
    canvas.rectangle((960, 1440, 1088, 1600), fill="#ffffff")
    return large.resize((512, 512), Image.Resampling.BOX)


def paint_photograph() -> Image.Image:
    """Return a picture in which every pixel has a colour of its own."""
    return Image.effect_noise((512, 512), 90).convert("RGB")


_WHY = "Painted from the prompt; nobody looked at what it shows."


@dataclass
class Painting(StandIn):
    """Paints what the prompt says: a photograph, or else a flat mark; all else is as with FLUX."""

    model: str = "straw/painter"
    painted: bool = True

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        if brief.engine is Engine.VECTOR:
            return Studio.open().candidate(brief, number, watch)
        seeded = replace(brief, seed=brief.seed + number, first=0)
        mark = paint_photograph() if "photograph" in brief.prompt else paint_flat()
        picture = encode(set_type(Studio.open(), seeded, mark), PictureFormat.PNG)
        return Drawn(picture, "image/png", self.model, seeded.seed, painted=True, licence=self.licence, why=_WHY)


@contextmanager
def _running(settings: Settings, open_engine: Callable[[], object] | None = None) -> Iterator[httpx.Client]:
    with listen("127.0.0.1", 0) as listener:
        server = http_server(create_app(settings, open_engine), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def _until_ready(client: httpx.Client) -> httpx.Client:
    while client.get("/health").json().get("status") == "loading":
        time.sleep(0.01)
    return client


Start = Callable[..., httpx.Client]


@pytest.fixture(autouse=True)
def logged(_logs_as_before: None) -> Callable[[], list[dict[str, Any]]]:
    """Send the logs of all servers into a text for this test, and return what reads its lines so far."""
    text = StringIO()
    configure_logs(LogLevel.INFO, LogFormat.JSON, text)
    return lambda: [json.loads(line) for line in text.getvalue().splitlines()]


@pytest.fixture
def stand_in() -> type[StandIn]:
    return StandIn


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server with settings and, if it is given, another engine; it ends with the test."""
    with ExitStack() as servers:

        def started(open_engine: Callable[[], object] = Studio.open, *, wait: bool = True, **given) -> httpx.Client:
            usual = {"warmup_enabled": False, "compute_processes": 0, "data_dir": tmp_path / "data"}
            settings = Settings.load(None, **{**usual, **given})
            client = servers.enter_context(_running(settings, open_engine))
            return _until_ready(client) if wait else client

        yield started


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one server with the vector engine and the default settings."""
    with _running(Settings.load(None, engine="vector", data_dir=tmp_path_factory.mktemp("data"))) as client:
        yield _until_ready(client)


@pytest.fixture(scope="session")
def flux_api(tiny_flux: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one server that paints with a tiny FLUX on the CPU, in few steps and small."""
    settings = Settings.load(
        None,
        engine="flux",
        data_dir=tmp_path_factory.mktemp("data"),
        model_path=tiny_flux,
        torch_device="cpu",
        optimize="off",
        default_inference_steps=2,
        min_render_size=64,
        max_render_size=256,
    )
    with _running(settings) as client:
        yield _until_ready(client)


@pytest.fixture(scope="session")
def painting_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of one server whose paintings are flat marks, or photographs."""
    settings = Settings.load(None, data_dir=tmp_path_factory.mktemp("data"), warmup_enabled=False)
    with _running(settings, Painting) as client:
        yield _until_ready(client)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a stand-in waits for; opened at the end, so that no thread is left waiting."""
    event = threading.Event()
    yield event
    event.set()
