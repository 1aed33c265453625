"""`blazon serve`: the HTTP API."""

from typing import Annotated, Any, Final

import typer

EXAMPLES: Final = """
blazon serve
blazon serve --host 0.0.0.0 --port 8080
"""


def serve(
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0 opens it to the network.")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="PORT", min=0, max=65535, help="0 takes a free one.")] = None,
) -> None:
    """Start the HTTP server.

    Settings come from the environment and from .env; see blazon doctor.
    """
    from blazon.settings import Settings

    given: dict[str, Any] = {"host": host, "port": port}
    settings = Settings.load(**{name: value for name, value in given.items() if value is not None})

    from blazon.api import server

    server.serve(settings)
