"""The decoder: latents to pictures on a thread of its own, so that the next step need not wait.

It owns the VAE. On a GPU its work runs on a second stream, beside the transformer's.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable

import structlog
import torch

from blazon.diffusion.devices import bind_thread
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.poison import explain_failure
from blazon.diffusion.previews import OptionalPreviews, PreviewMap
from blazon.diffusion.sequence import Bitmap, Progress, Ticket
from blazon.diffusion.tiles import decode_in_tiles
from blazon.errors import EnginePoisoned, GenerationFailed

log = structlog.get_logger(__name__)

_Job = Callable[[], None]


class Decoder:
    """Turns latents into pictures and previews, in the order in which they come.

    Args:
        on_poisoned: told, from the decoder's thread, when an error says that the process cannot draw any more.
    """

    def __init__(self, model: StepModel, on_poisoned: Callable[[EnginePoisoned], None]) -> None:
        self._model = model
        self._on_poisoned = on_poisoned
        self._previews: PreviewMap | None = None
        self._optional = OptionalPreviews(model.name)
        self._jobs: queue.SimpleQueue[tuple[Ticket, _Job] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="blazon-decoder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._jobs.put(None)
        self._thread.join()

    def decode(self, ticket: Ticket, latents: torch.Tensor) -> None:
        """Decode finished latents (1, ...) and resolve the ticket with the picture."""
        ready = self._mark(latents)
        self._jobs.put((ticket, lambda: self._finish(ticket, latents, ready)))

    def preview(self, ticket: Ticket, latents: torch.Tensor, step: int) -> None:
        """Tell a ticket's listener how far it is, with a small picture of clean latents (1, ...)."""
        ready = self._mark(latents)
        self._jobs.put((ticket, lambda: self._show(ticket, latents, step, ready)))

    def _mark(self, latents: torch.Tensor) -> torch.cuda.Event | None:
        """Return an event that says when the engine's stream has finished these latents."""
        if latents.device.type != "cuda":
            return None
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
        return event

    def _run(self) -> None:
        try:
            bind_thread(self._model.device)
            with self._open_stream():
                self._fit_previews()
                while (job := self._jobs.get()) is not None:
                    self._attempt(*job)
        except Exception as error:  # whatever it is, without this thread no picture is finished any more
            log.exception("the decoder's thread failed", model=self._model.name)
            self._refuse_all(EnginePoisoned(f"the decoder failed: {error}"))

    def _refuse_all(self, error: EnginePoisoned) -> None:
        self._on_poisoned(error)
        while (job := self._jobs.get()) is not None:
            job[0].fail(error)

    def _open_stream(self) -> contextlib.AbstractContextManager[object]:
        if self._model.device.type != "cuda":
            return contextlib.nullcontext()
        stream = torch.cuda.Stream(self._model.device)  # type: ignore[no-untyped-call]
        return torch.cuda.stream(stream)

    def _fit_previews(self) -> None:
        """Fit the preview map once, before there is work; a model whose VAE cannot encode draws without previews."""
        with self._optional.attempt():
            self._previews = PreviewMap.fit(self._model.encode_raw, self._model.vae, self._model.vae_scale)

    def _attempt(self, ticket: Ticket, work: _Job) -> None:
        if ticket.settled:
            return
        try:
            work()
        except Exception as error:  # noqa: BLE001 - one picture must not end the decoder
            found = explain_failure(error, "the picture could not be decoded")
            if isinstance(found, EnginePoisoned):
                self._on_poisoned(found)  # first: who hears of the failure must not find the engine taking work
            ticket.fail(found)

    def _finish(self, ticket: Ticket, latents: torch.Tensor, ready: torch.cuda.Event | None) -> None:
        if ready is not None:
            ready.wait()
        started, request = time.perf_counter(), ticket.request
        picture = self._decode(latents, request.height, request.width)
        ticket.note_part("decode", started)
        ticket.succeed(picture)

    def _decode(self, latents: torch.Tensor, height: int, width: int) -> Bitmap:
        try:
            return self._decode_one(latents, height, width)
        except torch.OutOfMemoryError:
            log.warning("out of memory while decoding: in tiles from now on", model=self._model.name)
        # Behind the handler: the error would keep the tensors of the failed attempt.
        decode_in_tiles(self._model.vae)
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        try:
            return self._decode_one(latents, height, width)
        except torch.OutOfMemoryError as error:
            raise GenerationFailed("no memory is left to decode the picture; ask for a smaller one") from error

    def _decode_one(self, latents: torch.Tensor, height: int, width: int) -> Bitmap:
        (picture,) = self._model.decode(latents, height, width)
        if picture is None:
            raise GenerationFailed("the decoder returned numbers that are not finite")
        return picture

    def _show(self, ticket: Ticket, latents: torch.Tensor, step: int, ready: torch.cuda.Event | None) -> None:
        request, picture = ticket.request, None
        with self._optional.attempt():
            if ready is not None:
                ready.wait()
            if self._previews is not None:
                picture = self._previews.picture(self._model.unpack(latents, request.height, request.width))
        ticket.tell(Progress(step, request.steps, picture))
