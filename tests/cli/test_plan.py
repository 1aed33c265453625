import json

import pytest

LOAD = ("plan", "--rps", "2", "--size", "1024", "--steps", "28")


def test_a_plan_names_replicas_cost_and_waits_and_marks_what_was_estimated(blazon):
    answer = blazon(*LOAD, "--gpu", "h200")
    assert answer.code == 0
    for word in ("replicas", "an hour", "p50", "p95", "p99", "--seconds replaces it", "--price replaces it"):
        assert word in answer.stdout


def test_what_is_given_is_no_estimate_and_needs_no_card_of_the_table(blazon):
    given = ("--gpu", "mine", "--seconds", "3", "--price", "2", "--growth", "1", "--json")
    found = json.loads(blazon(*LOAD, *given).stdout)
    assert found["load"]["seconds"] == 3.0
    assert found["cost_per_hour"] == 2.0 * found["replicas"]
    assert found["wait"].keys() == {"p50", "p95", "p99"}
    assert not [line for line in found["estimates"] if line.startswith(("seconds", "price", "growth"))]
    assert found == json.loads(blazon(*LOAD, *given).stdout)


def test_a_card_too_small_for_sixteen_bits_says_so(blazon):
    assert "24 GB" in blazon("plan", "--rps", "0.1", "--gpu", "rtx4090").stdout


def test_waits_that_only_look_short_are_told(blazon):
    full = ("plan", "--rps", "0.99", "--seconds", "1", "--price", "1", "--concurrent", "1", "--replicas")
    assert "expect longer waits" in blazon(*full, "1").stdout
    assert "expect longer waits" not in blazon(*full, "2").stdout


def test_what_cannot_be_planned_is_one_line(blazon):
    few = blazon(*LOAD, "--replicas", "3")
    assert few.code == 2
    assert "grow for ever" in few.error
    unknown = blazon(*LOAD, "--gpu", "abacus")
    assert unknown.code == 2
    assert "h200" in unknown.error
    for option in (("--rps", "nan"), ("--seconds", "0"), ("--price=-1",), ("--wait", "inf"), ("--growth", "2")):
        answer = blazon(*LOAD, *option)
        assert answer.code == 2, option
        assert answer.error


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--rps", "1e308"), "more than 10,000 replicas"),
        (("--rps", "1e-300"), "one in a day"),
        (("--seconds", "1e-12"), "0.01 ms"),
        (("--seconds", "1e300"), "more than 10,000 replicas"),
        (("--replicas", "1000000000"), "less than or equal to 10000"),
        (("--replicas", "3"), "8 or more"),
        (("--price", "1e308"), "the price"),
        (("--wait", "1e-300"), "p95 0.0 s"),
    ],
)
def test_numbers_without_measure_are_refused_by_what_they_are_or_answered_at_once(blazon, options, told):
    answer = blazon(*LOAD, *options)
    assert (answer.code == 2 and told in answer.error) or (answer.code == 0 and told in answer.stdout)
