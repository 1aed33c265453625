"""`blazon sheet`: many briefs on one picture."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from blazon.brief import MAX_CANDIDATES, Brief, Engine
from blazon.errors import InvalidBrief

MAX_LOGOS: Final = 800
"""More would make a picture of more than a hundred megapixels."""

MAX_COLUMNS: Final = 8

_FIELDS: Final = ("prompt", "brand_name", "slogan", "style", "palette", "layout", "engine", "seed")

EXAMPLES: Final = """
blazon sheet briefs.jsonl -o sheet.png
echo '{"prompt": "solar panels for homes", "brand": "Helio"}' | blazon sheet - -n 8
"""


def sheet(
    briefs: Annotated[Path, typer.Argument(metavar="FILE", help="One JSON object a line; - reads them from stdin.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="PNG to write.")] = Path("sheet.png"),
    count: Annotated[
        int, typer.Option("--count", "-n", metavar="N", help=f"Logos for each brief, 1 to {MAX_CANDIDATES}.")
    ] = 4,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the briefs that name none.")] = 0,
    no_credit: Annotated[
        bool, typer.Option("--no-credit", help="Leave out symbols whose licence asks for credit.")
    ] = False,
) -> None:
    """Draw many briefs on one contact sheet.

    A line holds a "prompt" and may hold "brand", "slogan", "style", "palette", "layout", "engine" and "seed".
    """
    from blazon.cli import drawing, files, terminal

    wanted = [
        _brief(line, where, {"count": count, "seed": seed, "credit_allowed": not no_credit})
        for where, line in _lines(briefs)
    ]
    if not wanted:
        raise typer.BadParameter("holds no briefs", param_hint="FILE")
    if len(wanted) * count > MAX_LOGOS:
        raise typer.BadParameter(f"{len(wanted)} times {count} logos are more than {MAX_LOGOS}", param_hint="FILE")
    if output.is_dir():
        raise typer.BadParameter(f"{output} is a folder, not a file", param_hint="--output")
    files.made_folder(output.parent)

    from blazon.export.sheet import contact_sheet

    settings = drawing.settings_for(_engine({brief.engine for brief in wanted}))
    rows = []
    with terminal.progress(len(wanted) * count, "Opening") as work, drawing.opened(settings, work) as studio:
        for brief in wanted:
            logos = []
            for logo in drawing.drawn(studio, brief, work):
                logos.append(drawing.master_of(brief, logo))
                work.count_one()
            rows.append((" \u2013 ".join(filter(None, (brief.brand_name, brief.prompt))), logos))
    files.write(output, contact_sheet(rows, columns=min(count, MAX_COLUMNS)))
    typer.echo(f"{len(rows)} briefs, {sum(len(row) for _, row in rows)} logos: {output}")


def _engine(asked: set[Engine]) -> Engine:
    """Return the engine that can draw all briefs: that which paints can also draw."""
    return Engine.FLUX if Engine.FLUX in asked else Engine.AUTO if Engine.AUTO in asked else Engine.VECTOR


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each line that is not blank, with its place for error messages."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not UTF-8 text", param_hint="FILE") from None
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}", param_hint="FILE") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield f"{path}, line {number}", line


def _brief(line: str, where: str, defaults: dict[str, Any]) -> Brief:
    try:
        given = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise typer.BadParameter(f"{where} is not JSON: {error}", param_hint="FILE") from None
    if not isinstance(given, dict) or "prompt" not in given:
        raise typer.BadParameter(f'{where} is not an object with a "prompt"', param_hint="FILE")
    given.setdefault("brand_name", given.pop("brand", ""))
    try:
        return Brief(**{**defaults, **{name: given[name] for name in _FIELDS if name in given}})
    except InvalidBrief as error:
        raise typer.BadParameter(f"{where}, {error}", param_hint="FILE") from None
