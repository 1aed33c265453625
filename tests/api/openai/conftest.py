"""The official client of OpenAI, talking to a real server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import openai
import pytest

Connect = Callable[..., openai.OpenAI]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return OpenAI's client of the server of an HTTP client; closed at the end of the test."""
    with ExitStack() as clients:

        def connected(server: httpx.Client, **options: Any) -> openai.OpenAI:
            given = {"api_key": "any", "base_url": f"{server.base_url}/v1", "max_retries": 0, **options}
            return clients.enter_context(openai.OpenAI(**given))

        yield connected


@pytest.fixture
def client(api: httpx.Client, connect: Connect) -> openai.OpenAI:
    """A client of the server with the vector engine."""
    return connect(api)


@pytest.fixture
def painter(flux_api: httpx.Client, connect: Connect) -> openai.OpenAI:
    """A client of the server that paints."""
    return connect(flux_api)
