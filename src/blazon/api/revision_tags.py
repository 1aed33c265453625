"""Entity tags of designs: the number of the revision, `"r3"`."""

import re
from typing import Final

from fastapi import Request

_TAG: Final = re.compile(r'"r(\d{1,9})"')


def write_revision_tag(revision: int) -> str:
    """Return the entity tag of a revision."""
    return f'"r{revision}"'


def read_if_match(request: Request) -> frozenset[int] | None:
    """Return the numbers of the revisions that a client is ready to change; None if it does not say, or says any.

    A tag that is none of a design's names no revision, and neither does a weak one (RFC 9110, 13.1.1).
    """
    given = ",".join(request.headers.getlist("if-match")).strip()
    if given in ("", "*"):
        return None
    tags = (_TAG.fullmatch(tag.strip()) for tag in given.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag)


def holds_revision(request: Request, revision: int) -> bool:
    """Whether the client says, by `If-None-Match`, that it has a revision."""
    known = ",".join(request.headers.getlist("if-none-match"))
    tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
    return "*" in tags or write_revision_tag(revision) in tags
