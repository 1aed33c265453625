from dataclasses import replace

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, LetterCase, Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.lockups import text_block
from blazon.draw.outline import Ink, inked_area, union
from blazon.draw.wording import Words, set_words
from blazon.draw.writing import apply_case
from blazon.errors import InvalidDesign

FONTS = FontLibrary()
COLOURS = ColourScheme("#102030", "#405060", "#d0d0d0", "#000000", "#333333", "#ffffff")
UPPER = Typeface("Montserrat", 600, LetterCase.UPPER)


def design(name: str, layout: LayoutKind = LayoutKind.HORIZONTAL, **more: str) -> Design:
    return Design("x", layout, None, COLOURS, brand_name=name, name_type=UPPER, slogan_type=UPPER, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["iPool Supplies", "Gıda istasyonu", "Muster Werkzeuge GmbH"])
def test_a_line_of_a_name_is_in_the_case_of_the_whole(name: str) -> None:
    """Each line by itself would not tell: `Supplies` may be set in capitals, and `istasyonu` may be of any language."""
    lines = set_words(design(name), FONTS).name
    assert len(lines) > 1
    assert " ".join(line.text for line in lines) == apply_case(name, LetterCase.UPPER)


def test_a_slogan_gets_a_second_line_where_one_would_be_wider_than_the_name() -> None:
    short, long = (set_words(design("Northwind", slogan=slogan), FONTS) for slogan in ("by the sea", "by the sea " * 4))
    assert [line.text for line in short.slogan] == ["BY THE SEA"]
    assert len(long.slogan) == 2
    assert len({len(line.text) for line in long.slogan}) == 1


def test_a_ring_has_each_text_in_one_line() -> None:
    words = set_words(design("Northwind Coffee Roasters of Bergen", slogan="by the sea " * 4), FONTS, ring=True)
    assert (len(words.name), len(words.slogan)) == (1, 1)


@pytest.mark.parametrize(
    ("established", "place", "text"),
    [("Est. 1894", "Lisbon", "EST. 1894 · LISBON"), ("since 1894", "", "SINCE 1894"), ("", "Łódź", "ŁÓDŹ")],
)
def test_date_and_place_are_one_line(established: str, place: str, text: str) -> None:
    detail = set_words(design("Northwind", established=established, place=place), FONTS).detail
    assert detail is not None
    assert detail.text == text


def test_a_place_that_the_face_lacks_is_set_in_another() -> None:
    slogan = Typeface("Anton", 400)
    place = Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="A", name_type=slogan, place="Київ")
    detail = set_words(place, FONTS).detail
    assert detail is not None
    assert detail.text == "КИЇВ"


def test_the_second_part_of_a_two_tone_name_is_in_the_accent() -> None:
    for name, split in (("Northwind", 5), ("Northwind Coffee", 10), ("Office", 3), ("Independent Schools", 4)):
        words = set_words(replace(design(name), name_split=split), FONTS)
        layers = text_block(words).layers
        accent = union([layer.path for layer in layers if layer.ink is Ink.ACCENT])
        rest = union([layer.path for layer in layers if layer.ink is Ink.NAME])
        plain = text_block(replace(words, split=None)).layers
        assert {layer.ink for layer in plain} == {Ink.NAME}
        whole = sum(inked_area(layer.path) for layer in plain)
        assert inked_area(accent) + inked_area(rest) == pytest.approx(whole, rel=1e-3)
        first = set_words(design(name[:split].strip(), LayoutKind.STACKED), FONTS).name[0]
        assert inked_area(rest) == pytest.approx(inked_area(first.path), rel=1e-3)


def test_a_name_from_right_to_left_has_one_tone() -> None:
    words = set_words(replace(design("שלום"), name_type=Typeface("Rubik", 600), name_split=2), FONTS)
    assert [layer.ink for layer in text_block(words).layers] == [Ink.NAME]


def test_a_symbol_shows_no_words() -> None:
    assert set_words(design("Northwind", LayoutKind.SYMBOL, slogan="by the sea", place="Lisbon"), FONTS) == Words()


def test_words_without_a_type_are_refused() -> None:
    untyped = Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="Northwind")
    with pytest.raises(InvalidDesign, match="name_type"):
        set_words(untyped, FONTS)
