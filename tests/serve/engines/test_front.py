import json
from pathlib import Path

import pytest

from blazon.brief import Engine
from blazon.diffusion.catalogue import specs
from blazon.serve.engines.front import open_front
from blazon.settings import Settings


def test_a_front_without_diffusers_says_what_it_does_not_know_and_agrees_with_its_replicas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionXLPipeline"}))
    settings = Settings(_env_file=None, model_path=tmp_path)
    beside_it = open_front(settings, Engine.FLUX)
    monkeypatch.setattr(specs, "read_call", lambda _: None)  # as where diffusers is not installed
    front = open_front(settings, Engine.FLUX)
    told, unknown = beside_it.models()[0], front.models()[0]
    assert (told.steps, told.guidance) == (50, 5.0)
    assert (unknown.steps, unknown.guidance) == (None, None)
    # Calls carry it, and a replica with another one refuses them.
    assert front.recipe == beside_it.recipe
