import unicodedata

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
        ("Diyarbakır", "DİYARBAKIR"),
        ("Pınar istanbul", "PINAR İSTANBUL"),
        ("Şirin", "ŞİRİN"),
        ("Gəncə il", "GƏNCƏ İL"),
        ("Şîrîn", "ŞÎRÎN"),
        ("IJsvogel", "IJSVOGEL"),
        ("House of Tea", "HOUSE OF TEA"),
        ("Coop d'Alsace", "COOP D'ALSACE"),
        ("Muster GmbH", "MUSTER GmbH"),
        ("Jahn e.V.", "JAHN e.V."),
        ("Jahn e. V.", "JAHN e. V."),
        ("Brown & Co. KG", "BROWN & CO. KG"),
        ("Smith Inc.", "SMITH INC."),
    ],
)
def test_upper_case(text: str, upper: str) -> None:
    assert apply_case(text, LetterCase.UPPER) == upper


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("İstanbul", "istanbul"),
        ("DİYARBAKIR", "diyarbakır"),
        ("GRÜNER", "grüner"),
        ("IBM", "IBM"),
        ("NV Energy", "NV Energy"),
        ("NORTHWIND COFFEE", "northwind coffee"),
        ("Jahn e.V.", "jahn e.V."),
    ],
)
def test_lower_case(text: str, lower: str) -> None:
    assert apply_case(text, LetterCase.LOWER) == lower


@pytest.mark.parametrize(
    "name",
    [
        "iPool",
        "mRNA",
        "JAMstack",
        "eBay",
        "McDonald Farm",
        "BlueWave",
        "LaTeX Club",
        "e-Golf",
        "5kW Solar",
        "de Groot Advocaten",
        "van der Berg",
        "d'Artagnan",
        "von Thun GmbH",
    ],
)
def test_a_case_that_carries_meaning_is_kept_unless_another_is_asked_for_by_name(name: str) -> None:
    assert apply_case(name, LetterCase.UPPER) == name
    assert apply_case(name, LetterCase.LOWER) == name
    assert apply_case(name, LetterCase.UPPER, wished=True) == name.upper()
    assert apply_case(name, LetterCase.LOWER, wished=True) == name.lower()


_NAMES = st.text(st.sampled_from("abciIıİßşğÉéjJKMR .'-&ΣςσΑάÅ1"), max_size=24)


@given(_NAMES, st.sampled_from(LetterCase), st.booleans())
def test_a_case_loses_and_adds_no_letter(text: str, case: LetterCase, wished: bool) -> None:
    def letters(text: str) -> str:
        plain = unicodedata.normalize("NFD", text.replace("İ", "i").replace("ı", "i").replace("ẞ", "ß"))
        return "".join(char for char in plain.lower().replace("ς", "σ") if not unicodedata.combining(char))

    text = unicodedata.normalize("NFC", text)
    assert letters(apply_case(text, case, wished=wished)) == letters(text)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Acme (R)", "Acme®"),
        ("Acme(TM) Labs", "Acme™ Labs"),
        ("Acme ™", "Acme™"),
        ("Acme (sm)", "Acme℠"),
        ("Studio (R)evolution", "Studio (R)evolution"),
        ("(R) Us", "(R) Us"),
    ],
)
def test_signs_of_a_trade_mark_stand_at_their_word(typed: str, printed: str) -> None:
    assert make_printable(typed) == printed


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
