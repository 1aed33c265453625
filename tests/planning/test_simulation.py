"""The simulation against closed forms of queueing theory, and what must hold whatever comes."""

import math
import random
from itertools import accumulate, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.errors import InvalidSetting
from blazon.planning.service_time import ServiceTime
from blazon.planning.simulation import generate_arrivals, simulate, simulate_load, take_percentile

PICTURES = 60_000
gaps = st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=60)
services = st.builds(
    ServiceTime,
    steps=st.integers(1, 12),
    step=st.sampled_from([0.05, 0.1, 0.5]),
    growth=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    slots=st.integers(1, 5),
    buckets=st.booleans(),
)


def mean(values) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_engine_with_equal_pictures_is_an_m_d_1_queue(load: float) -> None:
    """Pollaczek and Khinchine: the mean wait is load / (2 (1 - load)) service times."""
    found = simulate_load(load, PICTURES, ServiceTime(1, 1.0), 1, seed=5)
    assert mean(found.waits) == pytest.approx(load / (2 * (1 - load)), rel=0.06)
    assert found.busy == pytest.approx(load, rel=0.02)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_engine_with_exponential_pictures_is_an_m_m_1_queue(load: float) -> None:
    """The wait exceeds t with probability load x exp(-(1 - load) t), t in mean service times."""
    dice, fine = random.Random(6), 1000
    steps = [max(1, round(dice.expovariate(1) * fine)) for _ in range(PICTURES)]
    arrivals = islice(generate_arrivals(load, 7), PICTURES)
    found = simulate(arrivals, ServiceTime(1, 1 / fine), 1, steps)
    assert mean(found.waits) == pytest.approx(load / (1 - load), rel=0.08)
    for t in (0.0, 1.0, 3.0):
        longer = sum(wait > t + 1e-9 for wait in found.waits) / PICTURES
        assert longer == pytest.approx(load * math.exp(-(1 - load) * t), rel=0.08)


def test_several_engines_with_exponential_pictures_are_an_m_m_c_queue() -> None:
    """Erlang C: with 3 engines at 80 % a picture waits with probability 0.6472."""
    dice, fine, engines = random.Random(8), 1000, 3
    steps = [max(1, round(dice.expovariate(1) * fine)) for _ in range(PICTURES)]
    found = simulate(islice(generate_arrivals(0.8 * engines, 9), PICTURES), ServiceTime(1, 1 / fine), engines, steps)
    assert sum(wait > 1e-9 for wait in found.waits) / PICTURES == pytest.approx(0.6472, rel=0.04)


def test_pictures_that_share_passes_for_nothing_are_several_engines() -> None:
    arrivals = list(islice(generate_arrivals(2.5, 3), 5000))
    shared = simulate(arrivals, ServiceTime(1000, 0.001, growth=0, slots=3), 1)
    apart = simulate(arrivals, ServiceTime(1000, 0.001), 3)
    assert shared.waits == pytest.approx(apart.waits, abs=0.2)
    assert mean(shared.waits) == pytest.approx(mean(apart.waits), rel=0.02)


def test_a_picture_joins_at_the_next_pass_and_slows_the_others_down() -> None:
    service = ServiceTime(10, 1.0, growth=1.0, slots=2)
    found = simulate([0.0, 2.5], service, 1)
    # 3 passes alone, 7 of 2 s together, and 3 of the second alone.
    assert found.waits == (0.0, 0.0)
    assert found.times == pytest.approx((17.0, 20.0 - 2.5))


@given(gaps, services, st.integers(1, 4))
@settings(max_examples=150)
def test_nobody_is_lost_and_nothing_is_faster_than_alone(gaps, service, replicas) -> None:
    arrivals = list(accumulate(gaps))
    found = simulate(arrivals, service, replicas)
    assert len(found.waits) == len(found.times) == len(arrivals)
    for wait, time in zip(found.waits, found.times, strict=True):
        assert wait >= 0
        assert time >= wait + service.steps * min(service.passes[1:]) - 1e-6
    begun = [arrived + wait for arrived, wait in zip(arrivals, found.waits, strict=True)]
    assert begun == sorted(begun)  # first come, first served
    assert 0 <= found.busy <= 1 + 1e-9


@given(gaps, st.integers(1, 12), st.integers(1, 4))
@settings(max_examples=150)
def test_with_more_replicas_nobody_waits_longer(gaps, steps, replicas) -> None:
    arrivals, service = list(accumulate(gaps)), ServiceTime(steps, 0.25)
    fewer, more = simulate(arrivals, service, replicas), simulate(arrivals, service, replicas + 1)
    assert all(b <= a + 1e-9 for a, b in zip(fewer.waits, more.waits, strict=True))
    assert all(b <= a + 1e-9 for a, b in zip(fewer.times, more.times, strict=True))


@given(gaps, services, st.integers(1, 3))
@settings(max_examples=150)
def test_with_more_replicas_the_mean_wait_is_no_longer_whatever_shares_passes(gaps, service, replicas) -> None:
    arrivals = list(accumulate(gaps))
    fewer, more = simulate(arrivals, service, replicas), simulate(arrivals, service, replicas + 1)
    # A picture may join a pass later than it would have: a pass of tolerance.
    assert mean(more.waits) <= mean(fewer.waits) + max(service.passes)


def test_the_same_seed_is_the_same_and_another_one_is_not() -> None:
    service = ServiceTime(28, 0.1, 0.9, 2)
    one, same, other = (simulate_load(0.5, 500, service, 2, seed) for seed in (1, 1, 2))
    assert one == same
    assert one.waits != other.waits


@pytest.mark.parametrize(("rate", "replicas"), [(1.0, 1), (2.5, 2), (0.0, 1), (math.nan, 1), (math.inf, 1), (1.0, 0)])
def test_a_queue_that_would_grow_for_ever_is_refused(rate: float, replicas: int) -> None:
    with pytest.raises(InvalidSetting):
        simulate_load(rate, 100, ServiceTime(1, 1.0), replicas)


def test_percentiles_are_values_that_were_there() -> None:
    assert take_percentile([3, 1, 2, 4], 0.5) == 2
    assert take_percentile([3, 1, 2, 4], 0.95) == 4
    assert take_percentile([7], 0.5) == 7
