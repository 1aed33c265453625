"""The files that a drawing leaves behind: their names, and writing them."""

import json
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from typer import BadParameter

from blazon.errors import BlazonError

if TYPE_CHECKING:
    from blazon.studio import Candidate

VARIANTS: Final = ("black", "white", "inverse")

# Letters that Unicode does not take apart into a base letter and an accent.
_FOLDED: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


class WriteError(BlazonError):
    """A file could not be written: a full disk, a folder that went away."""


def stem(brand_name: str, seed: int, number: int) -> str:
    """Return a file name without ending that every file system takes: `northwind-coffee-7-1`."""
    plain = unicodedata.normalize("NFKD", brand_name.casefold().translate(_FOLDED))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
    return f"{slug or 'logo'}-{seed}-{number}"


def made_folder(folder: Path) -> Path:
    """Make `folder` and prove that it can be written, before any work is done.

    Raises:
        BadParameter: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except FileExistsError:
        raise BadParameter(f"{folder} is a file, not a folder", param_hint="--output") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadParameter(f"cannot write in {folder}: {reason}", param_hint="--output") from None


def write(path: Path, data: bytes) -> Path:
    """Write `data` to `path`.

    Raises:
        WriteError: the system did not let it happen.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise WriteError(f"cannot write {path}: {error.strerror}") from error
    return path


def write_logo(candidate: "Candidate", folder: Path, name: str, size: int) -> dict[str, Path]:
    """Write one logo, `size` pixels wide as PNG, and return its files by kind."""
    design = json.dumps(candidate.design.to_dict(), ensure_ascii=False, indent=2) + "\n"
    return {
        "svg": write(folder / f"{name}.svg", candidate.svg.encode()),
        "png": write(folder / f"{name}.png", candidate.png(size)),
        **{kind: write(folder / f"{name}-{kind}.svg", candidate.variant_svg(kind).encode()) for kind in VARIANTS},
        "design": write(folder / f"{name}.json", design.encode()),
    }
