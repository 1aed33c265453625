"""A server that speaks OpenAI's chat completions, well or badly: for tests without a language model."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

EMPTY: Final[dict[str, Any]] = {
    "language": "en", "topic": "", "show": [], "avoid": [], "colours": [], "colours_avoided": [], "only": False,
    "moods": [], "styles": [], "kinds": [], "kinds_avoided": [], "technique": None,
    "technique_avoided": None, "letters": "", "layout": None, "type": [],
    "type_avoided": [], "family": "", "families_avoided": [], "case": None, "name": "", "slogan": "",
    "established": "", "place": "", "ignored": [],
}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """What the server sends.

    Args:
        missing: bytes that are announced beside the body and never come.
        hangs: whether nothing is sent until the client leaves.
        endless: whether the body is sent again and again until the client leaves.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    hangs: bool = False
    endless: bool = False


def say(content: str, **message: Any) -> Reply:
    """Return the reply of a model that says `content`."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content, **message}}
    return Reply(json.dumps({"object": "chat.completion", "choices": [choice]}).encode())


def read(**told: Any) -> Reply:
    """Return the reply of a model that read this, and nothing else, in a brief."""
    return say(json.dumps({**EMPTY, **told}))


def show(*names: str, relation: str = "alone") -> dict[str, Any]:
    """Return a scene of a reading."""
    things = [{"name": name, "words": name} for name in names]
    return {"things": things, "relation": relation, "link": "", "letter": ""}


@dataclass
class ChatServer:
    """The server; `answer` says what it replies to the body of a question, and may be replaced at any time."""

    url: str = ""
    answer: Callable[[dict[str, Any]], Reply] = lambda _: Reply(status=500)
    models: Reply = Reply(json.dumps({"data": [{"id": "tiny-reader"}]}).encode())
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """Set once a client has left before it had its answer."""
    hanging: list[socket.socket] = field(default_factory=list)

    def stop_hanging(self) -> None:
        """End the connections of those who wait for an answer that does not come."""
        for one in self.hanging:
            one.shutdown(socket.SHUT_RDWR)

    @property
    def prompts(self) -> list[str]:
        """The prompts of the briefs that it was asked to read."""
        return [json.loads(one["messages"][-1]["content"])["prompt"] for one in self.asked]


@contextmanager
def serve_chat() -> Iterator[ChatServer]:
    """Serve on a free port of this machine."""
    chat = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            chat.paths.append(self.path)
            _send(self, chat, chat.models)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.paths.append(self.path)
            chat.asked.append(body)
            chat.headers.append(dict(self.headers.items()))
            _send(self, chat, chat.answer(body))

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        chat.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield chat
        finally:
            server.shutdown()
            thread.join()


def _send(handler: BaseHTTPRequestHandler, chat: ChatServer, reply: Reply) -> None:
    handler.close_connection = True
    try:
        if reply.hangs:
            chat.hanging.append(handler.connection)
            handler.connection.recv(1)  # returns once the client has left
            chat.left.set()
            return
        handler.send_response(reply.status)
        for name, value in reply.headers:
            handler.send_header(name, value)
        if not reply.endless:
            handler.send_header("Content-Length", str(len(reply.body) + reply.missing))
        handler.end_headers()
        handler.wfile.write(reply.body)
        while reply.endless:
            handler.wfile.write(reply.body)
    except OSError:
        chat.left.set()
