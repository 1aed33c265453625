"""Which words of a prompt stand under a negation.

In the manner of NegEx (Chapman et al., A simple algorithm for identifying negated findings and diseases in discharge
summaries, 2001): phrases that negate, phrases that only look so, and words that end what a negation reaches. What is
added is for wishes instead of findings: lists, exceptions, double negation, "instead of".
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from blazon.reading.negation_words import PHRASES, Cue
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.tokens import Token, TokenKind

_CUES: Final = PhraseTable(entry for cue, text in PHRASES for entry in parse_phrases(text, cue))
_FLAG: Final = "--no"
_ARTICLES: Final = frozenset({"a", "an", "any", "the", "another"})
_CLOSERS: Final = frozenset({"or", "nor"})
# Words behind which the first word of a scope is still to come.
_LIGHT: Final = frozenset(
    """a an any the anything something everything stuff things thing to be being been have has having like look
    looking use using show showing want make making it in into us me please love loves liked enjoy appreciate accept
    allow allowed following list under circumstance circumstances ever absolutely actually really literally whatsoever
    anywhere everywhere those these do does get on with for as of at all kind sort type too very overly so much
    many see draw drawing include including add contain depict feature need i we you our my your this that
    them too""".split()
)
_PRONOUNS: Final = frozenset({"one", "ones", "them", "those", "these"})
# Between a negation and the verb that lifts it: "don't you dare leave out".
_REACH: Final = 3
# What may stand before the `no` of an answer.
_ANSWERING: Final = frozenset("god oh please honestly goodness heavens hell lord well sorry do".split())
_LEFT_OUT: Final = frozenset({"leave", "cut", "keep", "rule", "strike"})
_FARTHEST_OUT: Final = 8  # words
_RATHER: Final = frozenset({"rather", "sooner"})
_PREFER: Final = frozenset({"prefer", "preferred", "favour", "favor", "choose"})
_LONGEST_ITEM: Final = 4


@dataclass(slots=True)
class _Scope:
    """What the negation under way has reached."""

    cue: Cue
    start: int
    word: str = ""  # the negating word
    first: str = ""  # the first word with content
    article: bool = False
    pronoun: bool = False
    last: int = -1  # its last word with content
    closed: bool = False  # whether `or` or `and` has come


@dataclass(frozen=True, slots=True)
class Negation:
    """For each token whether it stands under a negation, and the places of the negating words, which do not."""

    negated: tuple[bool, ...]
    cues: frozenset[int]


def find_negated(tokens: Sequence[Token], classes: Sequence[str], text: str, skip: Set[int] = frozenset()) -> Negation:
    """Return what stands under a negation.

    Args:
        tokens: of the prompt `text`.
        classes: for each token what sort of wish it is (`thing`, `colour`, ...), or nothing: items of one list
            are of one sort.
        skip: places of words that have been understood as something else.
    """
    walk = _Walk(tokens, classes, text, [False] * len(tokens))
    index = 0
    while index < len(tokens):
        cue, length = (None if index in skip else _CUES.longest(tokens, index)) or (None, 1)
        if cue and cue is not Cue.END:
            walk.cues.update(range(index, index + length))
        index += walk.step(index, cue, length)
    walk.end()
    return Negation(tuple(walk.negated), frozenset(walk.cues))


@dataclass(slots=True)
class _Walk:
    """A walk over the tokens, with the negation that reaches to where it is."""

    tokens: Sequence[Token]
    classes: Sequence[str]
    text: str
    negated: list[bool]
    cues: set[int] = field(default_factory=set)
    scope: _Scope | None = None

    def end(self) -> None:
        """End the negation under way; one that reached nothing but a pronoun is about the thing before it."""
        scope, self.scope = self.scope, None
        if not scope or scope.first or not scope.pronoun:
            return
        for place in range(scope.start - 1, -1, -1):
            if self.classes[place] == "thing" and not self.negated[place]:
                self.negated[place] = True
                return

    def step(self, index: int, cue: Cue | None, length: int) -> int:
        """Take in what stands at `index` and return how many tokens that was."""
        if not self.tokens[index].is_word:
            self._meet_mark(index)
            return 1
        cue = self._read_in_context(index, cue, length)
        if cue in (None, Cue.END):
            return self._meet_word(index, cue, length)
        if cue is Cue.AFTER:
            self._refuse_before(index)
            self.end()
        elif cue is not Cue.NONE:
            self._begin(index, cue, length)
        elif self.scope and self.scope.first:
            self.end()
        return length

    def _read_in_context(self, index: int, cue: Cue | None, length: int) -> Cue | None:
        """Return what the words at `index` do here: `sans` before a thing negates, `no` behind one refuses it."""
        if cue is Cue.NO and self._answers(index + length):
            return Cue.AFTER
        if cue is Cue.VERB and self._is_done_to(index, length):
            return Cue.AFTER
        if cue is Cue.EXCEPT and not self.scope and self.tokens[index].lemma == "beside":
            return None  # "a fox beside a lantern", "besides the fox an owl"
        if cue is None and self.tokens[index].text in _LEFT_OUT and self._goes_out(index + 1):
            self.cues.add(index)
            return Cue.VERB
        compared = cue is None and self._is_compared(index)
        if not compared and not (cue is None and self.tokens[index].text == "sans" and self._names_wish(index + 1)):
            return cue
        self.cues.add(index)
        return Cue.INSTEAD if compared else Cue.NO

    def _begin(self, index: int, cue: Cue, length: int) -> None:
        """Begin the negation of a cue, or lift the one under way."""
        if cue is Cue.EXCEPT and not self.scope and self._is_all_else_refused(index + length):
            return
        before = self.text[max(0, self.tokens[index].start - 2) : self.tokens[index].start]
        self.scope = _turn(self.scope, cue, index, length, before, self.tokens[index].text)

    def _refuse_before(self, index: int) -> None:
        """Negate the clause before `index`, or the questions that it answers: `Honey? No thanks.`"""
        place = self._skip_interjection(index)
        if not (place and self.tokens[place - 1].text == "?"):
            _negate_before(self.tokens, self.negated, index)
            return
        while place and self.tokens[place - 1].text == "?":
            _negate_before(self.tokens, self.negated, place - 1)
            place = next((n for n in range(place - 2, -1, -1) if not self.tokens[n].is_word), -1) + 1

    def _skip_interjection(self, index: int) -> int:
        """Return where `god,` or `please do` before a `no` begins."""
        place = index
        while place and (self.tokens[place - 1].kind is TokenKind.COMMA or self.tokens[place - 1].text in _ANSWERING):
            place -= 1
        return place if self.tokens[place].text in _ANSWERING else index

    def _is_done_to(self, index: int, length: int) -> bool:
        """Tell whether a verb refuses the thing before it: `wheels excluded`."""
        end = index + length
        ends = end >= len(self.tokens) or not self.tokens[end].is_word
        return ends and index > 0 and self.tokens[index].text.endswith("ed") and self.classes[index - 1] == "thing"

    def _goes_out(self, index: int) -> bool:
        """Tell whether a clause ends with `out`: `leave the notes and clefs out`."""
        for place in range(index, min(len(self.tokens), index + _FARTHEST_OUT)):
            if not self.tokens[place].is_word:
                return False
            if self.tokens[place].text == "out":
                return place > index and (place + 1 == len(self.tokens) or not self.tokens[place + 1].is_word)
        return False

    def _is_all_else_refused(self, index: int) -> bool:
        """Tell whether what stands behind an exception refuses all else: `besides the horse nothing`."""
        for token in self.tokens[index : index + 8]:
            if token.kind is TokenKind.STOP:
                return False
            if token.text in ("nothing", "no", "none"):
                return True
        return False

    def _answers(self, index: int) -> bool:
        """Tell whether a `no` that ends before `index` refuses the thing before it: `seagulls no`, `honey? No.`"""
        ends = index >= len(self.tokens) or not self.tokens[index].is_word
        behind = self._skip_interjection(index - 1)
        place = behind - 1 - (behind > 0 and self.tokens[behind - 1].text == "?")
        return (
            ends
            and place >= 0
            and self.tokens[index - 1].text in ("no", "never", "not")
            and not {"thing", "colour"}.isdisjoint(self.classes[max(0, place - 1) : place + 1])
        )

    def _names_wish(self, index: int) -> bool:
        """Tell whether a thing stands here, with or without an article: `sans eagle`."""
        index += index < len(self.tokens) and self.tokens[index].text in _ARTICLES
        return index < len(self.tokens) and self.classes[index] == "thing"

    def _is_compared(self, index: int) -> bool:
        """Tell whether a word puts what follows behind what came before: `rather a wrench than a tap`."""
        before = {token.text for token in self.tokens[max(0, index - 7) : index]}
        word = self.tokens[index].text
        return (word == "than" and bool(before & _RATHER)) or (word == "over" and bool(before & _PREFER))

    def _meet_mark(self, index: int) -> None:
        kind, scope = self.tokens[index].kind, self.scope
        ends = scope and (
            kind is TokenKind.STOP
            or (kind is TokenKind.COLON and scope.first)
            or (kind is TokenKind.COMMA and not _list_goes_on(self.tokens, self.classes, scope, index + 1))
        )
        if ends:
            self.end()
        elif scope:
            self.negated[index] = True
            if kind in (TokenKind.HEX, TokenKind.QUOTE):
                _extend(scope, self.tokens, index)

    def _meet_word(self, index: int, cue: Cue | None, length: int) -> int:
        if index and self.tokens[index].joined and self.tokens[index].text == "free":  # gluten-free
            self.negated[index - 1] = True
            self.cues.add(index)
        scope = self.scope
        if cue is Cue.END and scope and scope.first and scope.cue is not Cue.FLAG:
            self.end()
            return length
        if scope:
            self.negated[index] = True
            _extend(scope, self.tokens, index)
        return 1


def _turn(scope: _Scope | None, cue: Cue, index: int, length: int, before: str, word: str) -> _Scope | None:
    """Return the scope behind a cue, given the one that it stands in."""
    if before == "--":
        return _Scope(Cue.FLAG, index + length)
    lifted = scope and (cue is Cue.EXCEPT or (cue is Cue.VERB and not scope.first and index - scope.start <= _REACH))
    # "not without": a cue that usually begins one lifts it when it follows directly.
    doubled = scope and cue is Cue.NO and length == 1 and not scope.first and index == scope.start
    return None if lifted or doubled else _Scope(cue, index + length, word)


def _extend(scope: _Scope, tokens: Sequence[Token], index: int) -> None:
    word = tokens[index].text
    if not scope.first and word in _ARTICLES:
        scope.article = True
    if word in ("and", "or", "nor"):
        scope.closed = bool(scope.first)
    elif word in _PRONOUNS:
        scope.pronoun = True
    elif word not in _LIGHT:
        scope.first = scope.first or word
        scope.last = index


def _negate_before(tokens: Sequence[Token], negated: list[bool], index: int) -> None:
    """Negate the words before `index` back to the beginning of their clause."""
    for place in range(index - 1, -1, -1):
        cue = _CUES.longest(tokens, place)
        if tokens[place].kind is not TokenKind.WORD or (cue and cue[0] not in (Cue.NONE, Cue.AFTER)):
            return
        negated[place] = True


def _list_goes_on(tokens: Sequence[Token], classes: Sequence[str], scope: _Scope, start: int) -> bool:
    """Tell whether the words behind a comma are still under the negation before it."""
    if scope.cue is Cue.FLAG:
        return True
    if scope.cue is Cue.INSTEAD or not scope.first or start >= len(tokens):
        return False
    return tokens[start].text in _CLOSERS or (not scope.closed and _items_fit(tokens, classes, scope, start))


def _items_fit(tokens: Sequence[Token], classes: Sequence[str], scope: _Scope, start: int) -> bool:
    """Tell whether what stands behind a comma is a further item of the list under a negation."""
    items, closed = _split_items(tokens, start)
    if not items or not items[0]:
        return (
            bool(items)
            and tokens[start].text == "and"
            and closed == "and"
            and _fits(tokens, classes, scope, items[1] if len(items) > 1 else [])
        )
    if len(items[0]) > _LONGEST_ITEM:
        return False
    if scope.word == "not" and scope.article and closed not in _CLOSERS:
        return False  # "not a rose, a thistle"
    if closed in _CLOSERS and len(items) > 1:
        return True
    return _fits(tokens, classes, scope, items[0])


def _fits(tokens: Sequence[Token], classes: Sequence[str], scope: _Scope, item: Sequence[int]) -> bool:
    """Tell whether an item looks like those before it: of the same sort, and with an article as they have."""
    if not item:
        return False
    article = tokens[item[0]].text in _ARTICLES
    if article and not scope.article:
        return False
    return bool(classes[item[-1]]) and classes[item[-1]] == classes[scope.last]


def _split_items(tokens: Sequence[Token], start: int) -> tuple[list[list[int]], str]:
    """Return the items of the list that begins at `start`, as places of their words, and the word that closes it."""
    items: list[list[int]] = [[]]
    closed = ""
    for index in range(start, min(len(tokens), start + 24)):
        token = tokens[index]
        cue = _CUES.longest(tokens, index)
        if token.kind in (TokenKind.STOP, TokenKind.COLON) or (cue and cue[0] is not Cue.NONE):
            break
        if token.kind is TokenKind.COMMA:
            if closed:
                break
            items.append([])
        elif token.text in ("and", "or", "nor"):
            closed = token.text
            items.append([])
        else:
            items[-1].append(index)
    return items, closed
