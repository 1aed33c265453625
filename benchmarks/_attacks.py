"""What a client may send to hold up a server, each as a function of the server's address.

A function with `@attack` is one more: it does what it does once, and returns what the server answered.
"""

import json
import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, Final

Address = tuple[str, int]
Attack = Callable[[Address], str]

ATTACKS: Final[dict[str, Attack]] = {}
ROUTES: Final = ("/api/generate_logo", "/v1/logos", "/v1/images/generations")
_PATIENCE: Final = 20.0  # seconds
_LARGEST: Final = 64 * 1024  # bytes of a body that is read
_MARKS: Final = "a" + "\u0315\u0300\u05ae\u0301\u0327" * 5_000  # 50 KB of combining marks, out of order
_TEXTS: Final = (
    *("prompt", "brand_name", "slogan", "model", "palette", "style", "layout", "engine", "webhook_url"),
    *("negative_prompt", "priority", "size", "quality", "user", "safety_identifier", "output_format"),
)
_HEADERS: Final = (
    *("Prefer", "Idempotency-Key", "Accept", "If-None-Match", "Last-Event-ID", "traceparent", "tracestate"),
    *("Cache-Control", "Authorization", "X-API-Key", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID", "Range"),
    *("Cookie", "Content-Type", "Access-Control-Request-Headers", "Origin", "Host", "Expect", "Connection"),
)


def attack(name: str) -> Callable[[Attack], Attack]:
    """Add a function to the attacks."""

    def add(function: Attack) -> Attack:
        ATTACKS[name] = function
        return function

    return add


def exchange(address: Address, *pieces: bytes) -> str:
    """Send pieces over a connection, as far as the server takes them; return the statuses of what it answers."""
    with socket.create_connection(address, timeout=_PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                connection.sendall(piece)
            answer = b"".join(iter(lambda: connection.recv(1 << 20), b""))
        except (ConnectionError, TimeoutError) as error:
            return type(error).__name__
    return " ".join(part[:3].decode() for part in answer.split(b"HTTP/1.1 ")[1:4])


def post(address: Address, body: bytes, path: str = ROUTES[1], *headers: str) -> str:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    lines = "".join(f"{header}\r\n" for header in ("Content-Type: application/json", *headers))
    return exchange(address, f"{head}{lines}\r\n".encode() + body)


def get(address: Address, path: str, *headers: str, method: str = "GET") -> str:
    lines = "".join(f"{header}\r\n" for header in ("Host: localhost", "Connection: close", *headers))
    return exchange(address, f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))


def brief(**fields: Any) -> bytes:
    return json.dumps({"prompt": "a bakery", **fields}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def full(piece: str, size: int = _LARGEST - 100) -> str:
    """Return as many pieces, with commas between them, as fit into `size` bytes."""
    return ",".join([piece] * (size // (len(piece) + 1)))


def each(answers: Iterable[str]) -> str:
    return " ".join(sorted(set(" ".join(answers).split())))


@attack("combining marks out of order, 50 KB in every text of every route")
def marks(address: Address) -> str:
    return each(post(address, brief(**{field: _MARKS}), path) for path in ROUTES for field in _TEXTS)


@attack("a name of 290 KB of combining marks")
def large_marks(address: Address) -> str:
    return each(post(address, brief(brand_name="a" + "\u0301\u0327" * 72_000), path) for path in ROUTES)


@attack("half surrogate pairs, NUL and white space, 50 KB in every text")
def odd_texts(address: Address) -> str:
    return each(
        post(address, f'{{"prompt": "a bakery", "{field}": "{text}"}}'.encode(), ROUTES[1])
        for field in _TEXTS
        for text in ("\\ud800" * 10_000, "\\u0000" * 10_000, " " * 60_000, "\u2003" * 20_000)
    )


@attack("5,000 bad entries of loras")
def loras(address: Address) -> str:
    return each(post(address, brief(loras={f"{n:x}": "" for n in range(5_000)}), path) for path in ROUTES)


@attack("80,000 bad entries of loras, 1 MB")
def many_loras(address: Address) -> str:
    return post(address, brief(loras={f"{n:x}": "" for n in range(80_000)}))


@attack("unknown fields, 6,000 and 75,000")
def unknown_fields(address: Address) -> str:
    return each(
        post(address, brief(**{f"{n:x}": 0 for n in range(m)}), path) for path in ROUTES for m in (6_000, 75_000)
    )


@attack("lists and objects as large as a body may be")
def arrays(address: Address) -> str:
    pieces = ('""', "[]", "{}", "1.1", "64", '"b"', "[[[[[[[[[]]]]]]]]]", "9" * 4299, "1e400", '{"a":{"a":{"a":1}}}')
    values = [f"[{full(piece)}]" for piece in pieces]
    fields = ("sizes", "prompt", "svg", "other")
    bodies = [f'{{"prompt":"a bakery","{field}":{value}}}'.encode() for field in fields for value in values]
    return each(post(address, body, path) for path in ROUTES for body in bodies)


@attack("500,000 sizes, 1 MB")
def many_sizes(address: Address) -> str:
    return post(address, brief(sizes=[1] * 500_000), ROUTES[0])


@attack("JSON nested 30,000 deep, a key 3,000 times, numbers of 60,000 digits")
def structures(address: Address) -> str:
    bodies = (
        "[" * 60_000,
        '{"a":' * 20_000,
        "{" + full('"prompt":"a bakery"') + "}",
        '{"seed":' + "9" * 60_000 + "}",
        '{"guidance":0.' + "9" * 60_000 + "}",
        '{"guidance":1e-' + "9" * 60_000 + "}",
        '"' + "\\u0041" * 10_000 + '"',
        "[" * 30_000 + "]" * 30_000,
        " " * 60_000 + "{}",
        "\\" * 60_000,
        '"' * 60_000,
    )
    return each(post(address, body.encode(), path) for path in ROUTES for body in bodies)


@attack("1 MB of white space before a brief")
def white_space(address: Address) -> str:
    return post(address, b" " * 1_000_000 + brief())


@attack("16 KB in every header")
def headers(address: Address) -> str:
    values = ("," * 15_000, "a" * 15_000, "a," * 7_500, "a=b;" * 3_700, '"' * 15_000, "1-1," * 3_700, " ;" * 7_500)
    return each(
        get(address, path, f"{name}: {value}")
        if path != ROUTES[1]
        else post(address, brief(n=1, x=1), path, f"{name}: {value}")
        for name in _HEADERS
        for value in values
        for path in ("/docs/files/swagger-ui.css", ROUTES[1])
    )


@attack("4 and 15 KB of query")
def queries(address: Address) -> str:
    pieces = ("a&", "status=x&", "%61=%62&", "limit=1", "=", "a=%ff&")
    wishes = [piece * (size // len(piece)) for piece in pieces for size in (4_000, 15_000)]
    paths = ("/v1/logos", "/v1/logos/gen_0000000000000000000000000000/0.png", "/health", "/v1/models/x")
    return each(get(address, f"{path}?{wish}") for path in paths for wish in wishes)


@attack("long and odd paths")
def paths(address: Address) -> str:
    odd = ("/v1/logos/x/" + "." * n + "/" for n in (1000, 15_000))
    more = (
        "/" * 1000,
        "/v1/logos/" + "a/" * 490,
        "/v1/models/" + "%2e" * 330,
        "/docs/files/" + "../" * 320,
        "/" + "%ff" * 330,
    )
    return each(get(address, path, method=method) for path in (*odd, *more) for method in ("GET", "HEAD", "PUT"))


@attack("60,000 headers, as head and as trailer; folded lines")
def many_headers(address: Address) -> str:
    begin = b"POST /v1/logos HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    chunked = begin + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    blocks = (b"a:\r\n" * 60_000, b"a: b\r\n" + b" c\r\n" * 60_000, b"a:\r\n" * 4_000)
    return each(exchange(address, start + block + b"\r\n") for start in (begin, chunked) for block in blocks)


@attack("a body in chunks of one byte")
def tiny_chunks(address: Address) -> str:
    begin = b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answers = [exchange(address, begin % path.encode() + b"1\r\n \r\n" * 1_000_000) for path in ROUTES]
    extended = b"1;" + b"x" * 8000 + b"\r\n \r\n"
    return each([*answers, exchange(address, begin % b"/v1/logos" + extended * 900 + b"0\r\n\r\n")])


@attack("a body in packets of one byte")
def tiny_packets(address: Address) -> str:
    head = b"POST /v1/logos HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10000\r\n\r\n"
    return exchange(address, head, *([b" "] * 10_000))


@attack("5,000 requests in one go")
def pipeline(address: Address) -> str:
    return exchange(address, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 4_999 + b"GET / HTTP/1.0\r\n\r\n")


@attack("2,000 connections that send nothing")
def idle_connections(address: Address) -> str:
    with ExitStack() as stack:
        for _ in range(2_000):
            stack.enter_context(socket.create_connection(address, timeout=_PATIENCE))
        return get(address, "/health/live")


@attack("a body that is compressed, 10 times")
def compressed(address: Address) -> str:
    return each(post(address, b"\x1f\x8b" + b"\0" * 100_000, ROUTES[1], "Content-Encoding: gzip") for _ in range(10))
