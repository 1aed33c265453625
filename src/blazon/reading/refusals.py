"""Wishes that cannot be met: marks of well-known brands, symbols of hate, likenesses, what a drawing cannot do."""

import re
from collections.abc import Iterator
from typing import Final

from blazon.brief import Unmet
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.tokens import tokenize

_BRANDS: Final = PhraseTable(
    parse_phrases(
        """nike, adidas, apple, google, coca cola, coke, pepsi, starbucks, mcdonald, mcdonalds, burger king, disney,
        mickey mouse, pixar, marvel, batman, superman, spiderman, pokemon, pikachu, hello kitty, bmw, mercedes,
        mercedes benz, audi, volkswagen, vw, tesla, ferrari, lamborghini, porsche, ford, toyota, honda, jaguar, puma,
        amazon, facebook, meta, instagram, twitter, whatsapp, youtube, tiktok, snapchat, linkedin, microsoft, windows,
        netflix, spotify, ikea, lego, shell, bp, target, walmart, aldi, lidl, nintendo, playstation, xbox, sony,
        samsung, huawei, intel, nvidia, amd, ibm, oracle, adobe, airbnb, uber, lyft, paypal, visa, mastercard,
        american express, stripe, slack, zoom, dropbox, github, openai, chatgpt, chanel, gucci, prada, louis vuitton,
        hermes, dior, versace, rolex, omega, lacoste, ralph lauren, tommy hilfiger, levis, levi, under armour, reebok,
        new balance, converse, vans, the north face, north face, patagonia, red bull, monster energy, heineken,
        budweiser, guinness, jack daniel, jack daniels, nestle, nutella, kellogg, kfc, subway, dominos, domino,
        pizza hut, dunkin, fedex, ups, dhl, nasa, fifa, nba, nfl, olympics, olympic ring, harley davidson, harley,
        michelin, playboy, rolling stones, rolling stone, wwf, unicef, red cross, penguin, dove, mozilla, firefox,
        android, linux, wikipedia, barbie, star wars, harry potter, hogwarts, manchester united, real madrid,
        barcelona fc, bayern, yankees, h and m, zara, ebay, etsy""",
        True,
    )
)
_LIKE: Final = PhraseTable(
    parse_phrases(
        """like, just like, similar to, inspired by, same as, the same as, copy of, a copy of, resembling, as in, copy,
        in the style of, style of, looks like, looking like, look like, reminiscent of, based on, as cool as,
        as simple as, as iconic as, as famous as, as good as, think, a la, kind of like, version of, ripoff of,
        knock off of, parody of, steal""",
        True,
    )
)
_BRAND_NOUNS: Final = frozenset("logo swoosh style arch branding symbol emblem tick check star stripe look".split())
# Marks that everybody knows by what they show.
_FAMOUS_MARKS: Final = PhraseTable(
    parse_phrases(
        """nike swoosh, swoosh of nike, golden arches, golden arch, bitten apple, apple with a bite, mickey ears,
        mickey mouse ears, three stripes of adidas, olympic rings, bat signal, starbucks mermaid, playboy bunny,
        michelin man, twitter bird, superman shield, red cross emblem""",
        True,
    )
)
_HATE: Final = PhraseTable(
    parse_phrases(
        """swastika, hakenkreuz, nazi, nazis, nazi symbol, nazi eagle, reichsadler, ss rune, ss runes, ss bolts,
        sonnenrad, black sun symbol, sig rune, odal rune, wolfsangel, hitler, adolf hitler, third reich, kkk,
        ku klux klan, klan, burning cross, white power, white pride, white supremacy, aryan, aryan nation, 1488, 14 88,
        heil, sieg heil, confederate flag, rebel flag, isis flag, isis, hate symbol, pepe the frog, blood and honour,
        blood and honor, white lives matter, totenkopf""",
        True,
    )
)
_OURS: Final = r"(?:my|our|your|his|her|their|the owner'?s?|the founder'?s?)"
_IMPOSSIBLE: Final = (
    (
        re.compile(
            rf"\b(?:an? |the )?(?:portrait|photo(?:graph)?|picture|likeness|face|selfie)s? of {_OURS} [\w'’]+", re.I
        ),
        "nobody's likeness can be drawn; a symbol of the kind stands in its place",
    ),
    (
        re.compile(rf"\b{_OURS} [\w]+['’]s? (?:face|portrait|selfie|photo|likeness|smile)s?\b", re.I),
        "nobody's likeness can be drawn; a mark without a face is drawn",
    ),
    (
        re.compile(rf"\b{_OURS} (?:face|faces|portrait|selfie|photo|head ?shot)s?\b", re.I),
        "nobody's likeness can be drawn; a mark without a face is drawn",
    ),
    (
        re.compile(
            r"\b(?:an? )?(?:photo(?:graph)?|photographic (?:picture|image)|(?:oil|watercolou?r) painting)s? of\b", re.I
        ),
        "a logo is drawn in flat shapes; what it would show is drawn as a symbol",
    ),
    (
        re.compile(
            r"\b(?:attached|attachment|the (?:sketch|file|picture|image|drawing) (?:i|we) sent|as discussed|see link"
            r"|(?:my|our) (?:existing|current|old|present) logo|(?:same|like) (?:as )?last time)\b",
            re.I,
        ),
        "only the text of the brief is seen; the logo is drawn from that",
    ),
    (
        re.compile(r"\b(?:animated|animation of|(?:moving|spinning) logo|a gif|hologram|holographic)\b", re.I),
        "a logo stands still; it is drawn without motion",
    ),
    (
        re.compile(r"\b(?:3d|3-d|three[- ]dimensional|photo-?realistic|hyper-?realistic|realistic shadows?)\b", re.I),
        "a logo is drawn flat, so that it works in one colour and at any size",
    ),
    (re.compile(r"\b(?:a )?(?:working |scannable )?qr[- ]?code\b", re.I), "no code that can be scanned is drawn"),
    (re.compile(r"\b(?:pantone|pms|ral)\s?\d{3,4}\s?[a-z]?\b", re.I), "only colours by name or as #rrggbb are known"),
)  # fmt: skip


def find_unmet(scan: Scan, text: str) -> tuple[Unmet, ...]:
    """Return what cannot be met; words that must not be drawn are marked as understood."""
    return (*_find_hate(scan), *_find_brands(scan), *_find_impossible(scan, text))


def refuse(text: str) -> tuple[str, tuple[Unmet, ...]]:
    """Return a text without symbols of hate and marks of well-known brands, and what was left out."""
    tokens = tokenize(text)
    scan = Scan(tokens, [False] * len(tokens))
    refused = (*_find_hate(scan), *_find_brands(scan))
    if not refused:
        return text, ()
    return " ".join(token.source for place, token in enumerate(tokens) if place not in scan.used), refused


def _find_hate(scan: Scan) -> Iterator[Unmet]:
    for place in range(len(scan.tokens)):
        match = _HATE.longest(scan.tokens, place)
        if match and scan.is_free(place) and not _is_date(scan, place):
            scan.use(place, match[1])
            if not scan.negated[place]:
                yield Unmet(scan.source(place, match[1]).lower(), "symbols of hate are not drawn; it is left out")


def _is_date(scan: Scan, place: int) -> bool:
    """Tell whether a number is the year of foundation, where nothing else in the brief speaks of hate."""
    return scan.text(place) == "1488" and scan.text(place - 1) in _FOUNDED and not _CODE & {t.text for t in scan.tokens}


_FOUNDED: Final = frozenset("since est established founded anno in".split())
# Other numbers of the same kind.
_CODE: Final = frozenset({"88", "18", "14", "28"})


def _find_brands(scan: Scan) -> Iterator[Unmet]:
    for place in range(len(scan.tokens)):
        match = _FAMOUS_MARKS.longest(scan.tokens, place) or _BRANDS.longest(scan.tokens, place)
        if not match or not scan.is_free(place, match[1]):
            continue
        length = match[1]
        famous = _FAMOUS_MARKS.longest(scan.tokens, place) is not None
        start = _find_likeness(scan, place)
        noun = scan.lemma(place + length) in _BRAND_NOUNS
        if not (famous or (start < place and (noun or _is_name(scan, place))) or (noun and _is_name(scan, place))):
            continue
        length += 1 if noun else 0
        length += _count_details(scan, place + length)
        words = scan.source(start, place + length - start)
        refused = scan.negated[place]
        scan.use(start, place + length - start)
        if not refused:
            yield Unmet(words, "the mark of a well-known brand is not copied; the logo is drawn anew")


def _count_details(scan: Scan, place: int) -> int:
    """Return how many words tell what a brand's mark shows: `with the bite`, which is nothing to draw either."""
    if scan.text(place) == "with" and scan.text(place + 1) in ("the", "its", "that", "their"):
        return 3 if scan.text(place + 2) else 0
    return 0


def _is_name(scan: Scan, place: int) -> bool:
    """Tell whether a word is a brand's name and not a thing: `like a puma`, `like Puma`."""
    if scan.tokens[place].is_capitalised:
        return True
    return scan.text(place - 1) not in ("a", "an", "the") and scan.lemma(place) not in _THINGS


_THINGS: Final = frozenset(
    "apple shell target penguin dove jaguar puma window domino amazon omega vans subway mermaid meta visa slack".split()
)


def _find_likeness(scan: Scan, place: int) -> int:
    """Return where words such as `similar to the` before a brand begin; `place` itself where there are none."""
    for start in range(max(0, place - 5), place):
        match = _LIKE.longest(scan.tokens, start)
        between = range(start + match[1], place) if match else range(0)
        if (
            match
            and start + match[1] <= place
            and all(scan.text(other) in ("the", "a", "an", "famous") for other in between)
        ):
            return start
    return place


def _find_impossible(scan: Scan, text: str) -> Iterator[Unmet]:
    for pattern, instead in _IMPOSSIBLE:
        match = pattern.search(text)
        if not match:
            continue
        place = next((n for n, token in enumerate(scan.tokens) if token.start >= match.start()), None)
        if place is None or scan.negated[place]:
            continue
        yield Unmet(_complete(text, match), instead)
        _use_words(scan, match.start(), match.end())


def _complete(text: str, match: re.Match[str]) -> str:
    """Return what was matched, with a name that follows: `a portrait of my dog Rex`."""
    name = re.match(r"\s+[A-Z][\w'’]+", text[match.end() :])
    return " ".join((match.group() + (name.group() if name else "")).split())


_FRAMES: Final = frozenset("portrait photo photograph picture likeness selfie face of my our your".split())


def _use_words(scan: Scan, start: int, end: int) -> None:
    """Mark the words that ask for the impossible, and a name behind them, but not the thing itself: `dog`."""
    for place, token in enumerate(scan.tokens):
        inside = start <= token.start < end
        behind = token.start >= end and token.start <= end + 2 and token.is_capitalised
        if behind or (inside and (token.text in _FRAMES or token.text in ("3d", "animated", "a"))):
            scan.use(place)
