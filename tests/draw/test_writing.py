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


_MIRRORED = str.maketrans("()[]", ")(][")


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("Café 24", "Café 24"),
        ("קפה", "הפק"),
        ("שלום 03-5551", "03-5551 םולש"),
        ("03-5551 שלום", "םולש 03-5551"),
        ("100% שלום", "םולש 100%"),
        ("שלום 100%", "100% םולש"),
        ("קפה 24.5", "24.5 הפק"),
        ("Café שלום עולם", "Café םלוע םולש"),
        ("שלום Café 7", "Café 7 םולש"),
        ("מלון (אבג)", "(גבא) ןולמ"),
        ("Cafe (אבג) 5", "Cafe (גבא) 5"),
        ("אבג (Cafe)", "(Cafe) גבא"),
        ("א (ב [ג])", "([ג] ב) א"),
        ("שלום & Sons", "Sons & םולש"),
        ("שָׁלוֹם", "ם\u05b9ול\u05c1\u05b8ש"),
        ("مقهى ١٢٣", "١٢٣ ىهقم"),
        ("می\u200cخواهم", "مهاوخ\u200cیم"),
    ],
)
def test_lines_stand_as_the_bidirectional_algorithm_orders_them(line: str, seen: str) -> None:
    runs = directional_runs(line)
    shown = [run.text if run.direction == "ltr" else run.text[::-1].translate(_MIRRORED) for run in runs]
    assert "".join(shown) == seen
    for run in runs:
        letters = {unicodedata.bidirectional(char) for char in run.text}
        assert not letters & ({"R", "AL"} if run.direction == "ltr" else {"L", "EN", "AN"})


def test_words_from_right_to_left_are_one_run_with_the_space_between_them() -> None:
    assert directional_runs("שלום עולם 7") == [Run("7 ", "ltr"), Run("שלום עולם", "rtl")]


_MIXED = st.text(st.sampled_from("abC אבגשمقه01٢.-%&+()[ '"), max_size=24)


@given(_MIXED)
def test_direction_loses_and_adds_no_character(line: str) -> None:
    assert sorted("".join(run.text for run in directional_runs(line))) == sorted(line)
