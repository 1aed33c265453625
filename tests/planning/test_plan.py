import math

import pytest

from blazon.errors import InvalidSetting
from blazon.planning.plan import BUSIEST, Load, find_replicas, forecast
from blazon.planning.service_time import ServiceTime

SERVICE = ServiceTime(28, 3.0 / 28, 0.95, 2, buckets=True)


@pytest.mark.parametrize("rate", [0.05, 2.0, 30.0, 400.0])
def test_the_fewest_replicas_that_keep_the_wait(rate: float) -> None:
    load = Load(rate, SERVICE, price=2.0, longest_wait=4.0)
    found = find_replicas(load)
    assert found.wait[1] <= 4.0
    assert load.compute_utilisation(found.replicas) <= BUSIEST
    if load.compute_utilisation(found.replicas - 1 or 1) <= BUSIEST and found.replicas > 1:
        assert forecast(load, found.replicas - 1).wait[1] > 4.0
    assert list(found.wait) == sorted(found.wait)
    assert all(time >= SERVICE.alone - 1e-6 for time in found.time)


def test_what_it_costs() -> None:
    found = forecast(Load(2.0, SERVICE, price=3.0), 9)
    assert found.cost_per_hour == 27.0
    assert found.cost_per_month == 27.0 * 730
    assert found.cost_per_1000 == pytest.approx(27.0 / 7.2)


@pytest.mark.parametrize(
    "wrong",
    [{"rate": 0.0}, {"rate": math.nan}, {"rate": 1e9}, {"price": -1.0}, {"price": math.inf}, {"longest_wait": 0.0}],
)
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidSetting):
        Load(**{"rate": 1.0, "service": SERVICE, "price": 1.0, **wrong})
