"""What a brief sounds like: the styles and palette moods that its words suggest.

The tables hold stems: a word counts when it begins with one. They are a designer's common sense,
kept short; the finer meaning of a prompt is the business of the symbols.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from blazon.brief import Brief, PaletteMood, Style
from blazon.reading.reading import Reading

_STYLE_STEMS: Final[dict[Style, str]] = {
    Style.MINIMAL: "minimal clean simple calm quiet zen scandinav nordic architect interior pure essential "
    "meditat mindful dental dentist optic",
    Style.MODERN: "modern fresh startup agency consult solar energy app health telemed medic clinic fintech "
    "logistic freight marketing photograph studio cloud contemporary real estate",
    Style.CLASSIC: "classic timeless traditional serious heritage law legal attorney contract notary university academ "
    "bank wealth insur bookshop library tailor whisky whiskey vintage old established brewery cider",
    Style.ELEGANT: "elegant luxur premium refined wedding jewel spa hotel perfume fashion beauty boutique wine couture "
    "ballet cosmetic florist flower bridal opera silk",
    Style.PLAYFUL: "playful kid child toy fun funny friendly candy cupcake birthday party pet puppy kitten vet cartoon "
    "curious ice-cream smoothie juicy loud nursery kindergarten circus happy cheerful",
    Style.BOLD: "bold strong power sport gym fitness boxing crossfit martial race motor bike burger barbecue grill "
    "construction steel iron loud street skate football crane security guard",
    Style.TECH: "tech software developer code coding data cyber ai robot embedded engineer chip saas platform api "
    "computer electronic drone gaming game crypto network hosting backup quantum space laser",
    Style.HANDMADE: "handmade hand craft artisan small-batch bakery baker potter ceramic knit wool farm organic rustic "
    "cosy homemade soap candle honey roast coffee cafe tea guitar woodwork carpent garden natural",
}

_MOOD_STEMS: Final[dict[PaletteMood, str]] = {
    PaletteMood.WARM: "warm coffee roast bakery baker bread biscuit cookie autumn cosy fire spice chocolate pizza "
    "restaurant food kitchen grill handmade curry wood-fired brick",
    PaletteMood.COOL: "cool tech software cloud data bank account consult law legal insur trust secur corporate "
    "engineer clinic medic health dental winter ice snow optic",
    PaletteMood.NATURAL: "natur garden plant leaf organic eco green forest farm botanic herb vegan sustain tea yoga "
    "landscape park tree bio wildlife hik recycl lawn",
    PaletteMood.OCEAN: "sea ocean marine water beach sail boat surf fish coast harbour swim dive aqua river lake "
    "yacht tide pool wave cloud dentist dental calm plumb",
    PaletteMood.SUNSET: "sunset sun solar tropical summer energy fitness sport gym festival music dance hot chilli "
    "optimis radio travel adventure martial fire",
    PaletteMood.VIVID: "vivid bold bright loud playful kid child toy candy party gaming juicy fun color colour startup "
    "podcast smoothie street circus agency modern",
    PaletteMood.PASTEL: "pastel soft gentle baby nursery cupcake cake icecream ice-cream sweet beauty spa wedding "
    "birthday skincare florist flower maternity doula vet friendly",
    PaletteMood.EARTHY: "earth rustic wood leather craft brewery beer cider whisk roast barrel pottery clay farm barn "
    "wheat desert stone foundry orchard guitar carpent saddle tobacco",
    PaletteMood.LUXURY: "luxur premium elegant jewel gold wine hotel perfume couture fashion law legal wealth estate "
    "serious timeless notary private bridal opera villa",
    PaletteMood.NIGHT: "night star space moon cyber game gaming crypto cinema film dj club astronom fantasy dragon "
    "developer embedded ai wolf magic code",
    PaletteMood.MONO: "mono black-and-white blackandwhite minimalis typograph architect monochrome",
}

_STYLE_MOODS: Final[dict[Style, tuple[PaletteMood, ...]]] = {
    Style.MINIMAL: (PaletteMood.COOL, PaletteMood.OCEAN, PaletteMood.MONO, PaletteMood.NATURAL),
    Style.MODERN: (PaletteMood.COOL, PaletteMood.VIVID, PaletteMood.OCEAN, PaletteMood.SUNSET),
    Style.CLASSIC: (PaletteMood.LUXURY, PaletteMood.EARTHY, PaletteMood.COOL, PaletteMood.OCEAN),
    Style.ELEGANT: (PaletteMood.LUXURY, PaletteMood.OCEAN, PaletteMood.NATURAL, PaletteMood.MONO),
    Style.PLAYFUL: (PaletteMood.VIVID, PaletteMood.SUNSET, PaletteMood.PASTEL, PaletteMood.OCEAN),
    Style.BOLD: (PaletteMood.SUNSET, PaletteMood.VIVID, PaletteMood.NIGHT, PaletteMood.WARM),
    Style.TECH: (PaletteMood.COOL, PaletteMood.NIGHT, PaletteMood.VIVID, PaletteMood.OCEAN),
    Style.HANDMADE: (PaletteMood.WARM, PaletteMood.EARTHY, PaletteMood.NATURAL, PaletteMood.SUNSET),
}


def words_of(text: str) -> list[str]:
    """Return the words of a text, lower case, without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[a-z]+(?:-[a-z]+)*", plain)


def styles_for(brief: Brief, reading: Reading) -> tuple[Style, ...]:
    """Return the styles to draw in, the most fitting first; one, if the brief names it."""
    if brief.style is not None:
        return (brief.style,)
    words = words_of(reading.topic)
    scores = {style: _score(words, stems) for style, stems in _STYLE_STEMS.items()}
    fitting = [style for style in sorted(scores, key=lambda style: -scores[style]) if scores[style]]
    found = list(dict.fromkeys((*reading.styles, *fitting)))
    neutral = [Style.MODERN, Style.MINIMAL, Style.CLASSIC, Style.BOLD]
    return tuple(dict.fromkeys(found + neutral))[: max(3, len(found))]


def moods_for(text: str, styles: Sequence[Style]) -> tuple[PaletteMood, ...]:
    """Return palette moods, the most fitting first: those of the words of a text, then those of the styles."""
    words = words_of(text)
    scores = {mood: _score(words, stems) for mood, stems in _MOOD_STEMS.items()}
    found = [mood for mood in sorted(scores, key=lambda mood: -scores[mood]) if scores[mood]]
    usual = [mood for rank in range(2) for style in styles[:2] for mood in _STYLE_MOODS[style][rank * 2 : rank * 2 + 2]]
    return tuple(dict.fromkeys(found + usual))


def _score(words: list[str], stems: str) -> int:
    """Count the words that begin with a stem; short stems must match whole words or their plural."""
    wanted = stems.split()
    return sum(any(matches_stem(word, stem) for stem in wanted) for word in words)


def matches_stem(word: str, stem: str) -> bool:
    """Say whether a word begins with a stem; one of up to three letters must be the whole word or its plural."""
    if len(stem) <= 3:
        return word in (stem, stem + "s")
    return word.startswith(stem)
