import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import structlog
from _chat_server import ChatServer, serve_chat

from blazon.serve.webhooks.address import find_receiver
from blazon.store.database import Database, sqlite_url
from blazon.store.webhooks import WebhookDelivery, WebhookStore

if TYPE_CHECKING:
    from _hub_server import Hub
    from _postgresql import PostgreSQL
    from _s3 import S3Server

# Read when the hub's library is imported: no test may wait for a network that it must not need.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# Likewise: the models are tiny, so that several threads make each of them slower, and all the more beside other work.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Likewise inherited by servers: what speaks TLS in a test is signed by it, so that nobody needs the certificates of the
# system, and one that has signed nothing will do. To read all takes 20 ms of each client of httpx and each start.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("authority.pem"))
os.environ.pop("SSL_CERT_DIR", None)
# Likewise: whichever test imports Ray first, the clusters of the tests know each other by this.
os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="f" * 32)
# Where the processors are busy, what takes the calls of replicas takes longer to start than the five seconds of Ray.
os.environ["RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S"] = "60"


def _configure_plain_logs() -> None:
    """Log as a program of the standard library does: tracebacks in colour and with a frame take half a second each."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[plain], logger_factory=structlog.stdlib.LoggerFactory())


_configure_plain_logs()

# Files that take longest, which start first: processes that share the tests by file end together.
_LONGEST: Final = (
    "scripts/test_measure_gpu.py",
    "serve/cluster/test_faults.py",
    "api/test_kill.py",
    "api/test_fuzz.py",
    "serve/cluster/test_cluster.py",
    "test_readme.py",
    "page/test_live.py",
    "diffusion/loading/test_parts.py",
    "api/test_flux_server.py",
    "api/test_server.py",
    "diffusion/optimization/test_optimize.py",
    "api/test_postgresql.py",
    "page/test_painted.py",
    "cli/test_generate.py",
    "api/test_recovery.py",
    "page/test_brief.py",
    "serve/test_shared_queue.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what is imported and collected out of the garbage collection.

    It is a million objects that stay until the end: a look at them takes a second, and a server looks once a second.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(_LONGEST)}
    assert not (gone := [str(path) for path in places if not path.is_file()]), gone
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Whatever a test sets up for its logs, such as by a command that it calls, the next one does not meet it."""
    names = (None, "uvicorn", "alembic", "httpx", "PIL", "blazon")
    handlers, levels = logging.root.handlers[:], [logging.getLogger(name).level for name in names]
    yield
    structlog.reset_defaults()
    # A server that outlives the test says what it does, and not on the stdout of whichever test comes next.
    _configure_plain_logs()
    logging.root.handlers[:] = handlers
    for name, level in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
def tiny_flux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random FLUX of the kind of FLUX.1-dev, on disk."""
    # Imported here: most tests need no torch, and it takes seconds to import.
    from _tiny_flux import save_tiny_flux

    return save_tiny_flux(tmp_path_factory.mktemp("models") / "tiny-flux")


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the client of the hub keeps models."""
    from huggingface_hub import constants

    folder = tmp_path / "hf" / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    return folder


@pytest.fixture
def hub(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Hub]":
    """A small hub on a socket of this machine, which the hub's own client asks."""
    from _hub_server import Hub, serve_hub
    from huggingface_hub import constants
    from huggingface_hub.utils import _http

    with serve_hub(Hub()) as running:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "ENDPOINT", running.url)
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.partition("/{repo_id}")
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", running.url + "".join(template[1:]))
        # The client writes this much at a time, and loses less than that where a connection is cut.
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)
        monkeypatch.setattr("time.sleep", lambda _: None)  # the client's pauses before it tries again
        for name in ("HF_TOKEN", "MODELS", "MODEL_NAME", "MODEL_PATH"):
            monkeypatch.delenv(name, raising=False)
        yield running
        _http.close_session()


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    """A server with a language model of straw, see `benchmarks/_chat_server.py`."""
    with serve_chat() as server:
        yield server


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database that is still to be made."""
    return sqlite_url(tmp_path / "blazon.db").render_as_string()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


@contextmanager
def _run_postgresql_or_skip(*settings: str) -> "Iterator[PostgreSQL]":
    from _postgresql import NoPostgreSQL, run_postgresql

    with ExitStack() as stack:
        try:
            server = stack.enter_context(run_postgresql(*settings))
        except NoPostgreSQL as reason:
            pytest.skip(str(reason))
        yield server


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[PostgreSQL]":
    """A real PostgreSQL. Each database in it is made by who needs one."""
    with _run_postgresql_or_skip() as server:
        yield server


@pytest.fixture
def own_server() -> "Iterator[PostgreSQL]":
    """A server that the test may stop, and that keeps what it was given."""
    with _run_postgresql_or_skip("fsync=on") as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: "PostgreSQL") -> str:
    """The name of a database with the tables of Blazon, of which the tests get copies."""
    name = postgresql.create_database()
    Database.open(postgresql.url(name)).close()
    return name


@pytest.fixture
def postgresql_name(postgresql: "PostgreSQL", postgresql_template: str) -> Iterator[str]:
    """The name of a database on PostgreSQL for one test, empty but for its tables."""
    with postgresql.lend_copy(postgresql_template) as name:
        yield name


@pytest.fixture
def postgresql_url(postgresql: "PostgreSQL", postgresql_name: str) -> str:
    return postgresql.url(postgresql_name)


@pytest.fixture(scope="session")
def s3() -> "Iterator[S3Server]":
    """A real S3 server that takes every key. Each bucket in it is made by who needs one."""
    pytest.importorskip("moto")
    from _s3 import run_s3

    with run_s3() as server:
        yield server


@pytest.fixture
def bucket_url(s3: "S3Server") -> str:
    """The URL of a folder in a bucket of its own, with all that is needed to reach it."""
    return s3.url(s3.create_bucket())


@pytest.fixture
def webhook_store(database: Database) -> WebhookStore:
    return WebhookStore(database)


def build_delivery(
    url: str,
    number: int = 1,
    created: float = 1000.0,
    body: bytes = b'{"type":"generation.succeeded"}',
    owner: str = "",
) -> WebhookDelivery:
    return WebhookDelivery(f"msg_{number}", f"gen_{number}", owner, url, find_receiver(url), body, created)


@pytest.fixture
def make() -> Callable[..., WebhookDelivery]:
    """Makes webhooks that are owed."""
    return build_delivery


@dataclass(frozen=True)
class Span:
    """A span as it arrived; ids in hexadecimal, moments in nanoseconds since 1970."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    failed: bool
    begun: int
    ended: int
    attributes: dict[str, Any]
    resource: dict[str, Any]


@dataclass
class Collector:
    """A collector of traces: takes OTLP over HTTP as the real ones do, and keeps the spans."""

    spans: list[Span] = field(default_factory=list)
    url: str = ""

    def named(self, *names: str) -> list[Span]:
        """Wait until a span of each name is there, and return them."""
        last = time.monotonic() + 60
        while not set(names) <= (there := {span.name for span in self.spans}):
            assert time.monotonic() < last, f"{set(names) - there} did not arrive, only {there}"
            time.sleep(0.01)
        return [next(span for span in self.spans if span.name == name) for name in names]

    def take(self, body: bytes) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        for batch in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = _values(batch.resource.attributes)
            for span in (span for scope in batch.scope_spans for span in scope.spans):
                ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                moments = (span.start_time_unix_nano, span.end_time_unix_nano)
                attributes = _values(span.attributes)
                failed = span.status.code == span.status.STATUS_CODE_ERROR
                self.spans.append(Span(span.name, *ids, span.kind, failed, *moments, attributes, resource))


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector of traces on a socket of this machine."""
    collected = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collected.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collected.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield collected
        server.shutdown()
        thread.join()
