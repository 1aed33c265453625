import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.initials import MOST, graphemes, initials_of, split_graphemes


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Northwind Coffee", "NC"),
        ("Forge & Fable", "FF"),
        ("Helio", "H"),
        ("Ōkami", "Ō"),
        ("House of Tea", "HT"),
        ("IBM", "IBM"),
        ("BlueWave", "BW"),
        ("7 Seas", "7S"),
        ("The", "T"),
        ("Smith, Jones and Brown Ltd.", "SJB"),
        ("One Two Three Four", "OTT"),
        ("The House of Tea", "HT"),
        ("Rook & Co", "R"),
        ("élan", "É"),
        ("& . -", ""),
        ("Όμηρος", "Ο"),
        ("Кафе Пушкин", "КП"),
        ("שלום עולם", "שע"),
        ("¡Viva!", "V"),
        ("x-ray", "XR"),
        ("q\u0301uartz", "Q\u0301"),
        ("iPool", "iP"),
        ("eBay", "eB"),
        ("mRNA Labs", "mL"),
        ("de Groot Advocaten", "GA"),
        ("d'Artagnan", "A"),
        ("IJsvogel", "IJ"),
        ("ısparta ile", "Iİ"),
        ("Acme®", "A"),
        ("Acme (TM)", "A"),
        ("Acme TM", "A"),
        ("Acme ℠ Labs", "AL"),
        ("Turnverein Jahn e.V.", "TJ"),
        ("Turnverein Jahn e. V.", "TJ"),
        ("Muster GmbH & Co. KG", "M"),
        ("Bodega S.A.", "B"),
        ("Rossi S.p.A.", "R"),
        ("Acme, Inc.", "A"),
        ("Day Spa", "DS"),
        ("AG Insurance", "AI"),
        ("AG", "AG"),
        ("♥♥", ""),
        ("", ""),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@given(st.text(max_size=40))
def test_any_name_has_at_most_three_and_they_are_stable(name: str) -> None:
    initials = initials_of(name)
    assert len(graphemes(initials)) <= MOST
    assert initials == initials_of(name)
    assert bool(initials) == any(char.isalnum() for char in name)


def test_a_letter_keeps_its_accents() -> None:
    assert graphemes("e\u0301a\u0323\u0302q\u0301") == ["\u00e9", "\u1ead", "q\u0301"]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("स्वाद", ["स्वा", "द"]),
        ("क्षत्रिय", ["क्ष", "त्रि", "य"]),
        ("শ্রী", ["শ্রী"]),
        ("தமிழ்", ["த", "மி", "ழ்"]),
        ("க்ஷமா", ["க்ஷ", "மா"]),
        ("เชียงใหม่", ["เชี", "ย", "ง", "ให", "ม่"]),
        ("น้ำ", ["น้ำ"]),
        ("ខ្មែរ", ["ខ្មែ", "រ"]),
    ],
)
def test_a_letter_of_india_and_south_east_asia_is_a_whole_syllable(text: str, letters: list[str]) -> None:
    assert graphemes(text) == letters


@pytest.mark.parametrize(
    ("name", "initials"), [("स्वाद भोजन", "स्वाभो"), ("শ্রী মিষ্টি", "শ্রীমি"), ("เชียงใหม่ กาแฟ", "เชีก")]
)
def test_initials_are_whole_syllables(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@given(st.text())
def test_letters_are_the_text(text: str) -> None:
    assert "".join(split_graphemes(text)) == text
