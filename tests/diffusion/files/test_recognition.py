import struct
from pathlib import Path

import gguf
import pytest
from _hub_server import make_safetensors
from hypothesis import given
from hypothesis import strategies as st

from blazon.diffusion.files.recognition import recognise


@pytest.mark.parametrize(
    ("names", "role", "kind"),
    [
        (["double_blocks.0.img_mod.lin.weight", "guidance_in.in_layer.weight"], "denoiser", "FLUX.1 [dev]"),
        (["double_blocks.0.img_mod.lin.weight"], "denoiser", "FLUX.1 [schnell]"),
        (["model.diffusion_model.double_blocks.0.x", "vae.decoder.conv_in.weight"], "checkpoint", "FLUX.1 [schnell]"),
        (["single_transformer_blocks.0.x"], "denoiser", "FLUX.1 [schnell], in the form of diffusers"),
        (["double_stream_modulation_img.lin.weight", "double_blocks.0.x"], "denoiser", "FLUX.2"),
        (["transformer_blocks.0.img_mod.1.weight", "txt_norm.weight"], "denoiser", "Qwen-Image"),
        (["noise_refiner.0.x", "cap_embedder.0.weight"], "denoiser", "Z-Image or Lumina 2"),
        (
            ["model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.x"],
            "checkpoint",
            "Stable Diffusion U-Net",
        ),
        (["encoder.block.0.layer.0.SelfAttention.q.weight", "shared.weight"], "text encoder", "T5"),
        ({"text_model.embeddings.token_embedding.weight": (49408, 768)}, "text encoder", "CLIP-L"),
        (["model.layers.0.self_attn.q_proj.weight"], "text encoder", "language model"),
        ({"decoder.conv_in.weight": (512, 16, 3, 3)}, "VAE", "16 channels (FLUX.1)"),
        ({"decoder.conv_in.weight": (512, 4, 3, 3)}, "VAE", "4 channels (Stable Diffusion)"),
        (["transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight"], "LoRA", "FLUX.1"),
        (["something.weight"], "unknown", "not recognised"),
    ],
)
def test_safetensors_files_are_recognised_by_the_names_of_their_tensors(tmp_path, names, role, kind):
    path = tmp_path / "x.safetensors"
    path.write_bytes(make_safetensors(names))
    found = recognise(path)
    assert (found.role, found.kind, found.problem) == (role, kind, "")


@pytest.mark.parametrize(
    ("architecture", "kind"), [("flux", "FLUX.1"), ("t5encoder", "T5"), ("llama", "llama"), ("", "not recognised")]
)
def test_gguf_files_tell_their_architecture(tmp_path, architecture, kind):
    path = tmp_path / "x.gguf"
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_array("tokens", ["a", "b"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    found = recognise(path)
    assert (found.kind, found.problem) == (kind, "")


def test_what_comes_before_the_architecture_is_passed_over(tmp_path):
    def text(value):
        return struct.pack("<Q", len(value)) + value

    entries = [
        text(b"a") + struct.pack("<If", 6, 1.0),
        text(b"b") + struct.pack("<IIQ", 9, 8, 2) + text(b"x") + text(b"yy"),
        text(b"c") + struct.pack("<IIQ", 9, 4, 3) + bytes(12),
        text(b"general.architecture") + struct.pack("<I", 8) + text(b"flux"),
    ]
    path = tmp_path / "x.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries))
    assert recognise(path).kind == "FLUX.1"


@pytest.mark.parametrize("suffix", [".safetensors", ".gguf"])
@given(content=st.binary(max_size=200) | st.binary(max_size=100).map(lambda rest: b"GGUF\3\0\0\0" + rest))
def test_any_other_content_is_told_and_never_an_error(tmp_path_factory, suffix, content):
    path = tmp_path_factory.mktemp("files") / f"x{suffix}"
    path.write_bytes(content)
    found = recognise(path)
    assert found.role == "unknown"


def test_a_file_that_is_gone_is_told():
    assert "cannot be read" in recognise(Path("/no/such.safetensors")).problem
