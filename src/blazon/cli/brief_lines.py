"""Briefs from a file or a pipe: JSON Lines, one object a line, in UTF-8 whatever the console speaks."""

import difflib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typer

from blazon.brief import Brief
from blazon.errors import BlazonError, InvalidBrief

# What a line may hold. The name of the brand goes by two names: that of the HTTP API, too.
_FIELDS: Final = (
    *("prompt", "brand", "brand_name", "slogan", "style", "palette", "layout", "engine", "seed"),
    *("show", "avoid", "letters", "established", "mark", "type", "case"),
)
_WHITE: Final = " \t\r"  # of JSON; a line that holds anything else is not blank
_STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A brief, where it stands (`briefs.jsonl, line 2`), and the names in its line that nobody reads."""

    brief: Brief
    where: str
    unread: tuple[str, ...]


class BadLine(BlazonError):
    """A line cannot be understood; the message names it."""


def read_briefs(path: Path, defaults: dict[str, Any]) -> tuple[list[BriefLine], list[BadLine]]:
    """Return the briefs of a file, or of standard input where `path` is `-`, and the lines that are none.

    Args:
        defaults: arguments of `Brief` for what a line does not say; null is not saying it.

    Raises:
        typer.BadParameter: the file cannot be read.
    """
    briefs: list[BriefLine] = []
    bad: list[BadLine] = []
    for where, line in _split(_read_text(path), path):
        try:
            briefs.append(_read_line(line, where, defaults))
        except BadLine as error:
            bad.append(error)
    return briefs, bad


def _read_text(path: Path) -> str:
    try:
        # Bytes: the encoding of the console is not that of the briefs.
        return (sys.stdin.buffer.read() if str(path) == _STDIN else path.read_bytes()).decode()
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not UTF-8 text; save it as UTF-8", param_hint="FILE") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise typer.BadParameter(f"cannot read {path}: {reason}", param_hint="FILE") from None


def _split(text: str, path: Path) -> Iterator[tuple[str, str]]:
    r"""Yield each line that is not blank, with its place for error messages.

    Lines end with `\n` alone: `str.splitlines` would also cut at U+2028 and others that JSON allows inside a text. A
    byte order mark may begin any line, since files are joined with `cat`.
    """
    for number, line in enumerate(text.split("\n"), 1):
        content = line.removeprefix("\ufeff").strip(_WHITE)
        if content:
            yield f"{path}, line {number}", content


def _read_line(line: str, where: str, defaults: dict[str, Any]) -> BriefLine:
    given = {name: value for name, value in _parse(line, where).items() if value is not None}
    unread = tuple(name for name in given if name not in _FIELDS)
    for name in unread:
        if close := difflib.get_close_matches(name.lower(), _FIELDS, 1, cutoff=0.75):
            raise BadLine(f'{where} has {_quote(name)}, which is not read; did you mean "{close[0]}"?')
    if "prompt" not in given:
        raise BadLine(f'{where} is not an object with a "prompt"')
    if "brand" in given:
        if "brand_name" in given:
            raise BadLine(f'{where} has both "brand" and "brand_name"; keep one of them')
        given["brand_name"] = given.pop("brand")
    if isinstance(given.get("palette"), list):
        given["palette"] = _join_colours(given["palette"], where)
    try:
        wish = {name: value for name, value in given.items() if name not in unread}
        return BriefLine(Brief(**{**defaults, **wish}), where, unread)
    except InvalidBrief as error:
        raise BadLine(f"{where}, {error}") from None


def _parse(line: str, where: str) -> dict[str, Any]:
    try:
        given: Any = json.loads(line, object_pairs_hook=lambda pairs: _refuse_doubles(pairs, where))
    except (ValueError, RecursionError) as error:  # ValueError alone: a number of thousands of digits
        raise BadLine(f"{where} is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise BadLine(f'{where} is not an object with a "prompt"')
    return given


def _refuse_doubles(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in set(names):
        if names.count(name) > 1:
            raise BadLine(f"{where} has {_quote(name)} twice; keep one of them")
    return dict(pairs)


def _join_colours(colours: list[Any], where: str) -> str:
    if not all(isinstance(colour, str) for colour in colours):
        raise BadLine(f'{where}, palette: a list holds colours as texts, such as ["#0a4d68", "sandybrown"]')
    return ", ".join(colours)


def _quote(name: str) -> str:
    return json.dumps(name[:60], ensure_ascii=False)
