"""Files of finished logos for clients: masters from the store, in the size and format that was asked for.

Nobody can keep the others from their files, whatever they ask for. Equal files are rendered once. Who waits has a
place of a bounded number, its fair turn, and a deadline; a client that leaves takes its place with it.

What finishes the answer to a generation has threads of its own: it never waits behind downloads, which anybody may ask
for in any number and of which one may take twenty seconds; and without keys all clients are one owner, between whom
the fair queue knows no difference. Downloads leave one core free where there are several. Traces, of which there is one
at a time, have a queue of their own, so that nothing else waits for them. All of it is computed in processes of their
own, those of downloads and traces with a lower priority.
"""

import asyncio
import json
import os
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from cachetools import LRUCache

from blazon.cancellation import Cancellation
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.errors import (
    DeadlineExceeded,
    GenerationFailed,
    InvalidUpload,
    ServerBusy,
)
from blazon.export.delivery import FileSpec, Master, render_file
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.export.provenance import Provenance
from blazon.file_metadata import Metadata
from blazon.generation import CandidateRecord, Drawn, Generation
from blazon.kit.order import KitOrder
from blazon.principal import Principal
from blazon.serve.compute.pool import ComputePool
from blazon.serve.queue import TurnQueue
from blazon.serve.rendering.documents import DrawnDocument
from blazon.serve.rendering.drawings import write_key
from blazon.serve.rendering.file_maker import FileMaker
from blazon.serve.rendering.pdfs import PdfPage
from blazon.serve.rendering.pool import Files, Place, Rendering, RenderPool
from blazon.serve.telemetry.recorder import Telemetry
from blazon.store.pictures import PictureStore

log = structlog.stdlib.get_logger("blazon.serve")

T = TypeVar("T")
P = ParamSpec("P")

_CACHE_BYTES: Final = 4_000_000  # enough for a client that asks again; more would be memory that only grows
# Downloads that their clients take slowly stay in memory; from so many bytes on, the next ones wait for them.
_UNSENT_BYTES: Final = 256_000_000
_STOPPING_RETRY: Final = 5
_MEGAPIXEL: Final = 1024 * 1024
_LOSSLESS: Final = 100
# Seconds against those of a PNG of the same size, measured over drawn logos and paintings.
_FACTORS: Final = {PictureFormat.PNG: 1.0, PictureFormat.JPEG: 1.0, PictureFormat.WEBP: 2.0}
_LOSSLESS_FACTOR: Final = 8.0
_SVG_COST: Final = 0.05
_TRACE_COST: Final = 2.0
_KIT_COST: Final = 20.0
_PDF_COST: Final = 1.0
_TURN: Final = 4  # of those who wait for the same file
_NICENESS: Final = 15  # of what nobody's generation waits for
_UPLOAD_COST: Final = 2.0
_MOST_UPLOADS: Final = 16  # that wait, each with its file in memory
_TOO_MUCH: Final = "this file took too long to read; simplify it"
_NO_TRACE: Final = "the outlines of this logo could not be traced; ask for png, webp or jpeg"


class Purpose(StrEnum):
    """Why a file is rendered."""

    ANSWER = "answer"
    """It is the end of an answer to a generation that was accepted, and drawn."""
    DOWNLOAD = "download"


class Renderer:
    """Renders stored logos. For one event loop.

    Args:
        processes: render what generations wait for.
        places: renderings of each purpose that may wait.
        keyed: says whether clients have keys, and so shares of the places.
        own_fonts: with which the logos were drawn.
    """

    def __init__(
        self,
        pictures: PictureStore,
        telemetry: Telemetry,
        imprint: Imprint,
        processes: ComputePool,
        *,
        places: int,
        keyed: Callable[[], bool] = lambda: False,
        own_fonts: FontSources = NO_FONTS,
    ) -> None:
        self._telemetry = telemetry
        self._imprint = imprint
        self._files = FileMaker(pictures, telemetry, imprint, own_fonts)
        self._recent: LRUCache[Hashable, Files] = LRUCache(_CACHE_BYTES, getsizeof=lambda files: sum(map(len, files)))
        self._renderings: dict[Hashable, Rendering] = {}
        self._turns = TurnQueue(_TURN)
        cores = os.cpu_count() or 1
        downloads = max(1, min(cores, processes.size) - 1)
        self._pools = {
            Purpose.ANSWER: RenderPool("answer", cores, places, keyed),
            Purpose.DOWNLOAD: RenderPool("download", downloads, places, keyed, _UNSENT_BYTES),
        }
        self._processes = {
            Purpose.ANSWER: processes,
            Purpose.DOWNLOAD: ComputePool(min(downloads, processes.size), niceness=_NICENESS, logs=processes.logs),
        }
        # Here the two purposes share the places as two owners do, also where there are no keys.
        self._traces = RenderPool("trace", 1, places, lambda: True)
        self._tracing = ComputePool(1, _NO_TRACE, _NICENESS, processes.logs)
        self._uploads = RenderPool("upload", 1, _MOST_UPLOADS, keyed)
        self._reading = ComputePool(min(1, processes.size), _TOO_MUCH, _NICENESS, processes.logs)

    async def render_file(
        self, generation: Generation, candidate: CandidateRecord, spec: FileSpec, purpose: Purpose, deadline: float
    ) -> bytes:
        """Return a file of a candidate; one without a picture in the store is drawn from its design.

        Args:
            deadline: a moment of the event loop's clock.

        Raises:
            ShareExceeded, ServerBusy: too many files wait already.
            DeadlineExceeded: it was not ready in time.
            InvalidBrief, GenerationFailed: there can be no such file, such as a transparent JPEG.
            InvalidDesign: its design is one that this version cannot draw.
            PictureMissing, StorageUnavailable: the master is gone, or cannot be read.
        """
        tracing = spec.format is PictureFormat.SVG and candidate.media_type != PictureFormat.SVG.media_type
        processes = self._tracing if tracing else self._processes[purpose]
        place = self._place(generation, purpose, tracing=tracing)
        make = partial(self._files.make_file, spec=spec, processes=processes)
        cost = _estimate_cost(spec, tracing=tracing)
        return (await self._render(generation, candidate, spec, make, place, cost, deadline))[0]

    async def render_kit(
        self,
        generation: Generation,
        candidate: CandidateRecord,
        order: KitOrder,
        deadline: float,
        *,
        metadata: Metadata = Metadata.ORIGIN,
        painting: CandidateRecord | None = None,
    ) -> bytes:
        """Return all files of a candidate as a zip, as a download.

        Args:
            metadata: what its files may say of their origin.
            painting: the candidate as it was painted, which comes with it; None for none.

        Raises:
            BlazonError: as `render_file`.
        """
        processes = self._processes[Purpose.DOWNLOAD]
        make = partial(self._files.make_kit, order=order, metadata=metadata, painting=painting, processes=processes)
        place, wanted = self._place(generation, Purpose.DOWNLOAD), ("kit", metadata)
        return (await self._render(generation, candidate, wanted, make, place, _KIT_COST, deadline))[0]

    async def render_pdf(
        self, generation: Generation, candidate: CandidateRecord, page: PdfPage, deadline: float
    ) -> bytes:
        """Return a candidate with a design as PDF, as a download.

        Raises:
            BlazonError: as `render_file`.
        """
        make = partial(self._files.make_pdf, page=page, processes=self._processes[Purpose.DOWNLOAD])
        place = self._place(generation, Purpose.DOWNLOAD)
        return (await self._render(generation, candidate, page, make, place, _PDF_COST, deadline))[0]

    async def design_painting(
        self, generation: Generation, candidate: CandidateRecord, deadline: float
    ) -> DrawnDocument:
        """Return the design of a painting, which is made once for all who ask at the same time.

        Raises:
            Untraceable, GenerationFailed: it cannot be traced well, or that took too long.
            BlazonError: as `render_file`.
        """
        place = self._place(generation, Purpose.DOWNLOAD, tracing=True)
        make = partial(self._files.make_design, processes=self._tracing)
        made = await self._render(generation, candidate, "design", make, place, _TRACE_COST, deadline)
        design, warnings = json.loads(made[0])
        return DrawnDocument(design, made[1], (), (), tuple(warnings))

    async def render_pngs(
        self, generation: Generation, candidate: CandidateRecord, sizes: tuple[int, ...], deadline: float
    ) -> dict[int, bytes]:
        """Return one picture of the largest size, resampled to PNGs of all of `sizes`, as an answer.

        Raises:
            BlazonError: as `render_file`.
        """
        distinct = tuple(dict.fromkeys(sizes))
        cost = sum(size * size for size in distinct) / _MEGAPIXEL
        make = partial(self._files.make_pngs, sizes=distinct, processes=self._processes[Purpose.ANSWER])
        place = self._place(generation, Purpose.ANSWER)
        files = await self._render(generation, candidate, distinct, make, place, cost, deadline)
        return dict(zip(distinct, files, strict=True))

    async def compute(
        self,
        owner: tuple[str, float],
        purpose: Purpose,
        cost: float,
        deadline: float,
        work: Callable[P, T],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> T:
        """Return what a function returns in a compute process, in the fair turn of an owner with a weight.

        Raises:
            ShareExceeded, ServerBusy: too much waits already.
            DeadlineExceeded: it was not ready in time.
            BlazonError: what the function raises.
        """
        results: list[T] = []

        def call(_: Cancellation) -> Files:
            results.append(self._processes[purpose].call(work, *arguments, **options))
            return ()

        identity, weight = owner
        try:
            await self._open(call, cost).wait(Place(self._pools[purpose], (identity, purpose), weight), deadline)
        except ServerBusy as refused:
            self._telemetry.metrics.count_failure(refused)
            raise
        return results[0]

    async def render_drawn(self, owner: tuple[str, float], logo: Drawn, spec: FileSpec, deadline: float) -> bytes:
        """Return a logo that is in no store as a file, in the fair turn of an owner with a weight.

        Raises:
            BlazonError: as `render_file`.
        """
        title = str((logo.design or {}).get("title", ""))
        master, processes = Master(logo.content, logo.media_type, title), self._processes[Purpose.DOWNLOAD]

        def make(_: Cancellation) -> Files:
            render = partial(processes.call, render_file)
            return (self._imprint.file(master, spec, Provenance.of(logo, title), render),)

        identity, weight = owner
        place = Place(self._pools[Purpose.DOWNLOAD], (identity, Purpose.DOWNLOAD), weight)
        return (await self._open(make, _estimate_cost(spec, tracing=False)).wait(place, deadline))[0]

    def keep(self, design: Mapping[str, Any], svg: bytes) -> None:
        """Keep the SVG of a whole design, which was drawn already, for whoever asks for it as a file."""
        self._files.drawings.keep(design, svg)

    @property
    def own_fonts(self) -> FontSources:
        """The fonts with which logos are drawn."""
        return self._files.drawings.own_fonts

    async def render_preview(self, generation: Generation, png: bytes, spec: FileSpec, deadline: float) -> bytes | None:
        """Return a picture of unfinished work as a file, None if there is no room for that now, or it fails."""
        master, processes = Master(png, PictureFormat.PNG.media_type), self._processes[Purpose.ANSWER]
        rendering = self._open(
            lambda _: (processes.call(render_file, master, **_shape_of(spec)),), _estimate_cost(spec, tracing=False)
        )
        try:
            return (await rendering.wait(self._place(generation, Purpose.ANSWER), deadline))[0]
        except (ServerBusy, DeadlineExceeded):
            return None
        except Exception:  # the logo itself does not fail with its preview
            log.exception("a preview could not be rendered", generation=generation.id)
            return None

    async def read_upload(
        self, read: Callable[[bytes], bytes], content: bytes, client: Principal, deadline: float
    ) -> bytes:
        """Return what a function reads in a file that a client brought along. One is read at a time.

        Raises:
            InvalidUpload: the file cannot be used, or reading it took too long.
            ShareExceeded, ServerBusy, DeadlineExceeded: as `render_file`.
        """
        rendering = self._open(lambda _: (self._reading.call(read, content),), _UPLOAD_COST)
        try:
            place = Place(self._uploads, (client.id, Purpose.DOWNLOAD), client.weight)
            return (await rendering.wait(place, deadline))[0]
        except GenerationFailed as failure:  # the process ended over it
            raise InvalidUpload(str(failure)) from None

    def count_unsent(self, content: bytes) -> AbstractContextManager[None]:
        """Count a download as on its way to its client."""
        return self._pools[Purpose.DOWNLOAD].count_unsent(len(content))

    def close(self) -> None:
        """Let go of the threads and processes; what is being rendered holds up nothing."""
        for pool in (*self._pools.values(), self._traces, self._uploads):
            pool.close()
        for rendering in self._renderings.values():
            if not rendering.files.done():
                rendering.files.set_exception(ServerBusy("the server is stopping; try again later", _STOPPING_RETRY))
        for processes in (self._processes[Purpose.DOWNLOAD], self._tracing, self._reading):
            processes.close()

    async def _render(
        self,
        generation: Generation,
        candidate: CandidateRecord,
        wanted: Hashable,
        make: Callable[[Generation, CandidateRecord, Cancellation], Files],
        place: Place,
        cost: float,
        deadline: float,
    ) -> Files:
        # Not by id: a generation that was taken from the cache has the same files as the one that it was taken from.
        key = (generation.fingerprint, candidate.number, candidate.picture or write_key(candidate.design), wanted)
        if (files := self._recent.get(key)) is not None:
            return files
        rendering = self._renderings.get(key)
        if rendering is None or rendering.files.cancelled():
            rendering = self._renderings[key] = self._open(partial(make, generation, candidate), cost)
            rendering.files.add_done_callback(partial(self._settle, key, rendering))
        try:
            files = await rendering.wait(place, deadline)
            await self._turns.wait()
            return files
        except ServerBusy as refused:
            self._telemetry.metrics.count_failure(refused)
            raise

    def _place(self, generation: Generation, purpose: Purpose, *, tracing: bool = False) -> Place:
        pool = self._traces if tracing else self._pools[purpose]
        return Place(pool, (generation.owner, purpose), generation.weight)

    def _open(self, work: Callable[[Cancellation], Files], cost: float) -> Rendering:
        return Rendering(work, cost, asyncio.get_running_loop().create_future())

    def _settle(self, key: Hashable, rendering: Rendering, files: "asyncio.Future[Files]") -> None:
        """Keep the files of a rendering, unless it failed or was given up; nobody joins it any more."""
        if self._renderings.get(key) is rendering:
            del self._renderings[key]
        if files.cancelled() or files.exception() is not None:
            return
        if self._recent.getsizeof(files.result()) <= self._recent.maxsize:
            self._recent[key] = files.result()


def _shape_of(spec: FileSpec) -> dict[str, Any]:
    return {"width": spec.width, "height": spec.height, "format": spec.format, "quality": spec.quality}


def _estimate_cost(spec: FileSpec, *, tracing: bool) -> float:
    if spec.format is PictureFormat.SVG:
        return _TRACE_COST if tracing else _SVG_COST
    lossless = spec.format is PictureFormat.WEBP and spec.quality == _LOSSLESS
    factor = _LOSSLESS_FACTOR if lossless else _FACTORS[spec.format]
    return factor * spec.width * spec.height / _MEGAPIXEL
