"""What a text is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.meaning import Concept, Lexicon, Meanings, Reader, Term, is_noise, singular, words_of


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("boxes", "box"),
        ("leaves", "leaf"),
        ("berries", "berry"),
        ("dishes", "dish"),
        ("houses", "house"),
        ("glass", "glass"),
        ("cactus", "cactus"),
        ("lens", "lens"),
        ("lenses", "lens"),
        ("tea", "tea"),
        ("octopuses", "octopus"),
        ("walruses", "walrus"),
        ("pickaxes", "pickaxe"),
        ("skis", "ski"),
    ],
)
def test_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


@given(st.text())
def test_words_are_plain_and_stay_what_they_are(text: str) -> None:
    words = words_of(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüner Faden", ["gruner", "faden"]),
        ("rowing-club", ["rowing", "club"]),
        ("kids' cakes", ["kid", "cake"]),
        ("Summit's", ["summit"]),
        ("🦊", ["fox"]),
        ("شركة", []),
        ("", []),
    ],
)
def test_words_of(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


def test_noise() -> None:
    assert is_noise("logo")
    assert is_noise("orange"), "a colour is asked for, not shown"
    assert not is_noise("tooth")


LEXICON = Lexicon.parse(
    """
    # a comment
== trades: 100
dentist, dental clinic | tooth, smiley
board game | dice
game | joystick
sea, ocean | waves, anchor
rook | castle
quill | feather
tide | waves
pool | waves
peach, plum | *, leaf
== ideas: 60
trust | shield
== general words
game
== same picture
waves, big wave
""".replace("    #", "#")
)


def test_lexicon() -> None:
    assert LEXICON.concepts["dental clinic"] == [Concept(("tooth", "smiley"), 100)]
    assert LEXICON.concepts["trust"] == [Concept(("shield",), 60)]
    assert LEXICON.concepts["plum"] == [Concept(("*", "leaf"), 100)]
    assert LEXICON.general == {"game"}
    assert LEXICON.usual("big wave") == "wave"
    assert LEXICON.names("wave") == ("wave", "big wave")
    assert LEXICON.names("tooth") == ("tooth",)


def test_the_longest_phrase_is_read_first() -> None:
    reader = Reader(LEXICON, known=["owl"])
    assert reader.terms("Board games with an owl") == [Term("board game", 100), Term("owl", 80)]


def test_scenery_counts_less_and_a_comma_ends_it() -> None:
    reader = Reader(LEXICON, known=[])
    assert reader.terms("a dentist by the sea, trust") == [Term("dentist", 100), Term("sea", 60), Term("trust", 100)]


def test_a_logo_for_something_is_about_that_thing() -> None:
    assert Reader(LEXICON, known=[]).terms("logo for a dentist") == [Term("dentist", 100)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Rook & Co", ["rook"]),
        ("Tidepool", ["tide", "pool"]),
        ("Quillon", ["quill"]),
        ("Xqzvkj", []),
        ("", []),
    ],
)
def test_brand_names_are_taken_apart(name: str, expected: list[str]) -> None:
    assert [term.text for term in Reader(LEXICON, known=[]).name_terms(name)] == expected


def test_near_meanings() -> None:
    meanings = Meanings(["periodontist\tdentist=71,tooth=66", "zucchini\tcucumber=80"])
    assert meanings.near("periodontist") == [("dentist", 71), ("tooth", 66)]
    assert meanings.near("zucchini") == [("cucumber", 80)]
    assert meanings.near("period") == []
    assert meanings.near("zz") == []


def test_the_meanings_that_are_carried_lead_to_known_phrases() -> None:
    near = Meanings.open().near("orthodontics")
    assert near
    assert near[0][1] >= 48
