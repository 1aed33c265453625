"""What docs/scale.md says of a million pictures a day is what the planner says."""

import re
from pathlib import Path

import pytest

from blazon.planning.gpus import GPUS, estimate_seconds
from blazon.planning.plan import Load, find_replicas, forecast
from blazon.planning.service_time import ServiceTime

PAGE = (Path(__file__).parents[2] / "docs/scale.md").read_text(encoding="utf-8")
A_MILLION_A_DAY = 1e6 / 86_400


def make_load(name: str, rate: float, slots: int = 2) -> Load:
    alone = estimate_seconds(GPUS[name], 1024, 28)
    return Load(rate, ServiceTime(28, alone / 28, 0.95, slots, buckets=True), GPUS[name].usual_price)


@pytest.mark.parametrize(("title", "name"), [("H200", "h200"), ("H100 SXM", "h100"), ("RTX 4090", "rtx4090")])
def test_the_rows_of_the_table_are_the_answers_of_the_planner(title: str, name: str) -> None:
    load = make_load(name, A_MILLION_A_DAY)
    found = find_replicas(load)
    row = re.search(rf"^\| {title} \|(.+)\|$", PAGE, re.MULTILINE)
    assert row
    assert [cell.strip() for cell in row[1].split("|")] == [
        f"{load.service.alone:.1f}",
        str(found.replicas),
        f"{found.busy:.0%}".replace("%", " %"),
        f"{found.wait[1]:.1f} s",
        f"{found.time[0]:.1f} s",
        f"${round(found.cost_per_month, -3):,.0f}",
        f"${found.cost_per_1000:.2f}",
    ]


def test_what_is_said_of_one_picture_at_a_time_and_of_a_thousand_gpus() -> None:
    alone = find_replicas(make_load("h200", A_MILLION_A_DAY, slots=1))
    assert f"With one at a time {alone.replicas} H200 bring the p50 of a picture down to {alone.time[0]:.1f} s" in PAGE
    thousand = make_load("h200", 250.0)
    assert f"paint {1000 * thousand.service.capacity:.0f} pictures a second at most" in PAGE
    busy = forecast(thousand, 1000)
    assert f"busy for {busy.busy:.0%}".replace("%", " %") in PAGE.replace("\n", " ")
    assert busy.wait[2] == 0.0
    assert f"within {busy.time[2]:.1f} s" in PAGE
