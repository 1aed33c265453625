"""The nginx configuration of the documentation, in front of a real server."""

import asyncio
import datetime
import ipaddress
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from _ports import free_port
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import StreamingResponse

from blazon.api.app import create_app
from blazon.api.middleware import MAX_BODY
from blazon.api.server import http_server
from blazon.serve.process.launch import listen
from blazon.settings import Settings

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
PAGE = Path(__file__).parents[2] / "docs/how-to/behind-nginx.md"
WISH = {"prompt": "a bakery", "sizes": [64]}

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


class KeySeen:
    """Tells the client which key came with its request."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def told(message):
            if message["type"] == "http.response.start":
                key = Headers(scope=scope).get("x-api-key", "none")
                MutableHeaders(scope=message)["Key-Seen"] = key
            await send(message)

        await self.app(scope, receive, told)


@pytest.fixture(scope="module")
def more() -> Iterator[threading.Event]:
    """What the stream of events waits for after its first one."""
    return threading.Event()


@pytest.fixture(scope="module")
def proxied(tmp_path_factory, more) -> Iterator[httpx.Client]:
    """Return a client of nginx with the documented configuration, before a server with two more routes."""
    folder = tmp_path_factory.mktemp("nginx")
    trusted = _certificate(folder)
    with _server(more, folder) as port, _nginx(folder, port) as (secure, plain):
        client = httpx.Client(base_url=f"https://localhost:{secure}", verify=trusted, timeout=60)
        with client:
            client.headers["X-Plain"] = str(plain)  # for the test of the redirect
            yield client


@contextmanager
def _server(more: threading.Event, folder: Path) -> Iterator[int]:
    settings = Settings.load(None, engine="vector", warmup_enabled=False, data_dir=folder / "data")
    app = create_app(settings)
    app.add_middleware(KeySeen)

    @app.get("/v1/events")
    async def events(request: Request) -> StreamingResponse:
        async def stream():
            yield "data: first\n\n"
            await asyncio.to_thread(more.wait)
            yield "data: last\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    @app.get("/v1/echo")
    async def echo(request: Request) -> dict[str, str | None]:
        return {
            "scheme": request.url.scheme,
            "host": request.url.hostname,
        }

    with listen("127.0.0.1", 0) as listener:
        server = http_server(app, settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            port = listener.getsockname()[1]
            while httpx.get(f"http://127.0.0.1:{port}/health", timeout=60).status_code != 200:
                time.sleep(0.01)
            yield port
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _nginx(folder: Path, port: int) -> Iterator[tuple[int, int]]:
    """Run nginx with the configuration of the page; its ports for HTTPS and HTTP."""
    secure, plain = free_port(), free_port()
    site = re.search(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    for documented, here in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("logos.example.com", "localhost"),
        ("/etc/ssl/blazon", str(folder)),
        ("127.0.0.1:7860", f"127.0.0.1:{port}"),
        ("put the key of the old app here", "key-of-the-old-app"),
    ):
        assert documented in site
        site = site.replace(documented, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{site}}}\n"
    )
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr
    process = subprocess.Popen(command)
    try:
        _until_it_listens(process, secure)
        yield secure, plain
    finally:
        process.terminate()
        process.wait()


def _until_it_listens(process: subprocess.Popen, port: int) -> None:
    while True:
        assert process.poll() is None, "nginx has ended"
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)


def _certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate of this machine and its key into the folder; who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return ssl.create_default_context(cafile=folder / "fullchain.pem")


def test_a_logo_comes_through(proxied):
    answer = proxied.post("/api/generate_logo", json=WISH)
    assert answer.status_code == 200
    assert list(answer.json()["images"]) == ["64"]
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]


def test_the_server_knows_its_address_as_clients_see_it(proxied):
    echoed = proxied.get("/v1/echo", headers={"X-Forwarded-Proto": "http"}).json()  # a lie, not believed
    assert (echoed["scheme"], echoed["host"]) == ("https", "localhost")
    wish = {"prompt": "a bakery", "size": "64x64", "response_format": "url"}
    assert proxied.post("/v1/images/generations", json=wish).json()["data"][0]["url"].startswith("https://localhost/")


def test_plain_http_is_sent_to_https(proxied):
    answer = httpx.get(f"http://localhost:{proxied.headers['X-Plain']}/docs?a=b", timeout=60)
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://localhost/docs?a=b")


def test_the_old_route_gets_a_key_and_the_others_keep_theirs(proxied):
    def seen(path, **headers):
        return proxied.post(path, headers=headers).headers["Key-Seen"]

    own = {"X-API-Key": "own"}
    assert seen("/api/generate_logo") == "key-of-the-old-app"
    assert seen("/api/generate_logo", **own) == seen("/v1/echo", **own) == seen("/", **own) == "own"
    assert seen("/v1/echo") == seen("/") == seen("/api/generate_logo/") == "none"


def test_a_body_that_is_too_large_is_told_so_by_the_server(proxied):
    answer = proxied.post("/api/generate_logo", content=b" " * (MAX_BODY + 1))
    assert answer.status_code == 413
    assert answer.json()["detail"] == f"the body has more than {MAX_BODY} bytes"


def test_events_arrive_when_they_happen(proxied, more):
    with proxied.stream("GET", "/v1/events") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "data: first"
        proxied.get("/v1/echo")  # meanwhile
        more.set()
        assert "data: last" in list(lines)
