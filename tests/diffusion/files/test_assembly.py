"""Folders assembled of single files: made anew where something is gone, removed where they fail, harmless names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from _tiny_drawing import load
from safetensors.torch import load_file, save_file

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import ModelSpec, describe
from blazon.diffusion.files.single_files import assemble
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.loras.adapters import load_loras
from blazon.diffusion.registry import ModelRegistry
from blazon.errors import ModelUnavailable


def lose(lost: str, folder: Path, root: Path) -> None:
    match lost:
        case "folder":
            shutil.rmtree(folder)
        case "link":
            next((folder / "vae").glob("*.safetensors")).unlink()
        case _:
            encoder = root / "text_encoders" / "qwen_3_4b.safetensors"
            save_file({name: tensor * 2 for name, tensor in load_file(encoder).items()}, encoder)


@pytest.mark.parametrize("lost", ["folder", "link", "encoder"])
def test_what_was_assembled_is_assembled_anew_where_something_of_it_is_gone(
    lost: str, models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["Z-Image"][1].parent.parent, root)
    loaded = []

    def start(spec: ModelSpec) -> ImageEngine:
        pipeline = load(Path(spec.source))
        loaded.append(pipeline)
        engine = GenericEngine(pipeline, name=spec.name, guidance=None, adapters=load_loras(pipeline, ()))
        engine.start()
        return engine

    specs = [describe(str(root), "one"), describe(str(models["FLUX.1"][0]), "two")]
    registry = ModelRegistry(specs, start, 1, {"one": 1, "two": 1})
    try:
        with registry.acquire("one"):
            first = assemble(root)
        assert assemble(root) == first
        with registry.acquire("two"):  # which "one" must leave for
            lose(lost, first, root)
        with registry.acquire("one"):
            pass
    finally:
        registry.stop()
    before, _, after = (pipeline.text_encoder.get_input_embeddings().weight for pipeline in loaded)
    assert torch.equal(after, before * (2 if lost == "encoder" else 1))


def test_what_was_assembled_is_removed_where_it_fails_and_at_the_end(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root, temporary = tmp_path / "models", tmp_path / "temporary"
    temporary.mkdir()
    shutil.copytree(models["FLUX.1"][1].parent.parent, root)
    code = (
        "import tempfile; from pathlib import Path; from blazon.diffusion.files.single_files import assemble\n"
        f"found = assemble(Path({str(root / 'diffusion_models' / 'flux1-dev.safetensors')!r}))\n"
        "print((found / 'model_index.json').is_file(), len(list(Path(tempfile.gettempdir()).iterdir())))"
    )

    def run() -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TMPDIR": str(temporary)}
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)

    assert run().stdout.split() == ["True", "1"]
    assert list(temporary.iterdir()) == []
    shutil.rmtree(root / "vae")
    failed = run()
    assert failed.returncode == 1
    assert "needs VAE of FLUX.1" in failed.stderr
    assert list(temporary.iterdir()) == []


def test_of_several_denoisers_one_must_be_named(models: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["FLUX.1"][1].parent.parent, root)
    (root / "checkpoints").mkdir()
    file = root / "diffusion_models" / "flux1-dev.safetensors"
    whole = load_file(file) | {"vae.decoder.conv_in.weight": torch.ones(1, 4, 3, 3)}
    save_file(whole, root / "checkpoints" / "other.safetensors")
    with pytest.raises(ModelUnavailable, match=r"has 2 denoisers .checkpoints/other.* diffusion_models/flux1"):
        load(root)
    assert load(file).transformer is not None


def test_names_loops_and_folders_called_like_files_do_no_harm(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "Größe 1, 模型" / "models"
    shutil.copytree(models["Z-Image"][1].parent.parent, root)
    place = root / "diffusion_models"
    (place / "z_image_turbo_bf16.safetensors").rename(place / "zürich turbo größer.safetensors")
    (place / "folder.safetensors").mkdir()
    (place / "self.safetensors").symlink_to("self.safetensors")
    (place / "gone.safetensors").symlink_to("no/such/file")
    (place / "again").symlink_to(place, target_is_directory=True)
    (root / "vae" / "up").symlink_to(root, target_is_directory=True)
    assert inspect_model(ModelSource(root.parent)).pipeline == "ZImagePipeline"
    spec = describe(str(root.parent), "mine")
    assert spec.identifier == "zürich turbo größer.safetensors"
    assert load(place / "zürich turbo größer.safetensors").transformer is not None


def test_files_behind_links_of_folders_are_found_as_comfyui_finds_them(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    for place in ("diffusion_models", "text_encoders", "vae"):
        (root / place).mkdir(parents=True)
        (root / place / "shared").symlink_to(models["Z-Image"][1].parent.parent / place, target_is_directory=True)
    shutil.copytree(models["Z-Image"][1].parent.parent / "tokenizer", root / "tokenizer")
    assert inspect_model(ModelSource(root)).pipeline == "ZImagePipeline"
