"""Reads a brief: from its words to what it asks for. Rules only, the same on every machine.

A brief may bring the reading of a language model instead; then the rules check that.
"""

from collections.abc import Sequence
from dataclasses import replace

from blazon.brief import Brief, PaletteMood, Unmet
from blazon.draw.families import FAMILIES
from blazon.draw.meaning import is_noise
from blazon.draw.symbols import SymbolLibrary
from blazon.draw.typefaces import TypeFamily
from blazon.reading.avoided_things import find_avoided
from blazon.reading.checks import check_reading, tell_rules_read
from blazon.reading.colour_places import is_colour
from blazon.reading.colours import find_colours
from blazon.reading.contradictions import Clash, settle
from blazon.reading.families import FamilyNames
from blazon.reading.idioms import Talk, find_talk
from blazon.reading.kinds import find_kinds
from blazon.reading.languages import English, to_english
from blazon.reading.letter_slots import find_letter_slots
from blazon.reading.markup import to_sentences
from blazon.reading.mood_words import find_moods
from blazon.reading.name_colours import find_name_colours, find_split_name
from blazon.reading.name_in_prompt import find_name, find_quoted_name, use_given_name
from blazon.reading.negation import Negation, find_negated
from blazon.reading.opposites import find_opposites, list_refused_shapes
from blazon.reading.other_languages import FindWords
from blazon.reading.reading import Reading, Scene
from blazon.reading.recorded import BY_RULES, read_reading
from blazon.reading.refusals import find_unmet
from blazon.reading.scan import Scan
from blazon.reading.scenes import Scenes, find_scenes
from blazon.reading.secondary_text import (
    SecondaryText,
    find_established,
    find_other_quote,
    find_place,
    find_slogan,
    find_unquoted_slogan,
)
from blazon.reading.techniques import find_techniques, tell_missing_lines
from blazon.reading.things import ThingNames, tell_nearest
from blazon.reading.tokens import Token, fold, to_lemma, tokenize
from blazon.reading.topic import find_unknown, write_topic
from blazon.reading.type_words import TypeWishes, find_type
from blazon.reading.words import describe_reading


class BriefReader:
    """Reads briefs in English. Threads may share it.

    Args:
        symbols: what can be shown.
        families: what a name can be set in.
    """

    def __init__(self, symbols: SymbolLibrary, families: Sequence[TypeFamily] = FAMILIES) -> None:
        self._symbols = symbols
        self._families = FamilyNames(families)
        self._names = ThingNames(symbols)

    def read(self, brief: Brief) -> Reading:
        """Return what a brief asks for; the same brief always gives the same reading.

        Raises:
            InvalidBrief: it brings a reading that is none.
        """
        if not brief.reading:
            return self._read_by_rules(brief)
        if brief.reading == BY_RULES:
            return tell_rules_read(self._read_by_rules(brief))
        return self._check(read_reading(brief.reading), brief)

    def read_with(self, brief: Brief, find: FindWords) -> Reading | None:
        """Return what the rules read in a brief where `find` knows words of it that no table has; None where not.

        Only prompts in languages without a glossary have such words.
        """
        english = to_english(to_sentences(brief.prompt), find)
        return self._read_english(brief, english) if english.guessed else None

    def _check(self, told: Reading, brief: Brief) -> Reading:
        """Return what may be believed of a reading that a language model made."""
        refused = self._find_refused(brief.prompt)
        reading = check_reading(told, brief, self._names, self._families, refused)
        by_rules = self._read_by_rules(brief)
        if by_rules.name != reading.name:
            return reading
        # Models count letters badly; the rules do not.
        reading = replace(reading, name_colours=by_rules.name_colours)
        return replace(reading, understood=describe_reading(reading))

    def _find_refused(self, prompt: str) -> tuple[Unmet, ...]:
        """Return what the rules refuse of a prompt, whoever reads it."""
        english = to_english(to_sentences(prompt))
        scan = Scan(tokenize(english.text))
        self._find_negated(scan, english)
        return find_unmet(scan, english.text)

    def _find_negated(self, scan: Scan, english: English) -> Negation:
        classes = [self._classify(token) for token in scan.tokens]
        negation = find_negated(scan.tokens, classes, english.text, scan.used)
        scan.negated = negation.negated
        scan.used |= {place for place in negation.cues if scan.text(place) == "sans"}
        return negation

    def _read_by_rules(self, brief: Brief) -> Reading:
        return self._read_english(brief, to_english(to_sentences(brief.prompt)))

    def _read_english(self, brief: Brief, english: English) -> Reading:
        scan = Scan(tokenize(english.text))
        slots = find_letter_slots(scan)
        negation = self._find_negated(scan, english)
        unmet = find_unmet(scan, english.text)
        talk = find_talk(scan, english.text)
        if brief.brand_name:
            use_given_name(scan, brief.brand_name)
        family = self._families.find(scan)
        name, text = _find_texts(scan, brief)
        name_colours = find_name_colours(scan, name, english.text, self._knows)
        techniques = find_techniques(scan)
        kinds = find_kinds(scan)
        types = find_type(scan)
        colours = find_colours(scan)
        opposites = find_opposites(scan, named_colours=bool(colours.wanted), given_style=brief.style is not None)
        styles, moods = find_moods(scan)
        moods = tuple(mood for mood in moods if mood not in opposites.dropped)
        avoid = find_avoided(scan, self._names)
        scan.used |= negation.cues
        scenes = find_scenes(scan, self._names, slots)
        unknown = find_unknown(scan, self._symbols)
        reading = Reading(
            language=english.language,
            topic=write_topic(scan),
            show=_restore_words(scenes.show, english),
            avoid=avoid,
            colours=colours.wanted,
            colours_avoided=colours.avoided,
            only=colours.only or (bool(colours.wanted) and PaletteMood.MONO in moods),
            moods=moods if not talk.pop else tuple(dict.fromkeys((*moods, PaletteMood.VIVID))),
            styles=styles,
            kinds=kinds.wanted,
            kinds_avoided=kinds.avoided,
            technique=techniques.wanted,
            technique_avoided=techniques.avoided,
            letters=kinds.letters,
            layout=kinds.layout,
            type=tuple(dict.fromkeys((*family.kinds, *types.wanted))),
            type_avoided=types.avoided,
            family=family.wanted,
            families_avoided=family.avoided,
            case=types.case,
            name=name,
            name_colours=name_colours,
            slogan=text.slogan,
            established=text.established,
            place=text.place,
            ignored=tuple(dict.fromkeys((*talk.ignored, *english.ignored, *unknown))),
            unmet=(
                *_tell_language(english),
                *unmet,
                *family.unmet,
                *kinds.unmet,
                *techniques.unmet,
                *tell_missing_lines(techniques.wanted, scenes.show, self._symbols),
                *types.unmet,
                *self._families.list_clashes(family, types.wanted),
                *colours.unmet,
                *opposites.unmet,
                *list_refused_shapes(scan, avoid),
                *_tell_substitutes(scenes),
                *_tell_pop(talk),
                *_tell_case(types),
            ),
        )
        return _finish(reading, Clash(colours.clashing, kinds.only))

    def _knows(self, word: str) -> bool:
        return self._symbols.calls_up(to_lemma(word)) or is_noise(to_lemma(word))

    def _classify(self, token: Token) -> str:
        if is_colour(token):
            return "colour"
        return "thing" if token.is_word and self._names.knows(token.lemma) else ""


def _find_texts(scan: Scan, brief: Brief) -> tuple[str, SecondaryText]:
    """Return the name, given or found, and what the prompt says that is to be set beside it."""
    slogan = find_slogan(scan) or find_unquoted_slogan(scan)
    name = brief.brand_name or find_name(scan) or find_split_name(scan) or find_quoted_name(scan)
    slogan = slogan or ("" if brief.slogan else find_other_quote(scan))
    return name, SecondaryText(slogan, find_established(scan), find_place(scan))


def _restore_words(scenes: Sequence[Scene], english: English) -> tuple[Scene, ...]:
    """Return scenes whose things are called as the prompt has them: `Leuchtturm`."""
    own = {fold(word): original for original, word in english.pairs}
    return tuple(
        replace(scene, things=tuple(replace(thing, words=own.get(thing.words, thing.words)) for thing in scene.things))
        for scene in scenes
    )


def _tell_substitutes(scenes: Scenes) -> list[Unmet]:
    nearest = [tell_nearest(words, picture) for words, picture in scenes.substitutes]
    return nearest + [
        Unmet(word, "the library has no picture of it; what comes nearest in meaning may be drawn")
        for word in scenes.missing
    ]


def _tell_language(english: English) -> list[Unmet]:
    if english.language or not english.ignored:
        return []
    told = "nothing of it was understood but names, numbers and quotes; say it in English or by the fields"
    return [Unmet("a prompt in a language that is not read here", f"{told}, or install blazon[multilingual]")]


def _tell_pop(talk: Talk) -> list[Unmet]:
    return [Unmet(talk.pop, "effect cannot be drawn; vivid colours with strong contrast are used")] if talk.pop else []


def _tell_case(types: TypeWishes) -> list[Unmet]:
    return [Unmet(types.clash, f"the name cannot be that and {types.case} as well")] if types.clash else []


def _finish(reading: Reading, clash: Clash) -> Reading:
    reading = settle(reading, clash)
    return replace(reading, understood=describe_reading(reading))
