import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blazon.serve.webhooks.address import receiver
from blazon.serve.webhooks.signing import new_secret
from blazon.store.database import Database, sqlite_url
from blazon.store.outbox import Delivery, SqlOutbox

SECRET = new_secret()

# Read when the hub's library is imported: no test may wait for a network that it must not need.
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def tiny_flux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random FLUX of the kind of FLUX.1-dev, on disk."""
    # Imported here: most tests need no torch, and it takes seconds to import.
    from blazon.diffusion.tiny import save_tiny_flux

    return save_tiny_flux(tmp_path_factory.mktemp("models") / "tiny-flux")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database that is still to be made."""
    return sqlite_url(tmp_path / "blazon.db")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)


def owed(
    url: str, number: int = 1, created: float = 1000.0, body: bytes = b'{"type":"generation.succeeded"}'
) -> Delivery:
    return Delivery(f"msg_{number}", f"gen_{number}", url, receiver(url), SECRET, body, created)


@pytest.fixture
def make() -> Callable[..., Delivery]:
    """Makes webhooks that are owed."""
    return owed
