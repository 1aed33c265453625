"""Logs: structlog and the standard library through one renderer, to stderr.

What is bound in a request's context (its id above all) is on every line that the request causes.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


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
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(style, out.isatty())],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The server's own start and stop are told in our words, with the URL that a person can open.
    logging.getLogger("uvicorn").setLevel(max(root.level, logging.WARNING))
    logging.getLogger("alembic").setLevel(max(root.level, logging.WARNING))
    logging.getLogger("PIL").setLevel(max(root.level, logging.INFO))  # at DEBUG it tells of every chunk of a PNG


def _renderers(style: str, terminal: bool) -> tuple[Processor, ...]:
    if style == "text" or (style == "auto" and terminal):
        plain = structlog.dev.plain_traceback
        return (structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=plain),)
    return (
        structlog.processors.EventRenamer("message"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    )
