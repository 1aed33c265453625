"""Whatever the libraries raise while a model is loaded, as one line that says what is wrong and what helps.

An error of a file is told from a fault of the code: who is told to fetch 30 GB again must have a reason to.
"""

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
import torch

from blazon.diffusion.error_chain import walk_chain
from blazon.diffusion.files.part_classes import PartSite, explain_lack, find_guarded_package, find_lacking_package
from blazon.diffusion.files.weights import explain_unreadable
from blazon.diffusion.poison import is_poisoned
from blazon.errors import BlazonError, ModelUnavailable
from blazon.garbage import collect

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
    except BlazonError as error:
        _let_go(error)
        raise
    except Exception as error:  # the libraries raise every kind of error, and the server must live on
        log.exception("a model could not be loaded", model=name)
        told = explain_unforeseen(name, error, device)
        _let_go(error)
        raise ModelUnavailable(told) from error
    finally:
        _free_memory(device)


@contextmanager
def explain_part_errors(site: PartSite) -> Iterator[None]:
    """Turn what is raised while a part is loaded into one line that names it, and log it; to be used in
    `explain_load_errors`, which gives the memory back.

    Raises:
        ModelUnavailable: in place of every error of the part that is not raised on purpose.
    """
    try:
        yield
    except BlazonError:
        raise
    except Exception as error:  # as above
        if is_poisoned(error) or _name_memory(error, None):
            raise  # not of this part
        log.exception("a part of a model could not be loaded", model=site.model, part=site.part)
        told = _explain_part(site, error)
        _let_go(error)
        raise ModelUnavailable(told) from error


def _let_go(error: BaseException) -> None:
    for link in walk_chain(error):
        _empty_frames(link)


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
    of_disk = _explain_disk(error)
    if of_disk is not None:
        return f"{name} cannot be loaded: {of_disk}"
    if isinstance(error, ImportError):
        return f"{name} cannot be loaded ({told}); {_advise_package(error)}"
    package = find_guarded_package(error) if isinstance(error, NameError) else None
    if package is not None:
        return explain_lack(name, [package])
    if is_of_files(error):
        return f"{name} cannot be loaded ({told}); fetch it again, or choose another model"
    return f"{name} cannot be loaded ({told}): {_name_fault(error)}"


def _explain_part(site: PartSite, error: Exception) -> str:
    package = find_lacking_package(error) if isinstance(error, ImportError | RuntimeError | ValueError) else None
    if package is not None:
        return explain_lack(str(site), [package])
    told = f"{type(error).__name__}: {take_first_line(error)}"
    of_disk = _explain_disk(error, site.folder)
    if of_disk is not None:
        return f"{site} cannot be loaded: {of_disk}"
    if isinstance(error, ImportError):
        return f"{site} cannot be loaded ({told}); {_advise_package(error)}"
    settings = _find_settings(site, error)
    if settings is not None:
        return (
            f"{site} cannot be made ({told}); {settings} is damaged, of another model or for another version of the "
            "library: take that file from the model's page"
        )
    if is_of_files(error):
        return (
            f"{site} cannot be loaded ({told}); its files are damaged or of another model: "
            f"take the folder {site.part} from the model's page again"
        )
    return f"{site} cannot be loaded ({told}): {_name_fault(error, site.folder)}"


def _find_settings(site: PartSite, error: Exception) -> Path | None:
    """Return the file of a part's settings, if an error was raised while the part was made by them; its weights, read
    after that, have nothing to do with it.
    """
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    makers = (frame.f_locals.get("self") for frame in frames if frame.f_code.co_name == "__init__")
    if not any(isinstance(made, site.kind) for made in makers):
        return None
    paths = (site.folder / name for name in ("scheduler_config.json", "config.json"))
    return next((path for path in paths if path.is_file()), None)


def _explain_disk(error: Exception, folder: Path | None = None) -> str | None:
    """Return what the system says of a file that is there, or of its folder; None if it is no such error."""
    path = getattr(error, "filename", None) or (folder if getattr(error, "errno", None) else None)
    if not isinstance(error, OSError) or path is None or isinstance(error, FileNotFoundError):
        return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {path} is full; make room"
    return explain_unreadable(path, error)


def _advise_package(error: ImportError) -> str:
    package = find_lacking_package(error)
    return "a package is missing or does not fit: pip install " + (package or "'blazon[gpu]'")


def _name_fault(error: Exception, folder: Path | None = None) -> str:
    library = find_library(error)
    if library is None:
        return "internal error; the log has the traceback"
    what = f": compare those in {folder} with the model's page" if folder else ""
    return f"internal error in {library}, maybe over a file that is damaged{what}; the log has the traceback"


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
    collect()
    try:
        if device.type == "cuda":
            torch.cuda.empty_cache()
        elif device.type == "mps":
            torch.mps.empty_cache()
    except RuntimeError:  # of a GPU that cannot be used any more; why there is no model is told already
        log.exception("memory could not be given back")
