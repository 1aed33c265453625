"""A reading in plain words, for people: a line for each wish."""

from collections.abc import Iterator
from dataclasses import replace

from blazon.brief import LetterCase
from blazon.draw.uploaded_fonts import title_of
from blazon.generation import UnderstoodWish
from blazon.reading.reading import Colour, ColourRole, NamePart, Reading, Relation, Scene, Technique, Thing

_CASES = {
    LetterCase.AS_GIVEN: "name as it is written",
    LetterCase.UPPER: "name in capitals",
    LetterCase.LOWER: "name in small letters",
}

_TECHNIQUES = {Technique.LINES: "drawn in lines", Technique.SOLID: "drawn as solid shapes"}


def describe_reading(reading: Reading) -> tuple[str, ...]:
    """Return what a reading says in plain words, a wish each."""
    return tuple(wish.line for wish in list_understood(reading))


def list_understood(reading: Reading) -> tuple[UnderstoodWish, ...]:
    """Return what a reading says, a wish each, with its parts and the field of a brief that says the same."""
    wishes = (*_list_pictures(reading), *_list_kinds(reading), *_list_lettering(reading), *_list_texts(reading))
    first: dict[str, UnderstoodWish] = {}
    for wish in wishes:
        plain = replace(wish, text=str(wish.text), values=tuple(map(str, wish.values)))
        first.setdefault(wish.line, plain)
    return tuple(first.values())


def _list_pictures(reading: Reading) -> Iterator[UnderstoodWish]:
    for scene in reading.show:
        text, words = _describe_scene(scene), tuple(thing.words for thing in scene.things)
        yield UnderstoodWish("show", f"show {text}", text, "show", words)
    for thing in reading.avoid:
        yield UnderstoodWish("avoid", f"avoid {thing}", thing, "avoid", (thing,))
    if reading.colours:
        text = ", ".join(map(_describe_colour, reading.colours))
        names = tuple(colour.name for colour in reading.colours)
        yield UnderstoodWish("colours", f"{'only the ' if reading.only else ''}colours {text}", text, "palette", names)
    for colour in reading.colours_avoided:
        yield UnderstoodWish("no_colour", f"no {colour.name}", colour.name, "avoid", (colour.name,))
    for mood in reading.moods:
        yield UnderstoodWish("mood", f"mood {mood}", mood, "palette", (mood,))
    for style in reading.styles:
        yield UnderstoodWish("style", f"style {style}", style, "style", (style,))


def _list_kinds(reading: Reading) -> Iterator[UnderstoodWish]:
    for kind in reading.kinds:
        yield UnderstoodWish("mark", f"mark {kind}", kind, "mark", (kind,))
    for kind in reading.kinds_avoided:
        yield UnderstoodWish("no_mark", f"no {kind} mark", kind, "", (kind,))
    if reading.technique is not None:
        text = _TECHNIQUES[reading.technique]
        yield UnderstoodWish("technique", text, text)
    if reading.technique_avoided is not None:
        text = f"not {_TECHNIQUES[reading.technique_avoided]}"
        yield UnderstoodWish("technique", text, text)


def _list_lettering(reading: Reading) -> Iterator[UnderstoodWish]:
    for kind in reading.type:
        yield UnderstoodWish("type", f"type {kind}", kind, "type", (kind,))
    for kind in reading.type_avoided:
        yield UnderstoodWish("no_type", f"no {kind} type", kind, "", (kind,))
    if reading.family:
        title = title_of(reading.family)
        field = "own_font" if title != reading.family else ""
        yield UnderstoodWish("family", f"type {title}", title, field, (title,))
    for family in reading.families_avoided:
        yield UnderstoodWish("no_family", f"no {family}", family, "", (family,))
    if reading.name_colours:
        text = ", ".join(_describe_part(part, reading.name) for part in reading.name_colours)
        yield UnderstoodWish("name_parts", f"name in parts: {text}", text)
    if reading.case is not None:
        yield UnderstoodWish("case", _CASES[reading.case], _CASES[reading.case], "case", (reading.case,))


def _list_texts(reading: Reading) -> Iterator[UnderstoodWish]:
    texts = (
        ("about", reading.topic, "prompt"),
        ("letters", reading.letters, "letters"),
        ("layout", reading.layout, "layout"),
        ("name", reading.name, "brand_name"),
        ("slogan", reading.slogan, "slogan"),
        ("date", reading.established, "established"),
        ("place", reading.place, ""),
    )
    for kind, text, field in texts:
        if text:
            yield UnderstoodWish(kind, f"{kind}: {text}", text, field, (text,))


def _describe_scene(scene: Scene) -> str:
    words = [_describe_thing(thing) for thing in scene.things]
    match scene.relation:
        case Relation.ALONE:
            return " or ".join(words)
        case Relation.TOGETHER:
            return f"{' and '.join(words)} together"
        case Relation.MADE_OF:
            return " made of ".join(words)
        case Relation.IN_LETTER:
            return f"{' and '.join(words)} in {f'the letter {scene.letter}' if scene.letter else 'a letter'}"


def _describe_thing(thing: Thing) -> str:
    """Return a thing as the brief has it; in letters that are not Latin, what it was taken for as well."""
    is_latin = all(char < "\u0250" or "\u1e00" <= char < "\u1f00" for char in thing.words)
    return thing.words if is_latin else f"{thing.words} as {thing.name}"


def _describe_part(part: NamePart, name: str) -> str:
    return f"{part.colour.name if part.colour else 'another colour'} from {name[part.start :].split()[0]!r} on"


def _describe_colour(colour: Colour) -> str:
    return colour.name if colour.role is ColourRole.ANY else f"{colour.name} ({colour.role})"
