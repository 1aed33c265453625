"""The file `.env`: whether it can be read at all, and which names it sets."""

import os
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from blazon.errors import InvalidSetting

ENV_FILE: Final = Path(".env")
ENCODING: Final = "utf-8-sig"  # editors on Windows begin a file with a byte order mark


def check_env_file(path: Path) -> None:
    """Refuse a file that is there and cannot be read, which those who read it would pass over in silence.

    Raises:
        InvalidSetting: it is a folder, not readable, not UTF-8, or a line of it is no `NAME=value`.
    """
    if not os.path.lexists(path) or path.is_fifo():  # a pipe can be read only once
        return
    try:
        text = path.read_text(encoding=ENCODING)
    except UnicodeDecodeError:
        raise InvalidSetting(f"{path} is not UTF-8 text") from None
    except IsADirectoryError:
        raise InvalidSetting(f"{path} is a folder, not a file") from None
    except OSError as error:
        raise InvalidSetting(f"{path} cannot be read: {error.strerror}") from None
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            # Without the line itself, which may hold a secret. Its text may begin with empty lines.
            blank = len(binding.original.string) - len(binding.original.string.lstrip())
            line = binding.original.line + binding.original.string[:blank].count("\n")
            raise InvalidSetting(f"{path}, line {line} cannot be understood; a line is NAME=value")


def read_env_file(path: Path) -> dict[str, str]:
    """Return the names that a file sets, in capitals, with their values; empty ones are not set."""
    if not path.is_file():
        return {}
    return {name.upper(): value for name, value in dotenv_values(path, encoding=ENCODING).items() if value}
