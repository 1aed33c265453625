"""A file of the kit, and the names that files get."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 40
# Letters that Unicode does not take apart.
_LATIN: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "þ": "th"})


@dataclass(frozen=True, slots=True)
class KitFile:
    """One file.

    Args:
        path: in the zip, with `/`.
        content: its bytes.
        use: what it is for, in a few words; README.txt lists them. Empty for one that needs no line of its own.
    """

    path: str
    content: bytes
    use: str = ""


def text_file(path: str, text: str, use: str = "") -> KitFile:
    """Return a file of text in UTF-8."""
    return KitFile(path, text.encode(), use)


def slug_of(name: str) -> str:
    """Return a name that every system and URL takes: small letters, digits and hyphens of ASCII; `logo` if none."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LATIN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-") or "logo"
