"""What a modular pipeline of diffusers consists of, as its `modular_model_index.json` says. No torch.

Such a folder has no `model_index.json`: a list of blocks in diffusers takes the place of one pipeline's call, and
each part is told as `["library", "Class", {"subfolder": ...}]`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.files.weights import read_json
from blazon.errors import ModelUnavailable

MODULAR_INDEX: Final = "modular_model_index.json"
_LIBRARIES: Final = ("diffusers", "transformers")
_FOLDER: Final = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class ModularPart:
    """A part that lies in the folder: the library and the name of its class, and the folder of its files."""

    library: str
    kind: str
    folder: Path


@dataclass(frozen=True, slots=True)
class ModularIndex:
    """What `modular_model_index.json` says.

    Args:
        pipeline, blocks: the classes in diffusers that run the model.
        parts: those that lie in the folder, by name; what lies in another repository is not fetched from there.
    """

    pipeline: str
    blocks: str
    parts: dict[str, ModularPart]


def is_modular(folder: Path) -> bool:
    """Say whether a folder holds a modular pipeline and no other."""
    return (folder / MODULAR_INDEX).is_file() and not (folder / "model_index.json").is_file()


def read_modular_index(folder: Path, remote: Collection[str] = ()) -> ModularIndex:
    """Read the `modular_model_index.json` of a folder.

    Args:
        remote: paths of files that belong into the folder, though they may not be there yet.

    Raises:
        ModelUnavailable: it is damaged, or names what would be code of the model's own.
    """
    index = read_json(folder / MODULAR_INDEX)
    pipeline, blocks = index.get("_class_name"), index.get("_blocks_class_name")
    if not (isinstance(pipeline, str) and isinstance(blocks, str)):
        raise ModelUnavailable(
            f"{folder / MODULAR_INDEX} does not say which class of diffusers runs the model; fetch the model again"
        )
    if any("auto_map" in _read(folder / name) for name in ("modular_config.json", "config.json")):
        raise ModelUnavailable(f"{folder} brings blocks of its own, code that is never run; choose another model")
    parts, folders = {}, {path.partition("/")[0] for path in remote if "/" in path}
    for name, entry in index.items():
        if isinstance(entry, list) and len(entry) == 3 and isinstance(entry[2], dict):
            part = _read_part(folder, name, entry)
            if part.folder.is_dir() or part.folder.name in folders:
                parts[name] = part
    return ModularIndex(pipeline, blocks, parts)


def _read_part(folder: Path, name: str, entry: list[Any]) -> ModularPart:
    library, kind, settings = entry
    where = settings.get("subfolder") or name
    if library not in _LIBRARIES or not isinstance(kind, str):
        raise ModelUnavailable(f"{folder} brings code of its own for its {name}, which is never run")
    if not isinstance(where, str) or not _FOLDER.fullmatch(where):
        raise ModelUnavailable(f"{folder / MODULAR_INDEX}: the {name} does not lie in a folder of the model")
    return ModularPart(library, kind, folder / where)


def _read(path: Path) -> dict[str, Any]:
    return read_json(path) if path.is_file() else {}
