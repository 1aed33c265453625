"""The engine of a server: loaded, or not and why."""

import asyncio

import pytest
from structlog.testing import capture_logs

from blazon.errors import EngineUnavailable
from blazon.serve.engines.host import EngineHost, EngineState


class PanicError(BaseException):
    """What a library in Rust raises when it panics."""


@pytest.mark.parametrize(
    ("problem", "told", "traceback"),
    [
        (EngineUnavailable("no GPU"), "no GPU", False),
        (KeyError("a fault of ours"), "the log says why", True),
        (PanicError("index out of bounds"), "the log says why", True),
    ],
)
def test_an_engine_that_cannot_be_loaded_is_told_of_and_not_waited_for(problem, told, traceback):
    def fail(_):
        raise problem

    host = EngineHost(fail)
    with capture_logs() as lines:
        assert not asyncio.run(host.load())
    assert host.state is EngineState.FAILED
    assert told in host.problem
    (line,) = [line for line in lines if line["log_level"] == "error"]
    assert bool(line.get("exc_info")) is traceback
