"""A prompt as tokens: words, quotations, colours in hexadecimal and the marks between them."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blazon.draw.meaning import singular


class TokenKind(StrEnum):
    WORD = "word"
    COMMA = "comma"
    STOP = "stop"
    """Ends a sentence or stands for such an end: `.`, `;`, `!`, `?`, a new line, a dash, a bracket."""
    COLON = "colon"
    QUOTE = "quote"
    HEX = "hex"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a prompt.

    Args:
        text: in lower case, without accents; for a quotation what stands between the marks, as written.
        lemma: the singular of a word; otherwise as `text`.
        source: as written.
        start, end: where it stands in the prompt.
        kind: what it is.
        joined: whether a hyphen binds it to the word before.
    """

    text: str
    lemma: str
    source: str
    start: int
    end: int
    kind: TokenKind = TokenKind.WORD
    joined: bool = False

    @property
    def is_word(self) -> bool:
        return self.kind is TokenKind.WORD

    @property
    def is_plural(self) -> bool:
        return self.is_word and self.text != self.lemma

    @property
    def is_capitalised(self) -> bool:
        return self.source[:1].isupper()


_TOKEN: Final = re.compile(
    r"""
      (?P<quote>["“”„«»](?P<inner>[^"“”„«»\n]{1,80})["“”„«»]|(?<!\w)['‘](?P<single>[^'‘’\n]{2,80})['’](?!\w))
    | (?P<hex>\#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b)
    | (?P<title>\b(?:Dr|St|Mr|Mrs|Ms|Prof|Mt|Ste)\.(?=\s[^\W\d_a-z]))
    | (?P<word>[^\W_]+(?:['’][^\W_]+)*(?:\.[^\W_](?=\.))*)
    | (?P<stop>[.;!?()\[\]{}|\n…–—]|\s-{1,2}\s)
    | (?P<comma>[,，、]|\#(?=[^\W\d_]))
    | (?P<colon>:)
    | (?P<and>[&+/])
    | (?P<other>\S)
    """,
    re.VERBOSE,
)
_NEGATED_VERB: Final = re.compile(
    r"(?:do|does|did|is|are|was|were|should|would|must|can|could|wo|ca|need|have|has)n['’]?t"
)
_KINDS: Final = {"stop": TokenKind.STOP, "comma": TokenKind.COMMA, "colon": TokenKind.COLON, "hex": TokenKind.HEX}
# Singulars that no rule for plurals may touch.
_KEPT: Final = frozenset({"sans", "always", "perhaps", "texas", "paris", "does", "has", "says", "this", "was"})


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text in order; an emoji becomes the words of its name, `don't` becomes `not`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "other"
        group = "quote" if group in ("inner", "single") else group
        source, start, end = match.group(), match.start(), match.end()
        if group == "quote":
            inner = match.group("inner") or match.group("single") or ""
            found.append(Token(inner.strip(), inner.strip(), source, start, end, TokenKind.QUOTE))
        elif group in _KINDS:
            found.append(Token(source.lower(), source.lower(), source, start, end, _KINDS[group]))
        elif group in ("word", "title"):
            joined = start > 1 and text[start - 1] in "-‑" and text[start - 2].isalnum()
            found.append(_make_word(source, start, end, joined))
        elif group == "and":
            found.append(Token("and", "and", source, start, end))
        else:
            found.extend(_spell(source, start, end))
    return tuple(found)


def fold(text: str) -> str:
    """Return `text` in lower case and without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def to_lemma(word: str) -> str:
    """Return the singular of a word in lower case."""
    return word if word in _KEPT or word[:1].isdigit() else singular(word)


def _make_word(source: str, start: int, end: int, joined: bool) -> Token:
    text = fold(source).rstrip(".")
    if _NEGATED_VERB.fullmatch(text):
        text = "not"
    text = re.sub(r"['’](?:s|re|ve|ll|d|m|t)?$", "", text) or text
    return Token(text, to_lemma(text), source, start, end, joined=joined)


def _spell(source: str, start: int, end: int) -> list[Token]:
    """Return an emoji as the words of its name; any other sign says nothing."""
    if unicodedata.category(source[0]) != "So":
        return []
    name = re.sub(r"\b(?:face|symbol|sign|with|heavy|black|white)\b", " ", unicodedata.name(source[0], "").lower())
    return [Token(word, to_lemma(word), source, start, end) for word in re.findall(r"[a-z]+", name)]
