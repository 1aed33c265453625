"""`blazon mcp`: logos for agents, by the Model Context Protocol."""

from typing import Annotated, Final

import typer

EXAMPLES: Final = """
blazon mcp
blazon mcp --url http://localhost:7860
blazon mcp --http --url http://localhost:7860 --port 7870
"""


def mcp(
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="A Blazon server that draws; without it, this process does.")
    ] = None,
    key: Annotated[
        str, typer.Option(metavar="KEY", help="An API key of that server.", envvar="BLAZON_API_KEY", show_envvar=True)
    ] = "",
    http: Annotated[
        bool, typer.Option("--http", help="Serve streamable HTTP at /mcp; clients bring their own keys.")
    ] = False,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=1, max=65535, help="Where to listen.")] = 7870,
) -> None:
    """Serve agents over stdio, or over HTTP.

    An agent gets tools that draw logos for a brief, with pictures to look at, change one, and give its files.
    """
    if http and url is None:
        raise typer.BadParameter("needs the server whose keys it asks for", param_hint="--url")
    if http and key:
        raise typer.BadParameter("clients bring their own keys over HTTP", param_hint="--key")
    import asyncio
    import sys

    from blazon.errors import EngineUnavailable
    from blazon.logs import configure_logs
    from blazon.settings import LogFormat, LogLevel

    try:
        from blazon.agents.server import serve_http, serve_stdio
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise EngineUnavailable("blazon mcp needs a package; run: pip install 'blazon[mcp]'") from None
    configure_logs(LogLevel.WARNING, LogFormat.TEXT, sys.stderr)  # stdout is for the protocol
    asyncio.run(serve_http(url, host, port) if http and url else serve_stdio(url, key))
