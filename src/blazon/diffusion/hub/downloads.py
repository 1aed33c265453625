"""Downloads of a model's files that can be taken up again, each checked against the hash that the hub names.

The hub's library resumes a file within one call, and throws away what it has when that call ends; so what is begun is
kept here, beside the finished files of its cache, and its own `http_get` goes on from there. The cache names a file by
its hash: SHA-256 of large ones (Git LFS), git's hash of a blob for small ones
(https://huggingface.co/docs/huggingface_hub/guides/manage-cache), so that a file can be verified without the hub.
"""

import hashlib
import importlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final
from urllib.parse import urlsplit

from blazon.diffusion.files.pipeline_index import INDEX, find_index, read_index
from blazon.diffusion.files.weights import pick_files
from blazon.diffusion.hub.access import HubModel, pick_small_files
from blazon.errors import ModelUnavailable

_FETCHERS: Final = 4
_CHUNK: Final = 1 << 20
_PARTIAL: Final = ".part"
_DIGEST: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHA256_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a model on the hub.

    Args:
        size: bytes.
        digest: SHA-256, or git's SHA-1 of a blob, in hexadecimal digits.
    """

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model as the hub lists it.

    Args:
        commit: the version that is fetched.
        gated: whether its owner asks for agreement before it can be downloaded.
        licence: as its page calls it; empty if it does not.
    """

    name: str
    commit: str
    gated: bool
    licence: str
    files: dict[str, RemoteFile]


@dataclass(slots=True)
class Progress:
    """Bytes that are here of all that are wanted; several threads add to it, and `on_change` is told."""

    total: int
    on_change: Callable[[int, int], None] = lambda _done, _total: None
    done: int = 0
    stopped: bool = False
    _lock: Lock = field(default_factory=Lock)

    def add(self, count: int) -> None:
        """Count bytes; fewer again where a file is begun anew.

        Raises:
            ModelUnavailable: another file failed, and nobody waits for this one any more.
        """
        with self._lock:
            if self.stopped:
                raise ModelUnavailable("the download was given up")
            self.done += count
            self.on_change(self.done, self.total)


def look_up(hub: HubModel) -> RemoteModel:
    """Ask the hub for a model's files, their hashes and its conditions; nothing is downloaded.

    Raises:
        ModelUnavailable: the hub does not know it, or cannot be asked.
    """
    from huggingface_hub import HfApi

    info = hub.ask(lambda: HfApi(token=hub.token).model_info(hub.name, files_metadata=True))
    files = {
        told.rfilename: RemoteFile(told.rfilename, told.size or 0, told.lfs.sha256 if told.lfs else told.blob_id or "")
        for told in info.siblings or ()
    }
    nameless = [path for path, file in files.items() if not _DIGEST.fullmatch(file.digest)]
    if nameless:
        raise ModelUnavailable(f"the hub names no hash of {nameless[0]} of {hub.name}; look at HF_ENDPOINT")
    licence = str((info.card_data or {}).get("license") or "")
    return RemoteModel(hub.name, str(info.sha), bool(info.gated), licence, files)


class Download:
    """What of one model is here and what is not, in the cache of the hub.

    Args:
        cache: folder of the hub's cache.
    """

    def __init__(self, hub: HubModel, model: RemoteModel, cache: Path) -> None:
        self._hub, self._model = hub, model
        self._folder = cache / f"models--{model.name.replace('/', '--')}"
        self._cache = cache

    def choose(self) -> list[RemoteFile]:
        """Return the files that loading needs, having fetched the small ones, which tell which those are.

        Raises:
            ModelUnavailable: a file cannot be fetched, or it is no model that can be loaded.
        """
        files = self._model.files
        name = find_index(files)
        if name is None:
            raise ModelUnavailable(f"{self._model.name} is no diffusers model: it has no {INDEX}")
        folder = self.fetch(files[name], Progress(0)).parent
        index = read_index(folder, files)
        small = pick_small_files(files, index.parts)
        for path in small:
            self.fetch(files[path], Progress(0))
        chosen = [files[path] for path in small]
        for part in index.weighty:
            names = {path.removeprefix(f"{part}/") for path in files if path.startswith(f"{part}/")}
            chosen += [files[f"{part}/{name}"] for name in pick_files(folder / part, names)]
        return chosen

    def count_missing(self, files: list[RemoteFile]) -> int:
        """Return how many bytes of these are still to be fetched; what is begun counts as far as it is."""
        return sum(max(0, file.size - self._count_present(file)) for file in files)

    def fetch_all(self, files: list[RemoteFile], on_change: Callable[[int, int], None]) -> Path:
        """Fetch files, several at a time, the largest first, and return the folder of the model.

        Raises:
            ModelUnavailable: one cannot be fetched, or is not what the hub promises; what is begun stays for the next
                call, the rest is not begun.
        """
        progress = Progress(sum(file.size for file in files), on_change)
        fetchers = ThreadPoolExecutor(_FETCHERS, thread_name_prefix="blazon-fetch")
        try:
            largest_first = sorted(files, key=lambda file: -file.size)
            for task in as_completed([fetchers.submit(self.fetch, file, progress) for file in largest_first]):
                task.result()
        finally:
            progress.stopped = True  # or the process would not end before the others are whole
            fetchers.shutdown(wait=True, cancel_futures=True)
        return self._folder / "snapshots" / self._model.commit

    def fetch(self, file: RemoteFile, progress: Progress) -> Path:
        """Fetch one file, from where an earlier call stopped, and return where it lies.

        Raises:
            ModelUnavailable: it cannot be fetched, or has another size or hash than the hub promises.
        """
        return Path(self._hub.ask(lambda: self._fetch(file, progress)))

    def _fetch(self, file: RemoteFile, progress: Progress) -> str:
        from huggingface_hub import hf_hub_download

        blob, partial = self._locate(file)
        partial.parent.mkdir(parents=True, exist_ok=True)
        lock = self._cache / ".locks" / self._folder.name / f"{file.digest}{_PARTIAL}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with _utilities().WeakFileLock(lock):  # another process may be at it
            if blob.exists():
                progress.add(file.size)
            else:
                self._download(file, partial, progress)
                partial.replace(blob)
        # What lies in the cache already is linked into its place by the library.
        return hf_hub_download(self._model.name, file.path, token=self._hub.token, cache_dir=self._cache)

    def _download(self, file: RemoteFile, partial: Path, progress: Progress) -> None:
        from huggingface_hub import hf_hub_url
        from huggingface_hub.file_download import get_hf_file_metadata, http_get

        url = hf_hub_url(self._model.name, file.path, revision=self._model.commit)
        token = self._hub.token
        location = get_hf_file_metadata(url, token=token).location
        # Links to a store elsewhere are signed: the token is for the hub alone.
        headers = _utilities().build_hf_headers(token=token if _is_same_host(url, location) else False)
        with partial.open("ab") as target:
            start = target.tell()
            progress.add(start)
            if start < file.size:
                counted: Any = _CountedFile(target, progress)
                http_get(location, counted, resume_size=start, headers=headers, tqdm_class=_make_silent_bar())
        self._check(file, partial)

    def _check(self, file: RemoteFile, partial: Path) -> None:
        size = partial.stat().st_size
        if size == file.size and compute_digest(partial, file.digest) == file.digest:
            return
        partial.unlink()
        found = f"{size:,} bytes in place of {file.size:,}" if size != file.size else "another hash than the hub names"
        raise ModelUnavailable(f"{file.path} of {self._model.name} came with {found} and is thrown away; pull again")

    def _locate(self, file: RemoteFile) -> tuple[Path, Path]:
        blob = self._folder / "blobs" / file.digest
        return blob, blob.with_name(f"{blob.name}{_PARTIAL}")

    def _count_present(self, file: RemoteFile) -> int:
        blob, partial = self._locate(file)
        if blob.exists():
            return file.size
        return partial.stat().st_size if partial.exists() else 0


class _CountedFile:
    """What `http_get` writes to: a file open for appending, of which every byte is counted."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._progress = file, progress

    def write(self, chunk: bytes) -> int:
        written = self._file.write(chunk)
        self._progress.add(written)
        return written

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, position: int) -> int:
        return self._file.seek(position)

    def truncate(self) -> int:
        """Cut the file off here: the server sends all of it once more."""
        here = self._file.tell()
        self._progress.add(here - self._file.seek(0, 2))
        self._file.seek(here)
        return self._file.truncate()


def _utilities() -> Any:
    """Return the helpers of the hub's library, which its types do not name as exported."""
    return importlib.import_module("huggingface_hub.utils")


def _make_silent_bar() -> Any:
    """Return the library's progress bar, never shown: ours tells of all files together."""
    bar: Any = _utilities().tqdm
    return type(
        "SilentBar", (bar,), {"__init__": lambda self, *a, **o: bar.__init__(self, *a, **{**o, "disable": True})}
    )


def _is_same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc


def compute_digest(path: Path, like: str) -> str:
    """Return the hash of a file in hexadecimal digits, of the kind of `like`: SHA-256, or git's SHA-1 of a blob.

    Raises:
        OSError: it cannot be read.
    """
    if len(like) == _SHA256_DIGITS:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
