"""Errors of the domain."""

import pickle

import pytest

from blazon.errors import BlazonError, GenerationFailed, InvalidBrief, InvalidHeader, ShareExceeded, TextNotCovered


@pytest.mark.parametrize(
    "error",
    [
        GenerationFailed("a problem"),
        InvalidBrief("prompt", "is too long"),
        TextNotCovered("slogan", "has no letters"),
        InvalidHeader("Range", "is no range"),
        ShareExceeded("too many", 3),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_the_way_between_processes(error: BlazonError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))
