"""The names that layers of text encoders have in files beside those that transformers gives them.

GGUF files have those of llama.cpp (https://github.com/ggml-org/llama.cpp, `gguf-py/gguf/tensor_mapping.py`); the second
encoder of Stable Diffusion XL has those of OpenCLIP (https://github.com/mlfoundations/open_clip, `transformer.py`).
"""

import re
from collections.abc import Mapping
from typing import Final

_T5: Final[Mapping[str, str]] = {
    "attn_q": "layer.0.SelfAttention.q",
    "attn_k": "layer.0.SelfAttention.k",
    "attn_v": "layer.0.SelfAttention.v",
    "attn_o": "layer.0.SelfAttention.o",
    "attn_rel_b": "layer.0.SelfAttention.relative_attention_bias",
    "attn_norm": "layer.0.layer_norm",
    "ffn_gate": "layer.1.DenseReluDense.wi_0",
    "ffn_up": "layer.1.DenseReluDense.wi_1",
    "ffn_down": "layer.1.DenseReluDense.wo",
    "ffn_norm": "layer.1.layer_norm",
}
_LANGUAGE_MODEL: Final[Mapping[str, str]] = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_norm": "input_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "ffn_norm": "post_attention_layernorm",
}
_OUTSIDE: Final[Mapping[str, str]] = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "enc.output_norm": "encoder.final_layer_norm",
}
_BLOCK: Final = re.compile(r"(enc\.)?blk\.(\d+)\.(\w+)\.(weight|bias)")
_OPEN_CLIP: Final[tuple[tuple[str, str], ...]] = (
    (r"^positional_embedding$", "text_model.embeddings.position_embedding.weight"),
    (r"^token_embedding\.", "text_model.embeddings.token_embedding."),
    (r"^ln_final\.", "text_model.final_layer_norm."),
    (r"^text_projection$", "text_projection.weight"),
    (r"^transformer\.resblocks\.(\d+)\.", r"text_model.encoder.layers.\1."),
    (r"\.ln_([12])\.", r".layer_norm\1."),
    (r"\.mlp\.c_fc\.", ".mlp.fc1."),
    (r"\.mlp\.c_proj\.", ".mlp.fc2."),
    (r"\.attn\.out_proj\.", ".self_attn.out_proj."),
    (r"\.attn\.in_proj_(weight|bias)$", r".self_attn.in_proj.\1"),
)


def rename_llama_cpp(names: Mapping[str, object]) -> dict[str, str]:
    """Return what transformers calls the tensors of a GGUF file, by their names there; others keep theirs."""
    encoder = any(name.startswith("enc.") for name in names)
    return {name: _rename_llama_cpp(name, encoder=encoder) for name in names}


def _rename_llama_cpp(name: str, *, encoder: bool) -> str:
    if match := _BLOCK.fullmatch(name):
        layer = (_T5 if match[1] else _LANGUAGE_MODEL).get(match[3])
        place = "encoder.block" if match[1] else "model.layers"
        return f"{place}.{match[2]}.{layer}.{match[4]}" if layer else name
    layer, _, leaf = name.rpartition(".")
    if layer not in _OUTSIDE:
        return name
    return f"{'shared' if encoder and layer == 'token_embd' else _OUTSIDE[layer]}.{leaf}"


def rename_open_clip(name: str) -> str:
    """Return what transformers calls a tensor of OpenCLIP; `in_proj` is its queries, keys and values in one."""
    for pattern, put in _OPEN_CLIP:
        name = re.sub(pattern, put, name)
    return name
