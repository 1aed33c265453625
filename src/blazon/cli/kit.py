"""`blazon kit`: every file of one logo in a zip."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from blazon.kit.order import KitOrder

EXAMPLES: Final = """
blazon kit out/northwind-coffee-7-1.json
blazon kit out/northwind-coffee-7-1.json -o northwind.zip
blazon generate "a coffee roastery" -b Northwind --json > logos.json && blazon kit logos.json --only 2
blazon kit painting.png --name Northwind --painted-by FLUX.1-schnell
"""


def kit(
    design: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A design, as `generate` writes it beside a logo, what its --json printed, or a picture of a mark.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Zip to write; else named for the brand.")
    ] = None,
    only: Annotated[int, typer.Option("--only", metavar="N", min=1, help="Which logo of what --json printed.")] = 1,
    cmyk_profile: Annotated[
        Path | None,
        typer.Option("--cmyk-profile", metavar="FILE", help="ICC profile of a press, for CMYK in the brand book."),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Beside the mark of a picture.")] = "",
    slogan: Annotated[str, typer.Option("--slogan", metavar="TEXT", help="Below that name.")] = "",
    painted_by: Annotated[
        str, typer.Option("--painted-by", metavar="MODEL", help="Who painted the picture, if it does not say.")
    ] = "",
    font: Annotated[
        list[Path], typer.Option("--font", metavar="FILE", help="The fonts of your own that the logo was drawn with.")
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Make the kit of a logo: all of its files, and the brand book.

    Every layout and colouring as SVG, PDF, EPS and PNG, icons for the web and for apps, pictures for social networks,
    design tokens, fonts with their licences, and a brand book as PDF and HTML, in one zip with a README.txt that says
    which file is for what.

    A picture (PNG, JPEG or WebP) shows a mark alone, on even paper or on none. Its mark is traced, and the name set
    beside it; the picture comes along. If a model painted it, the files of the kit say so.
    """
    from blazon.brief import Engine
    from blazon.cli import drawing, files
    from blazon.cli.picture_kits import PICTURES, order_picture, trace_origin
    from blazon.draw.font_files import FontSources
    from blazon.export.formats import label_png
    from blazon.export.imprint import Imprint
    from blazon.file_metadata import Metadata
    from blazon.kit.colour_values import CmykProfile
    from blazon.kit.kit import make_kit
    from blazon.kit.kit_file import slug_of
    from blazon.studio import Studio

    settings = drawing.settings_for(Engine.VECTOR, fonts=tuple(font))
    studio, imprint = Studio.open(FontSources.configured(settings)), Imprint.configured(settings)
    if design.suffix.lower() in PICTURES:
        order = order_picture(design, studio, name, slogan, painted_by)
    elif name or slogan or painted_by:
        raise typer.BadParameter("is for pictures; change a design with `blazon edit`", param_hint="--name")
    else:
        order = _read_order(design, only)
    origin = trace_origin(order)
    told = imprint.tell(origin, Metadata.ORIGIN) if origin else None
    order = replace(order, origin=told, painting=order.painting and label_png(order.painting, told))
    path = output or Path(f"{slug_of(order.name)}-kit.zip")
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder, not a file", param_hint="--output")
    files.make_folder(path.parent)
    cmyk = CmykProfile(cmyk_profile) if cmyk_profile else None
    content = make_kit(order, studio.materials, cmyk)
    typer.echo(str(files.write(path, imprint.sign(content, "application/zip", origin) if origin else content)))


def _read_order(path: Path, only: int) -> "KitOrder":
    from blazon.design import Design
    from blazon.kit.order import KitOrder
    from blazon.studio import VECTOR_LICENCE, VECTOR_MODEL

    data = _read_json(path)
    logo = _pick(data["logos"], only) if isinstance(data.get("logos"), list) else {"design": data}
    if logo.get("design") is None:
        raise typer.BadParameter(
            "this logo was painted and has no design to draw a kit from; give its PNG, and its name with --name",
            param_hint="FILE",
        )
    design = Design.from_dict(logo["design"])
    shows, why = tuple(map(str, logo.get("shows", ()))), str(logo.get("why", ""))
    painter = design.painter
    model, licence = (painter.model, painter.licence) if painter else (VECTOR_MODEL, VECTOR_LICENCE)
    return KitOrder(design, shows, why, model, licence, design.credits)


def _pick(logos: list[Any], only: int) -> dict[str, Any]:
    if only > len(logos) or not isinstance(logos[only - 1], dict):
        raise typer.BadParameter(f"{only} is not one of its {len(logos)} logos", param_hint="--only")
    logo: dict[str, Any] = logos[only - 1]
    return logo


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}", param_hint="FILE") from None
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{path} is not JSON: {error}", param_hint="FILE") from None
    if not isinstance(data, dict):
        raise typer.BadParameter(f"{path} is not a design", param_hint="FILE")
    return data
