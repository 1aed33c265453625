"""Every form of LoRA file changes a picture as the merged weights do, whose difference is computed by hand here."""

import json
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from _tiny_drawing import draw
from _tiny_families import make_tiny_klein, make_tiny_qwen_image, make_tiny_z_image
from _tiny_flux import save_tiny_flux
from diffusers import ChromaTransformer2DModel, ErnieImageTransformer2DModel, FluxPipeline
from safetensors.torch import save_file

from blazon.diffusion.loras.adapters import fit_lora, load_loras
from blazon.diffusion.loras.specs import LoraSpec
from blazon.errors import ModelUnavailable

RANK = 2
Factors = dict[str, torch.Tensor]
# By family: an original layer and, in their order, the layers of diffusers that it consists of.
ORIGINALS = {
    "FLUX.1": {
        "double_blocks.0.img_attn.qkv": [f"transformer_blocks.0.attn.to_{part}" for part in "qkv"],
        "double_blocks.0.txt_attn.qkv": [f"transformer_blocks.0.attn.add_{part}_proj" for part in "qkv"],
        "double_blocks.0.img_attn.proj": ["transformer_blocks.0.attn.to_out.0"],
        "double_blocks.0.txt_attn.proj": ["transformer_blocks.0.attn.to_add_out"],
        "double_blocks.0.img_mod.lin": ["transformer_blocks.0.norm1.linear"],
        "double_blocks.0.txt_mlp.2": ["transformer_blocks.0.ff_context.net.2"],
        "double_blocks.0.img_mlp.0": ["transformer_blocks.0.ff.net.0.proj"],
        "single_blocks.0.linear1": [
            *(f"single_transformer_blocks.0.attn.to_{part}" for part in "qkv"),
            "single_transformer_blocks.0.proj_mlp",
        ],
        "single_blocks.0.linear2": ["single_transformer_blocks.0.proj_out"],
        "single_blocks.0.modulation.lin": ["single_transformer_blocks.0.norm.linear"],
        "img_in": ["x_embedder"],
        "vector_in.out_layer": ["time_text_embed.text_embedder.linear_2"],
        "guidance_in.in_layer": ["time_text_embed.guidance_embedder.linear_1"],
        "final_layer.linear": ["proj_out"],
        "final_layer.adaLN_modulation.1": ["norm_out.linear"],
    },
    "FLUX.2": {
        "double_blocks.0.img_attn.qkv": [f"transformer_blocks.0.attn.to_{part}" for part in "qkv"],
        "double_blocks.0.txt_mlp.0": ["transformer_blocks.0.ff_context.linear_in"],
        "double_blocks.0.img_mlp.2": ["transformer_blocks.0.ff.linear_out"],
        "single_blocks.0.linear1": ["single_transformer_blocks.0.attn.to_qkv_mlp_proj"],
        "single_blocks.0.linear2": ["single_transformer_blocks.0.attn.to_out"],
        "double_stream_modulation_txt.lin": ["double_stream_modulation_txt.linear"],
        "time_in.in_layer": ["time_guidance_embed.timestep_embedder.linear_1"],
        "txt_in": ["context_embedder"],
        "final_layer.adaLN_modulation.1": ["norm_out.linear"],
    },
    "Z-Image": {
        "layers.0.attention.qkv": [f"layers.0.attention.to_{part}" for part in "qkv"],
        "layers.0.attention.out": ["layers.0.attention.to_out.0"],
        "noise_refiner.0.attention.qkv": [f"noise_refiner.0.attention.to_{part}" for part in "qkv"],
        "layers.0.adaLN_modulation.0": ["layers.0.adaLN_modulation.0"],
        "cap_embedder.1": ["cap_embedder.1"],
        "x_embedder": ["all_x_embedder.2-1"],
        "final_layer.linear": ["all_final_layer.2-1.linear"],
    },
    "Qwen-Image": {
        name: [name]
        for name in (
            "transformer_blocks.0.attn.to_q",
            "transformer_blocks.0.attn.add_k_proj",
            "transformer_blocks.0.attn.to_out.0",
            "transformer_blocks.0.img_mlp.net.0.proj",
            "transformer_blocks.0.txt_mod.1",
            "img_in",
        )
    },
}


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    made = {
        "FLUX.1": FluxPipeline.from_pretrained(save_tiny_flux(tmp_path_factory.mktemp("flux"))),
        "FLUX.2": make_tiny_klein(),
        "Z-Image": make_tiny_z_image(),
        "Qwen-Image": make_tiny_qwen_image(),
    }
    for pipeline in made.values():
        pipeline.set_progress_bar_config(disable=True)
    return made


def merge(denoiser: torch.nn.Module, parts: list[str], difference: torch.Tensor, *, swapped: bool) -> None:
    """Add the difference of an original layer to the weights of the layers that it consists of."""
    start = 0
    for part in parts:
        weights = denoiser.get_submodule(part).weight
        own = difference[start : start + len(weights)]
        if swapped and part == "norm_out.linear":  # shift and scale stand in the other order in the original
            own = torch.cat([own[len(own) // 2 :], own[: len(own) // 2]])
        with torch.no_grad():
            weights += own
        start += len(weights)
    assert start == len(difference)


def list_layers(pipeline: Any, family: str, *, split: bool) -> Iterator[tuple[str, list[str], tuple[int, int]]]:
    """Give the name in the file of each layer, what it consists of, and the shape of its weights."""
    for original, parts in ORIGINALS[family].items():
        shapes = [tuple(pipeline.transformer.get_submodule(part).weight.shape) for part in parts]
        if split:
            yield from ((part, [part], shape) for part, shape in zip(parts, shapes, strict=True))
        else:
            yield original, parts, (sum(shape[0] for shape in shapes), shapes[0][1])


def low_rank(shape: tuple[int, int], down: str, up: str, alpha: float | None) -> tuple[Factors, torch.Tensor]:
    first, second = torch.randn(RANK, shape[1]) * 0.3, torch.randn(shape[0], RANK) * 0.3
    factors = {down: first, up: second} | ({} if alpha is None else {"alpha": torch.tensor(alpha)})
    return factors, second @ first * (1.0 if alpha is None else alpha / RANK)


def kohya(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    return low_rank(shape, "lora_down.weight", "lora_up.weight", 1.0)


def peft(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    return low_rank(shape, "lora_A.weight", "lora_B.weight", None)


def named_adapter(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    return low_rank(shape, "lora_A.default.weight", "lora_B.default.weight", None)


def dotted(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    return low_rank(shape, "lora.down.weight", "lora.up.weight", 3.0)


def lokr(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    w1 = torch.randn(2, 2)
    a, b = torch.randn(shape[0] // 2, RANK) * 0.3, torch.randn(RANK, shape[1] // 2) * 0.3
    factors = {"lokr_w1": w1, "lokr_w2_a": a, "lokr_w2_b": b, "alpha": torch.tensor(1.0)}
    return factors, torch.kron(w1, a @ b) / RANK


def full_lokr(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    w1, w2 = torch.randn(2, 4), torch.randn(shape[0] // 2, shape[1] // 4) * 0.1
    return {"lokr_w1": w1, "lokr_w2": w2, "alpha": torch.tensor(1e10)}, torch.kron(w1, w2)


def loha(shape: tuple[int, int]) -> tuple[Factors, torch.Tensor]:
    a, b, c, d = (torch.randn(size) * 0.5 for size in ((shape[0], RANK), (RANK, shape[1])) * 2)
    factors = {"hada_w1_a": a, "hada_w1_b": b, "hada_w2_a": c, "hada_w2_b": d, "alpha": torch.tensor(1.0)}
    return factors, (a @ b) * (c @ d) / RANK


def underscored(prefix: str) -> Callable[[str], str]:
    return lambda name: prefix + name.replace(".", "_")


def prefixed(prefix: str) -> Callable[[str], str]:
    return lambda name: prefix + name


FORMS: dict[str, tuple[Callable[[str], str], Callable[[tuple[int, int]], tuple[Factors, torch.Tensor]], bool]] = {
    "diffusers": (prefixed("transformer."), peft, True),
    "peft": (prefixed("base_model.model."), named_adapter, True),
    "bare": (prefixed(""), peft, True),
    "ai-toolkit": (prefixed("diffusion_model."), peft, False),
    "kohya": (underscored("lora_unet_"), kohya, False),
    "kohya with the names of diffusers": (underscored("lora_unet_"), kohya, True),
    "OneTrainer": (underscored("lora_transformer_"), kohya, True),
    "dotted": (prefixed("diffusion_model."), dotted, False),
    "LyCORIS LoKr": (underscored("lycoris_"), lokr, True),
    "LoKr of fused layers": (prefixed("diffusion_model."), lokr, False),
    "LoKr with both factors whole": (prefixed("transformer."), full_lokr, True),
    "LoHa": (underscored("lora_unet_"), loha, False),
}


COMMON = ("diffusers", "ai-toolkit", "kohya", "OneTrainer", "LyCORIS LoKr")


@pytest.mark.parametrize(
    ("family", "form"),
    [(family, form) for family in ORIGINALS for form in (FORMS if family == "FLUX.1" else COMMON)],
)
def test_a_picture_changes_as_with_merged_weights(
    family: str, form: str, pipelines: dict[str, Any], tmp_path: Path
) -> None:
    torch.manual_seed(7)
    plain = pipelines[family]
    pipeline, merged = copy(plain), copy(plain)
    pipeline.transformer, merged.transformer = deepcopy(plain.transformer), deepcopy(plain.transformer)
    rename, make, split = FORMS[form]
    tensors: Factors = {}
    for name, parts, shape in list_layers(plain, family, split=split):
        factors, difference = make(shape)
        tensors |= {f"{rename(name)}.{factor}": tensor.contiguous() for factor, tensor in factors.items()}
        merge(merged.transformer, parts, 0.7 * difference, swapped=not split)
    save_file(tensors, tmp_path / "ink.safetensors")
    adapters = load_loras(pipeline, [LoraSpec("ink", tmp_path / "ink.safetensors")])
    assert adapters.refused == {}
    before, expected = draw(pipeline), draw(merged)
    assert (expected - before).abs().max() > 0.01
    adapters.use((("ink", 0.7),))
    torch.testing.assert_close(draw(pipeline), expected, atol=2e-4, rtol=0)


def test_xlabs_files_too(pipelines: dict[str, Any], tmp_path: Path) -> None:
    torch.manual_seed(7)
    own, merged = deepcopy(pipelines["FLUX.1"].transformer), deepcopy(pipelines["FLUX.1"].transformer)
    names = {
        "double_blocks.0.processor.qkv_lora1": "double_blocks.0.img_attn.qkv",
        "double_blocks.0.processor.qkv_lora2": "double_blocks.0.txt_attn.qkv",
        "double_blocks.0.processor.proj_lora1": "double_blocks.0.img_attn.proj",
        "double_blocks.0.processor.proj_lora2": "double_blocks.0.txt_attn.proj",
    }
    tensors: Factors = {}
    for name, original in names.items():
        parts = ORIGINALS["FLUX.1"][original]
        weights = [own.get_submodule(part).weight for part in parts]
        factors, difference = low_rank((sum(map(len, weights)), weights[0].shape[1]), "down.weight", "up.weight", None)
        tensors |= {f"{name}.{factor}": tensor for factor, tensor in factors.items()}
        merge(merged, parts, difference, swapped=True)
    save_file(tensors, tmp_path / "x.safetensors")
    changes = fit_lora(own, LoraSpec("x", tmp_path / "x.safetensors"))
    for layer, (change,) in changes.items():
        taken = torch.randn(3, own.get_submodule(layer).in_features)
        linear = merged.get_submodule(layer)
        expected = linear(taken) - own.get_submodule(layer)(taken)
        torch.testing.assert_close(change.add(linear, taken, 1.0), expected, atol=1e-5, rtol=1e-5)
    assert len(changes) == 8


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({}, 1.0),
        ({"transformer.lora_alpha": 1}, 0.5),
        ({"transformer.lora_alpha": 1, "transformer.alpha_pattern": {"attn.to_q": 8}}, 4.0),
        ({"transformer.lora_alpha": 4, "transformer.use_rslora": True}, 4 / 2**0.5),
    ],
)
def test_the_scale_of_peft_is_that_of_the_header(
    config: dict[str, Any], scale: float, pipelines: dict[str, Any], tmp_path: Path
) -> None:
    factors, difference = peft((32, 32))
    tensors = {f"transformer.transformer_blocks.0.attn.to_q.{factor}": tensor for factor, tensor in factors.items()}
    save_file(tensors, tmp_path / "x.safetensors", {"lora_adapter_metadata": json.dumps(config)})
    denoiser = pipelines["FLUX.1"].transformer
    ((change,),) = fit_lora(denoiser, LoraSpec("x", tmp_path / "x.safetensors")).values()
    taken = torch.randn(3, 32)
    torch.testing.assert_close(change.add(denoiser.x_embedder, taken, 1.0), taken @ difference.T * scale)


def write(path: Path, layers: dict[str, tuple[int, int]], **more: torch.Tensor) -> LoraSpec:
    tensors = dict(more)
    for name, (rows, columns) in layers.items():
        tensors |= {f"{name}.lora_A.weight": torch.ones(2, columns), f"{name}.lora_B.weight": torch.ones(rows, 2)}
    save_file(tensors, path)
    return LoraSpec("ink", path)


def refuse(pipelines: dict[str, Any], spec: LoraSpec, family: str = "FLUX.1") -> str:
    with pytest.raises(ModelUnavailable) as refusal:
        fit_lora(pipelines[family].transformer, spec)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_file_of_which_little_fits_is_refused_with_numbers(pipelines: dict[str, Any], tmp_path: Path) -> None:
    names = {f"transformer.transformer_blocks.{block}.attn.to_q": (32, 32) for block in range(39)}
    told = refuse(pipelines, write(tmp_path / "ink.safetensors", names))
    assert "1 of its 39 layers fit" in told
    assert "the model has no transformer_blocks.1.attn.to_q" in told


@pytest.mark.parametrize(
    ("layers", "family"),
    [
        (["diffusion_model.layers.3.attention.to_q"], "Z-Image"),
        (
            ["transformer.transformer_blocks.7.img_mlp.net.2", "transformer.transformer_blocks.7.attn.to_q"],
            "Qwen-Image",
        ),
        (["transformer.single_transformer_blocks.3.attn.to_qkv_mlp_proj"], "FLUX.2"),
        (["lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q"], "Stable Diffusion XL"),
        (["lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"], "Stable Diffusion"),
        (["diffusion_model.blocks.0.self_attn.q"], "Wan"),
        (["diffusion_model.layers.3.self_attention.to_q"], "ERNIE-Image"),
    ],
)
def test_a_lora_of_another_family_is_told_by_its_name(
    layers: list[str], family: str, pipelines: dict[str, Any], tmp_path: Path
) -> None:
    told = refuse(pipelines, write(tmp_path / "ink.safetensors", dict.fromkeys(layers, (16, 16))))
    assert f"is for {family}, this model is FLUX.1" in told


@pytest.mark.filterwarnings("ignore:.*FluxPosEmbed:FutureWarning")
def test_every_model_of_the_step_engine_is_called_as_its_family(tmp_path: Path) -> None:
    spec = write(tmp_path / "ink.safetensors", {"diffusion_model.blocks.0.self_attn.q": (16, 16)})
    with torch.device("meta"):
        ernie = ErnieImageTransformer2DModel(hidden_size=256, num_attention_heads=2, num_layers=1, ffn_hidden_size=256)
        chroma = ChromaTransformer2DModel(num_layers=1, num_single_layers=1, num_attention_heads=1)
    for denoiser, family in ((ernie, "ERNIE-Image"), (chroma, "Chroma")):
        with pytest.raises(ModelUnavailable, match=f"is for Wan, this model is {family}"):
            fit_lora(denoiser, spec)


def test_the_header_may_tell_the_family(pipelines: dict[str, Any], tmp_path: Path) -> None:
    tensors = {"lora_unet_x.lora_down.weight": torch.ones(1, 4), "lora_unet_x.lora_up.weight": torch.ones(4, 1)}
    save_file(tensors, tmp_path / "x.safetensors", {"modelspec.architecture": "flux-1-dev/lora"})
    assert "is for FLUX.1, this model is Z-Image" in refuse(
        pipelines, LoraSpec("x", tmp_path / "x.safetensors"), "Z-Image"
    )


def test_a_lora_of_a_larger_model_of_the_family_is_refused_by_its_shape(
    pipelines: dict[str, Any], tmp_path: Path
) -> None:
    spec = write(tmp_path / "ink.safetensors", {"transformer.transformer_blocks.0.attn.to_q": (64, 64)})
    assert "0 of its 1 layers fit (transformer_blocks.0.attn.to_q is (64, 64), the model's is (32, 32))" in refuse(
        pipelines, spec
    )


Q = {"transformer.transformer_blocks.0.attn.to_q": (32, 32)}
NAME = "transformer.transformer_blocks.0.attn.to_q"


@pytest.mark.parametrize(
    ("layers", "more", "complaint"),
    [
        ({**Q, "transformer.x_embedder": (32, 32)}, {}, "is a Control LoRA"),
        (Q, {"transformer.transformer_blocks.0.attn.norm_q.weight": torch.ones(16)}, "is a Control LoRA"),
        (Q, {"double_blocks.0.img_attn.norm.query_norm.scale": torch.ones(16)}, "is a Control LoRA"),
        ({"lora_te1_text_model_encoder_layers_0_mlp_fc1": (8, 8)}, {}, "changes the text encoder only (1 layers)"),
        ({"text_encoder.text_model.encoder.layers.0.mlp.fc1": (8, 8)}, {}, "changes the text encoder only"),
        (Q, {f"{NAME}.dora_scale": torch.ones(32)}, "is a DoRA"),
        (Q, {f"{NAME}.lora_magnitude_vector": torch.ones(32)}, "is a DoRA"),
        ({}, {f"{NAME}.oft_blocks": torch.ones(2, 2, 2)}, "of another kind than LoRA"),
        ({}, {f"{NAME}.diff": torch.ones(32, 31)}, "0 of its 1 layers fit (transformer_blocks.0.attn.to_q is (32, 31)"),
        ({**Q, "lora_unet_transformer_blocks_0_attn_to_q": (32, 32)}, {}, "changes one layer twice"),
        (Q, {f"base_model.model.{NAME}.lora_B.default.weight": torch.ones(32, 2)}, "has two factors 'up'"),
        (Q, {f"{NAME}.alpha": torch.ones(2)}, "do not belong together"),
        (Q, {f"{NAME}.alpha": torch.tensor(torch.nan)}, "numbers that are not finite"),
        ({}, {f"{NAME}.alpha": torch.tensor(1.0)}, "do not belong together"),
        ({}, {"image_proj.proj.weight": torch.ones(2, 2)}, "is no LoRA but an IP-Adapter"),
        ({}, {"double_blocks.0.processor.ip_adapter_double_stream_k_proj.weight": torch.ones(2, 2)}, "an IP-Adapter"),
        ({}, {"clip_l": torch.ones(2, 8), "clip_g": torch.ones(2, 8)}, "is no LoRA but a textual inversion"),
        ({}, {"emb_params": torch.ones(2, 8)}, "is no LoRA but a textual inversion"),
        ({}, {"controlnet_x_embedder.weight": torch.ones(2, 8)}, "is no LoRA but a ControlNet"),
        ({}, {f"{NAME}.lora_A.weight": torch.ones(2, 32)}, "do not belong together"),
        (Q, {"lora_B.weight.of.nothing": torch.ones(2)}, "1 of its 1 layers fit (the model has no lora_B.weight.of"),
        ({}, {"encoder.block.0.weight": torch.ones(2)}, "is no LoRA: none of its 1 tensors"),
        ({}, {f"{NAME}.lora_A.weight": torch.full((2, 32), torch.nan), f"{NAME}.lora_B.weight": torch.ones(32, 2)},
         "numbers that are not finite"),
    ],
)  # fmt: skip
def test_what_cannot_be_applied_is_refused_by_its_kind(
    layers: dict[str, tuple[int, int]],
    more: dict[str, torch.Tensor],
    complaint: str,
    pipelines: dict[str, Any],
    tmp_path: Path,
) -> None:
    assert complaint in refuse(pipelines, write(tmp_path / "ink.safetensors", layers, **more))


def test_a_bad_file_stops_no_other(pipelines: dict[str, Any], tmp_path: Path) -> None:
    pipeline = pipelines["FLUX.1"]
    good = write(tmp_path / "good.safetensors", Q)
    short = tmp_path / "short.safetensors"
    short.write_bytes(good.path.read_bytes()[:-7])
    specs = [
        LoraSpec("gone", tmp_path / "gone.safetensors"),
        LoraSpec("short", short),
        LoraSpec("good", good.path),
        LoraSpec("odd", Path(), problem="LORAS: 'odd' cannot be understood"),
    ]
    adapters = load_loras(pipeline, specs)
    assert adapters.names == ("good",)
    assert "there is no file" in adapters.refused["gone"]
    assert "damaged" in adapters.refused["short"]
    assert "cannot be understood" in adapters.refused["odd"]
