"""Other clients than OpenAI's own: LiteLLM, and what Open WebUI sends."""

import asyncio
import base64
import warnings
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

# LiteLLM builds some of its types at the first call.
pytestmark = pytest.mark.filterwarnings("ignore:Items? .* using the `ReadOnly` qualifier:UserWarning")


@pytest.fixture(scope="module")
def litellm() -> Any:
    """LiteLLM, which would fetch a price list when it is imported."""
    with pytest.MonkeyPatch.context() as environment, warnings.catch_warnings():
        environment.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        warnings.simplefilter("ignore")  # those of its own imports
        import litellm

    litellm.telemetry = False
    return litellm


def _size(data: str | bytes) -> tuple[int, int]:
    return Image.open(BytesIO(base64.b64decode(data))).size


def _wish(api: httpx.Client, model: str) -> dict[str, Any]:
    return {
        "prompt": "a coffee roastery by the sea",
        "model": f"openai/{model}",
        "api_base": f"{api.base_url}/v1",
        "api_key": "any",
        "size": "128x64",
        "n": 2,
    }


@pytest.mark.parametrize("model", ["gpt-image-1", "dall-e-3", "blazon/vector-1"])
def test_litellm(litellm, api, model):
    answer = litellm.image_generation(**_wish(api, model))
    files = [image.b64_json or base64.b64encode(httpx.get(image.url, timeout=60).content) for image in answer.data]
    assert [_size(file) for file in files] == [(128, 64)] * 2
    assert answer.usage.total_tokens == 7 + 2 * 8 * 4


def test_litellm_passes_extra_fields_on(litellm, api):
    answers = [
        litellm.image_generation(**_wish(api, "gpt-image-1"), extra_body={"brand_name": "Northwind", "seed": 7})
        for _ in range(2)
    ]
    assert answers[0].data[0].b64_json == answers[1].data[0].b64_json


def test_litellm_async(litellm, api):
    answer = asyncio.run(litellm.aimage_generation(**_wish(api, "gpt-image-1")))
    assert len(answer.data) == 2


def test_litellm_tells_what_was_refused(litellm, api):
    with pytest.raises(litellm.BadRequestError, match="size '1x1' is neither"):
        litellm.image_generation(**{**_wish(api, "gpt-image-1"), "size": "1x1"})


@pytest.mark.parametrize("more", [{}, {"style": "vivid"}, {"style": "natural", "quality": "hd"}])
@pytest.mark.parametrize("model", ["dall-e-2", "dall-e-3"])
def test_langchain(api, connect, model, more):
    """`DallEAPIWrapper` asks OpenAI's client so, and reads nothing but the addresses of the answer."""
    wish = {"n": 1, "size": "256x256", "model": model, "quality": "standard"}
    answer = connect(api).images.generate(prompt="a coffee roastery by the sea", **wish | more)
    (url,) = [item.url for item in answer.data]
    assert Image.open(BytesIO(httpx.get(url, timeout=60).content)).size == (256, 256)
    assert answer.data[0].b64_json is None


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "dall-e-2", "response_format": "b64_json", "size": "512x512"},
        {"model": "gpt-image-1", "size": "1024x1024"},
        {"model": "gpt-image-1.5", "size": "auto", "quality": "high", "output_format": "webp"},
    ],
)
def test_the_body_of_open_webui(api, fields):
    """As its `routers/images.py` sends it and reads the answer: `url` if there is one, or else `b64_json`."""
    body = {"prompt": "a coffee roastery by the sea", "n": 1, **fields}
    answer = api.post("/v1/images/generations?api-version=1", json=body, headers={"Authorization": "Bearer any"})
    (image,) = answer.json()["data"]
    assert "url" not in image
    width, height = _size(image["b64_json"])
    assert fields["size"] in ("auto", f"{width}x{height}")
