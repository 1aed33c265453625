"""Letters of the name that things are to stand in: `a leaf in the letter O`, `replace the O with a bean`."""

from dataclasses import dataclass
from typing import Final

from blazon.reading.scan import Scan
from blazon.reading.scene_words import MARK_NOUNS
from blazon.reading.tokens import TokenKind


@dataclass(frozen=True, slots=True)
class LetterSlot:
    """A letter of the name that a thing is to stand in: `in the letter O`."""

    letter: str
    start: int
    end: int
    before: bool = False
    """Whether the thing follows: `replace the O with a bean`."""


def find_letter_slots(scan: Scan) -> list[LetterSlot]:
    """Return the letters that things are to stand in, and mark the words for it as understood."""
    slots = []
    for index in range(len(scan.tokens)):
        if (slot := _find_leading_slot(scan, index)) is not None:
            slots.append(slot)
            scan.use(slot.start, slot.end - slot.start)
    for index, token in enumerate(scan.tokens):
        if token.text not in _SLOT_WORDS or not scan.is_free(index):
            continue
        place = index + 1
        while scan.text(place) in _SLOT_FILLERS and not _is_capital_after_the(scan, place):
            place += 1
        spelled = place > index + 1 and scan.text(place - 1) in ("letter", "the")
        letter = _read_single_letter(scan, place, spelled)
        if letter and place > index + 1:
            slots.append(LetterSlot(letter, index, place + 1))
            scan.use(index, place + 1 - index)
    return slots


def _find_leading_slot(scan: Scan, index: int) -> LetterSlot | None:
    """Return the slot of `the O is a bean` or `replace the O with a bean`, of which the thing follows."""
    if scan.text(index) in ("dot", "tittle") and scan.text(index + 1) in ("of", "on", "over", "above", "for"):
        place = index + 2 + (scan.text(index + 2) in ("the", "an"))
        letter = _read_single_letter(scan, place, spelled=True)
        end = place + 1 + (scan.text(place + 1) == "for")  # "swap the dot on the i for a bee"
        return LetterSlot(letter, index, _skip_turns(scan, end), before=True) if letter else None
    if scan.text(index) not in ("the", "letter", "an", "a") or not scan.is_free(index):
        return None
    letter = _read_single_letter(scan, index + 1, scan.text(index) in ("the", "letter"))
    if letter and scan.text(index - 1) in ("make", "turn", "draw", "shape") and scan.text(index + 2) in ("a", "an"):
        return LetterSlot(letter, index, index + 2, before=True)  # "make the F a fern leaf"
    if not letter or scan.text(index + 2) not in _TURNS or scan.lemma(index + 4) in MARK_NOUNS:
        return None
    return LetterSlot(letter, index, _skip_turns(scan, index + 2), before=True)


def _skip_turns(scan: Scan, end: int) -> int:
    """Return where the words end that turn a letter into a thing: `should be replaced by`."""
    while scan.text(end) in _TURNS | {"of", "by", "with", "into", "like", "the", "form", "shape", "in"}:
        end += 1
    return end


def _is_capital_after_the(scan: Scan, place: int) -> bool:
    """Tell whether an `A` is the letter: `a star inside the A`."""
    return scan.tokens[place].source == "A" and scan.text(place - 1) in ("the", "letter")


_SLOT_FILLERS: Final = frozenset({"of", "the", "a", "an", "counter", "letter", "inside", "within", "place"})
_TURNS: Final = frozenset(
    "should be could might is as becomes become turns turned replaced with by shaped formed into being".split()
)
_SLOT_WORDS: Final = frozenset("in inside within as for replacing replaces replace instead forming into on of".split())


def _read_single_letter(scan: Scan, place: int, spelled: bool) -> str:
    if place >= len(scan.tokens):
        return ""
    token = scan.tokens[place]
    if token.kind is TokenKind.QUOTE and len(token.text) == 1:
        return token.text
    if not token.is_word or len(token.source) != 1 or not token.source.isalpha():
        return ""
    return token.source if spelled or token.source.isupper() or token.source in "oqe" else ""
