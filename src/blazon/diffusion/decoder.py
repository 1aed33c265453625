"""The decoder: latents to pictures on a thread of its own, so that the next step need not wait.

It owns the VAE. Previews come first; pictures of one size that wait together are decoded in one call.
On a GPU its work runs on a second stream, beside the transformer's.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import structlog
import torch

from blazon.diffusion.cpu_threads import CpuThreads
from blazon.diffusion.devices import bind_thread, free_cache, open_stream
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.memory.footprint import IMAGE_SIDE
from blazon.diffusion.memory.tiles import decode_in_tiles
from blazon.diffusion.poison import explain_failure
from blazon.diffusion.sampling.previews import OptionalPreviews, PreviewMap
from blazon.diffusion.sampling.sequence import Bitmap, Progress, Ticket
from blazon.errors import EnginePoisoned, GenerationFailed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Latents (1, ...) of a request; `ready` says when the engine's stream has finished them."""

    ticket: Ticket
    latents: torch.Tensor
    ready: torch.cuda.Event | None

    @property
    def size(self) -> tuple[int, int]:
        return self.ticket.request.height, self.ticket.request.width


@dataclass(frozen=True, slots=True, eq=False)
class _Preview(_Job):
    step: int


class Decoder:
    """Turns latents into pictures and previews.

    Args:
        on_poisoned: told, from the decoder's thread, when an error says that the process cannot draw any more.
        pixels: of the pictures that are decoded together; one that is larger is decoded alone.
    """

    def __init__(
        self,
        model: StepModel,
        on_poisoned: Callable[[EnginePoisoned], None],
        threads: CpuThreads,
        pixels: int = IMAGE_SIDE**2,
    ) -> None:
        self._model = model
        self._on_poisoned = on_poisoned
        self._threads = threads
        self._pixels = pixels
        self._map: PreviewMap | None = None
        self._optional = OptionalPreviews(model.name)
        self._pictures: deque[_Job] = deque()
        self._previews: deque[_Preview] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="blazon-decoder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def decode(self, finished: Sequence[tuple[Ticket, torch.Tensor]]) -> None:
        """Decode finished latents (1, ...) and resolve their tickets with the pictures."""
        ready = self._mark()
        with self._wake:
            self._pictures.extend(_Job(ticket, latents, ready) for ticket, latents in finished)
            self._wake.notify()

    def preview(self, ticket: Ticket, latents: torch.Tensor, step: int) -> None:
        """Tell a ticket's listener how far it is, with a small picture of clean latents (1, ...)."""
        ready = self._mark()
        with self._wake:
            self._previews.append(_Preview(ticket, latents, ready, step))
            self._wake.notify()

    def _mark(self) -> torch.cuda.Event | None:
        """Return an event that says when the engine's stream has done what it was given so far."""
        if self._model.device.type != "cuda":
            return None
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
        return event

    def _run(self) -> None:
        try:
            bind_thread(self._model.device)
            with open_stream(self._model.device):
                self._fit_previews()
                self._threads.let_others_go_first()
                while jobs := self._take():
                    self._perform(jobs)
        except Exception as error:  # whatever it is, without this thread no picture is finished any more
            log.exception("the decoder's thread failed", model=self._model.name)
            self._refuse_all(EnginePoisoned(f"the decoder failed: {error}"))

    def _refuse_all(self, error: EnginePoisoned) -> None:
        self._on_poisoned(error)
        while jobs := self._take():
            for job in jobs:
                job.ticket.fail(error)

    def _fit_previews(self) -> None:
        """Fit the preview map once, before there is work; a model whose VAE cannot encode draws without previews."""
        with self._optional.attempt():
            self._map = PreviewMap.fit(self._model.encode_raw, self._model.vae, self._model.vae_scale)

    def _take(self) -> list[_Job]:
        """Wait for work, and take a preview, or pictures that can be decoded together; nothing once it is over."""
        with self._wake:
            self._wake.wait_for(lambda: self._previews or self._pictures or self._stopping)
            if self._previews:  # before the pictures: the last one of a picture is told before its end
                return [self._previews.popleft()]
            if not self._pictures:
                return []
            height, width = self._pictures[0].size
            alike = (job for job in self._pictures if job.size == (height, width))
            jobs = list(islice(alike, max(1, self._pixels // (height * width))))
            for job in jobs:
                self._pictures.remove(job)
            return jobs

    def _perform(self, jobs: Sequence[_Job]) -> None:
        wanted = [job for job in jobs if not job.ticket.settled]
        if not wanted:
            return
        try:
            for job in wanted:
                if job.ready is not None:
                    job.ready.wait()
            with self._threads.compute((type(wanted[0]), wanted[0].size, len(wanted))):
                if isinstance(wanted[0], _Preview):
                    self._show(wanted[0])
                else:
                    self._finish(wanted)
        except Exception as error:  # noqa: BLE001 - one picture must not end the decoder
            self._fail(wanted, error)

    def _fail(self, jobs: Sequence[_Job], error: Exception) -> None:
        """Let the picture fail; of several each is tried alone, so that the fault of one is not that of all."""
        if len(jobs) > 1:
            for job in jobs:
                self._perform([job])
            return
        found = explain_failure(error, "the picture could not be decoded")
        if isinstance(found, EnginePoisoned):
            self._on_poisoned(found)  # first: who hears of the failure must not find the engine taking work
        jobs[0].ticket.fail(found)

    def _finish(self, jobs: Sequence[_Job]) -> None:
        started = time.perf_counter()
        pictures = self._decode(jobs)
        for job, picture in zip(jobs, pictures, strict=True):
            job.ticket.note_part("decode", started)
            if picture is None:
                job.ticket.fail(GenerationFailed("the decoder returned numbers that are not finite, even in float32"))
            else:
                job.ticket.succeed(picture)

    def _decode(self, jobs: Sequence[_Job]) -> Sequence[Bitmap | None]:
        try:
            return self._decode_together(jobs)
        except torch.OutOfMemoryError:
            pass
        # Behind the handler: the error would keep the tensors of the failed attempt.
        free_cache(self._model.device)
        height, width = jobs[0].size
        if len(jobs) > 1:
            self._pixels = len(jobs) // 2 * height * width
            log.warning("out of memory while decoding: fewer pictures together from now on", pixels=self._pixels)
            half = len(jobs) // 2
            return [*self._decode(jobs[:half]), *self._decode(jobs[half:])]
        log.warning("out of memory while decoding: in tiles from now on", model=self._model.name)
        decode_in_tiles(self._model.vae)
        try:
            return self._decode_together(jobs)
        except torch.OutOfMemoryError as error:
            raise GenerationFailed("no memory is left to decode the picture; ask for a smaller one") from error

    def _decode_together(self, jobs: Sequence[_Job]) -> list[Bitmap | None]:
        return self._model.decode(torch.cat([job.latents for job in jobs]), *jobs[0].size)

    def _show(self, job: _Preview) -> None:
        request, picture = job.ticket.request, None
        with self._optional.attempt():
            if self._map is not None:
                picture = self._map.picture(self._model.unpack(job.latents, request.height, request.width))
        job.ticket.tell(Progress(job.step, request.steps, picture))
