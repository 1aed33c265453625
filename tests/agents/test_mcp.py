"""`blazon mcp` in processes of its own, asked by the official client."""

import asyncio
import json
import os
import subprocess
import sys
import time
import zipfile
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from _ports import free_port
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from blazon.agents.api_client import open_api
from blazon.agents.server import refuse_open
from blazon.errors import InvalidSetting

OWN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#c1121f"/></svg>'
BRIEF = {"prompt": "a coffee roastery by the sea", "brand_name": "Nord", "count": 2, "seed": 7}


@contextmanager
def _process(*arguments: str, ready: str, **env: str) -> Iterator[None]:
    """Run a command of Blazon until it answers at an address."""
    process = subprocess.Popen([sys.executable, "-m", "blazon", *arguments], env={**os.environ, **env})
    try:
        while True:
            assert process.poll() is None, f"blazon {arguments} ended"
            try:
                if httpx.get(ready, timeout=5).status_code != 503:  # what it answers while it starts
                    break
            except httpx.HTTPError:
                pass
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


async def _use_stdio(use: Callable[[Client], Awaitable[Any]], api: str, **env: str) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "blazon", "mcp", "--url", api], env={**os.environ, **env}
    )
    async with Client(command, read_timeout_seconds=120) as client:
        await use(client)


def _picture(content: Any) -> Image.Image:
    assert content.mime_type == "image/png"
    return Image.open(BytesIO(b64decode(content.data)))


def _told(answer: Any) -> Any:
    assert not answer.is_error, answer.content
    return json.loads(answer.content[0].text)


async def _fault(client: Client, name: str, **given: Any) -> str:
    answer = await client.call_tool(name, given)
    assert answer.is_error, answer.content
    return answer.content[0].text


def test_over_stdio_an_agent_draws_changes_compares_and_saves_without_a_server(tmp_path: Path) -> None:
    """Generations live as long as the process, so that all calls go to one."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "blazon", "mcp"], cwd=tmp_path, env={**os.environ}
    )

    async def ask() -> None:
        async with Client(command, read_timeout_seconds=120) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            _check_schemas(tools)
            drawn = await client.call_tool("draw_logos", BRIEF)
            told = _told(drawn)
            assert [one["number"] for one in told["candidates"]] == [0, 1]
            assert [_picture(one).size for one in drawn.content[1:]] == [(384, 384)] * 2
            logo = {"id": told["id"], "number": 1}
            await _change_and_go_back(client, logo, drawn.content[2])
            await _take_another_mark(client, logo)
            await _look_at_more(client, logo)
            await _save(client, logo, tmp_path)
            fetched = await client.call_tool("get_logo", {**logo, "format": "svg"})
            assert fetched.content[0].text.startswith("<svg ")
            assert "roastery" not in fetched.content[0].text
            white = await client.call_tool("get_logo", {**logo, "format": "png", "size": 64, "variant": "white"})
            assert _picture(white.content[0]).size == (64, 64)
            await _ask_wrongly(client, logo)
            brought = await client.call_tool("draw_logos", {**BRIEF, "count": 1, "own_mark_svg": OWN})
            assert _told(brought)["candidates"][0]["shows"] == ["a mark that was brought along"]

    asyncio.run(ask())
    assert {one.name for one in tmp_path.iterdir()} == {"kit.zip", "logo.svg", "silent.zip"}


def _check_schemas(tools: dict[str, Any]) -> None:
    """Every tool and every argument says what it is, or names its values: an agent has nothing else to read."""
    names = ("draw_logos", "more_like_this", "change_design", "go_to_revision", "get_design", "list_marks")
    assert {*names, "get_logo", "get_kit", "save_logo"} == tools.keys()
    assert tools["draw_logos"].input_schema["required"] == ["prompt"]
    for tool in tools.values():
        assert len(tool.description) > 40
        assert tool.input_schema["additionalProperties"] is False
        for name, schema in tool.input_schema["properties"].items():
            assert "description" in schema or "$ref" in str(schema) or "enum" in schema, (tool.name, name)
    patch = tools["change_design"].input_schema["properties"]["patch"]["properties"]
    assert "emblem" in patch["layout"]["enum"]
    assert {"palette", "colours", "name_type", "mark", "slogan"} <= patch.keys()


async def _change_and_go_back(client: Client, logo: dict[str, Any], first: Any) -> None:
    changed = await client.call_tool("change_design", {**logo, "patch": {"colours": {"paper": "#102030"}}})
    assert (_told(changed)["revision"], _told(changed)["changes"]) == (1, ["colours.paper"])
    assert _picture(changed.content[1]).convert("RGB").getpixel((2, 2)) == (0x10, 0x20, 0x30)
    svg = await client.call_tool("get_logo", {**logo, "revision": 1})
    assert "#102030" in svg.content[0].text
    stale = await _fault(client, "change_design", **logo, patch={"slogan": "at six"}, revision=0)
    assert "get_design" in stale
    undone = await client.call_tool("go_to_revision", {**logo, "to": "undo"})
    assert _told(undone)["revision"] == 0
    assert _picture(undone.content[1]).tobytes() == _picture(first).tobytes()
    assert "nothing to undo" in await _fault(client, "go_to_revision", **logo, to="undo")
    assert _told(await client.call_tool("go_to_revision", {**logo, "to": "redo"}))["revision"] == 1
    assert _told(await client.call_tool("go_to_revision", {**logo, "to": 0}))["revision"] == 2
    design = _told(await client.call_tool("get_design", logo))
    assert (design["current"], [one["revision"] for one in design["revisions"]]) == (2, [2, 1, 0])
    assert design["design"]["brand_name"] == "Nord"


async def _take_another_mark(client: Client, logo: dict[str, Any]) -> None:
    listed = await client.call_tool("list_marks", {**logo, "limit": 3})
    marks = _told(listed)["marks"]
    assert len(marks) == len(listed.content) - 1 == 3
    assert all(len(_picture(one).getcolors(99999)) > 1 for one in listed.content[1:])
    taken = await client.call_tool("change_design", {**logo, "patch": marks[1]["patch"]})
    assert _told(taken)["shows"] == marks[1]["shows"]


async def _look_at_more(client: Client, logo: dict[str, Any]) -> None:
    made = await client.call_tool("more_like_this", {**logo, "keep": ["mark"], "count": 2})
    kept = _told(await client.call_tool("get_design", logo))["design"]["mark"]
    for number in range(2):
        other = _told(await client.call_tool("get_design", {"id": _told(made)["id"], "number": number}))
        assert other["design"]["mark"] == kept


async def _save(client: Client, logo: dict[str, Any], folder: Path) -> None:
    kit = await client.call_tool("save_logo", {**logo, "path": str(folder / "kit.zip"), "revision": 1})
    with zipfile.ZipFile(folder / "kit.zip") as archive:
        assert b"#102030" in archive.read("nord/design.json")
        assert archive.read("nord/README.txt").decode() in kit.content[0].text
        assert "nord/origin.xmp" in archive.namelist()
    await client.call_tool("save_logo", {**logo, "path": str(folder / "silent.zip"), "metadata": "none"})
    with zipfile.ZipFile(folder / "silent.zip") as archive:
        assert not [name for name in archive.namelist() if name.endswith("origin.xmp")]
    await client.call_tool("save_logo", {**logo, "path": str(folder / "logo.svg"), "layout": "wordmark"})
    assert (folder / "logo.svg").read_bytes().startswith(b"<svg ")
    for path, words in (
        (folder / "logo.svg", "choose another name"),
        (folder / "logo.exe", "must end in one of"),
        (folder / "nowhere" / "logo.svg", "there is no folder"),
        ("logo.png", "must be absolute"),
    ):
        assert words in await _fault(client, "save_logo", **logo, path=str(path))


async def _leave_in_the_middle(client: Client, api: str, key: str) -> None:
    """Leave while logos are drawn, again where that was too late, and see that the server does not go on."""

    async def look() -> Any:
        async with httpx.AsyncClient(headers={"X-API-Key": key}) as http:
            return (await http.get(f"{api}/v1/logos?limit=1")).json()["data"][0]

    for seed in range(10):
        call = asyncio.create_task(client.call_tool("draw_logos", {**BRIEF, "count": 8, "seed": 100 + seed}))
        while (newest := await look())["seed"] != 100 + seed and not call.done():
            pass
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
        while (newest := await look())["status"] in ("queued", "running"):
            pass
        if newest["status"] == "cancelled":
            assert _told(await client.call_tool("draw_logos", {**BRIEF, "count": 1}))["candidates"]
            return
    raise AssertionError(f"it went on: {newest}")


async def _ask_wrongly(client: Client, logo: dict[str, Any]) -> None:
    assert "has no candidate 5" in await _fault(client, "get_logo", id=logo["id"], number=5)
    for name in ("get_design", "get_kit", "list_marks"):
        assert "draw_logos" in await _fault(client, name, id="gen_" + "0" * 28)
        assert "404" in await _fault(client, name, id="../../health?")
    assert "revision" in await _fault(client, "get_kit", **logo, revision=99)
    assert "prompt: needs at least 3 characters" in await _fault(client, "draw_logos", prompt="x")
    assert "at most 500" in await _fault(client, "draw_logos", prompt="x" * 501)
    assert "413" in await _fault(client, "draw_logos", prompt="a fox", brand_name="x" * 100_000)
    assert "patch" in await _fault(client, "change_design", **logo, patch={})
    assert "colours.mrk" in await _fault(client, "change_design", **logo, patch={"colours": {"mrk": "navy"}})
    assert "there are id, number" in await _fault(client, "get_logo", **logo, colour="white")


def test_without_the_server_that_it_was_told_of_the_agent_is_told_so() -> None:
    port = free_port()
    _, drawn = _ask_stdio(("draw_logos", BRIEF), arguments=("--url", f"http://127.0.0.1:{port}"))
    assert drawn.is_error
    assert "does not answer" in drawn.content[0].text


def test_over_http_an_agent_needs_the_key_that_the_server_knows(tmp_path: Path) -> None:
    api, agents = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    serve = ("serve", "--port", api.rpartition(":")[2])
    mcp = ("mcp", "--http", "--url", api, "--port", agents.rpartition(":")[2])

    async def ask(headers: dict[str, str], use: Callable[[Client], Awaitable[Any]]) -> None:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{agents}/mcp", http_client=http), read_timeout_seconds=120) as client,
        ):
            await use(client)

    async def draw(client: Client) -> Any:
        drawn = await client.call_tool("draw_logos", {**BRIEF, "count": 1})
        assert _picture(drawn.content[1]).size == (384, 384)
        return _told(drawn)

    async def take_the_kit(client: Client) -> None:
        drawn = await draw(client)
        # Files cannot be written to where the agent is: the kit is read over the same connection.
        assert "save_logo" not in {tool.name for tool in (await client.list_tools()).tools}
        _, link = (await client.call_tool("get_kit", {"id": drawn["id"]})).content
        (kit,) = (await client.read_resource(link.uri)).contents
        assert len(b64decode(kit.blob)) == link.size
        assert zipfile.is_zipfile(BytesIO(b64decode(kit.blob)))
        with pytest.raises(MCPError, match=r"404: .*ids are those that draw_logos"):
            await client.read_resource(link.uri.replace(drawn["id"], "gen_" + 28 * "0"))

    with (
        _process(*serve, ready=f"{api}/health/ready", DATA_DIR=str(tmp_path), ENGINE="vector"),
        _process(*mcp, ready=agents),
    ):
        asyncio.run(ask({}, draw))  # on this machine, before there is any key
        key = subprocess.run(
            [sys.executable, "-m", "blazon", "keys", "create", "agent"],
            env={**os.environ, "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        deadline = time.monotonic() + 60
        wrong = {"Authorization": "Bearer blz_wrong"}
        # It asks for keys within a second of the first.
        while (refused := httpx.post(f"{agents}/mcp", headers=wrong, json={}, timeout=60)).status_code != 401:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        foreign = {"X-API-Key": key, "Origin": "http://evil.example", "Accept": "application/json, text/event-stream"}
        assert httpx.post(f"{agents}/mcp", headers=foreign, json={}, timeout=60).status_code == 403
        asyncio.run(ask({"Authorization": f"Bearer {key}"}, take_the_kit))
        asyncio.run(ask({"X-API-Key": key}, lambda client: _leave_in_the_middle(client, api, key)))
        # The process over stdio has a key of its own.
        asyncio.run(_use_stdio(lambda client: _leave_in_the_middle(client, api, key), api, BLAZON_API_KEY=key))
        _, refused = _ask_stdio(("draw_logos", BRIEF), arguments=("--url", api))
        assert refused.is_error
        assert "401" in refused.content[0].text
        assert "BLAZON_API_KEY" in refused.content[0].text


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
