"""The unit for systemd, by systemd's own checks, and its times against those of the supervisor."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from blazon.serve.process.launch import _CLOSING
from blazon.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "blazon.service").read_text()
ANALYZE = shutil.which("systemd-analyze")
# Tenths: how much systemd thinks that a service could do to the machine, of 100.
MOST_EXPOSED = 20

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def _value(name: str) -> str:
    [value] = re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    return value


@needs_systemd
@pytest.mark.parametrize("drop_ins", [[], ["blazon-gpu.conf"]])
def test_systemd_understands_every_line(drop_ins, tmp_path):
    program = "/opt/blazon/bin/blazon"  # not on this machine
    assert _value("ExecStart") == f"{program} serve"
    (tmp_path / "blazon.service").write_text(UNIT.replace(program, "/bin/true"))
    for name in drop_ins:
        (tmp_path / "blazon.service.d").mkdir()
        shutil.copy(DEPLOY / name, tmp_path / "blazon.service.d")
    command = [ANALYZE, "verify", "--man=no", str(tmp_path / "blazon.service")]
    done = subprocess.run(command, capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "blazon" in line]
    assert (done.returncode, told) == (0, [])


@needs_systemd
def test_a_mistake_in_it_would_be_told(tmp_path):
    (tmp_path / "blazon.service").write_text(UNIT.replace("KillMode=mixed", "KillMode=gentle"))
    command = [ANALYZE, "verify", "--man=no", str(tmp_path / "blazon.service")]
    assert "gentle" in subprocess.run(command, capture_output=True, text=True).stderr


@needs_systemd
def test_it_can_do_little_to_the_machine():
    command = [ANALYZE, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(DEPLOY / "blazon.service")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_systemd_waits_longer_than_the_supervisor():
    drain = Settings.model_fields["drain_timeout"].default
    assert float(_value("TimeoutStopSec").removesuffix("s")) > drain + _CLOSING
    assert _value("KillMode") == "mixed"  # SIGTERM to the supervisor alone, SIGKILL to all that is left


def test_it_writes_into_its_own_folders_only():
    assert _value("ProtectSystem") == "strict"
    folders = {"/var/lib/" + _value("StateDirectory"), "/var/cache/" + _value("CacheDirectory")}
    given = re.findall(r"(?:DATA_DIR|HF_HOME|\w+_CACHE_DIR)=(\S+)", UNIT)
    assert len(given) == 4
    assert all(any(path.startswith(f"{folder}/") for folder in folders) for path in given)
