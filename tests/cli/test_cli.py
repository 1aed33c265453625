"""The program as a whole: help, version, exit codes, and what the real process does."""

import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

from blazon import brief
from blazon.cli import main
from blazon.cli.failures import explain, print_error

COMMANDS = ("generate", "sheet", "serve", "doctor", "selftest")
HEAVY = ("torch", "numpy", "PIL", "fastapi", "uvicorn", "pydantic_settings", "fontTools", "pathops", "blazon.studio")


def test_version(blazon):
    outcome = blazon("--version")
    assert (outcome.code, outcome.stdout, outcome.stderr) == (0, f"blazon {version('blazon')}\n", "")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_names_every_command_and_shows_examples(blazon, arguments):
    outcome = blazon(*arguments)
    assert outcome.code == 0
    assert all(f"\n  {command} " in outcome.stdout for command in COMMANDS)
    assert "Examples:" in outcome.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(blazon, command):
    outcome = blazon(command, "--help")
    assert outcome.code == 0
    assert outcome.stdout.startswith(f"Usage: blazon {command} [OPTIONS]")
    assert f"\n  blazon {command}" in outcome.stdout


def test_help_names_every_choice(blazon):
    text = blazon("generate", "--help").stdout
    for kind in (brief.Style, brief.PaletteMood, brief.LayoutKind, brief.Engine):
        assert all(choice in text for choice in kind)


def test_help_loads_nothing_heavy():
    code = f"""
import sys
from blazon.cli import run
run(["generate", "--help"])
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_unknown_commands_and_options_suggest_what_was_meant(blazon):
    assert "generate" in blazon("gnerate").error
    outcome = blazon("generate", "a bakery", "--styel", "bold")
    assert outcome.code == 2
    assert "--style" in outcome.error


def test_interrupt_leaves_with_130_and_one_line(blazon, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("blazon.cli.files.make_folder", interrupted)
    outcome = blazon("generate", "a bakery")
    assert (outcome.code, outcome.error) == (130, "interrupted")


def test_an_unexpected_error_is_one_line_and_a_traceback_only_for_debugging(blazon, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("of\ntwo lines")

    monkeypatch.setattr("blazon.cli.files.make_folder", broken)
    outcome = blazon("generate", "a bakery")
    assert outcome.code == 1
    assert outcome.error.startswith("ZeroDivisionError: of two lines")

    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert "Traceback" in blazon("generate", "a bakery").stderr


def test_an_os_error_names_the_file():
    assert explain(FileNotFoundError(2, "No such file or directory", "a.png")) == (
        1,
        "a.png: No such file or directory",
    )


def test_errors_cannot_steer_the_terminal(capsys):
    print_error("name \x1b[31mred\x07\nsecond line")
    assert capsys.readouterr().err == "error: name \\x1b[31mred\\x07\\nsecond line\n"


def test_main_is_the_process_exit(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["blazon", "generate", "a"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("error: PROMPT ")


def _process(*arguments: str, **options) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    return subprocess.run([sys.executable, "-m", "blazon", *arguments], env=environment, timeout=120, **options)


def test_the_real_process_says_one_line_for_bad_bytes(tmp_path: Path):
    done = _process("generate", "caf\udce9 by the sea", cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: PROMPT is not valid Unicode text")
    assert done.stderr.count(b"\n") == 1


def test_secrets_in_urls_are_not_printed(capsys):
    print_error("postgres://u:secret@db/logos and s3://logos?secret_access_key=secret cannot be used")
    shown = capsys.readouterr().err
    assert "secret@" not in shown
    assert "=secret" not in shown


FEW: Final = ("--help",)
MUCH: Final = ("generate", "a bakery", "-n", "8", "--size", "64", "--json", "--seed", "1")  # more than a buffer


@pytest.mark.parametrize("arguments", [FEW, MUCH])
def test_a_reader_that_leaves_early_is_no_failure_to_shout_about(tmp_path: Path, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = _process(*arguments, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("arguments", [FEW, MUCH])
def test_output_that_is_lost_is_a_failure(tmp_path: Path, arguments):
    with Path("/dev/full").open("wb") as full:
        done = _process(*arguments, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1
        assert re.fullmatch(rb"error: cannot write [a-z ]+: No space left on device\n", done.stderr)
        assert _process(*arguments, cwd=tmp_path, stdout=full, stderr=full).returncode == 1
        assert _process(*arguments, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=full).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the shell is that of POSIX")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_failure(tmp_path: Path, closed):
    command = f"exec {shlex.quote(sys.executable)} -m blazon generate 'a bakery' -n 1 --size 64 --seed 1 {closed}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    for path in (tmp_path / "out").iterdir():
        assert b"contact sheet" not in path.read_bytes()  # what was printed went nowhere else


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_a_console_that_cannot_show_a_name_gets_escapes(tmp_path: Path, encoding, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    drawing = ("generate", "кафе ☕", "--brand", "Кафе", "-n", "1", "--size", "64", "--seed", "1")
    done = _process(*drawing, cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    done = _process("generate", "a bakery", "--style", "☕", cwd=tmp_path, capture_output=True)
    assert done.returncode == 2
    assert "error: --style " in done.stderr.decode(encoding)
