import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.initials import MOST, graphemes, initials_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Northwind Coffee", "NC"),
        ("Forge & Fable", "FF"),
        ("Helio", "H"),
        ("Ōkami", "Ō"),
        ("IBM", "IBM"),
        ("BlueWave", "BW"),
        ("The House of Tea", "HT"),
        ("Rook & Co", "R"),
        ("One Two Three Four", "OTT"),
        ("élan", "É"),
        ("Кофейня Ладога", "КЛ"),
        ("& . -", ""),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@given(st.text(max_size=40))
def test_no_name_has_more_than_three(name: str) -> None:
    assert len(graphemes(initials_of(name))) <= MOST


def test_a_letter_keeps_its_accents() -> None:
    assert graphemes("e\u0301a\u0323\u0302") == ["\u00e9", "\u1ead"]
