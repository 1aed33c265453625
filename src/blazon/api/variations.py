"""`POST /v1/logos/{id}/{n}/variations`: more like a finished logo, as a generation of its own."""

import secrets
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, model_validator

from blazon.api.authentication import ClientRoute
from blazon.api.dependencies import Deadline, Designs, GenerateClient, Service, SettingsGiven
from blazon.api.designs import OwnLogo
from blazon.api.logos import finish_generation
from blazon.api.preferences import preference
from blazon.api.reference import ACCEPTED, CREATED, MISSING, REFUSED, UNDESIGNED, answers
from blazon.api.requests import claim, limit_fields, uses_cache
from blazon.brief import MAX_CANDIDATES, MAX_SEED, Brief, Engine
from blazon.design import Design
from blazon.direction.variations import Likeness, Part, check_parts
from blazon.generation import Priority
from blazon.serve.acceptance import GenerationRequest
from blazon.serve.schemas import GenerationView

router = APIRouter(route_class=ClientRoute)


class VariationRequest(BaseModel):
    """What of a logo is kept; the rest varies."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"keep": ["mark"], "n": 4}]})

    keep: Annotated[
        list[Part], BeforeValidator(lambda value: [value] if isinstance(value, str) else value), Field(max_length=3)
    ] = Field(description="One or two of mark, type and colours.")
    n: Annotated[StrictInt, Field(ge=1, le=MAX_CANDIDATES)] = Field(4, description="How many candidates.")
    seed: Annotated[StrictInt, Field(ge=0, le=MAX_SEED)] | None = Field(
        None, description="The same request with the same seed gives the same logos; random if not given."
    )
    revision: Annotated[StrictInt, Field(ge=0)] | None = Field(
        None, description="Of the design; the current one if not given."
    )
    priority: Priority = Field(Priority.NORMAL, description="Order among your own requests.")

    _limit = model_validator(mode="before")(limit_fields)


@router.post(
    "/v1/logos/{identity}/{number}/variations",
    tags=["designs"],
    summary="Ask for more like a logo",
    status_code=201,
    response_model=GenerationView,
    responses=answers(CREATED, ACCEPTED, REFUSED, MISSING, UNDESIGNED),
)
async def vary_logo(
    logo: OwnLogo,
    wish: VariationRequest,
    request: Request,
    response: Response,
    service: Service,
    designs: Designs,
    client: GenerateClient,
    settings: SettingsGiven,
    deadline: Deadline,
) -> GenerationView:
    """Draw logos that keep the mark, the type or the colours of this one, and vary the rest.

    The answer is a new generation, as that of `POST /v1/logos`.
    """
    generation, drawn = logo
    revision = await designs.read(generation, drawn, deadline, wish.revision)
    design = Design.from_dict(revision.design)
    check_parts(design, wish.keep)
    seed = secrets.randbelow(MAX_SEED + 1) if wish.seed is None else wish.seed
    brief = _write_brief(generation.brief, Likeness(design, tuple(dict.fromkeys(wish.keep))), wish.n, seed)
    asked = preference(request)
    wanted = GenerationRequest(
        brief,
        priority=wish.priority,
        waited_for=not asked.respond_async,
        patience=None if asked.respond_async else settings.request_timeout,
        claim=await claim(request),
        use_cache=uses_cache(request),
    )
    return await finish_generation(wanted, request, response, service, client, settings)


def _write_brief(brief: Brief, likeness: Likeness, count: int, seed: int) -> Brief:
    """Return the brief of a logo for others that are like it: with its words now, and drawn."""
    design = likeness.design
    return replace(
        brief,
        brand_name=design.brand_name,
        slogan=design.slogan,
        text_in_prompt=bool(design.brand_name) and brief.text_in_prompt,
        layout=None,
        count=count,
        first=0,
        seed=seed,
        engine=Engine.VECTOR,
        model="",
        steps=None,
        guidance=None,
        negative_prompt="",
        loras=None,
        like=likeness.to_text(),
    )
