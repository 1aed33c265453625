from blazon.draw.given_colours import shades_on
from blazon.draw.palette import WHITE, contrast, lch_of
from blazon.reading.printable_colours import make_printable
from blazon.reading.reading import Colour, ColourRole

RUST = Colour("rust", "#a6482a", ColourRole.NAME)
BLUE = Colour("blue", "#1f5fbf", ColourRole.BACKGROUND)
ORANGE = Colour("orange", "#f57c1f")


def change(before: str, after: str) -> float:
    return abs(lch_of(before)[0] - lch_of(after)[0])


def test_paper_and_ink_share_the_change_that_makes_them_readable() -> None:
    _, paper = make_printable((RUST, BLUE), only=False)
    (ink,) = shades_on(paper.value, (RUST.value,))
    (alone,) = shades_on(BLUE.value, (RUST.value,))
    assert contrast(ink, paper.value) >= 3
    assert 0 < change(BLUE.value, paper.value) <= 0.15
    assert change(RUST.value, ink) < change(RUST.value, alone)


def test_what_reads_as_it_is_and_what_is_given_as_a_value_stay() -> None:
    navy = Colour("navy", "#14284b", ColourRole.BACKGROUND)
    cream = Colour("cream", "#f4ead0")
    assert make_printable((cream, navy), only=False) == (cream, navy)
    exact = Colour("#1f5fbf", "#1f5fbf", ColourRole.BACKGROUND)
    assert make_printable((RUST, exact), only=False) == (RUST, exact)


def test_white_and_black_paper_stay_white_and_black() -> None:
    for value in (WHITE, "#111111"):
        paper = Colour("paper", value, ColourRole.BACKGROUND)
        assert make_printable((ORANGE, paper), only=False) == (ORANGE, paper)


def test_a_yellow_paper_does_not_become_cream() -> None:
    yellow = Colour("yellow", "#f9c80e", ColourRole.BACKGROUND)
    paper = make_printable((Colour("peach", "#f6b08c"), yellow), only=False)[1]
    assert lch_of(paper.value)[1] >= 0.69 * lch_of(yellow.value)[1]


def test_colours_that_may_be_the_only_ones_get_dark_enough_for_white() -> None:
    (shade,) = make_printable((ORANGE,), only=True)
    assert contrast(shade.value, WHITE) >= 3
    assert change(ORANGE.value, shade.value) <= 0.1
    assert make_printable((ORANGE,), only=False) == (ORANGE,)
    exact = Colour("#f57c1f", "#f57c1f")
    assert make_printable((exact,), only=True) == (exact,)
