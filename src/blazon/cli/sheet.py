"""`blazon sheet`: many briefs on one picture."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from blazon.brief import MAX_CANDIDATES, Engine
from blazon.cli.failures import BAD_INPUT, print_error
from blazon.errors import GenerationFailed, InvalidBrief

if TYPE_CHECKING:
    from blazon.cli.brief_lines import BriefLine
    from blazon.export.delivery import Master

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
    font: Annotated[
        list[Path],
        typer.Option("--font", metavar="FILE", help="A font of your own to set all names in; once for each weight."),
    ] = [],  # noqa: B006 - typer copies it
    no_credit: Annotated[
        bool, typer.Option("--no-credit", help="Leave out symbols whose licence asks for credit.")
    ] = False,
) -> None:
    """Draw many briefs on one contact sheet.

    A line holds a "prompt" and may hold "brand", "slogan", "style", "palette", "layout", "show", "avoid", "letters",
    "established", "mark", "type", "case", "engine" and "seed". One that cannot be drawn is named, and the others are
    drawn.
    """
    from blazon.cli import brief_lines, files

    lines, bad = brief_lines.read_briefs(briefs, {"count": count, "seed": seed, "credit_allowed": not no_credit})
    if not lines and not bad:
        raise typer.BadParameter("holds no briefs", param_hint="FILE")
    if len(lines) * count > MAX_LOGOS:
        raise typer.BadParameter(f"{len(lines)} times {count} logos are more than {MAX_LOGOS}", param_hint="FILE")
    if output.is_dir():
        raise typer.BadParameter(f"{output} is a folder, not a file", param_hint="--output")
    files.make_folder(output.parent)
    _name_unread(lines)
    for error in bad:
        print_error(str(error))
    rows = _draw(lines, count, tuple(font)) if lines else []
    if rows:
        from blazon.export.sheet import contact_sheet

        files.write(output, contact_sheet(rows, columns=min(count, MAX_COLUMNS)))
        typer.echo(f"{len(rows)} briefs, {sum(len(row) for _, row in rows)} logos: {output}")
    if bad or len(rows) < len(lines):
        raise typer.Exit(BAD_INPUT)


def _draw(lines: "list[BriefLine]", count: int, fonts: tuple[Path, ...]) -> "list[tuple[str, list[Master]]]":
    """Return the logos of each brief under its caption; one that cannot be drawn is named and left out."""
    from blazon.cli import drawing, terminal

    settings = drawing.settings_for(_engine({line.brief.engine for line in lines}), fonts=fonts)
    rows = []
    with terminal.progress(len(lines) * count, "Opening") as work, drawing.open_studio(settings, work) as studio:
        briefs = drawing.read_briefs(settings, [line.brief for line in lines], work)
        for line, brief in zip(lines, briefs, strict=True):
            try:
                logos = []
                for logo in drawing.draw(studio, brief, work):
                    logos.append(drawing.master_of(brief, logo))
                    work.count_one()
            except (InvalidBrief, GenerationFailed) as error:
                print_error(f"{line.where}, {error}")
                continue
            rows.append((" \u2013 ".join(filter(None, (brief.brand_name, brief.prompt))), logos))
    return rows


def _engine(asked: set[Engine]) -> Engine:
    """Return the engine that can draw all briefs: that which paints can also draw."""
    return Engine.FLUX if Engine.FLUX in asked else Engine.AUTO if Engine.AUTO in asked else Engine.VECTOR


def _name_unread(lines: "list[BriefLine]") -> None:
    """Say which names in the lines nobody reads."""
    counts = Counter(name for line in lines for name in line.unread)
    for name, count in counts.items():
        typer.echo(f"note: {json.dumps(name, ensure_ascii=False)} is not read, in {count} of the briefs", err=True)
