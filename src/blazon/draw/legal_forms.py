"""Legal forms at the end of a firm's name (`GmbH`, `e.V.`, `Inc.`): nobody says them, and some have their own case."""

import re
from typing import Final

# Short forms without dots count in the case in which a register writes them: "Visa" ends in no SA, "Day Spa" in no SpA.
_EXACT: Final = (
    "AG AB AS ASA A/S ApS BV NV SA SE SpA SAS SARL Srl SRL SL KG KGaA OG OHG GbR UG eG eK eV eU GmbH gGmbH mbH"
    " OY Oy Oyj EOOD Kft Zrt PLC plc LP LLC LLP PC PBC Inc Ltd ltd Corp Co Pty Pvt Sdn Bhd"
).split()
_DOTTED: Final = (
    "e.V. e.G. e.K. e.U. S.A. S.A.S. S.L. S.L.U. S.p.A. S.r.l. S.R.L. S.à.r.l. S.A.R.L. B.V. N.V. A.G. L.L.C. L.P. P.C."
    " Inc. Ltd. Corp. Co. Pty. Pvt. d.o.o. s.r.o. a.s. a.d. sp.z.o.o. m.b.H. G.m.b.H."
).split()
_ANY_CASE: Final = (
    "gmbh inc inc. ltd ltd. llc llp plc corp corp. co co. incorporated corporation company limited".split()
)


def _alternatives(forms: list[str]) -> str:
    # A space may stand after a dot inside a form: "e. V.", "Sp. z o.o.".
    patterns = (re.escape(form).replace(r"\.", r"\.[ ]?").removesuffix("[ ]?") for form in forms)
    return "|".join(sorted(patterns, key=len, reverse=True))


# "Brown & Co. KG", "Muster (GmbH)", "Smith, Ltd.": one form or several, with what joins them to the name.
_ENDING: Final = re.compile(
    rf"(?:[\s,(]+(?:(?:&|\+|and|und)[ ])?(?:{_alternatives([*_EXACT, *_DOTTED])}|(?i:{_alternatives(_ANY_CASE)}))\)?)+$"
)


def split_legal_form(name: str) -> tuple[str, str]:
    """Return a name without its legal form, and the form with the space before it; both joined are the name."""
    ending = _ENDING.search(name)
    if ending is None or not any(char.isalnum() for char in name[: ending.start()]):
        return name, ""
    return name[: ending.start()], name[ending.start() :]
