from pathlib import Path

import pytest
from _tiny_single_files import SAVERS, write_files


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """The folder of diffusers and the file of the denoiser of each family."""
    made = {}
    for family, save in SAVERS.items():
        place = tmp_path_factory.mktemp("models")
        folder = save(place / "diffusers")
        made[family] = (folder, write_files(family, folder, place / "ComfyUI" / "models"))
    return made
