"""`blazon selftest`: whether a running server keeps what clients rely on."""

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from blazon.selftest import Client, Result, Throughput

EXAMPLES: Final = """
blazon selftest http://localhost:7860
blazon selftest https://logos.example.com --require-cuda --json
"""


_LONGEST: Final = 86_400.0  # seconds


def _time(text: str, least: float = 0) -> Any:
    """Return an option in seconds that takes neither infinity nor `nan`, which pass a lower bound."""

    def check(value: float) -> float:
        if not least <= value <= _LONGEST:
            raise typer.BadParameter(f"{value:g} is not a number of seconds from {least:g} to {_LONGEST:g}")
        return value

    return typer.Option(metavar="SECONDS", callback=check, help=text)


def selftest(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the server.")],
    require_cuda: Annotated[
        bool, typer.Option("--require-cuda", help="Fail unless it draws on a CUDA device.")
    ] = False,
    concurrent: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Requests at the same time.")] = 4,
    wait: Annotated[float, _time("Wait so long for the server to be ready.")] = 0.0,
    timeout: Annotated[float, _time("Time in which a logo must come.", least=1)] = 300.0,
    seconds: Annotated[float, _time("How long to measure each line of the throughput table.")] = 5.0,
    size: Annotated[int, typer.Option(metavar="PIXELS", min=64, max=2048, help="Size of the logos measured.")] = 512,
    key: Annotated[
        str, typer.Option(metavar="KEY", envvar="BLAZON_API_KEY", help="API key, if the server asks for one.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a report.")] = False,
) -> None:
    """Check a running server from outside.

    Sends requests as clients do, compares the answers with what clients rely on, and measures throughput.
    Leaves with 1 if a check failed.
    """
    from blazon.selftest import Client, await_ready, checks, examine

    try:
        client = Client(url, timeout, key)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="URL" if "address" in str(error) else "--key") from None
    await_ready(client, wait)
    chosen = checks(require_cuda=require_cuda, concurrent=concurrent)
    width = max(map(len, chosen))
    results = []
    for result in examine(client, chosen):
        results.append(result)
        if not as_json:
            _print_result(result, width)
    table: list[Throughput] = []
    if results[0].ok:
        table, failure = _measure_throughput(client, seconds, size)
        results += failure
        if not as_json:
            _print_throughput(table, failure, size, width)
    failed = sum(not result.ok for result in results)
    if as_json:
        document = {
            "url": client.url,
            "ok": not failed,
            "checks": [dataclasses.asdict(result) for result in results],
            "throughput": [dataclasses.asdict(row) for row in table],
        }
        typer.echo(json.dumps(document, indent=2))
    else:
        _print_verdict(failed, len(results), complete=results[0].ok)
    if failed:
        raise typer.Exit(1)


def _measure_throughput(client: "Client", seconds: float, size: int) -> "tuple[list[Throughput], list[Result]]":
    """Return the rows that could be measured, and the failure that ended it, if one did."""
    from blazon.selftest import LEVELS, CheckFailed, NobodyAnswers, Result, measure

    rows: list[Throughput] = []
    try:
        for level in LEVELS:
            rows.append(measure(client, level, seconds, size))  # noqa: PERF401 - what was measured before a failure is kept
    except (CheckFailed, NobodyAnswers) as error:
        return rows, [Result("throughput", False, str(error), 0.0)]
    return rows, []


def _print_result(result: "Result", width: int) -> None:
    from rich.text import Text

    from blazon.cli import terminal

    verdict = ("ok      ", "green") if result.ok else ("FAILED  ", "bold red")
    # A server that is not ours chose the words: nothing in them may steer the terminal.
    detail = "".join(char if char.isprintable() else repr(char)[1:-1] for char in result.detail)
    terminal.stdout().print(Text.assemble((result.name.ljust(width), "cyan"), "  ", verdict, detail))


def _print_throughput(rows: "list[Throughput]", failure: "list[Result]", size: int, width: int) -> None:
    from blazon.cli import terminal

    for result in failure:
        _print_result(result, width)
    if not rows:
        return
    console = terminal.stdout()
    console.print(f"\nThroughput, {size} x {size} pixels", style="bold")
    console.print(f"{'at a time':>9}  {'images/s':>8}  {'p50':>8}  {'p95':>8}  {'images':>6}", style="dim")
    for row in rows:
        console.print(
            f"{row.concurrency:>9}  {row.images_per_second:>8.2f}  {row.p50_seconds:>6.3f} s  "
            f"{row.p95_seconds:>6.3f} s  {row.images:>6}"
        )


def _print_verdict(failed: int, total: int, *, complete: bool) -> None:
    from blazon.cli import terminal

    verdict = "All is well." if not failed else f"{failed} of {total} checks failed."
    if not complete:
        verdict = "It is not ready; the other checks were not run."
    terminal.stdout().print(f"\n{verdict}", style="bold red" if failed else "green")
