"""`blazon cluster` without Ray; with it, see tests/serve/cluster."""

import pytest

from blazon.cli.cluster import find_url

_NODES = {"nodes": [{"address": "10.0.0.4", "alive": False}, {"address": "10.0.0.5", "alive": True}]}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("gpu.example", "http://gpu.example:8000"),
        ("::1", "http://[::1]:8000"),
        ("0.0.0.0", "http://10.0.0.5:8000"),
        ("::", "http://10.0.0.5:8000"),
    ],
)
def test_the_address_for_servers_is_one_that_they_can_call(host: str, url: str) -> None:
    assert find_url(host, 8000, _NODES) == url


def test_without_a_machine_it_is_this_one() -> None:
    assert find_url("0.0.0.0", 8000, {"nodes": []}) == "http://localhost:8000"
