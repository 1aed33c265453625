"""Brief to designs: one after another, each different in mark, treatment, type, colour and layout."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from blazon.brief import Brief, LayoutKind, MarkKind, Style
from blazon.design import BadgePlan, ColourScheme, Design, Mark, Ornament, Treatment
from blazon.direction.alternatives import AlternativeChooser
from blazon.direction.badges import Badge, BadgeChooser
from blazon.direction.colours import colour_schemes
from blazon.direction.dice import Dice
from blazon.direction.letter_places import LetterPlaceChooser
from blazon.direction.line_marks import suit_line_mark
from blazon.direction.marks import MarkChooser, MarkIdea
from blazon.direction.moods import styles_for
from blazon.direction.plan import Slot, plan_set
from blazon.direction.special_treatments import SpecialTreatments
from blazon.direction.two_tone import set_in_two_tones
from blazon.direction.typefaces import choose_families, set_name, set_slogan
from blazon.direction.wordmarks import WordmarkChooser
from blazon.draw.artwork import Materials
from blazon.draw.typefaces import TypeFamily
from blazon.reading.reading import Reading

_ALTERNATIVES: Final = 2


def direct(brief: Brief, reading: Reading, materials: Materials) -> Iterator[Design]:
    """Yield `brief.count` designs that do what a reading of the brief says, the best first; equal ones are alike.

    The first `brief.first` are left out: each is chosen unlike those before it, whether they are wanted or not.

    Raises:
        TextNotCovered: no installed font has the characters of the name or slogan.
    """
    return (designs[0] for designs in islice(direct_places(brief, reading, materials), brief.first, None))


def direct_places(brief: Brief, reading: Reading, materials: Materials) -> Iterator[tuple[Design, ...]]:
    """Yield the designs for each place of a set, from the first on: what `direct` takes, and alternatives to that.

    There are `brief.first + brief.count` places. Alternatives have the same kind of mark and type and the same
    colours, which they may spend in another way, and follow from the places up to theirs alone.

    Raises:
        TextNotCovered: no installed font has the characters of the name or slogan.
    """
    dice = Dice(f"{brief.seed}\0{brief.prompt}\0{reading.name}")
    styles = styles_for(brief, reading)
    badges = BadgeChooser(brief.prompt, reading, materials.fonts, dice)
    marks = MarkChooser(brief, reading, materials, dice)
    families = choose_families(reading, materials.fonts, styles, dice)
    colours = colour_schemes(brief, reading, styles, dice)
    letter_places = LetterPlaceChooser(brief, reading, materials, dice)
    wordmarks = WordmarkChooser(brief, reading, materials, dice)
    specials = SpecialTreatments(brief, reading, materials, dice)
    alternatives = AlternativeChooser(brief, reading, materials, dice)
    used: set[Mark | None] = set()
    slots = plan_set(
        brief,
        reading,
        dice,
        pictures=marks.has_pictures,
        pictures_only=marks.needs_pictures,
        letters=marks.has_letters,
        seal=badges.has_plans,
    )
    for number, slot in zip(range(brief.first + brief.count), slots, strict=False):
        style = styles[number % len(styles)]
        idea = None if slot.kind is MarkKind.WORDMARK else marks.next(style, slot)
        scheme, family = next(colours), next(families)
        badge = badges.next(style, family) if slot.layout is LayoutKind.EMBLEM else None
        design = _design(brief, reading, materials, dice, slot, idea, badge, family, scheme, (number, style))
        placed = letter_places.place(design, slot.kind, scheme, number)
        if placed is None and slot.kind is MarkKind.WORDMARK:
            placed = letter_places.suggest(design, scheme, marks.motifs) or wordmarks.improve(design, scheme, style)
        design = placed or specials.improve(design, style, number)
        design = suit_line_mark(design, brief, reading, materials, used)
        found = alternatives.next(design, style, _ALTERNATIVES)
        suited = [suit_line_mark(one, brief, reading, materials, used) for one in found]
        # What differs in its mark alone is left out where it would be another mark; in another layout it may be.
        kept = [one for one, before in zip(suited, found, strict=True) if one == before or one.layout != design.layout]
        used.update(one.mark for one in kept)
        yield tuple(set_in_two_tones(one, reading) for one in kept)


def _design(
    brief: Brief,
    reading: Reading,
    materials: Materials,
    dice: Dice,
    slot: Slot,
    idea: MarkIdea | None,
    badge: Badge | None,
    family: TypeFamily | None,
    colours: ColourScheme,
    place: tuple[int, Style],
) -> Design:
    (number, style), layout = place, slot.layout
    frame = badge.frame if badge else idea.frame if idea else None
    named = family is not None and layout is not LayoutKind.SYMBOL
    capitals = badge is not None and badge.plan is not BadgePlan.CREST
    return Design(
        title=reading.name or brief.prompt,
        layout=layout,
        mark=idea.mark if idea else None,
        colours=colours,
        treatment=_treat(idea.treatment, layout, colours, reading) if idea else Treatment.PLAIN,
        frame=frame,
        brand_name=reading.name if named else "",
        slogan=reading.slogan if named else "",
        name_type=set_name(family, reading, style, dice, number, seal=capitals) if family and named else None,
        slogan_type=set_slogan(reading.slogan, family, materials.fonts)
        if family and named and reading.slogan
        else None,
        seed=brief.seed,
        credits=idea.credits if idea else (),
        established=reading.established if named else "",
        place=reading.place if named else "",
        badge=badge.plan if badge else None,
        ornament=badge.ornament if badge else Ornament.DIAMOND,
    )


def _treat(treatment: Treatment, layout: LayoutKind, colours: ColourScheme, reading: Reading) -> Treatment:
    """Return a treatment in which no colour is lost that is asked for: a knocked out emblem is of two."""
    lost = len(reading.colours) > 1 and colours.name not in (colours.mark, colours.paper)
    knocked_out = layout is LayoutKind.EMBLEM and treatment is Treatment.KNOCKED_OUT
    return Treatment.FRAMED if knocked_out and lost else treatment
