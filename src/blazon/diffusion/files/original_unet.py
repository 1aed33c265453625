"""The names that the layers of a U-Net of Stable Diffusion have in the code of its makers.

kohya's sd-scripts train LoRAs of SDXL with these. There all blocks of a side are counted through: with two layers in a
block `input_blocks.4.1` is `down_blocks.1.attentions.0` here. (https://github.com/Stability-AI/generative-models,
`sgm/modules/diffusionmodules/openaimodel.py`.)
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

_ENDS: Final = {
    "conv_in": "input_blocks.0.0",
    "conv_out": "out.2",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
}
_RESNET: Final = {
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_MIDDLE: Final = {("resnets", 0): 0, ("attentions", 0): 1, ("resnets", 1): 2}
_INNER: Final = re.compile(
    r"(?P<side>down_blocks\.|up_blocks\.|mid_block)(?P<block>\d*)\.(?P<kind>\w+)\.(?P<number>\d+)\.(?P<rest>.+)"
)


def find_unet_originals(layers: Collection[str]) -> dict[str, str]:
    """Return the names of the layers of a U-Net by their original ones; nothing if it is none."""
    if "conv_in" not in layers or not any(name.startswith("down_blocks.0.resnets.") for name in layers):
        return {}
    depth = len({name.split(".")[3] for name in layers if name.startswith("down_blocks.0.resnets.")})
    found = {original: name for name, original in _ENDS.items() if name in layers}
    attending = {name.partition(".attentions.")[0] for name in layers if ".attentions." in name}
    for name in layers:
        if match := _INNER.fullmatch(name):
            block, number = int(match["block"] or 0), int(match["number"])
            attends = f"{match['side']}{match['block']}" in attending
            for place in _find_place(match["side"], block, match["kind"], number, depth, attends):
                rest = match["rest"]
                if match["kind"] == "resnets":
                    rest = _RESNET.get(rest, rest)
                elif match["kind"] == "downsamplers":
                    rest = "op"
                found[f"{place}.{rest}"] = name
    return found


def _find_place(side: str, block: int, kind: str, number: int, depth: int, attends: bool) -> Iterator[str]:
    """Yield the original name of a part of a block; nothing if there is none such.

    Args:
        depth: layers of a block on the way down; on the way up there is one more.
        attends: the block has attentions, too.
    """
    if side == "mid_block":
        if (kind, number) in _MIDDLE:
            yield f"middle_block.{_MIDDLE[kind, number]}"
        return
    start = block * (depth + 1) + (side == "down_blocks.")
    within = {"resnets": 0, "attentions": 1}
    if kind in within:
        yield f"{side.replace('down_', 'input_').replace('up_', 'output_')}{start + number}.{within[kind]}"
    elif kind == "downsamplers":
        yield f"input_blocks.{start + depth}.0"
    elif kind == "upsamplers":
        yield f"output_blocks.{start + depth}.{1 + attends}"
