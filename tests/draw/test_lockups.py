import statistics
from collections.abc import Sequence
from itertools import pairwise

import pytest

from blazon.brief import LayoutKind
from blazon.design import LetterCase, Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import Lettering, set_line
from blazon.draw.lockups import (
    ARTBOARD,
    LEGIBLE,
    SAFE_SHARE,
    Alignment,
    clear_space,
    lockup,
    place_on_square,
    text_block,
)
from blazon.draw.outline import Ink, Layer, bounds, circle, layer_bounds
from blazon.draw.wording import Words

FONTS = FontLibrary()
MARK = (Layer(circle((7, 7), 3), Ink.MARK),)
FACE = Typeface("Figtree", 600)


def line(text: str, case: LetterCase = LetterCase.AS_GIVEN) -> Lettering:
    return set_line(text, Typeface("Figtree", 600, case), 1000, FONTS)


def words(*name: str, slogan: Sequence[str] = (), detail: str = "") -> Words:
    return Words(tuple(map(line, name)), tuple(map(line, slogan)), line(detail) if detail else None)


def of(layers: tuple[Layer, ...], *inks: Ink) -> tuple[Layer, ...]:
    return tuple(layer for layer in layers if layer.ink in inks)


@pytest.mark.parametrize("layout", [kind for kind in LayoutKind if kind is not LayoutKind.EMBLEM])
@pytest.mark.parametrize("name", ["Io", "Helio", "Northwind Coffee Roasters of Trondheim"])
@pytest.mark.parametrize(
    "slogan", [(), ("by the sea",), ("A slogan that goes on for much longer", "than any name would")]
)
def test_every_lockup_lies_centred_in_the_safe_zone(layout: LayoutKind, name: str, slogan: tuple[str, ...]) -> None:
    placed = place_on_square(lockup(layout, MARK, words(name, slogan=slogan, detail="Est. 1894")).layers, layout)
    box = layer_bounds(placed)
    edge = ARTBOARD * (1 - SAFE_SHARE) / 2
    assert min(box.left, box.top) >= edge - 0.1
    assert max(box.right, box.bottom) <= ARTBOARD - edge + 0.1
    assert box.centre == pytest.approx((ARTBOARD / 2, ARTBOARD / 2), abs=0.1)


def test_horizontal_sets_the_mark_left_of_the_name_on_its_optical_middle() -> None:
    placed = lockup(LayoutKind.HORIZONTAL, MARK, words("HELIO")).layers
    mark, name = layer_bounds(of(placed, Ink.MARK)), layer_bounds(of(placed, Ink.NAME))
    assert mark.right < name.left
    assert mark.centre[1] == pytest.approx(name.centre[1], abs=0.03 * name.height)


@pytest.mark.parametrize(
    ("name", "mirrored"),
    [("דניאל", True), ("مقهى النور", True), ("דניאל Bakery", True), ("Café דניאל", False), ("123", False)],
)
def test_a_name_that_is_read_from_right_to_left_has_its_mark_on_the_right(name: str, mirrored: bool) -> None:
    family = next(one for one in FONTS.families if not FONTS.missing_characters(one.name, name + "abc"))
    lines = tuple(set_line(text, Typeface(family.name, 600), 1000, FONTS) for text in (name, name[: len(name) // 2]))
    placed = lockup(LayoutKind.HORIZONTAL, MARK, Words(lines)).layers
    mark = layer_bounds(of(placed, Ink.MARK))
    first, second = (layer_bounds([layer]) for layer in of(placed, Ink.NAME))
    if mirrored:
        assert mark.left > first.right
        assert first.right == pytest.approx(second.right, abs=1)
    else:
        assert mark.right < first.left
        assert first.left == pytest.approx(second.left, abs=1)


def test_stacked_sets_the_mark_centred_above_the_name() -> None:
    placed = lockup(LayoutKind.STACKED, MARK, words("Helio")).layers
    mark, name = layer_bounds(of(placed, Ink.MARK)), layer_bounds(of(placed, Ink.NAME))
    assert mark.bottom < name.top
    assert mark.centre[0] == pytest.approx(name.centre[0], abs=1)


def test_lines_and_slogan_never_touch() -> None:
    block = text_block(words("Gypsy", "Ångström", slogan=("quality", "Åbo"), detail="Ålesund"), Alignment.LEFT)
    boxes = [layer_bounds([layer]) for layer in block.layers]
    assert len(boxes) == 5
    assert all(above.bottom < below.top for above, below in pairwise(boxes))
    assert {round(box.left, 3) for box in boxes} == {round(boxes[0].left, 3)}


def test_a_slogan_is_smaller_than_the_name() -> None:
    name, slogan = text_block(words("Helio", slogan=["solar panels for homes"])).layers
    assert layer_bounds([slogan]).height < 0.6 * layer_bounds([name]).height
    assert (name.ink, slogan.ink) == (Ink.NAME, Ink.SLOGAN)


def test_clear_space_surrounds_the_logo() -> None:
    space, box = clear_space(MARK), layer_bounds(MARK)
    assert space.width == pytest.approx(box.width * 1.5)
    assert space.centre == box.centre


@pytest.mark.parametrize("layout", [LayoutKind.HORIZONTAL, LayoutKind.STACKED, LayoutKind.WORDMARK])
@pytest.mark.parametrize("name", ["Io", "Helio", "Northwind Coffee Roasters"])
@pytest.mark.parametrize("slogan", [(), ("by the sea",), ("a slogan that goes on for longer", "than any name would")])
@pytest.mark.parametrize("detail", ["", "EST. 1894 LISBON"])
def test_small_words_are_read_at_256_pixels_or_left_out(
    layout: LayoutKind, name: str, slogan: tuple[str, ...], detail: str
) -> None:
    drawn = lockup(layout, MARK, words(name, slogan=slogan, detail=detail))
    small = of(place_on_square(drawn.layers, layout), Ink.SLOGAN)
    wanted = len(slogan) * ("slogan" not in drawn.left_out) + bool(detail) * ("detail" not in drawn.left_out)
    assert len(small) == wanted
    for layer in small:
        # The lines above have letters as high as x, whose counters are lower; the detail has capitals alone.
        letters = [bounds([letter]).height for letter in layer.path.contours]
        body = (
            max(letters)
            if layer is small[-1] and "detail" not in drawn.left_out and detail
            else statistics.median(letters)
        )
        assert body > 0.93 * LEGIBLE


def test_a_slogan_that_no_size_makes_legible_is_left_out() -> None:
    long = "a slogan of so many words that it would be a hair in any size that leaves the name its place"
    drawn = lockup(LayoutKind.HORIZONTAL, MARK, words("Helio", slogan=(long,), detail="1894"))
    assert drawn.left_out == ("slogan",)
    assert len(of(drawn.layers, Ink.SLOGAN)) == 1
