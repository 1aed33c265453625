"""A type family that a prompt asks for by its name: `set in Playfair Display`, `use Montserrat`, `Lobster font`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from blazon.brief import TypeKind, Unmet
from blazon.draw.typefaces import TypeFamily
from blazon.reading.family_names import ABSENT, ABSENT_UNSURE, ALIASES
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.tokens import tokenize
from blazon.reading.type_clashes import exclude

_NOUNS: Final = frozenset("font typeface type lettering family bold regular light black medium semibold italic".split())
_LEADS: Final = frozenset("font typeface fonts typefaces type typography lettering family typeset".split())
# Between a word that speaks of type and the name: `typeface should be Lora`, `lettering set in Lora`.
_FILLERS: Final = frozenset(
    "in is be should must the a an like of with from using use called named as to set please or and".split()
)
_USE: Final = frozenset({"use", "using", "set", "typeset", "written"})
_WEIGHTS: Final[dict[str, TypeKind]] = {
    **dict.fromkeys(("black", "heavy", "bold", "extrabold", "ultrabold", "fat"), TypeKind.HEAVY),
    **dict.fromkeys(("thin", "light", "hairline", "extralight", "ultralight"), TypeKind.THIN),
}
_SPEAKING: Final = _LEADS | _USE
_REACH: Final = 5


@dataclass(frozen=True, slots=True)
class FamilyWishes:
    """Families that are asked for by name.

    Args:
        wanted: the first that there is; empty for none.
        avoided: those that must not be used.
        kinds: the kind of type of a family that there is not, and a weight that is told with a name.
        unmet: families that there are not.
    """

    wanted: str = ""
    avoided: tuple[str, ...] = ()
    kinds: tuple[TypeKind, ...] = ()
    unmet: tuple[Unmet, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """A family by name; `kind` is that of one that there is not."""

    name: str
    sure: bool
    kind: TypeKind | None = None


class FamilyNames:
    """Finds the families `families`, and well-known ones that are not among them."""

    def __init__(self, families: Iterable[TypeFamily]) -> None:
        self._kinds = {family.name: family.kinds for family in families}
        self._table = PhraseTable(_list_known(list(self._kinds)))

    def complete(self, name: str) -> str:
        """Return the family that goes by a name, long or short, as it is called itself; empty where there is none."""
        tokens = tokenize(name)
        match = self._table.longest(tokens, 0) if tokens else None
        return match[0].name if match and match[1] == len(tokens) and match[0].kind is None else ""

    def list_clashes(self, wishes: FamilyWishes, kinds: Iterable[TypeKind]) -> Iterator[Unmet]:
        """Yield the kinds of type that a family which is asked for is not of, and a family that is refused as well."""
        name = wishes.wanted
        if not name:
            return
        if name in wishes.avoided:
            yield Unmet(f"{name}, but not {name}", f"{name} is set, as it is asked for by name")
        for kind in kinds:
            if kind not in self._kinds[name] and any(exclude(kind, one) for one in self._kinds[name]):
                yield Unmet(f"{kind} type, but in {name}", f"{name} is set, as it is asked for by name")

    def find(self, scan: Scan) -> FamilyWishes:
        """Return the families that a prompt asks for, and mark their words as understood."""
        wanted: list[_Known] = []
        avoided: list[str] = []
        kinds: list[TypeKind] = []
        for place in range(len(scan.tokens)):
            match = self._table.longest(scan.tokens, place)
            if not match or not scan.is_free(place, match[1]) or not _is_meant(scan, place, *match):
                continue
            known, length = match
            _use_words(scan, place, length)
            if scan.negated[place]:
                avoided.append(known.name)
                continue
            wanted.append(known)
            if weight := _WEIGHTS.get(scan.text(place + length)):
                kinds.append(weight)
                scan.use(place + length)
        here = [known.name for known in wanted if known.kind is None]
        absent = [] if here else [known for known in wanted if known.kind is not None]
        kinds += [known.kind for known in absent if known.kind is not None]
        return FamilyWishes(
            here[0] if here else "", tuple(dict.fromkeys(avoided)), tuple(dict.fromkeys(kinds)), _tell_absent(wanted)
        )


def _tell_absent(wanted: Iterable[_Known]) -> tuple[Unmet, ...]:
    return tuple(
        Unmet(f"the typeface {known.name}", f"it is not here; {known.kind} type is set")
        for known in dict.fromkeys(wanted)
        if known.kind is not None
    )


def _list_known(names: Iterable[str]) -> Iterator[tuple[str, _Known]]:
    """Yield the phrases for families, those that there are last, since they win."""
    for sure, table in ((True, ABSENT), (False, ABSENT_UNSURE)):
        for kind, text in table.items():
            for phrase, _ in parse_phrases(text, True):
                yield phrase, _Known(phrase.removesuffix(" font").title(), sure, kind)
    here = frozenset(names)
    for alias, name in ALIASES.items():
        if name in here:
            yield alias, _Known(name, alias in ("garamond", "bodoni"))
    for name in here:
        yield name, _Known(name, " " in name and name != "Work Sans" and len(name) > 6)


def _use_words(scan: Scan, place: int, length: int) -> None:
    """Mark the name as understood, and the words before and behind it that speak of type."""
    scan.use(place, length)
    if scan.lemma(place + length) in _NOUNS and scan.text(place + length) not in _WEIGHTS:
        scan.use(place + length)
    lead = place - 1
    while place - lead < _REACH and (scan.text(lead) in _SPEAKING or scan.text(lead) in ("in", "the")):
        if scan.text(lead) in _SPEAKING:
            scan.use(lead)
        lead -= 1


def _is_meant(scan: Scan, place: int, known: _Known, length: int) -> bool:
    """Tell whether a family is meant: its name says so, or the words around it speak of type."""
    if known.sure:
        return True
    if scan.lemma(place + length) in _NOUNS:
        return True
    lead = place - 1
    while place - lead < _REACH and (scan.text(lead) in _FILLERS or (lead >= 0 and scan.tokens[lead].text == ":")):
        lead -= 1
    if scan.text(lead) in _LEADS:
        return True
    told = {scan.text(other) for other in range(lead, place)}
    return scan.tokens[place].is_capitalised and not told.isdisjoint(_USE)
