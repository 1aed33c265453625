"""The command line: one file a command, each of which imports what it needs when it runs.

`blazon --help` must answer at once, so nothing here may import the studio or the web.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from blazon.cli import doctor, gc, generate, keys, migrate, models, plan, selftest, serve, sheet, streams
from blazon.cli.failures import FAILED, INTERRUPTED, explain, print_error
from blazon.cli.help_page import Command, Group

_EXAMPLES = """
blazon generate "a coffee roastery by the sea" --brand "Northwind Coffee"
blazon serve --port 7860
blazon doctor
"""


def _blazon(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Logos from a sentence: exact type, true vectors, on your own machine."""
    if version:
        from blazon import __version__

        typer.echo(f"blazon {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=_EXAMPLES,
    )
    app.callback()(_blazon)
    for panel, command, examples in (
        ("Draw", generate.generate, generate.EXAMPLES),
        ("Draw", sheet.sheet, sheet.EXAMPLES),
        ("Run", serve.serve, serve.EXAMPLES),
        ("Run", doctor.doctor, doctor.EXAMPLES),
        ("Run", selftest.selftest, selftest.EXAMPLES),
        ("Run", gc.gc, gc.EXAMPLES),
        ("Run", plan.plan, plan.EXAMPLES),
    ):
        app.command(cls=Command, rich_help_panel=panel, epilog=examples)(command)
    app.add_typer(_keys(), name="keys", rich_help_panel="Run")
    app.add_typer(_models(), name="models", rich_help_panel="Run")
    app.add_typer(_migrate(), name="migrate", rich_help_panel="Run")
    return app


def _keys() -> typer.Typer:
    group = typer.Typer(cls=Group, invoke_without_command=True, epilog=keys.EXAMPLES)
    group.callback()(keys.keys)
    for name, command, examples in (
        ("create", keys.create, keys.CREATE_EXAMPLES),
        ("list", keys.list_keys, keys.LIST_EXAMPLES),
        ("rotate", keys.rotate, keys.ROTATE_EXAMPLES),
        ("revoke", keys.revoke, keys.REVOKE_EXAMPLES),
    ):
        group.command(name, cls=Command, epilog=examples)(command)
    return group


def _models() -> typer.Typer:
    group = typer.Typer(cls=Group, invoke_without_command=True, epilog=models.EXAMPLES)
    group.callback()(models.models)
    for name, command, examples in (
        ("list", models.list_models, models.LIST_EXAMPLES),
        ("pull", models.pull, models.PULL_EXAMPLES),
        ("verify", models.verify, models.VERIFY_EXAMPLES),
        ("remove", models.remove, models.REMOVE_EXAMPLES),
    ):
        group.command(name, cls=Command, epilog=examples)(command)
    return group


def _migrate() -> typer.Typer:
    group = typer.Typer(cls=Group, invoke_without_command=True, epilog=migrate.EXAMPLES)
    group.callback()(migrate.migrate)
    group.command("check", cls=Command, epilog=migrate.CHECK_EXAMPLES)(migrate.check)
    return group


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1 for a failure, 2 for bad input, 130 after Ctrl-C."""
    try:
        code = _app()(arguments, prog_name="blazon", standalone_mode=False)
    except BrokenPipeError:  # the reader left, as `head` does, and wants no more
        return FAILED
    except Exception as error:  # noqa: BLE001 - the outermost edge: nobody but developers should meet a traceback
        code, message = explain(error)
        print_error(message)
    if code == INTERRUPTED:
        print_error("interrupted")
    return code or 0


def main() -> None:
    """Entry point of `blazon`."""
    streams.prepare()
    sys.exit(streams.flush(run(sys.argv[1:])))
