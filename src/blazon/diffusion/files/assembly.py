"""A folder in the layout of diffusers, of links to single files and of the configurations that those lack.

The parts are found among the files beside the denoiser by their headers, and in a checkpoint itself; tokenizers, which
no such file has, are linked from where they are already.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.files import single_file_configs as configs
from blazon.diffusion.files import unet_config
from blazon.diffusion.files.encoder_names import rename_llama_cpp
from blazon.diffusion.files.recognition import ModelFile, read_shapes
from blazon.diffusion.files.single_file_families import (
    Configure,
    Encoder,
    Measure,
    SingleFileFamily,
    find_variant,
    is_distilled,
)
from blazon.diffusion.files.weights import SINGLE_FILE_MARK, read_header, read_json
from blazon.errors import ModelUnavailable

Shapes = configs.Shapes
_TOKENIZER_FILES: Final = ("tokenizer.json", "vocab.json", "spiece.model")
# Where the width of a text encoder is, as the second axis of its embeddings.
_EMBEDDINGS: Final = (
    "shared.weight",
    "encoder.embed_tokens.weight",
    "model.embed_tokens.weight",
    "model.language_model.embed_tokens.weight",
    "text_model.embeddings.token_embedding.weight",
    "token_embedding.weight",
)


def fill_folder(
    folder: Path, family: SingleFileFamily, denoiser: ModelFile, others: Iterable[ModelFile], root: Path
) -> None:
    """Put the parts of a pipeline into a folder, and its `model_index.json`.

    Args:
        others: where parts are looked for, those of the checkpoint itself first.
        root: the folder that has the folders of ComfyUI.

    Raises:
        ModelUnavailable: a part is not there.
    """
    index: dict[str, Any] = {"_class_name": family.pipeline, **family.options}
    found, shapes = list(others), read_shapes(denoiser.path, denoiser.start)
    _put_scheduler(folder, index, find_variant(denoiser), _read_prediction(denoiser))
    if family.pipeline == "Flux2KleinPipeline":
        index["is_distilled"] = is_distilled(denoiser)
    config = _configure(family.configure, denoiser, shapes)
    _put_part(folder, index, family.denoiser, ("diffusers", family.transformer), denoiser, config)
    for encoder in family.encoders:
        _put_encoder(folder, index, encoder, denoiser, shapes, found, root)
    _put_vae(folder, index, family, denoiser, shapes, found, root)
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")


def _read_prediction(denoiser: ModelFile) -> configs.Config:
    """Return what a checkpoint says of its schedule by tensors that are only there to be seen.

    Raises:
        ModelUnavailable: it was trained with another noise than its family.
    """
    names = read_header(denoiser.path).shapes if denoiser.start else {}
    if "edm_mean" in names:
        raise ModelUnavailable(
            f"{denoiser.path} was trained with the noise of EDM, as Playground 2.5: "
            "take the model in the layout of diffusers, with a model_index.json"
        )
    told: configs.Config = {"prediction_type": "v_prediction"} if "v_pred" in names else {}
    return {**told, "rescale_betas_zero_snr": True} if "ztsnr" in names else told


def _put_scheduler(folder: Path, index: dict[str, Any], variant: str, told: configs.Config) -> None:
    kind, config = unet_config.SCHEDULERS.get(variant) or (
        "FlowMatchEulerDiscreteScheduler",
        configs.FLOW_SCHEDULERS[variant],
    )
    index["scheduler"] = ["diffusers", kind]
    (folder / "scheduler").mkdir()
    text = json.dumps({"_class_name": kind, **config, **told})
    (folder / "scheduler" / "scheduler_config.json").write_text(text, encoding="utf-8")


def _put_part(
    folder: Path, index: dict[str, Any], part: str, kind: tuple[str, str], file: ModelFile, config: configs.Config
) -> None:
    """Write the folder of a part: its configuration, and a link to its file."""
    index[part] = list(kind)
    place = folder / part
    place.mkdir()
    if kind[0] == "diffusers":
        config = {**config, "_class_name": kind[1]}
    (place / "config.json").write_text(json.dumps({**config, SINGLE_FILE_MARK: file.start}), encoding="utf-8")
    name = file.path.name if _is_gguf(file) else "model.safetensors"
    (place / name).symlink_to(file.path.absolute())


def _put_encoder(
    folder: Path,
    index: dict[str, Any],
    encoder: Encoder,
    denoiser: ModelFile,
    shapes: Shapes,
    others: list[ModelFile],
    root: Path,
) -> None:
    width = _read_width(encoder.width, denoiser, shapes)
    candidates = [file for file in others if file.role == "text encoder" and file.kind in encoder.kinds]
    read = [(file, _read_encoder(file)) for file in candidates if not file.problem]
    fitting = [(file, seen) for file, seen in read if not width or file.start or _measure_width(seen) == width]
    if not fitting:
        place = _find_place(root, "text_encoders", "clip")
        raise ModelUnavailable(_explain_missing(encoder.label, width, candidates, others, root, place))
    file, own = max(fitting, key=lambda each: (bool(each[0].start), each[0].size))
    config = _configure(encoder.configure, file, own)
    _put_part(folder, index, encoder.part, ("transformers", encoder.library_class), file, config)
    tokenizer = _find_tokenizer(encoder, root)
    index[encoder.tokenizer] = ["transformers", encoder.tokenizer_class]
    (folder / encoder.tokenizer).symlink_to(tokenizer, target_is_directory=True)


def _read_width(measure: Measure | None, denoiser: ModelFile, shapes: Shapes) -> int:
    """Return a number that a denoiser's file tells, 0 if it does not have to be known.

    Raises:
        ModelUnavailable: the file lacks the tensor.
    """
    if measure is None:
        return 0
    return int(_configure(lambda told: {"width": measure.read(told)}, denoiser, shapes, alone=True)["width"])


def _read_encoder(file: ModelFile) -> Shapes:
    shapes = read_shapes(file.path, file.start)
    if "embeddings.token_embedding.weight" in shapes:  # of CLIP, in the oldest checkpoints
        return {f"text_model.{name}": shape for name, shape in shapes.items()}
    if not _is_gguf(file):
        return shapes
    renamed = rename_llama_cpp(shapes)
    return {renamed[name]: shape for name, shape in shapes.items()}


def _is_gguf(file: ModelFile) -> bool:
    return file.path.suffix.lower() == ".gguf"


def _measure_width(shapes: Shapes) -> int:
    return next((shapes[name][1] for name in _EMBEDDINGS if name in shapes), 0)


def _explain_missing(
    label: str, width: int, candidates: list[ModelFile], others: list[ModelFile], root: Path, place: str
) -> str:
    broken = next((file.problem for file in others if file.problem and file.path.parent == root / place), "")
    beside = next((file for file in others if file.path.parent == root / place and not file.problem), None)
    why = (
        f"; {broken}" if broken
        else f"; {candidates[0].path.name} is of another width" if candidates
        else f"; {beside.path.name} is a {beside.role} ({beside.kind})" if beside
        else ""
    )  # fmt: skip
    wide = f", {width} wide," if width else ""
    return f"the model needs {label}{wide} as a safetensors file in {root / place}{why}"


def _find_place(root: Path, *names: str) -> str:
    """Return the name of the folder that is there, else the first."""
    return next((name for name in names if (root / name).is_dir()), names[0])


def _find_tokenizer(encoder: Encoder, root: Path) -> Path:
    """Return the folder of a tokenizer: beside the files, or in the cache of the hub."""
    from huggingface_hub import try_to_load_from_cache

    part = encoder.tokenizer
    for place in (root / part, root / "tokenizers" / part):
        if any((place / name).is_file() for name in _TOKENIZER_FILES):
            return place.absolute()
    for repository, folder in encoder.tokenizers:
        for name in _TOKENIZER_FILES:
            cached = try_to_load_from_cache(repository, f"{folder}/{name}" if folder else name)
            if isinstance(cached, str):
                return Path(cached).parent
    repository, folder = encoder.tokenizers[0]
    wanted = f" --include '{folder}/*'" if folder else " --include '*.json' '*.txt'"
    where = f"the folder {folder} of that" if folder else "them"
    raise ModelUnavailable(
        f"the model needs the tokenizer of {encoder.label}, a few small files that are not in it: fetch them by "
        f"`hf download {repository}{wanted}`, or copy {where} to {root / part}"
    )


def _put_vae(
    folder: Path,
    index: dict[str, Any],
    family: SingleFileFamily,
    denoiser: ModelFile,
    shapes: Shapes,
    others: list[ModelFile],
    root: Path,
) -> None:
    channels = _read_width(family.channels, denoiser, shapes)
    vaes = [file for file in others if file.role == "VAE" and _is_of_films(file) == family.films]
    fitting = [file for file in vaes if not file.problem and file.kind.startswith(f"{channels} ")]
    if not fitting:
        raise ModelUnavailable(_explain_missing(family.vae_label, channels, vaes, others, root, "vae"))
    file = max(fitting, key=lambda each: (bool(each.start), each.size))
    config = _configure(family.configure_vae, file, read_shapes(file.path, file.start))
    _put_part(folder, index, "vae", ("diffusers", family.vae), file, config)


def _is_of_films(file: ModelFile) -> bool:
    return "Qwen-Image" in file.kind


def _configure(configure: Configure, file: ModelFile, shapes: Shapes, *, alone: bool = False) -> configs.Config:
    """Return the configuration for a file: the one beside it, else what its shapes tell.

    Args:
        alone: only by its shapes.
    """
    own = file.path.with_suffix(".json")
    if own.is_file() and not file.start and not alone:
        return read_json(own)
    try:
        return configure(shapes)
    except (KeyError, IndexError, ValueError, StopIteration) as error:
        raise ModelUnavailable(
            f"{file.path} lacks {error or 'layers'}, so that its configuration cannot be told; if the file is whole, "
            f"put its config.json beside it as {own.name}"
        ) from error
