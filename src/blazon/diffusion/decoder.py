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
from blazon.diffusion.flux import FluxModel
from blazon.diffusion.poison import failure
from blazon.diffusion.previews import PreviewMap
from blazon.diffusion.sequence import Progress, Ticket
from blazon.diffusion.tiles import decode_in_tiles
from blazon.errors import EnginePoisoned, GenerationFailed

log = structlog.get_logger(__name__)

_Job = Callable[[], None]


class Decoder:
    """Turns latents into pictures and previews, in the order in which they come.

    Args:
        on_poisoned: told, from the decoder's thread, when an error says that the process cannot draw any more.
    """

    def __init__(self, model: FluxModel, on_poisoned: Callable[[EnginePoisoned], None]) -> None:
        self._model = model
        self._on_poisoned = on_poisoned
        self._previews: PreviewMap | None = None
        self._jobs: queue.SimpleQueue[tuple[Ticket, _Job] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="blazon-decoder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        self._jobs.put(None)
        self._thread.join()

    def decode(self, ticket: Ticket, latents: torch.Tensor) -> None:
        """Decode finished latents (1, t, c) and resolve the ticket with the picture."""
        ready = self._mark(latents)
        self._jobs.put((ticket, lambda: self._finish(ticket, latents, ready)))

    def preview(self, ticket: Ticket, latents: torch.Tensor, step: int) -> None:
        """Tell a ticket's listener how far it is, with a small picture of clean latents (1, t, c)."""
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
        bind_thread(self._model.device)
        with self._stream():
            self._previews = self._fitted()
            while (job := self._jobs.get()) is not None:
                ticket, work = job
                if not ticket.settled:
                    try:
                        self._attempt(ticket, work)
                    except Exception as error:  # noqa: BLE001 - one picture must not end the decoder
                        self._fail(ticket, error)

    def _fitted(self) -> PreviewMap | None:
        """Fit the preview map once, before there is work; a model whose VAE cannot encode draws without previews."""
        try:
            return PreviewMap.fit(self._model)
        except Exception as error:  # noqa: BLE001  # previews are a courtesy: whatever a VAE raises, go on without
            log.warning("no previews", model=self._model.name, reason=f"{type(error).__name__}: {error}")
            return None

    def _stream(self) -> contextlib.AbstractContextManager[object]:
        if self._model.device.type != "cuda":
            return contextlib.nullcontext()
        stream = torch.cuda.Stream(self._model.device)  # type: ignore[no-untyped-call]
        return torch.cuda.stream(stream)

    def _attempt(self, ticket: Ticket, work: _Job) -> None:
        try:
            work()
        except torch.OutOfMemoryError:
            self._retry_in_tiles(ticket, work)

    def _fail(self, ticket: Ticket, error: Exception) -> None:
        found = failure(error, "the picture could not be decoded")
        if isinstance(found, EnginePoisoned):
            self._on_poisoned(found)  # first: who hears of the failure must not find the engine taking work
        ticket.fail(found)

    def _retry_in_tiles(self, ticket: Ticket, work: _Job) -> None:
        log.warning("out of memory while decoding: in tiles from now on")
        decode_in_tiles(self._model.vae)
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()
        try:
            work()
        except torch.OutOfMemoryError:
            ticket.fail(GenerationFailed("no memory is left to decode the picture; ask for a smaller one"))

    def _finish(self, ticket: Ticket, latents: torch.Tensor, ready: torch.cuda.Event | None) -> None:
        if ready is not None:
            ready.wait()
        started, request = time.perf_counter(), ticket.request
        picture = self._model.decode(latents, request.height, request.width)
        ticket.took("decode", started)
        ticket.succeed(picture)

    def _show(self, ticket: Ticket, latents: torch.Tensor, step: int, ready: torch.cuda.Event | None) -> None:
        if ready is not None:
            ready.wait()
        request = ticket.request
        picture = self._previews.picture(latents, request.height, request.width) if self._previews else None
        ticket.tell(Progress(step, request.steps, picture))
