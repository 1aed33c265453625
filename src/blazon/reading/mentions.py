"""Things that a prompt names, which of them are to be seen, and which belong together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.draw.meaning import is_noise
from blazon.reading.colour_names import PLAIN
from blazon.reading.phrase_table import PhraseTable
from blazon.reading.scan import Scan
from blazon.reading.scene_words import (
    DETERMINERS,
    EVENTS,
    FUNCTION_WORDS,
    MADE_OF,
    MARK_NOUNS,
    PARTICIPLES,
    PERSONS,
    RELATIONS,
    SHOWS,
    TRADE_VERBS,
    WEAK,
)
from blazon.reading.thing_names import OBJECTS, TRADES
from blazon.reading.things import Named, ThingNames
from blazon.reading.tokens import Token, TokenKind

_MADE_OF: Final = PhraseTable((phrase, True) for phrase in MADE_OF)
# The most words between two things of one scene.
_FARTHEST: Final = 7
# The most adjectives that are not known as such between an article and a thing.
_ADJECTIVES: Final = 3
ARTICLES: Final = frozenset({"a", "an", "one", "two", "three", "the"})
JOINTS: Final = frozenset({"and", "or", "plus", "also"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing named in a prompt, and whether it is to be seen."""

    named: Named
    start: int
    words: str
    shown: bool = False

    @property
    def end(self) -> int:
        return self.start + self.named.length


def list_mentions(scan: Scan, names: ThingNames) -> Iterator[Mention]:
    index = 0
    while index < len(scan.tokens):
        named = _find_named(scan, names, index)
        length = named.length if named else 1
        while named and (head := _find_named(scan, names, index + length)) and _compounds(scan, index + length, head):
            length += head.length
            named = _compound(named, head, scan.lemma(index + length - 1), length)
        if named and scan.text(index - 1) != "whose":  # "a key whose bow is a heart": a part
            if not named.ambiguous:
                scan.things.update(range(index, index + length))
            yield Mention(named, index, " ".join(t.text for t in scan.tokens[index : index + length]))
        index += length


def _find_named(scan: Scan, names: ThingNames, index: int) -> Named | None:
    if index >= len(scan.tokens) or not scan.is_free(index) or scan.negated[index]:
        return None
    named = names.find(scan.tokens, index)
    if named and named.length == 1 and scan.text(index - 1) not in ARTICLES and _is_doing(scan, index):
        return None  # "pointing at a star"
    if named is None and _is_unheard(scan, names, index):
        return Named("", 1)
    return named if named and scan.is_free(index, named.length) else None


def _is_unheard(scan: Scan, names: ThingNames, index: int) -> bool:
    """Tell whether a word is the noun of `a zorbit and a fox`, which has no picture and no meaning here."""
    word, lemma = scan.text(index), scan.lemma(index)
    grammar = is_noise(lemma) or word in FUNCTION_WORDS | RELATIONS | SHOWS | DETERMINERS | PARTICIPLES
    if len(word) < 3 or grammar or word.endswith(("ing", "ed", "ly")) or names.knows(lemma):
        return False
    return find_lead(scan, Mention(Named("", 1), index, word))[0] and _acts(scan, index + 1)


def _is_doing(scan: Scan, index: int) -> bool:
    return scan.text(index).endswith("ing") and _acts(scan, index)


def _acts(scan: Scan, place: int) -> bool:
    """Tell whether what stands at a place joins a thing in front of it to one behind: `and a fox`, `riding a fish`."""
    for following in range(place, min(place + _FARTHEST, len(scan.tokens))):
        word = scan.text(following)
        if not word or following in scan.used or word in TRADE_VERBS or word == "for":
            return False
        if following > place and word in ARTICLES:
            return True
        if following == place and not (word in RELATIONS | JOINTS or word.endswith("ing")):
            return False
    return False


def _compounds(scan: Scan, place: int, head: Named) -> bool:
    """Tell whether the thing at a place and the one before it are one: `fern leaf`, `computer mouse`."""
    before, word = scan.tokens[place - 1], scan.tokens[place]
    odd = head.trade or head.loose or head.ambiguous or not head.picture
    return not (odd or before.is_plural or word.is_capitalised or word.text in _WARES)


# Behind what somebody does they are something else: `camping gear`, `golf club`.
_WARES: Final = frozenset("gear club board card chip table court bank bar stand station line ring boot lesson".split())


def _compound(first: Named, head: Named, word: str, length: int) -> Named:
    """Return what two nouns name together: a fern's leaf shows a fern, a cricket ball a ball."""
    part = word in _PARTS and not first.trade and not first.loose
    return replace(first if part else head, length=length)


# Parts of plants and animals: what has them is shown.
_PARTS: Final = frozenset(
    """leaf head paw wing feather tail ear horn claw antler branch petal seed cone blossom flower tree shell fin skull
    eye tooth face foot footprint key string sprig bud silhouette stem root trunk beak hoof mane tusk""".split()
)


def is_shown(scan: Scan, one: Mention, before: Mention | None) -> bool:
    """Tell whether a thing is to be seen, and not only what the brand deals in."""
    follower = scan.lemma(one.end)
    if _is_doubtful(scan, one):
        return _is_thing_beside(scan, one, before)
    if follower in EVENTS and not one.named.trade:
        return True
    if follower in MARK_NOUNS and scan.is_free(one.end):
        return not one.named.trade or find_lead(scan, one)[1] in SHOWS
    if _is_welcome(scan, one):
        return not one.named.trade or one.named.picture in OBJECTS
    if _is_modifier(scan, one):
        return False
    article, lead = find_lead(scan, one)
    if before and before.shown and are_joined(scan, before, one):
        return not one.named.trade or article or _follows_deed(scan, one)
    if one.named.trade:
        return _is_shown_trade(scan, one, article, lead)
    return _is_asked_for(scan, one, article, lead)


def _is_doubtful(scan: Scan, one: Mention) -> bool:
    """Tell whether nothing but another thing beside it says that a word is a thing."""
    article, lead = find_lead(scan, one)
    return one.named.ambiguous or (one.named.loose and not (article and lead in SHOWS | {"", "with", "of"}))


def _is_thing_beside(scan: Scan, one: Mention, before: Mention | None) -> bool:
    """Tell whether a word that is more often no thing is one here: `an archer and a target`, no `target group`."""
    joined = before is not None and before.shown and are_joined(scan, before, one)
    return find_lead(scan, one)[0] and joined and not _is_modifier(scan, one)


def _is_shown_trade(scan: Scan, one: Mention, article: bool, lead: str) -> bool:
    """Tell whether a trade is to be seen as a thing: `a robot`, `a nurse holding a heart`."""
    trade = one.named.picture
    if trade in PERSONS and article and lead in SHOWS | {""} and _acts(scan, one.end):
        return True
    seen = article and trade in OBJECTS and lead in SHOWS | {"", "with"}
    return seen or (article and lead in SHOWS and lead not in WEAK)


def _is_welcome(scan: Scan, one: Mention) -> bool:
    """Tell whether a thing is approved of behind it: `a carrot could work`, `a wheel is okay`."""
    words = [scan.text(place) for place in range(one.end, one.end + 5)]
    words = words[: words.index("")] if "" in words else words
    if len(words) == 1 and words[0] in _ANSWERS:
        return True
    return bool(words) and words[0] in _MODALS and not _APPROVALS.isdisjoint(words[1:4])


# Behind a thing, at the end: "birds welcome", "bees instead".
_ANSWERS: Final = frozenset("welcome yes please instead preferred ideally allowed appreciated pls".split())
_MODALS: Final = frozenset("could would might may should must can will is are feels seems sounds s".split())
_APPROVALS: Final = frozenset(
    """work nice great good perfect ideal lovely ok okay fine welcome right appear cool fun must visible shown included
    brilliant acceptable allowed enough centre center hero star focus suit fit best better
    wonderful""".split()
)


def _follows_deed(scan: Scan, one: Mention) -> bool:
    """Tell whether something is done with a thing: `drinking coffee`."""
    return scan.text(one.start - 1).endswith("ing")


def _is_asked_for(scan: Scan, one: Mention, article: bool, lead: str) -> bool:
    """Tell whether the word that leads to a thing asks for it."""
    if lead in TRADE_VERBS and not article:
        return False
    if lead == "of":
        return _is_picture_of(scan, one)
    if lead == "":
        return article or _is_tag(scan, one) or _is_doing(scan, one.end)
    if lead == "like" and _is_felt(scan, one):
        return False
    return lead in SHOWS or lead == "with"


def _is_felt(scan: Scan, one: Mention) -> bool:
    """Tell whether a thing says how a logo is to feel: `feels like a case file`."""
    like = next(place for place in range(one.start, -1, -1) if scan.text(place) == "like")
    return scan.text(like - 1) in ("feel", "feels", "feeling", "sound", "sounds", "taste", "tastes", "smells", "vibes")


def find_lead(scan: Scan, one: Mention) -> tuple[bool, str]:
    """Return whether a thing has an article, and the word before it and its adjectives; empty at a beginning."""
    place, article = one.start - 1, False
    while place >= 0 and (
        scan.text(place) in DETERMINERS or (place in scan.used and scan.text(place) not in FUNCTION_WORDS)
    ):
        if not scan.text(place) or scan.text(place) in SHOWS - DETERMINERS:
            break
        article = article or scan.text(place) in ARTICLES
        place -= 1
    while scan.text(place) == "and" and place - 1 in scan.used:  # "use red and a crown"
        place -= 2
    if scan.text(place) == "and" and place and scan.tokens[place - 1].kind is TokenKind.COMMA:
        place -= 1  # "text only, and an owl"
    start = place if article else _find_article(scan, place)
    return (True, _find_lead_of_article(scan, start)) if start != place else (article, scan.text(place))


def _find_article(scan: Scan, place: int) -> int:
    """Return where the article stands, with nothing but unknown adjectives behind: `a grumpy | pelican`."""
    for start in range(place, max(-1, place - _ADJECTIVES - 1), -1):
        if scan.text(start) in ARTICLES and start < place:
            return start
        if not is_adjective(scan, start):
            break
    return place


def is_adjective(scan: Scan, place: int) -> bool:
    word = scan.text(place)
    if word in PLAIN:
        return True
    if place in scan.things:
        return False
    known = word in FUNCTION_WORDS or word in SHOWS or word in TRADE_VERBS or word in MARK_NOUNS or is_noise(word)
    doing = word.endswith("ing") and scan.text(place - 1) not in DETERMINERS
    return bool(word) and not known and not doing and not scan.tokens[place].is_capitalised and not _is_noun(word)


def _is_noun(word: str) -> bool:
    return word in TRADES or word in EVENTS or word.endswith(("tion", "ment", "ness", "ship", "shop", "house"))


def _find_lead_of_article(scan: Scan, place: int) -> str:
    while scan.text(place) in DETERMINERS:
        place -= 1
    return scan.text(place)


def _is_modifier(scan: Scan, one: Mention) -> bool:
    """Tell whether a thing only says more about the noun behind it: `fox sanctuary`, `boat builder`."""
    if one.end >= len(scan.tokens):
        return False
    follower = scan.tokens[one.end]
    if not follower.is_word or one.end in scan.used:
        return False
    word = follower.text
    done = word.endswith("ed") or word in _PARTICIPLES
    if done and scan.text(one.end + 1) in RELATIONS | FUNCTION_WORDS:  # "an anchor tied with a rope"
        return False
    return not (
        word in FUNCTION_WORDS
        or word in RELATIONS
        or word.endswith(("ing", "ly", "ed"))
        or word in PARTICIPLES
        or word in DETERMINERS
        or word in SHOWS
        or follower.is_capitalised
    )


_PARTICIPLES: Final = frozenset(
    "made cut drawn split held worn bound built grown woven torn sewn set seen hung".split()
)


def _is_picture_of(scan: Scan, one: Mention) -> bool:
    """Tell whether `of` before a thing belongs to a picture: `silhouette of a fox`, `festival of kites`."""
    place = one.start - 1
    while place >= 0 and scan.text(place) != "of":
        place -= 1
    return scan.lemma(place - 1) in MARK_NOUNS | EVENTS | {
        "combination",
        "mix",
        "pair",
        "picture",
        "portrait",
        "photo",
        "made",
        "consist",
        "pattern",
        "form",
        "figure",
        "painting",
        "sketch",
        "render",
        "rendering",
        "reflection",
        "logo",
    }


def _is_tag(scan: Scan, one: Mention) -> bool:
    """Tell whether a thing without an article stands by itself, as tags do: `lighthouse, waves, vintage`."""
    if one.end >= len(scan.tokens) or not scan.tokens[one.end].is_word or one.end in scan.used:
        return True
    follower = scan.text(one.end)
    if follower not in RELATIONS and follower.endswith(("ing", "ed")):  # "wolf howling at the moon", "whale watching"
        return scan.text(one.end + 1) in RELATIONS | DETERMINERS
    return follower in RELATIONS | JOINTS | {
        "whose",
        "only",
        "but",
        "without",
        "not",
        "no",
        "for",
        "as",
        "made",
        "maybe",
        "perhaps",
        "please",
        "possibly",
    }


def _drop_brackets(tokens: Sequence[Token]) -> list[Token]:
    """Return tokens without what stands in brackets among them: `a bee (no wasp!) on a flower`."""
    kept: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.text == "("
        if not depth:
            kept.append(token)
        depth -= token.text == ")" and depth > 0
    return kept if not depth else [*tokens]


def are_joined(scan: Scan, first: Mention, second: Mention) -> bool:
    """Tell whether nothing but relations stands between two things."""
    between = _drop_brackets(scan.tokens[first.end : second.start])
    if len(between) > _FARTHEST or any(token.kind is TokenKind.STOP for token in between):
        return False
    if not between:
        return False  # a noun that only says more about the other one
    words = {token.text for token in between if token.is_word}
    words -= {word for word in words if _is_deed(scan, first.end, second.start, word)}
    if "for" in words or not TRADE_VERBS.isdisjoint(words):
        return False
    commas = any(token.kind is TokenKind.COMMA for token in between)
    if commas:
        plain = JOINTS | DETERMINERS | {"with"} | ({"but"} if "also" in words else set())
        return all(not token.is_word or token.text in plain for token in between) or goes_on(scan, first, second)
    related = (
        len(words) < len({token.text for token in between if token.is_word})
        or not words.isdisjoint(RELATIONS | JOINTS)
        or any(word.endswith("ing") for word in words)
    )
    return not words or related or find_made_of(scan, first.end, second.start) >= 0


def _is_deed(scan: Scan, start: int, end: int, word: str) -> bool:
    """Tell whether a verb says where a thing is, and not what is dealt in: `growing out of`."""
    places = [place for place in range(start, end) if scan.text(place) == word]
    return word.endswith("ing") and any(scan.text(place + 1) in RELATIONS | {"out", "of"} for place in places)


def goes_on(scan: Scan, first: Mention, second: Mention) -> bool:
    """Tell whether a sentence goes on about a thing behind a comma: `a fox, and he carries a fish`."""
    told = [token.text for token in scan.tokens[first.end : second.start] if token.is_word]
    if told and told[0] in RELATIONS and told[0].endswith("ing") and told[-1] in DETERMINERS | RELATIONS:
        return True  # "a sloth, holding a pillow"
    does = any(word in RELATIONS for word in told) and bool({"he", "she", "it", "who", "which", "that"} & {*told})
    return does and all(word in RELATIONS | DETERMINERS | JOINTS for word in told)


def find_made_of(scan: Scan, start: int, end: int) -> int:
    """Return where between two places a phrase such as `made of` begins, or -1."""
    for place in range(start, end):
        match = _MADE_OF.longest(scan.tokens, place)
        if match and place + match[1] <= end:
            return place
    return -1
