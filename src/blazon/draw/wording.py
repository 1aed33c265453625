"""The words of a design, set in its types: its name in lines, its slogan, and a small line of date and place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import BadgePlan, Design, LetterCase, NameIdea, NameTechnique, Typeface
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import Lettering, measure_line, resolve_family, set_line
from blazon.draw.line_breaks import MOST_LINES, break_lines
from blazon.draw.name_ideas import set_name_idea
from blazon.errors import InvalidDesign

# Type is set at this many units per em and scaled by the lockup.
_EM: Final = 1000.0
# A name of several words is broken in lines beyond this width, in cap heights.
_LONGEST_LINE: Final = {
    LayoutKind.HORIZONTAL: 7.0,
    LayoutKind.STACKED: 14.0,
    LayoutKind.WORDMARK: 12.0,
    LayoutKind.EMBLEM: 8.0,
}
# A slogan gets a second line if it would be wider than the name with its capitals at this share of the name's.
_SLOGAN_SHARE: Final = 0.36
_SEPARATORS: Final = (" · ", " – ", " - ")
_DETAIL_TRACKING: Final = 60.0


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be read in a logo.

    `narrow_slogan` is the slogan in more lines, where it can be broken. `detail` is the line of date and place, `sides`
    the same in two parts where it has two. From letter number `split` on, spaces counted, the name is in the accent.
    The lines of a `tight` name stand as near as they can.
    """

    name: tuple[Lettering, ...] = ()
    slogan: tuple[Lettering, ...] = ()
    detail: Lettering | None = None
    sides: tuple[Lettering, Lettering] | None = None
    narrow_slogan: tuple[Lettering, ...] = ()
    split: int | None = None
    tight: bool = False

    @property
    def cap(self) -> float:
        """The cap height of the name."""
        return self.name[0].cap_height or self.name[0].ascender

    @property
    def lines(self) -> int:
        return len(self.name) + len(self.slogan) + (self.detail is not None)

    @property
    def width(self) -> float:
        """The width of the name's ink."""
        return max(line.ink.width for line in self.name)


def set_words(design: Design, fonts: FontLibrary, *, ring: bool = False) -> Words:
    """Set the words that a design shows; on a `ring` all of them stand in one line each.

    Raises:
        InvalidDesign: a type is missing or unknown.
        TextNotCovered: a typeface lacks a character.
    """
    if not design.brand_name or design.layout is LayoutKind.SYMBOL:
        return Words()
    if design.name_type is None:
        raise InvalidDesign(f"a {design.layout} needs a name_type")
    if design.slogan and design.slogan_type is None:
        raise InvalidDesign("a slogan needs a slogan_type")
    whole = set_line(design.brand_name, design.name_type, _EM, fonts)
    idea = None if ring else design.name_idea
    name = Words((whole,) if ring else _break_name(whole, design, idea, fonts))
    if idea is not None:
        name = Words(set_name_idea(name.name, idea), tight=idea.technique is NameTechnique.JUSTIFIED)
    return replace(
        name,
        slogan=(slogan := _set_slogan(design, name, fonts, ring)),
        narrow_slogan=_break_slogan(slogan, design, fonts),
        detail=_set_detail(design, fonts),
        sides=_set_sides(design, fonts),
        split=design.name_split,
    )


def shorten(words: Words) -> Iterator[tuple[Words, tuple[str, ...]]]:
    """Yield the words, and then fewer of them, each with what is left out."""
    yield words, ()
    if words.narrow_slogan:
        yield replace(words, slogan=words.narrow_slogan), ()
    if words.slogan:
        yield replace(words, slogan=()), ("slogan",)
    if words.detail:
        yield replace(words, detail=None, sides=None), ("detail",)
    if words.slogan and words.detail:
        yield replace(words, slogan=(), detail=None, sides=None), ("slogan", "detail")


def _break_name(whole: Lettering, design: Design, idea: NameIdea | None, fonts: FontLibrary) -> tuple[Lettering, ...]:
    if design.name_type is None:
        return (whole,)
    if idea is not None and idea.technique is NameTechnique.JUSTIFIED:
        plain = replace(design.name_type, case=LetterCase.AS_GIVEN)
        return tuple(set_line(word, plain, _EM, fonts) for word in whole.text.split())
    longest = _LONGEST_LINE[design.layout] * (whole.cap_height or whole.ascender)
    return _break_line(whole, design.name_type, longest, fonts, MOST_LINES)


def _break_line(
    line: Lettering, typeface: Typeface, longest: float, fonts: FontLibrary, most: int, field: str = "brand_name"
) -> tuple[Lettering, ...]:
    if line.ink.width <= longest:
        return (line,)
    # The case is that of the whole text: a line of it by itself may no longer say which.
    typeface = replace(typeface, case=LetterCase.AS_GIVEN)
    parts = break_lines(line.text, lambda part: _EM * measure_line(part, typeface, fonts), longest, most)
    return (line,) if len(parts) == 1 else tuple(set_line(part, typeface, _EM, fonts, field=field) for part in parts)


def _set_slogan(design: Design, name: Words, fonts: FontLibrary, ring: bool) -> tuple[Lettering, ...]:
    if not design.slogan or design.slogan_type is None:
        return ()
    line = set_line(design.slogan, design.slogan_type, _EM, fonts, field="slogan")
    if ring:
        return (line,)
    longest = name.width * (line.cap_height or line.ascender) / (_SLOGAN_SHARE * name.cap)
    return _break_line(line, design.slogan_type, longest, fonts, 2, "slogan")


def _break_slogan(slogan: Sequence[Lettering], design: Design, fonts: FontLibrary) -> tuple[Lettering, ...]:
    """Return a slogan in one line more, or two; nothing if it is too short for that."""
    if not slogan or design.slogan_type is None:
        return ()
    whole = set_line(design.slogan, design.slogan_type, _EM, fonts, field="slogan")
    lines = len(slogan) + 1
    broken = _break_line(whole, design.slogan_type, 1.15 * whole.ink.width / lines, fonts, lines, "slogan")
    return broken if len(broken) > len(slogan) else ()


def _set_detail(design: Design, fonts: FontLibrary) -> Lettering | None:
    """Set date and place in capitals, which are read at a smaller size than small letters."""
    parts = [part for part in (design.established, design.place) if part]
    return _set_small(design, parts, fonts) if parts else None


def _set_sides(design: Design, fonts: FontLibrary) -> tuple[Lettering, Lettering] | None:
    """Set what stands to the left and right of a mark: date and place, the two words of a date, or halves of a year."""
    if design.badge is not BadgePlan.FLANKED or not design.established:
        return None
    words = design.established.split()
    if design.place:
        pair = (design.established, design.place)
    elif len(words) == 2:
        pair = (words[0], words[1])
    elif len(words) == 1 and len(words[0]) == 4 and words[0].isdecimal():
        pair = (words[0][:2], words[0][2:])
    else:
        return None
    left, right = (_set_small(design, [part], fonts) for part in pair)
    return (left, right) if left and right else None


def _set_small(design: Design, parts: Sequence[str], fonts: FontLibrary) -> Lettering | None:
    face = design.slogan_type or design.name_type
    if face is None:
        return None
    family = resolve_family("".join(parts), [face.family], fonts, field="established")
    separator = next(mark for mark in _SEPARATORS if not fonts.missing_characters(family.name, mark))
    case = LetterCase.UPPER if family.capitals else LetterCase.AS_GIVEN
    weight = face.weight if family.name == face.family else family.weights[0]
    typeface = Typeface(family.name, weight, case, _DETAIL_TRACKING)
    return set_line(separator.join(parts), typeface, _EM, fonts, field="established")
