"""Kinds of mark and lockups that exclude each other, in plain words: `wordmark only, with a monogram`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from blazon.brief import LayoutKind, MarkKind, Unmet
from blazon.reading.scan import Scan

# A kind is refused as a whole by these words; by others only some of it: a badge without a frame.
_WHOLE: Final[dict[MarkKind, frozenset[str]]] = {
    MarkKind.PICTORIAL: frozenset("pictorial figurative illustration picture image".split()),
    MarkKind.LETTERS: frozenset("letter monogram lettermark letterform".split()),
    MarkKind.BADGE: frozenset("badge emblem crest seal".split()),
    MarkKind.MASCOT: frozenset("mascot character".split()),
    MarkKind.ABSTRACT: frozenset("abstract abstraction".split()),
}
# These stand inside a badge.
_INSIDE: Final = frozenset({MarkKind.LETTERS, MarkKind.PICTORIAL, MarkKind.MASCOT, MarkKind.ABSTRACT})
_CHOICE: Final = frozenset("or either both version versions variant variants alternatively alternative also".split())

# What a logo is delivered as beside itself.
_FILES: Final = frozenset({"app icon", "favicon", "landscape format"})


def list_refused_kinds(wanted: Mapping[MarkKind, str], refused: Mapping[MarkKind, str]) -> Iterator[Unmet]:
    """Yield the kinds that are both wished and refused, each by its words; what is wished is drawn."""
    for kind, words in refused.items():
        noun = words.split()[-1]
        if kind not in wanted or not any(noun in (one, f"{one}s") for one in _WHOLE.get(kind, ())):
            continue
        asked = wanted[kind] or f"{kind} asked for by name"
        if kind is MarkKind.BADGE and noun.rstrip("s") not in asked:
            continue  # "a crest, not a seal"
        yield Unmet(f"{asked}, but no {words}", f"{asked} is drawn, as it is asked for by name")


def keep_only(wanted: Mapping[MarkKind, str], only: Sequence[MarkKind]) -> tuple[dict[MarkKind, str], list[Unmet]]:
    """Return the kinds that are left where one is to be the only one, and what is told of the others."""
    first = next(iter(only), None)
    inside = {*wanted} <= {MarkKind.BADGE, *_INSIDE} and MarkKind.BADGE in wanted
    others = [words or str(kind) for kind, words in wanted.items() if kind is not first]
    if first is None or not others or inside:
        return dict(wanted), []
    said = wanted[first] or str(first)
    alone = said if "only" in said.split() else f"{said} only"
    told = Unmet(f"{alone}, but also {' and '.join(others)}", f"{said} is taken, and nothing else")
    return {first: wanted[first]}, [told]


def list_layouts(scan: Scan, found: Sequence[tuple[LayoutKind, str]]) -> Iterator[Unmet]:
    """Yield the lockups that are asked for beside the first one."""
    found = [one for one in found if one[1] not in _FILES]
    if not found or any(scan.text(place) in _CHOICE for place in range(len(scan.tokens))):
        return
    others = [words for kind, words in found if kind is not found[0][0]]
    if others:
        yield Unmet(f"{found[0][1]}, but also {others[0]}", f"a logo has one layout; {found[0][1]} is taken")


def list_textless(
    wanted: Mapping[MarkKind, str], refused: Mapping[MarkKind, str], layouts: Sequence[tuple[LayoutKind, str]]
) -> Iterator[Unmet]:
    """Yield what asks for a text where none may be, or for nothing but text where a symbol is to stand alone."""
    wordmark, text = wanted.get(MarkKind.WORDMARK, ""), refused.get(MarkKind.WORDMARK, "")
    layout, words = layouts[0] if layouts else (None, "")
    if text and wordmark:
        yield Unmet(f"{wordmark}, but no {text}", "the symbol is drawn alone")
    elif text and layout not in (None, LayoutKind.SYMBOL, LayoutKind.EMBLEM):
        yield Unmet(f"{words}, but no {text}", "the name is set, as its place is asked for")
    elif wordmark and len(wanted) == 1 and layout is LayoutKind.SYMBOL:
        yield Unmet(f"{words}, but also {wordmark}", "the name is set alone")
