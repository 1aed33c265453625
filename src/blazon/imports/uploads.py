"""Uploads in, JSON out: what a server calls in the process that reads them."""

import json

from blazon.imports.marks import read_mark
from blazon.imports.palettes import find_palette


def make_mark(content: bytes) -> bytes:
    """Return a mark as JSON, see `marks.read_mark`."""
    return json.dumps(read_mark(content).to_dict()).encode()


def list_palette(content: bytes) -> bytes:
    """Return a palette as JSON, see `palettes.find_palette`."""
    found = find_palette(content)
    colours = [{"colour": one.colour, "share": one.share} for one in found.colours]
    return json.dumps({"palette": found.text, "colours": colours, "paper": found.paper}).encode()
