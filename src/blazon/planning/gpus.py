"""Graphics cards by name, and how long FLUX.1 takes on them: estimates, each of which can be overridden.

The work of a picture is counted exactly. How much of it a card does in a second is estimated: the peak of its data
sheet (dense, 16-bit products with 32-bit sums), times the share of that peak which was published for an H200. Prices
are what marketplaces and clouds asked for an hour on demand when this was written; they change every week.
"""

import math
from dataclasses import dataclass
from typing import Final

from blazon.errors import InvalidSetting

# 2,082 TFLOP for 1024 x 1024 in 28 steps, in the 3.73 s that were published for compiled FLUX.1-dev on an H200.
EFFICIENCY: Final = 0.565
TEXT_TOKENS: Final = 512
# Of FLUX.1: 19 double and 38 single blocks of width 3072, each with 12 width^2 weights that every token meets.
_BLOCKS: Final = 57
_WIDTH: Final = 3072
_WEIGHTS_PER_TOKEN: Final = _BLOCKS * 12 * _WIDTH**2
_PATCH: Final = 16  # pixels across that are one token


@dataclass(frozen=True, slots=True)
class Gpu:
    """A kind of card.

    Args:
        vram: gigabytes.
        tflops: peak of its data sheet.
        prices: lowest and highest usual price of an hour, in US dollars.
    """

    name: str
    title: str
    vram: int
    tflops: float
    prices: tuple[float, float]

    @property
    def usual_price(self) -> float:
        """The middle of the usual prices."""
        return sum(self.prices) / 2


GPUS: Final = {
    gpu.name: gpu
    for gpu in (
        Gpu("h200", "NVIDIA H200", 141, 989, (2.3, 4.5)),
        Gpu("h100", "NVIDIA H100 SXM", 80, 989, (1.6, 3.5)),
        Gpu("a100", "NVIDIA A100 80 GB", 80, 312, (0.8, 1.9)),
        Gpu("l40s", "NVIDIA L40S", 48, 362, (0.5, 1.2)),
        Gpu("a6000", "NVIDIA RTX A6000", 48, 155, (0.35, 0.8)),
        Gpu("rtx5090", "NVIDIA RTX 5090", 32, 210, (0.35, 0.8)),
        Gpu("rtx4090", "NVIDIA RTX 4090", 24, 165, (0.25, 0.6)),
        Gpu("rtx3090", "NVIDIA RTX 3090", 24, 71, (0.12, 0.3)),
        Gpu("a4000", "NVIDIA RTX A4000", 16, 77, (0.1, 0.25)),
        Gpu("rtx4060ti", "NVIDIA RTX 4060 Ti 16 GB", 16, 44, (0.1, 0.25)),
        Gpu("rtx3060", "NVIDIA RTX 3060 12 GB", 12, 25, (0.05, 0.15)),
    )
}


def find_gpu(name: str) -> Gpu:
    """Return the card of a name.

    Raises:
        InvalidSetting: there is none in the table; says which there are.
    """
    if (gpu := GPUS.get(name.strip().lower().replace(" ", "").replace("-", ""))) is None:
        raise InvalidSetting(
            f"--gpu {name}: not in the table ({', '.join(GPUS)}); for another one give --seconds and --price"
        )
    return gpu


def count_work(size: int, steps: int) -> float:
    """Return the floating-point operations of a square picture of FLUX.1, `size` pixels wide.

    Products with weights: 2 for each weight and token. Attention: 4 x tokens^2 x width in each block.
    """
    tokens = math.ceil(size / _PATCH) ** 2 + TEXT_TOKENS
    a_step = 2 * _WEIGHTS_PER_TOKEN * tokens + 4 * _BLOCKS * _WIDTH * tokens**2
    return a_step * steps


def estimate_seconds(gpu: Gpu, size: int, steps: int) -> float:
    """Return the seconds in which a card paints one picture alone."""
    return count_work(size, steps) / (gpu.tflops * 1e12 * EFFICIENCY)
