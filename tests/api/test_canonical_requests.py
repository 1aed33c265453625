"""What makes two requests under one idempotency key the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.api.requests import canonicalize

WISH = {"prompt": "a bäckerei", "n": 2, "seed": 7, "brand_name": "Nörd"}
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(WISH),
        json.dumps(WISH, indent=2, ensure_ascii=False),
        json.dumps(dict(reversed(WISH.items())), separators=(",", ":")),
        json.dumps({**WISH, "n": 2.0, "seed": 7e0}),
        json.dumps({**WISH, "slogan": None}),
        '  {"n": 1, "n": 2, "prompt": "a b\\u00e4ckerei", "seed": 70e-1, "brand_name": "N\\u00f6rd"}\r\n',
    ],
)
def test_the_same_in_other_words(text):
    assert canonicalize(text.encode()) == canonicalize(json.dumps(WISH).encode())


@pytest.mark.parametrize(
    "other",
    [{**WISH, "n": 3}, {**WISH, "seed": "7"}, {**WISH, "slogan": ""}, {**WISH, "prompt": "A bäckerei"}, [WISH], 7],
)
def test_what_says_something_else_is_another(other):
    assert canonicalize(json.dumps(other).encode()) != canonicalize(json.dumps(WISH).encode())


@pytest.mark.parametrize(("one", "other"), [(b"{", b"{ "), (b"\xff", b"\xfe"), (b"", b" "), (b"1" * 5000, b"1" * 5001)])
def test_what_is_no_json_stands_for_itself(one, other):
    assert canonicalize(one) == one
    assert canonicalize(one) != canonicalize(other)


def test_numbers_do_not_grow():
    body = b'{"prompt": "a bakery", "x": [' + b"1e308," * 10_000 + b"1]}"
    assert len(canonicalize(body)) < 2 * len(body)


@given(st.dictionaries(st.text(), values), st.randoms())
def test_order_and_spaces_say_nothing(content, random):
    names = list(content)
    random.shuffle(names)
    shuffled = {name: content[name] for name in names}
    assert canonicalize(json.dumps(content).encode()) == canonicalize(json.dumps(shuffled, indent=1).encode())


@given(values, values)
def test_equal_bytes_are_equal_values(one, other):
    if canonicalize(json.dumps(one).encode()) == canonicalize(json.dumps(other).encode()):
        assert _without_nulls(one) == _without_nulls(other)


def _without_nulls(content):
    return (
        {name: value for name, value in content.items() if value is not None} if isinstance(content, dict) else content
    )


@pytest.mark.parametrize("path", ["/api/generate_logo", "/v1/logos", "/v1/images/generations"])
def test_a_client_that_writes_its_request_anew_gets_the_same(start, stand_in, path):
    engine = stand_in()
    client = start(lambda: engine)
    headers = {"Idempotency-Key": "order-1", "Content-Type": "application/json"}
    texts = ['{"prompt": "a bakery", "seed": 7}', '{ "seed":7,\n"prompt":"a baker\\u0079", "style": null}']
    answers = [client.post(path, content=text, headers=headers) for text in texts]
    assert {answer.status_code for answer in answers} == {201 if path == "/v1/logos" else 200}
    assert len(client.get("/v1/logos").json()["data"]) == 1
    other = client.post(path, content='{"prompt": "a bakery", "seed": 8}', headers=headers)
    assert other.status_code in (400, 422)
