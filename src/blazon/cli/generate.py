"""`blazon generate`: logos from one brief, as files."""

import json
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blazon.brief import (
    MAX_CANDIDATES,
    MAX_GUIDANCE,
    MAX_PALETTE_COLOURS,
    MAX_SIZE,
    MAX_STEPS,
    MIN_SIZE,
    Brief,
    Engine,
    LayoutKind,
    LetterCase,
    MarkKind,
    PaletteMood,
    Style,
    TypeKind,
)
from blazon.field_checks import MAX_LETTERS, MAX_THINGS
from blazon.file_metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from blazon.brief import Unmet
    from blazon.export.delivery import Master
    from blazon.generation import Drawn
    from blazon.reading.reading import Reading

EXAMPLES: Final = """
blazon generate "a coffee roastery by the sea" --brand "Northwind Coffee"
blazon generate "yoga studio" -b Stillwater --style elegant --palette ocean --layout stacked -n 8
blazon generate "bike workshop" -b "Pedal Republic" --palette "#d1495b, navy" --seed 7 --json
blazon generate "a bookshop" -b Clay --show "fox, book" --avoid owl --established "Est. 1894" --mark badge
blazon generate "a fox in the snow" --transparent --format webp --format png --size 512
MODEL_PATH=/models/FLUX.1-schnell blazon generate "a fox in the snow" -n 2 --steps 4
"""
_STYLES: Final = f"{', '.join(Style)}."
_LAYOUTS: Final = f"{', '.join(LayoutKind)}."
_MOST_BYTES: Final = 4_000_000
_PALETTES: Final = f"{', '.join(PaletteMood)}; or up to {MAX_PALETTE_COLOURS} colours such as '#0a7d6b, navy'."


class Picture(StrEnum):
    """Formats of pictures; the same words as `export.formats.PictureFormat`, which is slow to import."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpeg"


def _brief(metavar: str | None, text: str, *names: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel="Brief")


def _painting(metavar: str, text: str) -> Any:
    return typer.Option(metavar=metavar, help=text, rich_help_panel="Painting, by FLUX")


def _result(metavar: str | None, text: str, *names: str, **bounds: Any) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel="Result", **bounds)


def generate(
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What the brand does and how it should feel.")],
    brand: Annotated[str, _brief("NAME", "The name to set in type.", "--brand", "-b")] = "",
    slogan: Annotated[str, _brief("TEXT", "A small second line under the name.")] = "",
    style: Annotated[str | None, _brief("STYLE", _STYLES)] = None,
    palette: Annotated[str | None, _brief("PALETTE", _PALETTES)] = None,
    layout: Annotated[str | None, _brief("LAYOUT", _LAYOUTS)] = None,
    font: Annotated[
        list[Path], _brief("FILE", "A font of your own to set the name in; once for each weight.", "--font")
    ] = [],  # noqa: B006 - typer copies it
    show: Annotated[
        list[str], _brief("THINGS", f"What must be seen, up to {MAX_THINGS}, with commas or option again.", "--show")
    ] = [],  # noqa: B006 - typer copies it
    avoid: Annotated[list[str], _brief("THINGS", "What must not be seen.", "--avoid")] = [],  # noqa: B006
    letters: Annotated[str, _brief("LETTERS", f"Of a monogram, 1 to {MAX_LETTERS}.")] = "",
    established: Annotated[str, _brief("DATE", "A year or short date to be seen.")] = "",
    mark: Annotated[str | None, _brief("MARK", f"{', '.join(MarkKind)}.")] = None,
    kind_of_type: Annotated[str | None, _brief("TYPE", f"{', '.join(TypeKind)}.", "--type")] = None,
    case: Annotated[str | None, _brief("CASE", f"{', '.join(LetterCase)}: of the name.")] = None,
    own_mark: Annotated[
        Path | None, _brief("FILE", "A mark of your own: SVG, or PNG, JPEG or WebP to trace.", "--own-mark")
    ] = None,
    palette_from: Annotated[
        Path | None, _brief("FILE", "A picture to take the palette from.", "--palette-from")
    ] = None,
    engine: Annotated[str, _brief("ENGINE", f"{', '.join(Engine)}; auto is what ENGINE says.")] = Engine.AUTO.value,
    no_credit: Annotated[bool, _brief(None, "Leave out symbols whose licence asks for credit.", "--no-credit")] = False,
    model: Annotated[str, _painting("NAME", "One of MODELS; the first if not given.")] = "",
    steps: Annotated[
        int | None, _painting("N", f"Denoising steps, 1 to {MAX_STEPS}; else what the model does best with.")
    ] = None,
    guidance: Annotated[
        float | None, _painting("SCALE", f"How closely to follow the prompt, 0 to {MAX_GUIDANCE:g}.")
    ] = None,
    negative_prompt: Annotated[
        str, _painting("TEXT", "What must not be painted, for models that are guided away from it.")
    ] = "",
    count: Annotated[int, _result("N", f"How many logos, 1 to {MAX_CANDIDATES}.", "--count", "-n")] = 4,
    only: Annotated[
        int | None,
        _result("N", "Draw number N of a set alone.", "--only", min=1, max=MAX_CANDIDATES),
    ] = None,
    seed: Annotated[int | None, _result("N", "Draws the same logos again; chosen and shown if not given.")] = None,
    size: Annotated[int, _result("PIXELS", "Side of each picture.", min=MIN_SIZE, max=MAX_SIZE)] = 1024,
    formats: Annotated[
        list[Picture], _result("FORMAT", f"{', '.join(Picture)}; can be given more than once.", "--format")
    ] = [Picture.PNG],  # noqa: B006 - typer copies it
    transparent: Annotated[bool, _result(None, "Leave the paper out.", "--transparent")] = False,
    metadata: Annotated[
        Metadata, _result("LEVEL", f"{', '.join(Metadata)}: what files say; origin is all but the prompt.")
    ] = Metadata.ALL,
    output: Annotated[Path, _result("FOLDER", "Where the files go; made if missing.", "--output", "-o")] = Path("out"),
    as_json: Annotated[bool, _result(None, "Print one JSON document instead of a table.", "--json")] = False,
) -> None:
    """Draw logos from a sentence.

    Writes each logo as SVG and PNG, and one contact sheet of all. What is drawn by rules also comes as black, white
    and inverse SVG, with its design as JSON; of a painting, `blazon kit FILE.png` makes one. Files are named for brand,
    seed and number; a file of another brief is never written over, the new one gets a longer name then.
    """
    if transparent and Picture.JPEG in formats:
        raise typer.BadParameter("a JPEG cannot be transparent; ask for png or webp", param_hint="--transparent")
    wish: dict[str, Any] = {"style": style, "palette": palette, "layout": layout, "engine": engine}
    wish |= {"show": tuple(show), "avoid": tuple(avoid), "letters": letters, "established": established}
    wish |= {"mark": mark, "type": kind_of_type, "case": case}
    wish |= {"model": model, "steps": steps, "guidance": guidance, "size": size}
    wish |= {"negative_prompt": negative_prompt}
    wish |= _bring(own_mark, palette_from, palette)
    wish |= {"count": count} if only is None else {"count": 1, "first": only - 1}
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    brief = Brief(prompt, brand_name=brand, slogan=slogan, credit_allowed=not no_credit, seed=chosen, **wish)
    wanted = _Wanted(output, tuple(dict.fromkeys(formats)), transparent, tuple(font), metadata)
    result = _draw(brief, wanted, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(_document(brief, result), indent=2))
    else:
        _print(brief, result, chosen_seed=seed is None)


def _bring(own_mark: Path | None, palette_from: Path | None, palette: str | None) -> dict[str, Any]:
    """Return the fields of a brief that follow from files that the user brings along."""
    brought: dict[str, Any] = {}
    if palette_from is not None:
        from blazon.imports.palettes import find_palette

        if palette is not None:
            raise typer.BadParameter("it and --palette exclude each other", param_hint="--palette-from")
        brought["palette"] = find_palette(_read(palette_from, "--palette-from")).text
    if own_mark is not None:
        from blazon.imports.marks import read_mark

        found = read_mark(_read(own_mark, "--own-mark"))
        for warning in found.warnings:
            typer.echo(f"{own_mark}: {warning}", err=True)
        brought["own_mark"] = json.dumps(found.to_dict()["mark"])
    return brought


def _read(path: Path, option: str) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise typer.BadParameter(f"{path} has more than {_MOST_BYTES} bytes", param_hint=option)
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}", param_hint=option) from None


@dataclass(frozen=True, slots=True)
class _Wanted:
    output: Path
    formats: tuple[Picture, ...]
    transparent: bool
    fonts: tuple[Path, ...] = ()
    metadata: Metadata = Metadata.ALL


@dataclass(frozen=True, slots=True)
class _Logo:
    name: str
    drawn: "Drawn"
    master: "Master"
    files: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _Result:
    reading: "Reading"
    unmet: "Sequence[Unmet]"
    logos: list[_Logo]
    contact_sheet: Path
    seconds: float


def _draw(brief: Brief, wanted: _Wanted, quiet: bool) -> _Result:
    from blazon.cli import drawing, files, terminal
    from blazon.draw.font_files import FontSources
    from blazon.export.formats import PictureFormat
    from blazon.export.imprint import Imprint
    from blazon.export.sheet import contact_sheet
    from blazon.generation import list_unmet

    settings = drawing.settings_for(brief.engine, brief.model, wanted.fonts)
    background: Any = "transparent" if wanted.transparent else "opaque"
    formats, own_fonts = tuple(map(PictureFormat, wanted.formats)), FontSources.configured(settings)
    order = files.Order(Imprint.configured(settings), brief.size, formats, background, own_fonts, wanted.metadata)
    folder = files.make_folder(wanted.output)
    started = time.perf_counter()
    logos: list[_Logo] = []
    with terminal.progress(brief.count, "Opening", quiet) as work, drawing.open_studio(settings, work) as studio:
        studio.check(brief)
        brief = drawing.read_briefs(settings, [brief], work)[0]
        reading = studio.read(brief)
        for number, drawn in enumerate(drawing.draw(studio, brief, work), brief.first + 1):
            name, written = files.write_logo(brief, drawn, order, folder, number)
            logos.append(_Logo(name, drawn, drawing.master_of(brief, drawn), written))
            work.count_one()
    sheet = contact_sheet([(brief.brand_name or brief.prompt, [logo.master for logo in logos])])
    path = folder / f"{files.Naming(brief, folder).name_sheet(sheet)}.png"
    unmet = list_unmet(reading.unmet, reading.wishes, [logo.drawn for logo in logos])
    return _Result(reading, unmet, logos, files.write(path, sheet), time.perf_counter() - started)


def _document(brief: Brief, result: _Result) -> dict[str, Any]:
    from blazon import __version__

    return {
        "version": __version__,
        "seed": brief.seed,
        "contact_sheet": str(result.contact_sheet),
        "understood": list(result.reading.understood),
        "ignored": list(result.reading.ignored),
        "unmet": [{"wish": unmet.wish, "instead": unmet.instead} for unmet in result.unmet],
        "logos": [
            {
                "name": logo.name,
                "model": logo.drawn.model,
                "seed": logo.drawn.seed,
                "licence": logo.drawn.licence,
                "credits": list(logo.drawn.credits),
                "shows": list(logo.drawn.shows),
                "why": logo.drawn.why,
                "warnings": list(logo.drawn.warnings),
                "files": {kind: str(path) for kind, path in logo.files.items()},
                "design": logo.drawn.design,
            }
            for logo in result.logos
        ],
    }


def _print(brief: Brief, result: _Result, chosen_seed: bool) -> None:
    from blazon.cli import terminal

    console = terminal.stdout()
    console.print(terminal.columns([_row(logo, console) for logo in result.logos]))
    repeat = f" (--seed {brief.seed} draws them again)" if chosen_seed else ""
    noun = "logo" if len(result.logos) == 1 else "logos"
    console.print(f"\n{len(result.logos)} {noun} in {result.seconds:.1f} s, seed {brief.seed}{repeat}")
    console.print(f"contact sheet: {result.contact_sheet}")
    for line in _describe_reading(result.reading, result.unmet):
        console.print(line)
    for line in _list_warnings(result.logos):
        console.print(line)
    for model, licence in dict.fromkeys((logo.drawn.model, logo.drawn.licence) for logo in result.logos):
        if any(logo.drawn.painted for logo in result.logos):
            console.print(f"painted by {model}, licence: {licence}")
    for credit in dict.fromkeys(credit for logo in result.logos for credit in logo.drawn.credits):
        names = ", ".join(logo.name for logo in result.logos if credit in logo.drawn.credits)
        console.print(f"credit for {names}: {credit}")


def _row(logo: _Logo, console: "Console") -> "list[str | Text]":
    from blazon.cli import terminal
    from blazon.design import Design

    if logo.drawn.design is None:
        return [logo.name, f"seed {logo.drawn.seed}"]
    design = Design.from_dict(logo.drawn.design)
    colours = dict.fromkeys((design.colours.mark, design.colours.accent, design.colours.paper))
    family = design.name_type.family if design.name_type else ""
    shown = terminal.swatches(list(colours), console)
    return [logo.name, shown, design.layout.value, ", ".join(logo.drawn.shows), family]


def _list_warnings(logos: "Sequence[_Logo]") -> "Iterator[str]":
    """Yield each warning once, with the logos that it is about."""
    for warning in dict.fromkeys(warning for logo in logos for warning in logo.drawn.warnings):
        names = ", ".join(logo.name for logo in logos if warning in logo.drawn.warnings)
        yield f"mind {names}: {warning}"


def _describe_reading(reading: "Reading", unmet: "Sequence[Unmet]") -> "Iterator[str]":
    if reading.understood:
        yield f"understood: {'; '.join(reading.understood)}"
    if reading.ignored:
        yield f"ignored: {', '.join(reading.ignored)}"
    for one in unmet:
        yield f"not met: {one.wish}: {one.instead}"
