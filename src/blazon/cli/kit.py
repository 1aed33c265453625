"""`blazon kit`: every file of one logo in a zip."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from blazon.kit.order import KitOrder

EXAMPLES: Final = """
blazon kit out/northwind-coffee-7-1.json
blazon kit out/northwind-coffee-7-1.json -o northwind.zip
blazon generate "a coffee roastery" -b Northwind --json > logos.json && blazon kit logos.json --only 2
"""


def kit(
    design: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A design, as `generate` writes it beside a logo, or what its --json printed."
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
    font: Annotated[
        list[Path], typer.Option("--font", metavar="FILE", help="The fonts of your own that the logo was drawn with.")
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Make the kit of a logo: all of its files, and the brand book.

    Every layout and colouring as SVG, PDF, EPS and PNG, icons for the web and for apps, pictures for social networks,
    design tokens, fonts with their licences, and a brand book as PDF and HTML, in one zip with a README.txt that says
    which file is for what.
    """
    from blazon.brief import Engine
    from blazon.cli import drawing, files
    from blazon.draw.font_files import FontSources
    from blazon.kit.colour_values import CmykProfile
    from blazon.kit.kit import make_kit
    from blazon.kit.kit_file import slug_of
    from blazon.studio import Studio

    order = _read_order(design, only)
    path = output or Path(f"{slug_of(order.name)}-kit.zip")
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder, not a file", param_hint="--output")
    files.make_folder(path.parent)
    settings = drawing.settings_for(Engine.VECTOR, fonts=tuple(font))
    materials = Studio.open(FontSources.configured(settings)).materials
    cmyk = CmykProfile(cmyk_profile) if cmyk_profile else None
    typer.echo(str(files.write(path, make_kit(order, materials, cmyk))))


def _read_order(path: Path, only: int) -> "KitOrder":
    from blazon.design import Design
    from blazon.kit.order import KitOrder
    from blazon.studio import VECTOR_LICENCE, VECTOR_MODEL

    data = _read_json(path)
    logo = _pick(data["logos"], only) if isinstance(data.get("logos"), list) else {"design": data}
    if logo.get("design") is None:
        raise typer.BadParameter("this logo was painted and has no design to draw a kit from", param_hint="FILE")
    design = Design.from_dict(logo["design"])
    shows, why = tuple(map(str, logo.get("shows", ()))), str(logo.get("why", ""))
    return KitOrder(design, shows, why, VECTOR_MODEL, VECTOR_LICENCE, design.credits)


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
