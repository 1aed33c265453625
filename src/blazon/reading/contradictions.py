"""Wishes that exclude each other: one is kept, and that is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.brief import LayoutKind, MarkKind, PaletteMood, Unmet
from blazon.reading.reading import Colour, Reading, Relation, Scene


@dataclass(frozen=True, slots=True)
class Clash:
    """What was both wished and refused, as said."""

    colours: tuple[Colour, ...] = ()
    kind_only: bool = False
    """Whether the kind of mark that is wished for may be the only one."""


def settle(reading: Reading, clash: Clash) -> Reading:
    """Return the reading without contradictions, each told in `unmet`."""
    unmet = [Unmet(f"{colour.name}, but not {colour.name}", f"{colour.name} is left out") for colour in clash.colours]
    show, refused = _drop_avoided(reading)
    unmet += [Unmet(f"{words}, but not {words}", f"{words} is left out") for words in refused]
    reading = replace(reading, show=show)
    metals = [colour.name for colour in reading.colours if colour.name in _METALS and colour.name in reading.avoid]
    unmet += [Unmet(f"{name}, but not {name}", f"{name} is used as a colour") for name in metals]
    if PaletteMood.MONO in reading.moods:  # one colour is not many
        reading = replace(reading, moods=tuple(mood for mood in reading.moods if mood is not PaletteMood.VIVID))
    for rule in (_settle_wordmark, _settle_letters, lambda one: _settle_abstract(one, clash.kind_only)):
        reading, told = rule(reading)
        unmet += told
    return replace(reading, unmet=(*reading.unmet, *unmet))


# Colours that are things too: as things they are refused.
_METALS: Final = frozenset({"gold", "silver", "copper", "bronze"})


def _drop_avoided(reading: Reading) -> tuple[tuple[Scene, ...], list[str]]:
    avoided = frozenset(reading.avoid)
    scenes, refused = [], []
    for scene in reading.show:
        kept = tuple(thing for thing in scene.things if thing.name not in avoided and thing.words not in avoided)
        refused += [thing.words for thing in scene.things if thing not in kept]
        if kept:
            joined = len(kept) > 1 or scene.relation is Relation.IN_LETTER
            left = scene if joined else replace(scene, relation=Relation.ALONE, link="")
            scenes.append(replace(left, things=kept))
    # A class that is refused with an exception ("no animals except a fox") refuses nothing that is asked for.
    return tuple(scenes), refused


def _list_names(scenes: Sequence[Scene]) -> str:
    return ", ".join(thing.words for scene in scenes for thing in scene.things)


def _settle_wordmark(reading: Reading) -> tuple[Reading, list[Unmet]]:
    """A wordmark alone has no room for a thing, unless the thing stands in one of its letters."""
    if reading.kinds != (MarkKind.WORDMARK,) or not reading.show:
        return reading, []
    if any(scene.letter or scene.relation == "in_letter" for scene in reading.show):
        return reading, []
    told = Unmet(f"{_list_names(reading.show)} in a wordmark without a symbol", "the name is set alone")
    return replace(reading, show=()), [told]


def _settle_abstract(reading: Reading, only: bool) -> tuple[Reading, list[Unmet]]:
    """An abstract mark shows nothing: a thing that is asked for wins, unless abstract is all that may be."""
    if MarkKind.ABSTRACT not in reading.kinds or not reading.show:
        return reading, []
    if only:
        told = Unmet(f"{_list_names(reading.show)} in a mark that is abstract only", "the mark is abstract")
        return replace(reading, show=()), [told]
    names = _list_names(reading.show)
    told = Unmet(f"abstract, but showing {names}", f"{names} is drawn, as it is asked for by name")
    return replace(reading, kinds=tuple(kind for kind in reading.kinds if kind is not MarkKind.ABSTRACT)), [told]


def _settle_letters(reading: Reading) -> tuple[Reading, list[Unmet]]:
    """A symbol alone has no name: secondary text that was asked for has no place."""
    if reading.layout is not LayoutKind.SYMBOL or MarkKind.WORDMARK not in reading.kinds:
        return reading, []
    kinds = tuple(kind for kind in reading.kinds if kind is not MarkKind.WORDMARK)
    return replace(reading, kinds=kinds), [Unmet("a wordmark without text", "the symbol is drawn alone")]
