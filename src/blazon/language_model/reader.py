"""Has briefs read by a language model, in bounded time and numbers; whatever goes wrong, the rules read.

What a model says becomes the `reading` of the brief, as text that was checked to be one. The rules check what it says
whenever the brief is read (`reading/checks.py`), so nothing here knows what a logo is.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import structlog

from blazon.brief import MAX_READING, Brief
from blazon.errors import InvalidBrief, InvalidSetting
from blazon.language_model.chat import ChatClient, NoReadingError, Outcome
from blazon.language_model.instructions import write_instructions, write_question
from blazon.reading.reading import Reading
from blazon.reading.recorded import BY_RULES, read_reading, write_reading
from blazon.setting_values import read_http_url, read_token
from blazon.settings import Settings

log = structlog.stdlib.get_logger("blazon.reader")

T = TypeVar("T")
Observe = Callable[[Outcome, float], None]

TIMEOUT: Final = 10.0
CONCURRENCY: Final = 4
_WAITING: Final = 16  # for each that is read at a time; of more, the rules read
_TOO_SLOW: Final = 3  # times in a row; then the model is left alone for a while
_REST: Final = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A language model that reads briefs: `generate(brief, reader=LanguageModel("http://localhost:11434"))`.

    Args:
        url: of a server that speaks OpenAI's chat completions, with or without `/v1`.
        model: by its name there; empty for the first that the server lists.
        api_key: sent as a bearer token; empty for none.
        timeout: seconds for one brief; then the rules read it.
        concurrency: briefs that are read at a time.

    Raises:
        InvalidSetting: `url` is no address of HTTP, or `api_key` cannot be sent.
    """

    url: str
    model: str = ""
    api_key: str = field(default="", repr=False)
    timeout: float = TIMEOUT
    concurrency: int = CONCURRENCY

    def __post_init__(self) -> None:
        try:
            read_http_url(self.url)
            read_token(self.api_key)
        except ValueError as error:
            raise InvalidSetting(f"the reader cannot be used: {error}") from None
        if not self.url:
            raise InvalidSetting("the reader cannot be used: it has no address")

    @classmethod
    def configured(cls, settings: Settings) -> "LanguageModel | None":
        """Return what `READER_URL` names, None where it names none."""
        if not settings.reader_url:
            return None
        key = settings.reader_api_key.get_secret_value() if settings.reader_api_key else ""
        return cls(
            settings.reader_url, settings.reader_model, key, settings.reader_timeout, settings.reader_concurrency
        )

    def read(self, brief: Brief) -> Brief:
        """Return a brief with what the model reads in it; blocks for `timeout` seconds at most."""
        return self.read_all([brief])[0]

    def read_all(self, briefs: Sequence[Brief]) -> list[Brief]:
        """Return briefs with what the model reads in each; one that brings a reading stays as it is."""
        return _run(self._read_all(briefs))

    async def _read_all(self, briefs: Sequence[Brief]) -> list[Brief]:
        reader, turns = ModelReader(self), asyncio.Semaphore(self.concurrency)

        async def read_one(brief: Brief) -> Brief:
            async with turns:
                return brief if brief.reading else replace(brief, reading=await reader.read(brief))

        try:
            return await asyncio.gather(*map(read_one, briefs))
        finally:
            await reader.close()


class ModelReader:
    """Has briefs read for many at a time; belongs to one event loop.

    Args:
        observe: is told how each attempt ended, and after how many seconds.
    """

    def __init__(self, model: LanguageModel, observe: Observe = lambda *_: None) -> None:
        self._model = model
        self._observe = observe
        self._chat = ChatClient(model.url, model.model, model.api_key, model.concurrency)
        self._turns = asyncio.Semaphore(model.concurrency)
        self._flights: dict[str, _Flight] = {}
        self._limits: set[asyncio.Timeout] = set()  # of the calls under way
        self._slow = 0  # answers in a row that did not come in time
        self._rests_until = 0.0

    def key_of(self, brief: Brief, owner: str) -> str:
        """Return a digest that is equal for briefs of one owner of which the same model is told the same."""
        told = [self._model.url, self._model.model, write_instructions(), write_question(brief), owner]
        return hashlib.sha256(json.dumps(["reading", *told]).encode()).hexdigest()

    async def read(self, brief: Brief, owner: str = "") -> str:
        """Return the `reading` for a brief: what the model reads in it, or that the rules are to read.

        Equal questions of one owner are one call. Who is cancelled ends it, unless others wait for it too.
        """
        key = self.key_of(brief, owner)
        flight = self._flights.get(key)
        if flight is None:
            reading = asyncio.ensure_future(self._read_or_fall_back(brief, waiting=len(self._flights)))
            flight = self._flights[key] = _Flight(reading)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                del self._flights[key]
                flight.task.cancel()

    async def ask(self, brief: Brief) -> str:
        """Return what the model reads in a brief.

        Raises:
            NoReadingError: it gives no reading, and why.
        """
        try:
            async with asyncio.timeout(self._model.timeout) as limit:
                self._limits.add(limit)
                async with self._turns:
                    answer = await self._chat.ask(write_instructions(), write_question(brief))
        except TimeoutError:
            raise NoReadingError(Outcome.TIMED_OUT, f"no answer within {self._model.timeout:g} s") from None
        finally:
            self._limits.discard(limit)
        return _find_reading(answer)

    def give_up(self) -> None:
        """Let those who wait now wait no longer: the rules read their briefs."""
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Close the connections."""
        await self._chat.close()

    async def _read_or_fall_back(self, brief: Brief, waiting: int) -> str:
        start = time.perf_counter()
        outcome, reading = Outcome.ANSWERED, BY_RULES
        try:
            self._refuse_if_busy(waiting)
            reading = await self.ask(brief)
        except NoReadingError as problem:
            outcome = problem.outcome
            log.warning("the rules read a brief, not the language model", outcome=outcome, reason=str(problem))
        except Exception:
            outcome = Outcome.FAILED
            log.exception("the rules read a brief, not the language model", outcome=outcome)
        self._note_pace(outcome)
        self._observe(outcome, time.perf_counter() - start)
        return reading

    def _refuse_if_busy(self, waiting: int) -> None:
        if time.monotonic() < self._rests_until:
            raise NoReadingError(Outcome.BUSY, f"it was too slow {_TOO_SLOW} times in a row and is asked again soon")
        if waiting >= self._model.concurrency * _WAITING:
            raise NoReadingError(Outcome.BUSY, f"{waiting} briefs wait for it")

    def _note_pace(self, outcome: Outcome) -> None:
        if outcome is Outcome.TIMED_OUT:
            self._slow += 1
            if self._slow >= _TOO_SLOW:
                self._rests_until = time.monotonic() + _REST
        elif outcome is not Outcome.BUSY:
            self._slow = 0


def try_out(model: LanguageModel) -> float:
    """Have a model read an example, and return the seconds that it took.

    Raises:
        NoReadingError: it gives no reading, and why.
    """

    async def ask() -> float:
        reader, start = ModelReader(model), time.perf_counter()
        try:
            await reader.ask(Brief("a bakery with a fox, no wheat", brand_name="Northwind"))
        finally:
            await reader.close()
        return time.perf_counter() - start

    return _run(ask())


@dataclass(slots=True)
class _Flight:
    """One call under way, and how many wait for it."""

    task: "asyncio.Future[str]"
    waiting: int = 0


def _find_reading(answer: str) -> str:
    """Return the reading in the text of an answer, as it is kept; thoughts and fences around it are passed over.

    Raises:
        NoReadingError: there is none in it, or one that says nothing.
    """
    text = answer.rpartition("</think>")[2]
    try:
        reading = read_reading(text[text.find("{") : text.rfind("}") + 1])
    except InvalidBrief as error:
        raise NoReadingError(Outcome.UNUSABLE, f"its answer is no reading: it {error.problem}") from None
    if replace(reading, language="", ignored=()) == Reading(language=""):
        raise NoReadingError(Outcome.UNUSABLE, "its answer says nothing about the brief")
    written = write_reading(reading)
    if len(written) > MAX_READING:
        raise NoReadingError(Outcome.UNUSABLE, "its answer says too much")
    return written


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
