import pytest
from hypothesis import given
from hypothesis import strategies as st
from write_cost_table import (
    PAGES,
    ROOT,
    compute_break_even,
    compute_cost_per_1000,
    make_card_table,
    make_table,
    replace_tables,
)

from blazon.planning.gpus import GPUS


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_the_pages_are_up_to_date(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert replace_tables(text) == text
    assert make_table() in text


def test_the_guide_to_rented_gpus_has_every_card_of_the_planner():
    assert make_card_table() in (ROOT / "docs/deploy/vastai.md").read_text(encoding="utf-8")
    assert all(gpu.title.removeprefix("NVIDIA ") in make_card_table() for gpu in GPUS.values())


def test_costs_by_hand():
    assert compute_cost_per_1000(0.36, 10) == pytest.approx(1.0)
    assert compute_cost_per_1000(0.36, 10, utilisation=0.5) == pytest.approx(2.0)
    assert (compute_break_even(0.40, 0.04), compute_break_even(0.41, 0.04), compute_break_even(0, 0.04)) == (11, 11, 1)


@given(hourly=st.floats(0, 100), price=st.floats(0.001, 10))
def test_from_the_break_even_on_and_not_before_the_gpu_is_cheaper(hourly, price):
    pictures = compute_break_even(hourly, price)
    assert pictures * price > hourly * (1 - 1e-9)
    assert (pictures - 1) * price <= hourly + price * 1e-6


@pytest.mark.parametrize("arguments", [(-1, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, 1.1), (float("nan"), 1, 1)])
def test_what_makes_no_sense_is_refused(arguments):
    with pytest.raises(ValueError, match="must not be negative"):
        compute_cost_per_1000(*arguments)


@pytest.mark.parametrize("arguments", [(-1, 1), (1, 0), (float("nan"), 1)])
def test_a_price_that_makes_no_sense_is_refused(arguments):
    with pytest.raises(ValueError, match="must not be negative"):
        compute_break_even(*arguments)
