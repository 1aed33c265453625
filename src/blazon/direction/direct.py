"""Brief to designs: one after another, each different in mark, treatment, type, colour and layout."""

from collections.abc import Iterator
from typing import Final

from blazon.brief import Brief, LayoutKind, MarkKind, Style
from blazon.design import ColourScheme, Design, FrameShape, Treatment
from blazon.direction.colours import colour_schemes
from blazon.direction.dice import Dice
from blazon.direction.marks import MarkChooser, MarkIdea
from blazon.direction.moods import styles_for
from blazon.direction.plan import Slot, plan_set
from blazon.direction.typefaces import choose_families, set_name, set_slogan
from blazon.draw.artwork import Materials
from blazon.draw.emblems import SEAL_SHAPES
from blazon.draw.palette import set_name_in_main
from blazon.draw.typefaces import TypeFamily
from blazon.reading.reading import Reading

# A short name leaves a seal's ring empty, a long one does not fit it.
_SEAL_LETTERS: Final = range(7, 25)
_CREST_LETTERS: Final = 12


def direct(brief: Brief, reading: Reading, materials: Materials) -> Iterator[Design]:
    """Yield `brief.count` designs that do what a reading of the brief says, the best first; equal ones are alike.

    The first `brief.first` are left out: each is chosen unlike those before it, whether they are wanted or not.

    Raises:
        TextNotCovered: no installed font has the characters of the name or slogan.
    """
    dice = Dice(f"{brief.seed}\0{brief.prompt}\0{reading.name}")
    styles = styles_for(brief, reading)
    marks = MarkChooser(brief, reading, materials, dice)
    families = choose_families(reading, materials.fonts, styles, dice)
    colours = colour_schemes(brief, reading, styles, dice)
    slots = plan_set(
        brief,
        reading,
        dice,
        pictures=marks.has_pictures,
        pictures_only=marks.needs_pictures,
        letters=marks.has_letters,
        seal=_emblem_suits(reading.name),
    )
    for number, slot in zip(range(brief.first + brief.count), slots, strict=False):
        style = styles[number % len(styles)]
        idea = None if slot.kind is MarkKind.WORDMARK else marks.next(style, slot)
        design = _design(brief, reading, materials, dice, slot, idea, next(families), next(colours), (number, style))
        if number >= brief.first:
            yield design


def _design(
    brief: Brief,
    reading: Reading,
    materials: Materials,
    dice: Dice,
    slot: Slot,
    idea: MarkIdea | None,
    family: TypeFamily | None,
    colours: ColourScheme,
    place: tuple[int, Style],
) -> Design:
    (number, style), layout = place, slot.layout
    frame = idea.frame if idea else None
    if layout is LayoutKind.EMBLEM:
        frame = _emblem_frame(frame or FrameShape.CIRCLE, reading.name, family)
    named = family is not None and layout is not LayoutKind.SYMBOL
    seal = layout is LayoutKind.EMBLEM and frame in SEAL_SHAPES
    return Design(
        title=reading.name or brief.prompt,
        layout=layout,
        mark=idea.mark if idea else None,
        colours=set_name_in_main(colours) if layout is LayoutKind.WORDMARK else colours,
        treatment=_treat(idea.treatment, layout, colours, reading) if idea else Treatment.PLAIN,
        frame=frame,
        brand_name=reading.name if named else "",
        slogan=reading.slogan if named else "",
        name_type=set_name(family, reading, style, dice, number, seal=seal) if family and named else None,
        slogan_type=set_slogan(reading.slogan, family, materials.fonts)
        if family and named and reading.slogan
        else None,
        seed=brief.seed,
        credits=idea.credits if idea else (),
        established=reading.established if named else "",
        place=reading.place if named else "",
    )


def _treat(treatment: Treatment, layout: LayoutKind, colours: ColourScheme, reading: Reading) -> Treatment:
    """Return a treatment in which no colour is lost that is asked for: a knocked out emblem is of two."""
    lost = len(reading.colours) > 1 and colours.name not in (colours.mark, colours.paper)
    knocked_out = layout is LayoutKind.EMBLEM and treatment is Treatment.KNOCKED_OUT
    return Treatment.FRAMED if knocked_out and lost else treatment


def _emblem_suits(name: str) -> bool:
    return bool(name) and (len(name) in _SEAL_LETTERS or len(name) <= _CREST_LETTERS)


def _emblem_frame(shape: FrameShape, name: str, family: TypeFamily | None) -> FrameShape:
    """Return a shape that suits the length of the name: a seal's ring wants capitals and enough of them."""
    ring = len(name) in _SEAL_LETTERS and family is not None and family.capitals
    if ring:
        return shape if shape in SEAL_SHAPES else FrameShape.CIRCLE
    return FrameShape.SHIELD if shape in SEAL_SHAPES else shape
