from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st

from blazon.draw import colourings
from blazon.draw.outline import Box, Ink, Layer, circle
from blazon.draw.palette import HARMONIES, Ground, PaletteMood, scheme
from blazon.draw.svg import document

BOARD = Box(0, 0, 100, 100)
LAYERS = [Layer(circle((50, 50), 30), Ink.TINT), Layer(circle((50, 50), 10), Ink.MARK)]
COLOURS = scheme(HARMONIES[PaletteMood.OCEAN][0], Ground.WHITE)
SVG = "{http://www.w3.org/2000/svg}"


@example("a\r\n\n\rb")
@given(st.text(max_size=60))
def test_any_title_gives_valid_xml_that_holds_it(title: str) -> None:
    root = ElementTree.fromstring(document(LAYERS, COLOURS, BOARD, title=title).encode("utf-8", "surrogatepass"))
    shown = root.findtext(f"{SVG}title") or ""
    # What XML cannot hold is left out, and its readers make a line feed of every line end.
    kept = "".join(c for c in title if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert shown == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_only_a_title_and_filled_paths() -> None:
    root = ElementTree.fromstring(document(LAYERS, COLOURS, BOARD, title="<script>alert(1)</script>"))
    assert [child.tag.removeprefix(SVG) for child in root] == ["title", "path", "path", "path"]
    assert all(set(path.attrib) == {"fill", "d"} for path in root.iter(f"{SVG}path"))


def test_tints_are_left_out_in_one_colour() -> None:
    text = document(LAYERS, colourings.black(), BOARD, title="x", background=False)
    assert text.count("<path") == 1
    assert colourings.black().mark in text


def test_tints_of_the_paper_s_colour_are_left_out() -> None:
    text = document(LAYERS, replace(COLOURS, tint=COLOURS.paper), BOARD, title="x", background=False)
    assert text.count("<path") == 1


def test_a_background_is_painted_only_when_asked_for() -> None:
    assert COLOURS.paper in document(LAYERS, COLOURS, BOARD, title="x")
    assert COLOURS.paper not in document(LAYERS, COLOURS, BOARD, title="x", background=False)


def test_a_gradient_is_in_the_mark_alone_and_its_name_says_it() -> None:
    root = ElementTree.fromstring(document(LAYERS, COLOURS, BOARD, title="x", gradient=True))
    (gradient,) = root.iter(f"{SVG}linearGradient")
    stops = [stop.get("stop-color") for stop in gradient]
    assert stops == [COLOURS.mark, COLOURS.accent]
    fills = [path.get("fill") for path in root.iter(f"{SVG}path")]
    assert fills == [COLOURS.paper, COLOURS.tint, f"url(#{gradient.get('id')})"]
    other = document(LAYERS, replace(COLOURS, accent="#123456"), BOARD, title="x", gradient=True)
    assert f'id="{gradient.get("id")}"' not in other


def test_one_colour_has_no_gradient() -> None:
    assert "Gradient" not in document(LAYERS, colourings.black(), BOARD, title="x", gradient=True)
