"""Checkpoints that have all in one file, as people keep them in a folder `checkpoints`: FLUX.1, SDXL and SD 1.5."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from _tiny_drawing import draw, load
from _tiny_flux import make_clip, make_clip_tokenizer, save_tiny_flux
from _tiny_single_files import Tensors, rename_back, rename_vae_back
from diffusers import (
    AutoencoderKL,
    DiffusionPipeline,
    EulerDiscreteScheduler,
    PNDMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.loaders import single_file_utils
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import describe
from blazon.diffusion.files.single_file_configs import Config
from blazon.diffusion.files.unet_config import configure_unet
from blazon.diffusion.memory.footprint import Form, Quantisation
from blazon.errors import ModelUnavailable

NOISE: Config = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
    "timestep_spacing": "leading",
}


def make_vae(scaling: float) -> AutoencoderKL:
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        latent_channels=4,
        norm_num_groups=4,
        scaling_factor=scaling,
    )


def make_unet(**config: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=2, in_channels=4, out_channels=4, **config
    )


def make_sd15() -> DiffusionPipeline:
    return StableDiffusionPipeline(
        vae=make_vae(0.18215),
        text_encoder=make_clip(),
        tokenizer=make_clip_tokenizer(),
        unet=make_unet(
            cross_attention_dim=32,
            attention_head_dim=8,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        ),
        scheduler=PNDMScheduler(skip_prk_steps=True, **NOISE),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def make_sdxl() -> DiffusionPipeline:
    second = CLIPTextModelWithProjection(CLIPTextConfig(**{**make_clip().config.to_dict(), "hidden_act": "gelu"}))
    return StableDiffusionXLPipeline(
        vae=make_vae(0.13025),
        text_encoder=make_clip(),
        text_encoder_2=second,
        tokenizer=make_clip_tokenizer(),
        tokenizer_2=make_clip_tokenizer(),
        unet=make_unet(
            cross_attention_dim=64,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=6 * 256 + 32,
            attention_head_dim=[0, 1],
            transformer_layers_per_block=[1, 2],
            use_linear_projection=True,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        scheduler=EulerDiscreteScheduler(**NOISE),
    )


def rename_unet_back(tensors: Tensors, config: Config) -> Tensors:
    """Return the tensors of a U-Net by the names of CompVis, as the converter of diffusers finds them again."""
    names = {
        "conv_in": "input_blocks.0.0",
        "time_embedding.linear_1": "time_embed.0",
        "time_embedding.linear_2": "time_embed.2",
        "add_embedding.linear_1": "label_emb.0.0",
        "add_embedding.linear_2": "label_emb.0.2",
        "conv_norm_out": "out.0",
        "conv_out": "out.2",
    }
    layers = config["layers_per_block"] + 1
    levels = len(config["block_out_channels"])
    for level in range(levels):
        for layer in range(config["layers_per_block"]):
            place = 1 + level * layers + layer
            names[f"down_blocks.{level}.resnets.{layer}"] = f"input_blocks.{place}.0"
            names[f"down_blocks.{level}.attentions.{layer}"] = f"input_blocks.{place}.1"
        names[f"down_blocks.{level}.downsamplers.0.conv"] = f"input_blocks.{(level + 1) * layers}.0.op"
        crossed = "Cross" in config["up_block_types"][level]
        for layer in range(layers):
            place = level * layers + layer
            names[f"up_blocks.{level}.resnets.{layer}"] = f"output_blocks.{place}.0"
            names[f"up_blocks.{level}.attentions.{layer}"] = f"output_blocks.{place}.1"
        last = (level + 1) * layers - 1
        names[f"up_blocks.{level}.upsamplers.0.conv"] = f"output_blocks.{last}.{2 if crossed else 1}.conv"
    names |= {"mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1"}
    names |= {"mid_block.resnets.1": "middle_block.2"}
    inner = {
        "norm1": "in_layers.0",
        "conv1": "in_layers.2",
        "norm2": "out_layers.0",
        "conv2": "out_layers.3",
        "time_emb_proj": "emb_layers.1",
        "conv_shortcut": "skip_connection",
    }
    made = {}
    for name, tensor in tensors.items():
        start = max((own for own in names if name.startswith(f"{own}.")), key=len)
        rest = name.removeprefix(f"{start}.")
        if "resnets" in start:
            layer, _, leaf = rest.rpartition(".")
            rest = f"{inner[layer]}.{leaf}"
        made[f"{names[start]}.{rest}"] = tensor
    return made


def rename_open_clip_back(tensors: Tensors) -> Tensors:
    made: Tensors = {"logit_scale": torch.tensor(1.0)}
    for name, tensor in tensors.items():
        changed = name.removeprefix("text_model.")
        for old, new in (
            ("embeddings.position_embedding.weight", "positional_embedding"),
            ("embeddings.token_embedding", "token_embedding"),
            ("final_layer_norm", "ln_final"),
            ("encoder.layers", "transformer.resblocks"),
            ("layer_norm", "ln_"),
            ("mlp.fc1", "mlp.c_fc"),
            ("mlp.fc2", "mlp.c_proj"),
            ("self_attn.", "attn."),
            ("text_projection.weight", "text_projection"),
        ):
            changed = changed.replace(old, new)
        made[changed] = tensor.T.contiguous() if changed == "text_projection" else tensor
    for name in [name for name in made if ".q_proj." in name]:
        pieces = [made.pop(name.replace("q_proj", layer)) for layer in ("q_proj", "k_proj", "v_proj")]
        made[name.replace("q_proj.", "in_proj_")] = torch.cat(pieces)
    return made


def put_before(start: str, tensors: Tensors) -> Tensors:
    return {f"{start}{name}": tensor for name, tensor in tensors.items()}


def read_part(folder: Path, part: str) -> Tensors:
    (file,) = (folder / part).glob("*.safetensors")
    return load_file(file)


def write_sd15(folder: Path, file: Path) -> None:
    config = UNet2DConditionModel.load_config(folder / "unet")
    tensors = put_before("model.diffusion_model.", rename_unet_back(read_part(folder, "unet"), config))
    tensors |= put_before("cond_stage_model.transformer.text_model.", read_part(folder, "text_encoder"))
    tensors |= put_before("first_stage_model.", rename_sd_vae_back(read_part(folder, "vae")))
    tensors["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    tensors["alphas_cumprod"] = torch.ones(1000)
    tensors["model_ema.decay"] = torch.tensor(0.9)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)


def write_sdxl(folder: Path, file: Path) -> None:
    config = UNet2DConditionModel.load_config(folder / "unet")
    tensors = put_before("model.diffusion_model.", rename_unet_back(read_part(folder, "unet"), config))
    tensors |= put_before("conditioner.embedders.0.transformer.text_model.", read_part(folder, "text_encoder"))
    tensors |= put_before("conditioner.embedders.1.model.", rename_open_clip_back(read_part(folder, "text_encoder_2")))
    tensors |= put_before("first_stage_model.", rename_sd_vae_back(read_part(folder, "vae")))
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)


def rename_sd_vae_back(tensors: Tensors) -> Tensors:
    """Return the tensors of a VAE by the names of CompVis, whose attention is convolutions of one pixel."""
    made = {}
    for name, tensor in rename_vae_back(tensors).items():
        changed = name.replace("encoder.quant_conv", "quant_conv").replace("decoder.post_quant_conv", "post_quant_conv")
        for old, new in (
            ("mid_block.attentions.0.group_norm", "mid.attn_1.norm"),
            ("mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out"),
            ("mid_block.attentions.0.to_", "mid.attn_1."),
        ):
            changed = changed.replace(old, new)
        made[changed] = tensor[:, :, None, None] if "attn_1" in changed and tensor.ndim == 2 else tensor
    return made


def write_flux(folder: Path, file: Path) -> None:
    """Write a checkpoint as Comfy-Org packs flux1-dev-fp8: 8 bits without scales but for norms and CLIP."""
    tensors = put_before("model.diffusion_model.", narrow(rename_back(read_part(folder, "transformer"))))
    tensors |= put_before("text_encoders.t5xxl.transformer.", narrow(read_part(folder, "text_encoder_2")))
    tensors |= put_before("text_encoders.clip_l.transformer.text_model.", read_part(folder, "text_encoder"))
    tensors["text_encoders.clip_l.transformer.text_projection.weight"] = torch.eye(4)
    tensors["text_encoders.clip_l.logit_scale"] = torch.tensor(4.6)
    tensors["text_encoders.t5xxl.logit_scale"] = torch.tensor(4.6)
    tensors |= put_before("vae.", rename_vae_back(read_part(folder, "vae")))
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)


def narrow(tensors: Tensors) -> Tensors:
    return {
        name: tensor.to(torch.float8_e4m3fn) if tensor.ndim == 2 and "bias" not in name else tensor
        for name, tensor in tensors.items()
    }


def save(make: Callable[[], DiffusionPipeline]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        torch.manual_seed(3)
        make().save_pretrained(folder)
        return folder

    return write


CHECKPOINTS: dict[str, tuple[Callable[[Path], Path], Callable[[Path, Path], None], str, float]] = {
    "v1-5-pruned-emaonly": (save(make_sd15), write_sd15, "StableDiffusionPipeline", 1e-5),
    "sd_xl_base_1.0": (save(make_sdxl), write_sdxl, "StableDiffusionXLPipeline", 1e-5),
    "flux1-dev-fp8": (save_tiny_flux, write_flux, "FluxPipeline", 0.1),
}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """The folder of diffusers and the checkpoint of each model."""
    made = {}
    for name, (write_folder, write, _, _) in CHECKPOINTS.items():
        place = tmp_path_factory.mktemp("models")
        folder = write_folder(place / "diffusers")
        root = place / "ComfyUI" / "models"
        (root / "checkpoints").mkdir(parents=True)
        write(folder, root / "checkpoints" / f"{name}.safetensors")
        for tokenizer in folder.glob("tokenizer*"):
            shutil.copytree(tokenizer, root / tokenizer.name)
        made[name] = (folder, root)
    return made


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_draws_the_same_picture(name: str, checkpoints: dict[str, tuple[Path, Path]]) -> None:
    folder, root = checkpoints[name]
    whole, single = load(folder), load(root)
    assert type(single).__name__ == CHECKPOINTS[name][2]
    theirs = {key: value for key, value in whole.scheduler.config.items() if not key.startswith("_")}
    assert {key: single.scheduler.config[key] for key in theirs} == theirs
    assert (draw(single) - draw(whole)).abs().mean() < CHECKPOINTS[name][3]


def test_the_oldest_checkpoints_name_clip_otherwise(checkpoints: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    folder, own = checkpoints["v1-5-pruned-emaonly"]
    root = tmp_path / "models"
    shutil.copytree(own, root)
    (file,) = (root / "checkpoints").iterdir()
    save_file({name.replace(".text_model.", "."): tensor for name, tensor in load_file(file).items()}, file)
    assert (draw(load(root)) - draw(load(folder))).abs().max() < 1e-5


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
@pytest.mark.parametrize(
    ("file_name", "scheduler", "steps", "guidance"),
    [
        ("sd_xl_base_1.0", "EulerDiscreteScheduler", 50, 5.0),
        ("sd_xl_turbo_1.0_fp16", "EulerAncestralDiscreteScheduler", 4, 0.0),
        ("SDXL-Lightning_4step", "EulerDiscreteScheduler", 4, 0.0),
    ],
)
def test_a_distilled_sdxl_is_told_by_the_name_of_its_file(
    file_name: str, scheduler: str, steps: int, guidance: float,
    checkpoints: dict[str, tuple[Path, Path]], tmp_path: Path,
) -> None:  # fmt: skip
    root = tmp_path / "models"
    shutil.copytree(checkpoints["sd_xl_base_1.0"][1], root)
    (file,) = (root / "checkpoints").iterdir()
    file.rename(file.with_stem(file_name))
    spec = describe(str(root))
    assert (spec.usual_steps, spec.usual_guidance) == (steps, guidance)
    pipeline = load(root)
    assert type(pipeline.scheduler).__name__ == scheduler
    assert pipeline.scheduler.config.timestep_spacing == ("leading" if guidance else "trailing")
    assert draw(pipeline).std() > 0


@pytest.mark.parametrize("quantisation", [Quantisation.INT8, Quantisation.NONE])
def test_a_checkpoint_is_kept_as_the_plan_says(
    quantisation: Quantisation, checkpoints: dict[str, tuple[Path, Path]]
) -> None:
    folder, root = checkpoints["sd_xl_base_1.0"]
    form = Form("cpu", "bfloat16", quantisation)
    single, whole = load(root, form), load(folder, form)
    assert single.unet.dtype is torch.bfloat16
    assert (draw(single) - draw(whole)).abs().mean() < 0.02


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_each_part_of_a_checkpoint_counts_once(name: str, checkpoints: dict[str, tuple[Path, Path]]) -> None:
    folder, root = checkpoints[name]
    whole, single = (inspect_model(ModelSource(path)).parts for path in (folder, root))
    assert single.keys() == whole.keys()
    for part, size in single.items():
        assert abs(size.parameters - whole[part].parameters) <= 100, part  # a file has a few numbers more
    (file,) = (root / "checkpoints").iterdir()
    assert sum(size.stored_bytes for size in single.values()) <= file.stat().st_size


def test_names_are_those_that_diffusers_finds(checkpoints: dict[str, tuple[Path, Path]]) -> None:
    """What this file writes is what the converters of diffusers read: the names are the makers'."""
    folder, root = checkpoints["sd_xl_base_1.0"]
    (file,) = (root / "checkpoints").iterdir()
    tensors = load_file(file)
    config = UNet2DConditionModel.load_config(folder / "unet")
    assert single_file_utils.convert_ldm_unet_checkpoint(tensors, config).keys() == read_part(folder, "unet").keys()
    clip = make_clip(projecting=True)
    encoder = single_file_utils.convert_open_clip_checkpoint(clip, tensors, "conditioner.embedders.1.model.")
    assert encoder.keys() == read_part(folder, "text_encoder_2").keys()


@pytest.mark.parametrize(
    ("config", "sdxl"),
    [
        (
            {"down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
             "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
             "block_out_channels": (320, 640, 1280, 1280), "cross_attention_dim": 768, "attention_head_dim": 8,
             "sample_size": 64},
            False,
        ),
        (
            {"down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
             "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
             "block_out_channels": (320, 640, 1280), "cross_attention_dim": 2048, "attention_head_dim": (5, 10, 20),
             "transformer_layers_per_block": (1, 2, 10), "use_linear_projection": True, "sample_size": 128,
             "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
             "projection_class_embeddings_input_dim": 2816},
            True,
        ),
    ],
    ids=["sd15", "sdxl"],
)  # fmt: skip
def test_the_configuration_of_a_published_unet_is_found_from_its_shapes(config: Config, sdxl: bool) -> None:
    with torch.device("meta"):
        model = UNet2DConditionModel(**config)
        made = rename_unet_back(model.state_dict(), model.config)
    found = configure_unet({name: tuple(tensor.shape) for name, tensor in made.items()})
    with torch.device("meta"):
        again = UNet2DConditionModel.from_config(found)
    assert {name: tensor.shape for name, tensor in again.state_dict().items()} == {
        name: tensor.shape for name, tensor in model.state_dict().items()
    }
    for name, value in config.items():
        assert found[name] == (list(value) if isinstance(value, tuple) else value), name
    assert ("addition_embed_type" in found) is sdxl


def test_a_checkpoint_tells_family_and_licence(checkpoints: dict[str, tuple[Path, Path]]) -> None:
    spec = describe(str(checkpoints["sd_xl_base_1.0"][1]))
    assert (spec.commercial, spec.capabilities.mixed_batching) == (None, False)
    assert spec.guidance == 5.0


def take(start: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {name: tensor for name, tensor in tensors.items() if not name.startswith(start)}


@pytest.mark.parametrize(
    ("name", "spoil", "complaint"),
    [
        ("sd_xl_base_1.0", take("first_stage_model."), r"needs VAE of Stable Diffusion XL .*, 4 wide, .*/vae"),
        ("sd_xl_base_1.0", take("conditioner.embedders.0."), "needs CLIP-L as a safetensors file in .*text_encoders"),
        ("flux1-dev-fp8", take("text_encoders.t5xxl."), r"needs T5-XXL .*, 32 wide, .*text_encoders"),
        ("sd_xl_base_1.0", take("model.diffusion_model.middle_block.2."), r"safetensors lacks .* tensors, mid_block"),
    ],
)
def test_what_a_checkpoint_lacks_is_named(
    name: str,
    spoil: Callable[[Tensors], Tensors],
    complaint: str,
    checkpoints: dict[str, tuple[Path, Path]],
    tmp_path: Path,
) -> None:
    root = tmp_path / "models"
    shutil.copytree(checkpoints[name][1], root)
    (file,) = (root / "checkpoints").iterdir()
    save_file(spoil(load_file(file)), file)
    with pytest.raises(ModelUnavailable, match=complaint):
        load(file)


@pytest.mark.parametrize(("marks", "found"), [(["v_pred"], False), (["v_pred", "ztsnr"], True)])
def test_a_checkpoint_that_predicts_velocity_says_so(
    marks: list[str], found: bool, checkpoints: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    shutil.copytree(checkpoints["sd_xl_base_1.0"][1], root)
    (file,) = (root / "checkpoints").iterdir()
    save_file(load_file(file) | {mark: torch.zeros(0) for mark in marks}, file)
    config = load(root).scheduler.config
    assert (config.prediction_type, config.rescale_betas_zero_snr) == ("v_prediction", found)


def test_a_checkpoint_of_another_noise_is_refused(checkpoints: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    root = tmp_path / "models"
    shutil.copytree(checkpoints["sd_xl_base_1.0"][1], root)
    (file,) = (root / "checkpoints").iterdir()
    save_file(load_file(file) | {"edm_mean": torch.zeros(1)}, file)
    with pytest.raises(ModelUnavailable, match="the noise of EDM, as Playground"):
        load(root)
