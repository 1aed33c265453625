"""The store of pictures: a folder by default, or a bucket, behind obstore.

Keys are digests of the content. So equal pictures are stored once, writing one again changes nothing, and a key can
be the ETag of what it leads to.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from blazon.errors import InvalidSetting, PictureMissing, StorageFull, StorageUnavailable

_NEWEST: Final = 4
_SUFFIXES: Final = {"image/svg+xml": "svg", "image/png": "png"}


class PictureStore:
    """Keeps pictures by the digest of their content. Threads may share it."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        """Keep pictures in `store`; `folder` is where that is, if it is one on this machine."""
        self._store = store
        self._folder = folder
        # Of the newest paintings: they are asked for at once, and decoding one takes longer than all around it.
        self._pixels: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, url: str, folder: Path) -> "PictureStore":
        """Open the store at `url`, or in `folder`, which is made, if `url` is empty.

        Raises:
            InvalidSetting: `url` is not the URL of a store.
            StorageUnavailable: the folder cannot be made.
        """
        try:
            if url:
                store = from_url(url)
                return cls(store, Path(store.prefix) if isinstance(store, LocalStore) and store.prefix else None)
            return cls(LocalStore(folder.absolute(), automatic_cleanup=True, mkdir=True), folder.absolute())
        except (BaseError, OSError, ValueError) as error:
            if url:
                raise InvalidSetting(f"STORAGE_URL={url} cannot be used: {_line(error)}") from None
            raise StorageUnavailable(f"pictures cannot be stored in {folder}: {_line(error)}; see DATA_DIR") from None

    def put(self, content: bytes, media_type: str, pixels: Any = None) -> str:
        """Store a picture and return its key; `pixels` is the same, decoded.

        Raises:
            StorageFull: no room is left for it.
            StorageUnavailable: the store cannot be written.
        """
        digest = hashlib.sha256(content).hexdigest()
        key = f"{digest[:2]}/{digest}.{_SUFFIXES[media_type]}"
        try:
            obstore.put(self._store, key, content)
            if self._folder is not None:
                _settle(self._folder / key)
        except (BaseError, OSError) as error:
            raise _explained(error) from error
        if pixels is not None:
            self._keep(key, pixels)
        return key

    def pixels(self, key: str) -> Any:
        """Return what was given as `pixels` of a key, if it is one of the newest; None otherwise."""
        with self._lock:
            return self._pixels.get(key)

    def _keep(self, key: str, pixels: Any) -> None:
        with self._lock:
            self._pixels[key] = pixels
            while len(self._pixels) > _NEWEST:
                self._pixels.popitem(last=False)

    def get(self, key: str) -> bytes:
        """Return the picture of a key.

        Raises:
            PictureMissing: it is not there.
            StorageUnavailable: the store cannot be read.
        """
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            raise PictureMissing("the picture is gone: it was removed from where pictures are stored") from None
        except (BaseError, OSError) as error:
            raise StorageUnavailable(f"the picture {key} cannot be read: {_line(error)}") from error

    def older_than(self, moment: float) -> Iterator[str]:
        """Yield the keys of pictures that were last written before a moment in seconds since 1970."""
        limit = datetime.fromtimestamp(moment, UTC)
        for some in obstore.list(self._store):
            yield from (entry["path"] for entry in some if entry["last_modified"] < limit)

    def remove(self, keys: list[str]) -> None:
        """Remove pictures; those that are gone already do not matter."""
        try:
            obstore.delete(self._store, keys)
        except FileNotFoundError:
            for key in keys:
                self._remove_one(key)

    def _remove_one(self, key: str) -> None:
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return


def _settle(path: Path) -> None:
    """Wait until a new file is on the disk, so that what is told of it survives a power cut; POSIX only."""
    if os.name != "posix":
        return
    for place in (path, path.parent, path.parent.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explained(error: Exception) -> StorageUnavailable:
    line = _line(error)
    if "No space left" in line or "os error 28" in line or "quota" in line.lower():
        return StorageFull("no disk space is left for pictures; free some, or run blazon gc")
    return StorageUnavailable(f"the picture cannot be stored: {line}")


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
