"""The files that a drawing leaves behind: their names, and writing them."""

import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog
from typer import BadParameter

from blazon.brief import Brief
from blazon.cli.drawing import master_of
from blazon.design import Design
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.errors import BlazonError, Untraceable
from blazon.export.delivery import Background, FileSpec, Master
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.export.provenance import Provenance
from blazon.file_metadata import Metadata
from blazon.generation import Drawn
from blazon.painted_lockups import trace_master
from blazon.studio import Studio

log = structlog.stdlib.get_logger("blazon.cli")

VARIANTS: Final = ("black", "white", "inverse")

_FAVICON: Final = 32  # pixels that the drawing for small sizes is made for
_DIGITS: Final = 8  # of the digest of a brief in a name


@dataclass(frozen=True, slots=True)
class Order:
    """Which files are wanted of each logo, beside its SVG.

    Args:
        size: side in pixels.
        formats: of pictures.
        own_fonts: with which the logos were drawn.
    """

    imprint: Imprint
    size: int
    formats: tuple[PictureFormat, ...]
    background: Background
    own_fonts: FontSources = NO_FONTS
    metadata: Metadata = Metadata.ALL


class WriteError(BlazonError):
    """A file could not be written: a full disk, a folder that went away."""


class Naming:
    """Names for the files of one brief in a folder.

    A name is brand, seed and number. Nothing of another brief is ever written over: where such a file is in the way,
    the name gets a digest of the brief, by which it is this brief's own.
    """

    def __init__(self, brief: Brief, folder: Path) -> None:
        wish = {name: value for name, value in brief.to_dict().items() if name != "count"}
        self._digest = hashlib.sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()[:_DIGITS]
        self._brief = brief
        self._folder = folder

    def name_logo(self, number: int, contents: Mapping[str, bytes]) -> str:
        """Return the name for a logo whose files are these, by the ending of their names."""
        return self._choose(stem(self._brief.brand_name, self._brief.seed, number), contents)

    def name_sheet(self, content: bytes) -> str:
        """Return the name for the contact sheet."""
        return self._choose("contact-sheet", {".png": content})

    def _choose(self, name: str, contents: Mapping[str, bytes]) -> str:
        free = all(_is_free(self._folder / f"{name}{ending}", content) for ending, content in contents.items())
        return name if free else f"{name}-{self._digest}"


def stem(brand_name: str, seed: int, number: int) -> str:
    """Return a file name without ending that every file system takes: `northwind-coffee-7-1`.

    Letters and digits of any script are kept, in NFC and small; all else becomes a hyphen. The numbers at the end keep
    it from being a reserved name of Windows (`con`), and no name is longer than 255 bytes with its ending.
    """
    text = unicodedata.normalize("NFC", brand_name.lower())
    plain = "".join(char if unicodedata.category(char)[0] in "LMN" and _is_encodable(char) else "-" for char in text)
    words = (word.lstrip(_marks(word)) for word in plain.split("-"))
    return f"{'-'.join(filter(None, words)) or 'logo'}-{seed}-{number}"


def _marks(word: str) -> str:
    """Return the accents in a word; one that begins it would combine with the hyphen before."""
    return "".join(char for char in word if unicodedata.category(char)[0] == "M") or "-"


def _is_encodable(char: str) -> bool:
    """Whether this system can have a character in the name of a file."""
    try:
        os.fsencode(char)
    except UnicodeEncodeError:
        return False
    return True


def _is_free(path: Path, content: bytes) -> bool:
    """Whether nothing is lost if `content` is written to `path`."""
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return not path.is_symlink()
    except OSError:
        return False


def make_folder(folder: Path) -> Path:
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
    """Write `data` to `path`; a file that is not whole is not left behind.

    Raises:
        WriteError: the system did not let it happen.
    """
    opened = False
    try:
        with path.open("wb") as file:
            opened = True
            file.write(data)
    except (OSError, ValueError) as error:
        if opened and path.is_file():
            path.unlink(missing_ok=True)
        raise WriteError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error
    return path


def write_logo(brief: Brief, logo: Drawn, order: Order, folder: Path, number: int) -> tuple[str, dict[str, Path]]:
    """Write the files of one logo; return their common name, and them by kind.

    Raises:
        WriteError: they cannot be written.
        GenerationFailed: a painting on no plain paper is asked for without it.
    """
    made = list(_make_files(brief, logo, order))
    name = Naming(brief, folder).name_logo(number, {ending: content for _, ending, content in made})
    return name, {kind: write(folder / f"{name}{ending}", content) for kind, ending, content in made}


def _make_files(brief: Brief, logo: Drawn, order: Order) -> Iterator[tuple[str, str, bytes]]:
    """Yield kind, ending of the name and content of each file."""
    origin, master = Provenance.of(logo, brief.prompt, name=brief.brand_name), master_of(brief, logo)
    vector = FileSpec(order.size, order.size, PictureFormat.SVG, order.background, metadata=order.metadata)
    for form in (PictureFormat.SVG, *order.formats):
        shown = _trace(brief, logo, order, master) if form is PictureFormat.SVG and not master.drawn else master
        if shown is not None:
            yield form, f".{form}", order.imprint.file(shown, replace(vector, format=form), origin)
    if logo.design is None:
        return
    design = Design.from_dict(logo.design)
    drawing = Studio.open(order.own_fonts).redraw(design)
    for kind in VARIANTS:
        coloured = replace(master, content=drawing.variant_svg(kind).encode())
        yield kind, f"-{kind}.svg", order.imprint.file(coloured, vector, origin)
    small = replace(master, content=Studio.open(order.own_fonts).redraw_small(design, _FAVICON).svg.encode())
    yield "small", "-small.svg", order.imprint.file(small, vector, origin)
    yield "design", ".json", (json.dumps(logo.design, ensure_ascii=False, indent=2) + "\n").encode()


def _trace(brief: Brief, logo: Drawn, order: Order, master: Master) -> Master | None:
    """Return a painted logo as outlines; None, with a line of why, where only the picture is good."""
    single = replace(brief, seed=logo.seed, first=0, count=1)
    try:
        return trace_master(order.own_fonts, single, master, clear=order.background == "transparent")
    except Untraceable as reason:
        log.warning("there is no SVG of a logo", seed=logo.seed, reason=str(reason))
        return None
