"""Prompts in German, French, Spanish, Italian, Portuguese and Dutch as English words, which one set of rules reads.

Words are replaced in their order, not sentences translated: `ohne Rosen und Dornen` becomes `without rose and thorn`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from blazon.reading.detection import ARTICLES, detect_language
from blazon.reading.glossary import DROPPED, Entry, Glossary, english_words, open_glossary
from blazon.reading.other_languages import FindWords, find_language, translate
from blazon.reading.pieces import Piece, PieceKind, split_prompt

_NEGATIONS = ("without", "no", "not", "never", "avoid", "nor", "anything but", "except")
_LETTERS = ("letter", "letters", "initials", "monogram")
_JOINERS = frozenset(
    {"de", "la", "le", "di", "da", "do", "del", "van", "von", "und", "et", "y", "e", "en", "and", "of"}
)
_COLOURS = frozenset(
    "red crimson burgundy orange yellow gold silver copper bronze green sage emerald turquoise teal blue navy purple"
    " violet lilac pink brown beige cream ochre rust terracotta grey anthracite black white background colour".split()
)
# What a word in the singular means among colours.
_AS_COLOURS = {
    "fr": {"rose": "pink", "argent": "silver", "marron": "brown"},
    "es": {"rosa": "pink"},
    "it": {"rosa": "pink"},
    "pt": {"rosa": "pink"},
}
_SURNAMES = frozenset(
    "adler bauer berg braun engel falke fischer fuchs graf groß gärtner hahn herbst horn jung jäger kaiser klein koch"
    " kraus könig köhler lang maler metzger müller richter ritter sattler schmied schneider schreiner schuster schwarz"
    " schäfer sommer stein stern töpfer vogel wagner weber weiß winter wolf zimmermann".split()
)
_TITLES = frozenset("dr prof herr herrn frau familie gebrüder signor famille maître familia família famiglia".split())
_VERBS = frozenset(
    "holding reading jumping flying running dancing sleeping sitting standing swimming singing drinking eating playing"
    " riding cooking wearing growing smiling".split()
)
_PARTNERS = frozenset("co söhne sohn töchter tochter partner fils filles hijos hijo figli filhos zonen zoon".split())
_COMPARED = frozenset(("rather", "more", "less"))
_PREPOSITIONS = frozenset(
    "with in for without no not never and or but also only on under over avoid except of shows than".split()
)
_CLAUSE_MARKS = (",", ".", ";", ":", "!", "?", "but", "-", "–")


@dataclass(frozen=True, slots=True)
class English:
    """A prompt in English words.

    Args:
        text: English, in the order of the prompt; what is not understood is left out, names are as they were.
        language: of the prompt, as ISO 639-1; empty where it is none that is read here.
        ignored: words that were not understood and left out.
        pairs: words of the prompt that name something, and what they are in English.
    """

    text: str
    language: str = "en"
    ignored: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    guessed: bool = False
    """Whether an encoder found some of the words."""


def to_english(text: str, find: FindWords | None = None) -> English:
    """Return a prompt as English words; a prompt in English as it is, byte for byte.

    Args:
        find: looks for words of languages without a glossary that no table has; None for nobody.
    """
    pieces = split_prompt(text)
    language = detect_language(pieces)
    if language == "en":
        return English(text)
    if language:
        return _Translation(pieces, open_glossary(language)).run()
    language = find_language(text)
    told = translate(text, language, find)
    if not told.pairs:
        return _keep_names(pieces)
    return English(told.text, language, told.ignored, told.pairs, told.guessed)


def _keep_names(pieces: Sequence[Piece]) -> English:
    """Return what can be used of a text in an unknown language: quotes, numbers, names in Latin letters."""
    kept: list[str] = []
    ignored: list[str] = []
    for number, piece in enumerate(pieces):
        is_name = number > 0 and piece.is_capitalised and piece.is_latin
        if piece.kind is not PieceKind.WORD or is_name or piece.lower in english_words():
            kept.append(piece.text)
        else:
            ignored.append(piece.text)
    return English(_join(kept), "", tuple(ignored))


@dataclass
class _Translation:
    """One prompt on its way into English."""

    pieces: Sequence[Piece]
    glossary: Glossary
    position: int = 0
    output: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    negated: bool = False

    def run(self) -> English:
        self.titled = _is_titled(self.pieces)
        while self.position < len(self.pieces):
            self._step()
        self._move_verb()
        self.output = [word for word in self.output if word != "who"]
        return English(_join(self.output), self.glossary.language, tuple(self.ignored), tuple(self.pairs))

    def _step(self) -> None:
        piece = self.pieces[self.position]
        if piece.kind is not PieceKind.WORD:
            self._end_clause(piece)
            self._keep(1)
        elif self._is_letter(piece):
            self._keep(1)
        elif length := self._name_length():
            self._keep(length)
        else:
            self._translate()

    def _keep(self, count: int) -> None:
        self.output += [piece.text for piece in self.pieces[self.position : self.position + count]]
        self.position += count

    def _end_clause(self, piece: Piece) -> None:
        if piece.kind is PieceKind.MARK and piece.text in ".;!?":
            self._move_verb()
            self.negated = False
        elif piece.text == ",":
            self._move_verb()

    def _is_letter(self, piece: Piece) -> bool:
        """Say whether a single capital is meant as a letter: `Buchstaben R und T`, `la lettre A`."""
        if len(piece.text) > 1 or not piece.text.isupper():
            return False
        recent = [word for word in self.output[-4:] if word not in ("the", "a", "of", ",")]
        return bool({*recent} & {*_LETTERS}) or bool(recent and len(recent[-1]) == 1 and recent[-1].isupper())

    def _name_length(self) -> int:
        """Return how many words from here on are a name because of their capitals and of what stands before them."""
        before = self.pieces[self.position - 1] if self.position else Piece("", PieceKind.MARK)
        titles = {piece.lower for piece in self.pieces[max(0, self.position - 2) : self.position]} & _TITLES
        if self.pieces[self.position].is_capitalised and self._is_partner():
            return 1
        if titles and self.pieces[self.position].is_capitalised and before.lower in (*titles, "."):
            return 1
        if self.glossary.language == "de":
            return int(self._is_surname(before))
        if self._is_titled_article():
            return self._capitals_from(self.position)
        is_noun = before.kind is not PieceKind.WORD or self.output[-1:] == ["a"]
        if self.titled or is_noun or not self.pieces[self.position].is_capitalised:
            return 0
        return self._capitals_from(self.position) if not before.is_capitalised or self._begins(self.position - 1) else 0

    def _is_titled_article(self) -> bool:
        """Say whether a name begins here with its article: `Bar La Bodega`."""
        piece, *following = self._next(2)
        is_article = (
            piece.lower in ARTICLES and piece.is_capitalised and len(piece.text) > 1 and not piece.text.isupper()
        )
        return is_article and self.position > 0 and bool(following) and following[0].is_capitalised

    def _begins(self, position: int) -> bool:
        """Say whether a sentence begins here, where a capital says nothing."""
        return position == 0 or self.pieces[position - 1].text in (".", "!", "?", ":")

    def _is_partner(self) -> bool:
        """Say whether a word is part of the name of partners: `Müller & Söhne`."""
        around = self.pieces[max(0, self.position - 2) : self.position + 3]
        is_joined = any(piece.text in ("&", "+") for piece in around)
        return is_joined and any(piece.lower in _PARTNERS or piece.lower in _SURNAMES for piece in around)

    def _is_surname(self, before: Piece) -> bool:
        """Say whether a German word is a name behind a trade: `Metzgerei Fischer`."""
        trade = self.glossary.find(before.lower)
        following = self.pieces[self.position + 1 : self.position + 2]
        joined = bool(following) and following[0].lower in ("und", "oder")
        is_trade = trade is not None and trade.table == "trades"
        word = self.pieces[self.position].lower
        is_name = word in _SURNAMES or (word.endswith("er") and word not in self.glossary.words)
        return is_trade and not joined and is_name

    def _capitals_from(self, start: int) -> int:
        """Return how many words from `start` on have a capital, with `de`, `und` and the like between such words."""
        length = 0
        for number, piece in enumerate(self.pieces[start:], 1):
            if piece.kind is PieceKind.WORD and piece.is_capitalised:
                length = number
            elif number - length > 2 or not (piece.lower in _JOINERS or piece.text in ("&", "-")):
                break
        return length

    def _translate(self) -> None:
        window = [piece.lower for piece in self._words_from_here(6)]
        if found := self.glossary.find_phrase(window):
            self._emit(found[1], found[0])
        elif entry := self.glossary.find(window[0]):
            self._emit(entry, 1)
        else:
            self._take_unknown()

    def _words_from_here(self, count: int) -> list[Piece]:
        words: list[Piece] = []
        for piece in self.pieces[self.position : self.position + count]:
            if piece.kind is not PieceKind.WORD:
                break
            words.append(piece)
        return words

    def _take_unknown(self) -> None:
        piece = self.pieces[self.position]
        parts = [self._find_part(part) for part in piece.lower.split("-")]
        english = [part for part in parts if part and part != DROPPED]
        if all(parts):
            joined = " and " if all(part in _COLOURS for part in english) else " "
            self._emit(Entry(joined.join(english) or DROPPED), 1)
        elif piece.is_capitalised or piece.lower.removesuffix("s") in english_words():
            self._keep(1)
        else:
            self._ignore(piece)

    def _ignore(self, piece: Piece) -> None:
        """Leave a word out, and what leads to it at the end of a clause: its `nicht` must not negate what follows."""
        self.ignored.append(piece.text)
        self.position += 1
        following = self._next(1)
        if not following or following[0].kind is PieceKind.MARK:
            while self.output and self.output[-1] in (*_PREPOSITIONS, "a", "the", "at", "for", "to", "from"):
                self.output.pop()

    def _find_part(self, part: str) -> str:
        """Return a part of a word with hyphens in English, empty if it is unknown."""
        if entry := self.glossary.find(part):
            return entry.english
        compound = " ".join(self.glossary.find_compound(part))
        return compound or (part if part in english_words() and "-" in self.pieces[self.position].text else "")

    def _emit(self, entry: Entry, count: int) -> None:
        taken = self.pieces[self.position : self.position + count]
        self.position += count
        english = self._in_context(entry, taken)
        if english == DROPPED:
            return
        self.negated = self.negated or english in _NEGATIONS
        self.output.append(english)
        if not entry.grammar:
            self.pairs.append((" ".join(piece.text for piece in taken), english))
        if english in _VERBS:
            self._move_participle()
        if english == "called":
            self._keep(self._called_length())

    def _in_context(self, entry: Entry, taken: Sequence[Piece]) -> str:
        """Return the English of a word whose meaning hangs on those beside it."""
        last = self.output[-1] if self.output else ""
        match entry.english:
            case "nor":
                if self.negated:
                    return "or"
                return DROPPED if self.glossary.language == "de" else "no"
            case "than" if not _COMPARED & {*self.output[-6:]}:
                return "as" if self.glossary.language == "de" else DROPPED
            case "of" if not last or not last[-1].isalnum() or last.split()[-1] in _PREPOSITIONS:
                return DROPPED
        colour = _AS_COLOURS.get(self.glossary.language, {}).get(taken[0].lower)
        if colour and len(taken) == 1 and self._is_beside_colour():
            return colour
        if self.glossary.language == "nl" and len(taken) == 1:
            return self._in_dutch(entry.english, taken[0].lower, last)
        return self._before_names(entry.english, taken[0].lower)

    def _in_dutch(self, english: str, word: str, last: str) -> str:
        """Tell a bee (`bij`) from `at`, a lake (`meer`) from `more`, both nouns where an article or a list has them."""
        following = self._next(1)
        if word == "bij" and (not following or following[0].lower in (*",.;", "en", "of", "op", "met", "die")):
            return "bee"
        return "lake" if word == "meer" and last in ("the", "a") else english

    def _before_names(self, english: str, word: str) -> str:
        """Return the preposition that a date or a place asks for."""
        following = self._next(3)
        is_date = any(piece.kind is PieceKind.NUMBER for piece in following)
        match english:
            case "from" if word == "dal" and is_date:
                return "since"
            case "since" if not is_date:
                return "from"
            case "at" if following and following[0].is_capitalised and self.glossary.language != "de":
                return "in"
            case "at" if word == "à" and following and following[0].lower not in ("la", "l"):
                return "with"  # `un lièvre à lunettes`
        return english

    def _next(self, count: int) -> Sequence[Piece]:
        return self.pieces[self.position : self.position + count]

    def _is_beside_colour(self) -> bool:
        if self.output and self.output[-1] in ("no", "not", "without", "only", "in"):
            return True  # a flower would be in the plural: `sin rosas`
        before = [word.split()[-1] for word in self.output[-2:] if word not in ("and", "or", "of", ",")]
        if before and before[-1] in _COLOURS:
            return True
        joined, other = ([self.glossary.find(piece.lower) for piece in self._next(2)] + [None, None])[:2]
        return bool(joined and joined.english in ("and", "or") and other and other.english.split()[-1] in _COLOURS)

    def _called_length(self) -> int:
        if self.position >= len(self.pieces):
            return 0
        piece = self.pieces[self.position]
        if piece.kind is PieceKind.WORD:
            return max(1, self._capitals_from(self.position))
        return int(piece.kind is PieceKind.QUOTE)

    def _move_verb(self) -> None:
        """Put a German or Dutch verb at the end of its clause first: `Rosen vermeiden` is `avoid rose`."""
        if self.glossary.language not in ("de", "nl"):
            return
        end = len(self.output) - (self.output[-1:] == ["shows"])
        verb = self.output[end - 1] if end > 1 else ""
        start = end - 1
        while start > 0 and self.output[start - 1] not in _CLAUSE_MARKS:
            start -= 1
        clause = self.output[start : end - 1]
        if verb in ("avoid", "not"):
            rest = clause[1:] if clause[:1] == ["on"] else clause  # `auf Rosen verzichten`
            self.output[start:] = ["no" if verb == "not" else verb, *rest]

    def _move_participle(self) -> None:
        """Put the verb of a relative clause where English has it: `ein Bär, der Honig hält`, `a bear holding honey`."""
        if self.glossary.language not in ("de", "nl"):
            return
        verb = self.output[-1]
        start = len(self.output) - 1
        while start > 0 and self.output[start] != "who" and self.output[start - 1] not in _CLAUSE_MARKS:
            start -= 1
        if self.output[start] == "who" or (self.output[start] == "the" and self.output[start - 1 : start] == [","]):
            comma = self.output[start - 1 : start] == [","]
            self.output[start - comma :] = [verb, *self.output[start + 1 : -1]]


def _is_titled(pieces: Sequence[Piece]) -> bool:
    words = [piece for piece in pieces if piece.kind is PieceKind.WORD]
    return 2 * sum(piece.is_capitalised for piece in words) > len(words)


def _join(parts: Sequence[str]) -> str:
    text = re.sub(r" ([,.;:!?])", r"\1", " ".join(parts))
    return re.sub(r"([,;:])(?:[,;:])+", r"\1", text).lstrip(",;:! ")  # what was between them was left out
