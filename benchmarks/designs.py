"""How long a change of a design takes at a real server: the change, its picture, undo, other marks, more like it.

`python benchmarks/designs.py` starts `blazon serve`, asks for one logo, and changes it in each of the ways that a
client can, one after another, several times. What counts is what a client waits for: the answer to `PATCH`, and the
SVG and the PNG of the new revision after it. The last row floods the server with designs that are slow to draw, and
tells how long `/health/live`, which only needs the event loop, waits meanwhile at the worst.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any, Final

import httpx
from _report import Row, options, report
from _server import server

WISH: Final = {
    "prompt": "a coffee roastery by the sea",
    "brand_name": "Northwind Coffee",
    "slogan": "slow roasted",
    "mark": "pictorial",
    "layout": "stacked",
    "n": 1,
    "seed": 7,
}
# Each has values that take turns, so that every call changes something.
CHANGES: Final[dict[str, list[dict[str, Any]]]] = {
    "a colour": [{"colours": {"mark": colour}} for colour in ("#123a5a", "#7a1f2b", "#1f5a3a", "#5a2a7a")],
    "the palette": [{"palette": palette} for palette in ("ocean", "sunset", "#0a4d68, #b5451c", "luxury")],
    "the font": [{"name_type": {"family": name}} for name in ("Figtree", "Playfair Display", "Rubik", "Lora")],
    "weight and tracking": [{"name_type": {"weight": weight, "tracking": weight / 10}} for weight in (400, 700, 500)],
    "the layout": [{"layout": layout} for layout in ("horizontal", "emblem", "wordmark", "stacked")],
    "the name": [{"brand_name": name} for name in ("Meridian", "The Extraordinary Harbour Coffee Company", "Nord")],
    "the mark": [{"mark": {"kind": "symbol", "symbol": symbol}} for symbol in ("mdi:fish", "mdi:coffee", "mdi:leaf")],
    "the treatment": [{"treatment": name} for name in ("knocked_out", "gradient", "plain", "framed")],
}
ROUNDS: Final = 8
_PATCH: Final = {"Content-Type": "application/merge-patch+json"}
_INTRICATE: Final = {"kind": "rotation", "symbol": "game-icons:griffin-symbol", "count": 24, "radius": 300}
_FLOOD_SECONDS: Final = 6.0
_TARGET: Final = 100.0


def main() -> None:
    arguments = options(__doc__).parse_args()
    with server() as (url, _), httpx.Client(base_url=url, timeout=60) as client:
        logo = client.post("/v1/logos", json=WISH).json()["candidates"][0]["svg"].removesuffix(".svg")
        rows = [*measure_changes(client, logo), *measure_others(client, logo), measure_loop(client, logo)]
    report("Changing a design, through a real server", rows, out=arguments.out)


def measure_changes(client: httpx.Client, logo: str) -> Iterator[Row]:
    """Yield, for each kind of change, the time until it is answered, and until its SVG and PNG are there."""
    for values in CHANGES.values():
        change(client, logo, values[0])  # which opens the materials, and each font
    everything = []
    for what, values in CHANGES.items():
        answers, pictures = [], []
        for patch in itertools.islice(itertools.cycle([*values[1:], values[0]]), ROUNDS):
            start = time.perf_counter()
            made = change(client, logo, patch)
            answers.append(time.perf_counter() - start)
            client.get(made["svg"]).raise_for_status()
            pictures.append(time.perf_counter() - start)
        everything += answers
        yield f"{what}: change, and with its SVG", f"{show(median(answers))}, {show(median(pictures))} median", ""
    yield "all changes", f"{show(median(everything))} median, {show(p95(everything))} p95", f"{_TARGET:.0f} ms median"


def measure_others(client: httpx.Client, logo: str) -> Iterator[Row]:
    """Yield the times of what is done with a design beside changing it."""
    document = client.get(f"{logo}/design").json()
    calls: dict[str, Callable[[int], httpx.Response]] = {
        "undo, redo": lambda turn: client.post(f"{logo}/design/{'redo' if turn % 2 else 'undo'}"),
        "the history": lambda _: client.get(f"{logo}/design/revisions"),
        "POST /v1/designs": lambda turn: client.post("/v1/designs", json={**document, "seed": turn}),
        "a PNG of 1024 px in white": lambda turn: client.get(
            f"{logo}.png", params={"variant": "white", "size": 1024 - turn}
        ),
        "another layout as SVG": lambda turn: client.get(
            f"{logo}.svg", params={"layout": "horizontal", "revision": 1 + turn}
        ),
        "12 other marks with pictures": lambda _: client.get(f"{logo}/design/alternatives", params={"limit": 12}),
        "4 variations": lambda turn: client.post(f"{logo}/variations", json={"keep": ["colours"], "seed": turn}),
    }
    for what, call in calls.items():
        times = []
        for turn in range(ROUNDS):
            start = time.perf_counter()
            call(turn).raise_for_status()
            times.append(time.perf_counter() - start)
        yield what, f"{show(median(times))} median, {show(max(times))} worst", ""


def measure_loop(client: httpx.Client, logo: str) -> Row:
    """Return how long the event loop keeps a small answer waiting while slow designs are drawn."""
    slow = {**client.get(f"{logo}/design").json(), "mark": _INTRICATE, "layout": "stacked", "treatment": "plain"}
    waits = []
    with flood(client, slow) as stopped:
        while not stopped():
            start = time.perf_counter()
            client.get("/health/live").raise_for_status()
            waits.append(time.perf_counter() - start)
            time.sleep(0.01)
    return (
        "an answer of the loop beside slow designs",
        f"{show(median(waits))} median, {show(p95(waits))} p95",
        "",
    )


@contextmanager
def flood(client: httpx.Client, document: dict[str, Any]) -> Iterator[Callable[[], bool]]:
    """Send designs over four connections for a while; yield what says that it is over."""
    end = time.monotonic() + _FLOOD_SECONDS

    def send(number: int) -> None:
        with httpx.Client(base_url=client.base_url, timeout=60) as own:
            for turn in itertools.count():
                if time.monotonic() > end:
                    return
                own.post("/v1/designs", json={**document, "seed": number * 1000 + turn})

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: time.monotonic() > end
    finally:
        for thread in threads:
            thread.join()


def change(client: httpx.Client, logo: str, patch: dict[str, Any]) -> dict[str, Any]:
    """Change a design, and return its new revision."""
    answer = client.patch(f"{logo}/design", json=patch, headers=_PATCH)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def show(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


if __name__ == "__main__":
    main()
