"""The page of applications: a card, a sign, an app icon, a browser tab, a shirt and a sticker."""

from typing import Final

from pathops import Path

from blazon.design import FrameShape
from blazon.draw.frames import frame as frame_shape
from blazon.draw.outline import Box, circle
from blazon.kit.book.figure import GREY, INK, LINE, WHITE, Figure, Item, Label, Stroke, at, block, fit, outline, show
from blazon.kit.book.section import Grid, Section, Shown, column_width
from blazon.kit.book.subject import Subject, is_pale
from blazon.kit.picture import fill, place
from blazon.kit.tile import is_dark
from blazon.kit.versions import Colouring, Layout

_HEIGHT: Final = 43.0
_GROUND: Final = "#e9ebee"
_SHADE: Final = "#d3d7dd"


def show_applications(subject: Subject) -> Section:
    """Return the page that shows the logo in use."""
    width = column_width(2)
    shown = (
        Shown(_draw_card(subject, width), "Card", "85 by 55 mm; the mark alone on the back."),
        Shown(_draw_sign(subject, width), "Sign", "Reversed, above the door."),
        Shown(_draw_phone(subject, width), "App icon", "The mark within the circle that every mask leaves."),
        Shown(_draw_browser(subject, width), "Browser tab", "The drawing for 16 pixels; the logo in the page."),
        Shown(_draw_shirt(subject, width), "Shirt", "One ink; as wide as a hand."),
        Shown(_draw_sticker(subject, width), "Sticker", "The badge, cut along its clear space."),
    )
    text = (
        "Six places that differ in size, ground and distance. Each takes the version and the colouring that suits it.",
        "They are examples and no templates: what they share is that the logo stands clear, whole and once.",
    )
    return Section("applications", "In use", text, (Grid(2, shown),))


def _draw_card(subject: Subject, width: float) -> Figure:
    high, wide = 25.0, 38.6
    y = (_HEIGHT - high) / 2
    front = Box(width / 2 - wide - 1.8, y, width / 2 - 1.8, y + high)
    back = Box(width / 2 + 1.8, y, width / 2 + 1.8 + wide, y + high)
    dark = subject.on_dark
    paper, colours = subject.scheme().paper, subject.scheme()
    items: list[Item] = [*_shaded(front, paper), *_shaded(back, subject.scheme(dark).paper)]
    items += show(subject.wide, at(front, 0.10, 0.12, 0.74, 0.46))
    for number, length in enumerate((0.34, 0.26, 0.30)):
        left, top = front.left + 0.10 * wide, front.bottom - 8.2 + 2.1 * number
        items.append(block(Box(left, top, left + length * wide, top + 0.7), colours.slogan))
    items += show(subject.versions[Layout.MARK], fit(back, 0.44, 0.44), dark)
    return Figure(width, _HEIGHT, tuple(items), _GROUND)


def _draw_sign(subject: Subject, width: float) -> Figure:
    wall, dark = subject.scheme().tint if not is_dark(subject.scheme().tint) else _SHADE, subject.on_dark
    board = Box(8, 6, width - 8, 21)
    items: list[Item] = [block(Box(0, 0, width, _HEIGHT), wall)]
    items += _shaded(board, subject.scheme(dark).paper)
    items += show(subject.wide, fit(board, 0.86, 0.56), dark)
    glass, frame = "#f7f9fb", "#3b4048"
    for left, right in ((10.0, width * 0.58), (width * 0.64, width - 10)):
        items.append(block(Box(left, 24.5, right, _HEIGHT), frame))
        items.append(block(Box(left + 1, 25.5, right - 1, _HEIGHT), glass))
    door = Box(width * 0.64 + 1, 25.5, width - 11, _HEIGHT)
    items.append(block(Box(door.right - 2.6, 34, door.right - 1.9, 39), frame))
    window = Box(11, 25.5, width * 0.58 - 1, _HEIGHT)
    items += show(subject.versions[Layout.MARK], fit(window, 0.26, 0.44), subject.on_light)
    return Figure(width, _HEIGHT, tuple(items), wall)


def _draw_phone(subject: Subject, width: float) -> Figure:
    phone = Box(width / 2 - 25, 5, width / 2 + 25, _HEIGHT + 12)
    items: list[Item] = [block(phone, "#1d2026", 6), block(phone.inset(1.4), "#c6cdd6", 4.8)]
    side, gap = 8.4, 3.1
    left = phone.left + (50 - 4 * side - 3 * gap) / 2
    for number in range(12):
        column, row = number % 4, number // 4
        box = Box(left + column * (side + gap), 11.5 + row * (side + 4.6), 0, 0)
        box = Box(box.left, box.top, box.left + side, box.top + side)
        if number == 5:
            items.append(fill(frame_shape(FrameShape.SQUIRCLE, box), subject.tile.ground))
            items += place(subject.tile.without_ground().fills, subject.tile.without_ground().box, box)
            short = len(_shorten(subject.name))
            items.append(subject.write_name(box.centre[0], box.bottom + 2.5, 1.7, INK, "middle", short))
        else:
            items.append(fill(frame_shape(FrameShape.SQUIRCLE, box), "#e3e7ed"))
    return Figure(width, _HEIGHT, tuple(items), _GROUND)


def _draw_browser(subject: Subject, width: float) -> Figure:
    window = Box(6, 6, width - 6, _HEIGHT + 8)
    bar = Box(window.left, window.top, window.right, window.top + 8)
    tab = Box(bar.left + 10, bar.top + 1.6, bar.left + 44, bar.bottom)
    paper = subject.scheme().paper
    items: list[Item] = [
        block(window, "#cfd4db", 2),
        block(Box(bar.left, bar.bottom, window.right, window.bottom), paper),
    ]
    items += [fill(circle((bar.left + 3 + 2.4 * number, bar.top + 4), 0.7), "#9aa1ab") for number in range(3)]
    items += [block(tab, WHITE, 1.4), block(Box(tab.left, bar.bottom - 2, tab.right, bar.bottom), WHITE)]
    icon = Box(tab.left + 2, tab.top + 1.2, tab.left + 5.6, tab.top + 4.8)
    items += place(subject.small_on_light.fills, subject.small_on_light.box, icon)
    items.append(subject.write_name(icon.right + 1.4, icon.bottom - 0.9, 2.2, INK, most=22))
    items += [block(Box(bar.left, bar.bottom, window.right, bar.bottom + 5.6), WHITE)]
    items += [block(Box(bar.left + 6, bar.bottom + 1.2, window.right - 6, bar.bottom + 4.4), "#eef0f3", 1.6)]
    items.append(Label(bar.left + 8.4, bar.bottom + 3.4, "example.com", 1.8, GREY))
    items += show(subject.wide, Box(window.left + 6, bar.bottom + 9, window.left + 36, bar.bottom + 18))
    for number, length in enumerate((0.5, 0.42)):
        top = bar.bottom + 22 + 2.6 * number
        items.append(
            block(Box(window.left + 6, top, window.left + 6 + length * window.width, top + 1), subject.scheme().slogan)
        )
    return Figure(width, _HEIGHT, tuple(items), _GROUND)


def _draw_shirt(subject: Subject, width: float) -> Figure:
    x, cloth = width / 2, subject.scheme(subject.on_dark).paper
    path = Path()
    path.moveTo(x - 7, 4)
    path.cubicTo(x - 4, 8.4, x + 4, 8.4, x + 7, 4)
    path.lineTo(x + 13, 6.2)
    path.cubicTo(x + 19, 10, x + 23, 17, x + 25.5, 24)
    path.lineTo(x + 17, 28)
    path.lineTo(x + 14.5, 22.5)
    path.lineTo(x + 15, 50)
    path.lineTo(x - 15, 50)
    path.lineTo(x - 14.5, 22.5)
    path.lineTo(x - 17, 28)
    path.lineTo(x - 25.5, 24)
    path.cubicTo(x - 23, 17, x - 19, 10, x - 13, 6.2)
    path.close()
    collar = Path()
    collar.moveTo(x - 7, 4)
    collar.cubicTo(x - 4, 8.4, x + 4, 8.4, x + 7, 4)
    box = Box(x - 9.5, 14, x + 9.5, 28)
    items: list[Item] = [fill(path, cloth), Stroke(collar, _GROUND, 0.5), *show(subject.compact, box, Colouring.WHITE)]
    return Figure(width, _HEIGHT, tuple(items), _GROUND)


def _draw_sticker(subject: Subject, width: float) -> Figure:
    version = subject.first(Layout.BADGE)
    radius = 17.0
    centre = (width / 2, _HEIGHT / 2)
    reach = ((version.ink.width / 2) ** 2 + (version.ink.height / 2) ** 2) ** 0.5
    round_already = abs(version.ink.width - version.ink.height) < 0.05 * version.ink.height
    side = radius * (0.86 if round_already else 0.86 * max(version.ink.width, version.ink.height) / 2 / reach)
    box = Box(centre[0] - side, centre[1] - side, centre[0] + side, centre[1] + side)
    items: list[Item] = [fill(circle((centre[0] + 0.5, centre[1] + 0.8), radius), _SHADE)]
    items += [fill(circle(centre, radius), version.paper()), *show(version, box)]
    return Figure(width, _HEIGHT, tuple(items), _GROUND)


def _shaded(box: Box, colour: str) -> list[Item]:
    """Return a sheet with a soft edge under it."""
    under = Box(box.left + 0.4, box.top + 0.7, box.right + 0.4, box.bottom + 0.7)
    edge = [outline(box, LINE, 0.15)] if is_pale(colour) else []
    return [block(under, _SHADE), block(box, colour), *edge]


def _shorten(name: str) -> str:
    """Return as many words of a name as a home screen shows."""
    kept = ""
    for word in name.split():
        if kept and len(f"{kept} {word}") > 12:
            break
        kept = f"{kept} {word}".strip()
    return kept[:12]
