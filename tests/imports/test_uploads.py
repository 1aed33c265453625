"""Uploads in processes of their own: one that takes long ends its process, and nothing else."""

import json
from contextlib import closing

import pytest

from blazon.errors import GenerationFailed
from blazon.imports.uploads import make_mark
from blazon.serve.compute.pool import ComputePool

SMALL = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>'
# It crosses itself a million times.
HEAVY = (
    '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0'
    + "".join(f"L{(n * 7919) % 1000} {(n * 104729) % 1000}" for n in range(1500))
    + 'z"/></svg>'
).encode()


def test_what_takes_too_long_ends_its_process_and_the_next_is_read() -> None:
    with closing(ComputePool(1, "it took too long")) as processes:
        assert json.loads(processes.call(make_mark, SMALL))["palette"] == "#000000"
        with pytest.raises(GenerationFailed, match="took too long"):
            processes.call(make_mark, HEAVY, seconds=0.5)
        assert json.loads(processes.call(make_mark, SMALL))["palette"] == "#000000"


def test_a_server_that_reads_it_itself_is_not_ended() -> None:
    with closing(ComputePool(0)) as processes:
        assert json.loads(processes.call(make_mark, SMALL, seconds=1e-6))["palette"] == "#000000"
