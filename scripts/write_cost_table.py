"""Write the tables of costs into the documentation; a test checks that they are up to date."""

import math
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("docs/migration.md", "docs/deploy/vastai.md")
BEGIN, END = "<!-- costs: written by scripts/write_cost_table.py -->\n", "<!-- end of costs -->"

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


def replace_table(text: str) -> str:
    """Return a page with the table of now in the place of the one in it."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{make_table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    for page in PAGES:
        path = ROOT / page
        path.write_text(replace_table(path.read_text(encoding="utf-8")), encoding="utf-8")
