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
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

import structlog

from blazon.brief import Brief, Engine
from blazon.errors import EnginePoisoned, EngineStopped, EngineUnavailable, GenerationFailed
from blazon.generation import Drawn
from blazon.models import ModelCard
from blazon.reading.reading import Reading
from blazon.serve.engines.frames import decode_answers
from blazon.serve.engines.protocol import LogoEngine
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.serve")

_ATTEMPTS: Final = 3  # a brief that ends every replica which draws it fails, as one that breaks a process down does
_CONNECT: Final = 5.0  # seconds
_SILENCE: Final = 15.0  # seconds without a beat after which a replica, or the way to it, is lost
_QUEUED: Final = 240.0  # seconds for a replica to begin, which may have to load its model; less than STEP_TIMEOUT
_PATIENCE: Final = 60.0  # seconds for a cluster that cannot be reached; then the work is put off
_PAUSES: Final = (0.1, 5.0)  # seconds between two calls, from the first to the longest
_HEALTH: Final = "/-/healthz"  # of the proxy of Ray Serve
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
        front: an engine with the settings of the replicas, which need not be able to draw.
        url: where the cluster takes calls.
        token: of the cluster.
    """

    def __init__(self, front: LogoEngine, url: str, token: str) -> None:
        self._front = front
        self._parts = urlsplit(url)
        self._path = self._parts.path or "/"
        self._looking = threading.Lock()
        self._looked, self._problem = -math.inf, ""
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

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

    def _look(self) -> str:
        try:
            with closing(self._connect(_LOOK_PATIENCE)) as connection:
                connection.request("GET", _HEALTH)
                status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            return f"the cluster at {self._parts.geturl()} cannot be reached: {error}"
        return "" if status == _OK else f"the cluster at {self._parts.geturl()} answers {status}"

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
            try:
                return self._call(brief, number, watch)
            except (ReplicaLost, EnginePoisoned) as error:
                watch.cancellation.checkpoint()
                begun = not isinstance(error, ReplicaLost) or error.begun
                lost += begun
                what = "a replica was lost" if begun else "no replica answers"
                log.warning(what, candidate=number, reason=str(error))
                if lost >= _ATTEMPTS:
                    raise GenerationFailed(f"{lost} replicas ended while they drew this; their logs say why") from None
                if not begun and time.monotonic() > until:
                    raise EngineStopped("the cluster cannot be reached") from None
                until = time.monotonic() + _PATIENCE if begun else until
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, _PAUSES[1])

    def _call(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Make one call.

        Raises:
            ReplicaLost: it was not answered to its end.
            BlazonError: what the answer tells.
        """
        wanted = {"brief": brief.to_dict(), "number": number, "previews": watch.previews, "recipe": self.recipe}
        begun = False
        try:
            with closing(self._connect()) as connection:
                way: socket.socket = connection.sock
                watch.cancellation.add_listener(lambda: _shut(way))
                way.settimeout(_QUEUED)
                connection.request("POST", self._path, json.dumps(wanted).encode(), self._headers)
                answer = connection.getresponse()
                _check_status(answer)
                begun = True
                way.settimeout(_SILENCE)
                for told in decode_answers(iter(partial(answer.read1, _CHUNK), b"")):
                    match told:
                        case Step():
                            watch.tell(told)
                        case Drawn():
                            return told
                        case error:
                            raise error
        except (OSError, HTTPException, ValueError) as error:
            raise ReplicaLost(f"{type(error).__name__} {error}".strip(), begun=begun) from error
        raise ReplicaLost("the answer has no end", begun=begun)

    def _connect(self, patience: float = _CONNECT) -> HTTPConnection:
        parts = self._parts
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=patience)
        connection.connect()
        return connection


def _check_status(answer: HTTPResponse) -> None:
    if answer.status == _OK:
        return
    reason = answer.read(_CHUNK)[:200].decode(errors="replace").strip()
    if answer.status >= _FAULT:
        raise ReplicaLost(f"{answer.status} {reason}", begun=answer.status not in _NOBODY)
    raise EngineUnavailable(f"the cluster answers {answer.status}: {reason}; see CLUSTER, CLUSTER_TOKEN")


def _shut(way: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        way.shutdown(socket.SHUT_RDWR)
