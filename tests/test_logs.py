import io
import json
import logging
import os
import re
from pathlib import Path
from typing import TextIO

import pytest
import structlog

from blazon.logs import configure_logs
from blazon.settings import LogFormat, LogLevel


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored():
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn")
    handlers, level, uvicorn_level = root.handlers[:], root.level, uvicorn.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    uvicorn.setLevel(uvicorn_level)


def _say() -> None:
    structlog.get_logger("blazon.test").info("drawn", size=64, name="Café")
    logging.getLogger("a.library").warning("took %d s", 3)


def test_json_is_one_object_a_line_whoever_speaks():
    out = io.StringIO()
    configure_logs(LogLevel.INFO, LogFormat.JSON, out)
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        _say()
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["message"], first["size"], first["name"]) == ("drawn", 64, "Café")
    assert (second["message"], second["logger"], second["level"]) == ("took 3 s", "a.library", "warning")
    assert {first["request_id"], second["request_id"]} == {"r1"}
    assert all(line["timestamp"].endswith("Z") for line in (first, second))


@pytest.mark.parametrize(
    ("style", "stream", "is_json", "is_coloured"),
    [
        (LogFormat.AUTO, io.StringIO, True, False),
        (LogFormat.AUTO, Terminal, False, True),
        (LogFormat.TEXT, io.StringIO, False, False),
        (LogFormat.TEXT, Terminal, False, True),
        (LogFormat.JSON, Terminal, True, False),
    ],
)
def test_the_format_follows_setting_and_terminal(style, stream, is_json, is_coloured):
    out = stream()
    configure_logs(LogLevel.INFO, style, out)
    _say()
    assert out.getvalue().startswith("{") is is_json
    assert ("\x1b[" in out.getvalue()) is is_coloured
    assert out.getvalue().count("\n") == 2


def test_a_level_hides_what_is_below_it():
    out = io.StringIO()
    configure_logs(LogLevel.WARNING, LogFormat.JSON, out)
    _say()
    assert [json.loads(line)["message"] for line in out.getvalue().splitlines()] == ["took 3 s"]


@pytest.mark.parametrize("style", [LogFormat.JSON, LogFormat.TEXT])
def test_exceptions_keep_their_traceback(style):
    out = io.StringIO()
    configure_logs(LogLevel.INFO, style, out)
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        structlog.stdlib.get_logger("blazon.test").exception("failed")
    assert "ZeroDivisionError: division by zero" in out.getvalue()
    assert "test_logs.py" in out.getvalue()


def test_line_breaks_in_values_cannot_forge_a_line():
    for style in (LogFormat.JSON, LogFormat.TEXT):
        out = io.StringIO()
        configure_logs(LogLevel.INFO, style, out)
        structlog.get_logger("blazon.test").info("asked", route="/a\nforged")
        assert out.getvalue().count("\n") == 1


def test_configuring_again_replaces_the_set_up():
    first, second = io.StringIO(), io.StringIO()
    configure_logs(LogLevel.INFO, LogFormat.JSON, first)
    configure_logs(LogLevel.INFO, LogFormat.JSON, second)
    _say()
    assert (first.getvalue(), second.getvalue().count("\n")) == ("", 2)


def _pipe_log() -> tuple[int, TextIO]:
    reading, writing = os.pipe()
    return reading, os.fdopen(writing, "w", encoding="ascii")


def test_a_reader_that_does_not_read_holds_up_nobody_and_learns_what_it_lost():
    reading, out = _pipe_log()
    with out:
        configure_logs(LogLevel.INFO, LogFormat.JSON, out)
        for _ in range(40):
            structlog.get_logger("blazon.test").info("x" * 10_000)  # more than any pipe takes
        while len(os.read(reading, 1_000_000)) > 60_000:
            pass
        structlog.get_logger("blazon.test").info("drawn", name="Кафе")
        *_, lost, last = os.read(reading, 1_000_000).decode("ascii").splitlines()
    os.close(reading)
    assert re.fullmatch(r"\d+ lines lost", json.loads(lost)["message"])
    assert json.loads(last)["name"] == "Кафе"


def test_a_reader_that_left_ends_nobody():
    reading, out = _pipe_log()
    os.close(reading)
    configure_logs(LogLevel.INFO, LogFormat.JSON, out)
    _say()
    out.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_ends_nobody():
    with Path("/dev/full").open("w", encoding="utf-8") as out:
        configure_logs(LogLevel.INFO, LogFormat.JSON, out)
        _say()


@pytest.mark.parametrize("style", [LogFormat.JSON, LogFormat.TEXT])
def test_secrets_in_urls_are_not_logged(style):
    out = io.StringIO()
    configure_logs(LogLevel.INFO, style, out)
    log = structlog.get_logger("blazon.test")
    log.info(
        "opened", url="postgres://u:hunter2@db/logos?sslmode=require", store="s3://logos?secret_access_key=hunter2"
    )
    try:
        raise ValueError("cannot reach http://u:hunter2@proxy:3128/")
    except ValueError:
        log.exception("failed")
    assert "hunter2" not in out.getvalue()
    assert all(kept in out.getvalue() for kept in ("db/logos", "sslmode=require", "proxy:3128"))
    if style is LogFormat.JSON:
        assert all(map(json.loads, out.getvalue().splitlines()))
