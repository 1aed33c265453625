"""The files that a drawing leaves behind: their names, and writing them."""

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from typer import BadParameter

from blazon.brief import Brief
from blazon.cli.drawing import master_of
from blazon.design import Design
from blazon.errors import BlazonError
from blazon.export.delivery import Background, FileSpec
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.export.provenance import Provenance
from blazon.generation import Drawn
from blazon.studio import Studio

VARIANTS: Final = ("black", "white", "inverse")

# Letters that Unicode does not take apart into a base letter and an accent.
_FOLDED: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Order:
    """Which files are wanted of each logo, beside its SVG.

    Args:
        size: side in pixels.
        formats: of pictures.
    """

    imprint: Imprint
    size: int
    formats: tuple[PictureFormat, ...]
    background: Background


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


def write_logo(brief: Brief, logo: Drawn, order: Order, folder: Path, name: str) -> dict[str, Path]:
    """Write the files of one logo and return them by kind.

    Raises:
        WriteError: they cannot be written.
        GenerationFailed: a painting on no plain paper is asked for without it.
    """
    return {kind: write(folder / f"{name}{ending}", content) for kind, ending, content in _files(brief, logo, order)}


def _files(brief: Brief, logo: Drawn, order: Order) -> Iterator[tuple[str, str, bytes]]:
    """Yield kind, ending of the name and content of each file."""
    origin, master = Provenance.of(logo, brief.prompt), master_of(brief, logo)
    vector = FileSpec(order.size, order.size, PictureFormat.SVG, order.background)
    for form in (PictureFormat.SVG, *order.formats):
        yield form, f".{form}", order.imprint.file(master, replace(vector, format=form), origin)
    if logo.design is None:
        return
    drawing = Studio.open().redraw(Design.from_dict(logo.design))
    for kind in VARIANTS:
        coloured = replace(master, content=drawing.variant_svg(kind).encode())
        yield kind, f"-{kind}.svg", order.imprint.file(coloured, vector, origin)
    yield "design", ".json", (json.dumps(logo.design, ensure_ascii=False, indent=2) + "\n").encode()
