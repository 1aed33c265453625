"""Prompts that are not plain prose: JSON, Markdown, one quotation, numbered items. They become sentences."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Final

_QUOTES: Final = "\"“”„«»'‘’`"
_EMAIL: Final = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b|(?<!\w)@\w{2,}")
# `**bold**`, `__bold__`, `# heading`, `> quotation`, `- [ ] item`.
_MARKS: Final = re.compile(r"\*\*|__|^\s*(?:#{1,6}\s+|>+\s*)|^\s*[-*•·–]\s+(?:\[[ x]\]\s*)?", re.MULTILINE)
# `1. dog 2. cat` or `a) dog b) cat`: an item each; a number behind a preposition ends a sentence.
_ITEM: Final = re.compile(r"(?:^|(?<=[\s,;]))\(?\d{1,2}[.)]\s+(?=\D)")
_ITEMS_TOLD: Final = 2
_FEWEST_WORDS: Final = 2
# What somebody said about the logo, and not what it is to say: `the client said: "no vases"`.
_SAID: Final = re.compile(
    r"\b((?:said|says|told (?:me|us)|wrote|insists?|asked(?: for)?)\s*:?,?\s*)"
    r"[\"“']((?:no|not|don['’]t|never|avoid|without|please|we|I|use|show)\b[^\"“”]{1,80})[\"”']",
    re.IGNORECASE,
)


def to_sentences(prompt: str) -> str:
    """Return a prompt as plain sentences; prose comes back as it is, byte for byte."""
    text = _unquote(prompt)
    if (data := _parse_json(text)) is not None:
        text = ". ".join(_flatten(data))
    text = _SAID.sub(r"\1\2", _EMAIL.sub(" ", text))
    if len(_ITEM.findall(text)) >= _ITEMS_TOLD:
        text = _ITEM.sub("\n", text)
    text = html.unescape(text) if "&" in text else text
    return _MARKS.sub(_end_line, text) if _MARKS.search(text) else text


def _end_line(match: re.Match[str]) -> str:
    """Return what a mark says: an item begins a line, emphasis says nothing."""
    return "\n" if match.group().strip() not in ("**", "__") else ""


def _unquote(prompt: str) -> str:
    """Return a prompt without the quotation marks around all of it."""
    text = prompt.strip()
    whole = len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES
    inner = text[1:-1]
    if whole and len(inner.split()) > _FEWEST_WORDS and not any(mark in inner for mark in _QUOTES.replace("'", "")):
        return inner
    return prompt


def _parse_json(text: str) -> dict[str, Any] | list[Any] | None:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None


def _flatten(data: Any) -> Iterator[str]:
    """Yield the sentences that data says: `key: value`, lists joined by commas."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from (f"{_say_key(key)}: {said}" for said in _flatten(value)) if value not in (None, "") else ()
    elif isinstance(data, list):
        yield ", ".join(said for value in data for said in _flatten(value))
    elif isinstance(data, str | int | float) and not isinstance(data, bool):
        yield str(data)


def _say_key(key: str) -> str:
    """Return a key in words: `negative_prompt` refuses, `brandName` names."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", key).lower()
    return "no" if words in ("negative", "negative prompt", "exclude", "not", "dont", "do not") else words
