"""The server as a process: what it prints, how it ends, what stops its start."""

import json
import os
import re
import shlex
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from _ports import free_port

from blazon.api.app import create_app
from blazon.api.server import http_server
from blazon.errors import AddressUnavailable
from blazon.selftest import Client, await_ready, draw
from blazon.serve.process.launch import listen
from blazon.settings import Settings


@pytest.fixture
def blazon_serve(tmp_path):
    """Start `blazon serve` with settings; it is ended with the test."""
    processes = []

    def started(*options: str, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve", *options],
            env={**os.environ, "PORT": "0", **settings},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


def _url(lines: Iterator[str]) -> str:
    return next(match.group() for line in lines if (match := re.search(r"http://localhost:\d+", line)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_addresses_serves_and_ends_cleanly(blazon_serve, number):
    process = blazon_serve(LOG_FORMAT="json")
    url = _url(process.stdout)
    assert process.stdout.readline() == f"  the API  {url}/docs\n"
    assert httpx.get(f"{url}/docs", timeout=60).status_code == 200
    process.send_signal(number)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert "Traceback" not in log
    assert {"listening", "request"} <= {line["message"] for line in lines}


def test_a_signal_right_after_the_start_ends_it_cleanly(blazon_serve):
    process = blazon_serve(LOG_LEVEL="ERROR")
    process.stdout.readline()  # the server itself is not there yet
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0


def test_options_win_in_the_server_process_too(blazon_serve):
    with listen("127.0.0.1", 0) as other:
        taken = other.getsockname()[1]
        process = blazon_serve("--port=0", PORT=str(taken))
        url = _url(process.stdout)
        assert httpx.get(f"{url}/docs", timeout=60).status_code == 200
    process.kill()  # the server process ends with it, or this would wait for ever
    process.communicate(timeout=60)


def test_a_server_process_that_is_killed_is_replaced_at_the_same_address(blazon_serve):
    process = blazon_serve(LOG_FORMAT="json")
    url = _url(process.stdout)
    httpx.get(f"{url}/docs", timeout=60)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("only Linux tells the children of a process")
    os.kill(int(children.read_text()), signal.SIGKILL)
    assert httpx.get(f"{url}/docs", timeout=60).status_code == 200
    process.terminate()
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    replaced = [line for line in map(json.loads, log.splitlines()) if line["logger"] == "blazon.supervisor"]
    assert [line["reason"].split(" after ")[0] for line in replaced] == ["was ended by SIGKILL"]


def test_a_second_server_on_the_same_data_is_refused_in_one_line(blazon_serve):
    first = blazon_serve()
    assert httpx.get(f"{_url(first.stdout)}/docs", timeout=60).status_code == 200
    second = blazon_serve()
    _, log = second.communicate(timeout=60)
    assert second.returncode == 1
    assert log.splitlines()[-1].startswith("error: another blazon serve works on ")
    assert "Traceback" not in log


def test_data_elsewhere_needs_no_folder(blazon_serve, tmp_path):
    (tmp_path / "pictures").mkdir()
    database, pictures = f"sqlite:///{tmp_path}/logos.db", (tmp_path / "pictures").as_uri()
    process = blazon_serve(DATABASE_URL=database, STORAGE_URL=pictures, DATA_DIR="not-there")
    assert httpx.get(f"{_url(process.stdout)}/docs", timeout=60).status_code == 200
    assert not (tmp_path / "not-there").exists()


def test_logs_as_text(blazon_serve):
    process = blazon_serve(LOG_FORMAT="text", LOG_LEVEL="info")
    httpx.get(_url(process.stdout), timeout=60)
    process.terminate()
    _, log = process.communicate(timeout=60)
    assert re.search(r"\[info +\] request .*route=/ status=200", log)
    assert "\x1b" not in log  # no colours when it is not a terminal


def test_a_level_hides_what_is_below(blazon_serve):
    process = blazon_serve(LOG_LEVEL="WARNING")
    httpx.get(_url(process.stdout), timeout=60)
    process.terminate()
    assert process.communicate(timeout=60)[1] == ""


def test_settings_come_from_env_files_too(blazon_serve, tmp_path):
    (tmp_path / ".env").write_text("ENVIRONMENT=from the file\nLOG_LEVLE=DEBUG\n")
    process = blazon_serve(LOG_FORMAT="json")
    url = _url(process.stdout)
    with httpx.Client(base_url=url) as client:
        while (health := client.get("/health")).status_code == 503:
            time.sleep(0.02)
    assert health.json()["environment"] == "from the file"
    process.terminate()
    assert "LOG_LEVLE in .env is not a setting; did you mean LOG_LEVEL?" in process.communicate(timeout=60)[1]


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"PORT": "eighty"}, 2, "PORT='eighty' cannot be understood; it takes a whole number from 0 to 65535"),
        ({"HOST": "192.0.2.1"}, 1, "cannot listen on HOST=192.0.2.1"),
        ({"HOST": "no such host"}, 2, "HOST='no such host' cannot be understood"),
        ({"HOST": "no-such-host.invalid"}, 1, "cannot listen on HOST=no-such-host.invalid"),
    ],
)
def test_what_stops_the_start_is_one_line(blazon_serve, settings, code, message):
    process = blazon_serve(**settings)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (code, "")
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1


def test_a_taken_port_names_the_port_and_the_remedy(blazon_serve):
    with listen("127.0.0.1", 0) as other:
        port = other.getsockname()[1]
        process = blazon_serve(PORT=str(port))
        _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error == (
        f"error: port {port} on 127.0.0.1 is taken by another program; stop it, or choose another PORT "
        "(0 takes a free one)\n"
    )


def test_a_port_that_was_just_used_can_be_listened_on_again():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()
    listen("127.0.0.1", port).close()


def test_an_address_error_names_the_host():
    with pytest.raises(AddressUnavailable, match=r"HOST=192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_answers_are_sent_without_delay():
    # asyncio sets TCP_NODELAY on connections of a listener that names its protocol, and on no others.
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many connections may wait for a listener")
def test_few_connections_are_accepted_in_a_turn_and_many_may_wait(stand_in, tmp_path):
    settings = Settings.load(None, data_dir=tmp_path / "data")
    serving = threading.Event()
    with listen("127.0.0.1", 0) as listener:
        before = _longest_queue(listener)
        server = http_server(create_app(settings, stand_in), settings, on_serving=serving.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert serving.wait(60)
        try:
            assert server.config.backlog < _longest_queue(listener) == before
        finally:
            server.should_exit = True
            thread.join()


def _longest_queue(listener: socket.socket) -> int:
    """Return `tcpi_sacked` of `struct tcp_info`, which for a listener is the limit of its queue (see `man 7 tcp`)."""
    return struct.unpack_from("=I", listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 28)[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("streams", [">/dev/full 2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-", "| true", "2>&1 | true"])
def test_a_log_that_cannot_be_written_keeps_no_server_from_answering(tmp_path, streams):
    port = free_port()
    command = f"{shlex.quote(sys.executable)} -m blazon serve --port {port} {streams}"
    shell = subprocess.Popen(
        ["sh", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "LOG_LEVEL": "DEBUG", "WEB_CONCURRENCY": "many"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        client = Client(f"http://127.0.0.1:{port}")
        await_ready(client, 60)
        assert client.get("/health").status == 200
        assert draw(client, sizes=[64])["sizes"] == [64]
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
