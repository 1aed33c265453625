"""What a prompt asks to see, and in which relation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.draw.meaning import is_noise
from blazon.reading.letter_slots import LetterSlot
from blazon.reading.phrase_table import PhraseTable
from blazon.reading.reading import Relation, Scene, Thing
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
from blazon.reading.thing_names import OBJECTS
from blazon.reading.things import Named, ThingNames
from blazon.reading.tokens import TokenKind

MAX_THINGS: Final = 6

_MADE_OF: Final = PhraseTable((phrase, True) for phrase in MADE_OF)
# The most words between two things of one scene.
_FARTHEST: Final = 7
_FARTHEST_LETTER: Final = 3
_ARTICLES: Final = frozenset({"a", "an", "one", "two", "three", "the"})
_JOINTS: Final = frozenset({"and", "or", "plus"})


@dataclass(frozen=True, slots=True)
class _Mention:
    """A thing named in a prompt, and whether it is to be seen."""

    named: Named
    start: int
    words: str
    shown: bool = False

    @property
    def end(self) -> int:
        return self.start + self.named.length


@dataclass(frozen=True, slots=True)
class Scenes:
    """What is to be seen; `substitutes` are things that the library lacks, with what is drawn instead."""

    show: tuple[Scene, ...] = ()
    substitutes: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    """Things that the library has nothing for at all, as written."""


def find_scenes(scan: Scan, names: ThingNames, slots: Sequence[LetterSlot] = ()) -> Scenes:
    """Return what is to be seen; the words for it, and for how it is joined, are marked as understood."""
    mentions: list[_Mention] = []
    for mention in _mentions(scan, names):
        before = next((one for one in reversed(mentions) if one.shown or one.named.trade), None)
        mentions.append(replace(mention, shown=_is_shown(scan, mention, before)))
    shown = [one for one in _carry_back(scan, mentions) if one.shown]
    missing = tuple(dict.fromkeys(one.words for one in shown if not one.named.picture))
    for one in (one for one in shown if not one.named.picture):
        scan.use(one.start, one.named.length)
    named = {one.named.picture: one for one in reversed(shown) if one.named.picture}
    mentions = sorted(named.values(), key=lambda one: one.start)[:MAX_THINGS]
    for one in mentions:
        scan.use(one.start, one.named.length)
        _use_leads(scan, one)
    substitutes = tuple((one.words, one.named.picture) for one in mentions if not one.named.exact)
    return Scenes(tuple(_group(scan, mentions, slots)), substitutes, missing)


def _mentions(scan: Scan, names: ThingNames) -> Iterator[_Mention]:
    index = 0
    while index < len(scan.tokens):
        length = 1
        named = names.find(scan.tokens, index) if scan.is_free(index) and not scan.negated[index] else None
        if named and named.length == 1 and scan.text(index).endswith("ing") and _acts(scan, index):
            named = None if scan.text(index - 1) not in _ARTICLES else named  # "pointing at a star"
        named = named or (Named("", 1) if _is_unknown_thing(scan, index, names) else None)
        if named and scan.is_free(index, named.length):
            length = named.length
            yield _Mention(named, index, " ".join(t.text for t in scan.tokens[index : index + length]))
        index += length


def _is_unknown_thing(scan: Scan, index: int, names: ThingNames) -> bool:
    """Tell whether a word is the noun of `a zorbit and a fox`, of which nobody here has heard."""
    token = scan.tokens[index]
    if not token.is_word or index in scan.used or scan.negated[index] or names.knows(token.lemma):
        return False
    if len(token.text) < 3 or is_noise(token.lemma) or token.text in FUNCTION_WORDS | RELATIONS | SHOWS | DETERMINERS:
        return False
    if token.text.endswith(("ing", "ed", "ly")):
        return False
    lead = _lead(scan, _Mention(Named("", 1), index, token.text))
    return lead[0] and _acts(scan, index + 1)


def _acts(scan: Scan, place: int) -> bool:
    """Tell whether what stands at a place joins a thing in front of it to one behind: `and a fox`, `riding a fish`."""
    for following in range(place, min(place + _FARTHEST, len(scan.tokens))):
        token = scan.tokens[following]
        if not token.is_word or following in scan.used or token.text in TRADE_VERBS or token.text == "for":
            return False
        if following > place and token.text in _ARTICLES:
            return True
        if following == place and not (token.text in RELATIONS | _JOINTS or token.text.endswith("ing")):
            return False
    return False


def _is_shown(scan: Scan, one: _Mention, before: _Mention | None) -> bool:
    """Tell whether a thing is to be seen, and not only what the brand deals in."""
    follower = scan.lemma(one.end)
    if one.named.ambiguous:
        return _is_thing_beside(scan, one, before)
    if one.named.loose and not (_lead(scan, one)[0] and _lead(scan, one)[1] in SHOWS | {"", "with", "of"}):
        return bool(before and before.shown and _lead(scan, one)[0] and _joins(scan, before, one))
    if follower in EVENTS and not one.named.trade:
        return True
    if follower in MARK_NOUNS and scan.is_free(one.end):
        return not one.named.trade or _lead(scan, one)[1] in SHOWS
    if _is_modifier(scan, one):
        return False
    article, lead = _lead(scan, one)
    if before and before.shown and _joins(scan, before, one):
        return not one.named.trade or article or _follows_deed(scan, one)
    if one.named.trade:
        return _is_shown_trade(scan, one, article, lead)
    return _is_asked_for(scan, one, article, lead)


def _is_thing_beside(scan: Scan, one: _Mention, before: _Mention | None) -> bool:
    """Tell whether a word that is more often no thing is one here: `an archer and a target`, no `target group`."""
    article = scan.text(one.start - 1) in _ARTICLES
    joined = before is not None and before.shown and _joins(scan, before, one)
    return article and joined and not _is_modifier(scan, one)


def _is_shown_trade(scan: Scan, one: _Mention, article: bool, lead: str) -> bool:
    """Tell whether a trade is to be seen as a thing: `a robot`, `a nurse holding a heart`."""
    trade = one.named.picture
    if trade in PERSONS and article and lead in SHOWS | {""} and _acts(scan, one.end):
        return True
    seen = article and trade in OBJECTS and lead in SHOWS | {"", "with"}
    return seen or (article and lead in SHOWS and lead not in WEAK)


def _follows_deed(scan: Scan, one: _Mention) -> bool:
    """Tell whether something is done with a thing: `drinking coffee`."""
    return scan.text(one.start - 1).endswith("ing")


def _is_asked_for(scan: Scan, one: _Mention, article: bool, lead: str) -> bool:
    """Tell whether the word that leads to a thing asks for it."""
    if lead in TRADE_VERBS and not article:
        return False
    if lead == "of":
        return _is_picture_of(scan, one)
    if lead == "":
        return article or _is_tag(scan, one) or (scan.text(one.end).endswith("ing") and _acts(scan, one.end))
    return lead in SHOWS or lead == "with"


def _lead(scan: Scan, one: _Mention) -> tuple[bool, str]:
    """Return whether a thing has an article, and the word before it and its adjectives; empty at a beginning."""
    place, article = one.start - 1, False
    while place >= 0 and (
        scan.text(place) in DETERMINERS or (place in scan.used and scan.text(place) not in FUNCTION_WORDS)
    ):
        if not scan.text(place):
            break
        article = article or scan.text(place) in _ARTICLES
        place -= 1
    if not article and _is_compound(scan, place):  # "a wagon wheel"
        article, place = True, place - 2
    while scan.text(place) == "and" and place - 1 in scan.used:  # "use red and a crown"
        place -= 2
    return article, scan.text(place)


def _is_compound(scan: Scan, place: int) -> bool:
    """Tell whether the word at a place is the first half of a noun that has an article: `a wagon wheel`."""
    word = scan.text(place)
    plain = word and place not in scan.used and word not in FUNCTION_WORDS | RELATIONS | SHOWS | TRADE_VERBS
    return bool(plain) and not word.endswith("ing") and scan.text(place - 1) in _ARTICLES


def _is_modifier(scan: Scan, one: _Mention) -> bool:
    """Tell whether a thing only says more about the noun behind it: `fox sanctuary`, `boat builder`."""
    if one.end >= len(scan.tokens):
        return False
    follower = scan.tokens[one.end]
    if not follower.is_word or one.end in scan.used:
        return False
    word = follower.text
    return not (
        word in FUNCTION_WORDS
        or word in RELATIONS
        or word.endswith(("ing", "ly", "ed"))
        or word in PARTICIPLES
        or word in DETERMINERS
        or word in SHOWS
        or follower.is_capitalised
    )


def _is_picture_of(scan: Scan, one: _Mention) -> bool:
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
        "painting",
        "sketch",
        "logo",
    }


def _is_tag(scan: Scan, one: _Mention) -> bool:
    """Tell whether a thing without an article stands by itself, as tags do: `lighthouse, waves, vintage`."""
    if one.end >= len(scan.tokens) or not scan.tokens[one.end].is_word or one.end in scan.used:
        return True
    return scan.text(one.end) in RELATIONS | _JOINTS | {
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


def _joins(scan: Scan, first: _Mention, second: _Mention) -> bool:
    """Tell whether nothing but relations stands between two things."""
    between = scan.tokens[first.end : second.start]
    if len(between) > _FARTHEST or any(token.kind is TokenKind.STOP for token in between):
        return False
    words = {token.text for token in between if token.is_word}
    if "for" in words or not (TRADE_VERBS - RELATIONS).isdisjoint(words):
        return False
    commas = any(token.kind is TokenKind.COMMA for token in between)
    if commas:
        plain = _JOINTS | DETERMINERS | {"with"}
        return all(not token.is_word or token.text in plain for token in between) or _goes_on(scan, first, second)
    does = any(word in RELATIONS | _JOINTS or word.endswith("ing") for word in words)
    return not words or does or _made_of_at(scan, first.end, second.start) >= 0


def _goes_on(scan: Scan, first: _Mention, second: _Mention) -> bool:
    """Tell whether a sentence goes on about a thing behind a comma: `a fox, and he carries a fish`."""
    told = [token.text for token in scan.tokens[first.end : second.start] if token.is_word]
    does = any(word in RELATIONS for word in told) and bool({"he", "she", "it", "who", "which", "that"} & {*told})
    return does and all(word in RELATIONS | DETERMINERS | _JOINTS for word in told)


def _made_of_at(scan: Scan, start: int, end: int) -> int:
    """Return where between two places a phrase such as `made of` begins, or -1."""
    for place in range(start, end):
        match = _MADE_OF.longest(scan.tokens, place)
        if match and place + match[1] <= end:
            return place
    return -1


def _carry_back(scan: Scan, mentions: Sequence[_Mention]) -> list[_Mention]:
    """Let `fox and a moon` show both: what is joined to a shown thing in front of it is shown too."""
    carried = list(mentions)
    for place in range(len(carried) - 2, -1, -1):
        one, following = carried[place], carried[place + 1]
        between = scan.tokens[one.end : following.start]
        plain = all(token.text in _JOINTS | DETERMINERS for token in between)
        joined = plain and between and following.shown and not one.shown and not one.named.trade
        if joined and _lead(scan, one)[1] not in TRADE_VERBS | {"for", "our", "we"}:
            carried[place] = replace(one, shown=True)
    return carried


def _use_leads(scan: Scan, one: _Mention) -> None:
    """Mark the words that only ask for a thing as understood."""
    place = one.start - 1
    while place >= 0 and (scan.text(place) in DETERMINERS or scan.text(place) in SHOWS | {"with", "of"}):
        scan.use(place)
        place -= 1
    if scan.lemma(one.end) in MARK_NOUNS:
        scan.use(one.end)


def _group(scan: Scan, mentions: Sequence[_Mention], slots: Sequence[LetterSlot]) -> Iterator[Scene]:
    """Yield the scenes that things make up."""
    group: list[_Mention] = []
    relation = Relation.ALONE
    for one in mentions:
        slot = next((slot for slot in slots if _is_beside(slot, one)), None)
        link = _link(scan, group[-1], one) if group else None
        if group and (link is None or (len(group) > 1 and link is not relation) or slot):
            yield _scene(scan, group, relation)
            group, relation = [], Relation.ALONE
            link = None
        if slot:
            yield replace(_scene(scan, [one], Relation.ALONE), relation=Relation.IN_LETTER, letter=slot.letter)
            continue
        group.append(one)
        relation = link or relation
    if group:
        yield _scene(scan, group, relation)


def _is_beside(slot: LetterSlot, one: _Mention) -> bool:
    gap = one.start - slot.end if slot.before else slot.start - one.end
    return 0 <= gap <= _FARTHEST_LETTER


def _scene(scan: Scan, group: Sequence[_Mention], relation: Relation) -> Scene:
    things = {one.named.picture: Thing(one.named.picture, one.words) for one in group}
    joined = relation if len(things) > 1 else Relation.ALONE
    link = _link_word(scan, group[0], group[1]) if joined is Relation.TOGETHER else ""
    return Scene(tuple(things.values()), joined, link)


def _link(scan: Scan, first: _Mention, second: _Mention) -> Relation | None:
    """Return how two neighbouring things are joined, None if each is a scene of its own."""
    if not _joins(scan, first, second):
        return None
    start = _made_of_at(scan, first.end, second.start)
    between = scan.tokens[first.end : second.start]
    scan.use(first.end, len(between))
    if start >= 0:
        return Relation.MADE_OF
    words = {token.text for token in between}
    commas = any(token.kind is TokenKind.COMMA for token in between)
    commas = commas and not _goes_on(scan, first, second) and not _is_listed(scan, first, second)
    return Relation.ALONE if not words or "or" in words or commas else Relation.TOGETHER


def _is_listed(scan: Scan, first: _Mention, second: _Mention) -> bool:
    """Tell whether two things stand in a list that wants all of them: `a fox, a fern and a moon`."""
    articles = all(_lead(scan, one)[0] for one in (first, second))
    rest = []
    for token in scan.tokens[second.start :]:
        if token.kind is TokenKind.STOP:
            break
        rest.append(token.text)
    words = {token.text for token in scan.tokens[first.end : second.start]}
    return articles and "or" not in {*rest, *words} and bool({"and", "plus"} & {*rest, *words})


def _link_word(scan: Scan, first: _Mention, second: _Mention) -> str:
    """Return the word that says how two things stand to each other: where, rather than what is done."""
    words = [token.text for token in scan.tokens[first.end : second.start] if token.text in RELATIONS]
    return next((word for word in words if word in _WHERE), words[0] if words else "")


_WHERE: Final = frozenset(
    """over under above below beneath behind inside in on within beside around between near through into atop underneath
    holding carrying wearing riding carries holds wears rides against by across""".split()
)
