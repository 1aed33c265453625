import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from blazon.direction.dice import Dice

labels = st.text(max_size=20)


@given(st.text(max_size=20), labels, st.integers(1, 1000))
def test_numbers_lie_in_range_and_repeat(key: str, label: str, below: int) -> None:
    number = Dice(key).number(label, below)
    assert 0 <= number < below
    assert Dice(key).number(label, below) == number


@given(st.text(max_size=20), labels, st.lists(st.integers(), max_size=30), st.integers(1, 10))
def test_shuffling_keeps_every_item(key: str, label: str, items: list[int], keep: int) -> None:
    dice = Dice(key)
    assert sorted(dice.shuffle(label, items)) == sorted(items)
    assert sorted(dice.by_weight(label, items, keep)) == sorted(items)


@given(st.text(max_size=20), labels, st.integers(1, 10))
def test_weighted_order_moves_no_item_far_forward(key: str, label: str, keep: int) -> None:
    for place, item in enumerate(Dice(key).by_weight(label, range(30), keep)):
        assert item - place < keep


def test_labels_and_keys_choose_independently() -> None:
    assert len({Dice(key).number(label, 2**32) for key in "abc" for label in "abc"}) == 9


def test_known_values_guard_the_promise_that_a_seed_keeps_its_logo() -> None:
    assert [Dice("7").number(label, 1000) for label in ("type", "mark", "colour")] == [162, 96, 577]


def test_another_process_chooses_alike() -> None:
    code = "from blazon.direction.dice import Dice; print(Dice('k').shuffle('x', list(range(20))))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert runs == {f"{Dice('k').shuffle('x', list(range(20)))}\n"}
