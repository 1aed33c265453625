"""What a single model file is, from its header: files as ComfyUI keeps them. Reads no weights.

Keys are those of the published checkpoints: `double_blocks` of Black Forest Labs' own FLUX, `transformer_blocks` of
diffusers, `encoder.block` of T5, `text_model` of CLIP. A GGUF file tells its architecture in its metadata
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from blazon.diffusion.files.weights import read_header
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
# What stands before the names of a part in a file of the whole model.
_STARTS: Final = ("model.diffusion_model.", "diffusion_model.", "first_stage_model.", "vae.")
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
    "qwen2vl": ("text encoder", "Qwen2-VL"),
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
    """

    path: Path
    role: str
    kind: str
    size: int
    problem: str = ""


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
    return [recognise(path) for path in sorted(paths)]


def _list_files(place: Path, *, deep: bool) -> Iterator[Path]:
    found = place.rglob("*") if deep else place.iterdir()
    return (path for path in found if path.suffix.lower() in _SUFFIXES and path.is_file())


def recognise(path: Path) -> ModelFile:
    """Return what a safetensors or GGUF file holds; never fails: what is wrong with it is its `problem`."""
    try:
        size = path.stat().st_size
        gguf = path.suffix.lower() == ".gguf"
        role, kind = _recognise_gguf(path) if gguf else recognise_shapes(read_header(path).shapes)
    except ModelUnavailable as error:
        return ModelFile(path, *UNKNOWN, size, str(error))
    except OSError as error:
        return ModelFile(path, *UNKNOWN, 0, f"{path} cannot be read: {error.strerror}")
    return ModelFile(path, role, kind, size, _find_misplacement(path, role))


def read_shapes(path: Path) -> _Shapes:
    """Return the shapes of the tensors in a safetensors or GGUF file, without what stands before their names.

    Raises:
        ModelUnavailable: it is damaged, or the package gguf is missing.
    """
    shapes = _read_gguf_shapes(path) if path.suffix.lower() == ".gguf" else read_header(path).shapes
    start = next((start for start in _STARTS if any(name.startswith(start) for name in shapes)), "")
    return {name.removeprefix(start): shape for name, shape in shapes.items()}


def _read_gguf_shapes(path: Path) -> _Shapes:
    try:
        from gguf import GGUFReader
    except ImportError:
        raise ModelUnavailable("GGUF files need the package gguf: pip install gguf") from None
    try:
        # The first axis of GGUF is the last of torch.
        return {tensor.name: tuple(int(size) for size in reversed(tensor.shape)) for tensor in GGUFReader(path).tensors}
    except (ValueError, IndexError, KeyError, OSError) as error:
        raise ModelUnavailable(f"{path} is damaged ({error}); delete it and fetch it again") from error


def _find_misplacement(path: Path, role: str) -> str:
    wanted = next((FOLDERS[parent.name] for parent in path.parents if parent.name in FOLDERS), role)
    return "" if role in (wanted, UNKNOWN[0]) else f"a {role} lies in a folder for a {wanted}"


def recognise_shapes(shapes: _Shapes) -> tuple[str, str]:
    """Return role and kind of a file by the names and shapes of its tensors."""
    # Only the start of a name differs between a checkpoint and its denoiser alone.
    names = {name.removeprefix("model.diffusion_model."): shape for name, shape in shapes.items()}
    if any(part in name for name in names for part in (".lora_A.", ".lora_B.", ".lora_down.", ".lora_up.")):
        return "LoRA", "FLUX.1" if any("double_blocks" in n or "single_transformer" in n for n in names) else "unknown"
    denoiser = _recognise_denoiser(names)
    whole = any(name.startswith(("first_stage_model.", "vae.")) for name in names)
    if denoiser:
        return ("checkpoint" if whole else "denoiser"), denoiser
    return _recognise_encoder(names) or _recognise_vae(names) or UNKNOWN


def _recognise_denoiser(names: _Shapes) -> str:
    starts = {name.split(".")[0] for name in names}
    if "double_stream_modulation_img" in starts:
        return "FLUX.2"
    if "double_blocks" in starts:
        return "FLUX.1 [dev]" if "guidance_in" in starts else "FLUX.1 [schnell]"
    if "single_transformer_blocks" in starts:
        guided = any(name.startswith("time_text_embed.guidance_embedder.") for name in names)
        return f"FLUX.1 [{'dev' if guided else 'schnell'}], in the form of diffusers"
    if "transformer_blocks" in starts and "txt_norm" in starts:
        return "Qwen-Image"
    if "noise_refiner" in starts and "cap_embedder" in starts:
        return "Z-Image or Lumina 2"
    if "input_blocks" in starts or "down_blocks" in starts:
        return "Stable Diffusion U-Net"
    return ""


def _recognise_encoder(names: _Shapes) -> tuple[str, str] | None:
    if any(name.startswith("encoder.block.0.layer.0.SelfAttention.") for name in names):
        return "text encoder", "T5"
    width = names.get("text_model.embeddings.token_embedding.weight")
    if width is not None:
        return "text encoder", {768: "CLIP-L", 1280: "CLIP-G"}.get(width[-1], "CLIP")
    if any(name.startswith(("model.layers.0.self_attn.", "model.language_model.layers.0.")) for name in names):
        return "text encoder", "language model"
    return None


def _recognise_vae(names: _Shapes) -> tuple[str, str] | None:
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
