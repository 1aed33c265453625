"""Query parameters that a route does not have: the property over all operations of the OpenAPI document."""

import re
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LOGO = "gen_" + "0" * 26
PLACES = {"identity": LOGO, "number": "0", "form": "png", "revision": "1", "model": "blazon/vector-1"}
# The old API and the page that greets pass over what they do not know.
OLD = {"/", "/health", "/api/generate_logo"}


@pytest.fixture(scope="module")
def operations(api) -> list[tuple[str, str, set[str]]]:
    """Method, path with its places filled in, and parameters of each operation."""
    found = []
    for path, methods in api.get("/openapi.json").json()["paths"].items():
        filled = re.sub(r"\{(\w+)\}", lambda place: PLACES.get(place[1], "x"), path)
        for method, operation in methods.items():
            known = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
            found.append((method.upper(), filled, known))
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.text(string.ascii_letters + "_-.[]", min_size=1, max_size=40))
def test_every_operation_refuses_a_parameter_that_it_does_not_have_by_its_name(api, operations, data, name):
    other = sorted({one for _, _, known in operations for one in known} | {"signature", "expires"})
    method, path, known = data.draw(st.sampled_from([one for one in operations if one[1] not in OLD]))
    asked = data.draw(st.sampled_from([name, *other]).filter(lambda one: one not in known))
    if path.endswith(".png") and asked == "signature":  # a link, which was not signed here
        assert api.request(method, path, params={asked: "1"}).status_code == 403
        return
    answer = api.request(method, path, params={asked: "1"})
    assert answer.status_code in (400, 422), (method, path, asked, answer.text)
    error = answer.json()
    if "detail" in error:
        assert [fault["loc"] for fault in error["detail"]] == [["query", asked]]
    else:
        assert (error["error"]["param"], error["error"]["code"]) == (asked, "unknown_parameter")
        assert "is not a parameter" in error["error"]["message"]


def test_the_old_api_passes_over_them_as_it_always_did(api, operations):
    assert {path for _, path, _ in operations} >= OLD
    for path in ("/", "/health"):
        assert api.get(path, params={"utm_source": "mail"}).status_code == 200
    drawn = api.post("/api/generate_logo", params={"t": "1"}, json={"prompt": "a fox", "sizes": [64]})
    assert drawn.status_code == 200
