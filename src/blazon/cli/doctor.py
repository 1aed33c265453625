"""`blazon doctor`: what is installed, what will be used, what is wrong."""

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from blazon.doctor import Finding


EXAMPLES: Final = """
blazon doctor
blazon doctor --json
"""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Show what is installed, what will draw, and the settings.

    Leaves with 1 if something would keep Blazon from working.
    """
    from blazon.doctor import examine
    from blazon.settings import Settings

    settings = Settings.load()
    findings = examine(settings)
    problems = [finding for finding in findings if finding.problem]
    if as_json:
        document = {
            "healthy": not problems,
            "findings": [dataclasses.asdict(finding) for finding in findings],
            "settings": settings.shown(),
            "sources": settings.sources(),
        }
        typer.echo(json.dumps(document, indent=2))
    else:
        _print(findings, settings.shown(), settings.sources(), Settings.model_construct().shown())
    if problems:
        raise typer.Exit(1)


def _print(
    findings: "tuple[Finding, ...]", settings: dict[str, str], sources: dict[str, str], defaults: dict[str, str]
) -> None:
    from rich.text import Text

    from blazon.cli import terminal

    console = terminal.stdout()
    rows = [
        (
            finding.topic,
            Text.assemble(
                finding.found,
                "  " if finding.found else "",
                (finding.problem, "bold red"),
                (finding.warning, "yellow"),
            ),
        )
        for finding in findings
    ]
    console.print(terminal.columns(rows))
    console.print("\nSettings", style="bold")
    lines = [(name, _describe_setting(settings[name], sources[name], defaults[name])) for name in settings]
    console.print(terminal.columns(lines))
    problems = sum(bool(finding.problem) for finding in findings)
    warnings = sum(bool(finding.warning) for finding in findings)
    counts = [
        f"{number} {noun}{'s' if number > 1 else ''}"
        for number, noun in ((problems, "problem"), (warnings, "warning"))
        if number
    ]
    verdict = f"{' and '.join(counts)}, see above." if counts else "All is well."
    console.print(f"\n{verdict}", style="bold red" if problems else "yellow" if warnings else "green")


def _describe_setting(value: str, source: str, default: str) -> "Text":
    from rich.text import Text

    origin = ("", "") if source == "default" else (f"  (from {source}; default {default or 'none'})", "dim")
    return Text.assemble(value or "-", origin)
