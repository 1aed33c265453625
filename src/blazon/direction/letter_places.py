"""A symbol in the name: a thing that a brief asks to see in a letter, or one of the trade that fits a letter."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from blazon.brief import Brief, LayoutKind, LetterCase, MarkKind, Unmet
from blazon.design import ColourScheme, Design, LetterSymbol, Typeface
from blazon.direction.dice import Dice
from blazon.direction.wordmarks import colour_in_two
from blazon.draw.artwork import Materials, find_symbol_places
from blazon.draw.symbols import Symbol
from blazon.draw.writing import case_matters
from blazon.reading.reading import Reading, Relation, Scene

# Families with open counters, tried where the one of a candidate has no room.
_ROOMY: Final = ("Montserrat", "Outfit", "League Spartan", "Jost", "Fredoka", "DM Serif Display")
_TRIED: Final = 6
# Things of the trade of which one may stand in the name unasked.
_MOTIFS: Final = 2
_NO_LETTERS: Final = ColourScheme(*["#000000"] * 6)
# What stands in for a mark where a thing is asked for in a letter.
_KINDS: Final = (MarkKind.PICTORIAL, MarkKind.MASCOT, MarkKind.WORDMARK)


class LetterPlaceChooser:
    """Finds places in the name for the things that one brief asks to see in a letter."""

    def __init__(self, brief: Brief, reading: Reading, materials: Materials, dice: Dice) -> None:
        self._brief = brief
        self._reading = reading
        self._materials = materials
        self._dice = dice
        wordmark = (brief.layout or reading.layout) in (None, LayoutKind.WORDMARK) and bool(reading.name)
        free = not (reading.show or reading.kinds or reading.layout or brief.layout or reading.name_colours)
        shown = MarkKind.PICTORIAL not in reading.kinds_avoided
        self._may_suggest = free and shown and dice.number("letter symbol", 2) == 0
        self._scenes = [one for one in reading.show if one.relation is Relation.IN_LETTER] if wordmark else []

    def place(self, design: Design, kind: MarkKind, scheme: ColourScheme, number: int) -> Design | None:
        """Return a design as a wordmark with the thing that is asked for in a letter, None where there is no place."""
        if not self._scenes or kind not in _KINDS or design.name_type is None:
            return None
        scene = self._scenes[number % len(self._scenes)]
        drawings = _depict(scene, self._brief, self._reading, self._materials)
        bare = replace(design, layout=LayoutKind.WORDMARK, mark=None, frame=None)
        for face in _list_faces(self._reading, self._materials, design.name_type):
            dressed = replace(bare, name_type=face)
            places = find_symbol_places(dressed, drawings, self._materials, scene.letter, asked=True)
            if places:
                place = self._dice.choice(f"letter/{number}", places[:2])
                return self._dress(dressed, place, scheme)
        return None

    def suggest(self, design: Design, scheme: ColourScheme, motifs: Sequence[Sequence[Symbol]]) -> Design | None:
        """Return a wordmark with a symbol of the trade where one fits a letter well; None in half of all briefs."""
        if not self._may_suggest or design.name_type is None:
            return None
        family = self._materials.fonts.family(design.name_type.family)
        if family.connected:
            return None
        for drawings in motifs[:_MOTIFS]:
            places = find_symbol_places(design, drawings, self._materials)
            if places:
                return self._dress(design, places[0], scheme)
        return None

    def _dress(self, design: Design, place: LetterSymbol, scheme: ColourScheme) -> Design:
        colours = colour_in_two(scheme, given=bool(self._reading.colours or self._brief.palette))
        return replace(design, letter_symbol=place, colours=colours, credits=self._credit(place))

    def _credit(self, place: LetterSymbol) -> tuple[str, ...]:
        credit = self._materials.symbols.get(place.symbol).credit
        return (credit,) if credit else ()


def tell_unplaced(reading: Reading, brief: Brief, materials: Materials) -> Reading:
    """Return a reading that tells which things it asks to see in a letter have no place in the name."""
    untold = [
        Unmet(f"{scene.things[0].words} in {f'the letter {scene.letter}' if scene.letter else 'a letter'}", reason)
        for scene in reading.show
        if scene.relation is Relation.IN_LETTER and (reason := _find_reason(scene, reading, brief, materials))
    ]
    return replace(reading, unmet=(*reading.unmet, *untold)) if untold else reading


def _find_reason(scene: Scene, reading: Reading, brief: Brief, materials: Materials) -> str:
    """Return why a thing cannot stand in a letter, empty where it can."""
    drawings = _depict(scene, brief, reading, materials)
    if not drawings:
        return ""  # it is told that there is no picture of it
    if not reading.name:
        return "there is no name whose letter could hold it; it is drawn as the mark"
    if scene.letter and scene.letter.casefold() not in reading.name.casefold():
        return f"the name has no {scene.letter}; it is drawn as the mark"
    if (brief.layout or reading.layout) not in (None, LayoutKind.WORDMARK):
        return "the layout has a mark beside the name; it is drawn as that"
    bare = Design("", LayoutKind.WORDMARK, None, _NO_LETTERS, brand_name=reading.name)
    faces = _list_faces(reading, materials)
    if any(
        find_symbol_places(replace(bare, name_type=face), drawings, materials, scene.letter, asked=True)
        for face in faces
    ):
        return ""
    return "it has not the shape of that letter and does not fit into it; it is drawn as the mark"


def _depict(scene: Scene, brief: Brief, reading: Reading, materials: Materials) -> Sequence[Symbol]:
    name = scene.things[0].name
    return materials.symbols.depict(name, credit_allowed=brief.credit_allowed, avoid=reading.avoid) or ()


def _list_faces(reading: Reading, materials: Materials, own: Typeface | None = None) -> Iterator[Typeface]:
    """Yield types in which the name can be set: its own first, as it is and in capitals, then roomy ones."""
    fonts = materials.fonts
    families = [fonts.family(name) for name in _ROOMY]
    if reading.type or reading.type_avoided:
        families = fonts.families_of(reading.type, reading.type_avoided)[:_TRIED] or families
    others = [Typeface(one.name, one.weights[0], reading.case or LetterCase.AS_GIVEN) for one in families]
    for face in [*([own] if own else []), *others]:
        family = fonts.family(face.family)
        if family.connected or fonts.missing_characters(family.name, reading.name):
            continue
        yield face if reading.case is None else replace(face, case_wished=True)
        if reading.case is None and family.capitals and not case_matters(reading.name):
            yield replace(face, case=LetterCase.UPPER)
