"""How fast the page is, seen from outside: a real server, a real Chromium, and what a person waits for.

`python benchmarks/page.py` opens the page cold and warm, changes a logo in each of the ways that people do, makes a
logo as somebody does who is new here, from the empty page to the kit on the disk, and opens a history of 500. Medians
of `--rounds` rounds. Needs a Chromium and the package `playwright`; without them it ends with status 2.
"""

import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import httpx
from _report import Row, options, report
from _server import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WISH: Final = {"prompt": "a coffee roastery by the sea", "brand_name": "Northwind", "seed": 7, "layout": "stacked"}
WINDOW: Final = (1280, 900)
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
_WAIT: Final = 120_000  # milliseconds
_HISTORY: Final = 500
_MANY: Final = 100
_QUIET: Final = 5  # tenths of a second
# Of the page that was loaded last: the times of its paints, and what it took from the server until now.
_PAINTED: Final = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_TAKEN: Final = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, one) => [sum[0] + 1, sum[1] + one.transferSize], [0, 0])"""
# The button of the brief can be pressed once it is there; everything is drawn in one task.
_USABLE: Final = """() => new Promise((done) => {
    const look = () => document.querySelector('form .primary') ? done(performance.now()) : setTimeout(look, 1);
    look();
})"""
# Milliseconds from a change to the frame in which another picture of the logo is on the screen.
_CHANGE: Final = """([selector, value]) => new Promise((done, fail) => {
    const seen = () => document.querySelector('#stage svg')?.innerHTML;
    const before = seen();
    const end = setTimeout(() => fail(new Error(`nothing changed: ${selector}`)), 60000);
    const watcher = new MutationObserver(() => {
        if (seen() === undefined || seen() === before) return;
        watcher.disconnect();
        clearTimeout(end);
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    });
    watcher.observe(document.getElementById('stage'), {subtree: true, childList: true, attributes: true});
    const element = document.querySelector(selector);
    const began = performance.now();
    if (value === null) element.click();
    else {
        element.value = value;
        element.dispatchEvent(new Event('change', {bubbles: true}));
    }
})"""
# What a person does: what is opened for it, the elements that are changed in turn, and their values (None: a click).
CHANGES: Final[dict[str, tuple[str, str, list[str | None]]]] = {
    "a colour": ("", "#colour-mark", ["#123a5a", "#7a1f2b", "#1f5a3a"]),
    "all colours": ("", ".moods button:nth-child({turn})", [None]),
    "the mark": ("#design-marks", "#design-marks li:nth-child({turn}) button", [None]),
    # Before the font, as letters that join have none.
    "the tracking": ("#design-type", "#design-type input[type=range]", ["120", "0", "60"]),
    "the font": ("#design-type", "#design-type li:nth-child({turn}) button", [None]),
    "the layout": ("#design-layout", "#design-layout [aria-pressed=false]", [None]),
    "the treatment": ("#design-style", "#design-style [aria-pressed=false]", [None]),
}


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    path = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        print("not measured: this needs a Chromium and the package playwright", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with server(ENGINE="vector") as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for measure in (measure_opening, measure_changes, measure_journey, measure_history):
            rows += measure(browser, url, arguments.rounds)
        browser.close()
    report("The page, vector engine, headless Chromium on the same machine", rows, out=arguments.out)
    return 0


def measure_opening(browser: "Browser", url: str, rounds: int) -> Iterator[Row]:
    """Yield what the first and the second visit take; a visit is cold when its browser has never been here."""
    cold, warm = [], []
    for _ in range(rounds):
        context = _enter(browser)
        cold.append(_load(context.new_page(), url))
        warm.append(_load(context.new_page(), url))
        context.close()
    yield "first visit: first contentful paint", _ms(one["paint"] for one in cold), "<= 1000 ms"
    yield "  until the brief can be sent", _ms(one["usable"] for one in cold), ""
    yield "  requests, bytes until then", _count(cold, "usable_requests", "usable_bytes"), ""
    yield "  requests, bytes in all", _count(cold, "requests", "bytes"), "<= 150 KB"
    yield "second visit: first contentful paint", _ms(one["paint"] for one in warm), "<= 1000 ms"
    yield "  until the brief can be sent", _ms(one["usable"] for one in warm), ""
    yield "  requests, bytes in all", _count(warm, "requests", "bytes"), ""


def measure_changes(browser: "Browser", url: str, rounds: int) -> Iterator[Row]:
    """Yield the time from a change to another picture on the screen, for each kind, and the memory of many."""
    made = httpx.post(f"{url}/v1/logos", json={**WISH, "n": 1}, timeout=60).raise_for_status().json()["id"]
    context = _enter(browser)
    page = context.new_page()
    settle = _watch(page)
    page.goto(f"{url}/#/logos/{made}/0")
    page.locator("#stage .part").first.wait_for()
    for name, (section, selector, values) in CHANGES.items():
        if section:
            page.locator(f"{section} > summary").click()
        page.locator(selector.format(turn=2)).first.wait_for()
        taken = []
        for turn in range(rounds + 1):  # the first one loads what the others share
            settle()
            value = values[turn % len(values)]
            taken.append(page.evaluate(_CHANGE, [selector.format(turn=2 + turn % 4), value]))
        yield f"{name} to the picture", _ms(taken[1:]), "<= 100 ms"
        if section:
            page.locator(f"{section} > summary").click()
    for name, place in (("undo", 1), ("redo", 2)):
        taken = []
        for _ in range(rounds):
            settle()
            taken.append(page.evaluate(_CHANGE, [f".toolbar button:nth-child({place})", None]))
        yield f"{name} to the picture", _ms(taken), "<= 100 ms"
    before = _heap(context, page)
    for turn in range(_MANY):
        page.evaluate(_CHANGE, ["#colour-mark", f"#{turn * 2048 + 0x101010:06x}"])
    settle()
    yield (
        f"memory of the page after {_MANY} changes",
        f"{before:.1f} MB, then {_heap(context, page):.1f} MB",
        "<= +20 MB",
    )
    context.close()


def measure_journey(browser: "Browser", url: str, rounds: int) -> Iterator[Row]:
    """Yield how long somebody takes who is new, from the empty page to the kit, and how many clicks."""
    taken, files = [], 0
    for turn in range(rounds):
        context = _enter(browser, accept_downloads=True)
        page = context.new_page()
        clicks = _count_clicks(page)
        began = time.perf_counter()
        page.goto(url)
        page.locator("#prompt").fill(f"a bakery in the old town, number {turn}")
        page.keyboard.press("Enter")
        page.locator(".board .card a").first.click()
        page.locator("#tab-take").click()
        with page.expect_download() as download:
            page.locator(".kit").click()
        with tempfile.TemporaryDirectory() as folder:
            download.value.save_as(Path(folder, "kit.zip"))
            with zipfile.ZipFile(Path(folder, "kit.zip")) as kit:
                assert kit.testzip() is None
                files = len(kit.namelist())
        taken.append(time.perf_counter() - began)
        pressed = clicks()
        context.close()
    yield "from the empty page to the kit, opened", f"{median(taken):.1f} s, {files} files", "<= 10 s"
    yield "  clicks, Enter counted as one", f"{pressed}", "<= 6"


def measure_history(browser: "Browser", url: str, rounds: int) -> Iterator[Row]:
    """Yield how long a long history takes to be there, and to be searched."""
    with httpx.Client(base_url=url, timeout=120) as client:
        for number in range(_HISTORY):  # all but two are known, which is quick
            wish = {**WISH, "n": 1, "brand_name": "Rye" if number == _HISTORY // 2 else "Spelt"}
            client.post("/v1/logos", json=wish).raise_for_status()
    shown, complete, searched = [], [], []
    for _ in range(rounds):
        context = _enter(browser)
        page = context.new_page()
        began = time.perf_counter()
        page.goto(f"{url}/#/kept")
        page.locator(".kept li").first.wait_for()
        shown.append(1000 * (time.perf_counter() - began))
        page.wait_for_function(_LISTED, arg=_HISTORY - 60)
        complete.append(1000 * (time.perf_counter() - began))
        searched.append(page.evaluate(_SEARCH, "rye"))
        context.close()
    yield f"a history of {_HISTORY}: its first logos", _ms(shown), "<= 1000 ms"
    yield "  all of it", _ms(complete), ""
    yield "  a search in it", _ms(searched), "<= 100 ms"


# Browsers say of Enter in a form that its button was clicked.
_COUNT: Final = "window.clicks = 0; addEventListener('click', (event) => event.isTrusted && window.clicks++, true)"
_LISTED: Final = (
    "(most) => Number(/\\d+/.exec(document.querySelector('.kept + .row button')?.textContent ?? '')) >= most"
)
_SEARCH: Final = """(words) => new Promise((done) => {
    const field = document.getElementById('search');
    const began = performance.now();
    const look = () => document.querySelectorAll('.kept li').length === 1
        ? done(performance.now() - began) : requestAnimationFrame(look);
    field.value = words;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    look();
})"""


def _enter(browser: "Browser", **more: Any) -> "BrowserContext":
    """Return a browser that has never been here."""
    width, height = WINDOW
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", **more)
    context.set_default_timeout(_WAIT)
    return context


def _load(page: "Page", url: str) -> dict[str, float]:
    """Open the page and return when it was painted and could be used, in ms, and what it took, in bytes."""
    page.goto(url, wait_until="commit")
    usable = page.evaluate(_USABLE)
    usable_requests, usable_bytes = page.evaluate(_TAKEN)
    page.wait_for_load_state("networkidle")
    requests, all_bytes = page.evaluate(_TAKEN)
    paint = page.evaluate(_PAINTED)
    return {
        "paint": paint,
        "usable": usable,
        "usable_requests": usable_requests,
        "usable_bytes": usable_bytes,
        "requests": requests,
        "bytes": all_bytes,
    }


def _watch(page: "Page") -> Callable[[], None]:
    """Return what waits until nothing that a page asked for is under way, nor about to be."""
    under_way: set[Any] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))

    def settle() -> None:
        quiet = 0
        while quiet < _QUIET:
            page.wait_for_timeout(100)
            quiet = 0 if under_way else quiet + 1

    return settle


def _heap(context: "BrowserContext", page: "Page") -> float:
    """Return the memory that scripts of a page hold, in MB, without what can be freed."""
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = float(session.send("Runtime.getHeapUsage")["usedSize"])
    session.detach()
    return used / 1e6


def _count_clicks(page: "Page") -> Callable[[], int]:
    """Count the clicks on a page from its next load on."""
    page.add_init_script(
        "window.clicks = 0; addEventListener('click', (event) => event.isTrusted && window.clicks++, true)"
    )
    return lambda: int(page.evaluate("window.clicks"))


def _ms(times: Any) -> str:
    return f"{median(times):.0f} ms"


def _count(visits: list[dict[str, float]], requests: str, size: str) -> str:
    return f"{median(one[requests] for one in visits):.0f}, {median(one[size] for one in visits) / 1000:.1f} KB"


if __name__ == "__main__":
    sys.exit(main())
