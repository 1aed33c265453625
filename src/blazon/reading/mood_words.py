"""Words that say outright how a logo is to feel: styles and moods of a palette."""

from typing import Final, TypeVar

from blazon.brief import PaletteMood, Style
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan

Value = TypeVar("Value")

_STYLES: Final[dict[Style, str]] = {
    Style.MINIMAL: """minimal, minimalist, minimalistic, minimalism, clean, simple, reduced, pared down, understated,
        restrained, scandinavian, nordic, uncluttered, no frills, no frill, simplistic, less is more, zen, quiet,
        sparse""",
    Style.MODERN: """modern, contemporary, fresh, sleek, current, up to date, forward looking, slick, bauhaus,
        swiss style""",
    Style.CLASSIC: """classic, classical, timeless, traditional, vintage, heritage, old fashioned, old school, retro,
        nostalgic, historic, historical, victorian, edwardian, established look, serious, stately, sixties,
        seventies, fifties, forties, thirties, 1950s, 1960s, 1970s, 50s, 60s, 70s, old time, mid century, midcentury,
        trustworthy""",
    Style.ELEGANT: """elegant, elegance, luxurious, luxury, refined, sophisticated, chic, premium, upscale, high end,
        graceful, glamorous, art deco, twenties, 1920s, art nouveau, feminine, exclusive, posh, noble, delicate""",
    Style.PLAYFUL: """playful, fun, funny, friendly, cheerful, whimsical, childlike, childish, cute, joyful, happy,
        quirky, humorous, cheeky, cartoonish, silly, lively, bubbly, witty, kawaii, youthful""",
    Style.BOLD: """bold, powerful, aggressive, edgy, daring, rugged, tough, masculine, sporty, dynamic, loud, fierce,
        brutalist, punk, grungy, grunge, confident, energetic, strong look, muscular, strong and bold""",
    Style.TECH: """futuristic, techy, high tech, hightech, cyberpunk, digital look, tech look, cyber, eighties, 1980s,
        80s, nineties, 90s, synthwave, vaporwave, pixel, pixelated, sci fi, robotic look""",
    Style.HANDMADE: """handmade, hand made, hand drawn, handdrawn, handcrafted, artisanal, rustic, organic look, cosy,
        cozy, homemade, crafty, sketchy, folk, folksy, homely, woodcut, linocut, earthy, boho, bohemian""",
}
_MOODS: Final[dict[PaletteMood, str]] = {
    PaletteMood.WARM: """warm, warm colours, warm colors, warm tones, autumnal, cosy, cozy, autumn colours,
        fiery, toasty""",
    PaletteMood.COOL: "cool colours, cool colors, cool tones, cold colours, cold colors, cool palette, icy, wintry",
    PaletteMood.NATURAL: "natural colours, natural colors, natural tones, nature colours, botanical, leafy, mossy",
    PaletteMood.OCEAN: """ocean colours, sea colours, marine colours, ocean tones, aquatic, nautical, maritime,
        sea tones""",
    PaletteMood.SUNSET: "sunset colours, sunset colors, sunset palette, sunset tones, tropical, summery, california",
    PaletteMood.VIVID: """vivid, bright colours, bright colors, colourful, colorful, vibrant, full colour, full color,
        multicoloured, multicolored, multicolour, rainbow colours, rainbow colors, bold colours, bold colors,
        saturated, neon, neon colours, psychedelic, eighties, 1980s, 80s, candy colours, lots of colours, many
        colours, popping""",
    PaletteMood.PASTEL: "pastel, pastel colours, pastel colors, pastels, soft colours, soft colors, soft tones, dreamy",
    PaletteMood.EARTHY: """earthy, earth tones, earthy tones, earth colours, earth colors, muted colours, muted colors,
        rustic, seventies, 1970s, 70s, vintage colours, desaturated, autumn, wooden, muted tones, muted palette""",
    PaletteMood.LUXURY: "luxurious, luxury, premium, opulent, regal, exclusive, glamorous, high end, lavish, posh",
    PaletteMood.NIGHT: "dark mode, moody, mysterious, nocturnal, dark colours, dark colors, dark palette, noir, gloomy",
    PaletteMood.MONO: """monochrome, monochromatic, one colour, one color, single colour, single color, greyscale,
        grayscale, grey scale, one colour only, one ink, black only, colourless, black on white""",
}
_STYLE_TABLE: Final = PhraseTable(entry for style, text in _STYLES.items() for entry in parse_phrases(text, style))
_MOOD_TABLE: Final = PhraseTable(entry for mood, text in _MOODS.items() for entry in parse_phrases(text, mood))


# They say what a brand is about as well.
_SAYING: Final = frozenset(
    "nautical maritime botanical tropical autumn autumnal aquatic wooden punk folk pixel cyber".split()
)


def find_moods(scan: Scan) -> tuple[tuple[Style, ...], tuple[PaletteMood, ...]]:
    """Return the styles and palette moods that a prompt names outright, in the order of its words.

    Their words are marked as understood, but for those that say what a brand is about: `nautical`.
    """
    styles, style_words = _find(scan, _STYLE_TABLE)
    moods, mood_words = _find(scan, _MOOD_TABLE)
    scan.used |= style_words | mood_words
    return tuple(styles), tuple(moods)


def _find(scan: Scan, table: PhraseTable[Value]) -> tuple[dict[Value, None], set[int]]:
    found: dict[Value, None] = {}
    used: set[int] = set()
    for place in range(len(scan.tokens)):
        match = table.longest(scan.tokens, place)
        if match and scan.is_free(place) and not scan.tokens[place].joined and not scan.negated[place]:
            found[match[0]] = None
            if match[1] > 1 or scan.lemma(place) not in _SAYING:
                used.update(range(place, place + match[1]))
    return found, used
