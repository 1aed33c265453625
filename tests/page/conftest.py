"""The page in a real Chromium, against a real `blazon serve`.

A test fails on whatever its pages write to the console as an error, throw, load from elsewhere or are forbidden by
their policy, unless it said before that it would: see `Visitor.expect`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

_WAIT: Final = 60_000  # milliseconds for whatever a test waits for: the machine may be busy
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")


def _need(what: str) -> NoReturn:
    """Skip the test, or fail it in continuous integration, where nothing may be missing."""
    (pytest.fail if "CI" in os.environ else pytest.skip)(f"the page is not tried in a browser: {what}")


class Server:
    """`blazon serve` on one folder and, once it has one, one port: it can be ended and started anew."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.url = ""
        usual = {"DATA_DIR": str(folder / "data"), "ENGINE": "vector", "LOG_FORMAT": "json", "WARMUP_ENABLED": "false"}
        usual["COMPUTE_PROCESSES"] = "0"  # each takes seconds to start, of which the page shows nothing
        self._settings = usual | settings
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        port = self.url.rpartition(":")[2] or "0"
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "blazon", "serve", "--port", port],
                env={**os.environ, **self._settings},
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        for line in self._process.stdout:
            if found := re.search(r"http://localhost:\d+", line):
                self.url = found[0]
                break
        else:
            pytest.fail(f"the server did not start: {(self.folder / 'log').read_text()[-2000:]}")
        while not self._is_ready():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process.stdout.close()
            self._process = None

    def blazon(self, *words: str) -> str:
        """Run another command of Blazon on the same data, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "blazon", *words],
            env={**os.environ, **self._settings},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=20).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def _serving(folder: Path, **settings: str) -> Iterator[Server]:
    server = Server(folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with the vector engine, for all tests that do not end it."""
    with _serving(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server of the test's own, with settings; it ends with the test."""
    with ExitStack() as servers:
        yield lambda **settings: servers.enter_context(_serving(tmp_path, **settings))


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One headless Chromium; each visit has a context of its own in it."""
    path = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if path is None:
        _need("no Chromium is there (Debian: apt install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _need("the package playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Visitor:
    """A person with a browser of their own, in which all pages are watched."""

    def __init__(self, context: "BrowserContext", home: str) -> None:
        self.context = context
        self.home = home
        self.problems: list[str] = []
        self._expected: list[str] = []
        context.set_default_timeout(_WAIT)
        context.on("console", self._check_console)
        context.on("weberror", lambda error: self._note(f"thrown: {error.error}"))
        context.on("request", lambda request: self._check_host(request.url))
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', event =>"
            " console.error(`forbidden: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"
        )

    def expect(self, *problems: str) -> None:
        """Let pass what holds one of these texts, such as `401`: browsers log each answer that is an error."""
        self._expected += problems

    def open(self, address: str = "") -> "Page":
        """Open the page in a new tab and wait until it shows something."""
        page = self.context.new_page()
        page.goto(f"{self.home}/{address}")
        page.locator("main > *").first.wait_for()
        return page

    def unexpected(self) -> list[str]:
        return [one for one in self.problems if not any(text in one for text in self._expected)]

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    def _check_console(self, message: "ConsoleMessage") -> None:
        if message.type == "error":
            self._note(f"console: {message.text} {message.location['url']}")

    def _check_host(self, url: str) -> None:
        if not url.startswith((f"{self.home}/", "data:", f"blob:{self.home}/")):
            self._note(f"another host: {url}")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: "Browser", server: Server) -> Iterator[Visit]:
    """Make a visitor, of the common server if no other is given; at the end no page may have had a problem."""
    visitors: list[Visitor] = []

    def make(at: Server = server, **options: Any) -> Visitor:
        usual = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
        visitors.append(Visitor(browser.new_context(**{**usual, **options}), at.url))
        return visitors[-1]

    yield make
    problems = [problem for visitor in visitors for problem in visitor.unexpected()]
    for visitor in visitors:
        visitor.context.close()
    assert problems == []


@pytest.fixture
def page(visit: Visit) -> "Page":
    """The page as a person sees it who comes for the first time."""
    return visit().open()


@pytest.fixture(scope="module")
def expect(browser: "Browser") -> Any:
    """`expect` of Playwright, which waits as long as all else here."""
    from playwright.sync_api import expect

    expect.set_options(timeout=_WAIT)
    return expect


@pytest.fixture
def wait_for_logos(expect: Any) -> "Callable[[Page, int], None]":
    """Wait until a page shows that many finished logos."""

    def wait(page: "Page", count: int) -> None:
        expect(page.locator(".status")).to_have_text("One logo" if count == 1 else f"{count} logos")
        expect(page.locator(".board .face-of-logo img")).to_have_count(count)

    return wait


@pytest.fixture
def draw(wait_for_logos: "Callable[[Page, int], None]") -> "Callable[..., None]":
    """Draw logos from the opening page and wait for all; few, as each takes the machine a while."""

    def draw(page: "Page", prompt: str, count: int = 2) -> None:
        page.get_by_role("button", name="More", exact=True).click()
        page.get_by_label("How many").select_option(str(count))
        page.get_by_label("What is the logo for?").fill(prompt)
        page.get_by_label("What is the logo for?").press("Enter")
        wait_for_logos(page, count)

    return draw


@pytest.fixture
def find_violations() -> "Callable[[Page], list[str]]":
    """Return what axe finds on a page by the rules of WCAG 2.2 A and AA, one line for each element."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        _need("the package axe-playwright-python is not installed")

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

    def find(page: "Page") -> list[str]:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
        return [
            f"{violation['id']}: {node['html'][:200]} ({node['failureSummary'][:300]})"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]

    return find


@pytest.fixture
def logo(server: Server) -> str:
    """The address, in the API, of a fresh logo with a mark and a name."""
    wish = {"prompt": "a coffee roastery by the sea", "brand_name": "Nordwind", "seed": 7, "n": 1, "layout": "stacked"}
    made = httpx.post(f"{server.url}/v1/logos", json=wish, timeout=60).raise_for_status().json()
    return f"/v1/logos/{made['id']}/0"


@pytest.fixture
def open_logo() -> "Callable[..., Page]":
    """Open a panel of a logo in a new tab of a visitor."""
    ready = {"change": "#stage .part", "scenes": ".scene path", "take": ".downloads"}

    def open_panel(visitor: Visitor, logo: str, panel: str = "change") -> "Page":
        page = visitor.open(f"#{logo.removeprefix('/v1')}?panel={panel}")
        page.locator(ready[panel]).first.wait_for()
        return page

    return open_panel
