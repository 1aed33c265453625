"""The prompt encoder: the texts of requests to conditionings, beside the steps.

It owns the text encoders. What waits together is encoded in one call, ahead of the place that it will be drawn in. On a
GPU its work runs on a stream of its own. Where text encoders and transformer take turns on the device, it has no
thread, and encodes between two steps.
"""

import threading
import time
from collections.abc import Callable, Sequence

import structlog
import torch

from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.cpu_threads import CpuThreads
from blazon.diffusion.devices import await_device, bind_thread, free_cache, open_stream
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.conditioning import Conditioning, ConditioningCache
from blazon.diffusion.sampling.sequence import Ticket
from blazon.errors import EnginePoisoned

log = structlog.get_logger(__name__)


Encoded = tuple[Conditioning, ...]
"""The conditionings of `model.list_prompts(request)`."""


class PromptEncoder:
    """Encodes the texts of requests.

    Args:
        take: waits for requests and returns those to encode next; none once it is over.
        finish: is given each request with its conditionings, or why there are none; from the thread that encodes.
        on_poisoned: told, from that thread, when it cannot go on.
        together: most texts in one call.
        capacity: texts whose conditionings are kept.
    """

    def __init__(
        self,
        model: StepModel,
        take: Callable[[], Sequence[Ticket]],
        finish: Callable[[Ticket, Encoded | Exception], None],
        on_poisoned: Callable[[EnginePoisoned], None],
        counters: EngineCounters,
        threads: CpuThreads,
        together: int,
        capacity: int,
    ) -> None:
        self._model = model
        self._take = take
        self._finish = finish
        self._on_poisoned = on_poisoned
        self._counters = counters
        self._threads = threads
        self._together = together
        self._conditioning = ConditioningCache(self._encode_prompts, capacity)
        self._thread = threading.Thread(target=self._run, name="blazon-prompts", daemon=True)

    def start(self) -> None:
        """Encode beside the steps from now on."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the end of the thread, if there is one; it ends once `take` returns nothing."""
        if self._thread.is_alive():
            self._thread.join()

    def remembers(self, ticket: Ticket) -> bool:
        """Say whether nothing of a request is to be encoded; for the thread that encodes."""
        return all(text in self._conditioning for text in self._model.list_prompts(ticket.request))

    def encode(self, tickets: Sequence[Ticket]) -> None:
        """Encode the texts of requests."""
        started = time.perf_counter()
        self._encode_together(tickets)
        for ticket in tickets:
            found = self._collect(ticket)
            ticket.note_part("text", started)
            self._finish(ticket, found)

    def _run(self) -> None:
        try:
            bind_thread(self._model.device)
            with open_stream(self._model.device):
                while tickets := self._take():
                    self.encode(tickets)
        except Exception as error:  # whatever it is, without this thread no picture is begun any more
            log.exception("the prompt encoder's thread failed", model=self._model.name)
            self._on_poisoned(EnginePoisoned(f"the prompt encoder failed: {error}"))

    def _encode_prompts(self, prompts: Sequence[str]) -> list[Conditioning]:
        with self._threads.compute(("texts", len(prompts))):
            return self._model.encode(prompts)

    def _encode_together(self, tickets: Sequence[Ticket]) -> None:
        """Encode what is not remembered of the texts in batches; what fails is encoded again alone, and fails then."""
        prompts = dict.fromkeys(text for ticket in tickets for text in self._model.list_prompts(ticket.request))
        unknown = [prompt for prompt in prompts if prompt not in self._conditioning]
        while len(unknown) > 1 and self._together > 1:
            try:
                self._conditioning.remember(unknown, self._together)
                return
            except torch.OutOfMemoryError:
                self._together //= 2
                self._counters.out_of_memory += 1
                log.warning("out of memory: fewer texts together from now on", texts=self._together)
            except Exception as error:
                log.warning("texts are encoded one by one", exc_info=error)
                return
            free_cache(self._model.device)

    def _collect(self, ticket: Ticket) -> Encoded | Exception:
        """Return the conditionings of a request, encoding what is not remembered, or why there are none."""
        try:
            texts = tuple(self._conditioning.get(prompt) for prompt in self._model.list_prompts(ticket.request))
            await_device(self._model.device)  # the step that reads them runs on another stream
        except Exception as error:  # noqa: BLE001 - one request must not end the encoder; the caller gets the error
            found = error.with_traceback(None) if isinstance(error, torch.OutOfMemoryError) else error
        else:
            return texts
        # Behind the handler: the error would keep the tensors of the failed attempt.
        free_cache(self._model.device)
        return found
