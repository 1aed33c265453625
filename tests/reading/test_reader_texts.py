"""Names, slogans, dates, places, talk and wishes that cannot be met, as a brief in English has them."""

import pytest

from blazon.brief import Brief, LetterCase, MarkKind, PaletteMood, Style, TypeKind
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading, Relation


@pytest.fixture(scope="module")
def reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())


def shown(reading: Reading) -> list[str]:
    return [thing.words for scene in reading.show for thing in scene.things]


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Logo called 'Clay & Co', a pottery", "Clay & Co"),
        ("bakery named Rosie's in Lisbon", "Rosie's"),
        ("for Foo Bar GmbH", "Foo Bar GmbH"),
        ("Blue Fox is a brewery in Cork", "Blue Fox"),
        ("I need a logo for Harbour Lights, a guest house", "Harbour Lights"),
        ('Design a logo for "Northwind", an outdoor shop', "Northwind"),
        ("name is Kupfer & Söhne, goldsmiths", "Kupfer & Söhne"),
        ("Café Lumière — a French cafe", "Café Lumière"),
        ("The Daily Grind, a coffee shop in Leeds", "The Daily Grind"),
        ("a portrait of my dog Rex", ""),
        ("a bakery in Lisbon", ""),
        ("no roses for a florist", ""),
    ],
)
def test_a_name_in_the_prompt_is_the_name_and_nothing_else(reader: BriefReader, prompt: str, name: str) -> None:
    reading = reader.read(Brief(prompt))
    assert reading.name == name
    assert not set(name.lower().split()) & set(shown(reading))
    assert not set(name.lower().split()) & {colour.name for colour in reading.colours}


def test_a_given_name_that_the_prompt_repeats_asks_for_nothing(reader: BriefReader) -> None:
    reading = reader.read(Brief("logo for Red Fox, navy and white", brand_name="Red Fox"))
    assert reading.name == "Red Fox"
    assert shown(reading) == []
    assert [colour.name for colour in reading.colours] == ["navy", "white"]


@pytest.mark.parametrize(
    ("prompt", "slogan"),
    [
        ('bakery, slogan "Bread with love"', "Bread with love"),
        ("courier, tagline: Always on time", "Always on time"),
        ('the logo must include the words "Fresh Daily"', "Fresh Daily"),
        ('a badge for a brewery, "Brewed by hand" below', "Brewed by hand"),
    ],
)
def test_slogans(reader: BriefReader, prompt: str, slogan: str) -> None:
    assert reader.read(Brief(prompt, brand_name="Acme")).slogan == slogan


@pytest.mark.parametrize(
    ("prompt", "established", "place"),
    [
        ("a bakery in Lisbon since 1894", "Since 1894", "Lisbon"),
        ("brewery, est. 1902", "Est. 1902", ""),
        ("Founded 1999 in Bristol, England", "Est. 1999", "Bristol"),
        ("gallery (est 2019)", "Est. 2019", ""),
        ("eco lodge in Costa Rica", "", "Costa Rica"),
        ("type in Helvetica, open in June", "", ""),
        ("apartment 1894", "", ""),
    ],
)
def test_dates_and_places(reader: BriefReader, prompt: str, established: str, place: str) -> None:
    reading = reader.read(Brief(prompt))
    assert (reading.established, reading.place) == (established, place)


@pytest.mark.parametrize(
    "prompt",
    [
        "we need a bug for the app corner",
        "agency with killer branding and a strong hook",
        "out of the box thinking, cutting edge, right on the money",
        "bear market newsletter",
        "a logo that will knock their socks off",
        "the spirit of the sixties",
        "our story has a heart of gold and deep roots",
        "eco-friendly, bear in mind the target audience",
    ],
)
def test_talk_shows_nothing(reader: BriefReader, prompt: str) -> None:
    reading = reader.read(Brief(prompt))
    assert reading.show == ()
    assert not {"bug", "hook", "killer", "box", "money", "bear", "sock", "socks", "spirit", "heart", "roots"} & set(
        reading.topic.split()
    )


@pytest.mark.parametrize(
    ("prompt", "wish"),
    [
        ("a bakery, make it pop", "make it pop"),
        ("running shop, like the Nike swoosh", "like the Nike swoosh"),
        ("a portrait of my dog Rex", "a portrait of my dog Rex"),
        ("red, but not red", "red, but not red"),
        ("wordmark only, with a fox", "fox in a wordmark without a symbol"),
        ("a swastika for a yoga studio", "swastika"),
        ("a macaw for a language school", "macaw"),
        ("a fox, but no fox", "fox, but not fox"),
    ],
)
def test_what_cannot_be_met_is_told_with_what_is_done_instead(reader: BriefReader, prompt: str, wish: str) -> None:
    unmet = reader.read(Brief(prompt)).unmet
    assert [one.wish for one in unmet] == [wish]
    assert unmet[0].instead


def test_a_refused_brand_or_symbol_of_hate_is_no_wish(reader: BriefReader) -> None:
    assert reader.read(Brief("running shop, not like Nike")).unmet == ()
    assert reader.read(Brief("youth club, no nazi symbols")).unmet == ()
    assert shown(reader.read(Brief("an apple and a puma for a zoo"))) == ["apple", "puma"]


@pytest.mark.parametrize(
    ("prompt", "ignored"),
    [
        ("fox mascot --ar 16:9 --v 5, 8k, masterpiece", ["--ar 16:9", "--v 5", "8k", "masterpiece"]),
        ("<b>fox</b> logo", ["<b>", "</b>"]),
        ("bakery xqzt", ["xqzt"]),
        ("a fox", []),
    ],
)
def test_words_that_say_nothing_are_told(reader: BriefReader, prompt: str, ignored: list[str]) -> None:
    assert list(reader.read(Brief(prompt)).ignored) == ignored


def test_no_behind_two_dashes_refuses(reader: BriefReader) -> None:
    reading = reader.read(Brief("barber shop --no text, scissors"))
    assert reading.layout == "symbol"
    assert "scissor" in reading.avoid


def test_moods_and_styles(reader: BriefReader) -> None:
    reading = reader.read(Brief("a playful pastel toy shop, not vintage"))
    assert reading.styles == (Style.PLAYFUL,)
    assert reading.moods == (PaletteMood.PASTEL,)


@pytest.mark.parametrize(
    ("prompt", "case"),
    [
        ("all caps", LetterCase.UPPER),
        ("name in lower case", LetterCase.LOWER),
        ("not in capitals", LetterCase.LOWER),
        ("write the name exactly as given", LetterCase.AS_GIVEN),
        ("investment house for venture capital", None),
    ],
)
def test_cases(reader: BriefReader, prompt: str, case: LetterCase | None) -> None:
    assert reader.read(Brief(prompt)).case is case


def test_refused_type_is_not_refused_text(reader: BriefReader) -> None:
    reading = reader.read(Brief("wedding stationery, anything but a script font"))
    assert reading.type_avoided == (TypeKind.SCRIPT,)
    assert reading.layout is None


@pytest.mark.parametrize(
    ("prompt", "relation", "link", "things"),
    [
        ("our mascot is a fox, and he carries a fish", Relation.TOGETHER, "carries", ["fox", "fish"]),
        ("an owl sitting on a book", Relation.TOGETHER, "on", ["owl", "book"]),
        ("bear drinking coffee", Relation.TOGETHER, "drinking", ["bear", "coffee"]),
        ("a tree whose roots are a fingerprint", Relation.MADE_OF, "", ["tree", "fingerprint"]),
        ("replace the o with a coffee bean", Relation.IN_LETTER, "", ["coffee bean"]),
        ("the O is an owl", Relation.IN_LETTER, "", ["owl"]),
        ("either a whale or a lighthouse", Relation.ALONE, "", ["whale", "lighthouse"]),
    ],
)
def test_relations(reader: BriefReader, prompt: str, relation: Relation, link: str, things: list[str]) -> None:
    (scene,) = reader.read(Brief(prompt)).show
    assert (scene.relation, scene.link, [thing.words for thing in scene.things]) == (relation, link, things)


@pytest.mark.parametrize(
    ("prompt", "letters"),
    [
        ("just my initials (MV)", "MV"),
        ("initials J.R. for a law office", "JR"),
        ("we'd like a K, no bird", "K"),
        ("mark built from A and P", "AP"),
        ("letter Q as the logo", "Q"),
        ("A logo for our choir", ""),
        ("R&D lab for vitamin research", ""),
    ],
)
def test_letters(reader: BriefReader, prompt: str, letters: str) -> None:
    reading = reader.read(Brief(prompt))
    assert reading.letters == letters
    assert (MarkKind.LETTERS in reading.kinds) is bool(letters)


def test_a_prompt_in_another_language_keeps_its_own_words(reader: BriefReader) -> None:
    reading = reader.read(Brief("Fischrestaurant, ein Leuchtturm, keine Möwe, nur blau und weiß, seit 1932"))
    assert reading.language == "de"
    assert shown(reading) == ["Leuchtturm"]
    assert reading.only
    assert [colour.name for colour in reading.colours] == ["blue", "white"]
    assert reading.established == "Since 1932"
    assert "seagull" in reading.avoid
