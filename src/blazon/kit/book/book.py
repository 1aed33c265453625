"""The whole brand book, in the order of its pages."""

from blazon.kit.book.applications import show_applications
from blazon.kit.book.colour_pages import show_colours, show_contrast, show_vision
from blazon.kit.book.construction import show_clear_space, show_construction, show_minimum_sizes
from blazon.kit.book.identity import describe_idea, draw_cover, show_colourings, show_versions
from blazon.kit.book.rights import describe_rights
from blazon.kit.book.section import Book
from blazon.kit.book.subject import Subject
from blazon.kit.book.type_page import show_type
from blazon.kit.book.wrong_uses import show_wrong_uses


def write_book(subject: Subject) -> Book:
    """Return the book of a logo; one without type has no page about it."""
    pages = [
        describe_idea,
        show_versions,
        show_colourings,
        show_construction,
        show_clear_space,
        show_minimum_sizes,
        show_colours,
        show_contrast,
        show_vision,
        *([show_type] if subject.fonts else []),
        show_wrong_uses,
        show_applications,
        describe_rights,
    ]
    return Book(subject.name, subject.plate, draw_cover(subject), tuple(page(subject) for page in pages))
