"""How far a request goes until its logo is drawn: through how many files of Blazon, and how often from one to another.

`python benchmarks/request_path.py` serves a warm `POST /api/generate_logo` in this process, without a socket, and
listens to every function that is entered, in all threads: from the first of Blazon until the engine's `candidate()`
is entered, and until it returns. A file counts once one of its functions was entered. A *move* is a function entered,
or a coroutine or generator taken up again, in another file of Blazon than the one before it in the same thread; the
way back is none. What is in `reading/`, `direction/` and `draw/` is what the engine does: it understands the brief,
checks it and draws it. On the way of the request that is one step.

By this, before it was shortened, and when nothing was read yet, the path until `candidate()` was entered went through
45 files in 236 moves.
"""

import asyncio
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

import httpx
from _report import Row, options, report

import blazon
from blazon.api.app import create_app
from blazon.logs import configure_logs
from blazon.serve.engines.vector import ProcessStudio
from blazon.settings import LogFormat, LogLevel, Settings

WISH: Final = {"prompt": "a coffee roastery by the sea", "brand_name": "Nordwind"}
_PACKAGE: Final = f"{Path(blazon.__file__).parent}/"
_CANDIDATE: Final = ProcessStudio.candidate.__code__
_ENGINE: Final = ("reading/", "direction/", "draw/")


@dataclass(slots=True)
class RequestPath:
    """The files that were entered, in order, each with the file before it in its thread ("" for none)."""

    entries: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> set[str]:
        return {file for _, file in self.entries}

    @property
    def moves(self) -> Counter[tuple[str, str]]:
        return Counter((before, file) for before, file in self.entries if before and before != file)

    def without_engine(self) -> "RequestPath":
        """Return it as if what the engine does were one step that enters no file."""
        return RequestPath([entry for entry in self.entries if not any(part.startswith(_ENGINE) for part in entry)])


def main() -> None:
    arguments = options(__doc__).parse_args()
    configure_logs(LogLevel.WARNING, LogFormat.JSON)
    begun, drawn = asyncio.run(_request())
    report("From a warm POST /api/generate_logo to its logo", _rows(begun, drawn), out=arguments.out)
    _print_moves(begun.without_engine())


async def _request() -> tuple[RequestPath, RequestPath]:
    """Return the path of one request until the engine's `candidate()` is entered, and until it returns."""
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder, recorder.listening():
        app = create_app(
            Settings.load(None, data_dir=Path(folder), engine="vector", warmup_enabled=False, compute_processes=0)
        )
        async with app.router.lifespan_context(app) as state:

            async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
                await app({**scope, "state": dict(state)}, receive, send)

            async with httpx.AsyncClient(transport=httpx.ASGITransport(serve), base_url="http://localhost") as client:
                while (await client.get("/health")).json()["status"] == "loading":
                    await asyncio.sleep(0.01)
                (await client.post("/api/generate_logo", json={**WISH, "seed": 1})).raise_for_status()
                recorder.start()
                (await client.post("/api/generate_logo", json={**WISH, "seed": 2})).raise_for_status()
    return recorder.begun, recorder.drawn


class Recorder:
    """Records which files of Blazon are entered between `start` and the end of the first candidate."""

    def __init__(self) -> None:
        self.begun, self.drawn = RequestPath(), RequestPath()
        self._last: dict[int, str] = {}
        self._on = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Have all threads that are started meanwhile, and this one, call the recorder."""
        threading.setprofile(self._hear)
        sys.setprofile(self._hear)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    def start(self) -> None:
        self._on = True

    def _hear(self, frame: FrameType, event: str, _: Any) -> None:
        if not self._on or event not in ("call", "return"):
            return
        code = frame.f_code
        if event == "return":
            if code is _CANDIDATE:
                self._on = False
        elif code.co_filename.startswith(_PACKAGE):
            file, thread = code.co_filename.removeprefix(_PACKAGE), threading.get_ident()
            self.drawn.entries.append((self._last.get(thread, ""), file))
            self._last[thread] = file
            if code is _CANDIDATE:
                self.begun = RequestPath(list(self.drawn.entries))


def _rows(begun: RequestPath, drawn: RequestPath) -> list[Row]:
    def line(what: str, path: RequestPath, files: str = "", moves: str = "") -> list[Row]:
        return [
            (f"{what}: files", str(len(path.files)), files),
            (f"{what}: moves between files", str(path.moves.total()), moves),
        ]

    return [
        *line("until candidate() is entered, the engine as one step", begun.without_engine(), "<= 32", "<= 150"),
        *line("until candidate() is entered", begun),
        *line("until candidate() returns", drawn),
    ]


def _print_moves(path: RequestPath) -> None:
    """Print how often each file was moved to until candidate() was entered, and from where."""
    moves = path.moves
    into: Counter[str] = Counter()
    for (_, file), times in moves.items():
        into[file] += times
    print("\n  moves to each file, and from where\n")
    for file in sorted(path.files, key=lambda one: (-into[one], one)):
        sources = Counter({before: times for (before, to), times in moves.items() if to == file})
        print(f"  {into[file]:4}  {file:34} {', '.join(f'{name} {times}' for name, times in sources.most_common())}")


if __name__ == "__main__":
    main()
