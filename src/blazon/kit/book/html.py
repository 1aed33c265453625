"""The brand book as one HTML file: its type and all pictures are in it, it runs no script and loads nothing."""

import base64
from html import escape
from typing import Final

from blazon.draw.outline import number, to_svg
from blazon.kit.book.faces import FAMILY, STRONG_WEIGHT, TEXT_WEIGHT, Faces
from blazon.kit.book.figure import Figure, Item, Label, Stroke
from blazon.kit.book.section import Book, Cell, Grid, Section, Shown, Table
from blazon.kit.picture import Fill
from blazon.kit.shape import Shape
from blazon.kit.svg_file import gradient_element, paint, transform_of

_LONG: Final = 200  # letters from which on an outline is written once for all figures

_STYLE: Final = """
:root{--ink:#16181d;--grey:#686d76;--line:#d3d6db}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;color:var(--ink);background:#fff;font:400 17px/1.5 "Hanken Grotesk",system-ui,sans-serif}
.cover svg{display:block;width:100%;max-height:92vh}
nav{position:sticky;top:0;z-index:1;background:#fffffff2;border-bottom:1px solid var(--line);overflow-x:auto}
nav ol{display:flex;gap:1.6em;margin:0 auto;padding:1em 4vw;max-width:1360px;list-style:none;white-space:nowrap}
nav a{color:var(--grey);font-size:14px;text-decoration:none}
nav a:hover,nav a:focus-visible{color:var(--ink);text-decoration:underline;text-underline-offset:.3em}
main{max-width:1360px;margin:0 auto;padding:0 4vw}
section{display:grid;grid-template-columns:minmax(15em,1fr) 2.8fr;gap:2em 5vw;padding:6.5vw 0;
border-bottom:1px solid var(--line);scroll-margin-top:3.4em}
section:last-child{border:0}
h1,h2,figcaption strong,th[scope=row]{font-weight:600}
h2{margin:0 0 .6em;font-size:34px;line-height:1.12;letter-spacing:-.015em}
.said p{margin:0 0 1em;max-width:34em}
.shown{display:grid;gap:2.4em;min-width:0}
.grid{display:grid;grid-template-columns:repeat(var(--columns),minmax(0,1fr));gap:2em 1.6em}
figure{margin:0}
figure svg{display:block;width:100%;height:auto}
figcaption{margin-top:.7em;font-size:14px;line-height:1.4}
figcaption strong,figcaption span{display:block}
figcaption span{color:var(--grey)}
.table{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:.7em 1em .7em 0;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap;font-weight:400}
thead th{color:var(--grey);border-bottom-color:var(--ink)}
td:not(:first-child){user-select:all}
.files td{white-space:normal}
.patch{display:inline-block;min-width:1.6em;height:1.6em;padding:0 .8em;border:1px solid var(--line);
line-height:1.5em;font-weight:600;vertical-align:middle}
footer{padding:3em 4vw;color:var(--grey);font-size:14px;max-width:1360px;margin:0 auto}
@media (max-width:860px){section{grid-template-columns:minmax(0,1fr);padding:14vw 0}}
@media (max-width:520px){.grid{grid-template-columns:minmax(0,1fr)}h2{font-size:28px}}
@media print{nav{display:none}section{break-before:page;border:0;padding:0}}
"""


def html_book(book: Book, faces: Faces) -> str:
    """Return the book as a document of HTML."""
    outlines: dict[Shape, str] = {}
    cover = _write_figure(book.cover, outlines, f"The logo of {book.name}")
    sections = [_write_section(section, outlines) for section in book.sections]
    links = "".join(f'<li><a href="#{one.key}">{escape(one.title)}</a></li>' for one in book.sections)
    paths = "".join(f'<path id="{name}" d="{shape.svg}"/>' for shape, name in outlines.items())
    name = escape(book.name)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name}: brand book</title>",
        f"<style>{_font_face(faces.text, TEXT_WEIGHT)}{_font_face(faces.strong, STRONG_WEIGHT)}{_STYLE}</style>",
        "</head>\n<body>",
        f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{paths}</defs></svg>',
        f'<header class="cover" style="background:{book.cover.ground}">{cover}</header>',
        f'<nav aria-label="Contents"><ol>{links}</ol></nav>\n<main>',
        *sections,
        f"</main>\n<footer>{name}. The same book is in the kit as a PDF for print.</footer>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _font_face(content: bytes, weight: int) -> str:
    data = base64.b64encode(content).decode()
    return f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};src:url(data:font/ttf;base64,{data})}}'


def _write_section(section: Section, outlines: dict[Shape, str]) -> str:
    said = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in section.text)
    shown = "".join(
        _write_table(block) if isinstance(block, Table) else _write_grid(block, outlines) for block in section.blocks
    )
    return (
        f'<section id="{section.key}" class="{section.key}">'
        f'<div class="said"><h2>{escape(section.title)}</h2>{said}</div>'
        f'<div class="shown">{shown}</div></section>'
    )


def _write_grid(grid: Grid, outlines: dict[Shape, str]) -> str:
    figures = "".join(_write_shown(shown, outlines) for shown in grid.shown)
    return f'<div class="grid" style="--columns:{grid.columns}">{figures}</div>'


def _write_shown(shown: Shown, outlines: dict[Shape, str]) -> str:
    figure = _write_figure(shown.figure, outlines, shown.title or "The logo")
    note = f"<span>{escape(shown.note)}</span>" if shown.note else ""
    caption = f"<figcaption><strong>{escape(shown.title)}</strong>{note}</figcaption>" if shown.title else ""
    return f"<figure>{figure}{caption}</figure>"


def _write_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = "".join(f"<tr>{''.join(map(_write_cell, row))}</tr>" for row in table.rows)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _write_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    inside = f'color:{cell.text}">Aa' if cell.text else '">'
    return f'<td><span class="patch" style="background:{cell.ground};{inside}</span></td>'


def _write_figure(figure: Figure, outlines: dict[Shape, str], name: str) -> str:
    width, height = number(figure.width), number(figure.height)
    gradients = dict.fromkeys(gradient_element(one) for one in figure.items if isinstance(one, Fill) and one.end)
    items = "".join(_write_item(item, outlines) for item in figure.items)
    frame = (
        f'<rect x=".1" y=".1" width="{number(figure.width - 0.2)}" height="{number(figure.height - 0.2)}" '
        'fill="none" stroke="#d3d6db" stroke-width=".2"/>'
        if figure.framed
        else ""
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}">{"".join(gradients)}'
        f'<rect width="{width}" height="{height}" fill="{figure.ground}"/>{items}{frame}</svg>'
    )


def _write_item(item: Item, outlines: dict[Shape, str]) -> str:
    match item:
        case Fill():
            if len(item.shape.svg) < _LONG:
                return f'<path fill="{paint(item)}"{transform_of(item)} d="{item.shape.svg}"/>'
            name = outlines.setdefault(item.shape, f"o{len(outlines)}")
            return f'<use href="#{name}" fill="{paint(item)}"{transform_of(item)}/>'
        case Stroke():
            dash = f' stroke-dasharray="{item.dash[0]} {item.dash[1]}"' if item.dash else ""
            # An open line is written as if it were closed, and looks the same; curves are closed.
            data = to_svg(item.path)
            return f'<path fill="none" stroke="{item.colour}" stroke-width="{item.width}"{dash} d="{data}"/>'
        case Label():
            weight = f' font-weight="{STRONG_WEIGHT}"' if item.strong else ""
            anchor = f' text-anchor="{item.anchor}"' if item.anchor != "start" else ""
            place = f'x="{number(item.x)}" y="{number(item.y)}" font-size="{item.size}"'
            return f'<text {place} fill="{item.colour}"{weight}{anchor}>{escape(item.text)}</text>'
