"""`blazon keys`: who may use the server. A running server follows within a second."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blazon.principal import Scope

if TYPE_CHECKING:
    from rich.text import Text

    from blazon.settings import Settings
    from blazon.store.keys import Key, KeyStore

EXAMPLES: Final = """
blazon keys create shop --rate 60 --quota 500
blazon keys list
blazon keys rotate shop --grace 3600
"""
CREATE_EXAMPLES: Final = """
blazon keys create shop
blazon keys create prometheus --scope admin
blazon keys create trial --rate 10 --quota 20 --model flux-schnell
"""
LIST_EXAMPLES: Final = """
blazon keys list
blazon keys list --all --json
"""
REVOKE_EXAMPLES: Final = """
blazon keys revoke shop
"""
ROTATE_EXAMPLES: Final = """
blazon keys rotate shop
blazon keys rotate shop --grace 3600
"""
_MAX_LIMIT: Final = 1_000_000  # those of blazon.store.keys, which is too heavy to import for a help page
_MAX_GRACE: Final = 30 * 24 * 3600
_DEFAULT_SCOPES: Final = (Scope.GENERATE, Scope.READ)

Named = Annotated[str, typer.Argument(metavar="KEY", help="Its name or its id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def keys(context: typer.Context) -> None:
    """Make, list, rotate and revoke API keys."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for; no two active keys share one.")],
    scope: Annotated[
        list[Scope],
        typer.Option(
            metavar="SCOPE", help="generate: draw; read: what it drew; admin: both, and metrics. May be repeated."
        ),
    ] = list(_DEFAULT_SCOPES),  # noqa: B006 - read only, and Typer takes lists
    rate: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=_MAX_LIMIT, help="Most requests a minute.")
    ] = None,
    quota: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=_MAX_LIMIT, help="Most logos a day, from midnight UTC on.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="What it may use, all if not given. May be repeated.")
    ] = None,
    weight: Annotated[
        float, typer.Option(metavar="X", min=0.01, max=100, help="Its share of a busy server against other keys.")
    ] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once.

    Only the key goes to stdout. With --json comes the secret that signs its webhooks, too.
    """
    from blazon.store.keys import Grant

    grant = Grant(name, frozenset(scope), rate, quota, tuple(model or ()), weight)
    with _open_store() as (store, settings):
        key, text = store.create(grant)
    _print_secret(key, text, as_json)
    _say("Store it now: it is not shown again. Send it as `Authorization: Bearer KEY` or as `X-API-Key: KEY`.")
    if settings.api_keys == "off":
        _say("API_KEYS=off, so the server asks for no keys; set it to auto or required.")


def list_keys(
    revoked: Annotated[bool, typer.Option("--all", help="Revoked keys, too.")] = False, as_json: AsJson = False
) -> None:
    """List the keys, without their secrets."""
    with _open_store() as (store, _):
        found = [key for key in store.list() if revoked or key.revoked_at is None]
    if as_json:
        typer.echo(json.dumps({"keys": [_document(key) for key in found]}, indent=2))
    elif found:
        _print_table(found)
    else:
        _say("There is no key; blazon keys create NAME makes one.")


def revoke(key: Named, as_json: AsJson = False) -> None:
    """End a key at once and for good.

    When the last one is revoked, the server goes on to ask for keys: see API_KEYS.
    """
    with _open_store() as (store, settings):
        ended = store.revoke(key)
        left = any(other.revoked_at is None for other in store.list())
    if as_json:
        typer.echo(json.dumps(_document(ended), indent=2))
    else:
        typer.echo(f"revoked {ended.id} {ended.grant.name}")
    if not left and settings.api_keys != "off":
        _say("It was the last one: nobody can draw until you create another, or set API_KEYS=off.")


def rotate(
    key: Named,
    grace: Annotated[
        int, typer.Option(metavar="SECONDS", min=0, max=_MAX_GRACE, help="How long the former secret works, too.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret and print it, this once.

    Name, limits, the secret of its webhooks and all that it drew stay with the key.
    """
    with _open_store() as (store, _):
        changed, text = store.rotate(key, grace)
    _print_secret(changed, text, as_json)
    former = f"works for {grace} seconds more" if grace else "ended"
    _say(f"Store it now: it is not shown again. The former one {former}.")


@contextmanager
def _open_store() -> "Iterator[tuple[KeyStore, Settings]]":
    from blazon.settings import Settings
    from blazon.store.database import open_database
    from blazon.store.keys import KeyStore

    settings = Settings.load()
    database = open_database(settings.database_url, settings.data_dir)
    try:
        yield KeyStore(database), settings
    finally:
        database.close()


def _print_secret(key: "Key", text: str, as_json: bool) -> None:
    if as_json:
        document = {"key": text, **_document(key), "webhook_secret": key.webhook_secret}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(text)
    sys.stdout.flush()  # before what is said about it


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _document(key: "Key") -> dict[str, Any]:
    grant = key.grant
    return {
        "id": key.id,
        "name": grant.name,
        "scopes": sorted(grant.scopes),
        "requests_per_minute": grant.requests_per_minute,
        "daily_quota": grant.daily_quota,
        "models": list(grant.models),
        "weight": grant.weight,
        "created_at": _moment(key.created_at),
        "last_used_at": _moment(key.last_used_at),
        "revoked_at": _moment(key.revoked_at),
        "previous_until": _moment(key.previous_until),
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _print_table(found: "list[Key]") -> None:
    from rich.text import Text

    from blazon.cli import terminal

    heading = ("id", "name", "scopes", "rate", "quota", "weight", "models", "made", "last used")
    rows: list[list[str | Text]] = [[Text(word, "dim") for word in heading], *(_cells(key) for key in found)]
    terminal.stdout().print(terminal.columns(rows))


def _cells(key: "Key") -> "list[str | Text]":
    from rich.text import Text

    grant = key.grant
    used = _day(key.last_used_at) if key.revoked_at is None else Text(f"revoked {_day(key.revoked_at)}", "red")
    return [
        key.id,
        grant.name,
        ",".join(sorted(grant.scopes)),
        str(grant.requests_per_minute or "-"),
        str(grant.daily_quota or "-"),
        f"{grant.weight:g}",
        ",".join(grant.models) or "all",
        _day(key.created_at),
        used,
    ]


def _day(seconds: float | None) -> str:
    return "never" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
