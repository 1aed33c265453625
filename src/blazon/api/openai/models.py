"""`GET /v1/models`: what requests may name as `model`."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from blazon.api.dependencies import KnownClient, Service
from blazon.api.openai.answers import Model, ModelList
from blazon.api.openai.failures import OpenAIRoute
from blazon.api.openai.images import refusals
from blazon.api.openai.plan import UnknownModel, find_model
from blazon.api.openai.requests import pass_over_version
from blazon.api.reference import answers
from blazon.models import ModelCard
from blazon.principal import Principal

router = APIRouter(route_class=OpenAIRoute, dependencies=[Depends(pass_over_version)])


@router.get(
    "/v1/models",
    tags=["OpenAI"],
    summary="List models",
    responses={**refusals(401, 403, 429, 500, 503), **answers()},
)
async def list_models(request: Request, service: Service, client: KnownClient) -> ModelList:
    """Return the models that you may ask for, the default first; each by its name and by its identifier."""
    cards = service.host.engine.models()
    open_to = _select_open(client, cards)
    ids = {name: card for card in open_to for name in (card.name, card.identifier)}
    return ModelList(data=[_describe(name, card, cards, request.state.started_at) for name, card in ids.items()])


@router.get(
    "/v1/models/{name:path}",
    tags=["OpenAI"],
    summary="Look at a model",
    responses={**refusals(401, 403, 404, 429, 500, 503), **answers()},
)
async def read_model(
    name: Annotated[str, Path(description="A name, an identifier, or a name of OpenAI's that stands for the default.")],
    request: Request,
    service: Service,
    client: KnownClient,
) -> Model:
    """Return one model."""
    cards = service.host.engine.models()
    card = find_model(name, cards)
    if card not in (open_to := _select_open(client, cards)):
        raise UnknownModel(name, open_to)
    return _describe(name, card, cards, request.state.started_at)


def _select_open(client: Principal, cards: Sequence[ModelCard]) -> list[ModelCard]:
    allowed = set(client.models)
    return [card for card in cards if not allowed or allowed & {card.name, card.identifier}]


def _describe(name: str, card: ModelCard, cards: Sequence[ModelCard], started_at: int) -> Model:
    owner, slash, _ = card.identifier.partition("/")
    return Model(
        id=name,
        created=started_at,
        owned_by=owner if slash else "local",
        identifier=card.identifier,
        licence=card.licence,
        commercial_use=card.commercial,
        painted=card.painted,
        family=card.family or None,
        steps=card.steps,
        guidance=card.guidance,
        abilities=list(card.abilities),
        state=card.state,
        default=card is cards[0],
        loras=list(card.loras),
        loras_refused=dict(card.loras_refused),
        problem=card.problem,
    )
