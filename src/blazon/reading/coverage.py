"""Texts that a prompt tells and no font here can set: they are left out, and that is told.

A text in a field of the brief is refused instead: whoever fills in a field wants it set.
"""

from dataclasses import replace
from typing import Any, Final

from blazon.brief import Brief, Unmet
from blazon.draw.fonts import FontLibrary
from blazon.draw.uploaded_fonts import title_of
from blazon.errors import TextNotCovered
from blazon.reading.reading import Reading
from blazon.reading.words import describe_reading

# The texts of a reading, and the field of a brief that gives each.
_TEXTS: Final = {"name": "brand_name", "slogan": "slogan", "established": "established", "place": None}


def drop_uncovered(reading: Reading, brief: Brief, fonts: FontLibrary) -> Reading:
    """Return a reading without the texts of the prompt that no font can set, and without a family that has gaps."""
    reading = _drop_family(reading, fonts)
    told = {name: getattr(reading, name) for name, field in _TEXTS.items() if not (field and getattr(brief, field))}
    lost = {name: text for name, text in told.items() if text and not _covers(fonts, text)}
    if not lost:
        return reading
    unmet = tuple(Unmet(f"set {text}", "no font here has its letters; it is left out") for text in lost.values())
    empty: dict[str, Any] = dict.fromkeys(lost, "")
    kept = replace(reading, **empty, unmet=(*reading.unmet, *unmet))
    return replace(kept, understood=describe_reading(kept))


def _drop_family(reading: Reading, fonts: FontLibrary) -> Reading:
    family = reading.family
    if not family or not fonts.missing_characters(family, reading.name):
        return reading
    told = Unmet(f"the typeface {title_of(family)}", f"it has not all letters of {reading.name}; another one is set")
    kept = replace(reading, family="", unmet=(*reading.unmet, told))
    return replace(kept, understood=describe_reading(kept))


def _covers(fonts: FontLibrary, text: str) -> bool:
    try:
        fonts.check_text(text, "prompt")
    except TextNotCovered:
        return False
    return True
