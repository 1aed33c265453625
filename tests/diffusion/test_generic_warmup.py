"""The first picture of the generic engine, by which a model is refused that can draw for nobody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from _tiny_others import make_tiny_sdxl
from diffusers import LCMScheduler, PNDMScheduler
from structlog.testing import capture_logs

from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.generic_warmup import warm_up_generic
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.errors import ModelUnavailable

pytestmark = pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
REQUEST = DiffusionRequest("a fox", 64, 64, steps=2, guidance=3.0)


@pytest.fixture
def running() -> Iterator[Callable[[Any], GenericEngine]]:
    """Start an engine with a tiny SDXL that has another scheduler."""
    engines = []

    def run(scheduler: Any, **options: Any) -> GenericEngine:
        pipeline = make_tiny_sdxl()
        pipeline.scheduler = scheduler.from_config(pipeline.scheduler.config, **options)
        engines.append(GenericEngine(pipeline, name="tiny"))
        engines[-1].start()
        return engines[-1]

    yield run
    for engine in engines:
        engine.stop()


def warm_up(engine: GenericEngine, usual_steps: int) -> None:
    warm_up_generic(engine, REQUEST, "StableDiffusionXLPipeline", usual_steps, fetched=False)


@pytest.mark.parametrize(("usual_steps", "drawn"), [(28, 4), (5, 4), (4, 4)])
def test_where_a_scheduler_takes_no_fewer_steps_more_are_drawn(running: Any, usual_steps: int, drawn: int) -> None:
    engine = running(PNDMScheduler, skip_prk_steps=False)  # which begins with four steps of another method
    with capture_logs() as logs:
        warm_up(engine, usual_steps)
    assert [line["steps"] for line in logs if line["event"] == "warmed up"] == [drawn]


def test_one_that_takes_the_usual_number_of_steps_neither_is_refused(running: Any) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot draw a picture from text alone with its scheduler PNDMSched"):
        warm_up(running(PNDMScheduler, skip_prk_steps=False), 3)
    with pytest.raises(ModelUnavailable, match=r"with its scheduler LCMScheduler \(.* is smaller than"):
        warm_up(running(LCMScheduler, original_inference_steps=4), 28)
