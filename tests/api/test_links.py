"""Links that work without a key, for a time and for one picture."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.api.links import Links
from blazon.errors import NotAllowed

PATH = "/v1/logos/gen_1/0.png"
QUERY = [("width", "300"), ("background", "transparent")]


class Clock:
    now = 1_000_000.5

    def __call__(self) -> float:
        return self.now


def _taken_apart(link: str) -> tuple[str, list[tuple[str, str]]]:
    path, _, query = link.partition("?")
    return path, [tuple(pair.split("=")) for pair in query.split("&")]


def test_a_link_is_good_until_it_expires():
    clock = Clock()
    links = Links(b"secret", clock)
    path, query = _taken_apart(links.sign(PATH, QUERY, 60))
    assert path == PATH
    assert query[:3] == [*QUERY, ("expires", "1000060")]
    links.check(path, query)
    clock.now += 59
    links.check(path, reversed(query))
    clock.now += 1
    with pytest.raises(NotAllowed, match="has expired"):
        links.check(path, query)


def test_it_lasts_an_hour_if_nothing_is_said():
    clock = Clock()
    assert dict(_taken_apart(Links(b"secret", clock).sign(PATH, QUERY))[1])["expires"] == "1003600"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/v1/logos/gen_2/0.png", {}),
        (PATH, {"width": "301"}),
        (PATH, {"expires": "9999999999"}),
        (PATH, {"signature": ""}),
        (PATH, {"signature": "ÿ" * 64}),
        (PATH, {"size": "300"}),
        (PATH, {"expires": None}),
        (PATH, {"signature": None}),
    ],
)
def test_what_was_changed_is_refused(path, change):
    links = Links(b"secret", Clock())
    _, query = _taken_apart(links.sign(PATH, QUERY))
    changed = {**dict(query), **change}
    with pytest.raises(NotAllowed, match="was changed"):
        links.check(path, [(name, value) for name, value in changed.items() if value is not None])


def test_one_parameter_cannot_be_slipped_in_twice():
    links = Links(b"secret", Clock())
    path, query = _taken_apart(links.sign(PATH, QUERY))
    for extra in query:
        with pytest.raises(NotAllowed):
            links.check(path, [*query, extra])


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_another_installation_signs_otherwise(one, other):
    path, query = _taken_apart(Links(one, Clock()).sign(PATH, QUERY))
    if one.rstrip(b"\0") == other.rstrip(b"\0"):  # HMAC pads keys with zeros
        return
    with pytest.raises(NotAllowed):
        Links(other, Clock()).check(path, query)


URL = "/v1/images/generations"


def test_a_link_opens_its_file_and_survives_a_restart(start, stand_in):
    made = start(stand_in).post(URL, json={"prompt": "a bakery", "size": "70x90", "response_format": "url"}).json()
    place = re.sub("^http://[^/]+", "", made["data"][0]["url"])
    server = start(stand_in)
    assert server.get(place).headers["content-type"] == "image/png"
    refused = server.get(place[:-1])
    assert (refused.status_code, "was changed" in refused.json()["detail"]) == (403, True)


def test_an_expired_link_is_refused_in_words(start, stand_in, monkeypatch):
    server = start(stand_in)
    sign = Links.sign
    monkeypatch.setattr(Links, "sign", lambda self, path, query: sign(self, path, query, lifetime=-1))
    made = server.post(URL, json={"prompt": "a bakery", "size": "64x64", "response_format": "url"}).json()
    refused = server.get(re.sub("^http://[^/]+", "", made["data"][0]["url"]))
    assert (refused.status_code, "has expired" in refused.json()["detail"]) == (403, True)


def test_files_come_in_any_shape(start, stand_in):
    server = start(stand_in)
    place = server.post("/v1/logos", json={"prompt": "a bakery", "n": 1}).json()["candidates"][0]["svg"]
    assert 'width="200" height="100"' in server.get(f"{place}?width=200&height=100").text
    assert 'width="200" height="64"' in server.get(f"{place}?width=200&size=64").text
