"""`blazon edit`: one thing of a design changed, and the files of it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from blazon.brief import MAX_SIZE, LayoutKind, LetterCase

if TYPE_CHECKING:
    from blazon.studio import Candidate

EXAMPLES: Final = """
blazon edit helio-7-1.json --palette ocean -o helio-ocean.svg -o helio-ocean.json
blazon edit helio-7-1.json --colour mark=navy --layout stacked -o helio.png --size 512
blazon edit helio-7-1.json --brand "Helio Energy" --font Figtree --weight 700 -o helio.svg
blazon edit helio-7-1.json --patch change.json > changed.json
blazon edit helio-7-1.json --variant white -o helio-white.png
"""
_VARIANTS: Final = ("colour", "black", "white", "inverse")
_FORMATS: Final = ("svg", "png", "webp", "jpeg")


def _change(metavar: str, text: str, *names: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel="Change")


def _result(metavar: str | None, text: str, *names: str, **bounds: Any) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel="Result", **bounds)


def edit(
    design: Annotated[Path, typer.Argument(metavar="FILE", help="A design as JSON; - reads it from stdin.")],
    palette: Annotated[str | None, _change("PALETTE", "A mood, or up to five colours.")] = None,
    colour: Annotated[
        list[str], _change("ROLE=COLOUR", "mark, accent, tint, name, slogan or paper; can be given more than once.")
    ] = [],  # noqa: B006 - typer copies it
    font: Annotated[str | None, _change("FAMILY", "Type family of the name.")] = None,
    weight: Annotated[int | None, _change("WEIGHT", "Of the name, 100 to 900.")] = None,
    case: Annotated[LetterCase | None, _change("CASE", f"Of the name: {', '.join(LetterCase)}.")] = None,
    tracking: Annotated[float | None, _change("N", "Of the name, in 1/1000 em on top of the usual.")] = None,
    layout: Annotated[LayoutKind | None, _change("LAYOUT", f"{', '.join(LayoutKind)}.")] = None,
    mark: Annotated[str | None, _change("SYMBOL", "A symbol by its id, such as mdi:fish.")] = None,
    treatment: Annotated[
        str | None, _change("TREATMENT", "Such as plain, framed, knocked_out, duotone, gradient.")
    ] = None,
    frame: Annotated[str | None, _change("FRAME", "circle, squircle, hexagon, shield or badge.")] = None,
    brand: Annotated[str | None, _change("NAME", "The name; empty for none.", "--brand", "-b")] = None,
    slogan: Annotated[str | None, _change("TEXT", "The second line; empty for none.")] = None,
    established: Annotated[str | None, _change("DATE", "A date; empty for none.")] = None,
    patch: Annotated[
        Path | None, _change("FILE", "A JSON merge patch (RFC 7396); the other options win over it.")
    ] = None,
    variant: Annotated[str, _result("VARIANT", f"{', '.join(_VARIANTS)}.")] = "colour",
    size: Annotated[int, _result("PIXELS", "Side of each picture.", min=16, max=MAX_SIZE)] = 1024,
    transparent: Annotated[bool, _result(None, "Leave the paper out.", "--transparent")] = False,
    output: Annotated[
        list[Path],
        _result(
            "FILE",
            "Named by its ending: .svg, .png, .webp or .jpeg, or .json for the changed design; can be given more than "
            "once. Without it the changed design is printed.",
            "--output",
            "-o",
        ),
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Change one thing of a design, and draw it again.

    Everything else stays, but for what has to follow so that the logo is well set; that is told.
    """
    changes = _merge_options(
        _read(patch) if patch else {},
        colours=dict(map(_read_role, colour)),
        name_type={"family": font, "weight": weight, "case": case, "tracking": tracking},
        palette=palette,
        layout=layout,
        mark=None if mark is None else {"kind": "symbol", "symbol": mark},
        treatment=treatment,
        frame=frame,
        brand_name=brand,
        slogan=slogan,
        established=established,
    )
    if variant not in _VARIANTS:
        raise typer.BadParameter(f"{variant!r} is not one of {', '.join(_VARIANTS)}", param_hint="--variant")
    endings = {path: _read_ending(path) for path in output}
    if transparent and "jpeg" in endings.values():
        raise typer.BadParameter("a JPEG cannot be transparent; ask for png or webp", param_hint="--transparent")
    logo = _draw(_read(design), changes)
    document = json.dumps(logo.design.to_dict(), ensure_ascii=False, indent=2) + "\n"
    if not output:
        typer.echo(document, nl=False)
    for path, ending in endings.items():
        _write(path, document.encode() if ending == "json" else _render(logo, ending, variant, size, transparent))


def _merge_options(patch: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Return a patch with what was given by options; an option that was not is None, or an object of such."""
    merged = dict(patch)
    for name, value in given.items():
        if isinstance(value, dict):
            held = {inner: one for inner, one in value.items() if one is not None}
            if held:
                before = merged.get(name)
                merged[name] = {**(before if isinstance(before, dict) else {}), **held}
        elif value is not None:
            merged[name] = value
    return merged


def _read(path: Path) -> dict[str, Any]:
    from blazon.design_document import read_json

    return read_json(sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes())


def _read_role(text: str) -> tuple[str, str]:
    role, equals, colour = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text[:40]!r} is not like mark=navy", param_hint="--colour")
    return role.strip(), colour.strip()


def _read_ending(path: Path) -> str:
    from blazon.cli import files

    ending = path.suffix.lower().removeprefix(".").replace("jpg", "jpeg")
    if ending not in (*_FORMATS, "json"):
        raise typer.BadParameter(f"{path} ends in none of .{', .'.join((*_FORMATS, 'json'))}", param_hint="--output")
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder, not a file", param_hint="--output")
    files.make_folder(path.parent)
    return ending


def _draw(document: dict[str, Any], changes: dict[str, Any]) -> "Candidate":
    from blazon.direction.editing import adopt, edit
    from blazon.draw.font_files import FontSources
    from blazon.settings import Settings
    from blazon.studio import Studio

    studio = Studio.open(FontSources.configured(Settings.load()))
    change = edit(adopt(document, studio.materials), changes, studio.materials)
    logo = studio.examine(change.design)
    for sentence in change.adapted:
        typer.echo(f"note: {sentence}", err=True)
    for sentence in logo.warnings:
        typer.echo(f"mind: {sentence}", err=True)
    for credit in logo.credits:
        typer.echo(f"credit: {credit}", err=True)
    return logo


def _render(logo: "Candidate", ending: str, variant: str, size: int, transparent: bool) -> bytes:
    from blazon.export.delivery import FileSpec, Master
    from blazon.export.formats import PictureFormat
    from blazon.export.imprint import Imprint
    from blazon.export.provenance import Provenance
    from blazon.generation import Drawn
    from blazon.settings import Settings
    from blazon.studio import VECTOR_LICENCE

    content = logo.variant_svg(variant, background=True).encode()
    svg = PictureFormat.SVG.media_type
    made = Drawn(
        *(content, svg, logo.model, logo.design.seed),
        licence=VECTOR_LICENCE,
        credits=logo.credits,
        design=logo.design.to_dict(),
    )
    bare = transparent or (variant in ("black", "white") and ending != "jpeg")
    master = Master(content, svg, logo.design.title)
    spec = FileSpec(size, size, PictureFormat(ending), "transparent" if bare else "opaque")
    return Imprint.configured(Settings.load()).file(master, spec, Provenance.of(made, logo.design.title))


def _write(path: Path, content: bytes) -> None:
    from blazon.cli import files

    files.write(path, content)
    typer.echo(str(path))
