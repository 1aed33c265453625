"""Logos in every colouring and layout by HTTP, and what a route says of a parameter that it does not have."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

URL = "/v1/logos"
WISH = {"prompt": "a bakery by the sea", "brand_name": "Nord", "seed": 7, "n": 1}
LAYOUTS = ("symbol", "wordmark", "horizontal", "stacked", "emblem")


@pytest.fixture(scope="module")
def logos(api) -> dict[str, str]:
    """Where a logo of each layout is, without the ending."""
    made = {one: api.post(URL, json={**WISH, "layout": one}).json() for one in LAYOUTS}
    return {layout: one["candidates"][0]["svg"].removesuffix(".svg") for layout, one in made.items()}


def picture_of(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    with Image.open(BytesIO(answer.content)) as picture:
        return picture.convert("RGBA")


def find_solid(picture: Image.Image) -> set[tuple[int, int, int]]:
    """Return the colours of the pixels that nothing shows through."""
    return {pixel[:3] for _, pixel in picture.getcolors(picture.width * picture.height) if pixel[3] == 255}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_colouring_is_had(api, logos, layout):
    svgs = {one: api.get(f"{logos[layout]}.svg", params={"variant": one}).text for one in ("colour", "inverse")}
    assert svgs["colour"] == api.get(f"{logos[layout]}.svg").text
    assert svgs["inverse"] != svgs["colour"]
    for variant, ink in (("black", 0), ("white", 255)):
        seen = picture_of(api.get(f"{logos[layout]}.png", params={"variant": variant, "size": 200}))
        assert seen.getpixel((0, 0))[3] == 0
        assert find_solid(seen) == {(ink, ink, ink)}


def test_a_favicon_comes_in_every_colouring_too(api, logos):
    seen = picture_of(api.get(f"{logos['horizontal']}.png", params={"variant": "white", "size": 32}))
    assert find_solid(seen) == {(255, 255, 255)}


def test_white_stands_on_black_where_it_is_opaque(api, logos):
    for form, more in (("png", {"background": "opaque"}), ("jpeg", {})):
        seen = picture_of(api.get(f"{logos['stacked']}.{form}", params={"variant": "white", "size": 64, **more}))
        assert seen.getpixel((0, 0)) == (0, 0, 0, 255)


@pytest.mark.parametrize("own", ["horizontal", "stacked", "emblem"])
def test_a_logo_with_a_mark_is_had_in_every_layout(api, logos, own):
    found = {one: api.get(f"{logos[own]}.svg", params={"layout": one}) for one in LAYOUTS}
    assert {one.status_code for one in found.values()} == {200}
    assert len({one.text for one in found.values()}) == len(LAYOUTS)
    assert found[own].text == api.get(f"{logos[own]}.svg").text


def test_a_layout_that_is_asked_for_is_drawn_small_as_well(api, logos):
    words = api.get(f"{logos['horizontal']}.svg", params={"layout": "wordmark", "size": 32})
    assert words.text != api.get(f"{logos['horizontal']}.svg", params={"size": 32}).text


def test_the_symbol_of_a_name_alone_is_its_first_letter(api, logos):
    assert api.get(f"{logos['wordmark']}.svg", params={"layout": "symbol"}).status_code == 200


@pytest.mark.parametrize(
    ("own", "asked", "words"),
    [("symbol", "horizontal", "needs a name"), ("wordmark", "stacked", "needs a mark"), ("symbol", "wordmark", "name")],
)
def test_a_layout_without_its_parts_is_refused_with_what_to_do(api, logos, own, asked, words):
    answer = api.get(f"{logos[own]}.svg", params={"layout": asked})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["query", "layout"]
    assert words in fault["msg"]
    assert "ask for" in fault["msg"]


@pytest.mark.parametrize(
    ("place", "asked", "meant"),
    [
        ("{logo}.svg", "varient=white", "variant"),
        ("{logo}.png", "colour=white", ""),
        ("{logo}.png", "Size=64", "size"),
        ("/v1/logos", "limt=3", "limit"),
        ("/v1/logos/{id}", "verbose=1", ""),
    ],
)
def test_a_parameter_that_there_is_not_is_refused_by_name(api, logos, place, asked, meant):
    logo = logos["stacked"]
    where = place.format(logo=logo, id=logo.split("/")[3])
    answer = api.get(f"{where}?{asked}")
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["query", asked.split("=")[0]]
    assert not meant or f"`{meant}`" in fault["msg"]
    if "." in place:
        assert "variant, layout" in fault["msg"]


def test_many_unknown_parameters_are_told_within_bounds(api, logos):
    query = "&".join(f"{'x' * 40}{number}=1" for number in range(60))
    answer = api.get(f"{logos['stacked']}.svg?{query}")
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) == 11


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_logo_is_had_as_pdf(api, logos, layout):
    answer = api.get(f"{logos[layout]}.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"/BaseFont" not in answer.content
    assert api.get(f"{logos[layout]}.pdf").content == answer.content
    white = api.get(f"{logos[layout]}.pdf", params={"variant": "white", "background": "opaque"})
    assert white.content != answer.content
    tag = api.head(f"{logos[layout]}.pdf").headers["ETag"]
    assert api.get(f"{logos[layout]}.pdf", headers={"If-None-Match": tag}).status_code == 304


def test_a_pdf_of_a_changed_logo_is_another_file(api, logos):
    logo = logos["stacked"]
    made = api.patch(f"{logo}/design", json={"colours": {"mark": "#0b6e4f"}}).json()
    changed = api.get(f"{logo}.pdf", params={"revision": made["revision"]})
    assert changed.content != api.get(f"{logo}.pdf").content
    assert api.get(f"{logo}.pdf", params={"revision": made["revision"] + 1}).status_code == 404
    assert api.get(f"{logos['wordmark']}.pdf", params={"layout": "horizontal"}).status_code == 422
    assert api.get(f"{logo}.pdf", params={"colour": "red"}).status_code == 422
