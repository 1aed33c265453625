"""Files of finished logos for clients: masters from the store, in the size and format that was asked for.

Rendering has threads of its own, as many as there are cores: the queue in front of the drawing threads does not wait
for it, and many downloads at once take their turn.
"""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from blazon.export.delivery import FileSpec, Master, render_file
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.export.provenance import Provenance
from blazon.generation import CandidateRecord, Generation
from blazon.serve.recent import RecentFiles
from blazon.serve.stages import Stage
from blazon.serve.telemetry import Telemetry
from blazon.store.pictures import PictureStore

W = TypeVar("W", FileSpec, tuple[int, ...])


class Renderer:
    """Renders stored logos."""

    def __init__(self, pictures: PictureStore, telemetry: Telemetry, imprint: Imprint) -> None:
        self._pictures = pictures
        self._telemetry = telemetry
        self._imprint = imprint
        self._recent = RecentFiles()
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="render")
        self._tracer: ProcessPoolExecutor | None = None  # started when first needed
        self._lock = threading.Lock()

    async def file(self, generation: Generation, candidate: CandidateRecord, spec: FileSpec) -> bytes:
        """Return a file of a candidate.

        Raises:
            InvalidBrief, GenerationFailed: there can be no such file, such as a transparent JPEG.
            StorageUnavailable: the master cannot be read.
        """
        return (await self._kept(generation, candidate, spec, self._file))[0]

    async def pngs(
        self, generation: Generation, candidate: CandidateRecord, sizes: tuple[int, ...]
    ) -> dict[int, bytes]:
        """Return one picture of the largest size, resampled to PNGs of all of `sizes`."""
        return dict(zip(sizes, await self._kept(generation, candidate, sizes, self._pngs), strict=True))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._tracer is not None:
            self._tracer.shutdown(cancel_futures=True)  # waits, or its semaphores would outlive the process
            self._tracer = None

    async def _kept(
        self, generation: Generation, candidate: CandidateRecord, wanted: W, make: Callable[..., tuple[bytes, ...]]
    ) -> tuple[bytes, ...]:
        # Not by id: a generation that was taken from the cache has the same files as the one that it was taken from.
        key = (generation.fingerprint, candidate.number, candidate.picture, wanted)
        files = self._recent.get(key)
        if files is None:
            with self._telemetry.stage(Stage.RENDER, generation=generation.id, candidate=candidate.number):
                call = partial(copy_context().run, make, generation, candidate, wanted)
                files = await asyncio.get_running_loop().run_in_executor(self._threads, call)
            self._recent.keep(key, files)
        return files

    # In threads.

    def _file(self, generation: Generation, candidate: CandidateRecord, spec: FileSpec) -> tuple[bytes, ...]:
        master = self._master(generation, candidate)
        tracing = spec.format is PictureFormat.SVG and not master.drawn
        render = self._apart if tracing else render_file
        return (self._imprint.file(master, spec, _origin(generation, candidate), render),)

    def _pngs(self, generation: Generation, candidate: CandidateRecord, sizes: tuple[int, ...]) -> tuple[bytes, ...]:
        return self._imprint.series(self._master(generation, candidate), sizes, _origin(generation, candidate))

    def _apart(self, *args: Any, **kwargs: Any) -> bytes:
        """Render in another process: the tracer holds the interpreter lock for tenths of a second."""
        with self._lock:
            if self._tracer is None:
                self._tracer = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
            tracer = self._tracer
        try:
            return tracer.submit(render_file, *args, **kwargs).result()
        except BrokenProcessPool:
            with self._lock:
                self._tracer = None  # the next one gets a new process
            raise

    def _master(self, generation: Generation, candidate: CandidateRecord) -> Master:
        brief, key = generation.brief, candidate.picture
        return Master(
            self._pictures.get(key), candidate.media_type, brief.brand_name or brief.prompt, self._pictures.pixels(key)
        )


def _origin(generation: Generation, candidate: CandidateRecord) -> Provenance:
    # Without the moment: the same brief and seed give the same bytes, whenever they are asked for.
    return Provenance.of(candidate, generation.brief.prompt)
