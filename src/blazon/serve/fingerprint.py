"""What makes two requests the same."""

import hashlib
import json

from blazon import __version__
from blazon.brief import Brief


def fingerprint(brief: Brief, recipe: str, owner: str) -> str:
    """Return a digest that is equal for equal briefs of one owner, drawn by one version of Blazon in one way.

    The owner is part of it, so that nobody learns from a quick answer what others asked for.
    """
    what = [__version__, recipe, owner, brief.to_dict()]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
