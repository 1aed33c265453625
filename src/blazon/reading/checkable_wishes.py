"""The wishes of a reading that a finished logo can be held to."""

from collections.abc import Iterator

from blazon.brief import LayoutKind, MarkKind
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reading import Reading, Relation, Scene
from blazon.wish_checks import Wish, WishKind

_TEXTS = ("established", "place", "slogan")


def list_wishes(reading: Reading, symbols: SymbolLibrary) -> tuple[Wish, ...]:
    """Return the wishes for things, colours, letters, texts and kinds of mark, the most important first."""
    return tuple(_list(reading, symbols))


def _list(reading: Reading, symbols: SymbolLibrary) -> Iterator[Wish]:
    for scene in reading.show:
        yield from _of_scene(scene, symbols)
    yield from (Wish(WishKind.COLOUR, colour.name, ((colour.value,),)) for colour in reading.colours)
    if reading.letters:
        yield Wish(WishKind.LETTERS, f"letters {reading.letters}", ((reading.letters,),))
    if reading.name and reading.layout is not LayoutKind.SYMBOL:
        for field in _TEXTS:
            if text := getattr(reading, field):
                yield Wish(WishKind.TEXT, f"{field} {text}", ((field,),))
    for kind in reading.kinds:
        name = "pictorial" if kind is MarkKind.MASCOT else str(kind)
        yield Wish(WishKind.MARK, f"mark {kind}", ((name,),))


def _of_scene(scene: Scene, symbols: SymbolLibrary) -> Iterator[Wish]:
    groups = [(thing.words, tuple(sorted({one.name for one in symbols.depict(thing.name)}))) for thing in scene.things]
    known = [(words, names) for words, names in groups if names]  # what there is no picture of is told anyway
    if not known:
        return
    if scene.relation is Relation.ALONE:
        yield Wish(
            WishKind.SHOW, f"show {' or '.join(words for words, _ in known)}", tuple(names for _, names in known)
        )
        return
    yield from (Wish(WishKind.SHOW, f"show {words}", (names,)) for words, names in known)
    if len(known) > 1:
        words = " and ".join(words for words, _ in known)
        yield Wish(WishKind.TOGETHER, f"{words} together", tuple(names for _, names in known))
