"""`blazon sheet`: many briefs on one picture."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from blazon.brief import MAX_CANDIDATES, Engine

if TYPE_CHECKING:
    from blazon.cli.brief_lines import BriefLine

MAX_LOGOS: Final = 800
"""More would make a picture of more than a hundred megapixels."""

MAX_COLUMNS: Final = 8

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
    from blazon.cli import brief_lines, drawing, files, terminal

    lines = brief_lines.read_briefs(briefs, {"count": count, "seed": seed, "credit_allowed": not no_credit})
    wanted = [line.brief for line in lines]
    if not wanted:
        raise typer.BadParameter("holds no briefs", param_hint="FILE")
    if len(wanted) * count > MAX_LOGOS:
        raise typer.BadParameter(f"{len(wanted)} times {count} logos are more than {MAX_LOGOS}", param_hint="FILE")
    if output.is_dir():
        raise typer.BadParameter(f"{output} is a folder, not a file", param_hint="--output")
    files.make_folder(output.parent)
    _name_unread(lines)

    from blazon.export.sheet import contact_sheet

    settings = drawing.settings_for(_engine({brief.engine for brief in wanted}))
    rows = []
    with terminal.progress(len(wanted) * count, "Opening") as work, drawing.open_studio(settings, work) as studio:
        for brief in wanted:
            logos = []
            for logo in drawing.draw(studio, brief, work):
                logos.append(drawing.master_of(brief, logo))
                work.count_one()
            rows.append((" \u2013 ".join(filter(None, (brief.brand_name, brief.prompt))), logos))
    files.write(output, contact_sheet(rows, columns=min(count, MAX_COLUMNS)))
    typer.echo(f"{len(rows)} briefs, {sum(len(row) for _, row in rows)} logos: {output}")


def _engine(asked: set[Engine]) -> Engine:
    """Return the engine that can draw all briefs: that which paints can also draw."""
    return Engine.FLUX if Engine.FLUX in asked else Engine.AUTO if Engine.AUTO in asked else Engine.VECTOR


def _name_unread(lines: "list[BriefLine]") -> None:
    """Say which names in the lines nobody reads."""
    counts = Counter(name for line in lines for name in line.unread)
    for name, count in counts.items():
        typer.echo(f"note: {json.dumps(name, ensure_ascii=False)} is not read, in {count} of the briefs", err=True)
