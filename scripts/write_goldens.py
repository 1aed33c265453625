"""Draw the stored pictures of tests/golden anew, where logos are meant to look otherwise.

    python scripts/write_goldens.py [NAME ...]

Look at what changed before it is committed. Pages of the brand book need poppler (`pdftoppm`).
"""

import argparse
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    names = parser.parse_args().names
    sys.path.insert(0, str(ROOT / "tests/golden"))
    from goldens import FOLDER, is_alike, list_goldens
    from PIL import Image

    FOLDER.mkdir(exist_ok=True)
    for name, draw in list_goldens().items():
        path, drawn = FOLDER / f"{name}.png", draw() if not names or name in names else None
        if drawn is None or (path.is_file() and is_alike(Image.open(path).convert("RGB"), drawn)):
            continue
        drawn.save(path, optimize=True)
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
