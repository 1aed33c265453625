"""Other type for a finished design: families that can set its name, those that suit its brief first."""

from collections.abc import Iterator, Sequence

from blazon.brief import Brief, TypeKind
from blazon.design import Design
from blazon.direction.moods import styles_for
from blazon.draw.fonts import FontLibrary
from blazon.draw.typefaces import TypeFamily
from blazon.reading.reading import Reading


def list_families(
    design: Design,
    brief: Brief,
    reading: Reading,
    fonts: FontLibrary,
    kind: TypeKind | None = None,
    own: Sequence[TypeFamily] = (),
) -> Iterator[TypeFamily]:
    """Yield each family that can set the name of a design, without its own; the same at every call.

    Uploaded fonts come first, then families that the brief wishes for, then those that serve its moods, taken in turn,
    then all others.

    Args:
        kind: only families of this kind.
        own: uploaded fonts of whoever asks.
    """
    if not (design.brand_name and design.name_type):
        return
    wished = fonts.families_of(reading.type, reading.type_avoided) if reading.type else []
    by_mood = [fonts.families_for(style) for style in styles_for(brief, reading)]
    longest = max(map(len, by_mood), default=0)
    moods = [families[place] for place in range(longest) for families in by_mood if place < len(families)]
    of_kind = {family.name for family in (*own, *fonts.families) if kind is None or kind in family.kinds}
    known = {design.name_type.family}
    for family in (*own, *wished, *moods, *fonts.families):
        if family.name in of_kind and family.name not in known:
            known.add(family.name)
            if not fonts.missing_characters(family.name, design.brand_name):
                yield family
