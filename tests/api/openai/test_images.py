"""Images by the official client: what is asked for is what comes."""

import asyncio
import base64
import re
from io import BytesIO
from xml.etree import ElementTree

import httpx
import openai
import pytest
from openai.types import ImagesResponse
from PIL import Image, ImageChops

from blazon.reading.reading import Reading

WISH = {"prompt": "a coffee roastery by the sea", "size": "128x128"}
NAMED = {"extra_body": {"brand_name": "Northwind Coffee", "seed": 7}}
SVG = "{http://www.w3.org/2000/svg}"


def _strict(answer: ImagesResponse) -> ImagesResponse:
    """Hold an answer to the client's own model, which it does not do itself."""
    return ImagesResponse.model_validate_json(answer.model_dump_json(exclude_unset=True), strict=True)


def _file(answer: ImagesResponse, number: int = 0) -> bytes:
    assert answer.data
    return base64.b64decode(answer.data[number].b64_json or "", validate=True)


def _picture(answer: ImagesResponse, number: int = 0) -> Image.Image:
    return Image.open(BytesIO(_file(answer, number)))


def test_one_wish_one_image(client):
    answer = _strict(client.images.generate(prompt="a coffee roastery by the sea"))
    assert len(answer.data) == 1
    assert (_picture(answer).size, _picture(answer).format) == ((1024, 1024), "PNG")
    assert (answer.size, answer.quality, answer.output_format) == ("1024x1024", "high", "png")
    assert (answer.background, answer.data[0].url, answer.data[0].revised_prompt) == ("opaque", None, None)


def test_several_images_differ_and_are_those_of_the_seed(client):
    answers = [client.images.generate(**WISH, n=3, **NAMED) for _ in range(2)]
    files = [[_file(answer, number) for number in range(3)] for answer in answers]
    assert len(set(files[0])) == 3
    assert files[0] == files[1]
    assert [answer.seed for answer in answers] == [7, 7]


def test_the_seed_used_is_told_and_gives_the_same_image(client):
    raw = client.images.with_raw_response.generate(**WISH)
    answer = raw.parse()
    again = client.images.generate(**WISH, extra_body={"seed": answer.seed})
    assert raw.headers["X-Seed"] == str(answer.seed)
    assert _file(again) == _file(answer)
    assert client.images.generate(**WISH).seed != client.images.generate(**WISH).seed


@pytest.mark.parametrize(
    ("size", "sides"),
    [("auto", (1024, 1024)), ("64x64", (64, 64)), ("1792x1024", (1792, 1024)), ("65x301", (65, 301))],
)
def test_sizes_are_exact(client, size, sides):
    answer = client.images.generate(**{**WISH, "size": size})
    assert _picture(answer).size == sides
    assert answer.size == f"{sides[0]}x{sides[1]}"


@pytest.mark.parametrize("form", ["png", "webp"])
def test_transparent_is_real_alpha(client, form):
    answer = client.images.generate(**WISH, background="transparent", output_format=form, **NAMED)
    alpha = _picture(answer).convert("RGBA").getchannel("A")
    assert answer.background == "transparent"
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getextrema() == (0, 255)


@pytest.mark.parametrize("background", ["opaque", "auto", None])
def test_otherwise_the_logo_stands_on_its_paper(client, background):
    answer = client.images.generate(**{**WISH, "size": "192x96"}, background=background, **NAMED)
    assert answer.background == "opaque"
    assert _picture(answer).mode == "RGB"


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_formats(client, form):
    answer = client.images.generate(**WISH, output_format=form)
    assert (_picture(answer).format, answer.output_format) == (form.upper(), form)


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_compression_makes_smaller_files(client, form):
    small, large = (
        len(_file(client.images.generate(**WISH, output_format=form, output_compression=percent, **NAMED)))
        for percent in (10, 90)
    )
    assert small < large


@pytest.mark.parametrize("background", ["opaque", "transparent"])
def test_svg_is_outlines_without_text(client, background):
    answer = _strict(
        client.images.generate(**{**WISH, "size": "300x200"}, output_format="svg", background=background, **NAMED)
    )
    root = ElementTree.fromstring(_file(answer))
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert (root.get("width"), root.get("height")) == ("300", "200")
    assert "path" in names
    assert not names & {"text", "image", "font", "script", "style"}


def test_a_url_works_without_a_key_and_for_that_file_only(client, api):
    answer = _strict(
        client.images.generate(**{**WISH, "size": "200x100"}, response_format="url", output_format="webp", **NAMED)
    )
    assert answer.data[0].b64_json is None
    picture = httpx.get(answer.data[0].url, timeout=60)
    assert picture.headers["content-type"] == "image/webp"
    assert Image.open(BytesIO(picture.content)).size == (200, 100)
    assert answer.data[0].url.startswith(str(api.base_url))
    other = httpx.get(answer.data[0].url.replace("width=200", "width=300"), timeout=60)
    assert (other.status_code, "changed" in other.text) == (403, True)


def test_links_lead_to_the_public_address(start, stand_in, connect):
    client = connect(start(stand_in, public_url="https://logos.example.com/blazon/"))
    answer = client.images.generate(**WISH, response_format="url")
    assert answer.data[0].url.startswith("https://logos.example.com/blazon/v1/logos/gen_")


def test_usage_counts_text_and_pixels(client):
    usage = client.images.generate(**{**WISH, "size": "160x64"}, n=2).usage
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (7, 2 * 10 * 4, 87)
    assert usage.input_tokens_details.text_tokens == 7
    assert usage.output_tokens_details.image_tokens == 80


def test_names_of_openai_stand_for_the_default_model(client):
    for name in ("gpt-image-1", "dall-e-3", "gpt-image-2.5-sunburst-2026-09-08", "chatgpt-image-latest", "auto"):
        assert client.images.generate(**WISH, model=name).model == "blazon/vector-1"


def test_a_painted_image_tells_what_was_painted(painter):
    raw = painter.images.with_raw_response.generate(**WISH, n=2, extra_body={"seed": 41, "steps": 1})
    answer = _strict(raw.parse())
    assert [image.seed for image in answer.data] == [41, 42]
    assert {image.model for image in answer.data} == {"tiny-flux"}
    assert answer.data[0].revised_prompt.startswith("a coffee roastery by the sea, professional logo design")
    assert answer.quality is None


@pytest.mark.parametrize("form", ["json", "events"])
def test_the_engine_that_painted_tells_how_it_read_and_not_on_the_event_loop(start, stand_in, connect, form):
    loops = []

    def read(_):
        loops.append(asyncio._get_running_loop())
        return Reading(topic="a harbour at dawn", avoid=("boat",))

    images = connect(start(lambda: stand_in(painted=True, read=read))).images
    if form == "json":
        prompt = images.generate(**WISH).data[0].revised_prompt
    else:
        prompt = list(images.generate(**WISH, stream=True))[-1].revised_prompt
    assert prompt.startswith("a harbour at dawn, professional logo design")
    assert set(loops) == {None}


def test_extra_fields_steer_the_logo(client):
    fields = {"brand_name": "Northwind", "slogan": "roasted daily", "layout": "stacked", "palette": "#0a4d68, navy"}
    plain = client.images.generate(**WISH, extra_body={"seed": 7})
    named = client.images.generate(**WISH, extra_body={"seed": 7, "style": "classic", "engine": "vector", **fields})
    assert _file(plain) != _file(named)


def test_the_end_user_is_told_back_and_logged_as_a_digest(start, stand_in, connect, logged):
    client = connect(start(stand_in))
    assert client.images.generate(**WISH, user="ann", safety_identifier="").safety_identifier == "ann"
    assert client.images.generate(**WISH, user="ann", safety_identifier="bo").safety_identifier == "bo"
    users = {line["end_user"] for line in logged() if line["message"] == "logo drawn"}
    assert len(users) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", user) for user in users)


def test_moderation_is_what_the_server_does(start, stand_in, connect):
    assert connect(start(stand_in)).images.generate(**WISH, moderation="low").data
    checking = connect(start(stand_in, nsfw_check=True))
    assert checking.images.generate(**WISH, moderation="auto").data
    with pytest.raises(openai.BadRequestError) as refused:
        checking.images.generate(**WISH, moderation="low")
    assert refused.value.param == "moderation"


def test_credits_are_shown(start, stand_in, connect):
    raw = connect(start(lambda: stand_in(credits=("Dove by Lorc",)))).images.with_raw_response.generate(**WISH)
    assert raw.parse().data[0].credits == ["Dove by Lorc"]
    assert raw.headers["X-Credits"] == "Dove%20by%20Lorc"


def test_symbols_that_ask_for_credit_are_left_out_unless_allowed(start, stand_in, connect):
    engine = stand_in()
    client = connect(start(lambda: engine))
    client.images.generate(**WISH)
    client.images.generate(**WISH, extra_body={"credit_allowed": True})
    assert [brief.credit_allowed for brief in engine.asked] == [False, True]


def test_an_idempotency_key_leads_to_the_same_images(client):
    key = {"extra_headers": {"Idempotency-Key": "once-7"}}
    first, again = (client.images.generate(**WISH, **key) for _ in range(2))
    assert (first.id, first.seed, _file(first)) == (again.id, again.seed, _file(again))
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.generate(**{**WISH, "size": "64x64"}, **key)
    assert refused.value.param == "Idempotency-Key"


def test_a_repeated_request_is_served_from_the_cache_unless_it_refuses(client):
    wish = {**WISH, "prompt": "a cache of nuts", "extra_body": {"seed": 1}}
    asked = client.images.with_raw_response.generate
    fresh = {"extra_headers": {"Cache-Control": "no-cache"}}
    assert [asked(**wish, **more).headers["X-Cache"] for more in ({}, {}, fresh)] == ["miss", "hit", "miss"]


def test_async(api):
    async def several() -> list[ImagesResponse]:
        async with openai.AsyncOpenAI(api_key="any", base_url=f"{api.base_url}/v1", max_retries=0) as client:
            return await asyncio.gather(*(client.images.generate(**WISH, extra_body={"seed": seed}) for seed in (1, 2)))

    answers = asyncio.run(several())
    assert [_strict(answer).seed for answer in answers] == [1, 2]
    assert {_picture(answer).size for answer in answers} == {(128, 128)}


def test_several_svgs_come_at_once(client):
    """OpenAI gives one only; a set of outlines costs nothing more here."""
    answer = client.images.generate(**WISH, n=3, output_format="svg", extra_body={"seed": 7, "brand_name": "Nord"})
    files = [base64.b64decode(image.b64_json) for image in answer.data]
    assert all(file.startswith(b"<svg") for file in files)
    assert len(set(files)) == 3


FRESH = {"extra_headers": {"Cache-Control": "no-cache"}}


def test_each_drawn_image_of_a_set_is_had_alone(client):
    whole = client.images.generate(**WISH, n=3, extra_body={"seed": 7, "brand_name": "Nord"})
    assert [(image.seed, image.first) for image in whole.data] == [(7, 0), (7, 1), (7, 2)]
    for image in whole.data:
        again = {"seed": image.seed, "first": image.first, "brand_name": "Nord"}
        alone = client.images.generate(**WISH, n=1, extra_body=again, **FRESH)
        assert [found.b64_json for found in alone.data] == [image.b64_json]


def test_each_painted_one_has_a_seed_of_its_own(painter):
    whole = painter.images.generate(**WISH, n=3, extra_body={"seed": 7, "first": 1, "steps": 1})
    assert [(image.seed, image.first) for image in whole.data] == [(8, 0), (9, 0), (10, 0)]
    for number, image in enumerate(whole.data):
        alone = painter.images.generate(**WISH, n=1, extra_body={"seed": image.seed, "steps": 1}, **FRESH)
        # What shares a forward pass with others may differ in the last digit.
        difference = ImageChops.difference(_picture(whole, number).convert("RGB"), _picture(alone).convert("RGB"))
        assert max(high for _, high in difference.getextrema()) <= 2
