"""Loading parts from files in the form of their makers: other names, several layers in one, 8-bit floats.

Such a file lies (as a link) in the folder of a part, beside the configuration of that in diffusers. Nothing is
written: the tensors of the file are mapped, renamed and cut.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch

from blazon.diffusion.files.original_names import find_originals
from blazon.diffusion.files.recognition import DENOISER_START
from blazon.diffusion.files.weights import find_start, list_weight_files, read_json
from blazon.diffusion.loading.original_encoders import load_encoder, unpack_gguf
from blazon.diffusion.loading.original_vaes import rename_film_vae, rename_vae
from blazon.errors import ModelUnavailable

Tensors = dict[str, torch.Tensor]

_PREFIXES: Final = ("model.diffusion_model.", "diffusion_model.", "first_stage_model.", "vae.")
_SCALES: Final = (".scale_weight", ".weight_scale")
# What files have beside their weights: marks of their 8 bits, scales of activations, what is computed and not learnt.
_BESIDE: Final = re.compile(
    r"scaled_fp8|.*\.(scale_input|input_scale|comfy_quant|position_ids|num_batches_tracked)|norm_final\.weight|logit_scale|"
    r"__index_timestep_zero__|tekken_model|spiece_model"
)
_EIGHT_BITS: Final = (torch.float8_e4m3fn, torch.float8_e5m2)


def is_original(folder: Path) -> bool:
    """Say whether the weights of a part are in the form of its makers: whoever assembled the folder wrote it down."""
    return find_start(folder) is not None


def load_original(kind: Any, folder: Path, device: torch.device, precision: str, quantisation: Any | None) -> Any:
    """Load a part of a class of diffusers or transformers from a file of its makers.

    Raises:
        ModelUnavailable: the file is not whole, or of another model.
    """
    (file,) = list_weight_files(folder)
    dtype = getattr(torch, precision)
    tensors = (
        unpack_gguf(file, dtype)
        if file.suffix.lower() == ".gguf"
        else widen_eight_bits(read_tensors(file, find_start(folder) or ""), dtype)
    )
    if _is_of_transformers(kind):
        return load_encoder(kind, folder, tensors, device, dtype, quantisation)
    config, wanted = _list_wanted(kind, folder)
    renamed = _rename(kind.__name__, tensors, config, wanted)
    _demand_whole(file, renamed, wanted)
    if quantisation is None:
        return _fill(kind, config, renamed, device, dtype)
    return kind.from_single_file(
        renamed, config=str(folder), torch_dtype=dtype, quantization_config=quantisation, local_files_only=True
    ).eval()


def _rename(kind: str, tensors: Tensors, config: dict[str, Any], wanted: Mapping[str, tuple[int, ...]]) -> Tensors:
    if kind == "UNet2DConditionModel":
        from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint

        return dict(convert_ldm_unet_checkpoint({f"{DENOISER_START}{name}": tensors[name] for name in tensors}, config))
    if kind == "AutoencoderKLQwenImage":
        return rename_film_vae(tensors, wanted)
    return rename_vae(tensors, wanted) if "Autoencoder" in kind else rename_denoiser(tensors, wanted)


def rename_gguf(kind: Any, folder: Path, file: Path) -> Tensors:
    """Return the tensors of a GGUF file, still packed, by the names of diffusers.

    Raises:
        ModelUnavailable: the file is not whole, or of another model.
    """
    from diffusers.models.model_loading_utils import load_gguf_checkpoint

    _, wanted = _list_wanted(kind, folder)
    packed = load_gguf_checkpoint(str(file))
    start = next((prefix for prefix in _PREFIXES if any(name.startswith(prefix) for name in packed)), "")
    tensors = {name.removeprefix(start): tensor for name, tensor in packed.items() if not _BESIDE.fullmatch(name)}
    renamed = rename_denoiser(tensors, wanted)
    _demand_whole(file, renamed, dict.fromkeys(wanted, ()))
    return renamed


def _list_wanted(kind: Any, folder: Path) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    """Return the configuration of a part, and the shapes of the tensors that its class then has."""
    config = {name: value for name, value in read_json(folder / "config.json").items() if not name.startswith("_")}
    with torch.device("meta"):
        state = kind.from_config(config).state_dict()
    return config, {name: tuple(tensor.shape) for name, tensor in state.items()}


def read_tensors(file: Path, start: str = "") -> Tensors:
    """Return the tensors of a file, without what stands before their names; mapped, not read.

    Args:
        start: of the part that is wanted, where the file is a checkpoint.
    """
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        names = list(opened.keys())
        start = start or next((prefix for prefix in _PREFIXES if any(name.startswith(prefix) for name in names)), "")
        return {name.removeprefix(start): opened.get_tensor(name) for name in names if name.startswith(start)}


def widen_eight_bits(tensors: Tensors, dtype: torch.dtype) -> Tensors:
    """Return tensors of which none is an 8-bit float any more, multiplied by the scales that a file has for them."""
    scales = {name: tensor for name, tensor in tensors.items() if name.endswith(_SCALES)}
    widened = {}
    for name, tensor in tensors.items():
        if name in scales or _BESIDE.fullmatch(name):
            continue
        if tensor.dtype in _EIGHT_BITS:
            base = name.removesuffix(".weight")
            scale = next((scales[base + end] for end in _SCALES if base + end in scales), None)
            tensor = tensor.to(dtype) if scale is None else (tensor.float() * _spread(scale.float(), tensor)).to(dtype)
        widened[name] = tensor
    return widened


def _spread(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    """Return a scale, of the whole or of each row, so that it can be multiplied with a tensor."""
    return scale if scale.numel() == 1 or scale.ndim == tensor.ndim else scale.view(-1, *(1,) * (tensor.ndim - 1))


def rename_denoiser(tensors: Mapping[str, torch.Tensor], wanted: Mapping[str, tuple[int, ...]]) -> Tensors:
    """Return the tensors of a transformer by the names of diffusers, those that are several layers in one cut."""
    rows = {name.rpartition(".")[0]: shape[0] for name, shape in wanted.items() if shape}
    originals = find_originals(rows)
    made: Tensors = {}
    for name, tensor in tensors.items():
        layer, _, leaf = name.rpartition(".")
        if name in wanted or layer not in originals:
            made[name] = tensor
            continue
        for piece in originals[layer]:
            parts = [tensor[start:stop] for start, stop in piece.ranges]
            kept = parts[0] if len(parts) == 1 else torch.cat(parts)
            made[f"{piece.layer}.{'weight' if leaf == 'scale' else leaf}"] = kept
    return made


def _demand_whole(file: Path, tensors: Tensors, wanted: Mapping[str, tuple[int, ...]]) -> None:
    missing = sorted(name for name in wanted if name not in tensors and not name.endswith("num_batches_tracked"))
    strange = sorted(name for name in tensors if name not in wanted)
    wrong = sorted(name for name, tensor in tensors.items() if wanted.get(name) not in (None, (), tuple(tensor.shape)))
    for names, what in (
        (missing, "lacks"),
        (strange, "has what the model has no place for:"),
        (wrong, "has other sizes:"),
    ):
        if names:
            raise ModelUnavailable(
                f"{file.resolve()} {what} {len(names)} of {len(wanted)} tensors, {names[0]} for one; "
                "it is of another model, or was not converted whole"
            )


def _fill(kind: Any, config: dict[str, Any], tensors: Tensors, device: torch.device, dtype: torch.dtype) -> Any:
    from accelerate import init_empty_weights  # type: ignore[import-untyped]

    with init_empty_weights(include_buffers=False):
        model = kind.from_config(config)
    narrow = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    model.load_state_dict(narrow, strict=False, assign=True)
    return model.to(device).eval()


def _is_of_transformers(kind: Any) -> bool:
    from transformers import PreTrainedModel

    return issubclass(kind, PreTrainedModel)
