import pytest

from blazon.draw.artwork import Shelf


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return Shelf.open()
