"""What is kept is what would be computed."""

import copy
import threading
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from blazon.diffusion.kept_results import KeptResults


class Doubling:
    """Doubles what it is given, and counts how often."""

    def __init__(self) -> None:
        self.computed = 0

    def double(self, numbers: Any, *, offset: int = 0) -> torch.Tensor:
        self.computed += 1
        return torch.as_tensor(numbers) * 2 + offset


questions = st.lists(st.tuples(st.lists(st.integers(0, 2), max_size=2), st.sampled_from([None, 0, 1])), max_size=30)


@given(questions, st.integers(1, 4), st.booleans())
def test_each_answer_is_the_one_that_would_be_computed(
    asked: list[tuple[list[int], int | None]], most: int, as_tensors: bool
) -> None:
    kept = KeptResults(Doubling().double, most)
    for numbers, offset in asked:
        options = {} if offset is None else {"offset": offset}
        given_numbers: Any = torch.tensor(numbers) if as_tensors else numbers
        assert torch.equal(kept(given_numbers, **options), Doubling().double(numbers, **options))


@given(st.lists(st.integers(0, 5), min_size=1), st.integers(1, 4))
def test_the_newest_are_not_computed_again_and_no_more_are_kept(asked: list[int], most: int) -> None:
    doubling = Doubling()
    kept = KeptResults(doubling.double, most)
    known: list[int] = []  # the newest first
    for number in asked:
        before = doubling.computed
        kept(torch.tensor([number]))
        assert (doubling.computed == before) == (number in known)
        if number not in known:
            known = [number, *known[: most - 1]]


@pytest.mark.parametrize(
    "other",
    [torch.tensor([1.0, 2.0], dtype=torch.float64), torch.tensor([[1.0, 2.0]]), torch.tensor([1.0]), [1.0, 2.0]],
)
def test_tensors_of_another_kind_are_something_else(other: Any) -> None:
    doubling = Doubling()
    kept = KeptResults(doubling.double, 4)
    expected = Doubling().double(other)
    kept(torch.tensor([1.0, 2.0]))
    result = kept(other)
    assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
    assert doubling.computed == 2


def test_what_is_kept_is_contiguous_in_tuples_too() -> None:
    kept = KeptResults(lambda: (torch.ones(2, 3).T, torch.ones(2)))
    assert all(part.is_contiguous() for part in kept())


def test_a_copy_computes_by_itself() -> None:
    doubling = Doubling()
    kept = KeptResults(doubling.double)
    kept(torch.tensor([1]))
    copied = copy.deepcopy(kept)
    assert torch.equal(copied(torch.tensor([2])), torch.tensor([4]))
    assert doubling.computed == 1


def test_compiled_code_computes_it() -> None:
    kept = KeptResults(lambda numbers: numbers * 2)
    compiled = torch.compile(lambda numbers: kept(numbers) + 1, backend="eager", fullgraph=True)
    for number in (1.0, 1.0, 2.0):
        assert compiled(torch.tensor([number])).tolist() == [number * 2 + 1]


def test_an_error_is_raised_each_time_and_nothing_is_kept_of_it() -> None:
    def refuse() -> torch.Tensor:
        raise ValueError("no")

    kept = KeptResults(refuse)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            kept()


def test_threads_that_ask_together_get_their_own_answers() -> None:
    kept = KeptResults(lambda number: torch.tensor([number, number * number]), 2)
    wrong: list[int] = []

    def ask(first: int) -> None:
        numbers = list(range(first, first + 4)) * 200
        wrong.extend(number for number in numbers if kept(number).tolist() != [number, number * number])

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
