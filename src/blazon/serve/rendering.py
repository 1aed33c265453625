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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from blazon import __version__
from blazon.export.delivery import Background, Master, pictured, rendered
from blazon.export.formats import PictureFormat, encode
from blazon.export.provenance import DigitalSourceType, Provenance
from blazon.export.resample import resampled
from blazon.generation import CandidateRecord, Generation
from blazon.serve.recent import RecentFiles
from blazon.serve.stages import Stage
from blazon.serve.telemetry import Telemetry
from blazon.store.pictures import PictureStore

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", "FileSpec", tuple[int, ...])


@dataclass(frozen=True, slots=True)
class FileSpec:
    """Which file of a logo is wanted; `quality` is for JPEG and WebP, 0 to 100."""

    width: int
    height: int
    format: PictureFormat = PictureFormat.PNG
    background: Background = "opaque"
    quality: int = 90


class Signer(Protocol):
    """What signs files with content credentials."""

    def signed(self, content: bytes, format: PictureFormat, provenance: Provenance) -> bytes: ...  # noqa: A002


class Renderer:
    """Renders stored logos.

    Args:
        provenance: whether files say where they come from.
        signer: signs them, None for no one.
    """

    def __init__(
        self, pictures: PictureStore, telemetry: Telemetry, *, provenance: bool = True, signer: Signer | None = None
    ) -> None:
        self._pictures = pictures
        self._telemetry = telemetry
        self._provenance = provenance
        self._signer = signer
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
        origin = _origin(generation, candidate) if self._provenance or self._signer else None
        master = self._master(generation, candidate)
        tracing = spec.format is PictureFormat.SVG and not master.drawn
        content = (self._apart if tracing else _here)(
            rendered,
            master,
            width=spec.width,
            height=spec.height,
            format=spec.format,
            background=spec.background,
            quality=spec.quality,
            provenance=origin if self._provenance else None,
        )
        return (self._signed(content, spec.format, origin),)

    def _pngs(self, generation: Generation, candidate: CandidateRecord, sizes: tuple[int, ...]) -> tuple[bytes, ...]:
        origin = _origin(generation, candidate) if self._provenance or self._signer else None
        picture = pictured(self._master(generation, candidate), max(sizes))
        pngs = (
            encode(small, PictureFormat.PNG, provenance=origin if self._provenance else None)
            for small in resampled(picture, sizes).values()
        )
        return tuple(self._signed(png, PictureFormat.PNG, origin) for png in pngs)

    def _apart(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Trace in another process: the tracer holds the interpreter lock for tenths of a second."""
        with self._lock:
            if self._tracer is None:
                self._tracer = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
            tracer = self._tracer
        try:
            return tracer.submit(work, *args, **kwargs).result()
        except BrokenProcessPool:
            with self._lock:
                self._tracer = None  # the next one gets a new process
            raise

    def _master(self, generation: Generation, candidate: CandidateRecord) -> Master:
        brief = generation.brief
        return Master(self._pictures.get(candidate.picture), candidate.media_type, brief.brand_name or brief.prompt)

    def _signed(self, content: bytes, format: PictureFormat, origin: Provenance | None) -> bytes:  # noqa: A002
        return self._signer.signed(content, format, origin) if self._signer and origin else content


def _here(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return work(*args, **kwargs)


def _origin(generation: Generation, candidate: CandidateRecord) -> Provenance:
    return Provenance(
        prompt=generation.brief.prompt,
        seed=candidate.seed,
        model=candidate.model,
        licence=candidate.licence,
        version=__version__,
        created=datetime.fromtimestamp(generation.created_at, UTC),
        credits=candidate.credits,
        digital_source_type=DigitalSourceType.PAINTED if candidate.painted else DigitalSourceType.DRAWN,
    )
