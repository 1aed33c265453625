"""Fonts that users uploaded: each goes by a name that says which file it is, so that designs name it as any family.

`Acme Grotesk #0123456789ab0123456789abcdef` is the family's own name, a digest of whose it is, and one of its content.
"""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from blazon.draw.font_files import read_family_files
from blazon.draw.typefaces import TypeFamily
from blazon.errors import InvalidDesign, InvalidFont

_NAME: Final = re.compile(r"(?P<title>.{1,46}) #(?P<owner>[0-9a-f]{12})(?P<content>[0-9a-f]{16})")
_ENDINGS: Final = (".ttf", ".otf")


@dataclass(frozen=True, slots=True)
class UploadedFont:
    """An uploaded font by the three parts of its name."""

    title: str
    owner: str
    content: str

    @property
    def name(self) -> str:
        """By which designs and briefs have it."""
        return f"{self.title} #{self.identity}"

    @property
    def identity(self) -> str:
        return f"{self.owner}{self.content}"

    @classmethod
    def of(cls, title: str, owner: str, content: bytes) -> "UploadedFont":
        """Return the name of a font of an owner; the same for the same content."""
        return cls(title, digest_owner(owner), hashlib.sha256(content).hexdigest()[:16])

    @classmethod
    def parse(cls, name: str) -> "UploadedFont | None":
        """Return the parts of a name; None if it is not that of an uploaded font."""
        found = _NAME.fullmatch(name)
        return cls(**found.groupdict()) if found else None


def digest_owner(owner: str) -> str:
    """Return what stands for an owner in the names of fonts."""
    return hashlib.sha256(f"fonts of {owner}".encode()).hexdigest()[:12]


def title_of(name: str) -> str:
    """Return what people call a family: its own name, without what tells uploaded fonts apart."""
    font = UploadedFont.parse(name)
    return font.title if font else name


def find_file(folder: Path, owner: str, content: str) -> Path | None:
    """Return the file of a font; None if there is none."""
    paths = (folder / owner / f"{content}{ending}" for ending in _ENDINGS)
    return next((path for path in paths if path.is_file()), None)


def read_uploaded_family(name: str, folder: Path | None) -> TypeFamily | None:
    """Return the family of an uploaded font; None if the name is not that of one.

    Raises:
        InvalidDesign: it is that of one that is not there any more.
    """
    if (font := UploadedFont.parse(name)) is None:
        return None
    path = find_file(folder, font.owner, font.content) if folder else None
    if path is None:
        raise InvalidDesign(f"the font {font.title!r} was not uploaded here, or was deleted")
    try:
        family = read_family_files([path])[0]
    except InvalidFont as error:
        raise InvalidDesign(f"the font {font.title!r} cannot be read: {error}") from None
    return replace(family, name=name, licence=str(read_notes(path).get("licence_text", "")))


def read_notes(path: Path) -> dict[str, Any]:
    """Return what was found out about an uploaded font when it came."""
    notes: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return notes
