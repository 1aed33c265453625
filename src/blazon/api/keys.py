"""`GET /v1/keys`: who may use the server and how much of it they used today. Keys are made by `blazon keys`."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from blazon.api.authentication import ClientRoute
from blazon.api.dependencies import AdminClient
from blazon.api.reference import CLOSED, answers
from blazon.principal import Scope
from blazon.store.keys import Key, KeyStore

router = APIRouter(route_class=ClientRoute)


class KeyView(BaseModel):
    """A key without its secret."""

    model_config = ConfigDict(protected_namespaces=())

    id: str
    name: str
    scopes: list[Scope]
    requests_per_minute: int | None = Field(description="Null for no limit.")
    daily_quota: int | None = Field(description="Logos a day, from midnight UTC on; null for no limit.")
    spent_today: int = Field(description="Logos that it asked for since midnight UTC.")
    models: list[str] = Field(description="Models that it may use; empty for all.")
    weight: float = Field(description="Its share of a busy server against that of others.")
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute; null if it was never used.")

    @classmethod
    def of(cls, key: Key, spent: int) -> "KeyView":
        grant = key.grant
        return cls(
            id=key.id,
            name=grant.name,
            scopes=sorted(grant.scopes),
            requests_per_minute=grant.requests_per_minute,
            daily_quota=grant.daily_quota,
            spent_today=spent,
            models=list(grant.models),
            weight=grant.weight,
            created_at=datetime.fromtimestamp(key.created_at, UTC),
            last_used_at=None if key.last_used_at is None else datetime.fromtimestamp(key.last_used_at, UTC),
        )


class KeyList(BaseModel):
    """The active keys, in the order in which they were made."""

    data: list[KeyView]


@router.get("/v1/keys", tags=["server"], summary="List the keys", responses=answers(CLOSED))
async def list_keys(request: Request, _: AdminClient) -> KeyList:
    """List the keys that are not revoked. Where keys are asked for, this needs one with the scope `admin`."""
    return await asyncio.to_thread(_list_keys, request.state.keys)


def _list_keys(store: KeyStore) -> KeyList:
    spent = store.list_spent()
    active = [key for key in store.list() if key.revoked_at is None]
    return KeyList(data=[KeyView.of(key, spent.get(key.id, 0)) for key in active])
