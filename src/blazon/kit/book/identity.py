"""Pages about the logo as it is: its idea, its versions and its colourings."""

from typing import Final

from blazon.draw.outline import Box
from blazon.kit.book.figure import Figure, Item, Label, fit, show
from blazon.kit.book.section import CAPTION, HEIGHT, WIDTH, Grid, Section, Shown, column_width
from blazon.kit.book.subject import TITLES, Subject, is_pale, tile_figure
from blazon.kit.picture import place
from blazon.kit.versions import Colouring, Layout

PAGE_WIDTH: Final = 297.0
PAGE_HEIGHT: Final = 210.0
_USES: Final = {
    Layout.HORIZONTAL: "Headers, letterheads, signs.",
    Layout.STACKED: "Square places, covers, posters.",
    Layout.MARK: "Where the name is near: avatars, stamps, ends of texts.",
    Layout.WORDMARK: "Where the mark is near, or height is scarce.",
    Layout.BADGE: "Stickers, labels, merchandise.",
}
_GROUNDS: Final = {
    Colouring.COLOUR: ("Colour", "The first choice, on its paper."),
    Colouring.REVERSED: ("Reversed", "On the opposite ground, and on photographs of its lightness."),
    Colouring.BLACK: ("Black", "One ink on light: newspapers, fax, engraving, stamps."),
    Colouring.WHITE: ("White", "One ink on dark: foil, glass, textiles, film."),
}


def draw_cover(subject: Subject) -> Figure:
    """Return the cover: the logo on the darker of its two papers."""
    colouring = subject.on_dark
    colours = subject.scheme(colouring)
    page = Box(0, 0, PAGE_WIDTH, PAGE_HEIGHT)
    version = subject.primary
    share = 0.50 if version.ink.width > 1.6 * version.ink.height else 0.42
    logo = show(version, fit(page, share, share), colouring)
    words = (
        Label(18, 193, "Brand book", 4.2, colours.name, strong=True),
        subject.write_name(PAGE_WIDTH - 18, 193, 4.2, colours.slogan, "end"),
    )
    return Figure(PAGE_WIDTH, PAGE_HEIGHT, (*logo, *words), colours.paper)


def describe_idea(subject: Subject) -> Section:
    """Return the page about the idea."""
    order, text = subject.order, []
    if order.why:
        text.append(order.why)
    elif order.shows:
        text.append(f"The mark shows {_join(order.shows)}.")
    if subject.fonts:
        text.append(
            f"The name is set in {subject.fonts[0].typeface.family}; headlines beside the logo can be set in it "
            "as well."
        )
    text.append(
        "Mark, name and colours are one drawing. Use the files as they are; every case that this book knows has "
        "a file of its own."
    )
    figure = tile_figure(subject.primary, WIDTH, 150, share=0.60)
    return Section("idea", "The idea", tuple(text), (Grid(1, (Shown(figure),)),))


def show_versions(subject: Subject) -> Section:
    """Return the page that shows every version, and the mark for small sizes."""
    rows = (len(subject.versions) + 2) // 2
    width, height = column_width(2), min(64.0, (HEIGHT + 3) / rows - CAPTION - 1)
    shown = [
        Shown(tile_figure(version, width, height, share=0.56), TITLES[layout], _USES[layout])
        for layout, version in subject.versions.items()
    ]
    shown.append(
        Shown(
            _show_small(subject, width, height), "Small sizes", "Redrawn for 16 to 48 pixels, without what would clog."
        )
    )
    text = (
        "Each version holds the same mark and the same letters. Take the one that fits its place; never build "
        "another from parts.",
        f"The {TITLES[subject.primary.layout].lower()} version is the one to begin with.",
    )
    return Section("versions", "Versions", text, (Grid(2, tuple(shown)),))


def show_colourings(subject: Subject) -> Section:
    """Return the page that shows the four colourings on their grounds."""
    width = column_width(2)
    shown = tuple(
        Shown(tile_figure(subject.primary, width, 66, colouring), *_GROUNDS[colouring]) for colouring in Colouring
    )
    text = (
        "Four colourings cover every ground and every way of printing.",
        "A tint or a shade of the logo is not one of them: if colour is not to be had, black or white is.",
    )
    return Section("colourings", "Colourings", text, (Grid(2, shown),))


def _show_small(subject: Subject, width: float, height: float) -> Figure:
    ground = subject.scheme().paper
    items: list[Item] = []
    for number, side in enumerate((18.0, 9.0, 4.5)):
        x = width * (0.30 + 0.20 * number)
        box = Box(x - side / 2, height / 2 - side / 2, x + side / 2, height / 2 + side / 2)
        items += place(subject.small.fills, subject.small.box, box)
    return Figure(width, height, tuple(items), ground, framed=is_pale(ground))


def _join(words: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
