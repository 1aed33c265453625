"""What a pipeline consists of, as its `model_index.json` says. No torch.

Beside its parts, `["library", "Class"]` each, an index holds options of the pipeline: numbers, texts, lists of layers.
"""

import importlib.util
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.files.modular_index import MODULAR_INDEX, is_modular, read_modular_index
from blazon.diffusion.files.weights import read_json
from blazon.errors import ModelUnavailable

INDEX: Final = "model_index.json"
IMAGE_ENCODER: Final = "image_encoder"
"""The part that reads pictures to draw after, which nobody sends: it is not fetched, nor loaded."""
_LIBRARIES: Final = ("diffusers", "transformers")
_MODULE: Final = re.compile(r"[a-z_][\w.]*")
_CLASS: Final = re.compile(r"[A-Z]\w*")
# Parts of a pipeline without weights, by how the names of their classes end.
_WEIGHTLESS: Final = (
    "Tokenizer",
    "TokenizerFast",
    "TokenizersBackend",
    "CommonBackend",
    "Scheduler",
    "Processor",
    "ProcessorFast",
    "ProcessorPil",
    "FeatureExtractor",
    "Guidance",
)


@dataclass(frozen=True, slots=True)
class PartEntry:
    """The class of a part: its library, which for a class of one pipeline is the package of that, and its name."""

    library: str
    kind: str

    @property
    def is_weighty(self) -> bool:
        """Whether the part has weights."""
        return not self.kind.endswith(_WEIGHTLESS)


@dataclass(frozen=True, slots=True)
class PipelineIndex:
    """What `model_index.json` says.

    Args:
        pipeline: the class in diffusers that runs the model.
        parts: those that the model has, by name.
        absent: names of what is `null` in it: parts that are left out, and options.
    """

    pipeline: str
    parts: dict[str, PartEntry]
    absent: tuple[str, ...]

    @property
    def weighty(self) -> list[str]:
        """The names of the parts that have weights and that drawing from text needs."""
        return [name for name, entry in self.parts.items() if entry.is_weighty and name != IMAGE_ENCODER]


def find_index(files: Collection[str]) -> str | None:
    """Return which of a model's files, by their paths in it, says what its pipeline consists of; None if none does."""
    return next((name for name in (INDEX, MODULAR_INDEX) if name in files), None)


def read_index(folder: Path, remote: Collection[str] = ()) -> PipelineIndex:
    """Read the `model_index.json` of a folder, or the `modular_model_index.json` of a modular pipeline.

    Args:
        remote: paths of files that belong into the folder, though they may not be there yet.

    Raises:
        ModelUnavailable: it is missing or damaged, or names a class that would be code of the model's own.
    """
    if is_modular(folder):
        modular = read_modular_index(folder, remote)
        entries = {name: PartEntry(part.library, part.kind) for name, part in modular.parts.items()}
        return PipelineIndex(modular.pipeline, entries, ())
    index = read_json(folder / INDEX)
    pipeline = index.get("_class_name")
    values = {name: value for name, value in index.items() if not name.startswith("_")}
    parts = {name: PartEntry(*value) for name, value in values.items() if _is_part(value)}
    foreign = [name for name, entry in parts.items() if not _is_known(entry.library)]
    old = next((name for name in foreign if _is_deprecated(parts[name].library)), None)
    if old is not None:
        raise ModelUnavailable(
            f"{folder}: its {old} ({parts[old].kind}) is of {parts[old].library}, pipelines that the installed "
            "diffusers no longer loads; choose another model"
        )
    if not isinstance(pipeline, str) or foreign:
        what = f"its {foreign[0]}" if foreign else "its pipeline"
        raise ModelUnavailable(f"{folder} brings code of its own for {what}, which is never run; choose another model")
    return PipelineIndex(pipeline, parts, tuple(name for name, value in values.items() if _is_absent(value)))


def _is_part(value: Any) -> bool:
    """Say whether a value names a module and a class in it, and is no other list."""
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(word, str) for word in value)):
        return False
    library, kind = value
    return _MODULE.fullmatch(library) is not None and _CLASS.fullmatch(kind) is not None


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, list) and len(value) == 2 and None in value)


def _is_known(library: str) -> bool:
    """Say whether a library is diffusers, transformers, or the package of a pipeline in diffusers."""
    if library in _LIBRARIES:
        return True
    pipelines = _find_pipelines()
    if pipelines is None:
        return library.isidentifier()  # nothing is loaded here, and so nothing is run
    return library.isidentifier() and (pipelines / library).is_dir()


def _is_deprecated(library: str) -> bool:
    """Say whether a library was the package of a pipeline in diffusers, and has been put aside there."""
    pipelines = _find_pipelines()
    return pipelines is not None and library.isidentifier() and (pipelines / "deprecated" / library).is_dir()


def _find_pipelines() -> Path | None:
    """Return where diffusers has its pipelines, without importing it; None if it is not installed."""
    found = importlib.util.find_spec("diffusers")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "pipelines"
