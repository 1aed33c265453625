"""What a finished logo can be held to: the wishes of a brief, as plain data, and which of them no logo of a set keeps.

They are kept with the generation, so that this can be told by any process, at any time, without an engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from blazon.brief import Unmet

# In each part of a colour, 0..255: within that it is called the same. Colours are made readable on their paper.
_ALIKE: Final = 48
_INKS: Final = ("mark", "accent", "tint", "name", "paper")


class WishKind(StrEnum):
    """What a wish is about."""

    SHOW = "show"
    TOGETHER = "together"
    COLOUR = "colour"
    LETTERS = "letters"
    TEXT = "text"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish.

    Args:
        words: for people: `an anvil`.
        options: what keeps it. Of `SHOW` the names of symbols, a group for each thing, of which any will do; of
            `TOGETHER` a group for each thing, of which two have to be in one mark; of the others one group of one
            value: `#rrggbb`, the letters, the field of the design that holds the text, the kind of mark.
    """

    kind: WishKind
    words: str
    options: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished logo: what its mark shows, in words, and its design as plain data."""

    shows: tuple[str, ...]
    design: Mapping[str, Any]


def list_unkept(wishes: Sequence[Wish], logos: Sequence[Outcome], known: Sequence[Unmet] = ()) -> tuple[Unmet, ...]:
    """Return the wishes that no logo of a finished set keeps, with what is there instead, but for those `known`."""
    return tuple(
        Unmet(wish.words, _say_instead(wish, logos))
        for wish in wishes
        if logos and not any(_is_kept(wish, logo) for logo in logos)
        if not any(wish.words in told.wish or told.wish in wish.words for told in known)
    )


def _is_kept(wish: Wish, logo: Outcome) -> bool:
    (first, *_), shown = wish.options, set(logo.shows)
    design = logo.design
    match wish.kind:
        case WishKind.SHOW:
            return any(not shown.isdisjoint(names) for names in wish.options)
        case WishKind.TOGETHER:
            return len(logo.shows) > 1 and sum(not shown.isdisjoint(names) for names in wish.options) > 1
        case WishKind.COLOUR:
            return any(_are_alike(first[0], value) for value in _painted(design))
        case WishKind.LETTERS:
            mark = design.get("mark") or {}
            return str(mark.get("initials", "")).casefold() == first[0].casefold()
        case WishKind.TEXT:
            return bool(design.get(first[0]))
        case WishKind.MARK:
            return first[0] in _kinds_of(design)


def _painted(design: Mapping[str, Any]) -> Iterator[str]:
    """Yield the colours of a logo; a wordmark has those of its name and paper."""
    inks = _INKS if design.get("mark") else ("name", "paper")
    yield from (str(design["colours"][ink]) for ink in inks if ink in design["colours"])


def _are_alike(one: str, other: str) -> bool:
    return all(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) <= _ALIKE for at in (1, 3, 5))


def _kinds_of(design: Mapping[str, Any]) -> set[str]:
    kind = (design.get("mark") or {}).get("kind", "")
    kinds = {"letterform": "letters", "geometric": "abstract", "": "wordmark"}
    found = {kinds.get(kind, "pictorial")}
    return found | ({"badge"} if design.get("layout") == "emblem" else set())


def _say_instead(wish: Wish, logos: Sequence[Outcome]) -> str:
    match wish.kind:
        case WishKind.SHOW | WishKind.LETTERS | WishKind.MARK:
            shown = dict.fromkeys(" and ".join(logo.shows) or "the name alone" for logo in logos)
            return f"no logo of this set has it; there is {', '.join(shown)}"
        case WishKind.TOGETHER:
            return "in no logo of this set they meet in one mark; they are drawn one at a time"
        case WishKind.COLOUR:
            used = dict.fromkeys(value for logo in logos for value in _painted(logo.design))
            return f"no logo of this set has it; there is {', '.join(used)}"
        case WishKind.TEXT:
            return "it is set in no logo of this set"
