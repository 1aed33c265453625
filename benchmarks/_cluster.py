"""A Ray of its own on this machine, with replicas that sleep where others compute; for the tests too."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _ports import free_port

os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="f" * 32)  # which Ray reads when it is imported

import ray

from blazon.brief import Brief
from blazon.cancellation import WorkCancelled
from blazon.errors import ClusterUnavailable, ModelUnavailable
from blazon.generation import Drawn, Part
from blazon.serve.cluster import deployment
from blazon.serve.cluster.deployment import Place, ReplicaPlan
from blazon.serve.engines.cluster import ClusterEngine
from blazon.serve.engines.protocol import EngineLoader, LogoEngine, ReportProgress
from blazon.settings import Settings
from blazon.studio import Studio
from blazon.watching import Step, Watch

TOKEN = "a-token-of-tests"
WAIT = 90.0
STEP_TIMEOUT = 60.0
STEPS = 20
STEP_SECONDS = 0.02


class SleepingEngine(Studio):
    """Sleeps; writes down what it does in a folder that all replicas share.

    A killer ends its process, the first hanger is never drawn.
    """

    folder = Path()

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        (self.folder / f"began-{os.getpid()}-{number}").touch()
        if brief.prompt.startswith("a killer"):
            os.kill(os.getpid(), signal.SIGKILL)
        if brief.prompt.startswith("a hanger") and mark(self.folder / "hung"):
            threading.Event().wait()
        start = time.perf_counter()
        try:
            for step in range(STEPS):
                watch.cancellation.checkpoint()
                watch.tell(Step(step + 1, STEPS))
                time.sleep(STEP_SECONDS)
        except WorkCancelled:
            (self.folder / f"cancelled-{os.getpid()}-{number}").touch()
            raise
        parts = (Part("denoise", start, time.perf_counter() - start, STEPS),)
        content = f"{os.getpid()} {number}".encode()
        return Drawn(content, "image/svg+xml", "blazon/vector-1", brief.seed or 0, parts=parts)


def mark(file: Path) -> bool:
    """Make a file, and say whether it was not there before: of several processes one does it."""
    with suppress(FileExistsError):
        file.touch(exist_ok=False)
        return True
    return False


def open_sleeping(folder: Path, seconds: float = 0) -> EngineLoader:
    """Return what opens the engine in a replica, which takes some seconds."""

    def make(_: ReportProgress) -> SleepingEngine:
        time.sleep(seconds)
        SleepingEngine.folder = folder
        return SleepingEngine(Studio.open().materials)

    return make


def open_on_one(folder: Path) -> EngineLoader:
    """Return what opens the engine in one replica, and finds no model in any other."""

    def make(report: ReportProgress) -> SleepingEngine:
        if not mark(folder / "opened"):
            raise ModelUnavailable("/models/flux is not there; see MODEL_PATH")
        return open_sleeping(folder)(report)

    return make


def open_small_flux(settings: Settings, folder: Path) -> EngineLoader:
    """Return what opens FLUX in a replica in which one model fits; it writes down every load."""

    def make(report: ReportProgress) -> LogoEngine:
        from blazon.serve.engines import flux

        def load(loader: flux.ModelLoader, spec: Any) -> Any:
            (folder / f"load-{time.time_ns()}-{os.getpid()}-{spec.name}").touch()
            return whole(loader, spec)

        whole, flux.ModelLoader.load = flux.ModelLoader.load, load  # type: ignore[method-assign]
        flux.ModelLoader.budget = flux.ModelLoader.size = lambda *_: 1  # type: ignore[method-assign]
        return flux.open_flux(settings, report)

    return make


def until(condition: Callable[[], Any]) -> Any:
    """Wait until something is so, and return it."""
    deadline = time.monotonic() + WAIT
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.05)
    return found


class Cluster:
    """One head, which is the only machine; `calls` is the port that servers call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.calls = free_port(), free_port()
        self.place = Place(f"127.0.0.1:{self.port}", "127.0.0.1", self.calls)
        self.settings = Settings.load(None, warmup_enabled=False, cluster_token=TOKEN, drain_timeout=1, step_timeout=10)
        self._head: subprocess.Popen[bytes] | None = None
        self._engines = ExitStack()

    def start(self) -> None:
        start = ("start", "--head", "--block", f"--port={self.port}", "--num-cpus=8", "--include-dashboard=false")
        more = ("--disable-usage-stats", "--object-store-memory=100000000", f"--temp-dir={self.folder / 'ray'}")
        self._head = subprocess.Popen(
            [sys.executable, "-c", "from ray.scripts.scripts import main; main()", *start, *more],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._answers)

    def kill(self) -> None:
        """End all its processes at once."""
        if ray.is_initialized():
            ray.shutdown()
        if self._head is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._head.pid, signal.SIGKILL)
            self._head.wait()

    def deploy(self, plan: ReplicaPlan, load_engine: EngineLoader | None = None) -> None:
        """Deploy replicas with an engine that sleeps, or another."""
        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
        deployment.deploy(self.settings, plan, self.place, load_engine or open_sleeping(self.folder))

    def find_process(self, name: str) -> int:
        """Return the process of an actor of Ray, such as `ServeController`; 0 if there is none."""
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError, ProcessLookupError):
                pid = int(status.parent.name)
                if self._head and os.getsid(pid) == self._head.pid and f"ray::{name}" in status.read_text():
                    return pid
        return 0

    def engine(self, token: str = TOKEN) -> ClusterEngine:
        """Return the engine of a server, which is closed with the cluster."""
        engine = ClusterEngine(Studio.open(), f"http://127.0.0.1:{self.calls}", token, STEP_TIMEOUT)
        return self._engines.enter_context(closing(engine))

    def close(self) -> None:
        self._engines.close()
        self.kill()

    def count_running(self) -> int:
        return int(deployment.describe(self.place.ray)["replicas"].get("RUNNING", 0))

    def _answers(self) -> bool:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", self.port)):
                return False
        with suppress(ClusterUnavailable):
            deployment.connect(self.place.ray)
            return True
        return False


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Run a cluster without replicas until the block ends."""
    with TemporaryDirectory(prefix="bz", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder))
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.close()
