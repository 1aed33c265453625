"""A type family as a designer knows it: what it is, what it serves, and how it wants to be set."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blazon.brief import Style, TypeKind
from blazon.design import LetterCase, Typeface

# Where a family of several weights is thin and heavy; of another one, the nearest weight is taken.
_THIN_WEIGHT: Final = 200
_HEAVY_WEIGHT: Final = 900


@dataclass(frozen=True, slots=True)
class FontFile:
    """Where a font is: `index` counts in a collection, a `variable` file has all weights, `modified` is when, in ns."""

    path: Path
    weight: int
    index: int = 0
    variable: bool = False
    modified: int = 0


@dataclass(frozen=True, slots=True)
class TypeFamily:
    """A type family.

    Args:
        name: the family's own name, `Rubik`.
        kinds: what it is. `THIN` and `HEAVY` are among them if it has such a weight, see `weights_for`.
        styles: the moods that it serves, the closest first.
        weights: weights that hold a wordmark (100 to 900), the best first.
        case: how a name is set in it by default.
        tracking, capital_tracking: optical defaults at the best weight, in 1/1000 em, for text as
            given and for capitals.
        capitals: whether a line may be set in capitals (a script never).
        connected: whether the letters touch, so that nothing may come between them.
        slogan: the face for a second line; `None` is the family itself.
        axes: positions on variable axes other than the weight.
        shipped: whether its file is among the data of Blazon, and not in a package of its own.
        files: its files, if it does not come with Blazon.
        licence: of an uploaded one, the text of its licence, where that lets it be passed on.
    """

    name: str
    kinds: frozenset[TypeKind]
    styles: tuple[Style, ...]
    weights: tuple[int, ...]
    case: LetterCase = LetterCase.AS_GIVEN
    tracking: float = 0.0
    capital_tracking: float = 60.0
    capitals: bool = True
    connected: bool = False
    slogan: Typeface | None = None
    axes: tuple[tuple[str, float], ...] = ()
    shipped: bool = False
    files: tuple[FontFile, ...] = ()
    licence: str = ""

    @property
    def package(self) -> str:
        """The distribution to install, as pip knows it; of a shipped one, Blazon itself."""
        return "blazon" if self.shipped else f"fontpkg-{self.name.lower().replace(' ', '-')}"

    def weights_for(self, kinds: Collection[TypeKind]) -> tuple[int, ...]:
        """Return the weights that hold a wordmark, the best first, for somebody who wishes for `kinds` of type."""
        if TypeKind.THIN in kinds and TypeKind.THIN in self.kinds:
            return (_THIN_WEIGHT,)
        if TypeKind.HEAVY in kinds and TypeKind.HEAVY in self.kinds:
            return (_HEAVY_WEIGHT,)
        return self.weights


def capital_slogan(family: str, weight: int = 500, extra: float = 90.0) -> Typeface:
    """A slogan in capitals, opened wide: small sizes need more air between the letters."""
    return Typeface(family, weight, LetterCase.UPPER, extra)


def plain_slogan(family: str, weight: int = 500, extra: float = 15.0) -> Typeface:
    """A slogan as given, opened a little."""
    return Typeface(family, weight, LetterCase.AS_GIVEN, extra)
