"""Wishes for colours that exclude each other, in plain words: `only black, but also red`, `black on black`."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from blazon.brief import Unmet
from blazon.draw.hues import NEUTRALS, HueFamily, family_of
from blazon.draw.palette import lch_of
from blazon.reading.colour_places import Place, are_joined
from blazon.reading.only_colours import count_limit, is_only
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.reading import Colour, ColourRole
from blazon.reading.scan import Scan

# Names of whole families: who refuses "blue" refuses navy, and who refuses "navy" no blue.
_FAMILIES: Final = frozenset("red orange yellow green blue purple pink brown black white grey gray".split())
# What is left over of a refused family, by name: "no blue except navy".
_EXCEPTION: Final = re.compile(r"\b(?:except|besides|other than|apart from|aside from|unless|but)\b", re.IGNORECASE)
_CHOICE: Final = frozenset({"or", "either", "version", "versions", "variant", "variants", "alternatively"})


def list_colour_clashes(
    scan: Scan, places: Sequence[Place], wanted: Sequence[Colour], avoided: Sequence[Colour]
) -> Iterator[Unmet]:
    """Yield the wishes for colours that exclude each other, with what is done.

    Args:
        places: of the colours that are wanted, in the order of the prompt.
        wanted: the colours of these places, with their roles.
        avoided: the colours that are refused.
    """
    yield from _list_more_than_only(scan, places, wanted)
    yield from _list_more_than_counted(scan, wanted)
    yield from _list_many_in_one(scan, places, wanted)
    if _is_choice(scan):
        return
    yield from _list_unseen(wanted)
    yield from _list_grounds(wanted)
    yield from _list_of_refused_family(scan, wanted, avoided)
    yield from _list_other_ground(scan, wanted)


def _is_choice(scan: Scan) -> bool:
    return any(scan.text(place) in _CHOICE for place in range(len(scan.tokens)))


def _list_more_than_only(scan: Scan, places: Sequence[Place], wanted: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield colours that are wanted beside those that are all that may be used; paper is no ink."""
    alone: dict[str, None] = {}
    others: dict[str, None] = {}
    for group in _group(scan, places):
        colours = [wanted[place] for place in group]
        exclusive = any(is_only(scan, places[place], places) for place in group)
        if exclusive and any(colour.role is not ColourRole.ANY for colour in colours):
            return  # "the name in black only": of one part
        inks = [one.name for one in colours if one.role is not ColourRole.BACKGROUND]
        (alone if exclusive else others).update(dict.fromkeys(inks))
    white = {colour.name for colour in wanted if family_of(colour.value) is HueFamily.WHITE}
    more = [name for name in others if name not in alone and name not in white]
    if alone and more:
        wish = f"only {_join(list(alone))}, but also {_join(more)}"
        yield Unmet(wish, f"{_join([*alone, *more])} are used")


def _group(scan: Scan, places: Sequence[Place]) -> list[list[int]]:
    """Return the lists that colours stand in, as numbers of their places."""
    groups: list[list[int]] = []
    for number, place in enumerate(places):
        if groups and are_joined(scan, places[number - 1], place):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _list_more_than_counted(scan: Scan, wanted: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield colours that are more than the brief says there may be; shades of one colour count once."""
    most, words = count_limit(scan)
    inks = {one.name: family_of(one.value) for one in wanted if one.role is not ColourRole.BACKGROUND}
    names = [name for name, family in inks.items() if family is not HueFamily.WHITE]
    families = {"neutral" if inks[name] in NEUTRALS else inks[name] for name in names}
    if most and len(names) > most and len(families) > 1:
        yield Unmet(f"{words}, but {_join(names)}", f"{_join(names)} are used, as they are named")


_MANY: Final = PhraseTable(
    parse_phrases(
        """colourful, colorful, multicolour, multicolor, multicoloured, multicolored, rainbow, rainbow colour, rainbow
        color, full colour, full color, many colour, many color, lot of colour, lot of color, lots of colour, lots of
        color, several colour, several color, different colour, different color, various colour, various color,
        two colour, two color, three colour, three color, four colour, four color, five colour, five color,
        all colour, all color, every colour, every color, gradient in two colour, gradient in three colour""",
        True,
    )
)


def _list_many_in_one(scan: Scan, places: Sequence[Place], wanted: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield that many colours are wanted where there may be one: `colourful, but only black`."""
    many = ""
    for place in range(len(scan.tokens)):
        match = _MANY.longest(scan.tokens, place)
        if match and not scan.negated[place] and not many and scan.text(place - 1) != "no":
            many = scan.source(place, match[1]).lower()
    most, words = count_limit(scan)
    names = [one.name for one in wanted if family_of(one.value) is not HueFamily.WHITE]
    named = any(is_only(scan, place, places) for place in places) and len({*names}) == 1
    one = f"only {names[0]}" if named else words if most == 1 else "no colour" if refuses_colour(scan) else ""
    if many and one and many not in one:
        yield Unmet(f"{many}, but {one}", f"{names[0] if named else 'one colour, with its tones,'} is used")


_TRANSPARENT: Final = frozenset({"transparent", "seethrough"})
_LIGHT, _DARK = 0.75, 0.45


def _list_other_ground(scan: Scan, wanted: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield that a background of a colour is to be another as well: none, or a dark one that is white."""
    ground = next((colour for colour in wanted if colour.role is ColourRole.BACKGROUND), None)
    if ground is None:
        return
    lightness = lch_of(ground.value)[0]
    for place in range(len(scan.tokens)):
        word, noun = scan.text(place), scan.lemma(place + 1)
        other = (word == "dark" and lightness > _LIGHT) or (word in ("light", "pale") and lightness < _DARK)
        if scan.negated[place] or noun not in ("background", "backdrop", "ground"):
            continue
        if word in _TRANSPARENT or other:
            yield Unmet(f"{word} {noun}, but also {ground.name}", f"the background is {ground.name}")


def refuses_colour(scan: Scan) -> bool:
    """Tell whether colour itself is refused: `no colours`, `without any colour`."""
    return any(
        scan.negated[place]
        and scan.lemma(place) in ("colour", "color")
        and scan.text(place - 1) in ("no", "any", "without")
        for place in range(len(scan.tokens))
    )


def _list_unseen(wanted: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield colours that would stand on themselves; one that is among others is their paper."""
    grounds = {colour.name: colour.value for colour in wanted if colour.role is ColourRole.BACKGROUND}
    for name, value in grounds.items():
        roles = {colour.role for colour in wanted if colour.value == value}
        alone = len(roles) > 1 and all(colour.value == value for colour in wanted)
        if alone or roles & {ColourRole.NAME, ColourRole.ACCENT}:
            yield Unmet(f"{name} on {name}", f"the background is {name}; what stands on it gets a colour that is seen")


def _list_grounds(wanted: Sequence[Colour]) -> Iterator[Unmet]:
    grounds = list(dict.fromkeys(colour.name for colour in wanted if colour.role is ColourRole.BACKGROUND))
    if len(grounds) > 1:
        yield Unmet(f"a background in {_join(grounds)}", f"a logo has one background; it is {grounds[0]}")


def _list_of_refused_family(scan: Scan, wanted: Sequence[Colour], avoided: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield colours of a family that is refused as a whole: `emerald, but no green`."""
    text = " ".join(token.source for token in scan.tokens)
    for refused in avoided:
        if refused.name not in _FAMILIES:
            continue
        for name in dict.fromkeys(one.name for one in wanted if one.value != refused.value):
            value = next(colour.value for colour in wanted if colour.name == name)
            excepted = re.search(rf"{_EXCEPTION.pattern}\W+(?:\w+\W+)?{re.escape(name)}\b", text, re.IGNORECASE)
            if family_of(value) is family_of(refused.value) and not excepted:
                yield Unmet(f"{name}, but no {refused.name}", f"{name} is used, as it is asked for by name")


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
