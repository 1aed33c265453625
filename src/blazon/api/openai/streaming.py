"""A generation as the server-sent events of OpenAI's images API."""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from blazon.api.event_stream import preview_png, with_pauses
from blazon.api.openai.answers import CompletedImage, ErrorEvent, PartialImage, origin
from blazon.api.openai.choices import Choice
from blazon.api.openai.failures import in_stream, of_failure
from blazon.api.openai.usage import usage
from blazon.errors import BlazonError, ServerBusy
from blazon.export.delivery import Master, render_file
from blazon.generation import CandidateRecord, Failure, Generation
from blazon.serve.events import Event, EventKind
from blazon.serve.rendering import Renderer
from blazon.watching import Step

_HEARTBEAT: Final = 15.0  # seconds; proxies close what is silent for a minute
_STOPPED: Final = ServerBusy("the server stops before the image is finished; ask again", retry_after=5)


@dataclass(slots=True)
class ImageStream:
    """Turns the events of one generation into those of the API.

    Args:
        generation: as it was accepted.
    """

    choice: Choice
    generation: Generation
    renderer: Renderer
    _partials: dict[int, int] = field(default_factory=dict)  # how many were sent, by image
    _completed: int = 0

    async def events(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
        """Yield the events as they go over the wire; the last one is an error if images are missing then."""
        try:
            async with aclosing(with_pauses(events, _HEARTBEAT)) as paced:
                async for event in paced:
                    if event is None:
                        yield b": still here\n\n"
                    elif (told := await self._told(event)) is not None:
                        yield _written(told)
            if self._completed < self.generation.brief.count:
                raise _STOPPED
        except _Ended as ended:
            yield _written(ErrorEvent(error=of_failure(ended.failure)))
        except Exception as error:  # noqa: BLE001  # the answer is begun: nobody behind this could tell the client
            yield _written(ErrorEvent(error=in_stream(error)))

    async def _told(self, event: Event) -> PartialImage | CompletedImage | None:
        match event.kind:
            case EventKind.PREVIEW:
                return await self._partial(*event.content)
            case EventKind.CANDIDATE:
                return await self._finished(event.content)
            case EventKind.ENDED if event.content.failure is not None:
                raise _Ended(event.content.failure)
        return None

    async def _partial(self, number: int, step: Step) -> PartialImage | None:
        """Return a picture of unfinished work if it is time for one: they are spread evenly over the steps."""
        sent = self._partials.get(number, 0)
        if sent >= self.choice.partials or step.step * (self.choice.partials + 1) < step.steps * (sent + 1):
            return None
        self._partials[number] = sent + 1
        spec = self.choice.spec
        picture = await asyncio.to_thread(
            render_file,
            Master(preview_png(step.preview), "image/png"),
            width=spec.width,
            height=spec.height,
            format=spec.format,
            quality=spec.quality,
        )
        return PartialImage(**self._common(picture), background="opaque", partial_image_index=sent, image_index=number)

    async def _finished(self, record: CandidateRecord) -> CompletedImage:
        choice, brief = self.choice, self.generation.brief
        picture = await self.renderer.file(self.generation, record, choice.spec)
        self._completed += 1
        return CompletedImage(
            **self._common(picture),
            background=choice.spec.background,
            usage=usage(brief, choice.spec, 1, text=self._completed == 1),
            safety_identifier=choice.end_user,
            image_index=record.number,
            id=self.generation.id,
            **origin(brief, record),
        )

    def _common(self, picture: bytes) -> dict[str, Any]:
        return {
            "b64_json": b64encode(picture).decode(),
            "created_at": int(time.time()),
            "output_format": self.choice.spec.format.value,
            "quality": self.choice.quality or "auto",
            "size": self.choice.size,
        }


class _Ended(BlazonError):
    """The generation ended without all of its images."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def _written(event: PartialImage | CompletedImage | ErrorEvent) -> bytes:
    # OpenAI leaves out what an image has not, and says null for what an error has not.
    content = event.model_dump_json(exclude_none=not isinstance(event, ErrorEvent))
    return f"event: {event.type}\ndata: {content}\n\n".encode()
