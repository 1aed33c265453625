"""What a brief sounds like: the styles, palette moods and colours that its words suggest.

The tables hold stems: a word counts when it begins with one. They are a designer's common sense,
kept short; the finer meaning of a prompt is the business of the symbols.
"""

import re
import unicodedata
from typing import Final

from blazon.brief import Brief, PaletteMood, Style
from blazon.draw.palette import Harmony
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

_COLOURS: Final[dict[str, Harmony]] = {
    "red": Harmony((0.55, 0.20, 27), (0.40, 0.10, 20)),
    "orange": Harmony((0.66, 0.19, 48), (0.45, 0.11, 40)),
    "yellow": Harmony((0.80, 0.16, 90), (0.42, 0.08, 70)),
    "gold": Harmony((0.70, 0.11, 85), (0.35, 0.05, 70)),
    "green": Harmony((0.52, 0.14, 148), (0.74, 0.15, 125)),
    "teal": Harmony((0.52, 0.09, 195), (0.72, 0.14, 45)),
    "turquoise": Harmony((0.62, 0.11, 195), (0.36, 0.08, 240)),
    "blue": Harmony((0.48, 0.18, 260), (0.72, 0.12, 225)),
    "navy": Harmony((0.32, 0.09, 262), (0.70, 0.12, 75)),
    "purple": Harmony((0.46, 0.18, 305), (0.72, 0.14, 340)),
    "violet": Harmony((0.48, 0.20, 292), (0.74, 0.12, 220)),
    "lavender": Harmony((0.62, 0.12, 300), (0.42, 0.10, 285)),
    "pink": Harmony((0.64, 0.19, 0), (0.42, 0.13, 350)),
    "coral": Harmony((0.68, 0.17, 28), (0.42, 0.09, 225)),
    "burgundy": Harmony((0.38, 0.12, 15), (0.72, 0.10, 75)),
    "brown": Harmony((0.42, 0.08, 50), (0.70, 0.11, 65)),
    "copper": Harmony((0.56, 0.12, 48), (0.30, 0.03, 250)),
    "black": Harmony((0.22, 0.00, 0), (0.55, 0.00, 0)),
    "grey": Harmony((0.42, 0.01, 260), (0.62, 0.01, 260)),
    "gray": Harmony((0.42, 0.01, 260), (0.62, 0.01, 260)),
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


def moods_for(brief: Brief, styles: tuple[Style, ...]) -> tuple[PaletteMood, ...]:
    """Return palette moods, the most fitting first: those of the prompt's words, then those of its styles."""
    words = words_of(brief.prompt)
    scores = {mood: _score(words, stems) for mood, stems in _MOOD_STEMS.items()}
    found = [mood for mood in sorted(scores, key=lambda mood: -scores[mood]) if scores[mood]]
    usual = [mood for rank in range(2) for style in styles[:2] for mood in _STYLE_MOODS[style][rank * 2 : rank * 2 + 2]]
    return tuple(dict.fromkeys(found + usual))


def colours_named(brief: Brief) -> tuple[Harmony, ...]:
    """Return a harmony for each colour that the prompt names, in the order of the words."""
    return tuple(_COLOURS[word] for word in dict.fromkeys(words_of(brief.prompt)) if word in _COLOURS)


def _score(words: list[str], stems: str) -> int:
    """Count the words that begin with a stem; short stems must match whole words or their plural."""
    wanted = stems.split()
    return sum(any(_matches(word, stem) for stem in wanted) for word in words)


def _matches(word: str, stem: str) -> bool:
    if len(stem) <= 3:
        return word in (stem, stem + "s")
    return word.startswith(stem)
