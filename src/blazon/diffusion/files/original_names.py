"""The names that layers have in files of a model's makers, beside those that diffusers gives them.

Black Forest Labs and Alibaba publish their models, and most tools train LoRAs, with the names of their own code:
`double_blocks.0.img_attn.qkv` is `to_q`, `to_k` and `to_v` of `transformer_blocks.0.attn` here, one below the other.
(https://github.com/black-forest-labs/flux, https://github.com/black-forest-labs/flux2, https://github.com/Tongyi-MAI/Z-Image,
https://github.com/Stability-AI/sd3.5; the names of XLabs' adapters: https://github.com/XLabs-AI/x-flux.)
The U-Nets of Stable Diffusion are in `original_unet`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from blazon.diffusion.files.original_unet import find_unet_originals


@dataclass(frozen=True, slots=True)
class Piece:
    """A layer of diffusers that is made of rows of an original one: those of each range, in this order."""

    layer: str
    ranges: tuple[tuple[int, int], ...]

    @property
    def rows(self) -> int:
        return sum(stop - start for start, stop in self.ranges)


_Place = tuple[str, str | None, tuple[tuple[str, tuple[str, ...]], ...]]

_QKV: Final = ("attn.to_q", "attn.to_k", "attn.to_v")
_ADDED_QKV: Final = ("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj")
# Original layer: the layers of diffusers it consists of. Where there are two entries, FLUX.2's is the second.
_DOUBLE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("img_mod.lin", ("norm1.linear",)),
    ("txt_mod.lin", ("norm1_context.linear",)),
    ("img_attn.qkv", _QKV),
    ("txt_attn.qkv", _ADDED_QKV),
    ("img_attn.proj", ("attn.to_out.0",)),
    ("txt_attn.proj", ("attn.to_add_out",)),
    ("img_mlp.0", ("ff.net.0.proj",)),
    ("img_mlp.0", ("ff.linear_in",)),
    ("img_mlp.2", ("ff.net.2",)),
    ("img_mlp.2", ("ff.linear_out",)),
    ("txt_mlp.0", ("ff_context.net.0.proj",)),
    ("txt_mlp.0", ("ff_context.linear_in",)),
    ("txt_mlp.2", ("ff_context.net.2",)),
    ("txt_mlp.2", ("ff_context.linear_out",)),
    ("img_attn.norm.query_norm", ("attn.norm_q",)),
    ("img_attn.norm.key_norm", ("attn.norm_k",)),
    ("txt_attn.norm.query_norm", ("attn.norm_added_q",)),
    ("txt_attn.norm.key_norm", ("attn.norm_added_k",)),
    ("processor.qkv_lora1", _QKV),
    ("processor.qkv_lora2", _ADDED_QKV),
    ("processor.proj_lora1", ("attn.to_out.0",)),
    ("processor.proj_lora2", ("attn.to_add_out",)),
)
_SINGLE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("modulation.lin", ("norm.linear",)),
    ("linear1", (*_QKV, "proj_mlp")),
    ("linear1", ("attn.to_qkv_mlp_proj",)),
    ("linear2", ("proj_out",)),
    ("linear2", ("attn.to_out",)),
    ("norm.query_norm", ("attn.norm_q",)),
    ("norm.key_norm", ("attn.norm_k",)),
    ("processor.qkv_lora", _QKV),
    ("processor.proj_lora", ("proj_out",)),
)
_FLUX: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("img_in", ("x_embedder",)),
    ("txt_in", ("context_embedder",)),
    *(
        (f"{own}.{place}_layer", (f"{block}.{embedder}.linear_{number}",))
        for block in ("time_text_embed", "time_guidance_embed")
        for own, embedder in (
            ("time_in", "timestep_embedder"),
            ("vector_in", "text_embedder"),
            ("guidance_in", "guidance_embedder"),
        )
        for number, place in ((1, "in"), (2, "out"))
    ),
    ("double_stream_modulation_img.lin", ("double_stream_modulation_img.linear",)),
    ("double_stream_modulation_txt.lin", ("double_stream_modulation_txt.linear",)),
    ("single_stream_modulation.lin", ("single_stream_modulation.linear",)),
    ("final_layer.linear", ("proj_out",)),
    ("final_layer.adaLN_modulation.1", ("norm_out.linear",)),
)
_Z_ATTENTION: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("qkv", ("to_q", "to_k", "to_v")),
    ("out", ("to_out.0",)),
    ("q_norm", ("norm_q",)),
    ("k_norm", ("norm_k",)),
)
_Z_IMAGE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("x_embedder", ("all_x_embedder.2-1",)),
    ("final_layer.linear", ("all_final_layer.2-1.linear",)),
    ("final_layer.adaLN_modulation.1", ("all_final_layer.2-1.adaLN_modulation.1",)),
)
_SD3: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("x_embedder.proj", ("pos_embed.proj",)),
    ("context_embedder", ("context_embedder",)),
    *(
        (f"{own}.mlp.{place}", (f"time_text_embed.{embedder}.linear_{number}",))
        for own, embedder in (("t_embedder", "timestep_embedder"), ("y_embedder", "text_embedder"))
        for number, place in ((1, 0), (2, 2))
    ),
    ("final_layer.linear", ("proj_out",)),
    ("final_layer.adaLN_modulation.1", ("norm_out.linear",)),
)
_JOINT: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("x_block.adaLN_modulation.1", ("norm1.linear",)),
    ("context_block.adaLN_modulation.1", ("norm1_context.linear",)),
    ("x_block.attn.qkv", _QKV),
    ("x_block.attn2.qkv", ("attn2.to_q", "attn2.to_k", "attn2.to_v")),
    ("context_block.attn.qkv", _ADDED_QKV),
    ("x_block.attn.proj", ("attn.to_out.0",)),
    ("x_block.attn2.proj", ("attn2.to_out.0",)),
    ("context_block.attn.proj", ("attn.to_add_out",)),
    ("x_block.mlp.fc1", ("ff.net.0.proj",)),
    ("x_block.mlp.fc2", ("ff.net.2",)),
    ("context_block.mlp.fc1", ("ff_context.net.0.proj",)),
    ("context_block.mlp.fc2", ("ff_context.net.2",)),
)
# Where a kind of block is: its prefix here, its prefix there, what is in it.
_PLACES: Final[tuple[_Place, ...]] = (
    (r"transformer_blocks\.\d+\.", "double_blocks", _DOUBLE),
    (r"single_transformer_blocks\.\d+\.", "single_blocks", _SINGLE),
    (r"(?:layers|noise_refiner|context_refiner)\.\d+\.attention\.", None, _Z_ATTENTION),
)
_SD3_PLACES: Final[tuple[_Place, ...]] = ((r"transformer_blocks\.\d+\.", "joint_blocks", _JOINT),)


def find_originals(layers: Mapping[str, int]) -> dict[str, tuple[Piece, ...]]:
    """Return which layers of a model an original layer consists of, by its original name.

    Args:
        layers: of the model as diffusers has it: by name, the rows of the weights. Only what is there is returned.
    """
    found: dict[str, tuple[Piece, ...]] = {
        name: (Piece(own, ((0, layers[own]),)),) for name, own in find_unet_originals(layers).items()
    }
    for here, there, table in _list_places(layers):
        for original, parts in table:
            names = [here + part for part in parts]
            if all(name in layers for name in names):
                found[there + original] = tuple(_cut(names, layers, swapped=_is_swapped(names[0], layers)))
    return found


def _list_places(layers: Mapping[str, int]) -> Iterator[tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    if "pos_embed.proj" in layers:
        ends, places = _SD3, _SD3_PLACES
    else:
        ends, places = _Z_IMAGE if any(name.startswith("all_x_embedder.") for name in layers) else _FLUX, _PLACES
    yield "", "", ends
    for pattern, renamed, table in places:
        starts = {match.group() for name in layers if (match := re.match(pattern, name))}
        for start in sorted(starts):
            yield start, start if renamed is None else f"{renamed}.{start.split('.')[1]}.", table


def _is_swapped(name: str, layers: Mapping[str, int]) -> bool:
    """Say whether shift and scale stand in the other order in diffusers: where a normalisation ends its stream."""
    block, _, norm = name.rpartition("norm1_context.linear")
    return name == "norm_out.linear" or (bool(block) and not norm and f"{block}attn.to_add_out" not in layers)


def _cut(names: list[str], layers: Mapping[str, int], *, swapped: bool) -> Iterator[Piece]:
    stops = list(accumulate(layers[name] for name in names))
    for name, stop in zip(names, stops, strict=True):
        start = stop - layers[name]
        half = (start + stop) // 2
        yield Piece(name, ((half, stop), (start, half)) if swapped else ((start, stop),))
