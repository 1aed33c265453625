"""Pages about colour: values, contrast, and how people see them who see fewer colours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from coloraide import Color

from blazon.draw.outline import Box
from blazon.kit.book.figure import Figure, Item, Label, block, fit
from blazon.kit.book.section import WIDTH, Cell, Grid, Patch, Section, Shown, Table, column_width, room_beside
from blazon.kit.book.subject import Subject, is_pale
from blazon.kit.colour_values import Swatch, lab_text, oklch_text, rgb_of
from blazon.kit.contrast import apca_contrast, wcag_level, wcag_ratio
from blazon.kit.picture import place
from blazon.kit.tile import is_dark
from blazon.kit.versions import Colouring

# Pairs of colours in the table, and grounds in the picture beside it.
_MOST_PAIRS: Final = 10
_MOST_GROUNDS: Final = 4
_READ: Final = 3.0
# Deficiencies by the name of the filter of coloraide (Brettel, Viénot and Mollon, 1997; Viénot and others, 1999).
_VISIONS: Final = (
    ("", "As most see it", "Three kinds of cones."),
    ("protan", "Protanopia", "Without the cones for long waves: about 1 % of men."),
    ("deutan", "Deuteranopia", "Without those for middle waves: about 1 % of men."),
    ("tritan", "Tritanopia", "Without those for short waves: rare."),
    ("grayscale", "Without colour", "By lightness alone: also grey printing."),
)
_NEAR: Final = 0.10  # distance in OKLab below which two colours are hard to tell apart


def show_colours(subject: Subject) -> Section:
    """Return the page of colour values."""
    swatches, profile = subject.swatches, subject.cmyk
    head = ("", "Colour of", "HEX", "RGB", "OKLCH", "CIELAB (D50)")
    tables = [Table(head, tuple(_list_values(swatch) for swatch in swatches), (0.05, 0.22, 0.11, 0.13, 0.24, 0.25))]
    if profile is not None:
        inks: tuple[tuple[Cell, ...], ...] = tuple(
            (Patch(swatch.colour), swatch.title, *(f"{ink} %" for ink in profile.separate(swatch.colour)))
            for swatch in swatches
        )
        tables.append(
            Table(("", "Colour of", "Cyan", "Magenta", "Yellow", "Black"), inks, (0.05, 0.19, 0.19, 0.19, 0.19, 0.19))
        )
        press = (
            f"The CMYK values are for {profile.name}, by relative colorimetry with black point compensation. "
            "Another press has others."
        )
    else:
        press = (
            "There are no CMYK values here: ink has no colour by itself. Ask your printer for the ICC profile of press "
            "and paper, and let it separate the PDF files; CIELAB is the value to agree on and to measure."
        )
    text = ("Screens take HEX, RGB or OKLCH. CIELAB says how a colour looks whatever it is made with.", press)
    fields = _draw_fields(swatches, room_beside(*tables))
    return Section("colour", "Colour", text, (Grid(1, (Shown(fields),)), *tables))


def _draw_fields(swatches: Sequence[Swatch], height: float) -> Figure:
    width = WIDTH / len(swatches)
    items: list[Item] = []
    for number, swatch in enumerate(swatches):
        box = Box(number * width, 0, (number + 1) * width, height)
        ink = "#ffffff" if is_dark(swatch.colour) else "#16181d"
        items.append(block(box, swatch.colour))
        items.append(Label(box.left + 4, height - 9.5, swatch.title, 3.2, ink, strong=True))
        items.append(Label(box.left + 4, height - 5, swatch.colour.upper(), 2.6, ink))
    return Figure(WIDTH, height, tuple(items), framed=True)


def show_contrast(subject: Subject) -> Section:
    """Return the page that says which colour is read on which."""
    inks = [swatch for swatch in subject.swatches if swatch.roles != ("paper",)]
    paper = subject.scheme().paper
    dark = subject.scheme(Colouring.REVERSED).paper
    grounds = dict.fromkeys((paper, dark, *(swatch.colour for swatch in inks if swatch.roles[0] in ("mark", "accent"))))
    texts = dict.fromkeys([*(swatch.colour for swatch in inks), "#ffffff", "#000000"])
    # The strongest of each ground first; what cannot be seen at all needs no line.
    pairs = {
        ground: sorted(
            (text for text in texts if wcag_ratio(text, ground) >= 1.5), key=lambda text: -wcag_ratio(text, ground)
        )
        for ground in grounds
    }
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Patch(ground, text),
            f"{text.upper()} on {ground.upper()}",
            f"{wcag_ratio(text, ground):.2f} : 1",
            wcag_level(wcag_ratio(text, ground)),
            f"Lc {round(apca_contrast(text, ground))}".replace("-", "\u2212"),
        )
        for ground, text in _take_turns(pairs, _MOST_PAIRS)
    )
    text = (
        "WCAG asks for 4.5 : 1 in text, and for 3 : 1 in large text and in signs that must be understood.",
        "APCA's Lc is nearer to what the eye does: 75 for columns of text, 60 for other text, 45 for headlines, "
        "30 for what is large and bold. Light on dark is negative.",
    )
    table = Table(("", "Pair", "WCAG 2.2", "Good for", "APCA"), rows, (0.12, 0.34, 0.16, 0.24, 0.14))
    figure = _draw_grounds(pairs, room_beside(table))
    return Section("contrast", "Contrast", text, (Grid(1, (Shown(figure),)), table))


def _take_turns(pairs: Mapping[str, Sequence[str]], most: int) -> list[tuple[str, str]]:
    """Return at most so many grounds with what is read on them, as many of each as there is room for."""
    count = max(map(len, pairs.values()))
    while count > 1 and sum(min(count, len(texts)) for texts in pairs.values()) > most:
        count -= 1
    return [(ground, text) for ground, texts in pairs.items() for text in texts[:count]][:most]


def _draw_grounds(pairs: Mapping[str, Sequence[str]], height: float) -> Figure:
    """Return the grounds side by side, each with letters in the colours that are read best on it."""
    shown = list(pairs.items())[:_MOST_GROUNDS]
    width = WIDTH / len(shown)
    items: list[Item] = []
    for number, (ground, texts) in enumerate(shown):
        box = Box(number * width, 0, (number + 1) * width, height)
        items.append(block(box, ground))
        readable = [text for text in texts[:3] if wcag_ratio(text, ground) >= _READ]
        size = min(18.0, 0.19 * width, 0.45 * height)
        for column, text in enumerate(readable):
            x = box.left + (column + 0.5) * width / len(readable)
            items.append(Label(x, height / 2 + 0.2 * size, "Aa", size, text, "middle", strong=True))
            ratio = f"{wcag_ratio(text, ground):.1f}"
            items.append(Label(x, height / 2 + 0.2 * size + 7, ratio, 2.6, text, "middle"))
    return Figure(WIDTH, height, tuple(items), framed=True)


def show_vision(subject: Subject) -> Section:
    """Return the page that shows the logo as people see it who see fewer colours."""
    width, height = column_width(2), 44.0
    shown = tuple(Shown(_filtered(subject, vision, width, height), title, note) for vision, title, note in _VISIONS)
    shown += (
        Shown(_draw_strips(subject, width, height), "The colours", "In the same order, each row one of the views."),
    )
    confused = _find_confused(subject)
    text = ["About one man in twelve and one woman in two hundred see fewer colours than the others."]
    if confused:
        text.append(
            f"Here {confused}. The logo does not depend on it: its parts are told apart by their shapes, as black "
            "and white show."
        )
    else:
        text.append(
            "The colours of the logo stay apart in all of these views. Never let colour alone say something all "
            "the same."
        )
    return Section("vision", "Colour vision", tuple(text), (Grid(2, shown),))


def see(colour: str, vision: str) -> str:
    """Return a colour as it is seen without some cones: `protan`, `deutan`, `tritan`; `grayscale`; as it is for ""."""
    if not vision:
        return colour
    return str(Color(colour).filter(vision).convert("srgb").clip().to_string(hex=True))


def _filtered(subject: Subject, vision: str, width: float, height: float) -> Figure:
    version = subject.primary
    fills = place(version.picture().fills, version.ink, fit(Box(0, 0, width, height), 0.56, 0.56))
    seen = tuple(replace(one, colour=see(one.colour, vision), end=one.end and see(one.end, vision)) for one in fills)
    paper = see(version.paper(), vision)
    return Figure(width, height, seen, paper, framed=is_pale(paper))


def _draw_strips(subject: Subject, width: float, height: float) -> Figure:
    """Return the colours side by side, and below them as they are seen in each view."""
    across, down = width / len(subject.swatches), height / len(_VISIONS)
    items: list[Item] = [
        block(Box(column * across, row * down, (column + 1) * across, (row + 1) * down), see(swatch.colour, vision))
        for row, (vision, _, _) in enumerate(_VISIONS)
        for column, swatch in enumerate(subject.swatches)
    ]
    return Figure(width, height, tuple(items), framed=True)


def _find_confused(subject: Subject) -> str:
    """Return which two colours that are apart come near to each other in some view, in words; empty if none do."""
    swatches = [swatch for swatch in subject.swatches if swatch.roles[0] in ("mark", "accent", "name", "paper")]
    for vision, title, _ in _VISIONS[1:4]:
        for number, one in enumerate(swatches):
            for other in swatches[number + 1 :]:
                if (
                    _distance(one.colour, other.colour)
                    >= _NEAR
                    > _distance(see(one.colour, vision), see(other.colour, vision))
                ):
                    return f"{_name(one)} and {_name(other)} come near to each other with {title.lower()}"
    return ""


def _distance(one: str, other: str) -> float:
    return float(Color(one).distance(other, space="oklab"))


def _name(swatch: Swatch) -> str:
    return f"the colour of the {swatch.roles[0]}"


def _list_values(swatch: Swatch) -> tuple[Cell, ...]:
    rgb = " ".join(map(str, rgb_of(swatch.colour)))
    roles = ", ".join(swatch.roles)
    return Patch(swatch.colour), roles, swatch.colour.upper(), rgb, oklch_text(swatch.colour), lab_text(swatch.colour)
