"""Models as single files draw the pictures of the same models in the layout of diffusers."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from _tiny_drawing import draw, load
from _tiny_single_files import (
    SAVERS,
    Tensors,
    find_place,
    rename_back,
    rename_film_vae_back,
)
from diffusers import (
    AutoencoderKLQwenImage,
    ErnieImageTransformer2DModel,
    Flux2Transformer2DModel,
    FluxTransformer2DModel,
    QwenImageTransformer2DModel,
    ZImageTransformer2DModel,
)
from diffusers.loaders import single_file_utils
from safetensors.torch import load_file, save_file
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import Family, describe
from blazon.diffusion.files.single_file_configs import (
    Config,
    Shapes,
    configure_ernie_image,
    configure_flux1,
    configure_flux2,
    configure_qwen_image,
    configure_qwen_vae,
    configure_qwen_vl,
    configure_z_image,
)
from blazon.diffusion.loading.original_weights import rename_denoiser, widen_eight_bits
from blazon.diffusion.memory.footprint import Form, Quantisation
from blazon.errors import ModelUnavailable


@pytest.mark.parametrize("family", SAVERS)
def test_single_files_draw_the_same_picture(family: str, models: dict[str, tuple[Path, Path]]) -> None:
    folder, file = models[family]
    whole, single = load(folder), load(file)
    assert type(single) is type(whole)
    theirs = {name: value for name, value in whole.scheduler.config.items() if not name.startswith("_")}
    assert {name: single.scheduler.config[name] for name in theirs} == theirs
    torch.testing.assert_close(draw(single), draw(whole), atol=1e-5, rtol=0)


def test_a_folder_as_comfyuis_is_a_model_path(models: dict[str, tuple[Path, Path]]) -> None:
    _, file = models["FLUX.1"]
    for path in (file.parent.parent, file.parent.parent.parent):
        assert inspect_model(ModelSource(path)).pipeline == "FluxPipeline"


@pytest.mark.parametrize("scaled", [False, True])
def test_weights_of_eight_bits_are_computed_in_the_precision_of_the_plan(
    scaled: bool, models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    folder, file = models["FLUX.1"]
    root = tmp_path / "models"
    shutil.copytree(file.parent.parent, root)
    for path in (*root.glob("diffusion_models/*.safetensors"), root / "text_encoders" / "t5xxl_fp16.safetensors"):
        narrow: Tensors = {}
        for name, tensor in load_file(path).items():
            if tensor.ndim != 2 or "relative_attention_bias" in name:
                narrow[name] = tensor
                continue
            scale = tensor.abs().max() / 400 if scaled else torch.tensor(1.0)
            narrow[name] = (tensor / scale).to(torch.float8_e4m3fn)
            if scaled:
                narrow[name.replace(".weight", ".scale_weight")] = scale
        save_file(narrow, path)
    whole, single = load(folder), load(root)
    assert {weight.dtype for weight in single.transformer.parameters()} == {torch.float32}
    for ours, theirs in ((single.transformer, whole.transformer), (single.text_encoder_2, whole.text_encoder_2)):
        expected = dict(theirs.named_parameters())
        for name, weight in ours.named_parameters():
            torch.testing.assert_close(weight, expected[name], rtol=0.07, atol=0.01)
    assert (draw(single) - draw(whole)).abs().mean() < 0.1


@pytest.mark.parametrize("family", SAVERS)
def test_a_gguf_file_with_the_names_of_its_makers(
    family: str, models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    folder, file = models[family]
    root = tmp_path / "models"
    shutil.copytree(file.parent.parent, root)
    own = root / "diffusion_models" / file.name
    # Architectures are made up by who converts: only the tensors tell the family.
    writer = gguf.GGUFWriter(str(own.with_suffix(".gguf")), "flux" if family.startswith("FLUX") else "pig")
    for name, tensor in load_file(own).items():
        numbers, kind = tensor.numpy(), gguf.GGMLQuantizationType.F32
        if name.endswith(".weight") and tensor.ndim == 2 and tensor.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(
            name.removeprefix("model.diffusion_model."), gguf.quants.quantize(numbers, kind), raw_dtype=kind
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    own.unlink()
    info = inspect_model(ModelSource(root))
    assert info.size.gguf
    packed = load(root, Form("cpu", "float32", Quantisation.GGUF))
    assert (draw(packed) - draw(load(folder))).abs().mean() < 0.02
    whole = own.with_suffix(".gguf").read_bytes()
    own.with_suffix(".gguf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelUnavailable, match=r"\.gguf is damaged"):
        inspect_model(ModelSource(own.with_suffix(".gguf")))


@pytest.mark.parametrize("quantisation", [Quantisation.INT8, Quantisation.NONE])
def test_single_files_are_kept_as_the_plan_says(
    quantisation: Quantisation, models: dict[str, tuple[Path, Path]]
) -> None:
    folder, file = models["FLUX.1"]
    form = Form("cpu", "bfloat16", quantisation)
    single, whole = load(file, form), load(folder, form)
    assert single.transformer.dtype is torch.bfloat16
    assert (draw(single) - draw(whole)).abs().mean() < 0.02


def test_steps_and_family_are_those_of_the_files(models: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    found = {family: describe(str(file)) for family, (_, file) in models.items()}
    assert [found[family].family for family in SAVERS] == [
        Family.FLUX,
        Family.FLUX_2_KLEIN,
        Family.Z_IMAGE,
        Family.QWEN_IMAGE,
        Family.ERNIE_IMAGE,
    ]
    assert found["FLUX.2"].steps == 4
    assert found["FLUX.1"].steps == 28
    assert found["FLUX.1"].identifier == "flux1-dev.safetensors"
    assert describe(str(tmp_path / "gone.safetensors")).family is Family.OTHER


@pytest.mark.parametrize(
    ("kind", "config", "configure"),
    [
        (FluxTransformer2DModel, {"guidance_embeds": True}, configure_flux1),
        (
            Flux2Transformer2DModel,
            {"num_layers": 5, "num_single_layers": 20, "num_attention_heads": 24, "joint_attention_dim": 7680,
             "guidance_embeds": False},
            configure_flux2,
        ),
        (ZImageTransformer2DModel, {"axes_lens": [1536, 512, 512]}, configure_z_image),
    ],
)  # fmt: skip
def test_the_configuration_of_a_published_model_is_found_from_its_shapes(
    kind: Any, config: dict[str, Any], configure: Callable[[Shapes], Config]
) -> None:
    with torch.device("meta"):
        model = kind(**config)
        shapes = {name: tuple(tensor.shape) for name, tensor in rename_back(model.state_dict()).items()}
    for name, value in configure(shapes).items():
        assert json.dumps(value) == json.dumps(model.config[name]), name


@pytest.mark.parametrize(
    ("kind", "configure", "rename"),
    [
        (QwenImageTransformer2DModel, configure_qwen_image, dict),
        (ErnieImageTransformer2DModel, configure_ernie_image, dict),
        (AutoencoderKLQwenImage, configure_qwen_vae, rename_film_vae_back),
    ],
)
def test_the_defaults_of_diffusers_are_found_from_their_shapes(
    kind: Any, configure: Callable[[Shapes], Config], rename: Callable[[Tensors], Tensors]
) -> None:
    with torch.device("meta"):
        model = kind()
        shapes = {name: tuple(tensor.shape) for name, tensor in rename(model.state_dict()).items()}
    for name, value in configure(shapes).items():
        assert json.dumps(value) == json.dumps(model.config[name]), name


def test_the_configuration_of_qwen_2_5_vl_is_found_from_its_shapes() -> None:
    """The widths are those of Qwen2.5-VL-7B, with two layers each."""
    text = {
        "vocab_size": 152064,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 2,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
    }
    vision = {"depth": 2, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 3584}
    with torch.device("meta"):
        model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(text_config=text, vision_config=vision))
    shapes = {
        re.sub(r"^model\.(language_model|visual)\.", find_place, name): tuple(tensor.shape)
        for name, tensor in model.state_dict().items()
    }
    found = configure_qwen_vl(shapes)
    assert {name: found["text_config"][name] for name in text} == text
    assert {name: found["vision_config"][name] for name in vision} == vision
    assert found["vision_config"]["fullatt_block_indexes"] == list(model.config.vision_config.fullatt_block_indexes)
    without_eyes = {name: shape for name, shape in shapes.items() if not name.startswith("visual.")}
    assert Qwen2_5_VLConfig(**configure_qwen_vl(without_eyes)).vision_config.depth == 0


def test_a_scale_for_each_row_counts() -> None:
    weight = torch.tensor([[1.0, 2.0], [4.0, 8.0]])
    tensors = {"a.weight": weight.to(torch.float8_e4m3fn), "a.weight_scale": torch.tensor([2.0, 3.0])}
    assert torch.equal(widen_eight_bits(tensors, torch.float32)["a.weight"], weight * torch.tensor([[2.0], [3.0]]))


@pytest.mark.parametrize(
    ("family", "convert"),
    [
        ("FLUX.2", single_file_utils.convert_flux2_transformer_checkpoint_to_diffusers),
        ("Z-Image", single_file_utils.convert_z_image_transformer_checkpoint_to_diffusers),
    ],
)
def test_names_are_those_that_diffusers_finds(
    family: str, convert: Callable[..., Tensors], models: dict[str, tuple[Path, Path]]
) -> None:
    folder, file = models[family]
    tensors = {name.removeprefix("model.diffusion_model."): tensor for name, tensor in load_file(file).items()}
    (own,) = (folder / "transformer").glob("*.safetensors")
    wanted = {name: tuple(tensor.shape) for name, tensor in load_file(own).items()}
    ours, theirs = rename_denoiser(tensors, wanted), convert(dict(tensors))
    assert ours.keys() == theirs.keys() == wanted.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name
