"""The page for a person who opens the address of the server in a browser."""

from functools import cache
from importlib.resources import files
from string import Template


@cache
def landing_page(version: str) -> str:
    """Return the page as HTML: one file, nothing loaded from elsewhere."""
    page = Template(files("blazon.api").joinpath("landing.html").read_text(encoding="utf-8"))
    return page.substitute(version=version)
