"""Print what pyproject.toml asks for, so that an image can install it in a layer of its own, before the source.

`python list_requirements.py gpu otel` prints the requirements of the package and of these two extras, one a line.
"""

import sys
import tomllib
from pathlib import Path


def list_requirements(document: str, extras: list[str]) -> list[str]:
    """Return the requirements of the package and of the extras.

    Raises:
        KeyError: the document has no such extra.
    """
    project = tomllib.loads(document)["project"]
    return [*project["dependencies"], *(line for name in extras for line in project["optional-dependencies"][name])]


if __name__ == "__main__":
    try:
        print(*list_requirements(Path("pyproject.toml").read_text(encoding="utf-8"), sys.argv[1:]), sep="\n")
    except KeyError as missing:
        sys.exit(f"error: pyproject.toml has no extra {missing}; look at EXTRAS")
