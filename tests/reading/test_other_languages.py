"""Prompts in languages that have no glossary, told in English words by the table of the commonest ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.brief import Brief
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.languages import to_english
from blazon.reading.other_languages import find_language, translate
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading


@pytest.fixture(scope="module")
def reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())


def _shown(reading: Reading) -> set[str]:
    return {thing.name for scene in reading.show for thing in scene.things}


@pytest.mark.parametrize(
    ("prompt", "language", "english"),
    [
        ("piekarnia bez róż dla dzieci, „Kłos” 1923", "pl", "bakery without rose children, „Kłos” 1923"),
        ("Logo piekarni z lisem, bez pszenicy", "pl", "bakery with fox, without wheat"),
        ("Pekárna s liškou, bez pšenice", "cs", "bakery with fox, without wheat"),
        ("bageri med en räv, inga rosor", "sv", "bakery with fox, no rose"),
        ("Café ved havet, blå og hvid, intet anker", "da", "cafe sea, blue and white, no anchor"),
        ("Kirjakaupan logo: pöllö ja kirja, vain vihreä", "fi", "bookshop: owl and book, only green"),
        ("Kitapçı için logo: baykuş ve kitap, gül olmadan", "tr", "bookshop: owl and book, without rose,"),
        ("Φούρνος με μια αλεπού, χωρίς σιτάρι", "el", "bakery with fox, without wheat"),
        ("Логотип для пекарни с лисой", "ru", "for bakery with fox"),
        ("Пекарня з лисицею, синій, без якоря", "uk", "bakery with fox, blue, without anchor"),
        ("Brutărie cu o vulpe, fără grâu, din 1894", "ro", "bakery with fox, without wheat, since 1894"),
        ("Pékség rókával, búza nélkül", "hu", "bakery with fox, without wheat,"),
        ("شعار لمكتبة: بومة وكتاب", "ar", "bookshop: owl and book"),
        ("לוגו לחנות ספרים: ינשוף וספר", "he", "bookshop: owl and book"),
        ("समुद्र के किनारे कैफे, लंगर नहीं", "hi", "sea cafe, without anchor,"),
        ("海のそばのカフェ、青と白、錨なし", "ja", "sea cafe, blue and white, without anchor,"),
        ("面包店，不要小麦 1894", "zh", "bakery, no wheat 1894"),
        ("서점 로고: 올빼미와 책, 닻 없이", "ko", "bookshop: owl and book, without anchor,"),
        ("Quán cà phê bên biển, không có mỏ neo", "vi", "cafe sea, without anchor"),
        ("Toko roti dengan rubah, tanpa gandum", "id", "bakery with fox, without wheat"),
    ],
)
def test_a_prompt_is_told_in_english_words(prompt: str, language: str, english: str) -> None:
    translated = to_english(prompt)
    assert (translated.language, translated.text) == (language, english)


@pytest.mark.parametrize(
    ("prompt", "shown", "avoided"),
    [
        ("Логотип пекарни с лисой, без пшеницы", "fox", "wheat"),
        ("狐のいるパン屋、小麦なし", "fox", "wheat"),
        ("여우가 있는 빵집, 밀 없이", "fox", "wheat"),
        ("kawiarnia z lisem, bez kotwicy", "fox", "anchor"),
    ],
)
def test_negation_is_heard_wherever_it_stands(reader: BriefReader, prompt: str, shown: str, avoided: str) -> None:
    reading = reader.read(Brief(prompt, brand_name="Nima"))
    assert _shown(reading) == {shown}
    assert avoided in reading.avoid


def test_what_a_word_was_taken_for_is_told(reader: BriefReader) -> None:
    assert "show 狐 as fox" in reader.read(Brief("狐のいるパン屋", brand_name="Nima")).understood


def test_a_part_of_a_longer_word_is_not_that_word() -> None:
    assert not translate("スターバックス", "ja").pairs  # no star
    assert not translate("山东", "zh").pairs  # a province, no mountain
    assert translate("一条龙，茶馆", "zh").pairs == (("龙", "dragon"),)
    assert translate("一条龙，茶馆", "zh").ignored == ("茶馆",)  # whole, for whoever looks it up
    assert not translate("개발", "ko").pairs  # development, no dog


def test_a_language_that_nobody_reads_is_said_not_to_be_understood(reader: BriefReader) -> None:
    reading = reader.read(Brief("საცხობი მელიით", brand_name="Nima"))
    assert (reading.language, reading.ignored) == ("", ("საცხობი", "მელიით"))
    assert [unmet.wish for unmet in reading.unmet] == ["a prompt in a language that is not read here"]
    assert "blazon[multilingual]" in reading.unmet[0].instead


def test_what_no_table_has_can_be_looked_up_elsewhere() -> None:
    asked: list[str] = []

    def find(words: list[str]) -> list[str]:
        asked.extend(words)
        return ["whistle" if word == "свистулька" else "" for word in words]

    translated = translate("пекарня и свистулька, брр", "ru", find)
    assert asked == ["свистулька", "брр"]
    assert (translated.text, translated.ignored, translated.guessed) == ("bakery and whistle,", ("брр",), True)


@given(st.text(max_size=60))
def test_any_text_is_told_without_a_fault(text: str) -> None:
    translated = translate(text, find_language(text))
    assert translated == translate(text, find_language(text))
