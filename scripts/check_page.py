"""Check the page in `src/blazon/page`: types by `tsc`, style by biome, its libraries against their packages.

    python scripts/check_page.py [--write]

Needs Node and npm; without them it says so and checks nothing, but fails in continuous integration (`CI`). Packages
come from npm's cache where it has them. `--write` formats the files instead of refusing them.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_INSTALL: Final = ("ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="format the files, and mend what can be mended safely")
    write = parser.parse_args().write
    npm = shutil.which("npm") if shutil.which("node") else None
    if npm is None:
        print("the page was not checked: Node and npm are not there (Debian: apt install nodejs npm)", file=sys.stderr)
        return int("CI" in os.environ)
    mend = ["--write"] if write else []
    commands = (
        *([] if _is_installed() else [[npm, *_INSTALL]]),
        ["node", "node_modules/typescript/bin/tsc", "--project", "tsconfig.json"],
        [
            "node",
            "node_modules/@biomejs/biome/bin/biome",
            "check",
            "--error-on-warnings",
            *mend,
        ],
        [sys.executable, "scripts/vendor_page.py", "--check"],
    )
    return next((status for command in commands if (status := _run(command))), 0)


def _is_installed() -> bool:
    """Whether `node_modules` holds what the lock file names; npm leaves a copy of it there."""
    installed = ROOT / "node_modules/.package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= (ROOT / "package-lock.json").stat().st_mtime


def _run(command: list[str]) -> int:
    """Run a command, show what it says if it fails, and return its status."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
