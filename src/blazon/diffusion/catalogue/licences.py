"""Licences of models: what they are called, and whether they allow commercial use of the model. Imports no torch.

Identifiers are those of the hub (https://huggingface.co/docs/hub/repositories-licenses), most of them SPDX's. What
is not in the table is unknown: nobody is told that a licence allows what nobody here has read.
"""

import re
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence.

    Args:
        name: one line of ASCII, as it is sent in a header too.
        commercial: whether it allows commercial use; None if that is not known.
    """

    name: str
    commercial: bool | None


UNKNOWN: Final = Licence("unknown, see the model's page", None)

# Free to use for any purpose, some with conditions on passing the model on.
_FREE: Final = {
    "afl-3.0": "AFL-3.0",
    "agpl-3.0": "AGPL-3.0",
    "apache-2.0": "Apache-2.0",
    "artistic-2.0": "Artistic-2.0",
    "bsd": "BSD",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd-3-clause-clear": "BSD-3-Clause-Clear",
    "bsl-1.0": "BSL-1.0",
    "cc-by-2.0": "CC-BY-2.0",
    "cc-by-2.5": "CC-BY-2.5",
    "cc-by-3.0": "CC-BY-3.0",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-sa-3.0": "CC-BY-SA-3.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc0-1.0": "CC0-1.0",
    "cdla-permissive-2.0": "CDLA-Permissive-2.0",
    "ecl-2.0": "ECL-2.0",
    "epl-2.0": "EPL-2.0",
    "eupl-1.2": "EUPL-1.2",
    "gpl-2.0": "GPL-2.0",
    "gpl-3.0": "GPL-3.0",
    "isc": "ISC",
    "lgpl-2.1": "LGPL-2.1",
    "lgpl-3.0": "LGPL-3.0",
    "mit": "MIT",
    "mpl-2.0": "MPL-2.0",
    "ms-pl": "MS-PL",
    "ncsa": "NCSA",
    "ofl-1.1": "OFL-1.1",
    "osl-3.0": "OSL-3.0",
    "postgresql": "PostgreSQL",
    "unlicense": "Unlicense",
    "wtfpl": "WTFPL",
    "zlib": "Zlib",
}
# Commercial use is allowed, and some uses are forbidden to everybody; the answer says so in the name.
_RESTRICTED: Final = {
    "bigscience-openrail-m": "BigScience OpenRAIL-M",
    "creativeml-openrail-m": "CreativeML OpenRAIL-M",
    "openrail": "OpenRAIL",
    "openrail++": "CreativeML OpenRAIL++-M",
}
_RESTRICTIONS: Final = ", with uses that it forbids"
# Names of licences that say themselves what they are for. The hub writes `cc-by-nc-4.0`.
_NON_COMMERCIAL: Final = re.compile(r"non[-_ ]?commercial|\bnc\b|-nc-|-nc$|research[-_ ]only", re.IGNORECASE)
_NON_COMMERCIAL_IDS: Final = frozenset(
    {"apple-amlr", "intel-research", "fair-noncommercial-research-license", "nsclv1"}
)
_UNSAID: Final = frozenset({"", "other", "unknown", "none", "null"})


def judge(identifier: str, name: str = "") -> Licence:
    """Return a licence by the identifier that a model card gives, and the name that it gives to `other` ones."""
    key = identifier.strip().lower()
    if key in _FREE:
        return Licence(_FREE[key], commercial=True)
    if key in _RESTRICTED:
        return Licence(_RESTRICTED[key] + _RESTRICTIONS, commercial=True)
    told = clean(name) or ("" if key in _UNSAID else clean(identifier))
    if not told:
        return UNKNOWN
    if told.lower() in _NON_COMMERCIAL_IDS or _NON_COMMERCIAL.search(told):
        return Licence(told, commercial=False)
    return Licence(told, None)


def recognise(text: str) -> Licence:
    """Return the licence that a text is, from how it begins."""
    start = " ".join(text[:2000].split())
    if "Apache License" in start and "Version 2.0" in start:
        return judge("apache-2.0")
    if "Permission is hereby granted, free of charge" in start:
        return judge("mit")
    title = next((line for line in map(clean, text[:2000].splitlines()) if line), "")
    return judge("other", title)


def choose_strict(*licences: Licence) -> Licence:
    """Return the one that allows least, where several claim to hold; what is unknown loses against what is known."""
    known = [licence for licence in licences if licence != UNKNOWN]
    order = (False, None, True)
    return min(known, key=lambda licence: order.index(licence.commercial), default=UNKNOWN)


def clean(text: str) -> str:
    """Return a text as one short line of ASCII."""
    return " ".join(re.sub(r"[^\x21-\x7e]+", " ", text).strip(" #*").split())[:_LONGEST].strip()
