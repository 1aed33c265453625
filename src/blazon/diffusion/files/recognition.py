"""What a single model file is, from its header: files as ComfyUI keeps them. Reads no weights.

Keys are those of the published checkpoints: `double_blocks` of Black Forest Labs' own FLUX, `transformer_blocks` of
diffusers, `encoder.block` of T5, `text_model` of CLIP. A GGUF file tells its architecture in its metadata
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
"""

import importlib.util
import os
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

from blazon.diffusion.files.weights import explain_unreadable, read_gguf_shapes, read_header
from blazon.errors import ModelUnavailable

# The folders of ComfyUI, and what belongs into them.
FOLDERS: Final = {
    "unet": "denoiser",
    "diffusion_models": "denoiser",
    "clip": "text encoder",
    "text_encoders": "text encoder",
    "vae": "VAE",
    "loras": "LoRA",
    "checkpoints": "checkpoint",
}
_SUFFIXES: Final = (".safetensors", ".gguf")
DENOISER_START: Final = "model.diffusion_model."
# What stands before the names of a part in a file of the whole model, or of a part that was cut out of one.
_STARTS: Final = (DENOISER_START, "diffusion_model.", "first_stage_model.", "vae.")
_EMBEDDED: Final = re.compile(
    r"(?:text_encoders\.\w+\.transformer|conditioner\.embedders\.\d+\.(?:transformer|model)|"
    r"cond_stage_model\.(?:transformer|model)|first_stage_model|vae)\."
)
# Names by which files are told whose numbers are packed in a way of their own, and what it is called.
_PACKED: Final = (
    (".weight_scale_2", "NVFP4"),
    (".quant_state.bitsandbytes__nf4", "NF4 of bitsandbytes"),
    (".quant_state.bitsandbytes__fp4", "FP4 of bitsandbytes"),
    (".qweight", "the 4 bits of Nunchaku or GPTQ"),
)
_Shapes = Mapping[str, tuple[int, ...]]

_ARCHITECTURES: Final = {
    "flux": ("denoiser", "FLUX.1"),
    "t5": ("text encoder", "T5"),
    "t5encoder": ("text encoder", "T5"),
    "qwen_image": ("denoiser", "Qwen-Image"),
    "lumina2": ("denoiser", "Z-Image or Lumina 2"),
    "sdxl": ("denoiser", "Stable Diffusion XL"),
    "sd1": ("denoiser", "Stable Diffusion 1"),
    "sd3": ("denoiser", "Stable Diffusion 3"),
    "clip": ("text encoder", "CLIP"),
    "qwen2vl": ("text encoder", "Qwen2.5-VL"),
    "qwen3": ("text encoder", "Qwen3"),
}
UNKNOWN: Final = ("unknown", "not recognised")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A single file.

    Args:
        role: denoiser, text encoder, VAE, LoRA, checkpoint (all in one), or unknown.
        kind: the architecture, as far as the header tells it.
        problem: why it cannot be read, or that it lies in a folder for something else; empty if neither.
        start: what stands before the names of its tensors, where it is a part of a checkpoint.
        changed: when, in nanoseconds since 1970.
    """

    path: Path
    role: str
    kind: str
    size: int
    problem: str = ""
    start: str = ""
    changed: int = 0


def list_model_files(folder: Path) -> list[ModelFile]:
    """Return the model files in a folder, or in the subfolders that ComfyUI has, each recognised by its header.

    Raises:
        ModelUnavailable: there is no such folder.
    """
    if not folder.is_dir():
        raise ModelUnavailable(f"{folder}: there is no such folder")
    root = folder / "models" if (folder / "models").is_dir() else folder
    places = [root, *(root / name for name in FOLDERS)]
    paths = {path for place in places if place.is_dir() for path in _list_files(place, deep=place != root)}
    # A file that several links lead to is one.
    once = {path.resolve(): path for path in sorted(paths, key=lambda path: (-len(path.parts), path))}
    return [recognise(path) for path in sorted(once.values())]


def _list_files(place: Path, *, deep: bool) -> Iterator[Path]:
    """Yield the model files in a folder, through links as ComfyUI follows them, each folder once."""
    seen: set[tuple[int, int]] = set()
    for at, folders, names in os.walk(place, followlinks=True):
        here = Path(at).stat()
        if (here.st_dev, here.st_ino) in seen:
            folders.clear()
            continue
        seen.add((here.st_dev, here.st_ino))
        yield from (path for name in names if (path := Path(at, name)).suffix.lower() in _SUFFIXES and path.is_file())
        if not deep:
            return


def recognise(path: Path) -> ModelFile:
    """Return what a safetensors or GGUF file holds; never fails: what is wrong with it is its `problem`."""
    try:
        stamp = path.stat()
    except OSError as error:
        return ModelFile(path, *UNKNOWN, 0, f"{path} cannot be read: {error.strerror}")
    return _recognise(path, stamp.st_size, stamp.st_ctime_ns)


@lru_cache(maxsize=1024)
def _recognise(path: Path, size: int, changed: int) -> ModelFile:
    try:
        if path.suffix.lower() == ".gguf":
            role, kind = _recognise_gguf(path)
            if role in ("denoiser", UNKNOWN[0]):
                role, kind = _refine_gguf(path, (role, kind))
        else:
            shapes = read_header(path).shapes
            _refuse_packing(path, shapes)
            role, kind = recognise_shapes(shapes)
    except OSError as error:
        return ModelFile(path, *UNKNOWN, size, explain_unreadable(path, error), changed=changed)
    except ModelUnavailable as error:
        return ModelFile(path, *UNKNOWN, size, str(error), changed=changed)
    return ModelFile(path, role, kind, size, _find_misplacement(path, role), changed=changed)


def _refine_gguf(path: Path, told: tuple[str, str]) -> tuple[str, str]:
    """Return role and kind by the tensors: architectures are shared (FLUX.1 and FLUX.2) or made up."""
    try:
        found = recognise_shapes(read_gguf_shapes(path))
    except ModelUnavailable:
        if importlib.util.find_spec("gguf") is None:
            return told  # loading it says that the package is missing
        raise
    return told if found == UNKNOWN else found


def _refuse_packing(path: Path, shapes: _Shapes) -> None:
    for end, called in _PACKED:
        if any(name.endswith(end) for name in shapes):
            raise ModelUnavailable(
                f"{path} is packed in {called}, which is not loaded: take the file in bf16, in fp8 or as GGUF"
            )


def list_embedded(checkpoint: ModelFile) -> list[ModelFile]:
    """Return what a checkpoint has beside its denoiser, each part as if it were a file of its own.

    Raises:
        ModelUnavailable: the file cannot be read.
    """
    if checkpoint.path.suffix.lower() == ".gguf":
        return []
    shapes = read_header(checkpoint.path).shapes
    starts = sorted({match.group() for name in shapes if (match := _EMBEDDED.match(name))})
    parts = []
    for start in starts:
        role, kind = recognise_shapes(_cut(shapes, start))
        parts.append(replace(checkpoint, role=role, kind=kind, start=start))
    return parts


def _cut(shapes: _Shapes, start: str) -> _Shapes:
    return {name.removeprefix(start): shape for name, shape in shapes.items() if name.startswith(start)}


def read_shapes(path: Path, start: str = "") -> _Shapes:
    """Return the shapes of the tensors in a safetensors or GGUF file, without what stands before their names.

    Args:
        start: of the part that is wanted, where the file is a checkpoint.

    Raises:
        ModelUnavailable: it is damaged, or the package gguf is missing.
    """
    shapes = read_gguf_shapes(path) if path.suffix.lower() == ".gguf" else read_header(path).shapes
    if start:
        return _cut(shapes, start)
    start = next((start for start in _STARTS if any(name.startswith(start) for name in shapes)), "")
    return {name.removeprefix(start): shape for name, shape in shapes.items()}


def _find_misplacement(path: Path, role: str) -> str:
    wanted = next((FOLDERS[parent.name] for parent in path.parents if parent.name in FOLDERS), role)
    # A checkpoint has a denoiser, and people keep both kinds in either folder.
    alike = {role, wanted} <= {"denoiser", "checkpoint"}
    return "" if alike or role in (wanted, UNKNOWN[0]) else f"a {role} lies in a folder for a {wanted}"


def recognise_shapes(shapes: _Shapes) -> tuple[str, str]:
    """Return role and kind of a file by the names and shapes of its tensors."""
    # Only the start of a name differs between a checkpoint and its denoiser alone.
    names = {name.removeprefix(DENOISER_START): shape for name, shape in shapes.items()}
    if any(part in name for name in names for part in (".lora_A.", ".lora_B.", ".lora_down.", ".lora_up.")):
        return "LoRA", "FLUX.1" if any("double_blocks" in n or "single_transformer" in n for n in names) else "unknown"
    denoiser = _recognise_denoiser(names)
    whole = any(_EMBEDDED.match(name) for name in shapes)
    if denoiser:
        return ("checkpoint" if whole else "denoiser"), denoiser
    return _recognise_encoder(names) or _recognise_vae(names) or UNKNOWN


def _recognise_denoiser(names: _Shapes) -> str:
    starts = {name.split(".")[0] for name in names}
    if "double_stream_modulation_img" in starts:
        return "FLUX.2"
    if "double_blocks" in starts:
        return _recognise_flux1(names, starts)
    if "single_transformer_blocks" in starts:
        guided = any(name.startswith("time_text_embed.guidance_embedder.") for name in names)
        return f"FLUX.1 [{'dev' if guided else 'schnell'}], in the form of diffusers"
    if "transformer_blocks" in starts and "txt_norm" in starts:
        return "Qwen-Image"
    if "noise_refiner" in starts and "cap_embedder" in starts:
        return "Z-Image or Lumina 2"
    if "layers.0.self_attention.norm_q.weight" in names and "final_linear.weight" in names:
        return "ERNIE-Image"
    if "input_blocks" in starts or "down_blocks" in starts:
        return _recognise_unet(names, starts)
    return ""


def _recognise_flux1(names: _Shapes, starts: set[str]) -> str:
    taken, given = names.get("img_in.weight"), names.get("final_layer.linear.weight")
    if taken and given and len(taken) == len(given) == 2 and taken[1] != given[0]:
        return "Fill or Control model of FLUX.1"  # it takes more channels than it gives
    return "FLUX.1 [dev]" if "guidance_in" in starts else "FLUX.1 [schnell]"


def _recognise_unet(names: _Shapes, starts: set[str]) -> str:
    """Return the kind of a U-Net by what is in its file: its text encoders, and the channels that it takes."""
    if any(".time_stack." in name or ".time_mixer." in name for name in names):
        return "Stable Video Diffusion"
    first = names.get("input_blocks.0.0.weight", ())
    if len(first) == 4 and first[1] != 4:
        return {9: "inpainting model of Stable Diffusion"}.get(first[1], "picture-to-picture model of Stable Diffusion")
    if any(name.startswith("conditioner.embedders.1.model.") for name in names):
        return "Stable Diffusion XL"
    if any(name.startswith("conditioner.embedders.0.model.") for name in names):
        return "refiner of Stable Diffusion XL" if "label_emb" in starts else "Stable Diffusion 2"
    if any(name.startswith("cond_stage_model.model.") for name in names):
        return "Stable Diffusion 2"
    return "Stable Diffusion 1" if "cond_stage_model" in starts else "Stable Diffusion U-Net"


def _recognise_encoder(names: _Shapes) -> tuple[str, str] | None:
    if any(name.startswith(("encoder.block.0.layer.0.SelfAttention.", "enc.blk.0.attn_q.")) for name in names):
        return "text encoder", "T5"
    # The oldest checkpoints of Stable Diffusion lack what stands before it.
    place = "embeddings.token_embedding.weight"
    width = names.get(f"text_model.{place}") or names.get(place)
    if width is not None:
        return "text encoder", {768: "CLIP-L", 1280: "CLIP-G"}.get(width[-1], "CLIP")
    if any(name.startswith("transformer.resblocks.0.attn.") for name in names):
        return "text encoder", "OpenCLIP"
    layers = ("model.layers.0.self_attn.", "model.language_model.layers.0.", "blk.0.attn_", "language_model.layers.0.")
    if not any(name.startswith(layers) for name in names):
        return None
    if any(name.endswith(("layers.0.self_attn.q_norm.weight", "blk.0.attn_q_norm.weight")) for name in names):
        return "text encoder", "Qwen3"
    biased = any(name.endswith(("layers.0.self_attn.k_proj.bias", "blk.0.attn_k.bias")) for name in names)
    return "text encoder", "Qwen2.5-VL" if biased else "language model"


def _recognise_vae(names: _Shapes) -> tuple[str, str] | None:
    films = names.get("decoder.conv1.weight")  # those of Wan, by the names of their makers
    if films is None and "decoder.mid_block.attentions.0.to_qkv.weight" in names:
        films = names.get("decoder.conv_in.weight")
    if films is not None and len(films) == 5:
        return "VAE", f"{films[1]} channels (Qwen-Image)"
    entry = names.get("decoder.conv_in.weight") or names.get("first_stage_model.decoder.conv_in.weight")
    if entry is None or len(entry) < 2:
        return None
    return "VAE", {16: "16 channels (FLUX.1)", 4: "4 channels (Stable Diffusion)"}.get(entry[1], f"{entry[1]} channels")


# GGUF: a magic number, a version, two counts, then metadata; numbers are little endian.

_STRING, _ARRAY = 8, 9
_WIDTHS: Final = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_LONGEST: Final = 1 << 20  # of a text; a vocabulary is an array of short ones
_MOST: Final = 1000  # entries looked at; the architecture comes first in practice


def _recognise_gguf(path: Path) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            architecture = _read_architecture(file)
    except (struct.error, UnicodeDecodeError, ValueError, KeyError, OverflowError):
        raise ModelUnavailable(f"{path} is damaged, or no GGUF file; delete it and fetch it again") from None
    return _ARCHITECTURES.get(architecture, ("unknown", f"{architecture or 'not recognised'}"))


def _read_architecture(file: BinaryIO) -> str:
    if file.read(4) != b"GGUF":
        raise ValueError("no GGUF")
    _, _, count = struct.unpack("<IQQ", file.read(20))
    for _ in range(min(count, _MOST)):
        key = _read_text(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if key == "general.architecture" and kind == _STRING:
            return _read_text(file)
        _skip(file, kind)
    return ""


def _read_text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _LONGEST:
        raise ValueError("too long")
    text = file.read(length)
    if len(text) != length:
        raise ValueError("cut short")
    return text.decode("utf-8")


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _STRING:
        _read_text(file)
    elif kind == _ARRAY:
        inner, count = struct.unpack("<IQ", file.read(12))
        if inner in _WIDTHS:
            file.seek(_WIDTHS[inner] * count, 1)
        elif inner == _STRING:
            for _ in range(count):
                _read_text(file)
        else:
            raise ValueError("an array of arrays")  # no model has one before its architecture
    else:
        file.seek(_WIDTHS[kind], 1)
