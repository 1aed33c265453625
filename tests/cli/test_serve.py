import os
import socket
import subprocess
import sys

import pytest

from blazon.settings import Settings


@pytest.fixture
def served(monkeypatch) -> list[Settings]:
    """Take the settings that the server would be started with."""
    started: list[Settings] = []
    monkeypatch.setattr("blazon.serve.process.launch.launch", lambda settings, *_: started.append(settings))
    return started


def test_options_win_over_the_environment(blazon, served, monkeypatch):
    monkeypatch.setenv("PORT", "8001")
    monkeypatch.setenv("HOST", "127.0.0.2")
    assert blazon("serve", "--port", "8002").code == 0
    assert (served[0].host, served[0].port) == ("127.0.0.2", 8002)


def test_defaults_are_those_of_the_contract(blazon, served):
    assert blazon("serve").code == 0
    assert served[0].port == 7860


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "seven"), ("PORT", "65536"), ("LOG_FORMAT", "xml"), ("REQUEST_TIMEOUT", "-1")]
)
def test_a_setting_that_cannot_be_understood_stops_the_start(blazon, served, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    outcome = blazon("serve")
    assert (outcome.code, served) == (2, [])
    assert outcome.error.startswith(f"{name}='{value}' cannot be understood; it takes ")


@pytest.mark.parametrize("port", ["-1", "65536", "big", "null", ""])
def test_ports_out_of_range_are_bad_input(blazon, served, port):
    outcome = blazon("serve", "--port", port)
    assert (outcome.code, served) == (2, [])
    assert "'--port'" in outcome.error


def test_a_taken_port_is_one_clear_line(blazon):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        outcome = blazon("serve", "--port", str(port))
    assert outcome.code == 1
    assert f"port {port} on 127.0.0.1 is taken" in outcome.error


def test_an_engine_that_cannot_run_is_one_clear_line(blazon, monkeypatch):
    monkeypatch.setenv("ENGINE", "flux")
    monkeypatch.setattr("blazon.serve.engines.choice._PACKAGES", ("no_such_package",))
    outcome = blazon("serve", "--port", "0")
    assert outcome.code == 1
    assert "ENGINE=flux" in outcome.error


def test_a_server_that_nobody_asks_for_anything_ends_well_and_for_good(tmp_path):
    environment = {
        **os.environ,
        "IDLE_SHUTDOWN": "0.01",
        "DATA_DIR": str(tmp_path),
        "PORT": "0",
        "ENGINE": "vector",
        "WARMUP_ENABLED": "false",
        "LOG_FORMAT": "json",
    }
    done = subprocess.run(
        [sys.executable, "-m", "blazon", "serve"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0
    assert "nothing was asked for, the server stops" in done.stderr
    assert "server process replaced" not in done.stderr
