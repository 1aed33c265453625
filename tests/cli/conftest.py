"""The command line in this process: quick, and with the exit code and both streams to look at."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from blazon.cli import run


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    stdout: str
    stderr: str

    @property
    def error(self) -> str:
        """The one line that a failure leaves on stderr; nothing else may be printed."""
        assert self.stdout == ""
        assert self.stderr.startswith("error: ")
        assert self.stderr.count("\n") == 1
        assert "Traceback" not in self.stderr
        return self.stderr.removeprefix("error: ").rstrip("\n")


Blazon = Callable[..., Outcome]


@pytest.fixture
def blazon(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Blazon:
    """Run `blazon` with some arguments in an empty folder, without settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    # Commands that draw set the logs up, for a stream that ends with the test.
    for logger in (logging.getLogger(), logging.getLogger("blazon")):
        monkeypatch.setattr(logger, "level", logger.level)
        monkeypatch.setattr(logger, "handlers", [*logger.handlers])
    here = threading.get_ident()
    # A server that an earlier test left running in this process says now and then what it has done.
    servers = logging.getLogger("blazon.serve")
    monkeypatch.setattr(servers, "filters", [*servers.filters, lambda record: record.thread == here])

    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
