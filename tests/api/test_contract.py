"""The contract that existing clients rely on, row by row, with both engines."""

import base64
from importlib.metadata import version
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

PROMPT = "a coffee roastery by the sea"


MODELS = {"api": "blazon/vector-1", "flux_api": "tiny-flux"}


@pytest.fixture(scope="module", params=list(MODELS), ids=["vector", "flux"])
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def api(engine, request):
    return request.getfixturevalue(engine)


@pytest.fixture(scope="module")
def model(engine):
    return MODELS[engine]


@pytest.fixture
def draw(api):
    def post(prompt=PROMPT, **fields):
        return api.post("/api/generate_logo", json={"prompt": prompt, **fields})

    return post


def _pictures(answer) -> dict[int, Image.Image]:
    images = answer.json()["images"]
    return {int(size): Image.open(BytesIO(base64.b64decode(data, validate=True))) for size, data in images.items()}


# Request


@pytest.mark.parametrize("prompt", ["abc", "x" * 500, "\n  abc\t ", " " * 300 + "x" * 500, "поиск 咖啡"])
def test_prompt_takes_3_to_500_characters_and_is_stripped(draw, prompt):
    answer = draw(prompt, sizes=[64])
    assert answer.status_code == 200
    assert answer.json()["prompt"] == prompt.strip()


@pytest.mark.parametrize("prompt", ["", "ab", "  ab  ", "   ", "\n\t\n\t", "x" * 501, "x" * 10_000, None, 7, ["abc"]])
def test_other_prompts_are_refused(draw, prompt):
    answer = draw(prompt)
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["body", "prompt"]]


def test_a_missing_prompt_is_refused(api):
    answer = api.post("/api/generate_logo", json={"sizes": [64]})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "prompt"]


@pytest.mark.parametrize("fields", [{}, {"sizes": None}, {"sizes": []}])
def test_sizes_have_a_default(draw, fields):
    answer = draw(**fields)
    assert answer.json()["sizes"] == [256, 512, 1024]
    assert {size: picture.size for size, picture in _pictures(answer).items()} == {
        256: (256, 256),
        512: (512, 512),
        1024: (1024, 1024),
    }


def test_sizes_outside_64_to_2048_are_dropped(draw):
    answer = draw(sizes=[63, 2048, -5, 2049, 64, 0])
    assert answer.json()["sizes"] == [2048, 64]
    assert answer.headers["X-Dropped-Sizes"] == "63, -5, 2049, 0"
    assert {picture.size for picture in _pictures(answer).values()} == {(2048, 2048), (64, 64)}


def test_a_header_tells_of_dropped_sizes_only_where_there_are_some_and_never_at_length(draw):
    assert "X-Dropped-Sizes" not in draw(sizes=[64, 64]).headers
    many = draw(sizes=[64, *([32] * 3), *range(3000, 3100), 10**300]).headers["X-Dropped-Sizes"]
    assert many.startswith("32, 3000, 3001, ")
    assert len(many) <= 200


@pytest.mark.parametrize(
    "sizes", [[63], [2049], [0, -1, 10**30], ["big"], ["256"], [True], [256.5], [None], "256", 256]
)
def test_sizes_of_which_none_can_be_kept_are_refused(draw, sizes):
    answer = draw(sizes=sizes)
    assert answer.status_code == 422
    assert {tuple(fault["loc"][:2]) for fault in answer.json()["detail"]} == {("body", "sizes")}


def test_unknown_extra_fields_are_ignored(draw):
    assert draw(sizes=[64], steps=50, user={"id": 7}, guidance=None).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"brand_name": "Northwind Coffee"},
        {"brand_name": "Café Ελλάς Москва", "slogan": "roasted daily"},
        {"style": "classic"},
        {"palette": "ocean"},
        {"palette": "#0a4d68, sandybrown"},
        {"layout": "stacked", "brand_name": "Northwind"},
        {"seed": 2**32 - 1},
        {"engine": "vector"},
        {"engine": "auto"},
        {"credit_allowed": True},
        dict.fromkeys(["brand_name", "slogan", "style", "palette", "layout", "seed", "engine", "credit_allowed"]),
    ],
)
def test_new_fields_are_optional(draw, fields):
    assert draw(sizes=[64], **fields).status_code == 200


# Answer


def test_the_answer_has_exactly_the_keys_of_the_contract(draw, model):
    answer = draw("  a bakery ", sizes=[128, 64])
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert list(body) == ["message", "prompt", "images", "sizes", "model"]
    assert body["message"] == "Logo generated successfully!"
    assert body["prompt"] == "a bakery"
    assert list(body["images"]) == ["128", "64"]
    assert body["sizes"] == [128, 64]
    assert body["model"] == model


@pytest.mark.parametrize("sizes", [[100], [64, 65, 127, 1000, 333], [2048, 100]])
def test_pictures_are_png_of_exactly_the_size(draw, sizes):
    pictures = _pictures(draw(sizes=sizes))
    assert {size: picture.size for size, picture in pictures.items()} == {size: (size, size) for size in sizes}
    assert {picture.format for picture in pictures.values()} == {"PNG"}


def test_sizes_stay_in_the_order_asked_with_doubles_and_each_is_one_picture(draw):
    body = draw(sizes=[128, 9999, 64, 256, 64, 128]).json()
    assert body["sizes"] == [128, 64, 256, 64, 128]
    assert list(body["images"]) == ["128", "64", "256"]


def test_a_size_may_come_hundreds_of_times(draw):
    body = draw(sizes=[64, 1] * 500).json()
    assert body["sizes"] == [64] * 500
    assert list(body["images"]) == ["64"]


@pytest.mark.parametrize("sizes", [list(range(64, 97)), [64] * 1001])
def test_more_sizes_than_anybody_needs_are_refused(draw, sizes):
    answer = draw(sizes=sizes)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "sizes"]


def test_all_sizes_show_the_same_logo(draw):
    pictures = _pictures(draw(sizes=[1024, 512, 100]))
    small = [picture.convert("RGB").resize((100, 100), Image.Resampling.LANCZOS) for picture in pictures.values()]
    for other in small[1:]:
        assert max(ImageStat.Stat(ImageChops.difference(small[0], other)).mean) < 2
    other = next(iter(_pictures(draw("a mountain school", sizes=[100])).values())).convert("RGB")
    assert max(ImageStat.Stat(ImageChops.difference(small[0], other)).mean) > 2


def test_the_seed_used_is_told_and_draws_the_same_logo_again(draw):
    first = draw(sizes=[64])
    again = draw(sizes=[64], seed=int(first.headers["X-Seed"]))
    assert again.json() == first.json()
    assert again.headers["X-Seed"] == first.headers["X-Seed"]


def test_without_a_seed_each_request_draws_another_logo(draw):
    assert len({draw(sizes=[64]).headers["X-Seed"] for _ in range(4)}) == 4


# Health and the root


def test_health(api, model, start, stand_in):
    answer = api.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "model": model,
        "model_loaded": True,
        "gpu": {"gpu_available": False, "device_type": "cpu"},
        "environment": "production",
    }
    assert start(stand_in, environment="staging").get("/health").json()["environment"] == "staging"


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_the_root_greets_programs_with_json(api, accept):
    body = api.get("/", headers={"Accept": accept}).json()
    assert list(body) == ["message", "version", "status", "docs"]
    assert (body["version"], body["status"], body["docs"]) == (version("blazon"), "healthy", "/docs")


def test_the_root_greets_people_with_a_page(api):
    answer = api.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"].startswith("Accept")
    assert "<title>Blazon</title>" in answer.text


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_load_nothing_from_elsewhere(api, path):
    page = api.get(path, headers={"Accept": "text/html"}).text
    assert "//" not in page.replace("// ", "")


def test_docs_bring_their_own_files(api):
    page = api.get("/docs").text
    for file in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"):
        assert f"docs/files/{file}" in page
        assert len(api.get(f"/docs/files/{file}").content) > 500


def test_openapi_lists_what_a_field_takes(api):
    document = api.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert schemas["LogoRequest"]["required"] == ["prompt"]
    assert schemas["Style"]["enum"][:2] == ["minimal", "modern"]
    assert all(field.get("description") for field in schemas["LogoRequest"]["properties"].values())
    assert "HTTPValidationError" not in schemas
    responses = document["paths"]["/api/generate_logo"]["post"]["responses"]
    assert set(responses) == {"200", *map(str, (400, 401, 403, 408, 409, 413, 415, 421, 422, 429, 500, 503, 504, 507))}
    assert all("X-Request-ID" in response["headers"] for response in responses.values())
