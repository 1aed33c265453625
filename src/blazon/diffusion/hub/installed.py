"""Models in the hub's cache: what is there, whether it is whole, and how to remove it. Asks nobody over the network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.files.modular_index import MODULAR_INDEX
from blazon.diffusion.files.pipeline_index import INDEX, read_index
from blazon.diffusion.files.weights import list_weight_files
from blazon.diffusion.hub.downloads import compute_digest
from blazon.errors import ModelUnavailable, NotFound

_PREFIX: Final = "models--"
_DIGEST_LENGTHS: Final = (40, 64)


@dataclass(frozen=True, slots=True)
class CachedModel:
    """A model in the cache of the hub.

    Args:
        folder: of the newest version.
        stored_bytes: all versions, and what of a download is there.
        problem: why it cannot be loaded as it is; empty if it is whole.
    """

    name: str
    folder: Path
    stored_bytes: int
    problem: str


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file that was hashed again; `problem` says what is wrong and is empty if nothing is."""

    path: str
    size: int
    problem: str = ""


def list_cached(cache: Path) -> list[CachedModel]:
    """Return the image models in a cache, by name; models of other kinds are passed over."""
    found = [_read_model(folder) for folder in sorted(cache.glob(f"{_PREFIX}*--*"))]
    return [model for model in found if model is not None]


def find_cached(cache: Path, name: str) -> CachedModel:
    """Return a model by its name on the hub, in any case.

    Raises:
        NotFound: it is not in the cache.
    """
    for model in list_cached(cache):
        if model.name.lower() == name.lower():
            return model
    raise NotFound(f"{name} is not in {cache}; blazon models list shows what is")


def _read_model(folder: Path) -> CachedModel | None:
    name = folder.name.removeprefix(_PREFIX).replace("--", "/", 1)
    snapshots = sorted(folder.glob("snapshots/*"), key=lambda path: path.stat().st_mtime)
    images = [snapshot for snapshot in snapshots if any((snapshot / name).exists() for name in (INDEX, MODULAR_INDEX))]
    if snapshots and not images:
        return None
    stored = sum(path.stat().st_size for path in folder.glob("blobs/*") if not path.is_symlink())
    newest = images[-1] if images else folder
    return CachedModel(name, newest, stored, find_gap(newest))


def find_gap(folder: Path) -> str:
    """Return why a model in the layout of diffusers cannot be loaded as it lies there, empty if it is whole."""
    try:
        weighty = read_index(folder).weighty
        gaps = [path for part in weighty for path in list_weight_files(folder / part) if not path.exists()]
    except ModelUnavailable as error:
        return str(error)
    return f"{gaps[0]} is missing" if gaps else ""


def verify(folder: Path, on_read: Callable[[int], None] = lambda _size: None) -> Iterator[FileVerdict]:
    """Hash every file of a cached model again and compare it with its name in the cache.

    Args:
        on_read: told the bytes of each file that was read.
    """
    for path in sorted(path for path in folder.rglob("*") if not path.is_dir()):
        name = path.relative_to(folder).as_posix()
        yield _verify_file(name, path)
        if path.exists():
            on_read(path.stat().st_size)


def _verify_file(name: str, path: Path) -> FileVerdict:
    blob = path.resolve()
    if not blob.exists():
        return FileVerdict(name, 0, "is missing")
    if blob.parent.name != "blobs" or len(blob.name) not in _DIGEST_LENGTHS:
        return FileVerdict(name, blob.stat().st_size, "has no hash to compare with: it is no link of the hub's cache")
    try:
        same = compute_digest(blob, blob.name) == blob.name
    except OSError as error:
        return FileVerdict(name, 0, f"cannot be read: {error.strerror}")
    return FileVerdict(name, blob.stat().st_size, "" if same else f"is damaged; delete {blob} and pull again")


def remove(cache: Path, model: CachedModel) -> int:
    """Remove all versions of a model from the cache and return how many bytes that freed.

    Raises:
        OSError: something of it cannot be removed.
    """
    import shutil

    folder = cache / f"{_PREFIX}{model.name.replace('/', '--', 1)}"
    kept: list[Any] = []
    shutil.rmtree(folder, onerror=lambda _call, path, info: kept.append((path, info[1])))
    shutil.rmtree(cache / ".locks" / folder.name, ignore_errors=True)
    if kept:
        raise kept[0][1]
    return model.stored_bytes
