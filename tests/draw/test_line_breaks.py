from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.line_breaks import MOST_LINES, balance_lines, break_lines

_TEXTS = st.lists(st.text("abcdefgh", min_size=3, max_size=12), min_size=1, max_size=9).map(" ".join)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Helio", ("Helio",)),
        ("Northwind Coffee", ("Northwind", "Coffee")),
        ("Forge & Fable", ("Forge", "& Fable")),
        ("The Long Name of Aberdeen", ("The Long Name", "of Aberdeen")),
        ("A B", ("A", "B")),
        ("of the", ("of", "the")),
        ("Bank of the West", ("Bank", "of the West")),
    ],
)
def test_names_break_where_both_lines_are_nearly_equal(name: str, lines: tuple[str, ...]) -> None:
    assert balance_lines(name, len, 2) == lines


def test_a_line_does_not_end_in_a_word_that_leans_on_the_next() -> None:
    lines = break_lines("Independent School District of the Greater Cedar Rapids Area", len, 11)
    assert lines == ("Independent", "School District", "of the Greater", "Cedar Rapids Area")


@given(_TEXTS, st.integers(1, MOST_LINES))
def test_balanced_lines_are_the_text_and_no_break_of_it_is_narrower(text: str, count: int) -> None:
    lines = balance_lines(text, len, count)
    words = text.split()
    assert " ".join(lines) == text
    assert len(lines) == min(count, len(words))
    widest = max(map(len, lines))
    for places in combinations(range(1, len(words)), len(lines) - 1):
        ends = (0, *places, len(words))
        assert widest <= max(len(" ".join(words[a:b])) for a, b in pairwise(ends))


@given(_TEXTS, st.integers(1, 60), st.integers(1, MOST_LINES))
def test_a_text_has_no_more_lines_than_it_needs(text: str, longest: int, most: int) -> None:
    lines = break_lines(text, len, longest, most)
    assert " ".join(lines) == text
    assert len(lines) <= most
    for fewer in range(1, len(lines)):
        assert max(map(len, balance_lines(text, len, fewer))) > longest


def test_one_line_more_must_make_the_lines_narrower() -> None:
    assert break_lines("of Saint-Germain-des-Prés eG", len, 7) == ("of Saint-Germain-des-Prés", "eG")
    assert break_lines("Zweigniederlassung Tal eG", len, 7) == ("Zweigniederlassung", "Tal eG")


def test_short_words_make_no_column() -> None:
    assert break_lines("Quán Ổng Ẩm Thực", len, 7) == ("Quán Ổng", "Ẩm Thực")
