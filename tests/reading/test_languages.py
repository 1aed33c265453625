import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.symbols import SymbolLibrary
from blazon.reading.glossary import LANGUAGES, open_glossary
from blazon.reading.languages import to_english


@pytest.mark.parametrize(
    ("prompt", "language", "english"),
    [
        ("Logo für eine Bäckerei, ohne Weizen, aber mit Brezel", "de", "for a bakery, without wheat, but with pretzel"),
        ("Brückenbau, nur Schwarz und Gelb, seit 1894", "de", "bridge construction, only black and yellow, since 1894"),
        ("Blumenladen, Rosen bitte vermeiden", "de", "florist, avoid rose please"),
        ("Weder Rosen noch Dornen, sondern Tulpen", "de", "no rose or thorn, but tulip"),
        ("Kaffeerösterei, lieber ein Fuchs als ein Wolf", "de", "coffee roastery, rather a fox than a wolf"),
        ("Ein Bär, der einen Honigtopf hält", "de", "a bear holding a honey jar"),
        ("Löwe, der durch einen Ring springt, kein Rosa", "de", "lion jumping through a ring, no pink"),
        ("Tanzverein, Rot-Weiß, Logistikfirma", "de", "dance club, red and white, logistics"),
        ("baeckerei mit loewe und gruenem kranz", "de", "bakery with lion and green wreath"),
        ("fleuriste à Lyon, pas de roses ni de tulipes", "fr", "florist in Lyon, no rose or tulip"),
        ("boulangerie sans croissant, uniquement rouge et blanc", "fr", "bakery without croissant, only red and white"),
        ("un chat et une lune, fond rose", "fr", "a cat and a moon, background pink"),
        ("observatoire, bleu nuit et argent", "fr", "observatory, navy and silver"),
        ("tienda de ropa, solo negro y rosa, desde 1952", "es", "clothes shop, only black and pink, since 1952"),
        ("una osa bajo un faro, sin estrellas", "es", "a bear under a lighthouse, without star"),
        ("panificio, due volpi, senza pomodori, dal 1921", "it", "bakery, two fox, without tomato, since 1921"),
        (
            "padaria em Lisboa, sem pão, apenas azul e branco",
            "pt",
            "bakery in Lisboa, without bread, only blue and white",
        ),
        ("fietsenwinkel, alleen oranje en zwart, geen wielen", "nl", "bicycle shop, only orange and black, no wheel"),
        ("een vos die een boek leest onder een boom", "nl", "a fox reading a book under a tree"),
        ("een bij, aan het meer", "nl", "a bee, at the lake"),
        ("bommen en bomen", "nl", "bomb and tree"),
        ("een wolf met twee bomen en huizen", "nl", "a wolf with two tree and house"),
    ],
)
def test_a_prompt_is_told_in_english_words(prompt: str, language: str, english: str) -> None:
    translated = to_english(prompt)
    assert (translated.language, translated.text) == (language, english)
    assert translated.ignored == ()


@pytest.mark.parametrize(
    ("prompt", "kept"),
    [
        ("eine Bäckerei namens Blaue Brücke und mit Brot", "called Blaue Brücke and"),
        ("boulangerie appelée Le Petit Four, sans pain", "called Le Petit Four, without"),
        ("panadería llamada «Pan de Oro», con pan", "called «Pan de Oro», with"),
        ("falegnameria chiamata Legno Vivo dal 1950", "called Legno Vivo since 1950"),
        ("een bakkerij genaamd De Rode Vos", "called De Rode Vos"),
        ('uma padaria "Pão Quente" sem pão', '"Pão Quente" without bread'),
        ("Weingut Steiner, Rebe", "winery Steiner,"),
        ("Metzgerei Fischer mit Fisch", "butcher Fischer with fish"),
        ("Zahnarztpraxis Dr. Weber", "Dr. Weber"),
        ("studio legale Rossi, nero e oro", "law firm Rossi, black and gold"),
        ("Monogramm aus den Buchstaben A und E", "letters A and E"),
        ("monogramme des lettres A et Y", "letters A and Y"),
    ],
)
def test_names_and_letters_are_left_as_they_are(prompt: str, kept: str) -> None:
    assert kept in to_english(prompt).text


@pytest.mark.parametrize(
    ("prompt", "english"),
    [
        ("Gift und Rat", "poison and council"),
        ("Kind an der Wand im Bad", "child at the wall in bath"),
        ("chat et pain au coin du four", "cat and bread in corner of oven"),
        ("pan y oso, con ropa", "bread and bear, with clothes"),
        ("Igel mit Brille über einer Brücke", "hedgehog with glasses over a bridge"),
    ],
)
def test_no_false_friend_survives(prompt: str, english: str) -> None:
    assert to_english(prompt).text == english


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Gift",
        "gift shop in Bad Homburg",
        "chat app for cats",
        "pain clinic",
        "die casting company, no wand",
        "rat catcher's brief",
        "bold sans serif wordmark, est. 1894",
        "four seasons hotel",
        "Restaurant Bar Café",
        "Müller & Söhne plumbing",
        "a bakery called Ήλιος",
        "El Camino motorcycles",
        "Le Chat Noir jazz club",
        "Pizza Roma",
        "Casa Luna hotel, minimalist moon",
        "Kindergarten",
        "Zylo",
    ],
)
def test_english_is_left_as_it_is(prompt: str) -> None:
    translated = to_english(prompt)
    assert (translated.text, translated.language, translated.ignored) == (prompt, "en", ())


def test_the_names_of_pictures_are_english() -> None:
    names = {symbol.name for symbol in SymbolLibrary.open()}
    foreign = {name for name in names if to_english(name).language != "en"}
    assert len(names) > 5000
    assert foreign <= {
        "ab testing",
        "boulangerie",
        "building burj al arab",
        "coa de jima",
        "cz skorpion",
        "fleur de lis",
        "fleur de lys",
        "fromagerie",
        "hell crosses",
        "hexes",
        "miracle medecine",
        "patisserie",
        "rub el hizb",
        "snowboarder",
    }


@pytest.mark.parametrize(
    ("prompt", "language"), [("Brot", "de"), ("fromagerie", "fr"), ("panadería", "es"), ("birrificio", "it"),
                             ("padaria", "pt"), ("bakkerij", "nl")]
)  # fmt: skip
def test_one_word_is_enough(prompt: str, language: str) -> None:
    assert to_english(prompt).language == language


@pytest.mark.parametrize(
    ("prompt", "rest"),
    [
        ("საცხობი „Kłos” 1923", "„Kłos” 1923"),
        ("თონე და პური", ""),
        ("نانوایی با گندم", ""),
    ],
)
def test_another_language_is_said_not_to_be_understood(prompt: str, rest: str) -> None:
    translated = to_english(prompt)
    assert (translated.language, translated.text) == ("", rest)
    assert translated.ignored


def test_what_is_not_understood_is_told_and_left_out() -> None:
    translated = to_english("eine Bäckerei mit blubbernden Broten")
    assert translated.text == "a bakery with bread"
    assert translated.ignored == ("blubbernden",)


def test_a_word_left_out_takes_its_negation_along() -> None:
    assert to_english("Eule e.V., nicht blubbrig, braun, mit einem Blubb").text == "owl e.V., brown, with a Blubb"
    assert to_english("un chat sans blubblub, noir").text == "a cat, black"


def test_words_are_told_in_pairs() -> None:
    assert to_english("ein roter Leuchtturm ohne Wellen").pairs == (
        ("roter", "red"),
        ("Leuchtturm", "lighthouse"),
        ("Wellen", "wave"),
    )


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    translated = to_english(text)
    if translated.language == "en":
        assert translated.text == text


@st.composite
def prompts(draw: st.DrawFn) -> str:
    words = open_glossary(draw(st.sampled_from(LANGUAGES))).words
    return " ".join(draw(st.lists(st.sampled_from(sorted(words)), min_size=1, max_size=8)))


@given(prompts())
def test_what_was_translated_is_english(prompt: str) -> None:
    english = to_english(prompt).text
    assert to_english(english).text == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_glossary_has_a_translation(language: str) -> None:
    glossary = open_glossary(language)
    assert len(glossary.words) > 1000
    assert all(glossary.find(word) for word in glossary.words)
