"""The fields of a request that say outright what a prompt may say in words: things, letters, a date, kinds, case.

`Brief` checks what they hold; descriptions tell clients the limits.
"""

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, WithJsonSchema

from blazon.brief import Brief, LetterCase, MarkKind, TypeKind
from blazon.errors import InvalidBrief
from blazon.wishes import MAX_ESTABLISHED, MAX_LETTERS, MAX_THING, MAX_THINGS

# No lengths: what comes twice counts once, and a text may hold commas.
_THINGS: Final = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}, {"type": "null"}]}
_DATE: Final = {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1, "maximum": 9999}, {"type": "null"}]}


class WishFields(BaseModel):
    """What wins over the prompt where both say something."""

    show: Annotated[Any, WithJsonSchema(_THINGS)] = Field(
        None,
        description=(
            f"Things that must be seen, in plain words: a list or one text with commas, up to {MAX_THINGS} of up to "
            f"{MAX_THING} characters each."
        ),
        examples=[["fox", "honey jar"], "fox, honey jar"],
    )
    avoid: Annotated[Any, WithJsonSchema(_THINGS)] = Field(
        None, description="Things that must not be seen, written as in `show`; none may be in both."
    )
    letters: str | None = Field(
        None, description=f"What a monogram is to be made of, 1 to {MAX_LETTERS} letters.", examples=["RT"]
    )
    established: Annotated[Any, WithJsonSchema(_DATE)] = Field(
        None,
        description=f"A year or short date that is to be seen, at most {MAX_ESTABLISHED} characters.",
        examples=["Est. 1894"],
    )
    mark: MarkKind | None = Field(None, description="The kind of mark; chosen freely if not given.")
    type: TypeKind | None = Field(None, description="The kind of type; chosen freely if not given.")
    case: LetterCase | None = Field(None, description="How the name is set; chosen freely if not given.")

    def list_wishes(self) -> dict[str, Any]:
        """Return them as arguments of a `Brief`."""
        return {name: getattr(self, name) for name in WishFields.model_fields}


def drop_unusable_wishes(value: Any) -> Any:
    """Return a JSON object without those of these fields that hold something else.

    For a route whose clients may have sent anything under these names, which was ignored, before they had a meaning.
    """
    if not isinstance(value, dict):
        return value
    return {name: held for name, held in value.items() if name not in WishFields.model_fields or _is_usable(name, held)}


def loosen_wishes(schema: dict[str, Any]) -> None:
    """Let a JSON schema say of these fields that anything is taken, as `drop_unusable_wishes` does."""
    for name in WishFields.model_fields:
        given = schema["properties"][name]
        schema["properties"][name] = {part: given[part] for part in ("title", "description") if part in given}


def _is_usable(name: str, held: Any) -> bool:
    try:
        Brief("any", **{name: held})
    except InvalidBrief:
        return False
    return True
