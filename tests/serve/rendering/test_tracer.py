"""The process that traces: real processes that trace, break down, hang or cannot be started."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import structlog
from PIL import Image, ImageDraw

from blazon.cancellation import WorkCancelled
from blazon.errors import GenerationFailed
from blazon.export.delivery import Master
from blazon.export.formats import PictureFormat
from blazon.serve.rendering.tracer import Tracer

pytest.importorskip("numpy")

WAIT = 60.0
WANTED = {"width": 64, "height": 64, "format": PictureFormat.SVG}
# A process that says that it is ready, takes note of a question, and then does what is put in.
PLAYED = """
    import os, pickle, signal, sys, time
    out = sys.stdout.buffer
    pickle.dump(b"ready", out); out.flush()
    pickle.load(sys.stdin.buffer)
    with open(sys.argv[1], "a") as notes:
        notes.write(f"{{os.getpid()}}\\n")
    {deed}
"""


@pytest.fixture
def painting() -> Master:
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).ellipse((12, 12, 52, 52), fill="teal")
    file = BytesIO()
    picture.save(file, "PNG")
    return Master(file.getvalue(), "image/png", "a dot")


@pytest.fixture
def opened() -> Iterator[Callable[..., Tracer]]:
    tracers: list[Tracer] = []

    def make(*command: str) -> Tracer:
        tracers.append(Tracer(command))
        return tracers[-1]

    yield make
    for tracer in tracers:
        tracer.close()


@pytest.fixture
def played(opened: Callable[..., Tracer], tmp_path: Path) -> Callable[[str], tuple[Tracer, Path]]:
    """A tracer whose process does something else than to trace, and where that takes note of each question."""

    def make(deed: str) -> tuple[Tracer, Path]:
        notes = tmp_path / "notes"
        notes.touch()
        return opened(sys.executable, "-c", textwrap.dedent(PLAYED.format(deed=deed)), str(notes)), notes

    return make


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_traces_in_one_other_process(opened, painting):
    tracer = opened()
    first = tracer.render(painting, **WANTED)
    process = tracer._process
    assert b"<path" in first
    assert tracer.render(painting, **WANTED) == first
    assert tracer._process is process


def test_no_semaphores_are_needed(opened, painting, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")  # as where /dev/shm is one

    monkeypatch.setattr("_multiprocessing.SemLock", refuse)
    tracer = opened()
    assert b"<path" in tracer.render(painting, **WANTED)
    assert tracer._process is not None


@pytest.mark.parametrize("command", [("/there/is/none",), (sys.executable, "-c", "raise SystemExit(3)")])
def test_where_no_process_can_be_started_it_is_done_here_and_said_once(opened, painting, command):
    tracer = opened(*command)
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            assert b"<path" in tracer.render(painting, **WANTED)
    assert [line["log_level"] for line in lines] == ["warning"]


def test_a_process_that_was_killed_is_replaced(opened, painting):
    tracer = opened()
    for _ in range(3):
        assert b"<path" in tracer.render(painting, **WANTED)
        os.kill(tracer._process.pid, signal.SIGKILL)


def test_what_breaks_a_process_down_is_tried_once_more_and_given_up(played, painting):
    tracer, notes = played("os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(GenerationFailed, match="ask for png"):
        tracer.render(painting, **WANTED)
    assert len(set(notes.read_text().split())) == 2


def test_what_takes_too_long_is_given_up_at_once(played, painting):
    tracer, notes = played("signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(600)")
    with pytest.raises(GenerationFailed):
        tracer.render(painting, **WANTED)
    assert len(notes.read_text().split()) == 1


def test_an_error_is_that_of_this_process(opened, painting):
    noise = BytesIO()
    Image.effect_noise((64, 64), 100).convert("RGB").save(noise, "PNG")
    tracer = opened()
    with pytest.raises(GenerationFailed, match="cannot be cut out"):
        tracer.render(Master(noise.getvalue(), "image/png"), background="transparent", **WANTED)
    with pytest.raises(RuntimeError, match="Traceback"):
        tracer.render(painting, unknown=1, **WANTED)
    assert tracer.render(painting, **WANTED)


def test_one_that_hangs_does_not_hold_up_the_end(played, painting):
    tracer, notes = played("time.sleep(600)")
    outcome: list[BaseException] = []

    def render() -> None:
        try:
            tracer.render(painting, **WANTED)
        except BaseException as error:  # noqa: BLE001
            outcome.append(error)

    thread = threading.Thread(target=render)
    thread.start()
    until(notes.read_text)
    tracer.close()
    thread.join(WAIT)
    assert isinstance(outcome[0], WorkCancelled)
    assert not is_alive(int(notes.read_text()))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_the_server_and_quietly(how):
    """In a process that is ended while its tracer waits for work."""
    program = textwrap.dedent("""
        import sys, time
        from io import BytesIO
        from PIL import Image
        from blazon.export.delivery import Master
        from blazon.export.formats import PictureFormat
        from blazon.serve.rendering.tracer import Tracer
        file = BytesIO()
        Image.new("RGB", (64, 64), "teal").save(file, "PNG")
        tracer = Tracer()
        tracer.render(Master(file.getvalue(), "image/png"), width=64, height=64, format=PictureFormat.SVG)
        try:
            print(tracer._process.pid, flush=True)
            time.sleep(600)
        except KeyboardInterrupt:
            pass
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        tracer = int(server.stdout.readline())
        assert is_alive(tracer)
        os.killpg(server.pid, how)  # as a terminal does
        assert server.stderr.read() == ""  # until the last who has it open is gone
    until(lambda: not is_alive(tracer))
