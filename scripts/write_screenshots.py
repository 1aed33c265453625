"""Write the screenshots of the page in `docs/images`, of a server that draws with the vector engine.

    python scripts/write_screenshots.py [--folder docs/images]

Needs a Chromium and the package `playwright`. The board and one logo are shown at three widths, in light and in dark.
"""

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT: Final = Path(__file__).parents[1]
WISH: Final = {"prompt": "a coffee roastery by the sea, calm, deep blue", "brand_name": "Northwind", "n": 6, "seed": 11}
# Name: width and height of the window in pixels, and the colours of the system.
LOOKS: Final = {
    "wide-light": (1440, 900, "light"),
    "wide-dark": (1440, 900, "dark"),
    "tablet-light": (820, 1100, "light"),
    "tablet-dark": (820, 1100, "dark"),
    "phone-light": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
}
# Name: address, and what is there once the view is complete.
VIEWS: Final = {
    "brief": ("#/", ".examples img"),
    "board": ("#/logos/{id}", ".board .card:nth-child(1) img"),
    "logo": ("#/logos/{id}/0?panel=scenes", "[role=tabpanel] svg g g"),
}
_COLOURS: Final = 256
# Every place of a picture has one.
_COMPLETE: Final = """() => !document.querySelector('.picture.waiting, .card.coming, .awaited') &&
    [...document.querySelectorAll('.face-of-logo')].every((place) => place.querySelector('img, svg'))"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs/images", help="where the pictures go")
    folder = parser.parse_args().folder
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium is there (Debian: apt install chromium)", file=sys.stderr)
        return 2
    with _serve() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        identity = httpx.post(f"{url}/v1/logos", json=WISH, timeout=60).raise_for_status().json()["id"]
        for look in LOOKS:
            for view, picture in _show(browser, f"{url}/", identity, look):
                (folder / f"studio-{view}-{look}.png").write_bytes(_shrink(picture))
        browser.close()
    return 0


@contextmanager
def _serve() -> Iterator[str]:
    """Start a server with the vector engine on an empty folder, and give its address."""
    with (
        tempfile.TemporaryDirectory() as data,
        subprocess.Popen(
            [sys.executable, "-m", "blazon", "serve", "--port", "0"],
            env={**os.environ, "DATA_DIR": data, "ENGINE": "vector", "LOG_LEVEL": "error"},
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            found = next(filter(None, (re.search(r"http://localhost:\d+", line) for line in server.stdout)))
            while httpx.get(f"{found[0]}/health", timeout=30).status_code != 200:
                continue
            yield found[0]
        finally:
            server.terminate()


def _show(browser: Browser, home: str, identity: str, look: str) -> Iterator[tuple[str, bytes]]:
    """Yield each view with its picture as PNG."""
    width, height, scheme = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    for view, (address, ready) in VIEWS.items():
        page.goto(f"{home}{address.format(id=identity)}")
        page.locator(ready).first.wait_for()
        page.wait_for_function(_COMPLETE)
        yield view, page.screenshot()
    context.close()


def _shrink(picture: bytes) -> bytes:
    """Return a PNG with few colours, which is a third of its size."""
    small = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(main())
