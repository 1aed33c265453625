"""What a specimen of type shows, by the script of the name: two letters, the alphabet and figures."""

import unicodedata
from typing import Final, NamedTuple


class Sample(NamedTuple):
    """Letters to show large, and lines to show below each other."""

    initial: str
    lines: tuple[str, ...]


FIGURES: Final = "0123456789 &!?%"
LATIN: Final = Sample("Aa", ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", FIGURES))
# By the first word of the names that Unicode gives to letters.
_SAMPLES: Final = {
    "GREEK": Sample("Αα", ("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "αβγδεζηθικλμνξοπρσςτυφχψω", FIGURES)),
    "CYRILLIC": Sample("Аа", ("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЫЭЮЯ", "абвгдежзийклмнопрстуфхцчшщыэюя", FIGURES)),
    "HEBREW": Sample("אב", ("אבגדהוזחטיכלמנסעפצקרשת", "0123456789 !?%")),
    "ARABIC": Sample("ابج", ("ا ب ت ث ج ح خ د ذ ر ز س ش ص", "ض ط ظ ع غ ف ق ك ل م ن ه و ي", "0123456789")),
}


def sample_for(name: str) -> Sample:
    """Return what shows a face that sets a name: letters of its script, or its own where that has no sample here."""
    letter = next((char for char in name if char.isalpha()), "A")
    script = unicodedata.name(letter, "LATIN").partition(" ")[0]
    return LATIN if script == "LATIN" else _SAMPLES.get(script, Sample(name[:2], (FIGURES,)))
