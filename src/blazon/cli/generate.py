"""`blazon generate`: logos from one brief, as files."""

import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blazon.brief import (
    MAX_CANDIDATES,
    MAX_PALETTE_COLOURS,
    MAX_SIZE,
    MIN_SIZE,
    Brief,
    Engine,
    LayoutKind,
    PaletteMood,
    Style,
)

if TYPE_CHECKING:
    from blazon.design import Mark
    from blazon.studio import Candidate

EXAMPLES: Final = """
blazon generate "a coffee roastery by the sea" --brand "Northwind Coffee"
blazon generate "yoga studio" -b Stillwater --style elegant --palette ocean --layout stacked -n 8
blazon generate "bike workshop" -b "Pedal Republic" --palette "#d1495b, navy" --seed 7 --json
"""
_STYLES: Final = f"{', '.join(Style)}."
_LAYOUTS: Final = f"{', '.join(LayoutKind)}."
_PALETTES: Final = f"{', '.join(PaletteMood)}; or up to {MAX_PALETTE_COLOURS} colours such as '#0a7d6b, navy'."


def _brief(metavar: str | None, text: str, *names: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel="Brief")


def _result(metavar: str | None, text: str, *names: str, **bounds: Any) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel="Result", **bounds)


def generate(
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What the brand does and how it should feel.")],
    brand: Annotated[str, _brief("NAME", "The name to set in type.", "--brand", "-b")] = "",
    slogan: Annotated[str, _brief("TEXT", "A small second line under the name.")] = "",
    style: Annotated[str | None, _brief("STYLE", _STYLES)] = None,
    palette: Annotated[str | None, _brief("PALETTE", _PALETTES)] = None,
    layout: Annotated[str | None, _brief("LAYOUT", _LAYOUTS)] = None,
    engine: Annotated[str, _brief("ENGINE", f"{', '.join(Engine)}.")] = Engine.AUTO.value,
    no_credit: Annotated[bool, _brief(None, "Leave out symbols whose licence asks for credit.", "--no-credit")] = False,
    count: Annotated[int, _result("N", f"How many logos, 1 to {MAX_CANDIDATES}.", "--count", "-n")] = 4,
    seed: Annotated[int | None, _result("N", "Draws the same logos again; chosen and shown if not given.")] = None,
    size: Annotated[int, _result("PIXELS", "Size of each PNG.", min=MIN_SIZE, max=MAX_SIZE)] = 1024,
    output: Annotated[Path, _result("FOLDER", "Where the files go; made if missing.", "--output", "-o")] = Path("out"),
    as_json: Annotated[bool, _result(None, "Print one JSON document instead of a table.", "--json")] = False,
) -> None:
    """Draw logos from a sentence.

    Writes each logo as SVG and PNG, its black, white and inverse SVG, its design as JSON, and one contact sheet of all.
    """
    wish: dict[str, Any] = {"style": style, "palette": palette, "layout": layout, "engine": engine}
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    brief = Brief(
        prompt, brand_name=brand, slogan=slogan, credit_allowed=not no_credit, count=count, seed=chosen, **wish
    )
    result = _drawn(brief, output, size, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(_document(brief, result), indent=2))
    else:
        _print(brief, result, chosen_seed=seed is None)


@dataclass(frozen=True, slots=True)
class _Logo:
    name: str
    candidate: "Candidate"
    files: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _Result:
    logos: list[_Logo]
    contact_sheet: Path
    seconds: float


def _drawn(brief: Brief, output: Path, size: int, quiet: bool) -> _Result:
    from blazon.cli import files, terminal

    folder = files.made_folder(output)
    started = time.perf_counter()

    from blazon.export.sheet import contact_sheet
    from blazon.studio import Studio

    logos: list[_Logo] = []
    with terminal.progress(brief.count, "Drawing", quiet) as count_one:
        for number, candidate in enumerate(Studio.open().draw(brief), 1):
            name = files.stem(brief.brand_name, brief.seed, number)
            logos.append(_Logo(name, candidate, files.write_logo(candidate, folder, name, size)))
            count_one()
    sheet = contact_sheet([(brief.brand_name or brief.prompt, [logo.candidate for logo in logos])])
    return _Result(logos, files.write(folder / "contact-sheet.png", sheet), time.perf_counter() - started)


def _document(brief: Brief, result: _Result) -> dict[str, Any]:
    from blazon import __version__

    return {
        "version": __version__,
        "seed": brief.seed,
        "contact_sheet": str(result.contact_sheet),
        "logos": [
            {
                "name": logo.name,
                "files": {kind: str(path) for kind, path in logo.files.items()},
                "metadata": logo.candidate.metadata(),
                "credits": list(logo.candidate.credits),
            }
            for logo in result.logos
        ],
    }


def _print(brief: Brief, result: _Result, chosen_seed: bool) -> None:
    from blazon.cli import terminal

    console = terminal.stdout()
    rows = []
    for logo in result.logos:
        design = logo.candidate.design
        colours = dict.fromkeys((design.colours.mark, design.colours.accent, design.colours.paper))
        family = design.name_type.family if design.name_type else ""
        rows.append(
            (logo.name, terminal.swatches(list(colours), console), design.layout.value, _described(design.mark), family)
        )
    console.print(terminal.columns(rows))
    repeat = f" (--seed {brief.seed} draws them again)" if chosen_seed else ""
    noun = "logo" if len(rows) == 1 else "logos"
    console.print(f"\n{len(rows)} {noun} in {result.seconds:.1f} s, seed {brief.seed}{repeat}")
    console.print(f"contact sheet: {result.contact_sheet}")
    for credit in dict.fromkeys(credit for logo in result.logos for credit in logo.candidate.credits):
        names = ", ".join(logo.name for logo in result.logos if credit in logo.candidate.credits)
        console.print(f"credit for {names}: {credit}")


def _described(mark: "Mark | None") -> str:
    from blazon.design import GeometricMark, LetterformMark, SymbolMark

    match mark:
        case SymbolMark():
            return mark.symbol
        case LetterformMark():
            return f"monogram {mark.initials}"
        case GeometricMark():
            return f"{mark.family} {mark.variant}"
        case None:
            return ""
