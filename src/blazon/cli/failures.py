"""Errors to exit codes and one line each: the only place of the command line that maps them."""

import errno
import os
import sys
import traceback
from contextlib import suppress
from typing import Final

from typer import TyperException

from blazon.errors import BlazonError, InvalidBrief, InvalidDesign, InvalidKey, InvalidSetting, InvalidUpload
from blazon.masking import mask_secrets

FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

_OPTIONS: Final = {
    "prompt": "PROMPT",
    "brand_name": "--brand",
    "count": "--count",
    "credit_allowed": "--credit",
}


def explain(error: Exception) -> tuple[int, str]:
    """Return the exit code for `error` and what to say about it."""
    if os.environ.get("LOG_LEVEL", "").strip().upper() == "DEBUG":
        _print_line(mask_secrets("".join(traceback.format_exception(error))).rstrip("\n"))
    match error:
        case InvalidBrief():
            return BAD_INPUT, f"{_OPTIONS.get(error.field, f'--{error.field}')} {error.problem}"
        case InvalidSetting() | InvalidDesign() | InvalidUpload() | InvalidKey():
            return BAD_INPUT, str(error)
        case TyperException():
            message = error.format_message()
            return error.exit_code, message[:1].lower() + message[1:]
        case BlazonError():
            return FAILED, str(error)
        case OSError(filename=str() as name):
            return FAILED, f"{name}: {error.strerror}"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):  # without a file: what was printed
            return FAILED, f"cannot write the output: {error.strerror}"
        case _:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            return FAILED, f"{what} (unexpected; LOG_LEVEL=DEBUG shows where)"


def print_error(message: str) -> None:
    """Print `message` as one line on stderr, with escapes for what would steer a terminal, and without secrets."""
    line = "".join(char if char.isprintable() else repr(char)[1:-1] for char in mask_secrets(message))
    coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    _print_line(f"\x1b[1;31merror\x1b[0m: {line}" if coloured else f"error: {line}")


def _print_line(line: str) -> None:
    with suppress(OSError):  # a full disk, a reader that left: the exit code still says it
        print(line, file=sys.stderr)  # noqa: T201
