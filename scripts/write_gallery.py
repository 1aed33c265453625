"""Draw everything that there is to look at, and a page that shows it: logos, the brand book, the worst tracings.

    python scripts/write_gallery.py [FOLDER] [--marks 210] [--docs docs/images]

For one drawn and one painted logo: every layout in every colouring, a sheet for each treatment. Then the brand book of
the drawn one page by page, for which poppler (`pdftoppm`) is needed, and the ten worst tracings of so many marks with
known truth. `--docs` writes the same smaller, for docs/gallery.md; `--marks 0` leaves the tracings as they are.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from blazon.brief import Brief, Engine, LayoutKind
from blazon.design import Design, FrameShape, Treatment
from blazon.direction.layouts import set_layout
from blazon.draw.artwork import Variant
from blazon.export.raster import bitmap_of
from blazon.kit.kit import make_book
from blazon.kit.order import KitOrder
from blazon.painted_lockups import design_painting, plan_lockup
from blazon.studio import Studio

ROOT: Final = Path(__file__).parents[1]
LAYOUTS: Final = tuple(LayoutKind)
TREATMENTS: Final = tuple(Treatment)
DRAWN: Final = Brief(
    "a roastery of coffee, warm", brand_name="Northwind Coffee", slogan="Roasted by hand", seed=4, count=1
)
PAINTED: Final = Brief(
    "a lighthouse", brand_name="Nordlys", slogan="Light since 1902", seed=5, engine=Engine.FLUX, count=1
)
CELL, GAP, HEAD, SIDE_HEAD = 240, 8, 24, 92
PAGE, INK = "#e4e3df", "#222222"
_SMALL_CELL: Final = 104
# Pixels of a page of the book in the gallery, and in the docs.
_PAGE_WIDTH: Final = 1240
_SMALL_PAGE: Final = 300
_SIDE: Final = 1024
_DPI: Final = round(_PAGE_WIDTH / 297 * 25.4)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture of the gallery, and what it shows."""

    name: str
    title: str
    picture: Image.Image


def draw_logos(studio: Studio) -> dict[str, Design]:
    """Return the two logos of the gallery: one drawn, one traced from a painting."""
    (drawn,) = studio.generate(DRAWN)
    return {"drawn": drawn.design, "painted": design_painting(studio, PAINTED, paint_logo(studio, PAINTED))}


def paint_logo(studio: Studio, brief: Brief) -> Image.Image:
    """Return a picture as a diffusion model leaves it: a flat mark, a little soft and noisy, with its name in type."""
    lockup = plan_lockup(studio, brief, "#ffffff")
    assert lockup is not None
    assert lockup.free is not None
    sheet = bitmap_of(lockup.words.svg(Variant.COLOUR), _SIDE).convert("RGB")
    free = lockup.free
    width = round(free.width)
    mark = paint_lighthouse().resize((width, width), Image.Resampling.LANCZOS)
    sheet.paste(mark, (round(free.left), round(free.top)))
    return sheet


def paint_lighthouse() -> Image.Image:
    """Return a lighthouse before the night sky in three flat colours on white."""
    large = Image.new("RGB", (2 * _SIDE, 2 * _SIDE), "#ffffff")
    pen = ImageDraw.Draw(large)
    pen.ellipse((224, 224, 1824, 1824), fill="#17406b")
    pen.polygon([(1024, 570), (1600, 470), (1600, 700)], fill="#f2b705")
    pen.polygon([(900, 760), (1148, 760), (1240, 1560), (808, 1560)], fill="#ffffff")
    for top, bottom in ((900, 1050), (1210, 1370)):
        (left, right), (low, far) = (
            (900 - 92 * (y - 760) / 800 - 4, 1148 + 92 * (y - 760) / 800 + 4) for y in (top, bottom)
        )
        pen.polygon([(left, top), (right, top), (far, bottom), (low, bottom)], fill="#17406b")
    pen.rectangle((864, 660, 1184, 720), fill="#ffffff")
    pen.rectangle((944, 500, 1104, 640), fill="#f2b705")
    pen.polygon([(890, 480), (1158, 480), (1024, 340)], fill="#ffffff")
    soft = large.resize((_SIDE, _SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.8))
    packed = BytesIO()
    soft.save(packed, "JPEG", quality=92)
    return Image.open(packed).convert("RGB")


def treat_design(design: Design, treatment: Treatment) -> Design:
    """Return a design with another treatment, with what that needs."""
    frame = design.frame or (FrameShape.CIRCLE if treatment in (Treatment.FRAMED, Treatment.KNOCKED_OUT) else None)
    return replace(design, treatment=treatment, frame=frame)


def draw_sheets(logos: Mapping[str, Design], studio: Studio, cell: int = CELL) -> Iterator[Sheet]:
    """Yield a sheet for each logo and treatment: a row for each layout, a column for each colouring."""
    for name, design in logos.items():
        for treatment in TREATMENTS:
            rows = [
                (layout.value, _draw_row(treat_design(design, treatment), layout, studio, cell)) for layout in LAYOUTS
            ]
            yield Sheet(
                f"{name}-{treatment}", f"{name.capitalize()}, {treatment}", lay_out([*map(str, Variant)], rows, cell)
            )


def draw_overview(design: Design, studio: Studio, cell: int = _SMALL_CELL) -> Image.Image:
    """Return a sheet of one logo: a row for each treatment, in colour in all layouts, and its symbol in the others."""
    rows = []
    for treatment in TREATMENTS:
        treated = treat_design(design, treatment)
        pictures = [_picture(set_layout(treated, layout, studio.materials.fonts), studio, cell) for layout in LAYOUTS]
        symbol = set_layout(treated, LayoutKind.SYMBOL, studio.materials.fonts)
        others = [_picture(symbol, studio, cell, variant) for variant in Variant if variant is not Variant.COLOUR]
        rows.append((treatment.value.replace("_", " "), [*pictures, *others]))
    return lay_out([*map(str, LAYOUTS), *(v.value for v in Variant if v is not Variant.COLOUR)], rows, cell)


def _draw_row(design: Design, layout: LayoutKind, studio: Studio, cell: int) -> list[Image.Image]:
    laid_out = set_layout(design, layout, studio.materials.fonts)
    return [_picture(laid_out, studio, cell, variant) for variant in Variant]


def _picture(design: Design, studio: Studio, cell: int, variant: Variant = Variant.COLOUR) -> Image.Image:
    artwork = studio.redraw(design).artwork
    # Drawn at twice the size: these are looked at hard.
    drawn = bitmap_of(artwork.svg(variant, background=True), 2 * cell).convert("RGB")
    return drawn.resize((cell, cell), Image.Resampling.LANCZOS)


def lay_out(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Image.Image]]], cell: int) -> Image.Image:
    """Return pictures in rows and columns with a word at each."""
    width = SIDE_HEAD + len(heads) * (cell + GAP)
    sheet = Image.new("RGB", (width, HEAD + len(rows) * (cell + GAP)), PAGE)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, head in enumerate(heads):
        pen.text((SIDE_HEAD + column * (cell + GAP), 5), head, fill=INK, font=font)
    for row, (head, pictures) in enumerate(rows):
        top = HEAD + row * (cell + GAP)
        pen.text((GAP, top + 5), head, fill=INK, font=font)
        for column, picture in enumerate(pictures):
            sheet.paste(picture, (SIDE_HEAD + column * (cell + GAP), top))
    return sheet


def draw_pages(design: Design, studio: Studio) -> Iterator[Image.Image]:
    """Yield the pages of the brand book of a design; none where poppler is missing."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        print(
            "pdftoppm is missing, and with it the pages of the brand book: apt install poppler-utils", file=sys.stderr
        )
        return
    order = KitOrder(design, why="Coffee is what it sells.", credits=design.credits)
    (pdf,) = (one.content for one in make_book(order, studio.materials) if one.path.endswith(".pdf"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.pdf"
        path.write_bytes(pdf)
        subprocess.run([tool, "-r", str(_DPI), "-png", path, path.with_suffix("")], check=True)
        for page in sorted(path.parent.glob("*.png")):
            with Image.open(page) as picture:
                yield picture.convert("RGB")


def draw_worst(count: int, folder: Path) -> list[Sheet]:
    """Write the ten worst tracings of the generated set, and return them as a sheet."""
    if count:
        sys.path.insert(0, str(ROOT / "benchmarks"))
        from tracing import keep_sheet, measure_all

        found = sorted(measure_all(count, 0, plain=False)["ours"], key=lambda one: one.ssim)
        keep_sheet(found[:10], folder / "tracing.png")
    path = folder / "tracing.png"
    title = "The ten worst tracings: painting, truth, tracing"
    return [Sheet("tracing", title, Image.open(path).convert("RGB"))] if path.is_file() else []


def write_page(folder: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets of a gallery and the page that shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for sheet in sheets:
        sheet.picture.save(folder / f"{sheet.name}.png", optimize=True)
        parts.append(f'<h2 id="{sheet.name}">{escape(sheet.title)}</h2>')
        parts.append(f'<img loading="lazy" src="{sheet.name}.png" alt="">')
    links = " ".join(f'<a href="#{sheet.name}">{escape(sheet.title)}</a>' for sheet in sheets)
    style = "body{font:15px/1.5 system-ui;margin:2em;background:#e4e3df}img{max-width:100%}nav a{margin-right:1em}"
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>{style}</style>'
        f"<h1>Gallery</h1><nav>{links}</nav>{''.join(parts)}</html>\n"
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def write_small(folder: Path, logos: Mapping[str, Design], studio: Studio, sheets: Mapping[str, Sheet]) -> None:
    """Write the small pictures of docs/gallery.md."""
    for name, design in logos.items():
        save_small(draw_overview(design, studio), folder / f"gallery-{name}.png")
    pages = [sheet.picture for name, sheet in sheets.items() if name.startswith("book-")]
    if pages:
        save_small(lay_out_pages(pages, 4, _SMALL_PAGE), folder / "gallery-book.png")
    if "tracing" in sheets:
        worst = sheets["tracing"].picture
        small = worst.resize((600, round(600 * worst.height / worst.width)), Image.Resampling.LANCZOS)
        save_small(small, folder / "gallery-tracing.png", 96)


def lay_out_pages(pages: Sequence[Image.Image], columns: int, width: int) -> Image.Image:
    """Return pages side by side."""
    height = round(width * pages[0].height / pages[0].width)
    rows = -(-len(pages) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP), PAGE)
    for number, page in enumerate(pages):
        row, column = divmod(number, columns)
        small = page.resize((width, height), Image.Resampling.LANCZOS)
        sheet.paste(small, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
    return sheet


def save_small(picture: Image.Image, path: Path, colours: int = 128) -> None:
    """Save a picture in few colours, which makes it small."""
    picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build/gallery")
    parser.add_argument("--marks", type=int, default=210, help="of so many marks the ten worst tracings")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", help="write the small pictures there, too")
    arguments = parser.parse_args()
    studio = Studio.open()
    logos = draw_logos(studio)
    sheets = [*draw_sheets(logos, studio)]
    sheets += [
        Sheet(f"book-{number:02d}", f"Brand book, page {number}", page)
        for number, page in enumerate(draw_pages(logos["drawn"], studio), 1)
    ]
    sheets += draw_worst(arguments.marks, arguments.folder)
    write_page(arguments.folder, sheets)
    if arguments.docs:
        write_small(arguments.docs, logos, studio, {sheet.name: sheet for sheet in sheets})


if __name__ == "__main__":
    main()
