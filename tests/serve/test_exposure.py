import pytest

from blazon.serve.exposure import exposure_problem, is_loopback
from blazon.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST", "::ffff:127.0.0.1"])
def test_addresses_of_this_machine_alone(host):
    assert is_loopback(host)
    assert exposure_problem(Settings.load(None, host=host, api_keys="off"), False) == ""


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.4", "10.0.0.1", "fe80::1", "128.0.0.1", "logos.example.com", "localhost.example", ""],
)
def test_addresses_that_others_reach(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("mode", "made", "told"),
    [
        ("off", True, "HOST=0.0.0.0 and API_KEYS=off: anybody"),
        ("off", False, "and set API_KEYS=auto"),
        ("auto", False, "no API key was made: anybody who reaches it can draw; run `blazon keys create NAME`, or"),
        ("auto", True, ""),
        ("required", False, ""),
        ("required", True, ""),
    ],
)
def test_the_warning_says_what_is_open_and_what_helps(mode, made, told):
    problem = exposure_problem(Settings.load(None, host="0.0.0.0", api_keys=mode), made)
    assert told in problem
    assert bool(problem) == bool(told)
