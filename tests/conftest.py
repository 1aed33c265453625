import os
from pathlib import Path

import pytest

# Read when the hub's library is imported: no test may wait for a network that it must not need.
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def tiny_flux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random FLUX of the kind of FLUX.1-dev, on disk."""
    # Imported here: most tests need no torch, and it takes seconds to import.
    from blazon.diffusion.tiny import save_tiny_flux

    return save_tiny_flux(tmp_path_factory.mktemp("models") / "tiny-flux")
