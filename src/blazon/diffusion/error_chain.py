"""Errors and what they were raised from. No torch."""

from collections.abc import Iterator


def walk_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was raised from or during."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
