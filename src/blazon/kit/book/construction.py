"""Pages about measures: how the logo is built, what stays clear around it, and how small it may be."""

from typing import Final

from blazon.draw.outline import Box, Ink, circle, layer_bounds
from blazon.draw.palette import contrast
from blazon.kit.book.figure import INK, RED, WHITE, Figure, Item, Label, Stroke, block, fit, line, mix, outline, show
from blazon.kit.book.section import CAPTION, WIDTH, Grid, Section, Shown, Table, column_width, room_beside
from blazon.kit.book.subject import TITLES, Subject, is_pale
from blazon.kit.minimum_size import find_minimum
from blazon.kit.versions import Colouring, Layout, Version

_TICK: Final = 1.2
# How much of the blue of plans is in the paper where its grid and its clear space are.
_BLUE: Final = "#33567d"
_GRID: Final = 0.26
_AIR: Final = 0.15
_LEAST_CONTRAST: Final = 3.0


class _Plan:
    """A version placed in a figure, and its measures there."""

    def __init__(self, version: Version, box: Box, colouring: Colouring) -> None:
        ink = version.ink
        self.scale = min(box.width / ink.width, box.height / ink.height)
        self.version = version
        self._dx = box.centre[0] - self.scale * ink.centre[0]
        self._dy = box.centre[1] - self.scale * ink.centre[1]
        self.fills = show(version, box, colouring)
        self.paper = version.paper(colouring)
        self.unit = version.unit * self.scale
        # A red that is lost on the paper is none: there measures are in black or white.
        plain = max((INK, WHITE), key=lambda colour: contrast(colour, self.paper))
        self.measure = RED if contrast(RED, self.paper) >= _LEAST_CONTRAST else plain
        blue = _BLUE if contrast(_BLUE, self.paper) >= _LEAST_CONTRAST else plain
        self.grid, self.air = mix(self.paper, blue, _GRID), mix(self.paper, blue, _AIR)
        self.ink, self.mark = self.put(ink), self.put(version.mark)
        self.clear = self.put(version.clear_space)

    def put(self, box: Box) -> Box:
        """Return a box of the drawing where it is in the figure."""
        return Box(
            self.scale * box.left + self._dx,
            self.scale * box.top + self._dy,
            self.scale * box.right + self._dx,
            self.scale * box.bottom + self._dy,
        )


def show_construction(subject: Subject) -> Section:
    """Return the page that measures the logo in its own unit."""
    version = subject.primary
    figures = [Shown(_measure(version, WIDTH, 92.0, subject.on_light), f"{TITLES[version.layout]}, in units")]
    half = column_width(2)
    mark = subject.versions[Layout.MARK]
    other = next((one for one in subject.versions.values() if one.layout not in (version.layout, Layout.MARK)), mark)
    below = (
        Shown(
            _draw_geometry(mark, half, 56.0, subject.on_light),
            "Mark",
            "On its grid, with its middle and the circle around it.",
        ),
        Shown(_measure(other, half, 56.0, subject.on_light), f"{TITLES[other.layout]}, in units"),
    )
    text = (
        f"X is the unit of this book: {_name_unit(version)}.",
        "Distances are given in X and not in millimetres, so that they hold at every size.",
        "The files are built to these measures already.",
    )
    return Section("construction", "Construction", text, (Grid(1, tuple(figures)), Grid(2, below)))


def show_clear_space(subject: Subject) -> Section:
    """Return the page about what stays clear."""
    width, height = column_width(2), 70.0
    # The badge comes last: it fills a row that would have a gap.
    layouts = [*subject.versions][: 2 * (len(subject.versions) // 2)]
    shown = tuple(
        Shown(_draw_clear_space(subject.versions[layout], width, height, subject.on_light), TITLES[layout])
        for layout in layouts
    )
    text = (
        "Nothing enters the tinted field: no text, no other logo, no edge of a picture or of a page.",
        "It is one X wide on every side. X is a quarter of the height of the mark, half the height of a name "
        "alone, and an eighth of a badge.",
        "Files of the kit end where the field ends.",
    )
    return Section("clear-space", "Clear space", text, (Grid(2, shown),))


def show_minimum_sizes(subject: Subject) -> Section:
    """Return the page about the least sizes, which are found by rendering."""
    least = {layout: find_minimum(version) for layout, version in subject.versions.items()}
    rows = tuple((TITLES[layout], f"{size.pixels} px", f"{size.millimetres} mm") for layout, size in least.items())
    rows += (("Mark for small sizes", "16 px", "3 mm"),)
    table = Table(("Version", "Screen", "Paper"), rows, (0.5, 0.25, 0.25))
    room, height = WIDTH / len(least), room_beside(table) - CAPTION
    items: list[Item] = []
    for number, (layout, size) in enumerate(least.items()):
        version, middle = subject.versions[layout], room * (number + 0.5)
        # Large to be told from the others, and below as small as it may be.
        items += show(version, Box(middle - 0.34 * room, 0.08 * height, middle + 0.34 * room, 0.42 * height))
        half = min(size.millimetres, room - 4) / 2
        items += show(version, Box(middle - half, 0.42 * height, middle + half, height - 12))
        colours = subject.scheme()
        items.append(Label(middle, height - 8.6, TITLES[layout], 2.5, colours.name, "middle", strong=True))
        items.append(Label(middle, height - 5, f"{size.millimetres} mm", 2.5, colours.slogan, "middle"))
    paper = subject.scheme().paper
    figure = Figure(WIDTH, height, tuple(items), paper, framed=is_pale(paper))
    text = (
        "Below these widths parts run together or letters cannot be read. Then take another version: the mark "
        "alone, and last the mark for small sizes.",
        "They were found by rendering each version smaller and smaller until its parts and openings were no "
        "longer as many as in a large picture.",
        "On paper they hold for 150 dots an inch, as newsprint has.",
    )
    return Section(
        "minimum-size",
        "Smallest sizes",
        text,
        (
            Grid(1, (Shown(figure, "At their least size", "Below: true to scale in the PDF at 100 %."),)),
            table,
        ),
    )


def _measure(version: Version, width: float, height: float, colouring: Colouring) -> Figure:
    """Return a version on a grid of its unit, with the measures of its parts."""
    frame = Box(0, 0, width, height)
    plan = _Plan(version, fit(frame, 0.66, 0.58), colouring)
    items: list[Item] = [*_draw_grid(plan, frame), *plan.fills]
    items += [outline(plan.ink, plan.measure, 0.18)]
    parts = [plan.mark] if plan.mark != plan.ink else []
    words = _find_words(plan)
    if parts and words is not None:
        items += [outline(plan.mark, plan.measure, 0.18), outline(words, plan.measure, 0.18)]
        if words.left >= plan.mark.right:
            items += _measure_across(plan, plan.mark.right, words.left, plan.ink.bottom + 5)
            items += _measure_down(plan, words.top, words.bottom, plan.ink.right + 5)
        elif words.right <= plan.mark.left:
            items += _measure_across(plan, words.right, plan.mark.left, plan.ink.bottom + 5)
        else:
            items += _measure_down(plan, plan.mark.bottom, words.top, plan.ink.right + 5)
        items += _measure_down(plan, plan.mark.top, plan.mark.bottom, plan.ink.left - 5, left=True)
    else:
        items += _measure_down(plan, plan.ink.top, plan.ink.bottom, plan.ink.left - 5, left=True)
    items += _measure_across(plan, plan.ink.left, plan.ink.right, plan.ink.top - 5)
    return Figure(width, height, tuple(items), plan.paper, framed=is_pale(plan.paper))


def _draw_geometry(version: Version, width: float, height: float, colouring: Colouring) -> Figure:
    frame = Box(0, 0, width, height)
    plan = _Plan(version, fit(frame, 0.6, 0.6), colouring)
    centre = plan.ink.centre
    radius = ((plan.ink.width / 2) ** 2 + (plan.ink.height / 2) ** 2) ** 0.5
    items: list[Item] = [*_draw_grid(plan, frame), *plan.fills, outline(plan.ink, plan.measure, 0.18)]
    if radius < 0.49 * height:
        items.append(Stroke(circle(centre, radius), plan.measure, 0.18))
    items += [
        line((plan.ink.left, plan.ink.top), (plan.ink.right, plan.ink.bottom), plan.measure, 0.12),
        line((plan.ink.left, plan.ink.bottom), (plan.ink.right, plan.ink.top), plan.measure, 0.12),
    ]
    return Figure(width, height, tuple(items), plan.paper, framed=is_pale(plan.paper))


def _draw_clear_space(version: Version, width: float, height: float, colouring: Colouring) -> Figure:
    frame = Box(0, 0, width, height)
    share = version.clear_space.width / version.ink.width
    high = version.clear_space.height / version.ink.height
    plan = _Plan(version, fit(frame, 0.80 / share, 0.78 / high), colouring)
    field, ink, unit = plan.clear, plan.ink, plan.unit
    items: list[Item] = [block(field, plan.air), block(ink, plan.paper), *plan.fills]
    items.append(outline(field, plan.measure, 0.2, (1.2, 0.9)))
    for left, top in (
        (field.left, field.top),
        (ink.right, field.top),
        (field.left, ink.bottom),
        (ink.right, ink.bottom),
    ):
        corner = Box(left, top, left + unit, top + unit)
        items.append(outline(corner, plan.measure, 0.2))
        if unit > 3.2:
            items.append(Label(corner.centre[0], corner.centre[1] + 0.9, "X", 2.6, plan.measure, "middle", strong=True))
    return Figure(width, height, tuple(items), plan.paper, framed=is_pale(plan.paper))


def _draw_grid(plan: _Plan, frame: Box) -> list[Item]:
    """Return lines one unit apart, counted from the upper left of the ink."""
    unit, items = plan.unit, []
    x = plan.ink.left - unit * int((plan.ink.left - frame.left) / unit)
    while x < frame.right:
        items.append(line((x, frame.top), (x, frame.bottom), plan.grid, 0.1))
        x += unit
    y = plan.ink.top - unit * int((plan.ink.top - frame.top) / unit)
    while y < frame.bottom:
        items.append(line((frame.left, y), (frame.right, y), plan.grid, 0.1))
        y += unit
    return [*items]


def _find_words(plan: _Plan) -> Box | None:
    words = [layer for layer in plan.version.artwork.layers if layer.ink is Ink.NAME]
    return plan.put(layer_bounds(words)) if words else None


def _measure_across(plan: _Plan, left: float, right: float, y: float) -> list[Item]:
    middle, text = (left + right) / 2, _in_units(right - left, plan.unit)
    items: list[Item] = [line((left, y), (right, y), plan.measure, 0.18)]
    items += [line((x, y - _TICK), (x, y + _TICK), plan.measure, 0.18) for x in (left, right)]
    # Above the line where it is over the logo, below where it is under it.
    y += 3.6 if right - left < 14 else -1.4
    return [*items, Label(middle, y, text, 2.4, plan.measure, "middle", strong=True)]


def _measure_down(plan: _Plan, top: float, bottom: float, x: float, *, left: bool = False) -> list[Item]:
    items: list[Item] = [line((x, top), (x, bottom), plan.measure, 0.18)]
    items += [line((x - _TICK, y), (x + _TICK, y), plan.measure, 0.18) for y in (top, bottom)]
    text, middle = _in_units(bottom - top, plan.unit), (top + bottom) / 2 + 0.8
    label = Label(x - 2 if left else x + 2, middle, text, 2.4, plan.measure, "end" if left else "start", strong=True)
    return [*items, label]


def _in_units(length: float, unit: float) -> str:
    return f"{length / unit:.1f}".removesuffix(".0") + " X"


def _name_unit(version: Version) -> str:
    match version.layout:
        case Layout.WORDMARK:
            return "half the height of the name"
        case Layout.BADGE:
            return "an eighth of the height of the badge"
        case _:
            return "a quarter of the height of the mark"
