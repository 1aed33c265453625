"""From a load to a number of replicas, their price, and what clients meet."""

import math
from dataclasses import dataclass
from typing import Final

from blazon.errors import InvalidSetting
from blazon.planning.service_time import ServiceTime
from blazon.planning.simulation import simulate_load, take_percentile

_SHARES: Final = (0.5, 0.95, 0.99)
_PICTURES: Final = 20_000  # that are simulated, or more for many replicas: enough for a 99th percentile
_PICTURES_PER_REPLICA: Final = 40
_HOURS_PER_MONTH: Final = 730
_MOST_REPLICAS: Final = 10_000
BUSIEST: Final = 0.98
"""Share of the capacity up to which a queue settles within what is simulated; nearer to 1, waits only look short."""
_LEAST_RATE: Final = 1e-5  # a second: moments of some 20,000 pictures are exact then to a millionth
_HIGHEST_PRICE: Final = 1e6


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked for.

    Args:
        rate: pictures a second, on average; they come at random (Poisson).
        longest_wait: seconds within which 95 of 100 pictures should be begun.
        price: of one replica an hour, in any currency.
        seed: of the simulation.
    """

    rate: float
    service: ServiceTime
    price: float
    longest_wait: float = 5.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.rate < math.inf:
            raise InvalidSetting("the pictures a second must be above 0")
        if self.rate < _LEAST_RATE:
            raise InvalidSetting(f"the pictures a second must be {_LEAST_RATE:g} or above, which is about one in a day")
        if not 0 <= self.price <= _HIGHEST_PRICE:
            raise InvalidSetting(f"the price of an hour must be from 0 to {_HIGHEST_PRICE:,.0f}")
        if not 0 < self.longest_wait < math.inf:
            raise InvalidSetting("the longest wait must be above 0")
        if self.rate >= _MOST_REPLICAS * self.service.capacity:
            raise InvalidSetting(f"{self.rate:g} pictures a second take more than {_MOST_REPLICAS:,} replicas")

    @property
    def least_replicas(self) -> int:
        """With fewer the queue grows for ever."""
        return math.floor(self.rate / self.service.capacity) + 1

    def compute_utilisation(self, replicas: int) -> float:
        """Return the share of their capacity that is asked of so many replicas."""
        return self.rate / (replicas * self.service.capacity)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What so many replicas bring. Seconds, as percentiles 50, 95 and 99; `cost_*` in the currency of the price.

    Args:
        wait: until a picture is begun.
        time: until it is painted, wait included.
    """

    replicas: int
    busy: float
    wait: tuple[float, ...]
    time: tuple[float, ...]
    cost_per_hour: float
    cost_per_month: float
    cost_per_1000: float


def forecast(load: Load, replicas: int) -> Forecast:
    """Return what a number of replicas brings, 10,000 at most.

    Raises:
        InvalidSetting: they are too few: the queue would grow for ever.
    """
    if replicas < load.least_replicas:
        most = replicas * load.service.capacity
        raise InvalidSetting(
            f"{replicas} replicas paint {most:.3g} pictures a second at most and {load.rate:g} come: the queue would"
            f" grow for ever; {load.least_replicas} or more are needed"
        )
    pictures = max(_PICTURES, _PICTURES_PER_REPLICA * replicas)
    result = simulate_load(load.rate, pictures, load.service, replicas, load.seed)
    hourly = replicas * load.price
    return Forecast(
        replicas,
        result.busy,
        _summarise(result.waits),
        _summarise(result.times),
        hourly,
        hourly * _HOURS_PER_MONTH,
        hourly / (load.rate * 3600) * 1000,
    )


def find_replicas(load: Load) -> Forecast:
    """Return the forecast for the fewest replicas with which 95 of 100 pictures are begun in time.

    They are asked for `BUSIEST` of their capacity at most.
    """
    fewest = max(1, math.ceil(load.compute_utilisation(1) / BUSIEST))
    found = forecast(load, fewest)
    too_few, step = fewest, 1
    while found.wait[1] > load.longest_wait:
        too_few, step = found.replicas, 2 * step
        found = forecast(load, too_few + step // 2)
    while found.replicas - too_few > 1:
        middle = forecast(load, (found.replicas + too_few) // 2)
        if middle.wait[1] > load.longest_wait:
            too_few = middle.replicas
        else:
            found = middle
    return found


def _summarise(seconds: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(take_percentile(seconds, share) for share in _SHARES)
