import pytest

from blazon.draw.artwork import Materials


@pytest.fixture(scope="session")
def materials() -> Materials:
    return Materials.open()
