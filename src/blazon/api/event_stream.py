"""Server-sent events of a generation, as the WHATWG HTML standard defines the format."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from io import BytesIO
from typing import Any, Final

from PIL import Image

from blazon.generation import Generation
from blazon.serve.events import Event, EventKind
from blazon.serve.schemas import Candidate, GenerationView

MEDIA_TYPE: Final = "text/event-stream"
_HEARTBEAT: Final = 15.0  # seconds; proxies close what is silent for a minute
_RETRY: Final = 1000  # milliseconds after which a browser connects again


async def stream(generation: Generation, events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
    """Yield the events of a generation as they go over the wire, with a comment now and then to keep the line open."""
    yield f"retry: {_RETRY}\n\n".encode()
    async with aclosing(with_pauses(events, _HEARTBEAT)) as paced:
        async for event in paced:
            yield b": still here\n\n" if event is None else _written(generation, event)


async def with_pauses(events: AsyncGenerator[Event, None], seconds: float) -> AsyncGenerator[Event | None, None]:
    """Yield what `events` yields, and None whenever nothing has come for `seconds`."""
    async with aclosing(events):
        coming: asyncio.Task[Event] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(events))
                done, _ = await asyncio.wait({coming}, timeout=seconds)
                if not done:
                    yield None
                    continue
                finished, coming = coming, None
                try:
                    event = finished.result()
                except StopAsyncIteration:
                    return
                yield event
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait({coming})


def _written(generation: Generation, event: Event) -> bytes:
    name, content = _content(generation, event)
    return f"id: {event.number}\nevent: {name}\ndata: {json.dumps(content)}\n\n".encode()


def _content(generation: Generation, event: Event) -> tuple[str, dict[str, Any]]:
    match event.kind:
        case EventKind.CANDIDATE:
            return event.kind, Candidate.of(generation.id, event.content).model_dump(mode="json")
        case EventKind.PROGRESS:
            number, step = event.content
            return event.kind, {"candidate": number, "step": step.step, "steps": step.steps}
        case EventKind.PREVIEW:
            number, step = event.content
            png = base64.b64encode(preview_png(step.preview)).decode()
            return event.kind, {"candidate": number, "step": step.step, "steps": step.steps, "png": png}
        case EventKind.ENDED:
            return event.content.status, GenerationView.of(event.content).model_dump(mode="json")
        case _:
            return event.kind, {"id": generation.id, "status": event.content.status}


def preview_png(pixels: Any) -> bytes:
    """Return a preview, height x width x 3 bytes, as a PNG."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
