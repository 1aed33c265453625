"""`blazon gc`: remove what is past its time."""

import dataclasses
import json
from contextlib import closing
from typing import Annotated, Final

import typer

EXAMPLES: Final = """
blazon gc
blazon gc --json
"""


def gc(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a line.")] = False,
) -> None:
    """Remove logos past RETENTION_DAYS, and pictures without one.

    The server does the same every hour; both may run at once.
    """
    from blazon.logs import configure_logs
    from blazon.settings import Settings
    from blazon.store.database import open_database
    from blazon.store.garbage_collection import collect
    from blazon.store.pictures import PictureStore

    settings = Settings.load()
    configure_logs(settings.log_level, settings.log_format)
    with closing(open_database(settings.database_url, settings.data_dir)) as database:
        pictures = PictureStore.open(settings.storage_url, settings.data_dir / "pictures")
        collected = dataclasses.asdict(collect(database, pictures))
    if as_json:
        typer.echo(json.dumps(collected))
    else:
        typer.echo("Removed " + ", ".join(f"{count} {what}" for what, count in collected.items()) + ".")
