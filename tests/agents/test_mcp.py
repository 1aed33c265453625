"""`blazon mcp` in processes of its own, asked by the official client."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from blazon.agents.api_client import open_api
from blazon.agents.server import refuse_open
from blazon.errors import InvalidSetting

OWN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#c1121f"/></svg>'
BRIEF = {"prompt": "a coffee roastery by the sea", "brand_name": "Nord", "count": 2, "seed": 7}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _process(*arguments: str, ready: str, **env: str) -> Iterator[None]:
    """Run a command of Blazon until it answers at an address."""
    process = subprocess.Popen([sys.executable, "-m", "blazon", *arguments], env={**os.environ, **env})
    try:
        while True:
            assert process.poll() is None, f"blazon {arguments} ended"
            try:
                httpx.get(ready, timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _ask_stdio(*calls: tuple[str, dict[str, Any]], arguments: tuple[str, ...] = (), **env: str) -> list[Any]:
    """Return the tools of a server over stdio, and what it answers to each call."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "blazon", "mcp", *arguments], env={**os.environ, **env}
    )

    async def ask() -> list[Any]:
        async with Client(command, read_timeout_seconds=120) as client:
            return [await client.list_tools(), *[await client.call_tool(name, given) for name, given in calls]]

    return asyncio.run(ask())


def _picture(content: Any) -> Image.Image:
    assert content.mime_type == "image/png"
    return Image.open(BytesIO(b64decode(content.data)))


def test_an_agent_draws_looks_and_fetches_over_stdio_without_a_server(tmp_path: Path) -> None:
    """Generations live as long as the process, so that both calls go to one."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "blazon", "mcp"], cwd=tmp_path, env={**os.environ}
    )

    async def ask() -> None:
        async with Client(command, read_timeout_seconds=120) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert {"draw_logos", "get_logo"} <= tools.keys()
            assert tools["draw_logos"].input_schema["required"] == ["prompt"]
            drawn = await client.call_tool("draw_logos", BRIEF)
            assert not drawn.is_error
            summary, *pictures = drawn.content
            told = json.loads(summary.text)
            assert [one["number"] for one in told["candidates"]] == [0, 1]
            assert [_picture(one).size for one in pictures] == [(384, 384)] * 2
            fetched = await client.call_tool("get_logo", {"id": told["id"], "number": 1, "format": "svg"})
            assert fetched.content[0].text.startswith("<svg ")
            assert "roastery" not in fetched.content[0].text
            png = await client.call_tool("get_logo", {"id": told["id"], "format": "png", "size": 64})
            assert _picture(png.content[0]).size == (64, 64)
            wrong = await client.call_tool("get_logo", {"id": told["id"], "number": 5})
            assert wrong.is_error
            assert "has no candidate 5" in wrong.content[0].text
            refused = await client.call_tool("draw_logos", {"prompt": "x"})
            assert refused.is_error
            assert "prompt: needs at least 3 characters" in refused.content[0].text
            brought = await client.call_tool("draw_logos", {**BRIEF, "count": 1, "own_mark_svg": OWN})
            assert json.loads(brought.content[0].text)["candidates"][0]["shows"] == ["a mark that was brought along"]

    asyncio.run(ask())
    assert list(tmp_path.iterdir()) == []


def test_without_the_server_that_it_was_told_of_the_agent_is_told_so() -> None:
    port = _free_port()
    _, drawn = _ask_stdio(("draw_logos", BRIEF), arguments=("--url", f"http://127.0.0.1:{port}"))
    assert drawn.is_error
    assert "does not answer" in drawn.content[0].text


def test_over_http_an_agent_needs_the_key_that_the_server_knows(tmp_path: Path) -> None:
    key = subprocess.run(
        [sys.executable, "-m", "blazon", "keys", "create", "agent"],
        env={**os.environ, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    api, agents = (f"http://127.0.0.1:{_free_port()}" for _ in range(2))
    serve = ("serve", "--port", api.rpartition(":")[2])
    mcp = ("mcp", "--http", "--url", api, "--port", agents.rpartition(":")[2])

    async def ask(headers: dict[str, str]) -> Any:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{agents}/mcp", http_client=http), read_timeout_seconds=120) as client,
        ):
            return await client.call_tool("draw_logos", {**BRIEF, "count": 1})

    with (
        _process(*serve, ready=f"{api}/health", DATA_DIR=str(tmp_path), ENGINE="vector"),
        _process(*mcp, ready=f"{agents}/mcp"),
    ):
        for wrong in ({}, {"Authorization": "Bearer blz_wrong"}):
            refused = httpx.post(f"{agents}/mcp", headers=wrong, json={})
            assert refused.status_code == 401
            assert refused.headers["WWW-Authenticate"] == "Bearer"
        foreign = {"X-API-Key": key, "Origin": "http://evil.example", "Accept": "application/json, text/event-stream"}
        assert httpx.post(f"{agents}/mcp", headers=foreign, json={}).status_code == 403
        for given in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            drawn = asyncio.run(ask(given))
            assert not drawn.is_error, drawn.content
            assert _picture(drawn.content[1]).size == (384, 384)
        listed = httpx.get(f"{api}/v1/logos", headers={"X-API-Key": key}).json()["data"]
        assert len(listed) == 2
        # The process over stdio has a key of its own.
        _, drawn = _ask_stdio(("draw_logos", BRIEF), arguments=("--url", api), BLAZON_API_KEY=key)
        assert not drawn.is_error
        _, refused = _ask_stdio(("draw_logos", BRIEF), arguments=("--url", api))
        assert refused.is_error
        assert "401" in refused.content[0].text


def test_without_keys_it_is_not_opened_to_the_network() -> None:
    async def ask() -> None:
        async with open_api(None) as client:
            for host in ("127.0.0.1", "localhost", "::1"):
                await refuse_open(client, host)
            with pytest.raises(InvalidSetting, match="asks for no keys"):
                await refuse_open(client, "0.0.0.0")

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--http",), "--url"), (("--http", "--url", "http://x", "--key", "k"), "their own keys")],
)
def test_what_does_not_go_together_is_told(arguments: tuple[str, ...], words: str) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "blazon", "mcp", *arguments], capture_output=True, text=True, timeout=60
    )
    assert made.returncode == 2
    assert words in made.stderr
