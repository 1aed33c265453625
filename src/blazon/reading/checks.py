"""What a language model read, held to what the rules hold themselves to.

A model may be wrong, and a prompt may tell it what to say. So what it says is never more than a reading: what is set in
type stands in the brief, things and colours go by the names that are known here, what is refused stays refused, and
wishes that exclude each other are settled as ever.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from blazon.brief import MAX_BRAND_NAME, MAX_SLOGAN, Brief, PaletteMood, Unmet
from blazon.errors import InvalidBrief
from blazon.field_checks import MAX_THING, MAX_THINGS, check_label, read_established, read_letters
from blazon.reading.colour_names import PHRASES, PLAIN, THINGS_TOO
from blazon.reading.contradictions import Clash, settle
from blazon.reading.families import FamilyNames
from blazon.reading.reading import Colour, Reading, Relation, Scene, Thing
from blazon.reading.refusals import refuse
from blazon.reading.things import ThingNames
from blazon.reading.tokens import fold, tokenize
from blazon.reading.words import describe_reading

MAX_COLOURS: Final = 5
_IN_SCENE: Final = 3  # things
_MAX_PLACE: Final = 40
_HEX: Final = re.compile(r"#[0-9a-f]{6}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_LINK: Final = re.compile(r"[a-z]{1,12}")
_DATE_WORDS: Final = re.compile(r"[^\W\d_]+")
_FOUNDED: Final = frozenset("est estd estab established since founded anno".split())

_Wish = TypeVar("_Wish")


def tell_rules_read(reading: Reading) -> Reading:
    """Return a reading by rules with a word that a language model was to read, and did not."""
    told = Unmet("a language model reads the brief", "it gave no reading that can be used; the rules read the brief")
    return replace(reading, unmet=(*reading.unmet, told))


def check_reading(
    told: Reading, brief: Brief, names: ThingNames, families: FamilyNames, refused: tuple[Unmet, ...]
) -> Reading:
    """Return what may be believed of a reading that a language model made, in words, with what was left out.

    Args:
        names, families: the things and type families that there are.
        refused: what the rules refuse of the prompt, whatever a model makes of it.
    """
    check = _Check(brief, names, list(refused))
    colours = tuple(check.list_colours(told.colours))
    avoided = tuple(check.list_colours(told.colours_avoided))
    unwanted = {colour.value for colour in avoided}
    wanted = tuple(colour for colour in colours if colour.value not in unwanted)
    reading = Reading(
        language=told.language if _LANGUAGE.fullmatch(told.language) else "",
        topic=check.refuse(told.topic),
        show=tuple(check.list_scenes(told.show)),
        avoid=tuple(dict.fromkeys(check.list_avoided(told.avoid))),
        colours=wanted,
        colours_avoided=avoided,
        only=bool(wanted) and (told.only or PaletteMood.MONO in told.moods),
        moods=told.moods,
        styles=(brief.style,) if brief.style else told.styles,
        kinds=check.drop_refused("mark", told.kinds, told.kinds_avoided),
        kinds_avoided=told.kinds_avoided,
        technique=told.technique if told.technique is not told.technique_avoided else None,
        technique_avoided=told.technique_avoided,
        letters=check.take("letters", told.letters, read_letters, _are_letters_in),
        layout=brief.layout or told.layout,
        type=check.drop_refused("type", told.type, told.type_avoided),
        type_avoided=told.type_avoided,
        case=told.case,
        name=brief.brand_name or check.take("name", told.name, _label(MAX_BRAND_NAME), _stands_in),
        slogan=brief.slogan or check.take("slogan", told.slogan, _label(MAX_SLOGAN), _stands_in),
        established=check.take("established", told.established, read_established, _is_date_in),
        place=check.take("place", told.place, _label(_MAX_PLACE), _stands_in),
        ignored=tuple(word for word in told.ignored if _stands_in(word, brief.prompt)),
    )
    reading = replace(
        reading,
        family=check.take_family(told.family, families),
        families_avoided=tuple(filter(None, map(families.complete, told.families_avoided))),
    )
    reading = replace(reading, unmet=tuple(dict.fromkeys(check.unmet)))
    reading = settle(reading, Clash(tuple(colour for colour in colours if colour.value in unwanted)))
    return replace(reading, understood=describe_reading(reading))


@dataclass
class _Check:
    """The check of one reading; what it leaves out is told in `unmet`."""

    brief: Brief
    names: ThingNames
    unmet: list[Unmet] = field(default_factory=list)

    def refuse(self, text: str) -> str:
        kept, refused = refuse(text)
        self.unmet += refused
        return kept

    def list_scenes(self, scenes: Iterable[Scene]) -> Iterator[Scene]:
        left = MAX_THINGS
        for scene in scenes:
            found = {thing.name: thing for one in scene.things[:_IN_SCENE] if (thing := self._name(one))}
            things = tuple(found.values())[:left]
            left -= len(things)
            if things:
                yield _tidy(replace(scene, things=things))

    def _name(self, thing: Thing) -> Thing | None:
        if self.refuse(thing.name) != thing.name or self.refuse(thing.words) != thing.words:
            return None
        lemmas = _lemmas(thing.name)
        if not lemmas or len(thing.name) > MAX_THING:
            return None
        words = thing.words if _stands_in(thing.words, self.brief.prompt) else thing.name
        named = self.names.find(tokenize(lemmas), 0)
        if named is None or named.length < len(lemmas.split()):
            return Thing(lemmas, words)
        if not named.exact:
            nearest = named.picture.removesuffix(" head")
            self.unmet.append(Unmet(words, f"the library has no {words}; the nearest, {nearest}, is drawn"))
        return Thing(named.picture, words)

    def list_avoided(self, things: Iterable[str]) -> Iterator[str]:
        for thing in things:
            if (lemmas := _lemmas(thing)) and len(thing) <= MAX_THING:
                yield lemmas
                named = self.names.find(tokenize(lemmas), 0)
                if named and named.exact and not {*lemmas.split()} & {*named.picture.split()}:
                    yield named.picture

    def list_colours(self, colours: Iterable[Colour]) -> Iterator[Colour]:
        """Yield colours that are known by name, or by value: a name that is known decides."""
        for colour in [*colours][:MAX_COLOURS]:
            name = fold(colour.name)
            value = PHRASES.get(name) or PLAIN.get(name) or THINGS_TOO.get(name) or colour.value.lower()
            if _HEX.fullmatch(value):
                yield Colour(name if name and self.refuse(name) == name else value, value, colour.role)
            elif name:
                self.unmet.append(Unmet(f"the colour {name}", "no colour of that name is known; it is left out"))

    def take_family(self, name: str, families: FamilyNames) -> str:
        """Return the family of that name, empty where there is none."""
        found = families.complete(name)
        if name and not found and self.refuse(name) == name:
            self.unmet.append(Unmet(f"the typeface {name}", "it is not here; what else the brief says decides"))
        return found

    def drop_refused(self, what: str, wanted: tuple[_Wish, ...], refused: tuple[_Wish, ...]) -> tuple[_Wish, ...]:
        for wish in wanted:
            if wish in refused:
                self.unmet.append(Unmet(f"{what} {wish}, but not {wish}", f"{wish} is left out"))
        return tuple(wish for wish in wanted if wish not in refused)

    def take(self, field_name: str, text: str, read: Callable[[str], str], is_told: Callable[[str, str], bool]) -> str:
        """Return a text that is to be set, empty where the brief does not say it or it must not be set."""
        if not text:
            return ""
        try:
            value = read(text)
        except InvalidBrief as error:
            self.unmet.append(Unmet(f"{field_name} {text}", f"it {error.problem}; it is left out"))
            return ""
        if not is_told(value, f"{self.brief.prompt} {self.brief.brand_name}"):
            self.unmet.append(Unmet(f"{field_name} {value}", "the brief does not say it; it is left out"))
            return ""
        return value if self.refuse(value) == value else ""


def _label(most: int) -> Callable[[str], str]:
    return lambda text: check_label("text", text, most)


def _tidy(scene: Scene) -> Scene:
    """Return a scene whose relation goes with the number of its things."""
    letter = scene.letter if len(scene.letter) == 1 and scene.letter.isalnum() else ""
    if scene.relation is Relation.IN_LETTER:
        return Scene(scene.things[:1], Relation.IN_LETTER, letter=letter.upper())
    joined = len(scene.things) > 1 and scene.relation is not Relation.ALONE
    link = scene.link.lower() if scene.relation is Relation.TOGETHER and joined else ""
    return Scene(scene.things, scene.relation if joined else Relation.ALONE, link if _LINK.fullmatch(link) else "")


def _lemmas(text: str) -> str:
    """Return the words of a thing in the singular, without its article."""
    words = [token for token in tokenize(text) if token.is_word]
    return " ".join(word.lemma for word in words if word.text not in ("a", "an", "the"))


def _squeeze(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _stands_in(text: str, brief: str) -> bool:
    """Tell whether a brief has a text, whatever its case, accents, spaces and signs."""
    return bool(squeezed := _squeeze(text)) and squeezed in _squeeze(brief)


def _are_letters_in(letters: str, brief: str) -> bool:
    return {*_squeeze(letters)} <= {*_squeeze(brief)}


def _is_date_in(date: str, brief: str) -> bool:
    """Tell whether a brief has the figures of a date, and the words that are not merely said of dates."""
    figures = re.findall(r"\d+", date)
    words = [word for word in _DATE_WORDS.findall(date) if fold(word) not in _FOUNDED]
    return all(_stands_in(part, brief) for part in (*figures, *words))
