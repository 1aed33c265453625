"""README.txt: which file is for what."""

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from blazon.kit.disclosure import describe_origin
from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.order import KitOrder

_WIDTH: Final = 100
_START: Final = """
Where to begin

  For a web page        logo/svg
  For a printer         logo/pdf, or logo/eps where a machine asks for it
  For a text or slides  logo/png
  On a dark ground      the files called "reversed", or "white" for one colour
  In one ink            the files called "black" and "white"
  How to use it         brand-book.pdf, brand-book.html

Every logo file has no paper behind it, and is cropped to its clear space: whatever you place it
beside may touch the edge of the file and nothing more. A name says version and colouring:

  VERSION-COLOURING    {versions}
                       colour, reversed, black, white
"""


def write_readme(order: KitOrder, files: Sequence[KitFile]) -> KitFile:
    """Return the README.txt for the files of a kit, which lists those that have a use."""
    shown = (file.path.split("-")[-2] for file in files if file.path.startswith("logo/svg/"))
    versions = dict.fromkeys(shown)
    parts = [
        order.name,
        "=" * len(order.name),
        _START.format(versions=", ".join(versions)).rstrip(),
        "",
        "All files",
        "",
    ]
    for folder, group in groupby((file for file in files if file.use), key=_folder):
        parts.append(f"{folder or '.'}/")
        for file in group:
            parts += _describe(file.path.removeprefix(f"{folder}/"), file.use)
        parts.append("")
    parts += _rights(order)
    return text_file("README.txt", "\n".join(parts) + "\n")


def _folder(file: KitFile) -> str:
    return file.path.rpartition("/")[0]


def _describe(name: str, use: str) -> list[str]:
    lines = textwrap.wrap(use, _WIDTH - 44)
    first = f"  {name:<40}  {lines[0]}"
    return [first, *(" " * 44 + line for line in lines[1:])] if len(name) <= 40 else [f"  {name}", f"      {use}"]


def _rights(order: KitOrder) -> list[str]:
    lines = ["Rights", ""]
    lines.append("  Fonts keep their own licences, which are beside them in fonts/.")
    if order.credits:
        lines += ["", "  These lines must be shown where the logo is published, for instance in an imprint:"]
        lines += [f"    {credit}" for credit in order.credits]
    for paragraph in describe_origin(order):
        lines += ["", *textwrap.wrap(paragraph, _WIDTH, initial_indent="  ", subsequent_indent="  ")]
    return lines
