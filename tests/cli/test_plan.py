import json

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
