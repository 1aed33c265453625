"""The command line: one file a command, each of which imports what it needs when it runs.

`blazon --help` must answer at once, so nothing here may import the studio or the web.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from blazon.cli import (
    cluster,
    doctor,
    edit,
    gc,
    generate,
    keys,
    kit,
    mcp,
    migrate,
    models,
    plan,
    selftest,
    serve,
    sheet,
    streams,
)
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
        ("Draw", edit.edit, edit.EXAMPLES),
        ("Draw", sheet.sheet, sheet.EXAMPLES),
        ("Draw", kit.kit, kit.EXAMPLES),
        ("Run", serve.serve, serve.EXAMPLES),
        ("Run", mcp.mcp, mcp.EXAMPLES),
        ("Run", doctor.doctor, doctor.EXAMPLES),
        ("Run", selftest.selftest, selftest.EXAMPLES),
        ("Run", gc.gc, gc.EXAMPLES),
        ("Run", plan.plan, plan.EXAMPLES),
    ):
        app.command(cls=Command, rich_help_panel=panel, epilog=examples)(command)
    for name, group in (("keys", _keys()), ("models", _models()), ("migrate", _migrate()), ("cluster", _cluster())):
        app.add_typer(group, name=name, rich_help_panel="Run")
    return app


def _keys() -> typer.Typer:
    return _group(
        (keys.keys, keys.EXAMPLES),
        create=(keys.create, keys.CREATE_EXAMPLES),
        list=(keys.list_keys, keys.LIST_EXAMPLES),
        rotate=(keys.rotate, keys.ROTATE_EXAMPLES),
        revoke=(keys.revoke, keys.REVOKE_EXAMPLES),
    )


def _models() -> typer.Typer:
    return _group(
        (models.models, models.EXAMPLES),
        list=(models.list_models, models.LIST_EXAMPLES),
        pull=(models.pull, models.PULL_EXAMPLES),
        verify=(models.verify, models.VERIFY_EXAMPLES),
        remove=(models.remove, models.REMOVE_EXAMPLES),
    )


def _migrate() -> typer.Typer:
    return _group((migrate.migrate, migrate.EXAMPLES), check=(migrate.check, migrate.CHECK_EXAMPLES))


def _cluster() -> typer.Typer:
    return _group(
        (cluster.cluster, cluster.EXAMPLES),
        up=(cluster.up, cluster.UP_EXAMPLES),
        status=(cluster.status, cluster.STATUS_EXAMPLES),
        down=(cluster.down, cluster.DOWN_EXAMPLES),
    )


def _group(alone: tuple[Callable[..., None], str], **commands: tuple[Callable[..., None], str]) -> typer.Typer:
    """Return a command that has commands, each with its examples; `alone` is called when none of them is named."""
    group = typer.Typer(cls=Group, invoke_without_command=True, epilog=alone[1])
    group.callback()(alone[0])
    for name, (command, examples) in commands.items():
        group.command(name, cls=Command, epilog=examples)(command)
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
