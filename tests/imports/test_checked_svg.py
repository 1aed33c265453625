"""SVG files from elsewhere: what is drawn in them is found, and what is hostile gets a clear error, soon."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.draw.outline import Box, bounds, from_svg, inked_area
from blazon.errors import InvalidUpload
from blazon.imports.checked_svg import MAX_SVG_BYTES, read_svg

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'


def svg(inside: str, *, attributes: str = 'viewBox="0 0 100 100"') -> bytes:
    return f"<svg {XMLNS} {attributes}>{inside}</svg>".encode()


def shapes(inside: str) -> list[tuple[str, float]]:
    """Return colour and area of each shape."""
    found = read_svg(svg(inside)).shapes
    return [("#{:02x}{:02x}{:02x}".format(*one.colour), round(inked_area(from_svg(one.data)), 1)) for one in found]


@pytest.mark.parametrize(
    ("inside", "colour", "area"),
    [
        ('<rect x="10" y="10" width="20" height="30" fill="red"/>', "#ff0000", 600),
        ('<path d="M0 0h10v10h-10z"/>', "#000000", 100),
        ('<g fill="#0f0"><path d="M0 0h10v10h-10z"/></g>', "#00ff00", 100),
        ('<g transform="scale(2)"><path d="M0 0h10v10h-10z"/></g>', "#000000", 400),
        ('<path style="fill:#123456;stroke:none" d="M0 0h10v10h-10z"/>', "#123456", 100),
        ('<style>.a,.b{fill:#123456}</style><path class="b" d="M0 0h10v10h-10z"/>', "#123456", 100),
        ('<style>path{fill:navy}</style><path d="M0 0h10v10h-10z"/>', "#000080", 100),
        ('<path d="M0 0h10v10h-10z" opacity=".5"/>', "#808080", 100),
        ('<path fill="none" stroke="blue" stroke-width="4px" d="M0 50H100"/>', "#0000ff", 400),
        ('<defs><rect id="r" width="10" height="10"/></defs><use href="#r" x="5"/>', "#000000", 100),
        ('<path fill-rule="evenodd" d="M0 0h30v30h-30zM10 10h10v10h-10z"/>', "#000000", 800),
        (
            '<clipPath id="c"><rect width="5" height="10"/></clipPath><path clip-path="url(#c)" d="M0 0h10v10h-10z"/>',
            "#000000",
            50,
        ),
        (
            '<linearGradient id="g"><stop stop-color="#000000"/><stop offset="1" stop-color="#808080"/>'
            '</linearGradient><path fill="url(#g)" d="M0 0h10v10h-10z"/>',
            "#404040",
            100,
        ),
    ],
)
def test_what_is_drawn_becomes_filled_outlines(inside: str, colour: str, area: float) -> None:
    assert shapes(inside) == [(colour, pytest.approx(area, rel=0.01))]


@pytest.mark.parametrize(
    "inside",
    ['<path fill="none" d="M0 0h10v10z"/>', '<path fill-opacity="0" d="M0 0h10v10z"/>', "", "<text>a</text>", "<use/>"],
)
def test_a_file_without_outlines_says_so(inside: str) -> None:
    with pytest.raises(InvalidUpload, match="text as outlines"):
        read_svg(svg(inside))


def test_what_is_left_out_is_told() -> None:
    found = read_svg(svg('<path d="M0 0h10v10z"/><text>a</text><image href="a.png"/>'))
    assert [warning.split()[0] for warning in found.warnings] == ["Text", "Left"]


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE svg [<!ENTITY l0 "lol">{entities}]>'.encode() + svg("<title>&l9;</title>")


def _copies() -> bytes:
    doubled = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, 50))
    return svg(f'<path id="g0" d="M0 0h9v9z"/>{doubled}')


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no XML": lambda: b"hello",
    "HTML": lambda: b"<html><body/></html>",
    "half": lambda: svg("<path")[:-6],
    "null bytes": lambda: b"\0" * 1000,
    "unknown encoding": lambda: b'<?xml version="1.0" encoding="x-none"?>' + svg(""),
    "a billion laughs": _laughs,
    "an external entity": lambda: b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"),
    "a parameter entity": lambda: b'<!DOCTYPE s [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>' + svg(""),
    "nested deeply": lambda: svg("<g>" * 50_000 + "</g>" * 50_000),
    "many elements": lambda: svg("<path/>" * 50_000),
    "copies of copies": _copies,
    "a copy of itself": lambda: svg('<g id="a"><path d="M0 0h9v9z"/><use href="#a"/></g>'),
    "too many bytes": lambda: svg(" " * MAX_SVG_BYTES),
    "many points": lambda: svg(f'<path d="M0 0{"l1 1" * 30_000}z"/>'),
    "no numbers": lambda: svg('<path d="MNaN NaN L NaN 5 L 6 6z"/>'),
    "infinite": lambda: svg('<path d="M0 0 L1e999 5 L 6 1e999z"/>'),
    "a huge view": lambda: svg('<path d="M0 0h9v9z"/>', attributes='viewBox="0 0 1e30 1e30"'),
    "points beyond all views": lambda: svg('<path d="M0 0L1e300 0L0 1e300z"/>'),
    "strokes beyond all views": lambda: svg('<path transform="scale(1e30)" stroke="red" d="M0 0L100 100L0 9z"/>'),
    "a view of nothing": lambda: svg('<path d="M0 0h9v9z"/>', attributes='viewBox="0 0 0 0"'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(kind: str) -> None:
    content = HOSTILE[kind]()
    start = time.process_time()
    with pytest.raises(InvalidUpload) as caught:
        read_svg(content)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)
    assert time.process_time() - start < 20  # far below the limit of a compute process


SLOW_STYLES = {
    "comments in comments": "/*" * 400_000,
    "a selector without an end": "a" * 800_000,
    "a declaration without an end": ".a{" + "a" * 800_000 + "}",
    "more rules than elements can be asked for": ".b{fill:#ff0000}" * 50_000,
}


@pytest.mark.parametrize("kind", SLOW_STYLES)
def test_style_sheets_are_read_in_a_time_that_grows_with_their_length(kind: str) -> None:
    inside = f'<style>.a{{fill:#0a4d68}}{SLOW_STYLES[kind]}</style>{"<g/>" * 2000}<path class="a" d="M0 0h9v9z"/>'
    start = time.process_time()
    assert read_svg(svg(inside)).shapes[0].colour == (0x0A, 0x4D, 0x68)
    assert time.process_time() - start < 8  # what a file may take; it takes less than one


def test_rules_of_style_sheets_follow_each_other_and_what_stands_around_them_is_passed_over() -> None:
    sheet = (
        "@import url(x); .a{fill:red}/* .b{fill:lime} */@media print{#b, .b {fill: #0000ff !important; stroke:none}}"
    )
    inside = f'<style>{sheet}</style><path class="b a" d="M0 0h9v9z"/><path class="a" d="M20 0h9v9z"/>'
    assert [shape.colour for shape in read_svg(svg(inside)).shapes] == [(0, 0, 255), (255, 0, 0)]


@pytest.mark.parametrize("written", ['stroke-dasharray="1e-4"', 'style="stroke-dasharray:.0001 , 1e-4px"'])
def test_dashes_too_fine_to_be_seen_are_a_line(written: str) -> None:
    line = 'fill="none" stroke="#000000" stroke-width="10" d="M0 50h100"'
    areas = [inked_area(from_svg(read_svg(svg(f"<path {dashes} {line}/>")).shapes[0].data)) for dashes in ("", written)]
    assert areas[0] == pytest.approx(areas[1])


def test_dashes_that_are_seen_stay_dashes() -> None:
    (shape,) = read_svg(svg('<path stroke-dasharray="5" fill="none" stroke="#000" d="M0 50h100"/>')).shapes
    assert inked_area(from_svg(shape.data)) == pytest.approx(50, rel=0.05)


def test_what_runs_or_loads_is_left_behind() -> None:
    inside = (
        "<script>alert(1)</script><a href='javascript:alert(1)'><path onclick='alert(1)' d='M0 0h9v9h-9z'/></a>"
        "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='http://x'/></foreignObject>"
        "<image href='http://127.0.0.1/a.png'/><style>@import url(http://127.0.0.1/a.css);</style>"
        "<use href='http://127.0.0.1/a.svg#a'/><animate attributeName='d' to='M0 0'/>"
    )
    found = read_svg(svg(inside))
    assert len(found.shapes) == 1
    assert "alert" not in repr(found)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.text(alphabet="<>/=\"' svgpathdMLZ0123456789e.-", max_size=300))
def test_anything_is_read_or_refused(raw: bytes, text: str) -> None:
    for content in (raw, svg(text), svg(f"<path d='{text}'/>")):
        try:
            found = read_svg(content)
        except InvalidUpload:
            continue
        assert all(bounds([from_svg(shape.data)]) != Box(0, 0, 0, 0) for shape in found.shapes)
