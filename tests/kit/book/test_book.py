"""The brand book as readers of PDF and HTML find it."""

import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, Typeface
from blazon.draw.artwork import Materials
from blazon.kit.kit import make_book
from blazon.kit.order import KitOrder

Kit = Callable[[str], dict[str, bytes]]
TITLES = (
    "The idea",
    "Versions",
    "Colourings",
    "Construction",
    "Clear space",
    "Smallest sizes",
    "Colour",
    "Contrast",
    "Colour vision",
    "Type",
    "Wrong uses",
    "In use",
    "Files and rights",
)


@pytest.fixture
def book(kit_of: Kit, tmp_path: Path) -> Callable[[str], Path]:
    """Write the brand book of a kit as a PDF file."""

    def write(name: str) -> Path:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(kit_of(name)["brand-book.pdf"])
        return path

    return write


@pytest.mark.parametrize("name", ["lockup", "gradient", "wordmark", "symbol", "arabic"])
def test_each_section_is_a_page_whose_text_can_be_searched(
    book: Callable[[str], Path], run: Callable[..., str], name: str
) -> None:
    titles = [title for title in TITLES if title != "Type" or name != "symbol"]
    assert f"Pages:           {len(titles) + 1}" in run("pdfinfo", book(name))
    pages = run("pdftotext", "-layout", book(name), "-").split("\f")
    for title, page in zip(titles, pages[1:], strict=False):
        assert title in page


def test_all_of_its_fonts_are_embedded(book: Callable[[str], Path], run: Callable[..., str]) -> None:
    rows = [line.split() for line in run("pdffonts", book("lockup")).splitlines()[2:]]
    assert len(rows) >= 2
    assert {tuple(row[-5:-2]) for row in rows} == {("yes", "yes", "yes")}  # embedded, a subset, with its letters


def test_poppler_and_ghostscript_have_nothing_to_complain_about(
    book: Callable[[str], Path], tmp_path: Path, run: Callable[..., str]
) -> None:
    for name in ("lockup", "gradient", "wordmark"):
        path = book(name)
        run("pdftoppm", "-v")
        done = subprocess.run(
            ["pdftoppm", "-r", "40", "-png", path, tmp_path / name], capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        for page in tmp_path.glob(f"{name}-*.png"):
            with Image.open(page) as picture:
                assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 2
        options = ("-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR", "-sDEVICE=nullpage")
        assert not run("gs", *options, path)


class Reader(HTMLParser):
    """Checks that elements are closed in the order in which they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.refers: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids |= {value for value in [values.get("id")] if value}
        self.refers |= {value[1:] for value in [values.get("href")] if value}
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["lockup", "gradient", "wordmark", "symbol", "arabic"])
def test_the_page_is_whole_and_needs_nothing_else(kit_of: Kit, name: str) -> None:
    text = kit_of(name)["brand-book.html"].decode()
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    assert reader.refers <= reader.ids
    assert "<script" not in text
    assert "http" not in text
    assert set(re.findall(r"url\((.)", text)) <= {"d", "#"}  # data of the font, gradients of the page
    for title in TITLES:
        assert f"<h2>{title}</h2>" in text or (title == "Type" and name == "symbol")


def test_names_are_text_and_no_markup(kit_of: Kit) -> None:
    text = kit_of("lockup")["brand-book.html"].decode()
    assert "<title>Fox &amp; Sons: brand book</title>" in text
    assert "Coffee by Somebody, CC BY 4.0" in text


def test_a_name_that_its_type_cannot_set_is_drawn_in_that_of_the_logo(
    kit_of: Kit, book: Callable[[str], Path], run: Callable[..., str], tmp_path: Path
) -> None:
    text = run("pdftotext", book("arabic"), "-")
    assert "The brand" not in text
    assert "قهوة" in kit_of("arabic")["brand-book.html"].decode()
    # At the foot of a page, where its name stands in another book.
    run("pdftoppm", "-r", "72", "-f", "3", "-l", "3", "-png", book("arabic"), tmp_path / "page")
    with Image.open(next(tmp_path.glob("page*.png"))) as page:
        low, high = page.convert("L").crop((45, 555, 200, 575)).getextrema()
    assert low < 150 < high


def test_no_cell_of_a_table_is_wider_than_its_column_and_values_are_no_patches(
    materials: Materials, tmp_path: Path, run: Callable[..., str]
) -> None:
    # Six figures are a colour in capitals as well as in small letters, and the file of this font has a long name.
    design = Design(
        "Volta", LayoutKind.WORDMARK, None, ColourScheme(*["#cfa227"] * 5, "#111111"), brand_name="Volta",
        name_type=Typeface("Special Gothic Expanded One", 400),
    )  # fmt: skip
    (pdf,) = [file.content for file in make_book(KitOrder(design), materials) if file.path.endswith(".pdf")]
    (tmp_path / "book.pdf").write_bytes(pdf)
    words = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)<',
        run("pdftotext", "-bbox", tmp_path / "book.pdf", "-"),
    )
    assert max(float(right) for _, _, right, _ in words) <= (297 - 18 + 0.5) / 25.4 * 72
    assert sum(word == "#111111" for *_, word in words) >= 2  # below its field, and in the table
    for (left, top, right, one), (other_left, other_top, _, other) in pairwise(words):
        assert top != other_top or float(other_left) < float(left) or float(right) < float(other_left), (one, other)


def test_pages_and_html_show_the_same_values(kit_of: Kit, book: Callable[[str], Path], run: Callable[..., str]) -> None:
    text, page = run("pdftotext", "-layout", book("lockup"), "-"), kit_of("lockup")["brand-book.html"].decode()
    for value in ("#0A5C4A", "10 92 74", "oklch(42.5% 0.078 172.7)"):
        assert value in text
        assert value in page
    assert "no CMYK values" in page
