"""Weight files: which ones a component has, what is in them, and whether they are whole. Reads headers only.

A safetensors file is eight bytes with the length of a JSON header, the header, and the numbers
(https://github.com/huggingface/safetensors, "Format"); so a file that was cut short is found without
reading it.
"""

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.memory.footprint import Component
from blazon.errors import ModelUnavailable

_STEMS: Final = ("diffusion_pytorch_model", "model")
# What stands before the end of a name where a folder has the weights in several precisions, the better ones first.
_VARIANTS: Final = ("bf16", "fp16", "fp32")
# What the format's own reader accepts as a header.
_LONGEST_HEADER: Final = 100_000_000
# What loading reads of a model's folder.
_READ: Final = (".json", ".safetensors", ".gguf", ".model", ".txt", ".jinja")
SINGLE_FILE_MARK: Final = "_blazon_single_file"
"""The entry of a part's configuration that says that its weights are in the form of the model's makers: what stands
before the names of the part in its file, empty where the file holds nothing else."""
_UNSAFE: Final = (".bin", ".pt", ".ckpt", ".pth")


@dataclass(frozen=True, slots=True)
class Header:
    """What a safetensors file says of itself: the shape of each tensor, and the bytes of the whole file."""

    shapes: Mapping[str, tuple[int, ...]]
    size: int


def read_json(path: Path, *, list_too: bool = False) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        list_too: let a file that holds a list pass, as an empty object.

    Raises:
        ModelUnavailable: the file is missing or is something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelUnavailable(f"{path} is missing; fetch the model again") from error
    except OSError as error:
        raise ModelUnavailable(explain_unreadable(path, error)) from error
    except (ValueError, RecursionError) as error:
        raise ModelUnavailable(f"{path} is not JSON; it is damaged, fetch it again") from error
    if list_too and isinstance(content, list):
        return {}
    if not isinstance(content, dict):
        raise ModelUnavailable(f"{path} is not what a model has in its place; fetch it again")
    return content


def explain_unreadable(path: Path | str, error: OSError) -> str:
    """Return in one line why a file that is there cannot be read, and what helps."""
    if isinstance(error, PermissionError):
        return f"{path} cannot be read (Permission denied); let the account that Blazon runs under read it"
    return f"{path} cannot be read ({error.strerror or error}); look at the disk that it lies on"


@contextmanager
def demand_unchanged(folder: Path) -> Iterator[None]:
    """Refuse what is done with the files of a model while somebody changes them, whatever else becomes of it.

    Raises:
        ModelUnavailable: a file came, went or was written to meanwhile.
    """
    before = _take_stock(folder)
    try:
        yield
    finally:
        after = _take_stock(folder)
        changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        if changed:
            raise ModelUnavailable(
                f"{folder} changed while it was loaded ({changed[0].relative_to(folder)}); "
                "wait until it is copied whole, and load it again"
            )


def _take_stock(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Return number, size and time of the last change of each file of a model, two levels deep as those lie."""
    stock = {}
    for path in (*folder.glob("*"), *folder.glob("*/*")):
        with suppress(OSError):  # gone since, which is a change
            found = path.stat()
            if path.suffix in _READ and not path.is_dir():
                stock[path] = (found.st_ino, found.st_size, found.st_mtime_ns)
    return stock


def pick_files(folder: Path, names: Collection[str]) -> tuple[str, ...]:
    """Return those of the files of a component that hold its weights: safetensors, else GGUF.

    The plain ones come before variants of a precision, of which the others are then no part of the component.

    Args:
        folder: of the component; an index of shards is read from there.
        names: of all files that the component has, here or on the hub.

    Raises:
        ModelUnavailable: there are none, some of the index are missing, or only formats that can carry code.
    """
    return _choose(folder, names)[1]


def find_variant(folder: Path) -> str | None:
    """Return by which variant, such as `fp16`, the libraries find the weights that `pick_files` chooses.

    Raises:
        ModelUnavailable: as `pick_files`.
    """
    return _choose(folder, _list_names(folder))[0]


def _choose(folder: Path, names: Collection[str]) -> tuple[str | None, tuple[str, ...]]:
    incomplete: ModelUnavailable | None = None
    for variant in (None, *_VARIANTS):
        for stem in _STEMS:
            index = f"{stem}.safetensors.index.{variant}.json" if variant else f"{stem}.safetensors.index.json"
            single = f"{stem}.{variant}.safetensors" if variant else f"{stem}.safetensors"
            try:
                if index in names:
                    return variant, _pick_shards(folder / index, names)
            except ModelUnavailable as error:  # who fetches a variant only has the index of the plain ones mostly too
                incomplete = incomplete or error
            if single in names and index not in names:
                return variant, (single,)
    if incomplete is not None:
        raise incomplete
    return None, (_pick_gguf(folder, names),)


def _pick_gguf(folder: Path, names: Collection[str]) -> str:
    found = sorted(name for name in names if name.endswith(".gguf"))
    if len(found) == 1:
        return found[0]
    if found:
        raise ModelUnavailable(f"{folder} has several GGUF files; leave only the one that is to be used")
    if any(name.endswith(_UNSAFE) for name in names):
        raise ModelUnavailable(f"{folder} has no safetensors file, only formats that can carry code; convert the model")
    raise ModelUnavailable(f"{folder} has no weights; fetch the model again")


def _pick_shards(index: Path, names: Collection[str]) -> tuple[str, ...]:
    placed = read_json(index).get("weight_map")
    if not isinstance(placed, dict) or not placed:
        raise ModelUnavailable(f"{index} names no files; it is damaged, fetch it again")
    shards = tuple(sorted({str(name) for name in placed.values()}))
    missing = [name for name in shards if name not in names]
    if missing:
        listed = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        raise ModelUnavailable(f"{index.parent} lacks {listed}, which its index names; fetch the model again")
    return shards


def list_weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the weight files of a component's folder.

    Raises:
        ModelUnavailable: as `pick_files`.
    """
    return tuple(folder / name for name in pick_files(folder, _list_names(folder)))


def _list_names(folder: Path) -> set[str]:
    if not folder.is_dir():
        raise ModelUnavailable(f"{folder} is missing; fetch the model again")
    try:
        return {path.name for path in folder.iterdir()}
    except OSError as error:
        raise ModelUnavailable(explain_unreadable(folder, error)) from error


def read_header(path: Path, start: str = "") -> Header:
    """Read the header of a safetensors file and compare it with the file's size.

    Args:
        start: of the names of the only part that is wanted, which they are then told without.

    Raises:
        ModelUnavailable: the file is cut short or is no safetensors file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            text = file.read(length) if length <= min(_LONGEST_HEADER, size) else b""
    except OSError as error:
        raise ModelUnavailable(explain_unreadable(path, error)) from error
    try:
        tensors = {name: told for name, told in json.loads(text).items() if name != "__metadata__"}
        shapes = {name: tuple(told["shape"]) for name, told in tensors.items()}
        expected = 8 + length + max((told["data_offsets"][1] for told in tensors.values()), default=0)
    except (ValueError, AttributeError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise _make_damage_error(path, _guess(path)) from error
    if size != expected:
        raise _make_damage_error(path, f"{size:,} bytes in place of {expected:,}")
    if start:
        shapes = {name.removeprefix(start): shape for name, shape in shapes.items() if name.startswith(start)}
        size = sum(end - begin for begin, end in (tensors[start + name]["data_offsets"] for name in shapes))
    return Header(shapes, size)


def _make_damage_error(path: Path, how: str) -> ModelUnavailable:
    # The cache of the hub holds links; while the file behind one is there, it would be taken again.
    return ModelUnavailable(f"{path.resolve()} is damaged: {how}; delete it and fetch it again")


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(7)
    if start == b"version":
        return "it is a pointer of Git LFS, not the file itself (git lfs pull fetches that)"
    return "it is no safetensors file" if start else "it is empty"


def read_gguf(path: Path) -> Component:
    """Return a component stored as GGUF, whose numbers of parameters do not matter: it stays as it is.

    Raises:
        ModelUnavailable: the file is something else.
    """
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise _make_damage_error(path, "it is no GGUF file")
    return Component(0, 0, path.stat().st_size)


def read_gguf_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors in a GGUF file.

    Raises:
        ModelUnavailable: it is damaged, or the package gguf is missing.
    """
    try:
        from gguf import GGUFReader
    except ImportError:
        raise ModelUnavailable("GGUF files need the package gguf: pip install gguf") from None
    try:
        # The first axis of GGUF is the last of torch.
        return {tensor.name: tuple(int(size) for size in reversed(tensor.shape)) for tensor in GGUFReader(path).tensors}
    except (ValueError, IndexError, KeyError, OSError) as error:
        raise ModelUnavailable(f"{path} is damaged ({error}); delete it and fetch it again") from error


def measure(headers: Iterable[Header]) -> Component:
    """Return the size of a component from the headers of its files.

    Two-dimensional tensors are the weights of linear layers, but for embeddings, which are looked up.
    """
    parameters = linear = stored = 0
    for header in headers:
        stored += header.size
        for name, shape in header.shapes.items():
            count = math.prod(shape)
            parameters += count
            linear += count if len(shape) == 2 and not _is_embedding(name) else 0
    return Component(parameters, linear, stored)


def measure_folder(folder: Path) -> Component:
    """Return the size of a component on disk, having checked that its files are whole.

    Raises:
        ModelUnavailable: a file is missing or damaged.
    """
    files = list_weight_files(folder)
    if files[0].suffix == ".gguf":
        packed = read_gguf(files[0])
        if "model_type" not in read_json(folder / "config.json"):
            return packed
        # What transformers runs is unpacked while it is loaded.
        return measure([Header(read_gguf_shapes(files[0]), packed.stored_bytes)])
    start = find_start(folder)
    return measure(read_header(path, start or "") for path in files)


def find_start(folder: Path) -> str | None:
    """Return what stands before the names of a part's tensors in the file of its makers; None if it is in no such."""
    config = folder / "config.json"
    start = read_json(config).get(SINGLE_FILE_MARK) if config.is_file() else None
    return start if isinstance(start, str) else None


def _is_embedding(name: str) -> bool:
    words = name.split(".")
    return "shared" in words or any(word in ("embed_tokens", "token_embedding", "position_embedding") for word in words)
