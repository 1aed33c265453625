"""HTTP as a client of the logo API speaks it, with the standard library alone."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

from blazon.errors import BlazonError
from blazon.masking import mask_secrets

DRAW: Final = "/api/generate_logo"
PROMPT: Final = "a coffee roastery by the sea"

_QUICK: Final = 10.0  # seconds that an answer may take for which nothing is drawn

T = TypeVar("T")


class CheckFailed(Exception):
    """The server does not do what a client relies on; the message says what it did instead."""


class NobodyAnswers(BlazonError):
    """There is no HTTP answer at an address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the JSON object of the body.

        Raises:
            CheckFailed: it is none.
        """
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        expect(isinstance(document, dict), f"{self.status} without a JSON object: {self.body[:60]!r}")
        return dict(document)


class Client:
    """Sends requests to one server, each over a connection of its own; threads may share it."""

    def __init__(self, url: str, timeout: float = 300.0, key: str = "") -> None:
        """Prepare requests to `url`; nothing is sent yet.

        Args:
            timeout: seconds in which a logo must come.
            key: sent with every request; empty for a server that asks for none.

        Raises:
            ValueError: `url` is not an address such as `http://localhost:7860`, or `key` cannot be sent.
        """
        key = key.strip()
        if not (key.isascii() and key.isprintable()):
            raise ValueError("the key holds characters that no key has")  # without it: it is a secret
        try:
            parts = urlsplit(url.strip())
            self._address = parts.hostname or "", parts.port
        except ValueError:  # a port that is none, brackets without an address
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{mask_secrets(url)!r} is not an address such as http://localhost:7860")
        if parts.username is not None or parts.password is not None:
            raise ValueError("a user or password in the address is not sent; give an API key with --key")
        self.url = parts.geturl().rstrip("/")
        self.timeout = timeout
        self._always = {"Accept": "application/json", **({"X-API-Key": key} if key else {})}
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._base = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Get `path`.

        Raises:
            NobodyAnswers: no answer came.
        """
        return self._send("GET", path, None, headers or {}, min(_QUICK, self.timeout))

    def post(self, document: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a logo with any JSON document.

        Raises:
            NobodyAnswers: no answer came.
        """
        body = json.dumps(document).encode()
        return self._send("POST", DRAW, body, {"Content-Type": "application/json", **(headers or {})}, self.timeout)

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> Answer:
        connection = self._kind(*self._address, timeout=timeout)
        try:
            connection.request(method, self._base + path, body, {**self._always, **headers})
            answer = connection.getresponse()
            given = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, given, answer.read())
        except TimeoutError:
            raise NobodyAnswers(f"nobody answers at {self.url}{path} within {timeout:g} s") from None
        except (OSError, UnicodeError) as error:
            raise NobodyAnswers(f"nobody answers at {self.url}: {getattr(error, 'strerror', None) or error}") from None
        except HTTPException:
            raise NobodyAnswers(f"what answers at {self.url} does not speak HTTP") from None
        finally:
            connection.close()


def expect(holds: bool, otherwise: str) -> None:
    """Fail the check with `otherwise` unless the condition holds."""
    if not holds:
        raise CheckFailed(otherwise)


def draw(client: Client, prompt: str = PROMPT, sizes: Sequence[int] | None = None, **fields: object) -> dict[str, Any]:
    """Ask for a logo, waiting as long as the server asks to while it is busy, and return the document of the answer.

    Raises:
        CheckFailed: it is refused, or none came in time.
    """
    wish = {"prompt": prompt, **({} if sizes is None else {"sizes": list(sizes)}), **fields}
    last = time.monotonic() + client.timeout
    while True:
        answer = client.post(wish)
        pause = answer.headers.get("retry-after", "")
        if answer.status != 503 or not pause.isdecimal() or time.monotonic() + int(pause) > last:
            break
        time.sleep(int(pause))
    expect(answer.status == 200, f"a logo was refused: {answer.status} {answer.body[:120].decode(errors='replace')}")
    return answer.json()


def await_ready(client: Client, seconds: float = 0.0) -> None:
    """Wait until the server is ready or says that it never will be, or until the time is up.

    Raises:
        NobodyAnswers: nobody did.
    """
    last = time.monotonic() + seconds
    while True:
        try:
            if _is_settled(client.get("/health")):
                return
        except NobodyAnswers:
            if time.monotonic() >= last:
                raise
        if time.monotonic() >= last:
            return
        time.sleep(0.25)


def _is_settled(answer: Answer) -> bool:
    try:
        return answer.status == 200 or answer.json().get("status") == "unhealthy"
    except CheckFailed:  # a proxy in front of it, which will find it in time
        return False


def at_once(count: int, work: Callable[[int], T]) -> "list[Future[T]]":
    """Begin `work` in `count` threads that do not keep the program from ending."""
    futures: list[Future[T]] = [Future() for _ in range(count)]

    def run(number: int) -> None:
        try:
            futures[number].set_result(work(number))
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            futures[number].set_exception(error)

    for number in range(count):
        threading.Thread(target=run, args=(number,), daemon=True).start()
    return futures
