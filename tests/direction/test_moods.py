import pytest

from blazon.brief import Brief, PaletteMood, Style
from blazon.direction.moods import moods_for, styles_for, words_of
from blazon.reading.reading import Reading


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("playful bakery for kids' birthday cakes", Style.PLAYFUL),
        ("contract law firm, serious, timeless", Style.CLASSIC),
        ("luxury wedding jewellery", Style.ELEGANT),
        ("fast developer tools for embedded engineers", Style.TECH),
        ("boxing gym", Style.BOLD),
        ("small-batch coffee roastery", Style.HANDMADE),
    ],
)
def test_the_words_of_a_prompt_suggest_its_style(prompt: str, style: Style) -> None:
    assert styles_for(Brief(prompt), Reading(topic=prompt))[0] is style


def test_a_style_asked_for_is_the_only_one() -> None:
    brief = Brief("playful toys", style=Style.CLASSIC)
    assert styles_for(brief, Reading(topic=brief.prompt, styles=(Style.BOLD,))) == (Style.CLASSIC,)


def test_a_style_that_was_read_comes_before_those_that_the_trade_suggests() -> None:
    assert styles_for(Brief("a toy shop"), Reading(topic="a toy shop", styles=(Style.ELEGANT,)))[0] is Style.ELEGANT


def test_without_a_hint_there_are_still_several_styles_and_moods() -> None:
    styles = styles_for(Brief("qwertz uiop"), Reading(topic="qwertz uiop"))
    assert len(styles) >= 3
    assert len(moods_for("qwertz uiop", styles)) >= 3


@pytest.mark.parametrize(
    ("prompt", "mood"),
    [
        ("a surf school by the ocean", PaletteMood.OCEAN),
        ("organic garden plants", PaletteMood.NATURAL),
        ("pastel nursery for a baby", PaletteMood.PASTEL),
        ("stars and the night sky", PaletteMood.NIGHT),
    ],
)
def test_the_words_of_a_prompt_suggest_its_mood(prompt: str, mood: PaletteMood) -> None:
    assert moods_for(prompt, styles_for(Brief(prompt), Reading(topic=prompt)))[0] is mood


def test_short_stems_match_whole_words_only() -> None:
    assert PaletteMood.OCEAN not in moods_for("a search for seats", (Style.CLASSIC,))[:1]


def test_words_lose_case_and_accents() -> None:
    assert words_of("Café-Bar GRÜN!") == ["cafe-bar", "grun"]
