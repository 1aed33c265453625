"""A reading in plain words, a wish each."""

from collections.abc import Iterator, Sequence

from blazon.brief import LayoutKind, MarkKind
from blazon.reading.reading import Colour, ColourRole, Reading, Relation, Scene

_KINDS = {
    MarkKind.PICTORIAL: "a pictorial mark",
    MarkKind.ABSTRACT: "an abstract mark",
    MarkKind.LETTERS: "a monogram",
    MarkKind.WORDMARK: "a wordmark",
    MarkKind.BADGE: "a badge",
    MarkKind.MASCOT: "a mascot",
}
_JOINTS = {
    Relation.ALONE: " or ",
    Relation.TOGETHER: " and ",
    Relation.MADE_OF: " made of ",
    Relation.IN_LETTER: " and ",
}


def describe(reading: Reading, avoided: Sequence[str]) -> tuple[str, ...]:
    """Return what a brief asks for, in plain words; `avoided` is what must not be seen, as the brief says it."""
    return tuple(_wishes(reading, avoided))


def _wishes(reading: Reading, avoided: Sequence[str]) -> Iterator[str]:
    if reading.name:
        yield f"name: {reading.name}"
    if reading.topic:
        yield f"about: {reading.topic}"
    for scene in reading.show:
        yield f"show {_say_scene(scene)}"
    if avoided:
        yield f"without {', '.join(avoided)}"
    yield from _say_colours(reading)
    yield from _say_form(reading)
    yield from _say_text(reading)


def _say_scene(scene: Scene) -> str:
    words = _JOINTS[scene.relation].join(thing.words for thing in scene.things)
    if scene.relation is not Relation.IN_LETTER:
        return words + (" together" if scene.relation is Relation.TOGETHER else "")
    return f"{words} in the letter {scene.letter}" if scene.letter else f"{words} in a letter"


def _say_colours(reading: Reading) -> Iterator[str]:
    if reading.colours:
        yield f"{'only ' if reading.only else ''}{', '.join(map(_say_colour, reading.colours))}"
    if reading.colours_avoided:
        yield f"no {', '.join(colour.name for colour in reading.colours_avoided)}"
    if reading.moods:
        yield f"palette: {', '.join(reading.moods)}"
    if reading.styles:
        yield f"style: {', '.join(reading.styles)}"


def _say_colour(colour: Colour) -> str:
    return colour.name if colour.role is ColourRole.ANY else f"{colour.name} ({colour.role})"


def _say_form(reading: Reading) -> Iterator[str]:
    if reading.kinds:
        yield " or ".join(_KINDS[kind] for kind in reading.kinds)
    if reading.kinds_avoided:
        yield f"not {', '.join(_KINDS[kind] for kind in reading.kinds_avoided)}"
    if reading.letters:
        yield f"letters {reading.letters}"
    if reading.layout is LayoutKind.SYMBOL:
        yield "no text"
    elif reading.layout:
        yield f"layout: {reading.layout}"
    if reading.type or reading.case:
        yield f"type: {', '.join((*reading.type, *([reading.case] if reading.case else [])))}"
    if reading.type_avoided:
        yield f"type that is not {', '.join(reading.type_avoided)}"


def _say_text(reading: Reading) -> Iterator[str]:
    if reading.slogan:
        yield f"slogan: {reading.slogan}"
    if reading.established:
        yield f"date: {reading.established}"
    if reading.place:
        yield f"place: {reading.place}"
