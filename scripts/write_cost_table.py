"""Write the tables of costs into the documentation; a test checks that they are up to date."""

import math
from pathlib import Path
from typing import Final

from blazon.diffusion.memory.footprint import FLUX_DEV, GB
from blazon.diffusion.memory.plan import MemoryBudget, describe_encoder, describe_weights, plan
from blazon.planning.gpus import GPUS, Gpu, estimate_seconds

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("docs/migration.md", "docs/deploy/vastai.md")
TABLES: Final = ("costs", "cards")

STEPS: Final = {"schnell": 4, "dev": 28}
HOST: Final = 64
"""Gigabytes of free host memory, for the plans of small cards."""

API_PRICE: Final = 0.04
"""Dollars for a picture of a paid API: an assumption, to be replaced by what is on the invoice."""
HOURLY: Final = (0.20, 0.40, 0.80, 2.00)
"""Dollars for an hour of a rented GPU: assumptions that span what such GPUs were offered for in November 2026."""
SECONDS: Final = (2.0, 10.0, 30.0)
"""Seconds for a picture, to be replaced by what `blazon selftest` measures on the machine."""


def compute_cost_per_1000(hourly: float, seconds: float, utilisation: float = 1.0) -> float:
    """Return what 1,000 pictures cost on a GPU of `hourly` an hour that draws one in `seconds`.

    Args:
        utilisation: the share of the rented time in which it draws, above 0 and up to 1.

    Raises:
        ValueError: an argument is out of its range.
    """
    if not (hourly >= 0 and seconds > 0 and 0 < utilisation <= 1):
        raise ValueError("hourly must not be negative, seconds be positive, utilisation be above 0 and up to 1")
    return 1000 * hourly * seconds / 3600 / utilisation


def compute_break_even(hourly: float, price: float = API_PRICE) -> int:
    """Return from how many pictures in a rented hour on the GPU is cheaper than an API of `price` a picture.

    Raises:
        ValueError: an argument is out of its range.
    """
    if not (hourly >= 0 and price > 0):
        raise ValueError("hourly must not be negative, and price be positive")
    return math.floor(hourly / price + 1e-9) + 1


def make_table() -> str:
    """Return costs and break-even as a Markdown table."""
    columns = " | ".join(f"1,000 pictures at {seconds:g} s" for seconds in SECONDS)
    rows = [f"| GPU, an hour | {columns} | cheaper than ${API_PRICE:.2f} a picture from |"]
    rows.append("|---:|" + "---:|" * (len(SECONDS) + 1))
    for hourly in HOURLY:
        costs = " | ".join(f"${compute_cost_per_1000(hourly, seconds):.2f}" for seconds in SECONDS)
        rows.append(f"| ${hourly:.2f} | {costs} | {compute_break_even(hourly)} pictures an hour |")
    return "\n".join(rows) + "\n"


def make_card_table() -> str:
    """Return memory plan, pace and costs of the cards that the planner knows, the largest first, as Markdown."""
    paces = " | ".join(f"{name}, an hour" for name in STEPS)
    costs = " | ".join(f"1,000 of {name}" for name in STEPS)
    rows = [f"| card | memory | transformer, text encoder | $ an hour | {paces} | {costs} | cheaper from |"]
    rows.append("|---|---:|---|---:|" + "---:|" * (2 * len(STEPS) + 1))
    rows += [_describe_card(gpu) for gpu in sorted(GPUS.values(), key=lambda gpu: -gpu.vram)]
    return "\n".join(rows) + "\n"


def _describe_card(gpu: Gpu) -> str:
    form = plan(FLUX_DEV, MemoryBudget("cuda", int(gpu.vram * GB), int(HOST * GB))).form
    seconds = [estimate_seconds(gpu, 1024, steps) for steps in STEPS.values()]
    cells = (
        gpu.title.removeprefix("NVIDIA "),
        f"{gpu.vram} GB",
        f"{describe_weights(form).partition(' ')[0]}, {describe_encoder(form)}",
        f"{gpu.prices[0]:.2f} to {gpu.prices[1]:.2f}",
        *(f"{_round(3600 / one):,}" for one in seconds),
        *(f"${compute_cost_per_1000(gpu.usual_price, one):.2f}" for one in seconds),
        f"{compute_break_even(gpu.usual_price)} an hour",
    )
    return f"| {' | '.join(cells)} |"


def _round(number: float) -> int:
    """Return a number with two digits, as no more of an estimate is known."""
    return int(float(f"{number:.2g}"))


def replace_tables(text: str) -> str:
    """Return a page with the tables of now in the place of those in it."""
    for name in TABLES:
        begin, end = f"<!-- {name}: written by scripts/write_cost_table.py -->\n", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        if found:
            table = make_table() if name == "costs" else make_card_table()
            text = f"{before}{begin}{table}{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    for page in PAGES:
        path = ROOT / page
        path.write_text(replace_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
