"""The fonts that users uploaded: a folder for each owner, with a file for each font and one of what is known of it.

They are kept until their owner deletes them, so that a design can be drawn again as long as it is kept.
"""

import errno
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from blazon.draw.uploaded_fonts import UploadedFont, digest_owner, find_file, read_notes
from blazon.errors import Conflict, EngineUnavailable, InvalidBrief, NotFound, StorageFull, StorageUnavailable
from blazon.store.file_permissions import make_private, make_private_folder

MAX_FONTS: Final = 40  # of an owner, 4 MB each


@dataclass(frozen=True, slots=True)
class KeptFont:
    """A font in the store, and what was found out about it when it came."""

    font: UploadedFont
    notes: Mapping[str, Any]


class FontStore:
    """Keeps fonts by owner. Threads and processes may share its folder.

    Args:
        folder: where they are; None where fonts cannot be uploaded.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._adding = threading.Lock()  # or many at once would be more than may be kept

    def add(self, owner: str, notes: Mapping[str, Any], content: bytes) -> KeptFont:
        """Keep a font; one that is there already stays as it is.

        Raises:
            EngineUnavailable: fonts cannot be uploaded here.
            Conflict: the owner has as many as may be.
            StorageUnavailable: it cannot be written.
        """
        folder, font = self._find_folder(owner), UploadedFont.of(str(notes["family"]), owner, content)
        with self._adding:
            if find_file(folder.parent, font.owner, font.content) is None:
                if len(self.list(owner)) >= MAX_FONTS:
                    raise Conflict(f"{MAX_FONTS} fonts of yours are kept, which is the most; delete one first")
                _keep(folder, font, notes, content)
        return KeptFont(font, notes)

    def list(self, owner: str) -> list[KeptFont]:
        """Return the fonts of an owner, the newest first; none where fonts cannot be uploaded."""
        if self._folder is None:
            return []
        folder = self._folder / digest_owner(owner)
        found = []
        for path in (path for path in folder.glob("*") if path.suffix in (".ttf", ".otf")):
            with suppress(FileNotFoundError):  # deleted just now
                notes, modified = read_notes(path), path.stat().st_mtime_ns
                found.append((-modified, KeptFont(UploadedFont(str(notes["family"]), folder.name, path.stem), notes)))
        return [kept for _, kept in sorted(found, key=lambda entry: (entry[0], entry[1].font.content))]

    def remove(self, owner: str, identity: str) -> None:
        """Delete a font.

        Raises:
            NotFound: the owner has no such font.
        """
        known = next((one.font for one in self.list(owner) if one.font.identity == identity), None)
        path = find_file(self._find_folder(owner).parent, known.owner, known.content) if known else None
        if path is None:
            raise NotFound("there is no such font of yours")
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)

    def check(self, owner: str, name: str) -> None:
        """Return if there is a font of that name, and it is the owner's.

        Raises:
            InvalidBrief: it is not.
        """
        font = UploadedFont.parse(name)
        own = font is not None and font.owner == digest_owner(owner)
        if font is None or not own or not (self._folder and find_file(self._folder, font.owner, font.content)):
            raise InvalidBrief("own_font", "is no font of yours that is here; send the `font` that POST /v1/fonts gave")

    def _find_folder(self, owner: str) -> Path:
        if self._folder is None:
            raise EngineUnavailable(
                "fonts cannot be uploaded to a server with replicas or a bucket; put them into FONTS_DIR"
            )
        return self._folder / digest_owner(owner)


def _keep(folder: Path, font: UploadedFont, notes: Mapping[str, Any], content: bytes) -> None:
    ending = ".otf" if content[:4] == b"OTTO" else ".ttf"
    try:
        make_private_folder(folder.parent)
        make_private_folder(folder)
        # The font last: whoever sees it finds its notes.
        _write(folder / f"{font.content}.json", json.dumps(notes).encode())
        _write(folder / f"{font.content}{ending}", content)
    except OSError as error:
        kind = StorageFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else StorageUnavailable
        raise kind(f"the font cannot be kept: {error.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    """Write a file that is whole once it is there."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_bytes(content)
    make_private(draft)
    draft.replace(path)
