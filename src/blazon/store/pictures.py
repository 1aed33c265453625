"""The store of pictures: a folder by default, or a bucket, behind obstore.

Keys are digests of the content. So equal pictures are stored once, writing one again changes nothing, and a key can
be the ETag of what it leads to.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import obstore
import structlog
from cachetools import LRUCache
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore

from blazon.errors import InvalidSetting, PictureMissing, StorageFull, StorageUnavailable
from blazon.masking import mask_secrets
from blazon.store.bucket import FOR_A_LOOK, find_cause, open_bucket
from blazon.store.file_permissions import POSIX, make_private, make_private_folder, tighten, walk_if_open
from blazon.store.write_health import WriteHealth

log = structlog.stdlib.get_logger("blazon.store")

_NEWEST: Final = 4
_SUFFIXES: Final = {"image/svg+xml": "svg", "image/png": "png"}
_PROBE: Final = (bytes(65_536), "image/png")  # as large as a drawing; the garbage collection removes it
_LOOK: Final = "probe"  # a key that no picture has
MARK: Final = "blazon-storage-id"
"""The file beside the pictures that says which place this is; no picture, so that nobody removes it."""
_KEY: Final = re.compile(rf"[0-9a-f]{{2}}/[0-9a-f]{{64}}\.(?:{'|'.join(_SUFFIXES.values())})")


class StorageRefused(StorageUnavailable):
    """Pictures cannot be stored until somebody changes a setting, or the bucket."""


class PictureStore:
    """Keeps pictures by the digest of their content. Threads may share it."""

    def __init__(
        self,
        store: ObjectStore,
        folder: Path | None = None,
        *,
        private: bool = False,
        to_look_at: ObjectStore | None = None,
    ) -> None:
        """Keep pictures in `store`.

        Args:
            folder: where that is, if it is one on this machine.
            private: whether the folder is Blazon's own, and its pictures are for the user of the server alone.
            to_look_at: the same store for who asks whether it is there, and waits less long for it.
        """
        self._store = store
        self._to_look_at = to_look_at or store
        self._folder = folder
        self._private = private
        # Of the newest paintings: they are asked for at once, and decoding one takes longer than all around it.
        self._pixels: LRUCache[str, Any] = LRUCache(_NEWEST)
        self._lock = threading.Lock()
        self._health = WriteHealth("pictures", self._probe, folder)

    @classmethod
    def open(cls, url: str, folder: Path) -> "PictureStore":
        """Open the store at `url`, or in `folder`, which is made, if `url` is empty.

        Raises:
            InvalidSetting: `url` is not the URL of a store.
            StorageUnavailable: the folder cannot be made.
        """
        try:
            if url and (where := _find_folder(url)):
                return cls(LocalStore(where), where)
            if url:
                return cls(open_bucket(url), to_look_at=open_bucket(url, FOR_A_LOOK))
            return cls(_open_folder(folder.absolute()), folder.absolute(), private=True)
        except (BaseError, OSError, ValueError) as error:
            if url:
                cause = find_cause(error)
                reason = cause.text if cause else mask_secrets(_line(error).replace(url, _mask(url)))
                raise InvalidSetting(f"STORAGE_URL={_mask(url)} cannot be used: {reason}") from None
            raise StorageUnavailable(f"pictures cannot be stored in {folder}: {_line(error)}; see DATA_DIR") from None

    def check(self) -> None:
        """Look whether a bucket takes, gives back and lists pictures; one that does not answer now may do so later.

        Raises:
            StorageRefused: it never will with these settings.
        """
        if self._folder is not None:
            return
        try:
            with _translate_errors("pictures cannot be stored"):
                obstore.put(self._to_look_at, _LOOK, b"")
                obstore.get(self._to_look_at, _LOOK).bytes()
                next(iter(obstore.list(self._to_look_at, chunk_size=1)), None)
                obstore.delete(self._to_look_at, [_LOOK])
        except StorageRefused:
            raise
        except StorageUnavailable:  # which the log tells, and readiness from now on
            return

    def refuse_in_vain(self) -> None:
        """Return unless the last picture could not be stored and the next one could not be either.

        Raises:
            StorageUnavailable: so it is, and whatever is drawn now would be lost.
        """
        if not self._health.failed:
            return
        if self._folder is not None:  # whether there is room again is found out at once
            self._probe(True)
        elif problem := self._health.problem():
            raise StorageUnavailable(problem)

    @property
    def private(self) -> bool:
        """Whether they are in Blazon's own folder in `DATA_DIR`."""
        return self._private

    @property
    def folder(self) -> Path | None:
        """Where they are, if that is a folder of this machine."""
        return self._folder

    def put(self, content: bytes, media_type: str, pixels: Any = None) -> str:
        """Store a picture and return its key; `pixels` is the same, decoded.

        Raises:
            StorageFull: no room is left for it.
            StorageUnavailable: the store cannot be written.
        """
        try:
            key = self._write(self._store, content, media_type)
        except StorageUnavailable as problem:
            self._health.note_failure(problem)
            raise
        self._health.note_success()
        if pixels is not None:
            with self._lock:
                self._pixels[key] = pixels
        return key

    def pixels(self, key: str) -> Any:
        """Return what was given as `pixels` of a key, if it is one of the newest; None otherwise."""
        with self._lock:
            return self._pixels.get(key)

    def get(self, key: str) -> bytes:
        """Return the picture of a key.

        Raises:
            PictureMissing: it is not there.
            StorageUnavailable: the store cannot be read.
        """
        with _translate_errors("the picture cannot be read"):
            try:
                return _read(self._store, key)
            except PictureMissing:
                log.error("a picture is gone from the store", picture=key)
                raise

    def has(self, key: str) -> bool:
        """Whether the picture of a key is there.

        Raises:
            StorageUnavailable: the store cannot be read.
        """
        with _translate_errors("the pictures cannot be read"):
            try:
                obstore.get_range(self._store, key, start=0, end=1)  # the answer to HEAD does not say what is missing
            except FileNotFoundError as error:
                if find_cause(error):
                    raise
                return False
            return True

    def older_than(self, moment: float) -> Iterator[str]:
        """Yield the keys of pictures that were last written before a moment in seconds since 1970.

        What else lies there is somebody else's, and passed over.

        Raises:
            StorageUnavailable: the store cannot be listed, or not to its end.
        """
        limit = datetime.fromtimestamp(moment, UTC)
        with _translate_errors("the pictures cannot be listed"):
            for some in obstore.list(self._store):
                old = (entry["path"] for entry in some if entry["last_modified"] < limit)
                yield from filter(_KEY.fullmatch, old)

    def read_clock(self) -> float:
        """Return what time it is by the clock that dates pictures, in seconds since 1970: that of a bucket, or of the
        machine that has the folder. Where that cannot be found out it is our own.
        """
        if self._private:
            return time.time()
        try:
            obstore.put(self._to_look_at, _LOOK, b"")
            moment = obstore.head(self._to_look_at, _LOOK)["last_modified"].timestamp()
            obstore.delete(self._to_look_at, [_LOOK])
        except (BaseError, OSError):
            return time.time()
        return moment

    def read_mark(self) -> str:
        """Return what says which place this is, empty if nothing does.

        Raises:
            StorageUnavailable: the store cannot be read.
        """
        with _translate_errors("the place of the pictures cannot be read"):
            try:
                return _read(self._to_look_at, MARK).decode(errors="replace").strip()
            except PictureMissing:
                return ""

    def write_mark(self, text: str) -> None:
        """Say which place this is.

        Raises:
            StorageUnavailable: the store cannot be written.
        """
        with _translate_errors("the place of the pictures cannot be marked"):
            obstore.put(self._to_look_at, MARK, f"{text}\n".encode(), use_multipart=False)
            if self._folder is not None:
                if self._private:
                    make_private(self._folder / MARK)
                _settle(self._folder / MARK, self._folder)

    def remove_older(self, keys: list[str], moment: float) -> int:
        """Remove those of some pictures that were last written before a moment, and return how many that were.

        Looked at again one by one: an equal picture may have been put since they were listed, by any process.

        Raises:
            StorageUnavailable: they cannot be removed.
        """
        limit = datetime.fromtimestamp(moment, UTC)
        count = 0
        with _translate_errors("the pictures cannot be removed"):
            for key in keys:
                with suppress(FileNotFoundError):
                    if obstore.head(self._store, key)["last_modified"] < limit:
                        self.remove([key])
                        count += 1
        return count

    def remove(self, keys: list[str]) -> None:
        """Remove pictures; those that are gone already do not matter.

        Raises:
            StorageUnavailable: they cannot be removed.
        """
        with _translate_errors("the pictures cannot be removed"):
            try:
                obstore.delete(self._store, keys)
            except FileNotFoundError as error:
                if find_cause(error):
                    raise
                for key in keys:
                    self._remove_one(key)

    def write_problem(self) -> str:
        """Return why no picture can be stored now, in one line; empty if it can."""
        return self._health.problem()

    def _remove_one(self, key: str) -> None:
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return

    def _write(self, store: ObjectStore, content: bytes, media_type: str) -> str:
        digest = hashlib.sha256(content).hexdigest()
        key = f"{digest[:2]}/{digest}.{_SUFFIXES[media_type]}"
        with _translate_errors("the picture cannot be stored"):
            obstore.put(store, key, content, use_multipart=False)  # in one piece: nothing half of it stays in a bucket
            if self._folder is not None:
                path = self._folder / key
                if self._private:
                    make_private(path.parent)
                    make_private(path)
                _settle(path, path.parent, path.parent.parent)
        return key

    def _probe(self, failed: bool) -> None:
        if failed:  # nothing less than a write finds out whether there is room again
            self._write(self._to_look_at, *_PROBE)
        elif self._folder is None:
            with _translate_errors("pictures cannot be stored"), suppress(PictureMissing):
                _read(self._to_look_at, _LOOK)
        elif not os.access(self._folder, os.W_OK | os.X_OK):
            raise StorageUnavailable("the folder of the pictures cannot be written")


def _open_folder(folder: Path) -> ObjectStore:
    make_private_folder(folder.parent)
    make_private_folder(folder)
    tighten(folder, walk_if_open(folder))
    return LocalStore(folder, automatic_cleanup=True)


def _find_folder(url: str) -> Path | None:
    """Return the folder on this machine that a URL names; None if it names a bucket."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "file":
        return None
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ValueError("in the URL of a folder, write %3F for ? and %23 for #")
    if parts.netloc not in ("", "localhost"):
        raise ValueError("a file URL has three slashes, such as file:///srv/pictures")
    folder = Path(unquote(parts.path))
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder that is there")
    return folder


def _settle(*places: Path) -> None:
    """Wait until a new file and its folders are on the disk, so that what is told of it survives a power cut; POSIX
    only."""
    if not POSIX:
        return
    for place in places:
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(store: ObjectStore, key: str) -> bytes:
    """Return what is stored under a key.

    Raises:
        PictureMissing: nothing is, in a store that is there.
        BaseError, OSError: the store failed.
    """
    try:
        return bytes(obstore.get(store, key).bytes())
    except FileNotFoundError as error:
        if find_cause(error):  # the whole bucket is missing
            raise
        raise PictureMissing("the picture is gone: it was removed from where pictures are stored") from None


@contextmanager
def _translate_errors(problem: str) -> Iterator[None]:
    """Turn errors of the store into domain errors. What names paths and hosts goes to the log only."""
    try:
        yield
    except (BaseError, OSError) as error:
        line, cause = _line(error), find_cause(error)
        if cause is None and ("No space left" in line or "os error 28" in line or "quota" in line.lower()):
            raise StorageFull("no disk space is left for pictures; free some, or run blazon gc") from error
        log.error(problem, reason=line, **({"cause": cause.text} if cause else {}))
        if cause is None:
            raise StorageUnavailable(f"{problem} now; the server's log says why") from error
        kind = StorageRefused if cause.lasting else StorageUnavailable
        raise kind(f"{problem} now: {cause.text}") from error


def _mask(url: str) -> str:
    """Return a URL without what may be a secret."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
