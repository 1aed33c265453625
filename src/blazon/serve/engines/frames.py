"""What a replica answers, as bytes: a line of JSON for each step, and at the end one for the logo or the error.

JSON and not pickles: whoever could answer in the place of a replica could otherwise run code in the server.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from io import BytesIO
from typing import Any, Final

from PIL import Image

from blazon import errors
from blazon.errors import BlazonError, GenerationFailed
from blazon.generation import Drawn, Part
from blazon.watching import Step

Answer = Step | Drawn | BlazonError

BEAT: Final = b"\n"
"""What a replica sends while it has nothing to tell: that it is there."""

CALL: Final = "x-blazon-call"
"""The header of a request that has a short call in it, which is then not in the body."""

REPLICA: Final = "x-blazon-replica"
"""The header of an answer that says which replica it comes from."""

_PLAIN: Final = tuple(field.name for field in fields(Drawn) if field.name not in ("content", "parts", "pixels"))
_KINDS: Final = ("DeadlineExceeded", "EnginePoisoned", "EngineStopped", "GenerationFailed", "ModelUnavailable")


def encode_answer(answer: Answer) -> bytes:
    """Return an answer as one line."""
    match answer:
        case Step():
            preview = None if answer.preview is None else _encode_preview(answer.preview)
            data: dict[str, Any] = {"step": answer.step, "steps": answer.steps, "preview": preview}
        case Drawn():
            data = {name: getattr(answer, name) for name in _PLAIN}
            data |= {"content": _encode(answer.content), "parts": [asdict(part) for part in answer.parts]}
        case BlazonError():
            data = {"error": type(answer).__name__, "message": str(answer)}
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def decode_answers(chunks: Iterable[bytes]) -> Iterator[Answer]:
    """Yield the answers of a stream of bytes.

    Raises:
        ValueError: something else was sent.
    """
    for line in _split_lines(chunks):
        if line:
            yield _decode_answer(line)


def _decode_answer(line: bytes) -> Answer:
    data = json.loads(line)
    try:
        if "step" in data:
            preview = data["preview"] and Image.open(BytesIO(base64.b64decode(data["preview"])))
            return Step(int(data["step"]), int(data["steps"]), preview or None)
        if "error" in data:
            kind = getattr(errors, data["error"]) if data["error"] in _KINDS else GenerationFailed
            error: BlazonError = kind(str(data["message"]))
            return error
        parts = tuple(Part(**part) for part in data.pop("parts"))
        content = base64.b64decode(data.pop("content"))
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return Drawn(**{**data, **lists, "parts": parts, "content": content})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an answer of a replica: {error}") from error


def _split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    parts: list[bytes] = []  # of the line that is not whole yet: one of megabytes comes in many chunks
    for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            yield b"".join((*parts, end))
            parts.clear()
        parts.append(rest)


def _encode_preview(pixels: Any) -> str:
    png = BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return _encode(png.getvalue())


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()
