"""The supervisor with real processes: children that poison themselves, hang, crash or refuse to start."""

import contextlib
import itertools
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.serve.process.launch import listen
from blazon.serve.process.supervisor import HEALTHY, LONGEST, Backoff, SupervisorConfig

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers run unsupervised there")

WAIT = 60

# A child that answers every connection with its own number, and does what `behaviour` says.
CHILD = """
    import os, signal, socket, sys, threading, time
    from pathlib import Path

    listener, supervisor_link = map(int, sys.argv[-1].split(","))
    starts = Path(sys.argv[1])
    with starts.open("a") as file:
        print(os.getpid(), file=file)
    number = len(starts.read_text().split())

    from blazon.serve.process.launch import inherit_listener
    from blazon.serve.process.supervisor import SupervisorLink
    from blazon.serve.process.watchdog import Watchdog
    from blazon.serve.process.exit import REPLACE_ME, leave

    line = SupervisorLink(supervisor_link)
    door = inherit_listener(listener)

    def serve(times=None):
        line.serving()
        while times != 0:
            guest = door.accept()[0]
            guest.sendall(str(number).encode())
            guest.close()
            times = None if times is None else times - 1

"""


@dataclass
class Scene:
    """A supervisor that runs, the address of its socket, and where its children write their numbers."""

    process: subprocess.Popen[str]
    port: int
    starts: Path
    log: list[dict[str, object]] = field(default_factory=list)

    @property
    def children(self) -> list[int]:
        return [int(line) for line in self.starts.read_text().split()] if self.starts.exists() else []

    def ask(self) -> int:
        """Return the number of the child that answers; waits for one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as client:
            return int(client.recv(16))

    def end(self) -> tuple[int, str]:
        """Return the exit code and what is on stderr, once the supervisor ended."""
        _, error = self.process.communicate(timeout=WAIT)
        return self.process.returncode, error


Supervised = Callable[..., Scene]


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    """Start a supervisor whose children run some code after that of `CHILD`."""
    scenes = []

    def start(behaviour: str, ignore: int | None = None, **config: float) -> Scene:
        script, starts = tmp_path / "child.py", tmp_path / "starts"
        script.write_text(textwrap.dedent(CHILD) + textwrap.dedent(behaviour))
        with listen("127.0.0.1", 0) as listener:
            interpreter = tmp_path / "interpreter"
            interpreter.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
            interpreter.chmod(0o700)
            command = [str(interpreter), str(script), str(starts)]
            given = SupervisorConfig(
                command,
                listener.fileno(),
                **{"patience": WAIT, "first": 0.01, "longest": 0.04} | config,
                log_format="json",
            )
            process = subprocess.Popen(
                [sys.executable, "-m", "blazon.serve.process.supervisor", json.dumps(asdict(given))],
                pass_fds=[listener.fileno()],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                preexec_fn=None if ignore is None else lambda: signal.signal(ignore, signal.SIG_IGN),
            )
            scenes.append(Scene(process, listener.getsockname()[1], starts))
        return scenes[-1]

    yield start
    for scene in scenes:
        scene.process.kill()
        scene.process.communicate()


def eventually(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended but that nobody took note of yet is no process any more.
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and re.search(r"^State:\s+Z", status.read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("leave(REPLACE_ME)", "asked to be replaced"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "was ended by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was ended by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "was ended by SIGTERM"),
        ("os._exit(1)", "ended with exit code 1"),
        ("os._exit(0)", "ended with exit code 0"),
        (
            # A call that never returns, found by the watchdog of the process.
            "dog = Watchdog(0.05, lambda name, seconds: leave(REPLACE_ME)); dog.start(); dog.begin('step'); "
            "threading.Event().wait()",
            "asked to be replaced",
        ),
    ],
    ids=["poisoned", "segfault", "out of memory", "foreign SIGTERM", "failure", "end", "hung"],
)
def test_a_child_that_ends_is_replaced(supervised, ending, reason):
    scene = supervised(f"serve(1 if number < 3 else None)\n{ending}\n")
    assert [scene.ask() for _ in range(4)] == [1, 2, 3, 3]
    scene.process.terminate()
    code, error = scene.end()
    assert code == 0
    lines = [json.loads(line) for line in error.splitlines()]
    assert [line["delay_s"] for line in lines] == [0.01, 0.02]
    assert all(line["reason"].startswith(reason) for line in lines)


@pytest.mark.parametrize(
    ("name", "usual", "other"), [("OMP_WAIT_POLICY", "PASSIVE", "ACTIVE"), ("TOKENIZERS_PARALLELISM", "false", "true")]
)
def test_threads_of_libraries_leave_the_cores_alone_unless_it_is_said_otherwise(
    supervised, monkeypatch, name, usual, other
):
    behaviour = f"starts.with_name(f'policy{{number}}').write_text(os.environ['{name}'])\nserve()\n"
    for said, found in ((None, usual), (other, other)):
        monkeypatch.delenv(name, raising=False)
        if said:
            monkeypatch.setenv(name, said)
        scene = supervised(behaviour)
        policy = scene.starts.with_name(f"policy{scene.ask()}")
        assert policy.read_text() == found
        scene.process.terminate()
        scene.end()


def test_children_that_fail_again_and_again_are_started_less_and_less_often(supervised):
    scene = supervised("if number > 1: os._exit(3)\nserve(1)\nleave(REPLACE_ME)\n")
    assert scene.ask() == 1
    eventually(lambda: len(scene.children) >= 6)
    scene.process.terminate()
    code, error = scene.end()
    assert code in (0, 3)  # the signal came between two children, or while one was ending
    assert [json.loads(line)["delay_s"] for line in error.splitlines()][:5] == [0.01, 0.02, 0.04, 0.04, 0.04]


def test_good_service_starts_the_backoff_anew(supervised):
    scene = supervised("serve(1 if number < 5 else None)\nleave(REPLACE_ME)\n", healthy=0.0)
    assert [scene.ask() for _ in range(5)] == [1, 2, 3, 4, 5]
    scene.process.terminate()
    assert [json.loads(line)["delay_s"] for line in scene.end()[1].splitlines()] == [0.01] * 4


@pytest.mark.parametrize("code", [1, 2, 3])
def test_settings_that_are_wrong_end_it_with_the_code_of_the_child_and_without_a_word(supervised, code):
    scene = supervised(f"os._exit({code})\n")
    assert scene.end() == (code, "")
    assert len(scene.children) == 1


def test_a_poisoned_child_is_replaced_even_before_it_served(supervised):
    scene = supervised("if number < 3: leave(REPLACE_ME)\nserve()\n")
    assert scene.ask() == 3


def test_a_connection_made_while_no_child_runs_is_answered_by_the_next_one(supervised):
    scene = supervised("serve(1 if number == 1 else None)\nleave(REPLACE_ME)\n", first=1.0, longest=1.0)
    assert scene.ask() == 1
    (first,) = scene.children
    eventually(lambda: not alive(first))
    with socket.create_connection(("127.0.0.1", scene.port), timeout=WAIT) as client:
        assert len(scene.children) == 1
        assert client.recv(16) == b"2"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_child_once_and_as_sigterm(supervised, number):
    scene = supervised(
        """
        signal.signal(signal.SIGINT, lambda *_: os._exit(9))
        signal.signal(signal.SIGTERM, lambda *_: (starts.with_name("signals").open("a").write("T"), os._exit(0)))
        serve()
        """
    )
    assert scene.ask() == 1
    scene.process.send_signal(number)
    assert scene.end() == (0, "")
    assert len(scene.children) == 1


def test_the_child_is_not_in_the_process_group_that_a_terminal_signals(supervised):
    scene = supervised("serve()\n")
    scene.ask()
    (child,) = scene.children
    assert os.getsid(child) == child != os.getsid(scene.process.pid)


def test_a_child_that_drains_still_listens_and_who_comes_after_it_is_refused(supervised):
    scene = supervised(
        """
        signal.signal(signal.SIGTERM, lambda *_: starts.with_name("drains").touch())
        serve(2)
        os._exit(0)
        """
    )
    assert scene.ask() == 1
    scene.process.terminate()
    eventually(scene.starts.with_name("drains").exists)
    assert scene.ask() == 1
    assert scene.end()[0] == 0
    with pytest.raises(ConnectionRefusedError):
        scene.ask()


def test_a_second_signal_ends_it_at_once(supervised):
    scene = supervised("signal.signal(signal.SIGTERM, lambda *_: None)\nserve()\n", debounce=0)
    scene.ask()
    (child,) = scene.children
    scene.process.send_signal(signal.SIGINT)
    scene.process.send_signal(signal.SIGTERM)  # another number, so that the two do not become one
    assert scene.end()[0] == 128 + signal.SIGKILL
    assert not alive(child)


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_that_come_together_are_one_wish_to_stop(supervised, first):
    """As from a service manager, which sends them to the supervisor and to its child, and SIGHUP after SIGTERM."""
    scene = supervised(
        """
        from blazon.serve.process.shutdown import Shutdown
        shutdown = Shutdown(60, supervised=True)
        for stop in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(stop, lambda *_: (shutdown.take_signal(), starts.with_name("drains").touch()))
        threading.Thread(target=serve, daemon=True).start()
        while not shutdown.draining or not starts.with_name("finish").exists():
            time.sleep(0.01)
        os._exit(0)
        """,
        debounce=WAIT,
    )
    scene.ask()
    (child,) = scene.children
    scene.process.send_signal(first)
    eventually(scene.starts.with_name("drains").exists)
    os.kill(child, signal.SIGTERM)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        scene.process.send_signal(number)
    assert scene.ask() == 1  # it still drains
    assert alive(child)
    scene.starts.with_name("finish").touch()
    assert scene.end()[0] == 0


def test_who_was_started_to_survive_its_terminal_does(supervised):
    scene = supervised("serve()\n", ignore=signal.SIGHUP)
    scene.ask()
    scene.process.send_signal(signal.SIGHUP)
    assert scene.ask() == 1
    scene.process.terminate()
    assert scene.end()[0] == 0


def test_a_child_that_does_not_stop_in_time_is_ended(supervised):
    scene = supervised("signal.signal(signal.SIGTERM, lambda *_: None)\nserve()\n", patience=0.1)
    scene.ask()
    scene.process.terminate()
    assert scene.end()[0] == 128 + signal.SIGKILL


def test_a_signal_between_two_children_ends_it(supervised):
    scene = supervised("serve(1)\nleave(REPLACE_ME)\n", first=1000, longest=1000)
    scene.ask()
    (child,) = scene.children
    eventually(lambda: not alive(child))
    scene.process.terminate()
    assert scene.end()[0] == 0


def test_where_no_child_can_be_started_for_a_while_it_is_tried_again(supervised, tmp_path):
    scene = supervised("serve(1)\nleave(REPLACE_ME)\n", log_level="WARNING")
    interpreter = tmp_path / "interpreter"
    eventually(interpreter.exists)
    away = interpreter.with_name("away")
    eventually(lambda: scene.children)
    interpreter.rename(away)
    assert scene.ask() == 1
    line = json.loads(scene.process.stderr.readline())
    while "could not be started" not in line["reason"]:
        line = json.loads(scene.process.stderr.readline())
    away.rename(interpreter)
    assert scene.ask() == 2
    scene.process.terminate()
    assert scene.end()[0] == 0


def test_a_child_ends_with_a_parent_that_was_killed(supervised):
    scene = supervised("signal.signal(signal.SIGTERM, lambda *_: None)\nserve()\n")
    scene.ask()
    (child,) = scene.children
    scene.process.kill()
    eventually(lambda: not alive(child))


def test_children_of_the_child_keep_neither_the_socket_nor_the_link(supervised):
    scene = supervised(
        """
        import subprocess
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], close_fds=False,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        Path(starts.with_name("grandchild")).write_text("x")
        serve()
        """
    )
    scene.ask()
    (child,) = scene.children
    listing = Path(f"/proc/{child}/task/{child}/children")
    if not listing.exists():
        pytest.skip("only Linux tells the children of a process")
    (grandchild,) = map(int, listing.read_text().split())
    try:
        held = set()
        for link in Path(f"/proc/{grandchild}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # it is starting: what it reads then is closed again
                held.add(str(link.readlink()))
        assert held
        assert not any(name.startswith("socket:") for name in held)
    finally:
        os.kill(grandchild, signal.SIGKILL)


def test_the_parent_stays_small(supervised):
    scene = supervised("serve(1 if number == 1 else None)\nleave(REPLACE_ME)\n")
    scene.ask()
    status = Path(f"/proc/{scene.process.pid}/status")
    if not status.exists():
        pytest.skip("only Linux tells the memory of a process so")

    def megabytes() -> int:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read_text()).group(1)) // 1024

    before = megabytes()
    assert scene.ask() == 2
    assert before < 20
    assert megabytes() < 40


def test_a_config_survives_the_way_to_the_other_program():
    config = SupervisorConfig(["a", "b c"], 3, 20.0, log_level="DEBUG")
    assert SupervisorConfig(**json.loads(json.dumps(asdict(config)))) == config


def test_it_doubles_from_half_a_second_to_thirty():
    backoff = Backoff()
    assert [backoff.after(0) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_good_service_makes_the_next_failure_the_first():
    backoff = Backoff()
    assert [backoff.after(served) for served in (0, 59.9, 60, 0)] == [0.5, 1, 0.5, 1]


@given(st.lists(st.floats(0, 2 * HEALTHY), max_size=100))
def test_a_process_that_never_serves_well_is_started_less_and_less_often(services):
    backoff = Backoff()
    delays = [backoff.after(served) for served in services]
    assert all(0.5 <= delay <= LONGEST for delay in delays)
    for (before, after), served in zip(itertools.pairwise(delays), services[1:], strict=True):
        assert after == (0.5 if served >= HEALTHY else min(LONGEST, 2 * before))


def test_a_thousand_failures_overflow_nothing():
    backoff = Backoff()
    assert [backoff.after(0) for _ in range(2000)][-1] == LONGEST
