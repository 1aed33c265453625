"""What a prompt asks to see, and in which relation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.reading.letter_slots import LetterSlot
from blazon.reading.mentions import (
    ARTICLES,
    JOINTS,
    Mention,
    are_joined,
    find_lead,
    find_made_of,
    goes_on,
    is_adjective,
    is_shown,
    list_mentions,
)
from blazon.reading.reading import Relation, Scene, Thing
from blazon.reading.scan import Scan
from blazon.reading.scene_words import DETERMINERS, FUNCTION_WORDS, MARK_NOUNS, RELATIONS, SHOWS, TRADE_VERBS
from blazon.reading.things import ThingNames
from blazon.reading.tokens import TokenKind

MAX_THINGS: Final = 6
_FARTHEST_LETTER: Final = 3


@dataclass(frozen=True, slots=True)
class Scenes:
    """What is to be seen; `substitutes` are things that the library lacks, with what is drawn instead."""

    show: tuple[Scene, ...] = ()
    substitutes: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    """Things that are asked for and have no picture."""


def find_scenes(scan: Scan, names: ThingNames, slots: Sequence[LetterSlot] = ()) -> Scenes:
    """Return what is to be seen; the words for it, and for how it is joined, are marked as understood."""
    _use_glosses(scan)
    mentions: list[Mention] = []
    for mention in list_mentions(scan, names):
        before = _find_before(scan, mentions)
        stands_in = any(slot.before and _is_beside(slot, mention) for slot in slots)
        mentions.append(replace(mention, shown=stands_in or is_shown(scan, mention, before)))
    shown = [one for one in _carry_back(scan, mentions) if one.shown]
    if len(shown) > 1 and _is_place_of_trade(scan, shown[0]) and find_lead(scan, shown[1])[0]:
        shown = shown[1:]
    unheard = [one for one in shown if not one.named.picture]
    for one in unheard:
        scan.use(one.start, one.named.length)
    shown = [one for one in shown if one.named.picture]
    plain = [
        one for one in shown if not (one.start and scan.tokens[one.start - 1].text == "#")
    ]  # a hashtag asks for less
    shown = plain or shown
    mentions = [one for one in shown if one is _find_best(scan, one, shown)][:MAX_THINGS]
    for one in mentions:
        scan.use(one.start, one.named.length)
        _use_leads(scan, one)
    substitutes = tuple((one.words, one.named.picture) for one in mentions if not one.named.exact)
    missing = dict.fromkeys([*(one.words for one in unheard), *_list_missing(scan, names)])
    return Scenes(tuple(_group(scan, mentions, slots)), substitutes, tuple(missing))


def _is_place_of_trade(scan: Scan, one: Mention) -> bool:
    """Tell whether a prompt begins with where the brand is at home: `mountain lodge, a lynx`."""
    ends = one.end < len(scan.tokens) and not scan.tokens[one.end].is_word
    return one.start == 0 and ends and one.named.length > 1 and scan.lemma(one.end - 1) in _PLACES


_PLACES: Final = frozenset("lodge mill hut cabin garage barn house stable shed chalet cottage inn boat farm".split())


def _find_before(scan: Scan, mentions: Sequence[Mention]) -> Mention | None:
    """Return the mention that the next one may be joined to: of `a knot of rope around an anchor` the knot."""
    if len(mentions) > 1 and not mentions[-1].shown and scan.text(mentions[-1].start - 1) == "of":
        return mentions[-2]
    return mentions[-1] if mentions else None


def _find_best(scan: Scan, one: Mention, shown: Sequence[Mention]) -> Mention:
    """Return which mention of a thing counts: the first that is joined to another thing, or else the first."""
    same = [other for other in shown if other.named.picture == one.named.picture]
    if len(same) == 1:
        return one
    places = {id(other): place for place, other in enumerate(shown)}
    joined = (
        other
        for other in same
        for place in (places[id(other)],)
        if (place and are_joined(scan, shown[place - 1], other))
        or (place + 1 < len(shown) and are_joined(scan, other, shown[place + 1]))
    )
    return next(joined, same[0])


def _use_glosses(scan: Scan) -> None:
    """Mark as understood what only says which sense a word has: `a crane (the bird)`."""
    for place in range(1, len(scan.tokens) - 1):
        article = scan.text(place + 1) in ("the", "a", "an")
        if scan.tokens[place].text == "(" and scan.lemma(place + 1 + article) in _CLASSES:
            scan.use(place + 1, 1 + article)


_CLASSES: Final = frozenset("bird animal fish fruit insect flower tree plant tool machine instrument food toy".split())


def _list_missing(scan: Scan, names: ThingNames) -> Iterator[str]:
    """Yield what is asked for in so many words and has no picture: `wearing a scarf`."""
    for place in range(len(scan.tokens)):
        article = scan.text(place + 1) in ARTICLES
        if scan.text(place) not in _DEEDS or not article or scan.negated[place]:
            continue
        end = place + 2
        while end < len(scan.tokens) and is_adjective(scan, end) and not scan.text(end).endswith(("ing", "ly")):
            end += 1
        free = end > place + 2 and scan.is_free(place + 2, end - place - 2)
        if free and scan.text(end) in FUNCTION_WORDS | RELATIONS | {""} and not names.find(scan.tokens, end - 1):
            yield scan.text(end - 1)


_DEEDS: Final = frozenset(
    """show showing shows draw drawing depict depicting depicts featuring holding holds wearing wears carrying carries
    riding rides""".split()
)


def _carry_back(scan: Scan, mentions: Sequence[Mention]) -> list[Mention]:
    """Let `fox and a moon` show both: what is joined to a shown thing in front of it is shown too."""
    carried = list(mentions)
    for place in range(len(carried) - 2, -1, -1):
        one, following = carried[place], carried[place + 1]
        between = scan.tokens[one.end : following.start]
        plain = all(token.text in JOINTS | DETERMINERS for token in between)
        joined = plain and between and following.shown and not one.shown and not one.named.trade
        if joined and find_lead(scan, one)[1] not in TRADE_VERBS | {"for", "our", "we"}:
            carried[place] = replace(one, shown=True)
    return carried


def _use_leads(scan: Scan, one: Mention) -> None:
    """Mark the words that only ask for a thing as understood."""
    place = one.start - 1
    while place >= 0 and (scan.text(place) in DETERMINERS or scan.text(place) in SHOWS | {"with", "of"}):
        scan.use(place)
        place -= 1
    if scan.lemma(one.end) in MARK_NOUNS:
        scan.use(one.end)


def _group(scan: Scan, mentions: Sequence[Mention], slots: Sequence[LetterSlot]) -> Iterator[Scene]:
    """Yield the scenes that things make up."""
    group: list[Mention] = []
    relation = Relation.ALONE
    for one in mentions:
        slot = next((slot for slot in slots if _is_beside(slot, one)), None)
        link = _relate(scan, group[-1], one) if group else None
        if link is Relation.TOGETHER and relation is Relation.ALONE and _is_listed(scan, group):
            relation = Relation.TOGETHER  # "a whale, a lighthouse and a boat"
        if group and (link is None or (len(group) > 1 and link is not relation) or slot):
            yield _make_scene(scan, group, relation)
            group, relation = [], Relation.ALONE
            link = None
        if slot:
            yield replace(_make_scene(scan, [one], Relation.ALONE), relation=Relation.IN_LETTER, letter=slot.letter)
            continue
        group.append(one)
        relation = link or relation
    if group:
        yield _make_scene(scan, group, relation)


def _is_listed(scan: Scan, group: Sequence[Mention]) -> bool:
    """Tell whether all things of a group have their article and nothing but commas between: they go on to an `and`."""
    words = [token.text for token in scan.tokens[group[0].end : group[-1].start] if token.is_word]
    return len(group) > 1 and "or" not in words and all(find_lead(scan, one)[0] for one in group)


def _is_beside(slot: LetterSlot, one: Mention) -> bool:
    gap = one.start - slot.end if slot.before else slot.start - one.end
    return 0 <= gap <= _FARTHEST_LETTER


def _make_scene(scan: Scan, group: Sequence[Mention], relation: Relation) -> Scene:
    things = {one.named.picture: Thing(one.named.picture, one.words) for one in group}
    joined = relation if len(things) > 1 else Relation.ALONE
    link = _find_link_word(scan, group[0], group[1]) if joined is Relation.TOGETHER else ""
    return Scene(tuple(things.values()), joined, link)


def _relate(scan: Scan, first: Mention, second: Mention) -> Relation | None:
    """Return how two neighbouring things are joined, None if each is a scene of its own."""
    if not are_joined(scan, first, second):
        return None
    start = find_made_of(scan, first.end, second.start)
    between = scan.tokens[first.end : second.start]
    scan.use(first.end, len(between))
    if start >= 0:
        return Relation.MADE_OF
    words = {token.text for token in between}
    commas = any(token.kind is TokenKind.COMMA for token in between) and not goes_on(scan, first, second)
    return Relation.ALONE if not words or "or" in words or commas else Relation.TOGETHER


def _find_link_word(scan: Scan, first: Mention, second: Mention) -> str:
    """Return the word that says how two things stand to each other: where, rather than what is done."""
    words = [token.text for token in scan.tokens[first.end : second.start] if token.text in RELATIONS]
    return next((word for word in words if word in _WHERE), words[0] if words else "")


_WHERE: Final = frozenset(
    """over under above below beneath behind inside in on within beside around between near through into atop underneath
    holding carrying wearing riding carries holds wears rides against by across""".split()
)
