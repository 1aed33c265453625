"""Bad input: a clear answer from 400 on, never from 500 on."""

import gzip
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
        (b"[" * 60_000, 400),
        (b'{"prompt": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}", 400),
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
        (b"[" * 60_000, "Invalid request: the body is nested too deeply"),
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
        ("brand_name", "x" * 81),
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
        ("loras", {"watercolour": 1}),
        ("loras", {"": "much"}),
        ("loras", {str(number): 1 for number in range(9)}),
        ("loras", {"a": 10**400}),
        ("loras", {"a\0": 1}),
    ],
)
def test_a_field_that_cannot_be_used_is_named(api, field, value):
    answer = api.post(URL, json={"prompt": "a bakery", field: value})
    message = _clear(answer, 422)
    assert message
    assert answer.json()["detail"][0]["loc"][:2] == ["body", field]


def test_faults_do_not_echo_what_was_sent(api):
    answer = api.post(URL, json={"prompt": "x" * 30_000, "style": "y" * 30_000})
    assert len(_clear(answer, 422)) < 500


STRICT = "/v1/logos"
OPENAI = "/v1/images/generations"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"prompt": "a bakery", "sizes": [""] * 900}, 900),
        ({"prompt": "a bakery", "loras": {f"l{number}": "" for number in range(8)}, "seed": "", "style": "x"}, 18),
        ({}, 1),
    ],
)
def test_the_first_ten_faults_are_named_and_the_others_counted(api, body, faults):
    detail = api.post(URL, json=body).json()["detail"]
    assert len(detail) == min(faults, 11)
    if faults > 10:
        assert detail[10] == {"type": "more_faults", "loc": ["body"], "msg": f"and {faults - 10} more faults"}


def test_ninety_unknown_fields_are_named_by_ten(api):
    answer = api.post(STRICT, json={"prompt": "a bakery", **{f"unknown_{number}": 1 for number in range(90)}})
    detail = answer.json()["detail"]
    assert [fault["loc"][-1] for fault in detail[:10]] == [f"unknown_{number}" for number in range(10)]
    assert (detail[10]["msg"], len(detail)) == ("and 80 more faults", 11)


@pytest.mark.parametrize("url", [STRICT, OPENAI])
def test_more_fields_than_any_brief_has_are_not_looked_at(api, url):
    answer = api.post(url, json={"prompt": "a bakery", **{f"{number}": 1 for number in range(5_000)}})
    assert answer.status_code in (400, 422)
    assert "has 5001 fields; at most 100 are read" in answer.text
    assert len(answer.content) < 500


@pytest.mark.parametrize("url", [STRICT, OPENAI])
@pytest.mark.parametrize("name", ["x" * 60_000, "a\0b", "\u202e", ""])
def test_names_of_unknown_fields_are_cut_and_can_be_read(api, url, name):
    answer = api.post(url, content=json.dumps({"prompt": "a bakery", name: 1}), headers=JSON)
    assert answer.status_code in (400, 422)
    assert len(answer.content) < 500
    assert "is not a field here" in answer.text


@pytest.mark.parametrize("url", [STRICT, OPENAI])
def test_half_a_surrogate_pair_in_the_name_of_a_field_is_told(api, url):
    answer = api.post(url, content=b'{"prompt": "a bakery", "\\ud800": 1}', headers=JSON)
    assert answer.status_code in (400, 422)
    assert "the name of a field is not valid Unicode text" in answer.text


@pytest.mark.parametrize(
    ("url", "field", "meant"),
    [
        (STRICT, "num_inference_steps", "steps"),
        (STRICT, "guidance_scale", "guidance"),
        (STRICT, "cfg_scale", "guidance"),
        (STRICT, "negative", "negative_prompt"),
        (STRICT, "aspect_ratio", "size"),
        (STRICT, "num_images", "n"),
        (STRICT, "Brand-Name", "brand_name"),
        (STRICT, "pallete", "palette"),
        (STRICT, "webhook_ur", "webhook_url"),
        (OPENAI, "num_inference_steps", "steps"),
        (OPENAI, "format", "output_format"),
        (OPENAI, "responce_format", "response_format"),
        (OPENAI, "webhook", ""),
        (STRICT, "utterly_unlike", ""),
    ],
)
def test_a_field_of_another_api_or_misspelt_is_told_its_name_here(api, url, field, meant):
    answer = api.post(url, json={"prompt": "a bakery", field: 1})
    assert answer.status_code in (400, 422)
    assert field in answer.text
    assert (f"is not a field here; did you mean `{meant}`?" if meant else "/docs lists them") in answer.text


ODD = [
    True,
    1e400,
    -1e400,
    float("nan"),
    10**4000,
    "\ud800",
    "a\0b",
    "e\u0301\u0327" * 5_000,
    [],
    {},
    [[]],
    "x" * 60_000,
]


@pytest.mark.parametrize("url", [URL, STRICT, OPENAI])
def test_no_odd_value_in_any_field_is_an_accident(api, url):
    path = api.get("/openapi.json").json()
    (content,) = path["paths"][url]["post"]["requestBody"]["content"].values()
    fields = path["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
    for field in fields:
        for value in ODD:
            body = json.dumps({"prompt": "a bakery", "sizes": [64], "n": 1, "size": 64, field: value})
            headers = {**JSON, "Prefer": "respond-async"}
            answer = api.post(url, content=body[:65_536], headers=headers)
            assert answer.status_code < 500, (
                field,
                str(value)[:60] if not isinstance(value, int) else value,
                answer.text,
            )
            assert len(answer.content) < 5000 or answer.status_code == 200, (field, str(value)[:60])


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP, identity", "x" * 5000])
def test_a_compressed_body_is_refused_with_what_is_accepted(api, coding):
    answer = api.post(
        URL, content=gzip.compress(b'{"prompt": "a bakery"}'), headers={**JSON, "Content-Encoding": coding}
    )
    assert _clear(answer, 415).startswith(f"the body comes with Content-Encoding: {coding[:40]}")
    assert answer.headers["Accept-Encoding"] == "identity"
    assert len(answer.content) < 200


@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_a_body_that_is_said_to_be_as_it_is_is_read(api, coding):
    answer = api.post(URL, json={"prompt": "a bakery", "sizes": [64]}, headers={"Content-Encoding": coding})
    assert answer.status_code == 200


def test_a_coding_without_a_body_does_no_harm(api):
    assert api.get("/health", headers={"Content-Encoding": "gzip"}).status_code == 200


@pytest.mark.parametrize("name", ["漢字喫茶", "ᚠᚢᚦᚨᚱᚲ", "☕🌊🚀"])
def test_a_name_that_no_font_covers_is_a_400_that_names_the_characters(api, name):
    detail = _clear(api.post(URL, json={"prompt": "a bakery", "brand_name": name, "sizes": [64]}), 400)
    assert detail.startswith("Invalid request: brand_name")
    assert name[0] in detail


@pytest.mark.parametrize("name", ["漢字喫茶", "☕🌊🚀"])
def test_where_faults_have_places_such_a_name_has_one(api, name):
    answer = api.post(STRICT, json={"prompt": "a bakery", "brand_name": name})
    assert name[0] in _clear(answer, 422)
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["body", "brand_name"]]


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
    assert "the body has more than 65536 bytes" in answer


def test_a_body_that_turns_out_too_large_is_refused(api):
    def chunks():
        for _ in range(100):
            yield b" " * 65536

    answer = api.post(URL, content=chunks(), headers=JSON)
    assert "65536 bytes" in _clear(answer, 413)
    assert api.get("/health").status_code == 200


@pytest.mark.parametrize(
    "path", ["/health/", "/docs/", "/v1/logos/", "/v1/models/", "/api/generate_logo/", "//evil.example/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_slash_at_the_end_leads_nowhere_else(api, path, method):
    url = f"{api.base_url}{path}"
    answer = api.request(method, url, headers={"Host": "evil.example"}, json={"prompt": "a bakery"})
    assert answer.status_code in (404, 405, 421)
    assert "location" not in answer.headers
    assert answer.status_code == 421 or "evil.example" not in answer.text


def test_a_slash_at_the_end_is_told(api):
    assert _clear(api.get("/health/"), 404) == "there is nothing here; leave out the slash at the end of the path"


def test_unknown_paths_and_methods(api):
    _clear(api.get("/nothing/here"), 404)
    answer = api.get(URL)
    _clear(answer, 405)
    assert answer.headers["Allow"] == "POST"
    assert api.get("/docs/files/../../../../etc/passwd").status_code == 404
    assert api.get("/docs/files/%2e%2e/main.py").status_code == 404


NONE = "/v1/logos/gen_0000000000000000000000000000"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "TRACE", "FOO", "get"])
@pytest.mark.parametrize(
    "path",
    [
        *("*", "//", "/%00", "/%ff", "/%2e%2e/%2e%2e", "/docs/files", "/docs/files/%00", "/docs/files/" + "a" * 900),
        *("/v1/models/%00", "/v1/models/%ff", "/v1/logos/%00", f"{NONE}/0.png?expires=x&signature=%ff"),
        *(f"{NONE}/%D9%A1.png", f"{NONE}/{'9' * 900}.png", f"{NONE}/0.png?signature=a&signature=b"),
        *("/v1/logos?after=%00", "/v1/logos?limit=1e400", "/v1/logos?limit=%D9%A1", "/v1/logos?limit=" + "9" * 4000),
    ],
)
def test_no_odd_path_is_an_accident_or_leads_elsewhere(api, method, path):
    assert _status(api, f"{method} {path} HTTP/1.1") in {200, 204, 400, 401, 403, 404, 405, 422}


@pytest.mark.parametrize(
    "header",
    [
        *(
            "X-Forwarded-For: \xff",
            "X-Forwarded-For: 1.2.3.4:99999",
            "X-Forwarded-For: [::1",
            "X-Forwarded-Proto: \xff",
        ),
        *("Prefer: wait=99999999999999", "Prefer: =;,=", "Last-Event-ID: \xb2", "Idempotency-Key: \xff"),
        *("Authorization: Bearer", "Authorization: Bearer \xff", "X-API-Key: \xff", "traceparent: \xff"),
        *("Range: bytes=99999999999999999999-", "Range: bytes=0-0,0-0", "If-Range: \xff", "If-Modified-Since: \xff"),
        *("If-None-Match: \xff", "Accept: \xff", "Origin: \xff", "Cookie: \xff", "Content-Type: \xff"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/docs/files/swagger-ui.css", "/v1/logos", f"{NONE}/events", f"{NONE}/0.png"])
def test_no_odd_header_is_an_accident(api, header, path):
    for method in ("GET", "POST", "OPTIONS"):
        assert _status(api, f"{method} {path} HTTP/1.1", header) < 500


def _status(api, *lines: str) -> int:
    with socket.create_connection((api.base_url.host, api.base_url.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "Host: localhost", "Connection: close", "", ""]).encode("latin-1"))
        answer = connection.makefile("rb").read()
    assert b"Traceback" not in answer
    return int(answer.split()[1])
