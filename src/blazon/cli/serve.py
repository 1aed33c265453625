"""`blazon serve`: the HTTP API."""

from contextlib import suppress
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
    worker: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start the HTTP server.

    Settings come from the environment and from .env; see blazon doctor.
    """
    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    if worker is not None:
        _work(worker, given)
        return

    from blazon.serve.process import launch
    from blazon.settings import Settings

    settings = Settings.load(**given)
    if launch.SUPERVISED:
        launch.launch(settings, *(f"--{name}={value}" for name, value in given.items()))
    else:
        from blazon.api import server
        from blazon.serve.process.launch import announcement

        listener = launch.open_address(settings)
        with suppress(OSError):  # a full disk: what is printed is lost, and the server starts
            typer.echo(announcement(listener))
        server.serve(settings, listener)


def _work(descriptors: str, given: dict[str, Any]) -> None:
    """Be the server process of a supervisor, which left these two open: the listening socket and the link to it."""
    from blazon.serve.process.supervisor import SupervisorLink

    listener, link = map(int, descriptors.split(","))
    # Before the imports that take time: who was killed while starting leaves nobody behind.
    serving = SupervisorLink(link).serving

    from blazon.api import server
    from blazon.serve.process.launch import inherit_listener
    from blazon.settings import Settings

    server.serve(Settings.load(**given), inherit_listener(listener), serving, supervised=True)
