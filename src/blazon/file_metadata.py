"""How much a file says about its origin."""

from enum import StrEnum
from typing import Final


class Metadata(StrEnum):
    """What a file of a logo says beside showing it."""

    ALL = "all"
    """Prompt, seed, model and its licence, version, credits, and whether a model painted it."""
    ORIGIN = "origin"
    """The same without the prompt, nor a title that is the prompt."""
    NONE = "none"
    """Nothing, and no signature."""

    def limit(self, other: "Metadata") -> "Metadata":
        """Return the one of both that says less."""
        return max(self, other, key=_LESS.index)


_LESS: Final = tuple(Metadata)


def read_metadata(value: object) -> object:
    """Return the value of a setting: a name, or `true` and `false`, which mean all and none."""
    names = {"true": Metadata.ALL, "false": Metadata.NONE}
    text = str(value).strip().lower()
    return names.get(text, text)
