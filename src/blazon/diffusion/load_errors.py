"""Whatever the libraries raise while a model is loaded, as one line that says what is wrong and what helps.

An error of a file is told from a fault of the code: who is told to fetch 30 GB again must have a reason to.
"""

import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
import torch

from blazon.diffusion.poison import is_poisoned, walk_chain
from blazon.errors import BlazonError, ModelUnavailable

log = structlog.get_logger(__name__)

_LIBRARIES: Final = frozenset(
    {
        "accelerate",
        "bitsandbytes",
        "diffusers",
        "gguf",
        "huggingface_hub",
        "safetensors",
        "tokenizers",
        "torchao",
        "transformers",
    }
)


@contextmanager
def explain_load_errors(name: str, device: torch.device) -> Iterator[None]:
    """Turn what is raised while the model `name` is loaded into one line, log it, and give the memory back.

    Raises:
        ModelUnavailable: in place of every error that is not raised on purpose.
    """
    try:
        yield
    except BlazonError:
        raise
    except Exception as error:  # the libraries raise every kind of error, and the server must live on
        log.exception("a model could not be loaded", model=name)
        told = explain_unforeseen(name, error, device)
        for link in walk_chain(error):
            _empty_frames(link)
        raise ModelUnavailable(told) from error
    finally:
        _free_memory(device)


def _empty_frames(error: BaseException) -> None:
    """Let go of what the frames of a failed call still hold: whoever answers with the error would keep it."""
    traceback.clear_frames(error.__traceback__)
    for frame, _ in traceback.walk_tb(error.__traceback__):
        _ = frame.f_locals  # a logger that shows local variables leaves a copy behind, which this empties


def explain_unforeseen(name: str, error: Exception, device: torch.device | None = None) -> str:
    """Return in one line why `name` cannot be loaded, and what helps; the caller logs the traceback."""
    memory = _name_memory(error, device)
    if memory is not None:
        return f"{memory} ran out while {name} was loaded; free some, or set QUANTIZATION=int8 or nf4"
    told = f"{type(error).__name__}: {take_first_line(error)}"
    if is_poisoned(error):
        return f"{name} cannot be loaded ({told}); this process cannot use the GPU any more, start it again"
    if is_of_files(error):
        return f"{name} cannot be loaded ({told}); fetch it again, or choose another model"
    if isinstance(error, ImportError):
        return f"{name} cannot be loaded ({told}); a package is missing or does not fit: pip install 'blazon[gpu]'"
    library = find_library(error)
    where = "" if library is None else f" in {library}, maybe over a file that is damaged"
    return f"{name} cannot be loaded ({told}): internal error{where}; the log has the traceback"


def is_of_files(error: Exception) -> bool:
    """Say whether an error tells of files: missing, damaged, or made for something else."""
    from safetensors import SafetensorError

    # The hub's library checks what configurations hold, with errors of its own.
    checked = type(error).__module__.partition(".")[0] == "huggingface_hub"
    return checked or isinstance(error, OSError | EOFError | ValueError | SafetensorError)


def find_library(error: Exception) -> str | None:
    """Return the library in whose code an error was raised; None if that was Blazon's own."""
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package == "blazon" or package in _LIBRARIES:
            return None if package == "blazon" else package
    return None


def take_first_line(error: BaseException) -> str:
    """Return what an error says in at most 200 characters."""
    return " ".join((str(error).strip().splitlines() or [""])[0].split())[:200]


def _name_memory(error: Exception, device: torch.device | None) -> str | None:
    """Return which memory an error says has run out; None if it says something else."""
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return "host memory"
    if not isinstance(error, torch.OutOfMemoryError):
        return None
    return f"memory on {device}" if device is not None and device.type != "cpu" else "host memory"


def _free_memory(device: torch.device) -> None:
    gc.collect()
    try:
        if device.type == "cuda":
            torch.cuda.empty_cache()
        elif device.type == "mps":
            torch.mps.empty_cache()
    except RuntimeError:  # of a GPU that cannot be used any more; why there is no model is told already
        log.exception("memory could not be given back")
