"""The parent of the server: keeps the listening socket, and replaces the process that answers when it dies.

`blazon serve` checks the settings, listens, says where, and becomes this program (`exec_supervisor`), which imports
next to nothing: it waits. The server itself is its child and inherits the socket, so that clients
who connect while there is no child wait in the socket's backlog for the next one.

The child is in a session of its own: Ctrl-C, which a terminal sends to all processes in front, reaches
the parent, and the parent tells the child once. The two hold a socket pair: the child says on it that it
serves (`SupervisorLink`), and reads the end of it when its parent is gone, even by SIGKILL.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final, NoReturn

from blazon.interpreter import IDLE_THREADS, python
from blazon.serve.process.exit import DEBOUNCE, REPLACE_ME, stop_signals

# What ends a process by a fault of its own, so suddenly that it can write nothing down.
FAULTS: Final = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
# Set in the environment of a child whose predecessor ended so.
AFTER_CRASH: Final = "BLAZON_AFTER_CRASH"

# Long enough for a file lock or the GPU memory of the dead process to be given back, short enough that clients
# whose connections wait do not notice.
FIRST: Final = 0.5
# An operator who mends something sees it within this time, and a process that cannot start costs next to nothing.
LONGEST: Final = 30.0
# Longer than most jobs: one that kills every process which takes it must not do so twice a second.
HEALTHY: Final = 60.0

_NAMES: Final = {number.value: number.name for number in signal.Signals}  # not of all real-time signals

# Nobody reads the exit code of a process whose parent is gone; only the kernel's books see it.
_ORPHANED: Final = 1

Report = Callable[[str, float], None]
"""Told why a child ended and in how many seconds another one is started."""


@dataclass(slots=True)
class Backoff:
    """Seconds to wait, doubled from one failure to the next until a process served for a while.

    Args:
        first, longest: seconds.
        healthy: seconds of service after which a failure counts as the first one.
    """

    first: float = FIRST
    longest: float = LONGEST
    healthy: float = HEALTHY
    failures: int = 0

    def after(self, served: float) -> float:
        """Return how long to wait after the failure of a process that served for `served` seconds."""
        if served >= self.healthy:
            self.failures = 0
        delay = min(self.longest, self.first * 2.0 ** min(self.failures, 64))  # no float holds powers far beyond
        self.failures += 1
        return delay


@dataclass(frozen=True, slots=True)
class SupervisorConfig:
    """What a supervisor is to do.

    Args:
        command: starts the server; the descriptors of the socket and of the link are added to it as one more
            word, such as `3,5`.
        listener: descriptor of the listening socket.
        patience: seconds that the child is given to end after SIGTERM.
        first, longest, healthy: of `Backoff`.
        debounce: seconds after a signal to stop in which others are the same wish.
        log_level, log_format: values of the settings of these names.
    """

    command: Sequence[str]
    listener: int
    patience: float
    first: float = FIRST
    longest: float = LONGEST
    healthy: float = HEALTHY
    debounce: float = DEBOUNCE
    log_level: str = "INFO"
    log_format: str = "auto"


def exec_supervisor(config: SupervisorConfig, announcement: str) -> NoReturn:
    """Turn this process, whose memory is full of what it needed to start, into the small one that supervises."""
    os.set_inheritable(config.listener, True)
    # From here on Ctrl-C is a clean end: until the new program can take signals, they wait.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals())
    # A full disk or a reader that left: what is printed is lost, and the server starts.
    with suppress(OSError):
        print(announcement, flush=True)  # noqa: T201
    with suppress(OSError):
        sys.stderr.flush()
    os.execv(sys.executable, python("-m", "blazon.serve.process.supervisor", json.dumps(asdict(config))))  # noqa: S606 - no shell is wanted


class SupervisorLink:
    """Ends this process as soon as the other end of a socket pair is closed, by whatever ended its owner."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._end = socket.socket(fileno=descriptor)
        threading.Thread(target=self._watch, name="blazon-supervisor-link", daemon=True).start()

    def serving(self) -> None:
        """Tell the supervisor that this process answers requests."""
        with suppress(OSError):  # nobody is there to be told: the thread ends the process
            self._end.send(b"+")

    def _watch(self) -> None:
        with suppress(OSError):
            while self._end.recv(1):
                pass
        os._exit(_ORPHANED)


class _Child:
    """The server process, and what it said of itself."""

    def __init__(self, command: Sequence[str], listener: int, *, after_crash: bool = False) -> None:
        self.link, there = socket.socketpair()
        with there:
            descriptors = (listener, there.fileno())
            self.process = subprocess.Popen(  # noqa: S603 - the command is our own
                [*command, ",".join(map(str, descriptors))],
                pass_fds=descriptors,
                start_new_session=True,
                env={**IDLE_THREADS, **os.environ, **({AFTER_CRASH: "1"} if after_crash else {})},
            )
        self.link.setblocking(False)
        self.silent = False
        self._serving_since: float | None = None

    @property
    def served(self) -> float:
        """Seconds since the child said that it serves; 0 if it never did."""
        return 0.0 if self._serving_since is None else time.monotonic() - self._serving_since

    def poll(self) -> int | None:
        """Return the exit code, negative for the signal that ended the child; None while it lives."""
        code = self.process.poll()
        if code is not None:
            self.read_link()
            self.link.close()
        return code

    def read_link(self) -> None:
        """Take note of what the child said since the last time."""
        try:
            said = self.link.recv(16)
        except (BlockingIOError, ConnectionResetError):
            return
        self.silent = not said
        if said and self._serving_since is None:
            self._serving_since = time.monotonic()


class Supervisor:
    """Runs the server until it is told to stop. For the main thread of a process that does nothing else."""

    def __init__(self, config: SupervisorConfig, report: Report) -> None:
        self._config = config
        self._report = report
        self._backoff = Backoff(config.first, config.longest, config.healthy)
        self._ever_served = False
        self._stopping = False
        self._stopped_at = 0.0
        self._crashed = False
        self._deadline: float | None = None

    def run(self) -> int:
        """Start the server, and others in its place, and return the exit code for all of them.

        That is 0 after SIGTERM or SIGINT if the server ended in time, 128 and the number of the signal that had
        to end it otherwise. It is the server's own if it ends by itself, with any code but `REPLACE_ME`, before
        one has ever served: then the settings are wrong, and trying again does not mend them.
        """
        self._take_signals()
        while True:
            try:
                code, served = self._run_child()
            except OSError as error:  # no process can be started, such as for want of memory
                if not self._ever_served:
                    raise
                code, served = os.EX_OSERR, 0.0
                self._crashed = False
                reason = f"could not be started: {error.strerror}"
            else:
                reason = _describe_end(code, served)
            if self._stopping:
                return 0 if code in (0, -signal.SIGTERM, REPLACE_ME) else code if code > 0 else 128 - code
            if code >= 0 and code != REPLACE_ME and not self._ever_served:
                return code
            delay = self._backoff.after(served)
            self._report(reason, delay)
            if self._wait_for_stop(delay):
                return 0

    def _take_signals(self) -> None:
        self._stop_signals = stop_signals()
        self._signals, self._interpreter = socket.socketpair()
        for end in (self._signals, self._interpreter):
            end.setblocking(False)
        # The numbers of signals that have a handler arrive here, where `select` sees them beside all else.
        signal.set_wakeup_fd(self._interpreter.fileno())
        for number in (*self._stop_signals, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._stop_signals)

    def _run_child(self) -> tuple[int, float]:
        """Run one child; return how it ended (see `_Child.poll`) and how many seconds it served."""
        child = _Child(self._config.command, self._config.listener, after_crash=self._crashed)
        while (code := child.poll()) is None:
            for _ in self._wait_for_signals(self._deadline, child):
                self._stop(child)
            if self._deadline is not None and time.monotonic() >= self._deadline:
                self._deadline = None
                child.process.kill()
            self._ever_served = self._ever_served or child.served > 0
        self._ever_served = self._ever_served or child.served > 0
        self._crashed = -code in FAULTS
        return code, child.served

    def _stop(self, child: _Child) -> None:
        """Let the child drain; at a later signal, end it. Signals that come together are one wish."""
        if self._stopping:
            if time.monotonic() - self._stopped_at >= self._config.debounce:
                child.process.kill()
            return
        self._stopping, self._stopped_at = True, time.monotonic()
        self._deadline = time.monotonic() + self._config.patience
        # The child listens as long as it drains. With this copy of the socket open, clients that come after that would
        # wait in a backlog that nobody reads, and be cut off; without it they are refused at once.
        os.close(self._config.listener)
        child.process.terminate()

    def _wait_for_stop(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._wait_for_signals(until):
                return True
        return False

    def _wait_for_signals(self, moment: float | None, child: _Child | None = None) -> list[int]:
        """Wait for signals, for word of a child, or for a moment; return which signals ask for the end."""
        sources = [self._signals, *([child.link] if child and not child.silent else [])]
        ready, _, _ = select.select(sources, [], [], None if moment is None else max(0.0, moment - time.monotonic()))
        if child and child.link in ready:
            child.read_link()
        return (
            [number for number in self._signals.recv(64) if number in self._stop_signals]
            if self._signals in ready
            else []
        )


def _describe_end(code: int, served: float) -> str:
    if code == REPLACE_ME:
        how = "asked to be replaced"
    elif code < 0:
        how = f"was ended by {_NAMES.get(-code, f'signal {-code}')}"
    else:
        how = f"ended with exit code {code}"
    return f"{how} after {served:.0f} s of service"


def _log_reports(config: SupervisorConfig) -> Report:
    def report(reason: str, delay: float) -> None:
        # Imported once there is something to tell: this process waits for months, and the line costs it 15 MB.
        import structlog

        from blazon.logs import configure_logs

        configure_logs(config.log_level, config.log_format)
        log = structlog.stdlib.get_logger("blazon.supervisor")
        log.warning("server process replaced", reason=reason, delay_s=delay)

    return report


def main() -> None:
    """Entry point of `exec_supervisor`; its one argument is the config as JSON."""
    config = SupervisorConfig(**json.loads(sys.argv[1]))
    sys.exit(Supervisor(config, _log_reports(config)).run())


if __name__ == "__main__":
    main()
