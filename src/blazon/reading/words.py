"""A reading in plain words, for people: a line for each wish."""

from collections.abc import Iterator

from blazon.brief import LetterCase
from blazon.draw.uploaded_fonts import title_of
from blazon.reading.reading import Colour, ColourRole, NamePart, Reading, Relation, Scene, Technique, Thing

_CASES = {
    LetterCase.AS_GIVEN: "name as it is written",
    LetterCase.UPPER: "name in capitals",
    LetterCase.LOWER: "name in small letters",
}

_TECHNIQUES = {Technique.LINES: "drawn in lines", Technique.SOLID: "drawn as solid shapes"}


def describe_reading(reading: Reading) -> tuple[str, ...]:
    """Return what a reading says in plain words, a wish each."""
    return tuple(dict.fromkeys((*_list_wishes(reading), *_list_texts(reading))))


def _list_wishes(reading: Reading) -> Iterator[str]:
    yield from (f"show {_describe_scene(scene)}" for scene in reading.show)
    yield from (f"avoid {thing}" for thing in reading.avoid)
    if reading.colours:
        colours = ", ".join(map(_describe_colour, reading.colours))
        yield f"only the colours {colours}" if reading.only else f"colours {colours}"
    yield from (f"no {colour.name}" for colour in reading.colours_avoided)
    yield from (f"mood {mood}" for mood in reading.moods)
    yield from (f"style {style}" for style in reading.styles)
    yield from (f"mark {kind}" for kind in reading.kinds)
    yield from (f"no {kind} mark" for kind in reading.kinds_avoided)
    if reading.technique is not None:
        yield _TECHNIQUES[reading.technique]
    if reading.technique_avoided is not None:
        yield f"not {_TECHNIQUES[reading.technique_avoided]}"
    yield from (f"type {kind}" for kind in reading.type)
    yield from (f"no {kind} type" for kind in reading.type_avoided)
    if reading.family:
        yield f"type {title_of(reading.family)}"
    yield from (f"no {family}" for family in reading.families_avoided)
    if reading.name_colours:
        yield f"name in parts: {', '.join(_describe_part(part, reading.name) for part in reading.name_colours)}"
    if reading.case is not None:
        yield _CASES[reading.case]


def _list_texts(reading: Reading) -> Iterator[str]:
    texts = {
        "about": reading.topic,
        "letters": reading.letters,
        "layout": reading.layout,
        "name": reading.name,
        "slogan": reading.slogan,
        "date": reading.established,
        "place": reading.place,
    }
    yield from (f"{label}: {text}" for label, text in texts.items() if text)


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
