"""The zip: the same bytes for the same files, whenever and wherever it is made."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from blazon.kit.kit_file import KitFile

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the first that the format knows
_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16
# Compressed already: to do it again costs time and saves nothing.
_PACKED: Final = (".png", ".pdf", ".ico")


def pack(files: Sequence[KitFile], folder: str, comment: str = "") -> bytes:
    """Return files as a zip in which all of them are in one folder, in the order given; `comment` is its own."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.comment = comment.encode()
        for file in files:
            entry = zipfile.ZipInfo(f"{folder}/{file.path}", _MOMENT)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            entry.compress_type = zipfile.ZIP_STORED if file.path.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content)
    return packed.getvalue()
