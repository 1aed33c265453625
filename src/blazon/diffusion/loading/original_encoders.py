"""Loading text encoders from files in the form of ComfyUI and llama.cpp: other names, packed numbers, no eyes."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch

from blazon.diffusion.files.encoder_names import rename_llama_cpp, rename_open_clip
from blazon.diffusion.files.weights import list_weight_files
from blazon.errors import ModelUnavailable

Tensors = dict[str, torch.Tensor]

# What of a model that also sees is not asked for when it reads a text, so that files may lack it.
_EYES: Final = re.compile(r"(model\.)?(visual|vision_tower|multi_modal_projector)\.")
# Where transformers has the language model of a model that also sees.
_LANGUAGE_MODELS: Final = {
    "Qwen2_5_VLForConditionalGeneration": "model.language_model.",
    "Mistral3Model": "language_model.",
}


def unpack_gguf(file: Path, dtype: torch.dtype) -> Tensors:
    """Return the tensors of a text encoder's GGUF file in a precision, by the names of transformers.

    Raises:
        ModelUnavailable: the package gguf is missing, or is too old for a kind of numbers.
    """
    try:
        from gguf import GGUFReader, quants
    except ImportError:
        raise ModelUnavailable("GGUF files need the package gguf: pip install gguf") from None
    packed = {tensor.name: tensor for tensor in GGUFReader(file).tensors}
    renamed = rename_llama_cpp(packed)
    unpacked = {}
    for name, tensor in packed.items():
        try:
            numbers = quants.dequantize(tensor.data, tensor.tensor_type)
        except NotImplementedError as error:
            raise ModelUnavailable(
                f"{file} has numbers of the kind {tensor.tensor_type.name}, which gguf cannot unpack: "
                "pip install --upgrade gguf, or take the file in Q8_0"
            ) from error
        shape = tuple(int(size) for size in reversed(tensor.shape))
        own = numbers if numbers.flags.writeable else numbers.copy()  # what is not packed lies in the file itself
        unpacked[renamed[name]] = torch.from_numpy(own).to(dtype).reshape(shape)
    return unpacked


def load_encoder(
    kind: Any, folder: Path, tensors: Tensors, device: torch.device, dtype: torch.dtype, quantisation: Any | None
) -> Any:
    """Load a text encoder of a class of transformers.

    Raises:
        ModelUnavailable: tensors are missing.
    """
    from transformers import AutoConfig

    options = {} if quantisation is None else {"quantization_config": quantisation}
    model, told = kind.from_pretrained(
        None,
        config=AutoConfig.from_pretrained(folder, local_files_only=True),
        state_dict=_rename(kind.__name__, tensors),
        dtype=dtype,
        device_map={"": device},
        output_loading_info=True,
        **options,
    )
    missing = sorted(name for name in told["missing_keys"] if not _EYES.match(name))
    if missing:
        (file,) = list_weight_files(folder)
        raise ModelUnavailable(f"{file.resolve()} lacks tensors of a {kind.__name__}, {missing[0]} for one")
    return model.eval()


def _rename(kind: str, tensors: Mapping[str, torch.Tensor]) -> Tensors:
    if any(name.startswith("transformer.resblocks.") for name in tensors):
        return dict(_rename_open_clip(tensors))
    if not kind.endswith("WithProjection"):
        tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("text_projection")}
    language_model = _LANGUAGE_MODELS.get(kind)
    if language_model is None:
        return dict(tensors)
    made = {}
    for name, tensor in tensors.items():
        renamed = re.sub(r"^model\.(?!language_model\.|visual\.)", language_model, name)
        made[re.sub(r"^visual\.", "model.visual.", renamed)] = tensor
    return made


def _rename_open_clip(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    made: Tensors = {}
    for name, tensor in tensors.items():
        renamed = rename_open_clip(name)
        if ".in_proj." in renamed:
            for layer, piece in zip(("q_proj", "k_proj", "v_proj"), tensor.chunk(3), strict=True):
                made[renamed.replace("in_proj", layer)] = piece.contiguous()
        else:
            # It is multiplied from the other side there.
            made[renamed] = tensor.T.contiguous() if renamed == "text_projection.weight" else tensor
    return made
