"""What runs in a replica: the engine of one machine, behind an HTTP call that streams."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

import structlog
from ray import serve
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from blazon.brief import Brief
from blazon.cancellation import Cancellation, WorkCancelled
from blazon.errors import BlazonError, EnginePoisoned, EngineStopped, GenerationFailed
from blazon.logs import LogStyle, configure_logs
from blazon.serve.engines.frames import BEAT, CALL, REPLICA, Answer, encode_answer
from blazon.serve.engines.protocol import DeviceEngine, EngineLoader
from blazon.serve.process.watchdog import Watchdog
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.cluster")

_BEAT_EVERY: Final = 2.0  # seconds; a server counts a replica as lost after a few that did not come


async def _return(name: str) -> str:
    return name


class Replica:
    """Draws candidates for servers anywhere in the cluster.

    Args:
        load_engine: opens the engine; takes long.
        threads: candidates that are drawn at the same time; a step engine batches them.
        token: that callers must know; any caller is served if it is empty.
        step_timeout: seconds without progress after which the engine counts as hung, and the replica is replaced.
        logs: how log lines are written.
    """

    def __init__(
        self, load_engine: EngineLoader, threads: int, token: str, step_timeout: float, logs: LogStyle
    ) -> None:
        configure_logs(logs.level, logs.format)
        self._token = token
        self._poison = ""
        self._headers = {REPLICA: serve.get_replica_context().replica_tag}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="draw")
        self._watchdog = Watchdog(step_timeout, self._give_up)
        self._beat_every = min(_BEAT_EVERY, step_timeout / 4)
        self._engine = load_engine(lambda _: self._watchdog.beat_all())
        together = self._engine.capacity if isinstance(self._engine, DeviceEngine) else 1
        self._note_model = serve.multiplexed(_return, max_num_models_per_replica=together)
        self._watchdog.start()

    async def __call__(self, request: Request) -> Response:
        """Draw the candidate that a request asks for; whoever closes the connection has it given up within one step."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return PlainTextResponse("the token is not that of the cluster", 401)
        try:
            wanted = json.loads(request.headers.get(CALL) or await request.body())
            brief, number = Brief.from_dict(wanted["brief"]), int(wanted["number"])
            previews, recipe = bool(wanted["previews"]), str(wanted["recipe"])
        except (BlazonError, ValueError, TypeError, KeyError) as error:
            return PlainTextResponse(f"not a call for a candidate: {error}", 400)
        if self._poison:  # until Ray replaces it: others draw what is asked for meanwhile
            return PlainTextResponse(self._poison, 503)
        if recipe != self._engine.recipe:  # a stored design or seed would not come true
            return PlainTextResponse("the replica has other settings, or another ENGINE", 409)
        await self._tell_model(brief)
        answer = self._stream(brief, number, previews)
        return StreamingResponse(answer, headers=self._headers, media_type="application/x-ndjson")

    async def _tell_model(self, brief: Brief) -> None:
        """Have Ray know which models are loaded here: it sends calls for them here while there is a thread free.

        Ray thinks of them as if it loaded and unloaded them itself, the least recently used first; so does the engine.
        """
        with suppress(BlazonError):
            if (card := self._engine.card_of(brief)).painted:
                await self._note_model(card.name)

    async def _stream(self, brief: Brief, number: int, previews: bool) -> AsyncIterator[bytes]:
        loop, cancellation = asyncio.get_running_loop(), Cancellation()
        answers: asyncio.Queue[Answer] = asyncio.Queue()

        def tell(answer: Answer) -> None:
            loop.call_soon_threadsafe(answers.put_nowait, answer)

        self._threads.submit(lambda: tell(self._draw(brief, number, Watch(cancellation, tell, previews))))
        answer: Answer | None = None
        try:
            yield BEAT  # the call has begun: if it is lost from now on, it may be the fault of this brief
            while answer is None or isinstance(answer, Step):
                try:
                    async with asyncio.timeout(self._beat_every):
                        answer = await answers.get()
                except TimeoutError:
                    if not self._poison:
                        yield BEAT
                        continue
                    answer = EnginePoisoned(self._poison)
                small = isinstance(answer, Step) and answer.preview is None
                yield encode_answer(answer) if small else await asyncio.to_thread(encode_answer, answer)
        finally:
            cancellation.cancel()

    def _draw(self, brief: Brief, number: int, watch: Watch) -> Answer:
        name = self._name_for_watchdog(brief, watch)
        self._watchdog.begin(name)
        try:
            watch.cancellation.checkpoint()  # who waited for a thread may have left
            # Who waits for another model's pictures is alive.
            watch = replace(watch, tell=partial(self._tell, name, watch), beat=partial(self._watchdog.beat, name))
            return self._engine.candidate(brief, number, watch)
        except WorkCancelled:
            return EngineStopped("the call was cancelled")  # which nobody reads
        except EnginePoisoned as error:
            self._poison = str(error)
            return error
        except BlazonError as error:
            return error
        except BaseException:  # the Rust libraries panic with one that is no Exception
            log.exception("drawing failed unexpectedly")
            return GenerationFailed("drawing failed unexpectedly; the log of the replica has the traceback")
        finally:
            self._watchdog.end(name)

    def _name_for_watchdog(self, brief: Brief, watch: Watch) -> str:
        """Return the name under which a call is watched: pictures of one model speak for each other, as they wait."""
        with suppress(BlazonError):
            if (card := self._engine.card_of(brief)).painted:
                return card.name
        return f"call {id(watch)}"

    def _tell(self, name: str, watch: Watch, step: Step) -> None:
        self._watchdog.beat(name)
        watch.tell(step)

    def _give_up(self, name: str, seconds: float) -> None:
        self._poison = f"no progress of {name} for {seconds:.0f} s"
        log.error("the engine hangs", reason=self._poison)

    def check_health(self) -> None:
        """Have this replica replaced by Ray once its engine cannot draw any more."""
        if self._poison:
            raise RuntimeError(self._poison)

    def __del__(self) -> None:  # which Ray calls before it ends a replica
        if isinstance(engine := getattr(self, "_engine", None), DeviceEngine):
            engine.close()
