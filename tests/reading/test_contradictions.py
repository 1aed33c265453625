"""Wishes that exclude each other, by kind: one side is taken, one plain sentence says which, and a logo is drawn."""

import pytest

from blazon.brief import Brief, LayoutKind, MarkKind, PaletteMood, TypeKind, Unmet
from blazon.design import FrameShape, Treatment
from blazon.reading.reading import ColourRole, Reading
from blazon.studio import Studio

STUDIO = Studio.open()


def read(prompt: str) -> Reading:
    return STUDIO.read(Brief(prompt, brand_name="Holt"))


def told(prompt: str, *words: str) -> list[Unmet]:
    """Return what is unmet of a prompt and names all of the words."""
    return [one for one in read(prompt).unmet if all(word in f"{one.wish} {one.instead}".lower() for word in words)]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        # more colours than there may be
        ("only black, but also red", ("only black", "red")),
        ("strictly navy. A touch of orange as well", ("only navy", "orange")),
        ("a one-colour logo in teal and coral", ("one colour", "coral")),
        ("two colours max: red, blue and green", ("two colours", "green")),
        ("monochrome with a gradient in three colours", ("monochrome", "three colours")),
        ("rainbow colours, but black only", ("rainbow", "only black")),
        ("no colours, in bright orange", ("bright orange", "no colour")),
        # what would stand on itself, and two grounds
        ("black on black", ("black on black",)),
        ("green lettering on a green background", ("green on green",)),
        ("on a white background, navy background", ("background", "white", "navy")),
        ("a dark background, on white", ("dark background", "white")),
        ("transparent background, on a red background", ("transparent", "red")),
        # of a family that is refused
        ("avoid green, in emerald", ("emerald", "no green")),
        ("navy and cream, but no blue", ("navy", "no blue")),
        ("gold lettering, no gold", ("gold",)),
        # type
        ("serif, but no serifs", ("serif",)),
        ("a slab serif that is sans serif", ("slab", "sans")),
        ("script, but not handwritten", ("script", "handwritten")),
        ("thin and heavy", ("thin", "heavy")),
        ("condensed and wide letters", ("condensed", "wide")),
        ("a blackletter script", ("blackletter",)),
        ("set in Montserrat, in a serif typeface", ("montserrat", "serif")),
        ("lower case, in capitals", ("capitals",)),
        # kinds of mark and lockups
        ("wordmark only with a monogram", ("wordmark", "monogram")),
        ("a monogram, but no monogram", ("monogram",)),
        ("no letters, a monogram of K and M", ("letters",)),
        ("badge, but no badge", ("badge",)),
        ("a wordmark, but without any text", ("wordmark", "text")),
        ("icon only, wordmark only", ("icon only", "wordmark")),
        ("stacked, horizontal lockup", ("stacked", "horizontal")),
        ("symbol only, with the name below", ("symbol only", "name below")),
        ("no text, slogan in quotes 'Fresh daily'", ("slogan", "no text")),
        ("without text, slogan 'Fresh daily'", ("slogan", "no text")),
        ("abstract, showing a fox", ("abstract", "fox")),
        ("a round badge, no circle", ("round badge", "circle")),
        ("a square logo without squares", ("square logo", "no square")),
        # qualities
        ("minimal but with as many details as possible", ("minimal", "details")),
        ("an ornate mark, as simple as possible", ("ornate", "simple")),
        ("flat, with a drop shadow", ("flat", "shadow")),
        ("pastel colours, neon colours", ("pastel", "neon")),
        ("warm colours in cool tones", ("warm", "cool")),
        ("silly and dead serious", ("silly", "serious")),
        ("vintage and futuristic", ("vintage", "futuristic")),
        ("rounded letters with sharp corners", ("rounded", "sharp")),
        # in other languages
        ("nur schwarz, aber auch rot", ("only black", "red")),
        ("noir sur noir", ("black on black",)),
        ("solo negro, pero también rojo", ("only black", "red")),
        ("sans texte, slogan « frais »", ("slogan", "no text")),
        ("ein rundes Abzeichen, kein Kreis", ("round badge", "circle")),
        ("dünn und fett", ("fine", "heavy")),
        ("minimalistisch, aber sehr detailliert", ("minimal", "detailed")),
        ("minimalista pero muy detallado", ("minimal", "detailed")),
        ("solo texto, con un monograma", ("only text", "monogram")),
        ("abstrato, com uma raposa", ("abstract",)),
        ("monochrome, avec un dégradé de trois couleurs", ("monochrome", "three colour")),
        ("een wordmark, zonder tekst", ("wordmark", "text")),
        ("minuscole, in maiuscolo", ("lower",)),
    ],
)
def test_both_sides_of_a_contradiction_are_told(prompt: str, words: tuple[str, ...]) -> None:
    assert told(prompt, *words)


@pytest.mark.parametrize(
    "prompt",
    [
        "only black, on a white background",
        "navy or teal, on white or black",
        "green, but not lime green",
        "no blue except navy",
        "blue and white, on a white background",
        "monochrome, in navy and sky blue",
        "a wordmark in black only, with a red background",
        "script for the name, sans serif for the slogan",
        "a serif or a sans",
        "bold and friendly",
        "modern and timeless, clean and elegant",
        "retro-futuristic",
        "a crest, not a seal",
        "a badge without a frame",
        "stacked and horizontal versions",
        "warm and welcoming, in cool blue",
        "heavy machinery hire with fine service",
        "flat rentals, no shadows",
        "a round badge, no squares",
    ],
)
def test_wishes_that_go_together_are_not_called_a_contradiction(prompt: str) -> None:
    assert not [one for one in read(prompt).unmet if " but " in one.wish or " on " in one.wish]


def test_the_side_that_is_told_is_the_one_that_is_read() -> None:
    assert read("wordmark only with a monogram").kinds == (MarkKind.WORDMARK,)
    assert read("monogram only, as a wordmark").kinds == (MarkKind.LETTERS,)
    assert read("thin and heavy").type == (TypeKind.THIN,)
    assert read("a script, sans serif").type == (TypeKind.SCRIPT,)
    assert read("neon colours, pastel colours").moods == (PaletteMood.VIVID,)
    assert read("rainbow colours, monochrome").moods == (PaletteMood.MONO,)
    assert read("horizontal, stacked").layout is LayoutKind.HORIZONTAL
    assert read("without text, slogan 'Fresh daily'").layout is LayoutKind.SYMBOL


def test_a_logo_has_one_background_and_it_is_no_ink() -> None:
    for prompt in ("red lettering on a red background", "red on red"):
        (colour,) = read(prompt).colours
        assert (colour.name, colour.role) == ("red", ColourRole.BACKGROUND)
        inks = [one.design.colours for one in STUDIO.generate(Brief(prompt, brand_name="Holt", count=2))]
        assert all(colours.mark != colours.paper != colours.name for colours in inks)
    assert [one.name for one in read("on a white background, black background").colours] == ["white"]


def test_what_is_done_instead_is_what_is_drawn() -> None:
    for one in STUDIO.generate(Brief("a round badge, no circle", brand_name="Holt")):
        assert one.design.frame is not FrameShape.CIRCLE
    for one in STUDIO.generate(Brief("flat, with a gradient", brand_name="Holt")):
        assert one.design.treatment is not Treatment.GRADIENT
