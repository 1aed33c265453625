"""Marks and palettes that clients bring along, over a real socket."""

import socket
import threading
from functools import partial
from io import BytesIO

import httpx
import pytest
from PIL import Image, ImageDraw

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="40" fill="#0a4d68"/>'
    b'<rect x="30" y="30" width="40" height="40" fill="#f4a460"/></svg>'
)


def png() -> bytes:
    picture = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(picture).ellipse((60, 60, 240, 240), fill="#0a4d68")
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("content", [SVG, png()], ids=["svg", "png"])
def test_a_mark_that_is_brought_along_stands_in_the_logos(api: httpx.Client, content: bytes) -> None:
    found = api.post("/v1/marks", content=content).json()
    assert "#0a4d68" in found["palette"]
    wish = {"prompt": "a bakery by the sea", "brand_name": "Nord", "n": 2, "seed": 7, "own_mark": found["mark"]}
    made = api.post("/v1/logos", json=wish)
    assert made.status_code == 201, made.text
    for logo in made.json()["candidates"]:
        assert "#0a4d68" in api.get(logo["svg"]).text
        assert logo["shows"] == ["a mark that was brought along"]


def test_a_palette_is_found_in_a_picture(api: httpx.Client) -> None:
    found = api.post("/v1/palettes", content=png()).json()
    assert found["palette"].split(", ")[0] == "#0a4d68"
    assert found["colours"][0]["share"] > 0.9
    assert found["paper"] == "#ffffff"


@pytest.mark.parametrize("path", ["/v1/marks", "/v1/palettes"])
@pytest.mark.parametrize("content", [b"", b"hello", b"<svg", b"\x89PNG\r\n\x1a\n" + bytes(99), b'{"a": 1}'])
def test_what_cannot_be_used_is_told(api: httpx.Client, path: str, content: bytes) -> None:
    answer = api.post(path, content=content)
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["body"]]


def test_a_file_of_a_hundred_megabytes_is_refused_by_its_length(api: httpx.Client) -> None:
    for path, most in (("/v1/marks", 4_000_000), ("/v1/logos", 65_536)):
        with socket.create_connection((api.base_url.host, api.base_url.port), timeout=20) as line:
            head = f"POST {path} HTTP/1.1\r\nHost: {api.base_url.netloc.decode()}\r\nContent-Length: 100000000\r\n\r\n"
            line.sendall(head.encode())
            answer = b"".join(iter(partial(line.recv, 65536), b""))
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert f"more than {most} bytes".encode() in answer


def test_a_mark_in_a_request_is_checked(api: httpx.Client) -> None:
    wish = {"prompt": "a bakery", "brand_name": "Nord"}
    part = {"ink": "mark", "colour": "#ff0000", "data": "M0 0L9 0L9 9Z"}
    for mark in ({"kind": "outline", "parts": []}, {"parts": [{**part, "data": "MNaN"}]}, {"parts": [part, part]}):
        answer = api.post("/v1/logos", json={**wish, "own_mark": mark})
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"][0]["loc"][:2] == ["body", "own_mark"]


def test_a_file_that_takes_long_holds_up_nobody_else(start) -> None:
    """It is read in a process of its own, which ends by itself."""
    client = start(compute_processes=1)
    lines = "".join(f"L{(n * 7919) % 1000} {(n * 104729) % 1000}" for n in range(400))
    heavy = f'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0{lines}z"/></svg>'.encode()
    answers: list[httpx.Response] = []
    reading = threading.Thread(target=lambda: answers.append(client.post("/v1/marks", content=heavy, timeout=120)))
    reading.start()
    while reading.is_alive():
        assert httpx.get(f"{client.base_url}/health", timeout=60).status_code == 200
        reading.join(0.2)
    assert answers[0].status_code in (200, 422)


@pytest.mark.parametrize("path", ["/v1/marks", "/v1/palettes"])
def test_a_parameter_that_there_is_not_is_refused_by_name(api: httpx.Client, path: str) -> None:
    answer = api.post(path, content=SVG, params={"inks": "2"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "inks"]
