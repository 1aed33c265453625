"""Query parameters that a route does not have: refused by name, where they would be passed over without a word.

A link that is signed keeps what mailers and social networks append to it (`api.links`). The old API passes over
them all, as it always did, and so does the page that greets.
"""

from collections.abc import Iterator
from typing import Final

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from blazon.api.field_names import suggest_field
from blazon.principal import ANONYMOUS

_LONGEST: Final = 60


async def refuse_unknown_parameters(request: Request) -> None:
    """Return if the route of a request has every parameter of its query.

    Raises:
        RequestValidationError: it lacks some; each fault names one and says what there is.
    """
    if getattr(request.state, "client", ANONYMOUS) is None:  # let in by a signed link
        return
    known = dict.fromkeys(_list_parameters(request.scope["route"].dependant))
    unknown = [name for name in dict.fromkeys(request.query_params.keys()) if name not in known]
    if unknown:
        raise RequestValidationError([_describe(name[:_LONGEST], list(known)) for name in unknown])


def _list_parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for dependency in dependant.dependencies:
        yield from _list_parameters(dependency)


def _describe(name: str, known: list[str]) -> dict[str, object]:
    meant = suggest_field(name, known)
    there = f"there are {', '.join(known)}" if known else "it has none"
    hint = f"did you mean `{meant}`? " if meant else ""
    return {
        "type": "unknown_parameter",
        "loc": ("query", name),
        "msg": f"is not a parameter of this route; {hint}{there}",
        "input": None,
    }
