"""One question to a server that speaks OpenAI's chat completions, and its answer as text.

The server is trusted with the brief and with nothing else: of what it answers a bounded number of bytes is read, as
they come, no redirect is followed, and no proxy or password of the environment is used.
"""

import json
import ssl
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from blazon import __version__
from blazon.masking import MASK, mask_secrets
from blazon.reading.recorded import build_schema

MAX_ANSWER: Final = 256 * 1024  # bytes; a reading has a few thousand, the thoughts before it may have more
MAX_TOKENS: Final = 2000
_MAX_NAME: Final = 200
_MAX_REASON: Final = 200
# By which servers say that they do not know a parameter of the request, or a value of it; some break down over it.
_UNKNOWN: Final = frozenset({400, 415, 422, 501})
_BROKEN: Final = 500


class Outcome(StrEnum):
    """How an attempt to have a brief read ended."""

    ANSWERED = "answered"
    REMEMBERED = "remembered"
    """The same text was read before."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """The server answered with an error, or with a redirect."""
    UNUSABLE = "unusable"
    """The answer is no reading."""
    BUSY = "busy"
    """Too many wait for the model already, or it was too slow several times in a row: it was not asked."""
    FAILED = "failed"
    """By a fault in Blazon."""


class NoReadingError(Exception):
    """There is no reading; the message says why, in words for a log."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


def find_base(url: str) -> str:
    """Return the address below which the paths of the API are, of a server's or of one of its paths."""
    bare = url.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return bare if urlsplit(bare).path else f"{bare}/v1"


# What is asked for, the strictest first: servers differ in what they know.
_SAMPLING: Final = {"temperature": 0, "seed": 0, "max_tokens": MAX_TOKENS}


def _list_forms() -> tuple[dict[str, Any], ...]:
    schema = {"name": "reading", "strict": True, "schema": build_schema()}
    return (
        {**_SAMPLING, "response_format": {"type": "json_schema", "json_schema": schema}},
        {**_SAMPLING, "response_format": {"type": "json_object"}},
        {},
    )


class ChatClient:
    """Asks one server; belongs to one event loop.

    Args:
        url: of the server, such as `http://localhost:11434`, with or without `/v1` or `/v1/chat/completions`.
        model: by its name there; empty for the first that the server lists.
        api_key: sent as a bearer token; empty for none.
        connections: at a time.
    """

    def __init__(self, url: str, model: str, api_key: str, connections: int) -> None:
        self._base = find_base(url)
        self._key = api_key
        self._forms = _list_forms()
        self._model = model
        secure = url.lower().startswith("https:")
        self._http = httpx.AsyncClient(
            headers={"Accept-Encoding": "identity", "User-Agent": f"blazon/{__version__}"}
            | ({"Authorization": f"Bearer {api_key}"} if api_key else {}),
            verify=ssl.create_default_context() if secure else False,
            timeout=None,  # noqa: S113 - whoever asks has a limit for all of it
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=False,
        )

    async def ask(self, instructions: str, question: str) -> str:
        """Return what the model answers.

        Raises:
            NoReadingError: there is no answer.
        """
        roles = (("system", instructions), ("user", question))
        body: dict[str, Any] = {
            "messages": [{"role": role, "content": content} for role, content in roles],
            "stream": False,
        }
        if model := await self._find_model():
            body["model"] = model
        status, answer = 0, None
        known = self._forms
        for place, form in enumerate(self._forms):
            status, answer = await self._send("POST", "chat/completions", {**body, **form})
            if status in _UNKNOWN:
                known = self._forms[place + 1 :]
            elif status != _BROKEN:
                break
        if not 200 <= status < 300:
            raise NoReadingError(Outcome.REFUSED, f"it answered {status}{self._describe(answer)}")
        self._forms = known  # what the server does not know now, it will not know the next time
        return _find_content(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _find_model(self) -> str:
        """Return the name of the model, the first of the server's list where none was set; empty if it has none."""
        if not self._model:
            status, answer = await self._send("GET", "models")
            if 200 <= status < 300:
                self._model = _find_first_model(answer)
        return self._model

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Return the status and the decoded body of an answer; None for a body that is no JSON."""
        try:
            async with self._http.stream(method, f"{self._base}/{path}", json=body) as response:
                content = await _read_body(response)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            why = str(error) or type(error).__name__
            raise NoReadingError(Outcome.UNREACHABLE, self._hide(why[:_MAX_REASON])) from error
        try:
            return response.status_code, json.loads(content)
        except (ValueError, RecursionError):
            return response.status_code, None

    def _describe(self, answer: Any) -> str:
        """Return what an answer says about an error, short and on one line; empty if it says nothing."""
        told = answer.get("error") if isinstance(answer, dict) else None
        message = told.get("message") if isinstance(told, dict) else told
        if not isinstance(message, str):
            return ""
        line = "".join(char if char.isprintable() else " " for char in message[:_MAX_REASON])
        return f": {self._hide(line)}"

    def _hide(self, text: str) -> str:
        return mask_secrets(text.replace(self._key, MASK) if self._key else text)


async def _read_body(response: httpx.Response) -> bytes:
    """Return the bytes of an answer as they were sent: what is compressed may be a thousand times as large.

    Raises:
        NoReadingError: there are too many, or they are compressed.
    """
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NoReadingError(Outcome.UNUSABLE, "its answer is compressed, which it was asked not to be")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MAX_ANSWER:
            raise NoReadingError(Outcome.UNUSABLE, f"its answer has more than {MAX_ANSWER // 1024} KiB")
    return bytes(content)


def _find_content(answer: Any) -> str:
    """Return the text of a chat completion.

    Raises:
        NoReadingError: it is none, or has no text.
    """
    try:
        content = answer["choices"][0]["message"]["content"]
    except (LookupError, TypeError):
        raise NoReadingError(Outcome.UNUSABLE, "its answer is no chat completion") from None
    if not isinstance(content, str):
        raise NoReadingError(Outcome.UNUSABLE, "its answer has no text")
    return content


def _find_first_model(answer: Any) -> str:
    try:
        name = answer["data"][0]["id"]
    except (LookupError, TypeError):
        return ""
    return name if isinstance(name, str) and len(name) <= _MAX_NAME else ""
