"""Links that work without a key, for a time and for one picture."""

import re
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.api.links import FILE_PARAMETERS, SIGNATURE, Links
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


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1).filter(lambda name: name not in {*FILE_PARAMETERS, "expires", SIGNATURE}), st.text()
        )
    ),
    st.randoms(),
)
def test_what_mailers_append_changes_nothing(more, random):
    links = Links(b"secret", Clock())
    path, query = _taken_apart(links.sign(PATH, QUERY))
    whole = [*query, ("utm_source", "news"), ("fbclid", "x"), *more]
    random.shuffle(whole)
    links.check(path, whole)


@pytest.mark.parametrize("name", sorted(FILE_PARAMETERS))
def test_what_means_something_to_a_file_cannot_be_added_or_taken_away(name):
    links = Links(b"secret", Clock())
    path, query = _taken_apart(links.sign(PATH, [(other, "64") for other in FILE_PARAMETERS - {name}]))
    with pytest.raises(NotAllowed):
        links.check(path, [*query, (name, "64")])
    for pair in query:
        with pytest.raises(NotAllowed):
            links.check(path, [other for other in query if other != pair])


def test_every_parameter_of_a_file_is_signed(api):
    (place,) = [path for path in api.get("/openapi.json").json()["paths"] if path.endswith(".{form}")]
    asked = api.get("/openapi.json").json()["paths"][place]["get"]["parameters"]
    assert {one["name"] for one in asked if one["in"] == "query"} == FILE_PARAMETERS


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
    for more in ("utm_source=news&utm_medium=email", "fbclid=x", "_hsenc=p2", "width2=9"):
        assert server.get(f"{place}&{more}").status_code == 200
    for more in ("width=71", "size=70", "quality=1", "background=transparent"):
        assert server.get(f"{place}&{more}").status_code == 403
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


# Where things are below an address with a path.

PUBLIC = "https://logos.example.com/blazon"


@pytest.fixture
def below(start, stand_in):
    return start(stand_in, public_url=f"{PUBLIC}/")


def test_what_is_made_is_below_the_public_address(below):
    made = below.post("/v1/logos", json={"prompt": "a bakery", "n": 1})
    place = urljoin(f"{PUBLIC}/v1/logos", made.headers["Location"])
    assert place == f"{PUBLIC}/v1/logos/{made.json()['id']}"
    assert below.get(made.headers["Location"]).json()["id"] == made.json()["id"]


@pytest.mark.parametrize("prefix", ["", "/blazon"])
def test_a_proxy_may_take_the_path_off_or_leave_it(below, prefix):
    assert below.get(f"{prefix}/health").status_code == 200
    for page in ("/docs", "/docs/files/swagger-ui.css", "/openapi.json"):
        assert below.get(f"{prefix}{page}").status_code == 200
    assert below.post(f"{prefix}/api/generate_logo", json={"prompt": "a bakery"}).status_code == 200
    for path, form in (("/v1/nothing", "error"), ("/nothing", "detail"), ("/v1/logos/x/y/z", "detail")):
        missing = below.get(f"{prefix}{path}")
        assert (missing.status_code, list(missing.json())) == (404, [form])
    assert below.get(f"{prefix}/health/").status_code == 404
    wish = {"prompt": "a bakery", "size": "64x64", "response_format": "url"}
    url = below.post(f"{prefix}/v1/images/generations", json=wish).json()["data"][0]["url"]
    assert url.startswith(f"{PUBLIC}/v1/logos/gen_")
    assert below.get(f"{prefix}{url.removeprefix(PUBLIC)}").status_code == 200


def test_a_path_with_other_letters(start, stand_in):
    client = start(stand_in, public_url="https://logos.example.com/l%C3%B6go")
    made = client.post("/v1/logos", json={"prompt": "a bakery", "n": 1})
    assert made.headers["Location"] == f"/l%C3%B6go/v1/logos/{made.json()['id']}"
    assert client.get(made.headers["Location"]).status_code == 200


def test_a_path_that_only_begins_so_is_another(below):
    assert below.get("/blazonry/health").status_code == 404


def test_without_a_public_address_links_go_where_the_request_went(start, stand_in):
    client = start(stand_in, allowed_hosts="logos.internal")
    wish = {"prompt": "a bakery", "size": "64x64", "response_format": "url"}
    answer = client.post(URL, json=wish, headers={"Host": "logos.internal:81"})
    assert answer.json()["data"][0]["url"].startswith("http://logos.internal:81/v1/logos/gen_")
