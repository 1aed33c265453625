"""Text encoders as GGUF files of llama.cpp are unpacked while they are loaded."""

import shutil
from pathlib import Path

import gguf
import pytest
import torch
from _tiny_drawing import draw, load
from _tiny_families import save_tiny_qwen_image, save_tiny_z_image
from _tiny_flux import save_tiny_flux
from _tiny_single_files import PARTS, Tensors, write_files
from safetensors.torch import load_file, save_file

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.files.encoder_names import rename_llama_cpp
from blazon.errors import ModelUnavailable

# Family: what saves it, the part that is GGUF, its architecture there, and the file in whose place it comes.
ENCODERS = {
    "FLUX.1": (save_tiny_flux, "text_encoder_2", "t5encoder", "t5xxl_fp16"),
    "Z-Image": (save_tiny_z_image, "text_encoder", "qwen3", "qwen_3_4b"),
    "Qwen-Image": (save_tiny_qwen_image, "text_encoder", "qwen2vl", "qwen_2.5_vl_7b"),
}
# By the ends of names: what llama.cpp calls layers, in the order of its `tensor_mapping`.
LAYERS = {
    "t5encoder": {
        "shared": "token_embd",
        "encoder.final_layer_norm": "enc.output_norm",
        "SelfAttention.q": "attn_q",
        "SelfAttention.k": "attn_k",
        "SelfAttention.v": "attn_v",
        "SelfAttention.o": "attn_o",
        "SelfAttention.relative_attention_bias": "attn_rel_b",
        "layer.0.layer_norm": "attn_norm",
        "DenseReluDense.wi_0": "ffn_gate",
        "DenseReluDense.wi_1": "ffn_up",
        "DenseReluDense.wo": "ffn_down",
        "layer.1.layer_norm": "ffn_norm",
    },
    "language model": {
        "embed_tokens": "token_embd",
        "model.norm": "output_norm",
        "lm_head": "output",
        "q_proj": "attn_q",
        "k_proj": "attn_k",
        "v_proj": "attn_v",
        "o_proj": "attn_output",
        "q_norm": "attn_q_norm",
        "k_norm": "attn_k_norm",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "gate_proj": "ffn_gate",
        "up_proj": "ffn_up",
        "down_proj": "ffn_down",
    },
}


def rename_to_llama_cpp(tensors: Tensors, architecture: str) -> Tensors:
    layers = LAYERS.get(architecture, LAYERS["language model"])
    start = "enc.blk" if architecture == "t5encoder" else "blk"
    made = {}
    for name, tensor in tensors.items():
        layer, _, leaf = name.rpartition(".")
        if layer.startswith("visual."):
            continue  # llama.cpp has the eyes in a file of their own
        called = layers[max((end for end in layers if layer.endswith(end)), key=len)]
        number = next((word for word in layer.split(".") if word.isdecimal()), None)
        inside = number is not None and not called.startswith(("token", "output", "enc."))
        made[f"{start}.{number}.{called}.{leaf}" if inside else f"{called}.{leaf}"] = tensor
    return made


def pack(file: Path, architecture: str) -> Path:
    """Write a text encoder as GGUF in the place of its safetensors file, in eight bits where that fits."""
    packed = file.with_suffix(".gguf")
    writer = gguf.GGUFWriter(str(packed), architecture)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    for name, tensor in rename_to_llama_cpp(load_file(file), architecture).items():
        kind = gguf.GGMLQuantizationType.F32
        if tensor.ndim == 2 and tensor.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(tensor.float().numpy(), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    file.unlink()
    return packed


@pytest.mark.parametrize("family", ENCODERS)
def test_a_text_encoder_as_gguf_reads_as_the_same_one_unpacked(family: str, tmp_path: Path) -> None:
    save, part, architecture, name = ENCODERS[family]
    folder = save(tmp_path / "diffusers")
    root = tmp_path / "models"
    write_files(family, folder, root)
    pack(root / "text_encoders" / f"{name}.safetensors", architecture)
    whole = inspect_model(ModelSource(folder)).parts[part]
    found = inspect_model(ModelSource(root)).parts[part]
    assert found.parameters > 0.3 * whole.parameters  # the plan counts what it becomes, but for eyes that are not there
    assert found.linear > 0
    assert (draw(load(root)) - draw(load(folder))).abs().mean() < 0.02


def test_a_gguf_text_encoder_that_lacks_a_layer_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "models"
    write_files("FLUX.1", save_tiny_flux(tmp_path / "diffusers"), root)
    file = root / "text_encoders" / "t5xxl_fp16.safetensors"
    tensors = load_file(file)

    save_file(
        {name: tensor for name, tensor in tensors.items() if "block.1.layer.1.DenseReluDense.wo" not in name}, file
    )
    pack(file, "t5encoder")
    with pytest.raises(
        ModelUnavailable, match=r"t5xxl_fp16\.gguf lacks tensors of a T5EncoderModel, encoder\.block\.1"
    ):
        load(root)


def test_a_gguf_text_encoder_of_another_kind_is_named(tmp_path: Path) -> None:
    root = tmp_path / "models"
    write_files("FLUX.1", save_tiny_flux(tmp_path / "diffusers"), root)
    t5 = root / "text_encoders" / "t5xxl_fp16.safetensors"
    pack(t5, "t5encoder").write_bytes(b"GGUF cut short")
    with pytest.raises(ModelUnavailable, match=r"needs T5-XXL .*t5xxl_fp16\.gguf is damaged"):
        load(root)
    shutil.rmtree(root / "text_encoders")
    for place, name, _ in PARTS["FLUX.1"][1:2]:
        (root / place).mkdir()
        torch.manual_seed(0)
        writer = gguf.GGUFWriter(str(root / place / f"{name}.gguf"), "llama")
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    with pytest.raises(ModelUnavailable, match=r"needs CLIP-L .*; clip_l\.gguf is a unknown \(llama\)"):
        load(root)


def test_names_that_llama_cpp_does_not_have_stay() -> None:
    assert rename_llama_cpp({"blk.0.ssm_a.weight": 1, "rope_freqs.weight": 1}) == {
        "blk.0.ssm_a.weight": "blk.0.ssm_a.weight",
        "rope_freqs.weight": "rope_freqs.weight",
    }
