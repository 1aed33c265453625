import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.design import LetterCase
from blazon.draw.writing import Run, apply_case, directional_runs, make_printable


@pytest.mark.parametrize(
    ("text", "upper"),
    [
        ("Straße", "STRAẞE"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("Όμηρος", "ΟΜΗΡΟΣ"),
        ("Μάιος", "ΜΑΪΟΣ"),
        ("ΐδιος", "ΪΔΙΟΣ"),
        ("Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("Ōkami", "ŌKAMI"),
        ("naïve café", "NAÏVE CAFÉ"),
        ("istanbul", "ISTANBUL"),
        ("קפה", "קפה"),
    ],
)
def test_upper_case(text: str, upper: str) -> None:
    assert apply_case(text, LetterCase.UPPER) == upper


@pytest.mark.parametrize(("text", "lower"), [("ΟΔΟΣ", "οδος"), ("İstanbul", "istanbul"), ("GRÜN", "grün")])
def test_lower_case(text: str, lower: str) -> None:
    assert apply_case(text, LetterCase.LOWER) == lower


@given(st.text())
def test_text_as_given_stays(text: str) -> None:
    assert apply_case(text, LetterCase.AS_GIVEN) == text


@pytest.mark.parametrize("mark", list("\u200b\u200d\u200e\u202e\u2066\u2069\ufeff\u00ad\ufe0f"))
def test_marks_that_print_nothing_are_dropped(mark: str) -> None:
    assert make_printable(f"No{mark}rth") == "North"


def test_joiners_stay_where_letters_connect() -> None:
    assert make_printable("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text())
def test_printable_is_stable(text: str) -> None:
    assert make_printable(make_printable(text)) == make_printable(text)


def test_directions() -> None:
    assert directional_runs("Café 24") == [Run("Café 24", "ltr")]
    assert directional_runs("קפה") == [Run("קפה", "rtl")]
    assert directional_runs("קפה 24.5") == [Run("24.5", "ltr"), Run("קפה ", "rtl")]
    assert directional_runs("Café קפה") is None
