"""Models on the Hugging Face hub: look at one, fetch its small files, and say in one line why that did not work."""

import errno
import logging
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from blazon.diffusion.error_chain import walk_chain
from blazon.diffusion.files.modular_index import MODULAR_INDEX
from blazon.diffusion.files.pipeline_index import INDEX
from blazon.diffusion.files.weights import Header
from blazon.errors import BlazonError, ModelUnavailable

_GB: Final = 1e9
# Beside the weights; a repository holds the same weights in other forms too, which are left there.
_SMALL: Final = (".json", ".txt", ".model", ".jinja")
# At the top: what the model is, and what its owner says of its licence and how to draw with it.
_ABOUT: Final = (INDEX, MODULAR_INDEX, "modular_config.json", "README.md", "LICENSE", "LICENSE.txt", "LICENSE.md")
# Whose errors speak of the hub and the way to it.
_OF_DISKS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
_TRANSPORT: Final = frozenset(
    {"huggingface_hub", "hf_xet", "httpx", "httpx2", "httpcore", "httpcore2", "requests", "urllib3"}
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model of the hub. Every call may reach for the network, and raises `ModelUnavailable` in one line.

    Args:
        name: owner/model.
        token: of an account that may download it, if it is gated.
    """

    name: str
    token: str | None = None

    def find_cached_folder(self) -> Path | None:
        """Return where the cache of the hub keeps the model, whole or not; None if it does not. No network."""
        from huggingface_hub import try_to_load_from_cache

        looked_up = (self.ask(partial(try_to_load_from_cache, self.name, index)) for index in (INDEX, MODULAR_INDEX))
        return next((Path(found).parent for found in looked_up if isinstance(found, str)), None)

    def files(self) -> dict[str, int]:
        """Return path and bytes of each file."""
        from huggingface_hub import HfApi

        info = self.ask(lambda: HfApi(token=self.token).model_info(self.name, files_metadata=True))
        return {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}

    def fetch(self, path: str) -> Path:
        """Fetch one small file into the cache, if it is not there, and return it; `downloads` fetches large ones."""
        from huggingface_hub import hf_hub_download

        return Path(self.ask(lambda: hf_hub_download(self.name, path, token=self.token)))

    def fetch_index(self) -> Path:
        """Fetch what says what the pipeline consists of: its `model_index.json`, or that of a modular pipeline."""
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import RemoteEntryNotFoundError

        def fetch_either() -> str:
            try:
                return hf_hub_download(self.name, INDEX, token=self.token)
            except RemoteEntryNotFoundError:
                return hf_hub_download(self.name, MODULAR_INDEX, token=self.token)

        return Path(self.ask(fetch_either))

    def read_header(self, path: str, size: int) -> Header:
        """Return the header of a safetensors file without fetching the file."""
        from huggingface_hub import HfApi

        told = self.ask(lambda: HfApi(token=self.token).parse_safetensors_file_metadata(self.name, path))
        return Header({name: tuple(tensor.shape) for name, tensor in told.tensors.items()}, size)

    def demand_space(self, needed: int) -> None:
        """Refuse to begin a download of more bytes than the disk of the cache has room for."""
        from huggingface_hub import constants

        cache = Path(constants.HF_HUB_CACHE)
        existing = next(folder for folder in (cache, *cache.parents) if folder.exists())
        free = shutil.disk_usage(existing).free
        if free < needed:
            raise ModelUnavailable(
                f"{self.name} needs {needed / _GB:.1f} GB of disk and {cache} has {free / _GB:.1f} GB free; "
                "make room, or set HF_HOME to a larger disk"
            )

    def ask(self, call: Callable[[], Any]) -> Any:
        """Return what a call to the hub's library returns; what it raises becomes one line."""
        # Its warnings hold addresses that open files. Set here, because importing the library sets it anew.
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        try:
            return call()
        except BlazonError:
            raise
        except Exception as error:  # the hub's client lets its HTTP library's errors through, whichever that is
            if not _is_transport(error):
                from blazon.diffusion.load_errors import explain_unforeseen  # imports torch, which takes seconds

                log.exception("the hub could not be asked", model=self.name)
                raise ModelUnavailable(explain_unforeseen(self.name, error)) from error
            raise ModelUnavailable(explain(error, self.name, has_token=self.token is not None)) from error


def pick_small_files(files: Iterable[str], components: Iterable[str]) -> list[str]:
    """Return the small files of a model: configurations, tokenizers and shard indices, its card and its licence."""
    folders = set(components)
    return [
        path
        for path in files
        if path in _ABOUT or (path.endswith(_SMALL) and path.count("/") == 1 and path.split("/")[0] in folders)
    ]


def explain(error: Exception, name: str, *, has_token: bool) -> str:
    """Return why a model could not be fetched, and what helps, in one line."""
    from huggingface_hub import constants, errors

    page = f"https://huggingface.co/{name}"
    if isinstance(error, errors.GatedRepoError):
        if has_token:
            return f"{name} is gated and the account of HF_TOKEN has no access; accept its conditions at {page}"
        return f"{name} is gated; accept its conditions at {page} and set HF_TOKEN, or set MODEL_PATH to a local copy"
    if isinstance(error, errors.RepositoryNotFoundError | errors.HFValidationError):
        return (
            f"there is no model {name} on the hub, or it is private; look at MODEL_NAME, and HF_TOKEN if it is private"
        )
    if isinstance(error, errors.RemoteEntryNotFoundError | errors.NotASafetensorsRepoError):
        return f"{name} is not a diffusers model with safetensors weights; choose another MODEL_NAME"
    if isinstance(error, errors.OfflineModeIsEnabled) or constants.HF_HUB_OFFLINE:
        return f"{name} is not in the cache and HF_HUB_OFFLINE forbids to fetch it; unset that once, or set MODEL_PATH"
    return _explain_transport(error, name)


def _is_transport(error: Exception) -> bool:
    """Say whether an error is one of the hub, of the network or of the disk, and not a fault of the code."""
    package = type(error).__module__.partition(".")[0]
    return package in _TRANSPORT or isinstance(error, OSError)


def _explain_transport(error: Exception, name: str) -> str:
    of_disk = _find_disk_error(error)
    if of_disk is not None and of_disk.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"the disk is full while {name} is fetched; make room, or set HF_HOME to a larger disk"
    if of_disk is not None:
        return (
            f"{of_disk.filename or 'the cache'} cannot be read or written ({of_disk.strerror}) while {name} "
            "is fetched; set HF_HOME to a folder that Blazon may write to"
        )
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 401:
        return "the hub does not accept HF_TOKEN; make a new one at https://huggingface.co/settings/tokens"
    if status is not None:
        return f"the hub answered {status} for {name}; try again later, or set MODEL_PATH to a local copy"
    first = " ".join((str(error).strip().splitlines() or [""])[0].split())[:200]
    told = f"{type(error).__name__}: {first}"
    return f"{name} is not in the cache and the hub cannot be reached ({told}); go online, or set MODEL_PATH"


def _find_disk_error(error: BaseException) -> OSError | None:
    """Return the error of a file or its disk behind whatever the hub's library made of it; None if there is none."""
    for link in walk_chain(error):
        if not isinstance(link, OSError) or isinstance(link, ConnectionError):
            continue
        # Errors of sockets have no name of a file; of those that the library has dealt with, some tell of a cache miss.
        named = isinstance(link.filename, str) and (link is error or link.errno in (errno.EACCES, errno.EPERM))
        if named or link.errno in _OF_DISKS:
            return link
    return None
