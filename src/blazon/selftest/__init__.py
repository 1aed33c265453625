"""Checks of a running server from outside, over HTTP alone: whether it keeps what clients rely on.

A check is a function of a client: it returns what it saw in a few words, or raises `CheckFailed` with the
reason. `blazon selftest` and the tests on a GPU run the same ones, against Blazon or any server of its kind.
"""

from blazon.selftest.checks import Check, Result, checks, difference, examine, pictures
from blazon.selftest.client import DRAW, Answer, CheckFailed, Client, NobodyAnswers, await_ready, draw
from blazon.selftest.comparison import Difference, compare
from blazon.selftest.throughput import LEVELS, Throughput, measure

__all__ = [
    "DRAW",
    "LEVELS",
    "Answer",
    "Check",
    "CheckFailed",
    "Client",
    "Difference",
    "NobodyAnswers",
    "Result",
    "Throughput",
    "await_ready",
    "checks",
    "compare",
    "difference",
    "draw",
    "examine",
    "measure",
    "pictures",
]
