"""The page about type: the faces of the logo as specimens."""

from dataclasses import replace
from typing import Final

from pathops import Path

from blazon.design import LetterCase
from blazon.draw.lettering import set_line
from blazon.draw.outline import Box, bounds, move_path, scale_path
from blazon.errors import BlazonError
from blazon.kit.book.figure import GREY, INK, Figure, Item, Label, line
from blazon.kit.book.section import WIDTH, Grid, Section, Shown
from blazon.kit.book.specimen import sample_for
from blazon.kit.book.subject import Subject
from blazon.kit.picture import Fill, fill
from blazon.kit.type_files import KitFont

_EM: Final = 100.0


def show_type(subject: Subject) -> Section:
    """Return the page about the type of a logo that has a name."""
    # Weights of one family are one specimen.
    families = {font.typeface.family: font for font in reversed(subject.fonts)}
    fonts = [font for font in subject.fonts if families[font.typeface.family] is font]
    height = 152.0 if len(fonts) == 1 else 72.0
    shown = tuple(
        Shown(_draw_specimen(font, subject, height), font.typeface.family, _describe(font, subject)) for font in fonts
    )
    first = subject.fonts[0]
    text = [
        f"The {' and the '.join(first.roles)} of the logo {'are' if len(first.roles) > 1 else 'is'} set in "
        f"{first.typeface.family} at weight {first.typeface.weight}."
    ]
    text += [
        f"The {' and the '.join(font.roles)} is set in it at weight {font.typeface.weight}."
        for font in subject.fonts[1:]
        if font.typeface.family == first.typeface.family
    ]
    text.append(
        "Set headlines in it as well, and long texts in a plain face that keeps out of its way. The logo itself "
        "is never typed: take its files, whose letters are outlines."
    )
    if any(not font.path for font in subject.fonts):
        text.append("A font that is not in the kit is your own; its licence says who may have it.")
    else:
        text.append(
            "The fonts are in the kit with their licences, which let you use them on paper, on screens and in apps."
        )
    return Section("type", "Type", tuple(text), (Grid(1, shown),))


def _describe(font: KitFont, subject: Subject) -> str:
    weights = [one.typeface.weight for one in subject.fonts if one.typeface.family == font.typeface.family]
    words = f"Weight{'s' if len(weights) > 1 else ''} {' and '.join(map(str, weights))}."
    return f"{words} {font.path}" if font.path else words


def _draw_specimen(font: KitFont, subject: Subject, height: float) -> Figure:
    """Return a large pair of letters, the name, and the alphabet below each other."""
    items: list[Item] = []
    plain = replace(font, typeface=replace(font.typeface, case=LetterCase.AS_GIVEN))
    own = subject.order.design.brand_name if "name" in font.roles else subject.order.design.slogan
    sample = sample_for(own)
    initial = _set(sample.initial, plain, subject) or _set(subject.order.design.brand_name[:2], font, subject)
    if initial is not None:
        items.append(_fit_line(initial, Box(0, height * 0.12, 58, height * 0.88), INK))
    set_lines = [_set(own, font, subject), *(_set(text, plain, subject) for text in sample.lines)]
    lines = [outline for outline in set_lines if outline is not None]
    room = height / max(len(lines), 1)
    for number, outline in enumerate(lines):
        box = Box(70, number * room + 0.24 * room, WIDTH, (number + 1) * room - 0.24 * room)
        items.append(
            _fit_line(outline, box, INK if number == 0 else GREY, left=True, tallest=11.0 if number == 0 else 5.5)
        )
        if number:
            items.append(line((70, number * room), (WIDTH, number * room)))
    if not lines:
        items.append(Label(70, height / 2, font.typeface.family, 4, INK))
    return Figure(WIDTH, height, tuple(items))


def _set(text: str, font: KitFont, subject: Subject) -> Path | None:
    try:
        return set_line(text, font.typeface, _EM, subject.materials.fonts).path if text else None
    except BlazonError:  # a family of another script has no such letters
        return None


def _fit_line(outline: Path, box: Box, colour: str, *, left: bool = False, tallest: float = 60.0) -> Fill:
    """Return an outline as large as it fits into a box, flush left or in its middle."""
    ink = bounds([outline])
    factor = min(box.width / ink.width, min(box.height, tallest) / ink.height)
    x = box.left - factor * ink.left if left else box.centre[0] - factor * ink.centre[0]
    return fill(move_path(scale_path(outline, factor), x, box.centre[1] - factor * ink.centre[1]), colour)
