"""Blazon below a path of nginx and of Caddy, each with the configuration of docs/deploy/proxy.md."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from _ports import free_port

PAGE = Path(__file__).parents[2] / "docs/deploy/proxy.md"
PROGRAMS = {"nginx": shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"), "caddy": shutil.which("caddy")}


def _read_block(language: str, server: int, proxy: int) -> str:
    block = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    assert "127.0.0.1:7860" in block
    return block.replace("127.0.0.1:7860", f"127.0.0.1:{server}").replace("example.com", f"http://127.0.0.1:{proxy}")


def _nginx(folder: Path, server: int, proxy: int) -> list[str]:
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    site = f"server {{\nlisten 127.0.0.1:{proxy};\nabsolute_redirect off;\n{_read_block('nginx', server, proxy)}}}\n"
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{site}}}\n"
    )
    return [PROGRAMS["nginx"], "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]


def _caddy(folder: Path, server: int, proxy: int) -> list[str]:
    (folder / "Caddyfile").write_text(
        f"{{\nadmin off\nauto_https off\nstorage file_system {folder}\n}}\n{_read_block('caddy', server, proxy)}"
    )
    return [PROGRAMS["caddy"], "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def _run(command: list[str], port: int, folder: Path, **variables: str) -> Iterator[None]:
    """Run the program until the end of the block, in which it listens."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "HOME": str(folder), **variables}, cwd=folder, stdout=log, stderr=log
        )
    try:
        while True:
            assert process.poll() is None, (folder / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(request, tmp_path_factory) -> Iterator[httpx.Client]:
    """Return a client of the site that has Blazon below /logos."""
    if PROGRAMS[request.param] is None:
        pytest.skip(f"{request.param} is not installed")
    server, proxy = free_port(), free_port()
    folder, serving = tmp_path_factory.mktemp(request.param), tmp_path_factory.mktemp("blazon")
    command = (_nginx if request.param == "nginx" else _caddy)(folder, server, proxy)
    settings = {
        "PORT": str(server),
        "DATA_DIR": str(serving / "data"),
        "PUBLIC_URL": f"http://127.0.0.1:{proxy}/logos",
        "ENGINE": "vector",
        "WARMUP_ENABLED": "false",
        "COMPUTE_PROCESSES": "0",
    }
    with (
        _run([sys.executable, "-m", "blazon", "serve"], server, serving, **settings),
        _run(command, proxy, folder),
        httpx.Client(base_url=f"http://127.0.0.1:{proxy}", timeout=60) as client,
    ):
        while client.get("/logos/health/ready").status_code == 503:
            time.sleep(0.05)
        yield client


def test_pages_are_below_the_path_and_nothing_is_beside_it(site):
    ready = site.get("/logos/health/ready")
    assert ready.json() == {"status": "ready"}
    assert site.get("/logos", follow_redirects=True).url.path == "/logos/"
    links = re.findall(r"""(?:src|href|url)(?:=|: )["']([^"']*)""", site.get("/logos/docs").text)
    assert any("openapi.json" in link for link in links)
    for link in links:
        assert site.get(urljoin("/logos/docs", link)).status_code == 200, link
    assert site.get("/health/ready").text != ready.text


def test_links_lead_through_the_proxy(site):
    wish = {"prompt": "a bakery", "size": "64x64", "response_format": "url"}
    link = site.post("/logos/v1/images/generations", json=wish).json()["data"][0]["url"]
    assert link.startswith(str(site.base_url.join("/logos/")))
    picture = site.get(link)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")


def test_events_come_to_their_end(site):
    started = site.post("/logos/v1/logos", json={"prompt": "a bakery", "n": 1})
    assert started.status_code in (201, 202)
    events = site.get(f"/logos/v1/logos/{started.json()['id']}/events")
    assert events.headers["Content-Type"].startswith("text/event-stream")
    assert "event: succeeded" in events.text, events.text


def test_what_the_page_says_to_look_with_finds_no_fault(site):
    [block] = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    root = str(site.base_url).rstrip("/")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    seen = []
    for part in block.replace("https://example.com", root).removeprefix("$ ").split("\n$ "):
        command, _, told = part.partition("\n")
        done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.strip() == told.strip() or not told.strip()
        seen.append(command.split()[0])
    assert seen == ["curl", "blazon"]
