"""The list of keys over HTTP: for `admin` only, without secrets."""

import pytest

from blazon.principal import Scope
from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore


@pytest.fixture
def keys(tmp_path):
    """The keys of the server that `start` starts."""
    database = open_database("", tmp_path / "data")
    yield KeyStore(database)
    database.close()


def test_an_admin_sees_who_may_use_how_much(start, stand_in, keys):
    client = start(stand_in, api_keys="required")
    shop, secret = keys.create(Grant("shop", requests_per_minute=60, daily_quota=50, models=("a-model", "stand-in")))
    admin, admin_secret = keys.create(Grant("boss", frozenset({Scope.ADMIN}), weight=2.5))
    keys.create(Grant("former"))
    keys.revoke("former")
    client.post("/v1/logos", json={"prompt": "a bakery", "n": 3}, headers={"X-API-Key": secret}).raise_for_status()
    answer = client.get("/v1/keys", headers={"X-API-Key": admin_secret})
    first, second = answer.json()["data"]
    assert (first["id"], first["name"], first["scopes"]) == (shop.id, "shop", ["generate", "read"])
    assert (first["requests_per_minute"], first["daily_quota"], first["spent_today"]) == (60, 50, 3)
    assert first["models"] == ["a-model", "stand-in"]
    assert first["last_used_at"].endswith("Z")
    assert (second["id"], second["daily_quota"], second["spent_today"], second["weight"]) == (admin.id, None, 0, 2.5)
    for hidden in (secret, admin_secret, shop.webhook_secret):
        assert hidden[-16:] not in answer.text


def test_nobody_else_sees_them(start, stand_in, keys):
    client = start(stand_in, api_keys="required")
    _, secret = keys.create(Grant("shop", frozenset({Scope.GENERATE, Scope.READ})))
    assert client.get("/v1/keys").status_code == 401
    assert client.get("/v1/keys", headers={"X-API-Key": secret}).json() == {"detail": "the key lacks the scope admin"}


def test_where_no_keys_are_asked_for_there_are_none(api):
    assert api.get("/v1/keys").json() == {"data": []}
    assert api.get("/v1/keys", headers={"Origin": "https://other.example"}).status_code == 403
