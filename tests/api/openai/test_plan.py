"""What a request comes down to, without a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.api.openai.plan import ImagePlan, UnknownModel, plan_images
from blazon.api.openai.requests import ImageRequest
from blazon.api.openai.usage import usage
from blazon.brief import MAX_SEED, Engine
from blazon.errors import InvalidBrief
from blazon.models import ModelCard

DEV = ModelCard("dev", "black-forest-labs/FLUX.1-dev", "non-commercial", commercial=False, painted=True, steps=28)
VECTOR = ModelCard("blazon/vector-1", "blazon/vector-1", "Apache-2.0", commercial=True, painted=False)


def _plan(models=(DEV, VECTOR), engine=Engine.AUTO, checked=False, **fields) -> ImagePlan:
    wish = ImageRequest(prompt="a bakery", **fields)
    return plan_images(wish, models, seed=5, engine=engine, checked=checked)


@pytest.mark.parametrize(
    ("quality", "told", "steps"),
    [
        (None, "medium", None),
        ("auto", "medium", None),
        ("standard", "medium", None),
        ("medium", "medium", None),
        ("low", "low", 14),
        ("high", "high", 42),
        ("hd", "high", 42),
        ("xhigh", "xhigh", 56),
        ("max", "max", 84),
    ],
)
def test_quality_is_a_share_of_the_steps(quality, told, steps):
    choice = _plan(quality=quality)
    assert (choice.quality, choice.brief.steps) == (told, steps)


def test_quality_stays_within_what_a_brief_takes():
    one = ModelCard("turbo", "turbo", "", commercial=None, painted=True, steps=1)
    many = ModelCard("slow", "slow", "", commercial=None, painted=True, steps=150)
    assert _plan((one,), quality="low").brief.steps == 1
    assert _plan((many,), quality="max").brief.steps == 200


@pytest.mark.parametrize("quality", [None, "auto", "standard", "high", "hd", "xhigh", "max"])
def test_a_drawn_logo_has_the_one_quality_there_is(quality):
    choice = _plan((VECTOR,), quality=quality)
    assert (choice.quality, choice.brief.steps) == ("high", None)
    assert _plan(engine=Engine.VECTOR, quality=quality).quality == "high"


def test_steps_or_quality():
    assert (_plan(steps=9).quality, _plan(steps=9).brief.steps) == (None, 9)
    assert _plan(steps=9, quality="auto").brief.steps == 9
    with pytest.raises(InvalidBrief) as refused:
        _plan(steps=9, quality="high")
    assert refused.value.field == "quality"


@pytest.mark.parametrize(
    ("asked", "brief"),
    [
        (None, ""),
        ("auto", ""),
        ("gpt-image-1", ""),
        ("dall-e-2", ""),
        ("dev", "dev"),
        ("black-forest-labs/FLUX.1-dev", "dev"),
        ("blazon/vector-1", "blazon/vector-1"),
    ],
)
def test_models_go_by_name_identifier_or_a_name_of_openai(asked, brief):
    assert _plan(model=asked).brief.model == brief


def test_a_name_that_is_given_here_goes_before_one_of_openai():
    mine = ModelCard("gpt-image-mine", "mine", "", commercial=None, painted=True, steps=4)
    assert _plan((DEV, mine), model="gpt-image-mine").brief.model == "gpt-image-mine"


@pytest.mark.parametrize("asked", ["gpt-4", "dall-e-4", "gpt-image-", "x-gpt-image-1", "Dev", "gpt-image-1\n"])
def test_other_names_are_unknown(asked):
    with pytest.raises(UnknownModel, match="dev, blazon/vector-1"):
        _plan(model=asked)


@pytest.mark.parametrize(("engine", "model"), [("vector", "dev"), ("flux", "blazon/vector-1")])
def test_engine_and_model_must_go_together(engine, model):
    with pytest.raises(InvalidBrief) as refused:
        plan_images(
            ImageRequest(prompt="a bakery", engine=engine, model=model),
            (DEV, VECTOR),
            seed=0,
            engine=Engine.AUTO,
            checked=False,
        )
    assert refused.value.field == "engine"


SIDES = st.integers(64, 2048)


@given(SIDES, SIDES)
def test_every_size_within_the_limits_is_kept(width, height):
    choice = _plan(size=f"{width}x{height}")
    assert (choice.spec.width, choice.spec.height, choice.size) == (width, height, f"{width}x{height}")
    assert choice.brief.size == min(width, height)


@given(SIDES, st.integers(0, 63) | st.integers(2049, 10**9), st.booleans())
def test_others_are_refused(good, bad, first):
    with pytest.raises(InvalidBrief) as refused:
        _plan(size=f"{bad}x{good}" if first else f"{good}x{bad}")
    assert refused.value.field == "size"


@pytest.mark.parametrize(
    "size", [" ", "AUTO", "1024", "1024X1024", "1024×1024", "0512x512", "+64x64", "64x64 ", "٦٤x٦٤"]
)
def test_no_other_text_is_a_size(size):
    with pytest.raises(InvalidBrief, match="neither auto nor WIDTHxHEIGHT"):
        _plan(size=size)


@given(SIDES, SIDES, st.integers(1, 10), st.text(max_size=60))
def test_usage_adds_up(width, height, images, text):
    choice = _plan(size=f"{width}x{height}", negative_prompt=text)
    whole = usage(choice.brief, choice.spec, images)
    parts = [usage(choice.brief, choice.spec, 1, text=number == 0) for number in range(images)]
    assert sum(part.total_tokens for part in parts) == whole.total_tokens
    assert whole.total_tokens == whole.input_tokens + whole.output_tokens
    assert whole.input_tokens * 4 >= len("a bakery" + text)
    assert whole.output_tokens * 256 >= width * height * images


@pytest.mark.parametrize(
    ("fields", "linked"),
    [
        ({}, False),
        ({"model": "gpt-image-1"}, False),
        ({"model": "dev"}, False),
        ({"model": "dall-e-2"}, True),
        ({"model": "dall-e-3"}, True),
        ({"model": "dall-e-3", "stream": True}, False),
        ({"model": "dall-e-3", "response_format": "b64_json"}, False),
        ({"model": "gpt-image-1", "response_format": "url"}, True),
    ],
)
def test_links_are_what_was_asked_for_or_what_the_model_gave(fields, linked):
    assert _plan(**fields).linked is linked


@pytest.mark.parametrize("style", ["vivid", "natural"])
def test_the_styles_of_dall_e_change_nothing(style):
    assert _plan(style=style) == _plan()
    assert _plan(style="classic").brief.style == "classic"


def test_a_seed_of_its_own_or_the_one_that_is_given():
    assert _plan().brief.seed == 5
    assert _plan(seed=0).brief.seed == 0
    assert _plan(seed=MAX_SEED).brief.seed == MAX_SEED


def test_a_model_that_draws_outlines_is_drawn_by_the_vector_engine():
    assert _plan(engine=Engine.FLUX, model="blazon/vector-1").brief.engine is Engine.VECTOR
    assert _plan(engine=Engine.FLUX).brief.engine is Engine.FLUX
