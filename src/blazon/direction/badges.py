"""The choice of badges: which plan each candidate has, by the length of the name, its style, its trade and its wishes.

The badges of one set have different plans while there are some that suit.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from blazon.brief import Style
from blazon.design import BadgePlan, FrameShape, LetterCase, Ornament, Typeface
from blazon.direction.dice import Dice
from blazon.direction.refused_shapes import RefusedShapes
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import measure_line, write_text
from blazon.draw.typefaces import TypeFamily
from blazon.draw.writing import connects
from blazon.reading.reading import Reading

_P, _F = BadgePlan, FrameShape
Plan = tuple[BadgePlan, FrameShape]

_RING: Final = (_P.RING, _F.CIRCLE)
_SCALLOPED: Final = (_P.RING, _F.BADGE)
_DISC_RIBBON: Final = (_P.RIBBON, _F.CIRCLE)
_SEAL_RIBBON: Final = (_P.RIBBON, _F.BADGE)
_SHIELD_RIBBON: Final = (_P.RIBBON, _F.SHIELD)
_HEXAGON_RIBBON: Final = (_P.RIBBON, _F.HEXAGON)
_HEXAGON: Final = (_P.PLATE, _F.HEXAGON)
# A diamond is no frame of a mark: any shape but a hexagon is one under a plate.
_DIAMOND: Final = (_P.PLATE, _F.SQUIRCLE)
_CHIEF: Final = (_P.CHIEF, _F.SHIELD)
_CREST: Final = (_P.CREST, _F.SHIELD)
_TECH_CREST: Final = (_P.CREST, _F.HEXAGON)
_LABEL: Final = (_P.LABEL, _F.SQUIRCLE)
_OVAL: Final = (_P.OVAL, _F.CIRCLE)
_STACK: Final = (_P.STACK, _F.SQUIRCLE)
_ARCH: Final = (_P.ARCH, _F.CIRCLE)
_FLANKED: Final = (_P.FLANKED, _F.SQUIRCLE)
_WREATH: Final = (_P.WREATH, _F.CIRCLE)
_ALL: Final[tuple[Plan, ...]] = (
    _RING, _DISC_RIBBON, _LABEL, _ARCH, _SHIELD_RIBBON, _OVAL, _HEXAGON, _FLANKED, _STACK, _SCALLOPED, _CHIEF,
    _DIAMOND, _WREATH, _SEAL_RIBBON, _CREST, _HEXAGON_RIBBON, _TECH_CREST,
)  # fmt: skip

_STYLES: Final[dict[Style, tuple[Plan, ...]]] = {
    Style.MINIMAL: (_STACK, _RING, _ARCH, _FLANKED, _OVAL),
    Style.MODERN: (_RING, _HEXAGON, _STACK, _ARCH, _CHIEF, _DISC_RIBBON),
    Style.CLASSIC: (_RING, _SHIELD_RIBBON, _FLANKED, _WREATH, _LABEL, _OVAL, _CREST),
    Style.ELEGANT: (_RING, _OVAL, _WREATH, _FLANKED, _STACK, _LABEL, _ARCH),
    Style.PLAYFUL: (_SEAL_RIBBON, _SCALLOPED, _ARCH, _OVAL, _DISC_RIBBON),
    Style.BOLD: (_CHIEF, _HEXAGON, _SHIELD_RIBBON, _STACK, _RING, _DIAMOND),
    Style.TECH: (_HEXAGON, _TECH_CREST, _RING, _STACK, _DIAMOND),
    Style.HANDMADE: (_DISC_RIBBON, _SCALLOPED, _ARCH, _LABEL, _DIAMOND, _STACK),
}
# What badges a trade is at home in; a word of the brief calls it up by its beginning.
_TRADES: Final[tuple[tuple[str, tuple[Plan, ...]], ...]] = (
    ("brew beer cider distill whisk gin pub tavern taproom", (_LABEL, _DISC_RIBBON, _OVAL, _RING, _ARCH, _FLANKED)),
    ("outdoor hik climb mountain camp trail ski surf nature park", (_ARCH, _HEXAGON, _RING, _DIAMOND, _DISC_RIBBON)),
    ("school college academ universit kindergarten", (_SHIELD_RIBBON, _RING, _CHIEF, _WREATH, _CREST)),
    ("football soccer rugby hockey league team sport athlet", (_CHIEF, _SHIELD_RIBBON, _RING, _HEXAGON_RIBBON)),
    ("barber shave tattoo motor garage", (_FLANKED, _DIAMOND, _RING, _STACK, _OVAL, _DISC_RIBBON)),
    ("bak cafe coffee tea butcher deli farm honey", (_RING, _ARCH, _LABEL, _OVAL, _SCALLOPED, _WREATH)),
    ("fire police rescue security guard", (_SHIELD_RIBBON, _CHIEF, _CREST, _RING)),
)
_WISHES: Final[tuple[tuple[str, tuple[Plan, ...]], ...]] = (
    ("round circle circular roundel seal stamp", (_RING, _DISC_RIBBON, _SCALLOPED, _SEAL_RIBBON)),
    ("shield crest heraldic heraldry", (_SHIELD_RIBBON, _CHIEF, _CREST)),
    ("hexagon hexagonal", (_HEXAGON, _HEXAGON_RIBBON, _TECH_CREST)),
    ("diamond rhombus lozenge", (_DIAMOND,)),
    ("oval ellipse elliptical", (_OVAL,)),
    ("ribbon banner", (_DISC_RIBBON, _SHIELD_RIBBON, _SEAL_RIBBON, _HEXAGON_RIBBON)),
    ("arch arched", (_ARCH,)),
    ("rectangle rectangular label plaque", (_LABEL, _STACK)),
    ("wreath laurel laurels", (_WREATH,)),
)
# Lengths of names that a plan holds, spaces counted.
_LENGTHS: Final[dict[BadgePlan, range]] = {
    _P.RING: range(7, 25),
    _P.CREST: range(1, 13),
    _P.RIBBON: range(3, 19),
    _P.PLATE: range(3, 19),
    _P.CHIEF: range(2, 14),
    _P.LABEL: range(2, 41),
    _P.OVAL: range(2, 17),
    _P.STACK: range(2, 33),
    _P.ARCH: range(6, 23),
    _P.FLANKED: range(2, 29),
    _P.WREATH: range(2, 25),
}
# The widest names that are still set large enough, in cap heights.
_WIDEST: Final[dict[BadgePlan, float]] = {
    _P.RING: 30.0,
    _P.CREST: 12.0,
    _P.RIBBON: 15.0,
    _P.PLATE: 15.0,
    _P.CHIEF: 13.0,
    _P.OVAL: 15.0,
    _P.ARCH: 23.0,
}
# What is bent stands apart letter by letter: it reads so in capitals, and not in a script whose letters join.
_BENT: Final = (_P.RING, _P.ARCH)
_LONGEST: Final = 32
# A shorter name leaves most of a ring to ornaments, where there is nothing else to set.
_SHORTEST_ALONE: Final = 9
_NEAREST: Final = 3
# The name once more in the foot of a ring says nothing, so `REPEAT` is drawn where a design has it and never chosen.
_ORNAMENTS: Final[dict[Style, tuple[Ornament, ...]]] = {
    Style.CLASSIC: (Ornament.WREATH, Ornament.STARS, Ornament.DIAMOND),
    Style.ELEGANT: (Ornament.WREATH, Ornament.DIAMOND),
    Style.BOLD: (Ornament.STARS, Ornament.DIAMOND),
    Style.PLAYFUL: (Ornament.STARS, Ornament.DIAMOND),
    Style.HANDMADE: (Ornament.WREATH, Ornament.STARS, Ornament.DIAMOND),
}
_OTHER_ORNAMENTS: Final = (Ornament.DIAMOND, Ornament.STARS)


@dataclass(frozen=True, slots=True)
class Badge:
    """How the emblem of a candidate is built."""

    plan: BadgePlan
    frame: FrameShape
    ornament: Ornament


def suits_badge(name: str) -> bool:
    """Say whether a badge can hold a name."""
    return 0 < len(name) <= _LONGEST


class BadgeChooser:
    """Chooses the badges for the candidates of one brief, one after another, each unlike those before."""

    def __init__(self, prompt: str, reading: Reading, fonts: FontLibrary, dice: Dice) -> None:
        words = set(re.findall(r"\w+", prompt.casefold()))
        avoided = {word for thing in reading.avoid for word in re.findall(r"\w+", thing.casefold())}
        refused = RefusedShapes(reading.avoid)
        self._avoided = {plan for keys, plans in _WISHES if _calls_up(avoided, keys) for plan in plans}
        self._avoided |= {plan for plan in _ALL if refused.bars(plan[1])}
        self._reading, self._fonts, self._dice = reading, fonts, dice
        self._wished = [plan for keys, plans in _WISHES if (words & set(keys.split())) - avoided for plan in plans]
        self._at_home = [plan for keys, plans in _TRADES if _calls_up(words, keys) for plan in plans]
        self._used: list[BadgePlan] = []

    @property
    def has_plans(self) -> bool:
        """Whether a badge that the brief does not refuse can hold the name."""
        length = len(self._reading.name)
        return suits_badge(self._reading.name) and any(
            length in _LENGTHS[plan] for plan, frame in _ALL if (plan, frame) not in self._avoided
        )

    def next(self, style: Style, family: TypeFamily | None) -> Badge:
        """Return the next badge for a name in a family."""
        number = len(self._used)
        ranked = self._wished or list(dict.fromkeys((*self._at_home, *_STYLES[style])))
        fitting = self._fit(ranked, family) or self._fit(_ALL, family) or [_LABEL]
        fresh = [plan for plan in fitting if plan[0] not in self._used]
        if not fresh and not self._wished:
            fresh = [plan for plan in self._fit(_ALL, family) if plan[0] not in self._used]
        if not fresh:
            fresh = [plan for plan in fitting if plan[0] is not self._used[-1]] or fitting
        plan, frame = self._dice.choice(f"badge/{number}", fresh[:_NEAREST])
        self._used.append(plan)
        ornament = self._dice.choice(f"badge/ornament/{number}", _ORNAMENTS.get(style, _OTHER_ORNAMENTS))
        return Badge(plan, frame, ornament)

    def _fit(self, plans: Sequence[Plan], family: TypeFamily | None) -> list[Plan]:
        if family is None:
            return []
        length, width = len(self._reading.name), self._measure(family)
        apart = family.capitals and not connects(self._reading.name)
        return [
            entry
            for entry in plans
            if entry not in self._avoided
            and length in _LENGTHS[entry[0]]
            and width <= _WIDEST.get(entry[0], math.inf)
            and (apart or entry[0] not in _BENT)
            and (entry[0] is not _P.FLANKED or self._reading.established)
            and (entry[0] is not _P.RING or length >= _SHORTEST_ALONE or self._has_small_words)
            and not (entry == _DIAMOND and self._has_small_words)
        ]

    @property
    def _has_small_words(self) -> bool:
        """Whether there is more to set than the name: the foot of a diamond holds little."""
        return bool(self._reading.slogan or self._reading.established or self._reading.place)

    def _measure(self, family: TypeFamily) -> float:
        """Return the width of the name as badges set it, in cap heights."""
        case = LetterCase.UPPER if family.capitals else LetterCase.AS_GIVEN
        typeface = Typeface(family.name, family.weights[0], case)
        text = write_text(self._reading.name, typeface, self._fonts)
        font = self._fonts.font(family.name, typeface.weight)
        cap = (font.height("H") or font.height("d")) / font.upem or 0.7
        return measure_line(text, typeface, self._fonts) / cap


def _calls_up(words: Iterable[str], beginnings: str) -> bool:
    return any(word.startswith(tuple(beginnings.split())) for word in words)
