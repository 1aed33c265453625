"""Server-sent events of a generation, as the WHATWG HTML standard defines the format."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from PIL import Image

from blazon.export.formats import PictureFormat, encode
from blazon.generation import Generation
from blazon.serve.events import Event, EventKind
from blazon.serve.schemas import CandidateView, GenerationView

MEDIA_TYPE: Final = "text/event-stream"
_HEARTBEAT: Final = 15.0  # seconds; proxies close what is silent for a minute
_RETRY: Final = 1000  # milliseconds after which a browser connects again


async def write_events(generation: Generation, events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
    """Yield the events of a generation as they go over the wire, the first with the time to come back after."""
    retry: int | None = _RETRY
    async with aclosing(events):
        async for event in events:
            name, content = _content(generation, event)
            yield format_sse_event(event=name, data_str=json.dumps(content), id=str(event.number), retry=retry)
            retry = None


async def with_heartbeat(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield what `stream` yields, and a comment whenever it has yielded nothing for `_HEARTBEAT` seconds."""
    async with aclosing(stream):
        coming: asyncio.Task[bytes] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(stream))
                done, _ = await asyncio.wait({coming}, timeout=_HEARTBEAT)
                if not done:
                    yield KEEPALIVE_COMMENT
                    continue
                finished, coming = coming, None
                try:
                    block = finished.result()
                except StopAsyncIteration:
                    return
                yield block
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait({coming})


def _content(generation: Generation, event: Event) -> tuple[str, dict[str, Any]]:
    match event.kind:
        case EventKind.CANDIDATE:
            return event.kind, CandidateView.of(generation, event.content).model_dump(mode="json")
        case EventKind.PROGRESS:
            number, step = event.content
            return event.kind, {"candidate": number, "step": step.step, "steps": step.steps}
        case EventKind.PREVIEW:
            number, step = event.content
            png = base64.b64encode(preview_png(step.preview)).decode()
            return event.kind, {"candidate": number, "step": step.step, "steps": step.steps, "png": png}
        case EventKind.INTERRUPTED:
            state = {"id": generation.id, "status": event.content.status, "last_event_id": str(event.number)}
            return event.kind, state
        case EventKind.ENDED:
            return event.content.status, GenerationView.of(event.content).model_dump(mode="json")
        case _:
            return event.kind, {"id": generation.id, "status": event.content.status}


def preview_png(pixels: Any) -> bytes:
    """Return a preview, height x width x 3 bytes, as a PNG."""
    return encode(Image.fromarray(pixels), PictureFormat.PNG, grainy=True)
