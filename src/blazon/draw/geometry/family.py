"""What a family of geometric marks is."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pathops import Path

from blazon.draw.curves import combine_paths
from blazon.draw.outline import Ink, Layer, mirror_path

Picture = tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class GeometricFamily:
    """Marks of one construction.

    Args:
        name: as stored in a design.
        ideas: what its marks express, as words to choose it by meaning.
        drawings: one function for each variant; it draws in any unit about the origin, which is
            the optical centre of the mark.
        shape: what is seen, in words: `blades around a centre`.
        meaning: what it says, in words that go on after a colon.
        mixes: whether a colour that is mixed of two is seen in its marks.
        retired: variants that stored designs may have and that are not chosen any more.
    """

    name: str
    ideas: tuple[str, ...]
    drawings: tuple[Callable[[], Picture], ...]
    shape: str
    meaning: str
    mixes: bool = False
    retired: frozenset[int] = frozenset()

    @property
    def variants(self) -> int:
        return len(self.drawings)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The variants to choose from."""
        return tuple(variant for variant in range(self.variants) if variant not in self.retired)


def ink_parts(parts: Sequence[Path], accent: Collection[int] = ()) -> Picture:
    """Return parts that stand apart as a picture; those at the indices in `accent` get the accent ink."""
    main = [part for index, part in enumerate(parts) if index not in accent]
    second = [part for index, part in enumerate(parts) if index in accent]
    layers = ((Ink.MARK, main), (Ink.ACCENT, second))
    return tuple(Layer(combine_paths(some), ink) for ink, some in layers if some)


def mirror_part(path: Path) -> Path:
    """Return a part mirrored left to right about the middle, its outline running round as before."""
    mirrored = mirror_path(path)
    mirrored.reverse()
    return mirrored
