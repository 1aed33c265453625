"""Models as ComfyUI keeps them: the denoiser, its text encoders and its VAE as single files, or all in one checkpoint.

`assemble` makes of them a folder in the layout of diffusers (`assembly`). Everything else goes on from that folder.
"""

import atexit
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blazon.diffusion.files.assembly import fill_folder
from blazon.diffusion.files.modular_index import MODULAR_INDEX
from blazon.diffusion.files.recognition import (
    DENOISER_START,
    FOLDERS,
    UNKNOWN,
    ModelFile,
    list_embedded,
    list_model_files,
    read_shapes,
    recognise,
    recognise_shapes,
)
from blazon.diffusion.files.single_file_families import FAMILIES, find_family
from blazon.errors import ModelUnavailable

_DENOISERS: Final = ("denoiser", "checkpoint")
# What to do about a file that is none of a model that draws from a text, by its role, else by the start of its kind.
_OTHER_ROLES: Final = {
    "LoRA": "name it in LORAS, and in MODEL_PATH or MODELS the model that it is for",
    "VAE": "name the file of the denoiser, or the folder that has both",
    "text encoder": "name the file of the denoiser, or the folder that has both",
}
_OTHER_KINDS: Final = {
    "refiner": "it goes on from a picture of another model: take sd_xl_base_1.0.safetensors, or another base model",
    "inpainting": "it fills a hole in a picture: take the model that draws from a text",
    "picture-to-picture": "it changes a picture: take a model that draws from a text",
    "Fill": "it draws after a picture: take flux1-dev or flux1-schnell",
    "Stable Video": "it makes films of pictures: take a model that draws from a text",
    "Stable Diffusion 2": "whether it predicts noise or velocity is not in the file: take the model in the layout of "
    "diffusers, with a model_index.json",
    "Stable Diffusion U-Net": "it is a U-Net without its text encoders: take the whole checkpoint",
}
_USUAL: Final = (
    f"single files are loaded of {', '.join(FAMILIES)}: "
    "take the model in the layout of diffusers, with a model_index.json"
)
_EDITS: Final = "it draws after a picture: take qwen_image or qwen_image_2512"


@dataclass(frozen=True, slots=True)
class _Assembled:
    """A folder that was assembled, what lay beside the denoiser then, and what is in it."""

    folder: Path
    stock: Mapping[Path, tuple[int, int]]
    files: frozenset[Path]

    def is_current(self, stock: Mapping[Path, tuple[int, int]]) -> bool:
        return self.stock == stock and all(path.exists() for path in self.files)


_assembled: dict[Path, _Assembled] = {}
_lock: Final = threading.Lock()


def is_single_file(path: Path) -> bool:
    """Say whether a path is a model file, or a folder with such and not one in the layout of diffusers."""
    if path.is_dir():
        if _has_index(path):
            return False
        of_diffusers = any(path.glob("*/config.json"))  # whose index is gone
        return bool(_list_denoisers(path) if of_diffusers else list_model_files(path))
    return path.suffix.lower() in (".safetensors", ".gguf") and path.is_file()


def assemble(path: Path) -> Path:
    """Return a folder in the layout of diffusers with what a denoiser's file needs, found beside it by their headers.

    The folder is the same until a file beside the denoiser changes, or something in the folder is gone: temporary
    folders are cleaned away by others.

    Args:
        path: the file of a denoiser, or a folder as ComfyUI's in which there is one.

    Raises:
        ModelUnavailable: what is missing or does not fit, and where to put it.
    """
    file = _find_denoiser(path).absolute()
    root = find_root(file)
    with _lock:
        others = [other for other in list_model_files(root) if other.path != file]
        stock = {other.path: (other.size, other.changed) for other in (recognise(file), *others)}
        known = _assembled.get(file)
        if known is not None and known.is_current(stock):
            return known.folder
        folder = _assemble(file, root, others)
        _assembled[file] = _Assembled(folder, stock, frozenset(folder.rglob("*")))
        return folder


def find_layout(path: Path) -> Path:
    """Return the folder in the layout of diffusers for a path: itself, or what is assembled of files; never fails."""
    try:
        return assemble(path) if is_single_file(path) else path
    except ModelUnavailable:
        return path  # loading the model says what is wrong with it


def find_file_name(path: Path) -> str:
    """Return the name of the only denoiser's file in a folder as ComfyUI's, empty if it is no such; never fails."""
    found = _list_denoisers(path) if path.is_dir() and not _has_index(path) else []
    return found[0].path.name if len(found) == 1 else ""


def _has_index(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("model_index.json", MODULAR_INDEX))


def _list_denoisers(folder: Path) -> list[ModelFile]:
    return [file for file in list_model_files(folder) if file.role in _DENOISERS and not file.problem]


def _find_denoiser(path: Path) -> Path:
    if path.is_file():
        return path
    found = _list_denoisers(path)
    if len(found) == 1:
        return found[0].path
    if not found:
        broken = next((file.problem for file in list_model_files(path) if file.problem), "")
        raise ModelUnavailable(
            f"{path} has neither a model_index.json nor the file of a denoiser, as diffusion_models/NAME.safetensors"
            + (f"; {broken}" if broken else "")
        )
    names = ", ".join(str(file.path.relative_to(path)) for file in found[:4])
    raise ModelUnavailable(f"{path} has {len(found)} denoisers ({names}); name the file itself")


def find_root(file: Path) -> Path:
    """Return where the folders are that a file lies in one of, else its own folder."""
    return next((parent.parent for parent in file.parents if parent.name in FOLDERS), file.parent)


def _assemble(file: Path, root: Path, others: list[ModelFile]) -> Path:
    found = recognise(file)
    if found.problem and (found.kind == UNKNOWN[1] or found.role in _DENOISERS):
        raise ModelUnavailable(found.problem)
    checkpoint = found.role == "checkpoint"
    if file.suffix.lower() == ".gguf":  # its tensors say more than its header
        role, kind = recognise_shapes(read_shapes(file))
        found = replace(found, role=role, kind=kind)
    family = find_family(found)
    if found.role not in _DENOISERS or not family:
        raise ModelUnavailable(f"{file} is a {found.role} ({found.kind}); {_advise(found)}")
    if family == "Qwen-Image" and "edit" in file.name.lower():
        raise ModelUnavailable(f"{file} is a Qwen-Image-Edit by its name; {_EDITS}")
    embedded = list_embedded(found) if checkpoint else []
    denoiser = replace(found, start=DENOISER_START) if checkpoint else found
    folder = Path(tempfile.mkdtemp(prefix="blazon-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # links and small files; the weights lie elsewhere
    try:
        fill_folder(folder, FAMILIES[family], denoiser, [*embedded, *others], root)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _advise(found: ModelFile) -> str:
    by_kind = (advice for start, advice in _OTHER_KINDS.items() if found.kind.startswith(start))
    return _OTHER_ROLES.get(found.role) or next(by_kind, _USUAL)
