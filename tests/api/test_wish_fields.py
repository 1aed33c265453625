"""What a request says outright, and what the answer says of it, over a real socket."""

import pytest

URL = "/v1/logos"
OLD = "/api/generate_logo"
OPENAI = "/v1/images/generations"
WISH = {"prompt": "a bookshop", "brand_name": "Clay", "seed": 7, "n": 2, "size": 64}
WISHES = {
    "show": ["fox", "honey jar"],
    "avoid": "owl, roses",
    "letters": "R and T",
    "established": 1894,
    "mark": "pictorial",
    "type": "slab",
    "case": "lower",
}
READ = {**WISHES, "avoid": ["owl", "roses"], "letters": "RT", "established": "1894"}


def test_wishes_are_read_and_told_again(api):
    seen = api.post(URL, json={**WISH, **WISHES}).json()
    assert {name: seen["brief"][name] for name in READ} == READ
    assert {"show fox", "avoid roses", "letters: RT", "date: 1894", "mark pictorial"} <= set(seen["understood"])
    assert seen["ignored"] == []
    assert [unmet["wish"] for unmet in seen["unmet"]] == ["letters RT"]
    assert "has no letters" in seen["unmet"][0]["instead"]
    assert api.get(f"{URL}/{seen['id']}").json() == {**seen, "estimated_wait": None}


def test_each_candidate_says_what_it_shows_and_why(api):
    seen = api.post(URL, json={**WISH, "show": "fox"}).json()
    assert any("fox" in word for word in seen["candidates"][0]["shows"])
    assert all(candidate["why"].endswith(".") for candidate in seen["candidates"])
    events = api.get(f"{URL}/{seen['id']}/events").text
    assert events.count('"shows"') >= 2 * len(seen["candidates"])  # as it was finished, and at the end
    assert '"understood"' in events


def test_each_candidate_says_what_to_mind(api):
    small = {"prompt": "a bookshop", "brand_name": "Clay", "slogan": "x" * 60, "layout": "wordmark", "n": 1, "seed": 7}
    seen = api.post(URL, json=small).json()
    (candidate,) = seen["candidates"]
    assert candidate["warnings"] == ["left out, as too small to read: slogan"]
    assert api.get(f"{URL}/{seen['id']}").json()["candidates"][0]["warnings"] == candidate["warnings"]


def test_a_painted_logo_says_that_nobody_knows_what_it_shows(flux_api):
    seen = flux_api.post(URL, json={"prompt": "a bookshop", "show": "fox", "n": 1, "size": 64}).json()
    (candidate,) = seen["candidates"]
    assert candidate["shows"] == []
    assert candidate["why"].startswith("Painted by ")
    assert "show fox" in seen["understood"]


@pytest.mark.parametrize("wishes", [{}, dict.fromkeys(WISHES), {"show": [], "avoid": "", "letters": ""}])
def test_no_wish_is_no_wish(api, wishes):
    seen = api.post(URL, json={**WISH, **wishes}).json()
    assert seen["brief"]["show"] == seen["brief"]["avoid"] == []
    assert seen["brief"]["mark"] is seen["brief"]["type"] is seen["brief"]["case"] is None
    assert seen["unmet"] == []


UNUSABLE = [
    ("show", 7),
    ("show", [7]),
    ("show", [[["fox"]]]),
    ("show", ["fox"] * 9000),
    ("show", "x" * 41),
    ("avoid", {"rose": 1}),
    ("avoid", [str(number) for number in range(9)]),
    ("letters", "BREAD"),
    ("letters", ["R", "T"]),
    ("established", "long ago"),
    ("established", 18.94),
    ("established", True),
    ("mark", "blob"),
    ("mark", ["badge"]),
    ("type", "Helvetica"),
    ("case", "camel"),
]


@pytest.mark.parametrize("url", [URL, OPENAI])
@pytest.mark.parametrize(("field", "value"), UNUSABLE, ids=lambda value: str(value)[:20])
def test_a_wish_that_cannot_be_read_is_named(api, url, field, value):
    answer = api.post(url, json={"prompt": "a bookshop", field: value})
    body = answer.json()
    if url == OPENAI:
        assert (answer.status_code, body["error"]["param"]) == (400, field)
    else:
        assert answer.status_code == 422
        assert [fault["loc"][:2] for fault in body["detail"]] == [["body", field]]
    assert len(answer.content) < 1000


def test_what_is_shown_cannot_be_avoided(api):
    answer = api.post(URL, json={**WISH, "show": "rose", "avoid": ["Roses"]})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["body", "avoid"]
    assert "keep it in one of them" in fault["msg"]


@pytest.mark.parametrize(("misspelt", "meant"), [("shows", "show"), ("without", "avoid"), ("monogram", "letters")])
def test_a_name_that_is_near_is_suggested(api, misspelt, meant):
    answer = api.post(URL, json={**WISH, misspelt: "fox"})
    assert f"did you mean `{meant}`?" in answer.json()["detail"][0]["msg"]


def test_openai_clients_may_say_them_too(api):
    body = {"prompt": "a bookshop", "brand_name": "Clay", "seed": 7, "size": "64x64"}
    wished = api.post(OPENAI, json={**body, **WISHES})
    assert wished.status_code == 200
    seen = api.get(f"{URL}/{wished.json()['id']}").json()
    assert {name: seen["brief"][name] for name in READ} == READ
    assert set(wished.json()) == set(api.post(OPENAI, json=body).json())


# The old route, whose clients may send anything beside the fields that it knows.


@pytest.mark.parametrize(("field", "value"), UNUSABLE, ids=lambda value: str(value)[:20])
def test_the_old_route_ignores_what_cannot_be_used(api, field, value):
    body = {"prompt": "a bookshop", "sizes": [64], "seed": 7}
    plain, sent = api.post(OLD, json=body), api.post(OLD, json={**body, field: value})
    assert sent.status_code == 200
    assert sent.json() == plain.json()


def test_the_document_says_so(api):
    schemas = api.get("/openapi.json").json()["components"]["schemas"]
    for field in WISHES:
        assert set(schemas["LogoRequest"]["properties"][field]) <= {"title", "description"}
        assert "anyOf" in schemas["LogoBrief"]["properties"][field]


def test_the_old_route_takes_wishes_and_keeps_its_answer(api):
    body = {"prompt": "a bookshop", "sizes": [64], "seed": 7}
    plain, wished = api.post(OLD, json=body).json(), api.post(OLD, json={**body, "show": "lighthouse"}).json()
    assert set(wished) == {"message", "prompt", "images", "sizes", "model"}
    assert wished["images"] != plain["images"]


def test_what_no_logo_of_a_set_keeps_is_told_once_they_are_there(api):
    asked = {"prompt": "a shop", "brand_name": "Foo", "n": 1, "show": ["fox", "owl", "anchor"]}
    seen = api.post(URL, json=asked).json()
    (told,) = seen["unmet"]
    assert told["wish"] in ("show fox", "show owl", "show anchor")
    assert "there is" in told["instead"]
    assert api.get(f"{URL}/{seen['id']}").json()["unmet"] == [told]
    assert api.post(URL, json={**asked, "n": 4}).json()["unmet"] == []
