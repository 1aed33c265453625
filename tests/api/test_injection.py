"""What clients send never becomes a header of its own in an answer."""

import socket
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response

from blazon.api.app import create_app
from blazon.settings import Settings

EVIL = "a\r\nX-Evil: 1"


def heads(api, request: bytes) -> bytes:
    """Return the head of the answer to a request as it is on the wire."""
    with socket.create_connection((api.base_url.host, api.base_url.port), timeout=60) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("path", ["/health", "/nothing", "/docs"])
@pytest.mark.parametrize("where", ["/{}/", "/{}", "?a={}", "/%2F{}/"])
def test_paths_that_are_not_found(api, path, where):
    target = path + where.format(quote(EVIL, safe=""))
    head = heads(api, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert head.startswith(b"HTTP/1.1 ")
    assert b"x-evil" not in head.lower().replace(b"%0d%0ax-evil", b"")


@pytest.mark.parametrize("name", ["X-Request-ID", "Origin", "Accept", "Host", "Access-Control-Request-Headers"])
@pytest.mark.parametrize(
    "value", [b"a\rX-Evil: 1", b"a\x00b", b"a\x0bb", b"\x7f", b"a\x85b", b"a\xff\xfeb", b"x" * 5000]
)
def test_values_with_control_characters_do_not_come_back(api, name, value):
    request = b"OPTIONS /health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head = heads(api, request + name.encode() + b": " + value + b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 ")
    assert value not in head
    assert b"x-evil" not in head.lower()


def test_a_route_that_would_split_a_header_is_a_500_that_says_so_in_the_log(stand_in, logged, tmp_path):
    app = create_app(Settings.load(None, warmup_enabled=False, data_dir=tmp_path), stand_in)

    @app.get("/things/{name}")
    async def thing(name: str, request: Request) -> Response:
        return Response(headers={"Location": f"/things/{name}"})

    with TestClient(app, raise_server_exceptions=False) as asked:
        assert asked.get("/things/fine").headers["Location"] == "/things/fine"
        answer = asked.get(f"/things/{quote(EVIL, safe='')}")
    assert answer.status_code == 500
    assert "X-Evil" not in answer.headers
    assert answer.json()["message"] == "Internal server error"
    assert any("control characters in the header" in str(line) for line in logged())


def test_credits_with_line_breaks_are_one_header(start, stand_in):
    answer = start(lambda: stand_in(credits=(EVIL, "\x00"))).post(
        "/api/generate_logo", json={"prompt": "a bakery", "sizes": [64], "seed": 7}
    )
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert answer.headers["X-Credits"] == "a%0D%0AX-Evil%3A%201, %00"
    assert answer.headers["X-Seed"] == "7"


@pytest.mark.parametrize(
    ("trusted", "scheme"), [("127.0.0.1", "https"), ("10.0.0.0/8, 127.0.0.0/8", "https"), ("192.0.2.1", "http")]
)
def test_forwarded_headers_are_believed_from_trusted_proxies_only(start, stand_in, trusted, scheme):
    client = start(lambda: stand_in(), trusted_proxies=trusted)
    wish = {"prompt": "a bakery", "response_format": "url"}
    answer = client.post("/v1/images/generations", json=wish, headers={"X-Forwarded-Proto": "https"})
    assert answer.json()["data"][0]["url"].startswith(f"{scheme}://127.0.0.1")
