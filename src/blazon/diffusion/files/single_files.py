"""Models as ComfyUI keeps them: the denoiser, its text encoders and its VAE as single files.

`assemble` makes of them a folder in the layout of diffusers, which has links to the files, the configurations that the
files lack, and links to tokenizers that are here already. Everything else goes on from that folder.
"""

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.files import single_file_configs as configs
from blazon.diffusion.files.recognition import (
    FOLDERS,
    UNKNOWN,
    ModelFile,
    list_model_files,
    read_shapes,
    recognise,
    recognise_shapes,
)
from blazon.diffusion.files.weights import SINGLE_FILE_MARK, read_json
from blazon.errors import ModelUnavailable

Shapes = configs.Shapes
_TOKENIZER_FILES: Final = ("tokenizer.json", "vocab.json", "spiece.model")


@dataclass(frozen=True, slots=True)
class _Encoder:
    """A text encoder that a family needs.

    Args:
        part: in the pipeline; its tokenizer is `tokenizer` with the same number.
        kinds: as `recognise` tells them.
        width: of it, as the denoiser's tensor and axis tell, and what that is a multiple of.
    """

    part: str
    kinds: tuple[str, ...]
    label: str
    library_class: str
    tokenizer_class: str
    width: tuple[str, int, int]
    configure: Callable[[Shapes], configs.Config]
    tokenizers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Family:
    pipeline: str
    transformer: str
    configure: Callable[[Shapes], configs.Config]
    encoders: tuple[_Encoder, ...]
    vae: str
    vae_kind: str
    configure_vae: Callable[[Shapes], configs.Config]


_FLUX_REPOSITORIES: Final = ("black-forest-labs/FLUX.1-schnell", "black-forest-labs/FLUX.1-dev")
_CLIP: Final = _Encoder(
    "text_encoder", ("CLIP-L", "CLIP"), "CLIP-L (clip_l.safetensors)", "CLIPTextModel", "CLIPTokenizer",
    ("vector_in.in_layer.weight", 1, 1), configs.configure_clip,
    (*((name, "tokenizer") for name in _FLUX_REPOSITORIES), ("openai/clip-vit-large-patch14", "")),
)  # fmt: skip
_T5: Final = _Encoder(
    "text_encoder_2", ("T5",), "T5-XXL (t5xxl_fp16.safetensors)", "T5EncoderModel", "T5TokenizerFast",
    ("txt_in.weight", 1, 1), configs.configure_t5,
    (*((name, "tokenizer_2") for name in _FLUX_REPOSITORIES), ("google/t5-v1_1-xxl", "")),
)  # fmt: skip
_KLEIN_QWEN: Final = _Encoder(
    "text_encoder", ("language model",), "Qwen3-4B or, for the 9B, Qwen3-8B", "Qwen3ForCausalLM", "Qwen2TokenizerFast",
    ("txt_in.weight", 1, 3), configs.configure_qwen3,
    (("black-forest-labs/FLUX.2-klein-4B", "tokenizer"), ("Qwen/Qwen3-4B", ""), ("Qwen/Qwen3-8B", "")),
)  # fmt: skip
_Z_QWEN: Final = _Encoder(
    "text_encoder", ("language model",), "Qwen3-4B (qwen_3_4b.safetensors)", "Qwen3Model", "Qwen2Tokenizer",
    ("cap_embedder.1.weight", 1, 1), configs.configure_qwen3,
    (("Tongyi-MAI/Z-Image-Turbo", "tokenizer"), ("Qwen/Qwen3-4B", "")),
)  # fmt: skip
_FLUX1: Final = _Family(
    "FluxPipeline", "FluxTransformer2DModel", configs.configure_flux1, (_CLIP, _T5),
    "AutoencoderKL", "VAE of FLUX.1 (ae.safetensors)", configs.configure_vae,
)  # fmt: skip
_FAMILIES: Final[Mapping[str, _Family]] = {
    "FLUX.1": _FLUX1,
    "FLUX.2": _Family(
        "Flux2KleinPipeline", "Flux2Transformer2DModel", configs.configure_flux2, (_KLEIN_QWEN,),
        "AutoencoderKLFlux2", "VAE of FLUX.2 (flux2-vae.safetensors)", configs.configure_flux2_vae,
    ),
    "Z-Image": _Family(
        "ZImagePipeline", "ZImageTransformer2DModel", configs.configure_z_image, (_Z_QWEN,),
        "AutoencoderKL", "VAE of FLUX.1 (ae.safetensors)", configs.configure_vae,
    ),
}  # fmt: skip


def is_single_file(path: Path) -> bool:
    """Say whether a path is a model file, or a folder with such and not one in the layout of diffusers."""
    if path.is_dir():
        return not (path / "model_index.json").is_file() and bool(_list_denoisers(path))
    return path.suffix.lower() in (".safetensors", ".gguf") and path.is_file()


def assemble(path: Path) -> Path:
    """Return a folder in the layout of diffusers with what a denoiser's file needs, found beside it by their headers.

    Args:
        path: the file of a denoiser, or a folder as ComfyUI's in which there is one.

    Raises:
        ModelUnavailable: what is missing or does not fit, and where to put it.
    """
    file = _find_denoiser(path)
    stamp = file.stat()
    return _assemble(file, _find_root(file), (stamp.st_size, stamp.st_mtime_ns))


def find_layout(path: Path) -> Path:
    """Return the folder in the layout of diffusers for a path: itself, or what is assembled of files; never fails."""
    try:
        return assemble(path) if is_single_file(path) else path
    except ModelUnavailable:
        return path  # loading the model says what is wrong with it


def find_family(file: ModelFile) -> str:
    """Return the family of a denoiser's file, empty if single files of it are not loaded."""
    for family in _FAMILIES:
        if family in file.kind:
            return family
    return ""


def find_variant(file: ModelFile) -> str:
    """Return what of its family a denoiser's file is: one of the names of schedules."""
    name = file.path.name.lower()
    match find_family(file):
        case "FLUX.1":
            return "flux-schnell" if "schnell" in file.kind or "schnell" in name else "flux-dev"
        case "FLUX.2":
            return "klein"
        case "Z-Image":
            return "z-image-turbo" if "turbo" in name else "z-image"
        case _:
            return ""


def is_distilled(file: ModelFile) -> bool:
    """Say whether a FLUX.2 klein draws in four steps; its base models are told by their name only."""
    return "base" not in file.path.name.lower()


def _list_denoisers(folder: Path) -> list[ModelFile]:
    return [file for file in list_model_files(folder) if file.role in ("denoiser", "checkpoint") and not file.problem]


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


def _find_root(file: Path) -> Path:
    """Return where the folders are that a file lies in one of, else its own folder."""
    return next((parent.parent for parent in file.parents if parent.name in FOLDERS), file.parent)


@lru_cache(maxsize=32)
def _assemble(file: Path, root: Path, _stamp: tuple[int, int]) -> Path:
    found = recognise(file)
    if found.kind == UNKNOWN[1] and found.problem:
        raise ModelUnavailable(found.problem)
    shapes = read_shapes(file)
    role, kind = recognise_shapes(shapes)  # says more than the header of a GGUF file
    found = replace(found, role=role, kind=kind)
    family = _FAMILIES.get(find_family(found))
    if family is None or found.role != "denoiser":
        raise ModelUnavailable(
            f"{file} is a {found.role} ({found.kind}); single files are loaded of denoisers of {', '.join(_FAMILIES)}: "
            "take the model in the layout of diffusers, with a model_index.json"
        )
    others = [other for other in list_model_files(root) if other.path != file]
    folder = Path(tempfile.mkdtemp(prefix="blazon-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # links and small files; the weights lie elsewhere
    try:
        _fill(folder, family, found, shapes, others, root)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _fill(folder: Path, family: _Family, found: ModelFile, shapes: Shapes, others: list[ModelFile], root: Path) -> None:
    """Put the parts of a pipeline into a folder, and its `model_index.json`.

    Raises:
        ModelUnavailable: a part is not there.
    """
    index: dict[str, Any] = {"_class_name": family.pipeline}
    _put_scheduler(folder, index, find_variant(found))
    if family.pipeline == "Flux2KleinPipeline":
        index["is_distilled"] = is_distilled(found)
    _put_part(
        folder,
        index,
        "transformer",
        ("diffusers", family.transformer),
        found.path,
        _configure(family.configure, found.path, shapes),
    )
    for encoder in family.encoders:
        _put_encoder(folder, index, encoder, shapes, others, root)
    _put_vae(folder, index, family, others, root)
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")


def _put_scheduler(folder: Path, index: dict[str, Any], variant: str) -> None:
    kind = "FlowMatchEulerDiscreteScheduler"
    index["scheduler"] = ["diffusers", kind]
    (folder / "scheduler").mkdir()
    config = {"_class_name": kind, **configs.SCHEDULERS[variant]}
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(config), encoding="utf-8")


def _put_part(
    folder: Path, index: dict[str, Any], part: str, kind: tuple[str, str], file: Path, config: configs.Config
) -> None:
    """Write the folder of a part: its configuration, and a link to its file."""
    index[part] = list(kind)
    place = folder / part
    place.mkdir()
    if kind[0] == "diffusers":
        config = {**config, "_class_name": kind[1]}
    (place / "config.json").write_text(json.dumps({**config, SINGLE_FILE_MARK: True}), encoding="utf-8")
    name = file.name if file.suffix.lower() == ".gguf" else "model.safetensors"
    (place / name).symlink_to(file.absolute())


def _put_encoder(
    folder: Path, index: dict[str, Any], encoder: _Encoder, shapes: Shapes, others: Iterable[ModelFile], root: Path
) -> None:
    tensor, axis, multiple = encoder.width
    width = shapes[tensor][axis] // multiple
    candidates = [file for file in others if file.kind in encoder.kinds]
    fitting = [(file, seen) for file in candidates if (seen := _read_encoder(file)) and _measure_width(seen) == width]
    if not fitting:
        raise ModelUnavailable(
            _explain_missing(encoder.label, width, candidates, others, root, _find_place(root, "text_encoders", "clip"))
        )
    file, own = max(fitting, key=lambda each: each[0].size)
    _put_part(
        folder,
        index,
        encoder.part,
        ("transformers", encoder.library_class),
        file.path,
        _configure(encoder.configure, file.path, own),
    )
    part = encoder.part.replace("text_encoder", "tokenizer")
    index[part] = ["transformers", encoder.tokenizer_class]
    (folder / part).symlink_to(_find_tokenizer(part, encoder, root), target_is_directory=True)


def _read_encoder(file: ModelFile) -> Shapes:
    return {} if file.problem or file.path.suffix.lower() == ".gguf" else read_shapes(file.path)


def _measure_width(shapes: Shapes) -> int:
    names = ("shared.weight", "encoder.embed_tokens.weight", "model.embed_tokens.weight",
             "text_model.embeddings.token_embedding.weight")  # fmt: skip
    return next((shapes[name][1] for name in names if name in shapes), 0)


def _explain_missing(
    label: str, width: int, candidates: list[ModelFile], others: Iterable[ModelFile], root: Path, place: str
) -> str:
    gguf = [file.path.name for file in candidates if file.path.suffix.lower() == ".gguf"]
    broken = next((file.problem for file in others if file.problem and file.path.parent == root / place), "")
    seen = [file.path.name for file in candidates if file.path.name not in gguf]
    why = (
        f"; {broken}" if broken
        else f"; {seen[0]} is of another width" if seen
        else f"; {gguf[0]} is GGUF, which is loaded for denoisers only" if gguf
        else ""
    )  # fmt: skip
    return f"the model needs {label}, {width} wide, as a safetensors file in {root / place}{why}"


def _find_place(root: Path, *names: str) -> str:
    """Return the name of the folder that is there, else the first."""
    return next((name for name in names if (root / name).is_dir()), names[0])


def _find_tokenizer(part: str, encoder: _Encoder, root: Path) -> Path:
    """Return the folder of a tokenizer: beside the files, or in the cache of the hub."""
    from huggingface_hub import try_to_load_from_cache

    for place in (root / part, root / "tokenizers" / part):
        if any((place / name).is_file() for name in _TOKENIZER_FILES):
            return place.absolute()
    for repository, folder in encoder.tokenizers:
        for name in _TOKENIZER_FILES:
            cached = try_to_load_from_cache(repository, f"{folder}/{name}" if folder else name)
            if isinstance(cached, str):
                return Path(cached).parent
    repository, folder = encoder.tokenizers[0]
    raise ModelUnavailable(
        f"the model needs the tokenizer of {encoder.label}, a few small files that are not in it: fetch them by "
        f"`hf download {repository} --include '{folder}/*'`, or copy the folder {folder} of that to {root / part}"
    )


def _put_vae(folder: Path, index: dict[str, Any], family: _Family, others: Iterable[ModelFile], root: Path) -> None:
    vaes = [file for file in others if file.role == "VAE"]
    channels = 32 if family.vae == "AutoencoderKLFlux2" else 16
    whole = [file for file in vaes if not file.problem]
    fitting = [file for file in whole if file.kind.startswith(f"{channels} ")] or (whole if len(whole) == 1 else [])
    if not fitting:
        raise ModelUnavailable(_explain_missing(family.vae_kind, channels, vaes, others, root, "vae"))
    file = max(fitting, key=lambda each: each.size)
    config = _configure(family.configure_vae, file.path, read_shapes(file.path))
    _put_part(folder, index, "vae", ("diffusers", family.vae), file.path, config)


def _configure(configure: Callable[[Shapes], configs.Config], file: Path, shapes: Shapes) -> configs.Config:
    """Return the configuration for a file: the one beside it, else what its shapes tell."""
    own = file.with_suffix(".json")
    if own.is_file():
        return read_json(own)
    try:
        return configure(shapes)
    except (KeyError, IndexError, ValueError) as error:
        raise ModelUnavailable(
            f"{file} lacks {error}, so that its configuration cannot be told; if the file is whole, put its "
            f"config.json beside it as {own.name}"
        ) from error
