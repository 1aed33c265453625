"""Copy libraries and typeface of the page from `node_modules` to `src/blazon/page/vendor`, with licences and checksums.

    npm ci && python scripts/vendor_page.py [--check]

The versions are those of `package.json`; npm checks what it installs by the digests in `package-lock.json`. Imports by
name become relative ones, since browsers know nothing of packages. `--check` says what differs and changes nothing.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
VENDOR: Final = ROOT / "src/blazon/page/vendor"
SUMS: Final = "SHA256SUMS"
# Module of ours: package, its file.
_MODULES: Final = {
    "preact": ("preact", "dist/preact.mjs"),
    "hooks": ("preact", "hooks/dist/hooks.mjs"),
    "htm": ("htm", "dist/htm.module.js"),
    "signals": ("@preact/signals", "dist/signals.module.js"),
    "signals-core": ("@preact/signals-core", "dist/signals-core.module.js"),
}
# Typeface of ours: package, its file. It is copied as it is: a reserved name may stay.
_TYPEFACES: Final = {
    "figtree": ("@fontsource-variable/figtree", "files/figtree-latin-wght-normal.woff2"),
}
# What they import by name. Types come from the packages by the same names.
_NAMES: Final = {
    "preact": "preact",
    "preact/hooks": "hooks",
    "htm": "htm",
    "@preact/signals": "signals",
    "@preact/signals-core": "signals-core",
}
_IMPORT: Final = re.compile(r"""\b(from|import) *(["'])([^"'./][^"']*)\2""")
_SOURCE_MAP: Final = re.compile(r"\n?//# sourceMappingURL=.*\s*\Z")


def make_vendored(packages: Path) -> dict[str, bytes]:
    """Return the content of each vendored file by its name.

    Args:
        packages: the folder `node_modules`.
    Raises:
        KeyError: a module imports one that is not vendored.
        FileNotFoundError: a package is not installed, or has other files than its pinned version.
    """
    texts = {}
    for name, (package, file) in _MODULES.items():
        folder = packages / package
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        texts[f"{name}.js"] = _adapt((folder / file).read_text(encoding="utf-8"), about)
        texts[name_licence(package)] = (folder / "LICENSE").read_text(encoding="utf-8")
    texts |= {f"{module}.d.ts": _declare_types(name) for name, module in _NAMES.items()}
    made = {name: text.encode() for name, text in texts.items()}
    for name, (package, file) in _TYPEFACES.items():
        made[f"{name}.woff2"] = (packages / package / file).read_bytes()
        made[name_licence(package)] = (packages / package / "LICENSE").read_bytes()
    made[SUMS] = "".join(f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n" for name in sorted(made)).encode()
    return made


def _adapt(code: str, about: dict[str, str]) -> str:
    """Return a module with relative imports and a line that says what it is."""
    code = _IMPORT.sub(lambda found: f"{found[1]}{found[2]}./{_NAMES[found[3]]}.js{found[2]}", code)
    return f"// {about['name']} {about['version']}, {about['license']}\n{_SOURCE_MAP.sub('', code).rstrip()}\n"


def _declare_types(name: str) -> str:
    default = 'export { default } from "htm";\n' if name == "htm" else ""
    return default or f'export * from "{name}";\n'


def name_licence(package: str) -> str:
    """Return where the licence of a package lies."""
    return f"licences/{package.removeprefix('@').replace('/', '-')}.txt"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="say what differs, change nothing")
    check = parser.parse_args().check
    made = make_vendored(ROOT / "node_modules")
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    changed = [name for name, content in made.items() if name not in there or (VENDOR / name).read_bytes() != content]
    stale = sorted(there - {*made})
    for name in [] if check else changed:
        (VENDOR / name).parent.mkdir(parents=True, exist_ok=True)
        (VENDOR / name).write_bytes(made[name])
    for name in [] if check else stale:
        (VENDOR / name).unlink()
    for name in changed + stale:
        print(f"{'differs from its package' if check else 'renewed'}: {name}")
    return int(check and bool(changed + stale))


if __name__ == "__main__":
    sys.exit(main())
