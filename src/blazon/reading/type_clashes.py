"""Kinds of type that exclude each other, in plain words: `serif, but no serifs`, `thin and heavy`."""

from collections.abc import Mapping
from typing import Final

from blazon.brief import TypeKind, Unmet
from blazon.reading.scan import Scan
from blazon.reading.tokens import TokenKind

_T = TypeKind
# No letter is of two of them. A slab is a serif, and what has one width may be of any form but a written one.
_FORMS: Final = (
    (_T.SERIF, (_T.SANS, _T.SCRIPT, _T.BLACKLETTER)),
    (_T.SLAB, (_T.SANS, _T.SCRIPT, _T.BLACKLETTER)),
    (_T.SCRIPT, (_T.SANS, _T.BLACKLETTER, _T.MONO)),
    (_T.BLACKLETTER, (_T.SANS, _T.MONO)),
    (_T.THIN, (_T.HEAVY,)),
    (_T.CONDENSED, (_T.WIDE,)),
)
_PAIRS: Final = frozenset(frozenset({one, other}) for one, others in _FORMS for other in others)
# Each of the kinds is of another text, or only one of them is meant.
_PARTED: Final = frozenset(
    """or either slogan tagline motto subtitle strapline claim second secondary supporting small pair paired pairing
    mix mixed mixing contrast contrasting combination combine combined combining word half part initial date place
    for while whereas versions variants""".split()
)
_BEFORE_REFUSED: Final = frozenset("no not without any a an the never avoid or nor and but".split())


def keep_one(
    scan: Scan, wanted: Mapping[TypeKind, str], refused: Mapping[TypeKind, tuple[int, str]]
) -> tuple[tuple[TypeKind, ...], list[Unmet]]:
    """Return the kinds that can be of one letter, those said first, and what is told of the others.

    Args:
        wanted: kinds with their words, in the order of the prompt.
        refused: kinds with the places of their words and these.
    """
    kept: list[TypeKind] = []
    told: list[Unmet] = []
    parted = any(scan.lemma(place) in _PARTED or scan.text(place) in _PARTED for place in range(len(scan.tokens)))
    parted = parted or any(token.kind is TokenKind.QUOTE for token in scan.tokens)
    for kind, words in wanted.items():
        other = next((one for one in kept if exclude(one, kind)), None)
        if other is None or parted:
            kept.append(kind)
        else:
            told.append(Unmet(f"{wanted[other]}, but also {words}", f"{other} type is set, as it is said first"))
    for kind, (place, words) in refused.items():
        if kind in kept and scan.text(place - 1) in _BEFORE_REFUSED:
            told.append(Unmet(f"{wanted[kind]}, but no {words}", f"{kind} type is set, as it is asked for"))
    return tuple(kept), told


def exclude(one: TypeKind, other: TypeKind) -> bool:
    """Tell whether no letter is of two kinds."""
    return frozenset({one, other}) in _PAIRS
