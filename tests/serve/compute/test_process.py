"""A process that computes: real processes that render, break down, hang or cannot be started."""

import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import structlog
from PIL import Image, ImageDraw

from blazon.brief import Brief
from blazon.cancellation import WorkCancelled
from blazon.errors import GenerationFailed, InvalidBrief
from blazon.export.delivery import Master, render_file
from blazon.export.formats import PictureFormat
from blazon.logs import LogStyle
from blazon.serve.compute.process import ComputeProcess

pytest.importorskip("numpy")

WAIT = 60.0
FAILURE = "it cannot be done; ask for png"
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
def opened() -> Iterator[Callable[..., ComputeProcess]]:
    processes: list[ComputeProcess] = []

    def make(*command: str, **options: float) -> ComputeProcess:
        processes.append(ComputeProcess(FAILURE, command=command, **options))
        return processes[-1]

    yield make
    for process in processes:
        process.close()


@pytest.fixture
def played(opened: Callable[..., ComputeProcess], tmp_path: Path) -> Callable[..., tuple[ComputeProcess, Path]]:
    """A process that does something else than to compute, and where that takes note of each question."""

    def make(deed: str, **options: float) -> tuple[ComputeProcess, Path]:
        notes = tmp_path / "notes"
        notes.touch()
        return opened(sys.executable, "-c", PLAYED.format(deed=textwrap.dedent(deed)), str(notes), **options), notes

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


def test_it_computes_in_one_other_process(opened, painting):
    compute = opened()
    first = compute.call(render_file, painting, **WANTED)
    process = compute._process
    assert b"<path" in first
    assert compute.call(render_file, painting, **WANTED) == first
    assert compute._process is process


def test_no_semaphores_are_needed(opened, painting, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")  # as where /dev/shm is one

    monkeypatch.setattr("_multiprocessing.SemLock", refuse)
    compute = opened()
    assert b"<path" in compute.call(render_file, painting, **WANTED)
    assert compute._process is not None


@pytest.mark.parametrize("command", [("/there/is/none",), (sys.executable, "-c", "raise SystemExit(3)")])
def test_where_no_process_can_be_started_it_is_done_here_and_said_once(opened, painting, command):
    compute = opened(*command)
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            assert b"<path" in compute.call(render_file, painting, **WANTED)
    assert [line["log_level"] for line in lines] == ["warning"]


def test_a_process_that_was_killed_is_replaced(opened, painting):
    compute = opened()
    for _ in range(3):
        assert b"<path" in compute.call(render_file, painting, **WANTED)
        os.kill(compute._process.pid, signal.SIGKILL)


def test_what_breaks_a_process_down_is_tried_once_more_and_given_up(played, painting):
    compute, notes = played("os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(GenerationFailed, match="ask for png"):
        compute.call(render_file, painting, **WANTED)
    assert len(set(notes.read_text().split())) == 2


def test_what_broke_a_process_down_is_not_done_here_where_no_other_can_be_started(opened, tmp_path: Path):
    mark = tmp_path / "started"
    start_once = textwrap.dedent("""
        import runpy, sys
        from pathlib import Path
        Path(sys.argv[1]).touch(exist_ok=False)
        sys.argv[1:] = ["0", "INFO", "json"]
        runpy.run_module("blazon.serve.compute.main", run_name="__main__")
    """)
    compute = opened(sys.executable, "-c", start_once, str(mark))
    with pytest.raises(GenerationFailed):
        compute.call(eval, f"__import__('os').getpid() == {os.getpid()} or __import__('os').abort()")


def test_one_that_could_not_be_started_is_tried_again(opened, tmp_path: Path):
    command = tmp_path / "command"
    compute = opened(str(command), "-m", "blazon.serve.compute.main", "0", "INFO", "json", retry_start=0.0)
    assert compute.call(os.getpid) == os.getpid()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    command.chmod(0o700)
    assert compute.call(os.getpid) != os.getpid()


def test_a_process_that_was_stopped_is_replaced(played):
    deed = """
    if len(open(sys.argv[1]).readlines()) == 1:
        os.kill(os.getpid(), signal.SIGSTOP)
    pickle.dump("done", out); out.flush()
    time.sleep(600)
"""
    compute, notes = played(deed, silence=2.0)
    assert compute.call(len, "which needs no import") == "done"
    stopped, computing = notes.read_text().split()
    assert not is_alive(int(stopped))
    assert is_alive(int(computing))


def test_a_process_that_never_says_that_it_is_ready_is_ended(opened, painting):
    compute = opened(sys.executable, "-c", "import time; time.sleep(600)", silence=0.2)
    assert b"<path" in compute.call(render_file, painting, **WANTED)
    assert compute._process is None


def test_what_cannot_be_sent_leaves_no_half_of_it_for_the_next_call(opened):
    compute = opened()
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        compute.call(len, [threading.Lock()])
    assert compute.call(len, "abc") == 3


def test_what_takes_too_long_is_given_up_at_once(played, painting):
    compute, notes = played("signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(600)")
    with pytest.raises(GenerationFailed):
        compute.call(render_file, painting, **WANTED)
    assert len(notes.read_text().split()) == 1


def test_an_error_is_that_of_this_process(opened, painting):
    noise = BytesIO()
    Image.effect_noise((64, 64), 100).convert("RGB").save(noise, "PNG")
    compute = opened()
    with pytest.raises(GenerationFailed, match="cannot be had as SVG"):
        compute.call(render_file, Master(noise.getvalue(), "image/png"), background="transparent", **WANTED)
    with pytest.raises(RuntimeError, match="Traceback"):
        compute.call(render_file, painting, unknown=1, **WANTED)
    assert compute.call(render_file, painting, **WANTED)


def test_one_that_hangs_does_not_hold_up_the_end(played, painting):
    compute, notes = played("time.sleep(600)")
    outcome: list[BaseException] = []

    def render() -> None:
        try:
            compute.call(render_file, painting, **WANTED)
        except BaseException as error:  # noqa: BLE001
            outcome.append(error)

    thread = threading.Thread(target=render)
    thread.start()
    until(notes.read_text)
    compute.close()
    thread.join(WAIT)
    assert isinstance(outcome[0], WorkCancelled)
    assert not is_alive(int(notes.read_text()))


def test_it_may_be_closed_at_any_moment_of_a_call(played, painting):
    for delay in range(20):
        compute, notes = played("os.kill(os.getpid(), signal.SIGSTOP)")
        timer = threading.Timer(delay / 200, compute.close)
        timer.start()
        with pytest.raises(WorkCancelled):
            compute.call(render_file, painting, **WANTED)
        timer.join(WAIT)
        assert not [process for process in notes.read_text().split() if is_alive(int(process))]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_all_processes_of_a_server_does_not_end_what_it_computes(opened, painting, number):
    compute = opened()
    first = compute.call(render_file, painting, **WANTED)
    process = compute._process
    process.send_signal(number)
    assert compute.call(render_file, painting, **WANTED) == first
    assert compute._process is process


def test_an_error_with_several_arguments_comes_back_whole(opened):
    with pytest.raises(InvalidBrief) as here:
        Brief("a bakery", count=0)
    with pytest.raises(InvalidBrief) as caught:
        opened().call(Brief, "a bakery", count=0)
    assert str(caught.value) == str(here.value)
    assert (caught.value.field, caught.value.problem) == (here.value.field, here.value.problem)


def test_it_logs_as_the_server_does(capfd):
    compute = ComputeProcess(FAILURE, logs=LogStyle("INFO", "json"))
    compute.call(logging.info, "half %s", "way")
    compute.call(warnings.warn, "this is old")
    compute.call(logging.debug, "not wanted")
    compute.close()
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["level"], "half way" in line["message"]) for line in lines] == [("info", True), ("warning", False)]
    assert "this is old" in lines[1]["message"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_the_server_and_quietly(how):
    """In a process that is ended while the one that computes for it waits for work."""
    program = textwrap.dedent("""
        import sys, time
        from io import BytesIO
        from PIL import Image
        from blazon.export.delivery import Master, render_file
        from blazon.export.formats import PictureFormat
        from blazon.serve.compute.process import ComputeProcess
        file = BytesIO()
        Image.new("RGB", (64, 64), "teal").save(file, "PNG")
        compute = ComputeProcess("it cannot be done")
        master = Master(file.getvalue(), "image/png")
        compute.call(render_file, master, width=64, height=64, format=PictureFormat.PNG)
        try:
            print(compute._process.pid, flush=True)
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
        computing = int(server.stdout.readline())
        assert is_alive(computing)
        os.killpg(server.pid, how)  # as a terminal does
        assert server.stderr.read() == ""  # until the last who has it open is gone
    until(lambda: not is_alive(computing))
