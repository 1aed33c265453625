import sqlite3
import time
from contextlib import closing
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from blazon.api.health import router
from blazon.serve.engines.host import EngineState
from blazon.settings import Settings


class Service:
    def __init__(self, state: EngineState, problem: str = "", draining: bool = False) -> None:
        self.host, self.draining = SimpleNamespace(state=state, problem=problem), draining


def asked(service: Service, path: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(router)

    async def with_service(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {}).update(service=service, settings=Settings.load(None, allowed_hosts="testserver"))
        await app(scope, receive, send)

    return TestClient(with_service).get(path)


@pytest.mark.parametrize(
    ("service", "status", "reason"),
    [
        (Service(EngineState.LOADING, "tiny-flux: loading, 40%"), "loading", "tiny-flux: loading, 40%"),
        (Service(EngineState.FAILED, "there is no model"), "failed", "there is no model"),
        (
            Service(EngineState.READY, draining=True),
            "draining",
            "the server is stopping; it finishes what it has begun",
        ),
    ],
)
def test_who_cannot_draw_is_not_ready_and_says_why(service: Service, status: str, reason: str) -> None:
    answer = asked(service, "/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": status, "reason": reason})
    assert int(answer.headers["Retry-After"]) >= 1
    assert asked(service, "/health/live").status_code == 200


def test_who_can_draw_is_ready(api: httpx.Client) -> None:
    answer = api.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert api.get("/health/live").json() == {"status": "live"}


def test_a_server_that_loads_is_live_and_not_ready(start, stand_in, gate) -> None:
    def slow() -> object:
        gate.wait()
        return stand_in()

    client = start(slow, wait=False)
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json()["status"] == "loading"
    gate.set()
    while client.get("/health/ready").status_code == 503:
        time.sleep(0.02)


def test_a_server_that_can_write_nothing_down_is_not_ready(start, tmp_path) -> None:
    client = start()
    with closing(sqlite3.connect(tmp_path / "data" / "blazon.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        while (answer := client.get("/health/ready")).status_code == 200:
            time.sleep(0.02)
        assert (answer.status_code, answer.json()["status"]) == (503, "storage")
        assert "/" not in answer.json()["reason"]
        assert client.get("/v1/logos").status_code == 200  # readers do not wait behind a writer
        other.execute("ROLLBACK")
    while client.get("/health/ready").status_code != 200:
        time.sleep(0.02)
