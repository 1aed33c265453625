"""`blazon plan`: how many GPUs a load takes, what they cost, and how long clients wait."""

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from blazon.planning.gpus import Gpu
    from blazon.planning.plan import Forecast, Load

EXAMPLES: Final = """
blazon plan --rps 2 --size 1024 --steps 28 --gpu h200
blazon plan --rps 2 --seconds 3.1 --price 2.80 --wait 10
blazon plan --rps 0.5 --gpu rtx4090 --replicas 14 --json
"""

_GROWTH: Final = 0.95


def plan(
    rps: Annotated[float, typer.Option("--rps", metavar="N", help="Pictures a second, on average.")],
    size: Annotated[int, typer.Option(metavar="PIXELS", min=64, max=2048, help="Side of a picture.")] = 1024,
    steps: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="Steps of a picture.")] = 28,
    gpu: Annotated[str, typer.Option(metavar="NAME", help="h200, h100, a100, l40s, a6000, rtx5090, ...")] = "h200",
    seconds: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="A picture alone, as you measured it.")
    ] = None,
    price: Annotated[float | None, typer.Option(metavar="PRICE", help="Of one GPU an hour, in any currency.")] = None,
    concurrent: Annotated[
        int, typer.Option(metavar="N", min=1, max=64, help="MAX_CONCURRENT_JOBS of each server.")
    ] = 2,
    growth: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of a pass that grows with the pictures in it, 0 to 1.")
    ] = _GROWTH,
    wait: Annotated[float, typer.Option(metavar="SECONDS", help="In which 95 of 100 pictures should be begun.")] = 5.0,
    replicas: Annotated[int | None, typer.Option(metavar="N", min=1, max=10_000, help="Tell of so many.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the simulation.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Say how many GPUs a load takes.

    Simulates the queue in front of them. What is not given with --seconds and --price is an estimate, and is
    marked as one; measure your own with `make gpu` or `blazon selftest`.
    """
    from blazon.planning.gpus import estimate_seconds, find_gpu
    from blazon.planning.plan import BUSIEST, Load, find_replicas, forecast
    from blazon.planning.service_time import ServiceTime

    card = find_gpu(gpu) if seconds is None or price is None else None
    alone = estimate_seconds(card, size, steps) if seconds is None and card else seconds or 0.0
    hourly = card.usual_price if price is None and card else price or 0.0
    service = ServiceTime(steps, alone / steps, growth, concurrent, buckets=True)
    load = Load(rps, service, hourly, wait, seed)
    chosen = forecast(load, replicas) if replicas is not None else find_replicas(load)
    estimates = _list_estimates(card, seconds_given=seconds is not None, price_given=price is not None, growth=growth)
    if load.compute_utilisation(chosen.replicas) > BUSIEST:
        estimates.append(
            f"wait: asked for more than {BUSIEST:.0%} of what they can do, the queue goes on growing after"
            " what was simulated; expect longer waits"
        )
    if as_json:
        typer.echo(json.dumps(_describe(load, chosen, estimates, size)))
    else:
        _print(load, chosen, estimates, f"{size} px in {steps} steps on {card.title if card else 'your GPU'}")


def _list_estimates(card: "Gpu | None", *, seconds_given: bool, price_given: bool, growth: float) -> list[str]:
    """Return what the answer stands on that nobody measured, a sentence each."""
    found = []
    if card and not seconds_given:
        found.append(
            f"seconds: from the data sheet of the {card.title} ({card.tflops:g} TFLOP/s) and the share of it that was"
            " published for an H200; --seconds replaces it"
        )
        if card.vram < 32:  # what bfloat16 takes is in docs/how-to/run-flux.md
            found.append(f"seconds: its {card.vram} GB hold FLUX.1 in 8 bits or fewer; what that changes is not known")
    if card and not price_given:
        low, high = card.prices
        found.append(f"price: the middle of {low:g} to {high:g} US dollars an hour; --price replaces it")
    if growth == _GROWTH:
        found.append(f"growth: {growth:g}, as one picture nearly fills a large GPU; --growth replaces it")
    found.append("the texts, the decoding and the way through the server are not in it: some tenths of a second")
    return found


def _describe(load: "Load", chosen: "Forecast", estimates: list[str], size: int) -> dict[str, object]:
    values = dataclasses.asdict(chosen)
    for name in ("wait", "time"):
        values[name] = dict(zip(("p50", "p95", "p99"), (round(one, 3) for one in values[name]), strict=True))
    given = {
        "rps": load.rate,
        "size": size,
        "steps": load.service.steps,
        "seconds": round(load.service.alone, 3),
        "price": load.price,
        "concurrent": load.service.slots,
        "growth": load.service.growth,
        "seed": load.seed,
    }
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}
    return {"load": given, **rounded, "estimates": estimates}


def _print(load: "Load", chosen: "Forecast", estimates: list[str], what: str) -> None:
    typer.echo(f"{load.rate:g} pictures a second, {what}, {load.service.alone:.2f} s each alone\n")
    for name, text in (
        ("replicas", f"{chosen.replicas}, busy {chosen.busy:.0%} of the time"),
        ("cost", f"{chosen.cost_per_hour:.2f} an hour, {chosen.cost_per_month:,.0f} a month,"
                 f" {chosen.cost_per_1000:.2f} for 1,000 pictures"),
        ("wait", _join(chosen.wait)),
        ("picture", _join(chosen.time)),
    ):  # fmt: skip
        typer.echo(f"  {name:<10}{text}")
    typer.echo("\nEstimates:")
    for line in estimates:
        typer.echo(f"  - {line}")


def _join(seconds: tuple[float, ...]) -> str:
    return ", ".join(f"p{share} {value:.1f} s" for share, value in zip((50, 95, 99), seconds, strict=True))
