"""What a field of the brief says otherwise than its prompt or another field: which wins, in plain words."""

from collections.abc import Iterator, Sequence

from blazon.brief import Brief, MarkKind, Palette, Unmet
from blazon.draw.families import FAMILIES
from blazon.draw.hues import family_of
from blazon.draw.meaning import words_of
from blazon.reading.colour_names import PHRASES, PLAIN
from blazon.reading.reading import Colour, Reading


def list_overruled(said: Reading, brief: Brief) -> Iterator[Unmet]:
    """Yield what of the reading of a prompt a field of its brief overrules, in plain words."""
    for field, values in (
        ("style", said.styles),
        ("layout", (said.layout,) if said.layout else ()),
        ("mark", said.kinds),
        ("type", said.type),
        ("case", (said.case,) if said.case else ()),
        ("letters", (said.letters,) if said.letters else ()),
        ("established", (said.established,) if said.established else ()),
        ("slogan", (said.slogan,) if said.slogan else ()),
    ):
        wanted = getattr(brief, field)
        if wanted and values and not any(_are_alike(str(value), str(wanted)) for value in values):
            yield Unmet(f"{field} {', '.join(values)}", f"the field {field} says {wanted}, and wins over the prompt")
    yield from _list_refused(said, brief)
    yield from _list_things(said, brief)
    yield from _list_colours(said, brief)


def drop_family(said: Reading, brief: Brief) -> str:
    """Return the type family that a prompt asks for, empty where the field `type` says another kind."""
    kinds = next((family.kinds for family in FAMILIES if family.name == said.family), None)
    return said.family if brief.type is None or kinds is None or brief.type in kinds else ""


def list_avoided_colours(brief: Brief) -> tuple[Colour, ...]:
    """Return what the field `avoid` says that is a colour and nothing else: `red`, `navy`."""
    named = ((word, PLAIN.get(word) or PHRASES.get(word)) for word in (thing.casefold() for thing in brief.avoid))
    return tuple(Colour(word, value) for word, value in named if value)


def _list_refused(said: Reading, brief: Brief) -> Iterator[Unmet]:
    """Yield what a prompt, or the field `avoid`, refuses and another field asks for."""
    if brief.mark and brief.mark in said.kinds_avoided:
        yield Unmet(f"no {brief.mark} mark", f"the field mark says {brief.mark}, and wins over the prompt")
    if brief.letters and MarkKind.LETTERS in said.kinds_avoided:
        yield Unmet("no letters", f"the field letters says {brief.letters}, and wins over the prompt")
    if brief.type and brief.type in said.type_avoided:
        yield Unmet(f"no {brief.type} type", f"the field type says {brief.type}, and wins over the prompt")
    if brief.type and said.family and not drop_family(said, brief):
        yield Unmet(f"the typeface {said.family}", f"the field type says {brief.type}, and wins over the prompt")
    for field in ("mark", "type"):
        wanted = getattr(brief, field)
        if wanted and any(_fold(wanted) == _fold(thing) for thing in brief.avoid):
            yield Unmet(f"avoid {wanted}", f"the field {field} says {wanted}, and is kept")


def _list_things(said: Reading, brief: Brief) -> Iterator[Unmet]:
    things = [thing for scene in said.show for thing in scene.things]
    for thing in things:
        names = {_fold(thing.name), _fold(thing.words)}
        if names & {*map(_fold, brief.avoid)}:
            yield Unmet(
                f"show {thing.words}", "the field avoid says that it must not be seen, and wins over the prompt"
            )
        elif brief.show and names.isdisjoint(map(_fold, brief.show)):
            others = ", ".join(brief.show)
            yield Unmet(f"show {thing.words}", f"the field show says {others}, and wins over the prompt")
    for refused in said.avoid:
        if _fold(refused) in {*map(_fold, brief.show)}:
            yield Unmet(f"no {refused}", "the field show says that it is to be seen, and wins over the prompt")


def _list_colours(said: Reading, brief: Brief) -> Iterator[Unmet]:
    """Yield the colours and moods of a prompt that the fields `palette` and `avoid` overrule."""
    palette = brief.palette if isinstance(brief.palette, Palette) else Palette()
    avoided = list_avoided_colours(brief)
    if palette.colours:
        yield from _list_beside_palette(said, palette.colours, (*said.colours_avoided, *avoided))
        return
    if palette.mood and said.colours:
        yield Unmet(f"palette {palette.mood}", f"{_list_names(said.colours)} of the prompt: colours go before moods")
    elif palette.mood and said.moods and palette.mood not in said.moods:
        moods = ", ".join(said.moods)
        yield Unmet(f"mood {moods}", f"the field palette says {palette.mood}, and wins over the prompt")
    for colour in said.colours:
        if colour.value in {other.value for other in avoided}:
            told = "the field avoid says that it must not be seen, and wins over the prompt"
            yield Unmet(f"the colour {colour.name}", told)


def _list_beside_palette(said: Reading, palette: Sequence[str], refused: Sequence[Colour]) -> Iterator[Unmet]:
    """Yield the colours of a prompt that are not of a palette, and those that are refused and in it."""
    given, families = ", ".join(palette), {*map(family_of, palette)}
    for colour in said.colours:
        if family_of(colour.value) not in families:
            yield Unmet(f"the colour {colour.name}", f"the field palette says {given}, and nothing else is used")
    for colour in refused:
        if colour.value in palette or (_is_basic(colour) and family_of(colour.value) in families):
            yield Unmet(f"no {colour.name}", f"the field palette says {given}, and is kept whole")


def _is_basic(colour: Colour) -> bool:
    return colour.name in {"red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "grey"}


def _list_names(colours: Sequence[Colour]) -> str:
    return " and ".join(colour.name for colour in colours)


def _are_alike(one: str, other: str) -> bool:
    """Tell whether one text says the other: `Since 1894` and `1894`."""
    first, second = one.casefold(), other.casefold()
    return first in second or second in first


def _fold(text: str) -> str:
    """Return a text as it is compared: its words in the singular; one in another script as it is."""
    return " ".join(words_of(text)) or text.casefold()
