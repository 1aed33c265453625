import subprocess
import sys

from blazon.serve.process.exit import REPLACE_ME
from blazon.serve.process.shutdown import Shutdown


class Scene:
    """A drain, the time, and what it told."""

    def __init__(self, limit: float = 20.0) -> None:
        self.now, self.busy, self.told = 0.0, True, []
        self.drain = Shutdown(limit, lambda: self.now)
        self.drain.on_begin(lambda: self.told.append("begin"))
        self.drain.on_limit(lambda: self.told.append("limit"))
        self.drain.busy_while(lambda: self.busy)


def test_nothing_is_told_before_it_begins():
    scene = Scene()
    scene.now = 1000
    assert not scene.drain.draining
    assert not scene.drain.over()
    assert scene.told == []


def test_it_lasts_as_long_as_there_is_work():
    scene = Scene()
    scene.drain.begin()
    assert scene.drain.draining
    assert not scene.drain.over()
    scene.now = 19.9
    scene.drain.begin()  # again: it does not begin anew
    assert not scene.drain.over()
    scene.busy = False
    assert scene.drain.over()
    assert scene.told == ["begin"]
    assert scene.drain.exit_code == 0


def test_at_its_limit_the_work_is_given_up_once():
    scene = Scene()
    scene.drain.begin()
    scene.now = 20
    assert scene.drain.over()
    assert scene.drain.over()
    assert scene.told == ["begin", "limit"]


def test_a_part_that_does_not_let_go_well_does_not_keep_the_others_from_it():
    drain, told = Shutdown(0), []
    drain.on_begin(lambda: 1 / 0)
    drain.on_begin(lambda: told.append("second"))
    drain.begin()
    assert drain.over()
    assert told == ["second"]


def test_a_process_that_is_to_be_replaced_ends_even_if_nothing_in_it_moves_any_more():
    hung = (
        "import blazon.serve.process.shutdown as drain, threading\n"
        "drain._LAST_ANSWERS = 0.1\n"
        "print('waits', flush=True)\n"
        "drain.Shutdown(60).replace('a stuck call')\n"
        "threading.Event().wait()\n"
    )
    ended = subprocess.run([sys.executable, "-c", hung], capture_output=True, text=True, timeout=60)
    assert ended.returncode == REPLACE_ME
    assert "a stuck call" in ended.stdout + ended.stderr


def test_to_be_replaced_gives_up_at_once_and_for_the_first_reason(monkeypatch):
    monkeypatch.setattr(
        "blazon.serve.process.shutdown.leave", lambda _: None
    )  # else it would end the tests, seconds later
    scene = Scene()
    scene.drain.replace("poisoned")
    scene.drain.replace("hung")
    assert (scene.drain.exit_code, scene.drain.reason) == (REPLACE_ME, "poisoned")
    assert scene.drain.over()
    assert scene.told == ["begin", "limit"]
