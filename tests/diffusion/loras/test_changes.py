"""What LyCORIS and kohya write for one layer changes it as the weights do that their formulas give."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from _tiny_others import make_tiny_sd3, make_tiny_sdxl
from safetensors.torch import save_file
from torch import nn

from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.loras.fitting import fit_lora
from blazon.diffusion.loras.specs import LoraSpec
from blazon.errors import ModelUnavailable

CPU = torch.device("cpu")
Made = tuple[dict[str, torch.Tensor], torch.Tensor]


class Model(nn.Module):
    """A layer of each kind; on both sides of the convolution there are as many channels as numbers in the line."""

    device, dtype = CPU, torch.float32

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(6, 8)
        self.conv = nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.deep = nn.Conv2d(8, 8, 3, padding=1, groups=4)


def tucker(shape: tuple[int, ...]) -> Made:
    down, middle, up = torch.randn(2, shape[1], 1, 1), torch.randn(2, 2, *shape[2:]), torch.randn(shape[0], 2, 1, 1)
    factors = {"lora_down.weight": down, "lora_mid.weight": middle, "lora_up.weight": up, "alpha": torch.tensor(1.0)}
    return factors, torch.einsum("onxy,nmhw,mixy->oihw", up, middle, down) / 2


def loha(shape: tuple[int, ...]) -> Made:
    flat = math.prod(shape[1:])
    a, b, c, d = (torch.randn(size) for size in ((shape[0], 2), (2, flat)) * 2)
    factors = {"hada_w1_a": a, "hada_w1_b": b, "hada_w2_a": c, "hada_w2_b": d, "alpha": torch.tensor(1.0)}
    return factors, ((a @ b) * (c @ d) / 2).reshape(shape)


def loha_tucker(shape: tuple[int, ...]) -> Made:
    sides = [(torch.randn(2, 2, *shape[2:]), torch.randn(2, shape[0]), torch.randn(2, shape[1])) for _ in "12"]
    factors = {}
    for number, (middle, a, b) in enumerate(sides, start=1):
        factors |= {f"hada_t{number}": middle, f"hada_w{number}_a": a, f"hada_w{number}_b": b}
    first, second = (torch.einsum("ijhw,jr,ip->prhw", middle, b, a) for middle, a, b in sides)
    return factors, first * second


def lokr(shape: tuple[int, ...]) -> Made:
    w1, w2 = torch.randn(2, 3), torch.randn(shape[0] // 2, shape[1] // 3, *shape[2:])
    return {"lokr_w1": w1, "lokr_w2": w2}, torch.kron(w1.reshape(2, 3, *(1,) * (len(shape) - 2)), w2)


def lokr_flat(shape: tuple[int, ...]) -> Made:
    w1, a, b = torch.randn(2, 3), torch.randn(4, 2), torch.randn(2, 2 * 9)
    factors = {"lokr_w1": w1, "lokr_w2_a": a, "lokr_w2_b": b, "alpha": torch.tensor(4.0)}
    return factors, 2 * torch.kron(w1[:, :, None, None], (a @ b).reshape(4, 2, 3, 3)).reshape(shape)


def lokr_tucker(_: tuple[int, ...]) -> Made:
    w1, middle, a, b = torch.randn(2, 3), torch.randn(2, 2, 3, 3), torch.randn(2, 4), torch.randn(2, 2)
    w2 = torch.einsum("ijhw,ip,jr->prhw", middle, a, b)
    factors = {"lokr_w1": w1, "lokr_t2": middle, "lokr_w2_a": a, "lokr_w2_b": b, "alpha": torch.tensor(2.0)}
    return factors, torch.kron(w1[:, :, None, None], w2.contiguous())


def whole(shape: tuple[int, ...]) -> Made:
    made = torch.randn(shape)
    return {"diff": made}, made


@pytest.mark.parametrize(
    ("layer", "make"),
    [
        ("conv", tucker),
        ("conv", loha),
        ("linear", loha),
        ("conv", loha_tucker),
        ("conv", lokr),
        ("linear", lokr),
        ("conv", lokr_flat),
        ("conv", lokr_tucker),
        ("conv", whole),
        ("linear", whole),
        ("deep", whole),
    ],
)
def test_a_layer_changes_as_with_the_weights_of_the_formula(
    layer: str, make: Callable[[tuple[int, ...]], Made], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model, merged = Model(), Model()
    merged.load_state_dict(model.state_dict())
    factors, difference = make(model.get_submodule(layer).weight.shape)
    bias = torch.randn(8)
    save_file(
        {f"lora_unet_{layer}.{factor}": tensor.contiguous() for factor, tensor in factors.items()}
        | {f"lora_unet_{layer}.diff_b": bias},
        tmp_path / "x.safetensors",
    )
    adapters = Adapters(model)
    adapters.add("x", fit_lora(model, LoraSpec("x", tmp_path / "x.safetensors")))
    adapters.use((("x", -0.5),))
    with torch.no_grad():
        merged.get_submodule(layer).weight += -0.5 * difference
        merged.get_submodule(layer).bias += -0.5 * bias
    taken = torch.randn(3, 6) if layer == "linear" else torch.randn(3, 8 if layer == "deep" else 6, 7, 7)
    expected = merged.get_submodule(layer)(taken)
    torch.testing.assert_close(model.get_submodule(layer)(taken), expected, atol=1e-4, rtol=1e-4)


def write(path: Path, layers: dict[str, tuple[int, int]], value: float = 1.0) -> LoraSpec:
    tensors = {}
    for name, (rows, columns) in layers.items():
        tensors[f"{name}.lora_down.weight"] = torch.full((2, columns), value)
        tensors[f"{name}.lora_up.weight"] = torch.arange(rows * 2.0).reshape(rows, 2)
    save_file(tensors, path)
    return LoraSpec("x", path)


def test_a_convolution_by_groups_takes_no_lora(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"0 of its 1 layers fit \(deep is a convolution by groups"):
        fit_lora(Model(), write(tmp_path / "x.safetensors", {"lora_unet_deep": (8, 2 * 9)}))


def test_numbers_that_the_layer_cannot_hold_are_found_while_loading(tmp_path: Path) -> None:
    spec = write(tmp_path / "x.safetensors", {"lora_unet_linear": (8, 6)}, 1e6)
    with pytest.raises(ModelUnavailable, match="layer linear, holds numbers too large for float16"):
        fit_lora(Model().half(), spec)


def test_a_lora_is_as_wide_as_its_layer_computes_not_as_its_weights_are_kept(tmp_path: Path) -> None:
    model = Model()
    model.linear.weight = nn.Parameter(torch.zeros(8, 3, dtype=torch.uint8), requires_grad=False)
    spec = write(tmp_path / "x.safetensors", {"lora_unet_linear": (8, 6)})
    ((change,),) = fit_lora(model, spec).values()
    assert change.numbers[0].dtype is torch.float32
    model.linear.compute_dtype = torch.bfloat16  # as layers of GGUF and bitsandbytes have it
    ((change,),) = fit_lora(model, spec).values()
    assert change.numbers[0].dtype is torch.bfloat16


# By the names that kohya's scripts write: the layers of diffusers, and whether their halves are swapped.
SDXL = {
    "input_blocks_0_0": ["conv_in"],
    "input_blocks_1_0_emb_layers_1": ["down_blocks.0.resnets.0.time_emb_proj"],
    "input_blocks_2_0_op": ["down_blocks.0.downsamplers.0.conv"],
    "input_blocks_3_0_skip_connection": ["down_blocks.1.resnets.0.conv_shortcut"],
    "input_blocks_3_1_transformer_blocks_0_attn2_to_k": ["down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k"],
    "middle_block_1_proj_in": ["mid_block.attentions.0.proj_in"],
    "middle_block_2_out_layers_3": ["mid_block.resnets.1.conv2"],
    "output_blocks_1_1_transformer_blocks_0_ff_net_0_proj": [
        "up_blocks.0.attentions.1.transformer_blocks.0.ff.net.0.proj"
    ],
    "output_blocks_1_2_conv": ["up_blocks.0.upsamplers.0.conv"],
    "output_blocks_3_0_in_layers_2": ["up_blocks.1.resnets.1.conv1"],
    "label_emb_0_2": ["add_embedding.linear_2"],
    "out_2": ["conv_out"],
}
SD3 = {
    "joint_blocks_0_x_block_attn_qkv": [f"transformer_blocks.0.attn.to_{part}" for part in "qkv"],
    "joint_blocks_0_context_block_attn_qkv": [f"transformer_blocks.0.attn.add_{part}_proj" for part in "qkv"],
    "joint_blocks_0_x_block_mlp_fc1": ["transformer_blocks.0.ff.net.0.proj"],
    "joint_blocks_0_x_block_adaLN_modulation_1": ["transformer_blocks.0.norm1.linear"],
    "joint_blocks_0_context_block_adaLN_modulation_1": ["transformer_blocks.0.norm1_context.linear"],
    "y_embedder_mlp_2": ["time_text_embed.text_embedder.linear_2"],
    "final_layer_adaLN_modulation_1": ["norm_out.linear"],
}


@pytest.mark.parametrize(
    ("make", "names", "swapped"),
    [
        (lambda: make_tiny_sdxl().unet, SDXL, ()),
        (lambda: make_tiny_sd3().transformer, SD3, ("norm_out.linear", "transformer_blocks.0.norm1_context.linear")),
    ],
)
def test_the_makers_names_of_stable_diffusion_find_their_layers(
    make: Callable[[], nn.Module], names: dict[str, list[str]], swapped: tuple[str, ...], tmp_path: Path
) -> None:
    model = make()
    shapes = {name: [model.get_submodule(part).weight.shape for part in parts] for name, parts in names.items()}
    spec = write(
        tmp_path / "x.safetensors",
        {f"lora_unet_{name}": (sum(s[0] for s in found), found[0][1:].numel()) for name, found in shapes.items()},
    )
    changes = fit_lora(model, spec)
    assert set(changes) == {part for parts in names.values() for part in parts}
    for name, parts in names.items():
        ups = []
        for part in parts:
            up = changes[part][0].numbers[1]
            ups.append(torch.cat([up[len(up) // 2 :], up[: len(up) // 2]]) if part in swapped else up)
        rows = sum(shape[0] for shape in shapes[name])
        assert torch.equal(torch.cat(ups), torch.arange(rows * 2.0).reshape(rows, 2))
