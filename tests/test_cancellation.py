import pytest

from blazon.cancellation import Cancellation, WorkCancelled


def test_a_checkpoint_lets_wanted_work_pass_and_stops_the_rest() -> None:
    cancellation = Cancellation()
    cancellation.checkpoint()
    cancellation.cancel()
    assert cancellation.cancelled
    with pytest.raises(WorkCancelled):
        cancellation.checkpoint()


def test_listeners_hear_of_it_once_whenever_they_come() -> None:
    heard: list[str] = []
    cancellation = Cancellation()
    cancellation.add_listener(lambda: heard.append("early"))
    cancellation.cancel()
    cancellation.cancel()
    cancellation.add_listener(lambda: heard.append("late"))
    assert heard == ["early", "late"]
