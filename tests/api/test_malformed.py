"""Bad input: a clear answer from 400 on, never from 500 on."""

import json
import socket

import pytest

URL = "/api/generate_logo"
JSON = {"Content-Type": "application/json"}


def _clear(answer, status: int) -> str:
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    detail = answer.json()["detail"]
    return detail if isinstance(detail, str) else "; ".join(fault["msg"] for fault in detail)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"a bakery"', 422),
        (b"7", 422),
        (b"NaN", 422),
        (b'{"prompt": NaN}', 422),
        (b'{"prompt": "a bakery", "seed": Infinity}', 422),
        (b'{"prompt": "a bakery", "sizes": [-Infinity]}', 422),
        (b'{"prompt": "half \\ud800 a pair"}', 422),
        (b'{"prompt": "a bakery", "brand_name": "\\udfff"}', 422),
        (b'{"prompt": "a bakery", "palette": "\\udfff"}', 422),
        (b'{"prompt": "a bakery", "style": "\\udfff"}', 422),
        (b'{"prompt": "a bakery \xff\xfe"}', 400),
        (b"\xff\xfe\x00", 400),
        (b"[" * 100_000, 400),
        (b'{"prompt": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", 400),
        (b'{"prompt": "a bakery", "seed": ' + b"9" * 10_000 + b"}", 400),
    ],
)
def test_what_is_no_proper_json_object(api, body, status):
    _clear(api.post(URL, content=body, headers=JSON), status)


def test_half_a_surrogate_pair_in_an_ignored_field_does_no_harm(api):
    body = b'{"prompt": "a bakery", "sizes": [64], "\\ud800": "\\ud800"}'
    assert api.post(URL, content=body, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is empty; send a JSON object; /docs tells its fields"),
        (b"[]", "the body is JSON, but no object; send a JSON object; /docs tells its fields"),
        (b"NaN", "the body is JSON, but no object; send a JSON object; /docs tells its fields"),
        (b'{"prompt": "a bakery",}', "the body is not JSON: Illegal trailing comma|the body is not JSON: Expecting"),
        (b"prompt=a+bakery", "the body is not JSON: Expecting value, at character 0"),
        (b'{"prompt": "a bakery \xff"}', "Invalid request: the body is not UTF-8 text"),
        (b"[" * 100_000, "Invalid request: the body is nested too deeply"),
        (
            b'{"seed": ' + b"9" * 10_000 + b"}",
            "Invalid request: the body is JSON with a number that has too many digits",
        ),
    ],
)
def test_a_body_that_is_no_json_object_is_told_what_to_do(api, body, message):
    answer = api.post(URL, content=body, headers=JSON)
    assert _clear(answer, answer.status_code).startswith(tuple(message.split("|")))
    assert answer.status_code in (400, 422)


def test_of_a_key_that_comes_twice_the_last_one_counts(api):
    answer = api.post(URL, content=b'{"prompt": 7, "prompt": "a bakery", "sizes": [64]}', headers=JSON)
    assert answer.json()["prompt"] == "a bakery"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "rubbish", ""])
def test_other_content_types(api, kind):
    answer = api.post(URL, content=json.dumps({"prompt": "a bakery"}), headers={"Content-Type": kind})
    assert _clear(answer, 422) == (
        "the body is not announced as JSON; send it with the header Content-Type: application/json"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brand_name", "x" * 41),
        ("brand_name", "a\x00b"),
        ("brand_name", "tab\x1b[31m"),
        ("brand_name", 7),
        ("slogan", "without a name"),
        ("style", "brutal"),
        ("style", ""),
        ("palette", "#12345g"),
        ("palette", "no colours at all"),
        ("palette", ""),
        ("palette", "red red red red red red"),
        ("layout", "diagonal"),
        ("layout", "stacked"),
        ("seed", -1),
        ("seed", 2**32),
        ("seed", "7"),
        ("seed", True),
        ("seed", 1.5),
        ("engine", "crayon"),
        ("credit_allowed", "true"),
        ("sizes", [64] * 33),
    ],
)
def test_a_field_that_cannot_be_used_is_named(api, field, value):
    answer = api.post(URL, json={"prompt": "a bakery", field: value})
    message = _clear(answer, 422)
    assert message
    assert answer.json()["detail"][0]["loc"][:2] == ["body", field]


def test_faults_do_not_echo_what_was_sent(api):
    answer = api.post(URL, json={"prompt": "x" * 100_000, "style": "y" * 100_000})
    assert len(_clear(answer, 422)) < 500


@pytest.mark.parametrize("name", ["漢字喫茶", "ᚠᚢᚦᚨᚱᚲ", "☕🌊🚀"])
def test_a_name_that_no_font_covers_is_a_400_that_names_the_characters(api, name):
    detail = _clear(api.post(URL, json={"prompt": "a bakery", "brand_name": name, "sizes": [64]}), 400)
    assert detail.startswith("Invalid request: brand_name")
    assert name[0] in detail


@pytest.mark.parametrize("prompt", ["☕🌊🚀", "قهوة بجانب البحر", "<script>alert(1)</script>", "a\x00\x07b", "'; --"])
def test_odd_prompts_are_drawn_and_come_back_as_they_were(api, prompt):
    answer = api.post(URL, json={"prompt": prompt, "sizes": [64]})
    assert answer.status_code == 200
    assert answer.json()["prompt"] == prompt


def test_markup_in_a_name_is_set_as_it_is(api):
    answer = api.post(URL, json={"prompt": "a bakery", "brand_name": "<b>&amp;\"'</b>", "sizes": [64]})
    assert answer.status_code == 200


def test_a_body_announced_too_large_is_refused_before_it_is_sent(api):
    head = (
        f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n"
    )
    with socket.create_connection((api.base_url.host, api.base_url.port), timeout=30) as connection:
        connection.sendall(head.encode())
        answer = connection.makefile("rb").read().decode()  # to the end: the server closes the connection
    assert answer.startswith("HTTP/1.1 413 ")
    assert "the body has more than 1048576 bytes" in answer


def test_a_body_that_turns_out_too_large_is_refused(api):
    def chunks():
        for _ in range(100):
            yield b" " * 65536

    answer = api.post(URL, content=chunks(), headers=JSON)
    assert "1048576 bytes" in _clear(answer, 413)
    assert api.get("/health").status_code == 200


def test_unknown_paths_and_methods(api):
    _clear(api.get("/nothing/here"), 404)
    answer = api.get(URL)
    _clear(answer, 405)
    assert answer.headers["Allow"] == "POST"
    assert api.get("/docs/files/../../../../etc/passwd").status_code == 404
    assert api.get("/docs/files/%2e%2e/main.py").status_code == 404
