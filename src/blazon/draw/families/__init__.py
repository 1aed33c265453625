"""The catalogue: the families that a wordmark is set in, chosen by eye.

All are open: under the SIL Open Font License, a few under Apache 2.0. Most are dependencies of Blazon by themselves:
the package `fontpkg-NAME` on PyPI carries the unchanged files of the foundry. The others were compiled by
`scripts/build_fonts.py`.
"""

from typing import Final

from blazon.draw.families.display import DISPLAY
from blazon.draw.families.hands import HANDS
from blazon.draw.families.sans import SANS
from blazon.draw.families.serifs import SERIFS

FAMILIES: Final = (*SANS, *SERIFS, *DISPLAY, *HANDS)
