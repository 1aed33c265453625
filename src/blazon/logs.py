"""Logs: structlog and the standard library through one renderer, to stderr.

What is bound in a request's context (its id above all) is on every line that the request causes. A log that cannot be
written, on a full disk or into a pipe that nobody reads, neither ends nor holds up who logs.
"""

import logging
import os
import select
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TextIO

import structlog
from structlog.typing import Processor

from blazon.masking import mask_secrets

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)

# What a pipe takes without blocking once `select` says that it can be written (PIPE_BUF of Linux).
_PART: Final = 4096
_PATIENCE: Final = 0.2  # seconds that a reader who fell behind is waited for, once until it reads again


@dataclass(frozen=True, slots=True)
class LogStyle:
    """Values of `LOG_LEVEL` and `LOG_FORMAT`."""

    level: str = "WARNING"
    format: str = "auto"


PLAIN: Final = LogStyle()


def configure_logs(level: str, style: str, stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (stderr when None), replacing an earlier set-up.

    Args:
        level, style: values of `LOG_LEVEL` and `LOG_FORMAT`.
    """
    out = stream or sys.stderr
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = LineHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(style, out.isatty()),
                _mask_line,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The server's own start and stop are told in our words, with the URL that a person can open.
    logging.getLogger("uvicorn").setLevel(max(root.level, logging.WARNING))
    logging.getLogger("alembic").setLevel(max(root.level, logging.WARNING))
    logging.getLogger("httpx").setLevel(max(root.level, logging.WARNING))  # at INFO it tells of every request
    logging.getLogger("PIL").setLevel(max(root.level, logging.INFO))  # at DEBUG it tells of every chunk of a PNG


class LineHandler(logging.Handler):
    """Writes lines to a stream. Those that cannot be written are counted, and told of once one can be."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lost = 0
        self._torn = False
        self._stalled = False
        self._descriptor = _descriptor(stream)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            told = self._lost
            self._write(f"{self._format_lost()}{line}\n")
            self._lost -= told
        except OSError:
            self._lost += 1
        except Exception:  # noqa: BLE001 - a line with the wrong arguments must not end who logs it
            self.handleError(record)

    def _format_lost(self) -> str:
        """Return the line about lost ones that is due, and the end of a line that was torn off."""
        end = "\n" if self._torn else ""
        if not self._lost:
            return end
        record = logging.makeLogRecord(
            {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": f"{self._lost} lines lost"}
        )
        return f"{end}{self.format(record)}\n"

    def _write(self, text: str) -> None:
        """Write all of `text`.

        Raises:
            OSError: it could not be written; a part may have been.
        """
        if self._descriptor is None:
            self._stream.write(text)
            with suppress(ValueError):
                self._stream.flush()
            return
        rest = text.encode(self._stream.encoding or "utf-8", "backslashreplace")
        while rest:
            self._await_room(self._descriptor)
            rest = rest[os.write(self._descriptor, rest[:_PART]) :]
            self._torn = bool(rest)

    def _await_room(self, descriptor: int) -> None:
        if not select.select([], [descriptor], [], 0 if self._stalled else _PATIENCE)[1]:
            self._stalled = True
            raise BlockingIOError
        self._stalled = False


def _descriptor(stream: TextIO) -> int | None:
    """Return the descriptor to write to; None where only the stream itself can be written to."""
    if sys.platform == "win32":  # `select` is for sockets there
        return None
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def _mask_line(_logger: object, _name: str, line: object) -> str:
    return mask_secrets(str(line))


def _renderers(style: str, terminal: bool) -> tuple[Processor, ...]:
    if style == "text" or (style == "auto" and terminal):
        plain = structlog.dev.plain_traceback
        return (structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=plain),)
    return (
        structlog.processors.EventRenamer("message"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    )
