"""`blazon migrate check`: whether a server answers as the old API did."""

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from blazon.selftest import Client, Difference

EXAMPLES: Final = """
blazon migrate check http://localhost:7860
"""
CHECK_EXAMPLES: Final = """
blazon migrate check http://localhost:7860
blazon migrate check http://localhost:7860 https://old.example.com --json
"""


def migrate(context: typer.Context) -> None:
    """Move from the service that Blazon replaces."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def check(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the server.")],
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="Address of the server that it is to replace.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=86_400, help="Time in which a logo must come.")
    ] = 300.0,
    key: Annotated[
        str, typer.Option(metavar="KEY", envvar="BLAZON_API_KEY", help="API key, if the server asks for one.")
    ] = "",
    other_key: Annotated[
        str, typer.Option("--other-key", metavar="KEY", envvar="OTHER_API_KEY", help="That of the other server.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Compare the answers of a server with the contract of the old API.

    With a second address the same requests go to both. Leaves with 1 if a field differs. Draws four logos on each.
    """
    from blazon.selftest import compare

    server = _open(url, timeout, key, "URL", "--key")
    beside = _open(other, timeout, other_key, "OTHER", "--other-key") if other else None
    compared = list(compare(server, beside))
    rows = [row for _, found in compared for row in found]
    if as_json:
        document = {
            "url": server.url,
            "other": beside.url if beside else None,
            "ok": not rows,
            "probes": [probe.name for probe, _ in compared],
            "differences": [dataclasses.asdict(row) for row in rows],
        }
        typer.echo(json.dumps(document, indent=2))
    else:
        _print(rows, len(compared), both=beside is not None)
    if rows:
        raise typer.Exit(1)


def _open(url: str, timeout: float, key: str, name: str, key_name: str) -> "Client":
    from blazon.selftest import Client

    try:
        return Client(url, timeout, key)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=name if "address" in str(error) else key_name) from None


def _print(rows: "list[Difference]", probes: int, *, both: bool) -> None:
    from rich.text import Text

    from blazon.cli import terminal

    console = terminal.stdout()
    if rows:
        heading = ("request", "field", "contract", "URL", *(("OTHER",) if both else ()))
        table: list[list[str | Text]] = [[Text(word, "dim") for word in heading]]
        table += [
            [_clean(cell) for cell in (row.probe, row.field, row.contract, row.server, *((row.other,) if both else ()))]
            for row in rows
        ]
        console.print(terminal.columns(table))
    verdict = f"{len(rows)} differences." if rows else "No difference."
    console.print(f"{probes} requests compared. {verdict}", style="bold red" if rows else "green")


def _clean(text: str) -> str:
    """Return what a foreign server sent, with nothing in it that could steer the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
