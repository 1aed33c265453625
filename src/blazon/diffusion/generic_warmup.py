"""Warm-up of the generic engine: a picture from text alone, on the way that all requests go.

A pipeline can load well and be able to draw for nobody: it wants a picture to begin with, or its numbers overflow. So
the first picture is drawn before anybody asks for one, and a model that cannot is refused with the reason.
"""

import time

import structlog

from blazon.diffusion.catalogue.specs import COMMERCIAL
from blazon.diffusion.finite_weights import explain_damage
from blazon.diffusion.generic import WITHHELD, GenericEngine
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.errors import BlazonError, EnginePoisoned, ModelUnavailable

log = structlog.get_logger(__name__)

REMEDY = f"choose a text-to-image model, such as {COMMERCIAL}"


def warm_up_generic(engine: GenericEngine, request: DiffusionRequest, pipeline: str, *, fetched: bool) -> None:
    """Draw a picture with a started engine, previews and all; where no memory is left for it, that is logged only.

    Args:
        pipeline: the class that draws.
        fetched: whether the model comes from the hub, for the remedy.

    Raises:
        ModelUnavailable: there is no picture, or it is smaller than was asked for.
        EnginePoisoned: the process cannot draw any more.
    """
    started = time.perf_counter()
    try:
        engine.submit(request, lambda _progress: None, previews=True).result()
    except EnginePoisoned:
        raise
    except BlazonError as error:
        if engine.counters.out_of_memory:
            log.warning("no memory to warm up", model=engine.name, size=request.width)
        elif str(error) != WITHHELD:
            damage = explain_damage(engine.name, engine.pipeline, fetched=fetched)
            raise ModelUnavailable(
                damage
                or f"{engine.name} is a {pipeline} that cannot draw a picture from text alone with its scheduler "
                f"{engine.scheduler} ({error}); put back the scheduler_config.json that the model was published with "
                f"if it is another, or {REMEDY}"
            ) from error
        return
    log.info("warmed up", model=engine.name, seconds=round(time.perf_counter() - started, 1), steps=request.steps)
