"""The engine of a server for which the replicas of a cluster draw.

The queue of the server stays the truth: a replica knows of a candidate only while the call lasts. A call that is lost
with its replica is made again, and its result is written down once, as every result. The calls are plain HTTP, so that
a server needs no Ray, and outlives the cluster: a client of Ray ends with the head that it is connected to.
"""

import json
import math
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urlsplit

import structlog

from blazon.brief import Brief, Engine
from blazon.cancellation import WorkCancelled
from blazon.errors import EnginePoisoned, EngineStopped, EngineUnavailable, GenerationFailed
from blazon.generation import Drawn
from blazon.models import ModelCard
from blazon.reading.reading import Reading
from blazon.serve.engines.calls import CallCounters, CallOutcome, ClusterReport
from blazon.serve.engines.connections import ConnectionPool, is_readable
from blazon.serve.engines.frames import CALL, REPLICA, decode_answers
from blazon.serve.engines.protocol import EngineFront
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.serve")

_ATTEMPTS: Final = 3  # a brief that ends every replica which draws it fails, as one that breaks a process down does
_CONNECT: Final = 5.0  # seconds
_SILENCE: Final = 15.0  # seconds without a beat after which a replica, or the way to it, is lost
_PATIENCE: Final = 60.0  # seconds for a cluster that cannot be reached; then the work is put off
_PAUSES: Final = (0.1, 5.0)  # seconds between two calls, from the first to the longest
_HEALTH: Final = "/-/healthz"  # of the proxy of Ray Serve
_MODEL: Final = "serve_multiplexed_model_id"  # by which it prefers replicas that have loaded the model
_SHORT: Final = 4096  # characters of a call that goes in the head of its request: a replica asks for each body apart
_LOOK_EVERY: Final = 2.0  # seconds
_LOOK_PATIENCE: Final = 1.0
_CHUNK: Final = 1 << 16
_OK: Final = 200
_FAULT: Final = 500
_NOBODY: Final = (502, 503, 504)  # the way to a replica says that it led to none


class ReplicaLost(Exception):  # what happened, not a fault
    """A call was not answered to its end.

    Args:
        begun: whether a replica had begun to draw.
    """

    def __init__(self, reason: str, *, begun: bool) -> None:
        super().__init__(reason)
        self.begun = begun


class ClusterEngine:
    """Reads and checks briefs here, and has replicas draw. Threads may share it.

    Args:
        front: answers for the engine of the replicas, with their settings.
        url: where the cluster takes calls.
        token: of the cluster.
        step_timeout: seconds that a call waits for a replica to begin, which may have to load its model.
    """

    def __init__(self, front: EngineFront, url: str, token: str, step_timeout: float) -> None:
        self._front = front
        self._url = url
        self._path = urlsplit(url).path or "/"
        self._connections = ConnectionPool(url)
        self._counters = CallCounters()
        self._patience = step_timeout
        self._beat_every = min(_LOOK_EVERY, step_timeout / 4)
        self._looking = threading.Lock()
        self._looked, self._problem = -math.inf, ""
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._several_models = sum(card.painted for card in front.models()) > 1

    @property
    def model(self) -> str:
        return self._front.model

    @property
    def engine(self) -> Engine:
        return self._front.engine

    @property
    def recipe(self) -> str:
        return self._front.recipe

    def models(self) -> tuple[ModelCard, ...]:
        return self._front.models()

    def card_of(self, brief: Brief) -> ModelCard:
        return self._front.card_of(brief)

    def check(self, brief: Brief) -> None:
        self._front.check(brief)

    def read(self, brief: Brief) -> Reading:
        return self._front.read(brief)

    def find_problem(self) -> str:
        """Return in one line why the cluster takes no calls now, empty if it does; looks every two seconds at most.

        A cluster that takes calls may have no replica yet: it starts one for the first call.
        """
        with self._looking:
            if time.monotonic() - self._looked > _LOOK_EVERY:
                self._problem = self._look()
                self._looked = time.monotonic()
            return self._problem

    def report(self) -> ClusterReport:
        """Return how the calls went, and whether the cluster took calls at the last look; at once."""
        return self._counters.report(reachable=not self._problem)

    def close(self) -> None:
        """Close the connections that wait for the next call."""
        self._connections.close()

    def _look(self) -> str:
        try:
            with closing(self._connections.open(_LOOK_PATIENCE)) as connection:
                connection.request("GET", _HEALTH)
                status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            return f"the cluster at {self._url} cannot be reached: {error}"
        return "" if status == _OK else f"the cluster at {self._url} answers {status}"

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Have one candidate drawn; waits for a replica if none is free.

        Raises:
            WorkCancelled: nobody waits for it any more.
            EngineStopped: the cluster cannot be reached; what was accepted is drawn when it can.
            EngineUnavailable: it refuses the call, such as for its token.
            GenerationFailed: it ended several replicas.
            BlazonError: what the engine of the replica raises.
        """
        lost, until, pause = 0, time.monotonic() + _PATIENCE, _PAUSES[0]
        while True:
            watch.cancellation.checkpoint()
            watch.beat()
            try:
                with self._counters.counting():
                    return self._call(brief, number, watch)
            except (ReplicaLost, EnginePoisoned) as error:
                begun = not isinstance(error, ReplicaLost) or error.begun
                self._count_loss(watch, begun=begun)
                lost += begun
                what = "a replica was lost" if begun else "no replica answers"
                log.warning(what, candidate=number, reason=str(error))
                if lost >= _ATTEMPTS:
                    raise GenerationFailed(f"{lost} replicas ended while they drew this; their logs say why") from None
                if not begun and time.monotonic() > until:
                    raise EngineStopped(f"the replicas cannot be reached: {error}") from None
                until = time.monotonic() + _PATIENCE if begun else until
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, _PAUSES[1])

    def _count_loss(self, watch: Watch, *, begun: bool) -> None:
        """Count a call that nobody answered to its end.

        Raises:
            WorkCancelled: because it was given up.
        """
        if watch.cancellation.cancelled:
            self._counters.end(CallOutcome.CANCELLED)
            raise WorkCancelled
        self._counters.end(CallOutcome.LOST if begun else CallOutcome.UNANSWERED)

    def _call(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Make one call.

        Raises:
            ReplicaLost: it was not answered to its end.
            BlazonError: what the answer tells.
        """
        wanted = {"brief": brief.to_dict(), "number": number, "previews": watch.previews, "recipe": self.recipe}
        call = json.dumps(wanted)
        headers = self._headers | ({_MODEL: self.card_of(brief).name} if self._several_models else {})
        headers |= {CALL: call} if len(call) <= _SHORT else {}
        body = b"" if CALL in headers else call.encode()
        if (kept := self._connections.take()) is not None:
            try:
                return self._exchange(kept, body, headers, watch)
            except ReplicaLost as error:
                if error.begun or not isinstance(error.__cause__, ConnectionError):
                    raise
                watch.cancellation.checkpoint()  # or it was closed meanwhile, which says nothing of any replica
        try:
            fresh = self._connections.open(_CONNECT)
        except OSError as error:
            raise ReplicaLost(_describe(error), begun=False) from error
        return self._exchange(fresh, body, headers, watch)

    def _exchange(self, connection: HTTPConnection, body: bytes, headers: dict[str, str], watch: Watch) -> Drawn:
        begun = False
        answer: HTTPResponse | None = None
        way: socket.socket = connection.sock
        shut = partial(_shut, way)
        watch.cancellation.add_listener(shut)
        try:
            way.settimeout(_SILENCE)
            connection.request("POST", self._path, body, headers)
            self._wait_for_begin(way, watch)
            answer = connection.getresponse()
            self._check_status(answer)
            begun = True
            self._counters.note_replica(answer.headers.get(REPLICA, ""))
            drawn = self._read_answer(answer, watch)
        except (OSError, HTTPException, ValueError) as error:
            connection.close()
            raise ReplicaLost(_describe(error), begun=begun) from error
        except BaseException:
            connection.close()
            raise
        finally:
            watch.cancellation.remove_listener(shut)
        if watch.cancellation.cancelled:  # it may be shut at this moment
            connection.close()
        else:
            self._connections.keep(connection, answer)
        return drawn

    def _read_answer(self, answer: HTTPResponse, watch: Watch) -> Drawn:
        """Return the candidate that an answer ends with, or raise its error.

        Raises:
            ValueError: it has no end.
        """
        for told in decode_answers(_read_chunks(answer, watch)):
            match told:
                case Step():
                    watch.tell(told)
                case Drawn():
                    self._counters.end(CallOutcome.DRAWN)
                    return told
                case EnginePoisoned():
                    raise told
                case error:
                    self._counters.end(CallOutcome.FAILED)
                    raise error
        raise ValueError("the answer has no end")

    def _wait_for_begin(self, way: socket.socket, watch: Watch) -> None:
        """Wait until a replica begins, as long as the cluster can be reached.

        Raises:
            TimeoutError: none does, or the cluster is silent.
        """
        reached = start = time.monotonic()
        while not is_readable(way, self._beat_every):
            watch.beat()
            now = time.monotonic()
            if problem := self.find_problem():
                if now - reached > _SILENCE:
                    raise TimeoutError(problem)
            else:
                reached = now
            if now - start > self._patience:
                raise TimeoutError(f"no replica began within {self._patience:g} s")

    def _check_status(self, answer: HTTPResponse) -> None:
        if answer.status == _OK:
            return
        reason = answer.read(_CHUNK)[:200].decode(errors="replace").strip()
        if answer.status >= _FAULT:
            raise ReplicaLost(f"{answer.status} {reason}", begun=answer.status not in _NOBODY)
        self._counters.end(CallOutcome.REFUSED)
        raise EngineUnavailable(f"the cluster answers {answer.status}: {reason}; see CLUSTER, CLUSTER_TOKEN")


def _read_chunks(answer: HTTPResponse, watch: Watch) -> Iterator[bytes]:
    """Yield what is sent; all of it, also what tells nothing, shows that the replica is alive."""
    while chunk := answer.read1(_CHUNK):
        watch.beat()
        yield chunk


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip()


def _shut(way: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        way.shutdown(socket.SHUT_RDWR)
