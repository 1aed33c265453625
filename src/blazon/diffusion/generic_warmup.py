"""Warm-up of the generic engine: a picture from text alone, on the way that all requests go.

A pipeline can load well and be able to draw for nobody: it wants a picture to begin with, or its numbers overflow. So
the first picture is drawn before anybody asks for one, and a model that cannot is refused with the reason.
"""

import time
from contextlib import suppress
from dataclasses import replace
from threading import Event

import structlog

from blazon.diffusion.catalogue.specs import COMMERCIAL
from blazon.diffusion.finite_weights import explain_damage
from blazon.diffusion.generic import WITHHELD, GenericEngine
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, RequestCancelled
from blazon.errors import BlazonError, EnginePoisoned, InvalidBrief, ModelUnavailable

log = structlog.get_logger(__name__)

REMEDY = f"choose a text-to-image model, such as {COMMERCIAL}"


def warm_up_generic(
    engine: GenericEngine, request: DiffusionRequest, pipeline: str, usual_steps: int, *, fetched: bool
) -> None:
    """Draw a picture with a started engine, previews and all; where no memory is left for it, that is logged only.

    Then begin one of as many steps as most requests ask for, and leave it: not every scheduler takes every number.

    Args:
        pipeline: the class that draws.
        usual_steps: those of a request that does not say how many.
        fetched: whether the model comes from the hub, for the remedy.

    Raises:
        ModelUnavailable: there is no picture, or it is smaller than was asked for.
        EnginePoisoned: the process cannot draw any more.
    """
    started = time.perf_counter()
    try:
        request = _draw(engine, request, usual_steps)
        if usual_steps != request.steps and engine.capabilities.cancel:
            _begin(engine, replace(request, steps=usual_steps))
    except EnginePoisoned:
        raise
    except BlazonError as error:
        if engine.counters.out_of_memory:
            log.warning("no memory to warm up", model=engine.name, size=request.width)
        elif str(error) != WITHHELD:
            reason = (error.__cause__ if isinstance(error, InvalidBrief) else None) or error
            damage = explain_damage(engine.name, engine.pipeline, fetched=fetched)
            raise ModelUnavailable(
                damage
                or f"{engine.name} is a {pipeline} that cannot draw a picture from text alone with its scheduler "
                f"{engine.scheduler} ({reason}); put back the scheduler_config.json and the model_index.json that the "
                f"model was published with if they are others, or {REMEDY}"
            ) from error
        return
    log.info("warmed up", model=engine.name, seconds=round(time.perf_counter() - started, 1), steps=request.steps)


def _draw(engine: GenericEngine, request: DiffusionRequest, usual_steps: int) -> DiffusionRequest:
    """Draw a request, in more steps where its scheduler takes no fewer, and return it as it was drawn."""
    while True:
        try:
            engine.submit(request, lambda _progress: None, previews=True).result()
        except InvalidBrief as refusal:
            if refusal.field != "steps" or request.steps >= usual_steps:
                raise
            request = replace(request, steps=min(2 * request.steps, usual_steps))
        else:
            return request


def _begin(engine: GenericEngine, request: DiffusionRequest) -> None:
    """Draw the first steps of a request and no more."""
    begun, left = Event(), Event()

    def wait(_: Progress) -> None:
        begun.set()
        left.wait()

    ticket = engine.submit(request, wait)
    ticket.future.add_done_callback(lambda _: begun.set())
    try:
        begun.wait()
        ticket.cancel()
    finally:
        left.set()
    with suppress(RequestCancelled):
        ticket.result()
