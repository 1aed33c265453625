"""How `--help` looks: the usage, what it does, options in groups, examples. No boxes, one column for all groups."""

from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

Row = tuple[str, str]


class Command(TyperCommand):
    """A command whose epilog holds examples, a line each."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        arguments: list[Any] = [parameter for parameter in self.params if parameter.param_type_name == "argument"]
        options = [parameter for parameter in self.get_params(ctx) if parameter not in arguments]
        groups = {"Arguments": [(argument.metavar or "", argument.help or "") for argument in arguments]}
        groups |= {
            heading: [record for option in entries if (record := option.get_help_record(ctx))]
            for heading, entries in _by_panel(options, "Options").items()
        }
        usage = " ".join([ctx.command_path, "[OPTIONS]", *(name for name, _ in groups["Arguments"])])
        _write(self, ctx, formatter, usage, groups)


class Group(TyperGroup):
    """The whole program: its commands first."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        groups = {
            heading: [(command.name, command.get_short_help_str(limit=100)) for command in commands]
            for heading, commands in _by_panel(self.commands.values(), "Commands").items()
        }
        records = (option.get_help_record(ctx) for option in self.get_params(ctx))
        groups["Options"] = [record for record in records if record]
        _write(self, ctx, formatter, f"{ctx.command_path} COMMAND", groups)


def _by_panel(entries: Iterable[Any], rest: str) -> dict[str, list[Any]]:
    """Return the entries by their panel, in order of first appearance; those without one come last."""
    groups: dict[str, list[Any]] = {}
    without: list[Any] = []
    for entry in entries:
        panel = getattr(entry, "rich_help_panel", None)
        group = groups.setdefault(panel, []) if isinstance(panel, str) else without
        group.append(entry)
    return groups | {rest: without}


def _write(command: Command | Group, ctx: Any, formatter: Any, usage: str, groups: dict[str, list[Row]]) -> None:
    formatter.write(f"{_heading('Usage')}: {typer.style(usage, fg='cyan')}\n")
    command.format_help_text(ctx, formatter)
    width = max(len(name) for rows in groups.values() for name, _ in rows)
    for heading, rows in groups.items():
        if rows:
            with formatter.section(_heading(heading)):
                formatter.write_dl([(typer.style(name.ljust(width), fg="cyan"), text) for name, text in rows])
    if command.epilog:
        with formatter.section(_heading("Examples")):
            formatter.write("".join(f"  {line}\n" for line in command.epilog.strip().splitlines()))


def _heading(text: str) -> str:
    return typer.style(text, bold=True)
