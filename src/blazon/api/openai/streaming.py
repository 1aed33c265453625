"""A generation as the server-sent events of OpenAI's images API."""

import time
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.sse import format_sse_event

from blazon.api.event_stream import preview_png
from blazon.api.openai.answers import CompletedImage, ErrorEvent, PartialImage, find_origin
from blazon.api.openai.failures import error_in_stream, failure_in_stream
from blazon.api.openai.plan import ImagePlan
from blazon.api.openai.usage import usage
from blazon.errors import ServerBusy
from blazon.generation import CandidateRecord, Generation
from blazon.serve.engines.protocol import LogoEngine
from blazon.serve.events import Event, EventKind
from blazon.serve.rendering.renderer import Purpose, Renderer
from blazon.watching import Step


@dataclass(slots=True)
class ImageStream:
    """Turns the events of one generation into those of the API.

    Args:
        generation: as it was accepted.
        engine: that draws it.
        deadline: when its last image must be rendered, by the clock of the event loop.
    """

    request: Request
    plan: ImagePlan
    generation: Generation
    engine: LogoEngine
    renderer: Renderer
    deadline: float
    _partials: dict[int, int] = field(default_factory=dict)  # how many were sent, by image
    _completed: int = 0

    async def events(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
        """Yield the events as they go over the wire; the last one is an error if images are missing then."""
        try:
            async with aclosing(events):
                async for event in events:
                    if (content := await self._content(event)) is not None:
                        yield _write(content)
            if self._completed < self.generation.brief.count:
                raise ServerBusy("the server stops before the image is finished; ask again", retry_after=5)
        except _Ended as ended:
            yield _write(ErrorEvent(error=await failure_in_stream(self.request, ended.generation)))
        except Exception as error:  # noqa: BLE001  # the answer is begun: nobody behind this could tell the client
            yield _write(ErrorEvent(error=await error_in_stream(self.request, error)))

    async def _content(self, event: Event) -> PartialImage | CompletedImage | None:
        match event.kind:
            case EventKind.PREVIEW:
                return await self._partial(*event.content)
            case EventKind.CANDIDATE:
                return await self._complete(event.content)
            case EventKind.ENDED if event.content.failure is not None:
                raise _Ended(event.content)
        return None

    async def _partial(self, number: int, step: Step) -> PartialImage | None:
        """Return a picture of unfinished work if it is time for one: they are spread evenly over the steps."""
        sent = self._partials.get(number, 0)
        if sent >= self.plan.partials or step.step * (self.plan.partials + 1) < step.steps * (sent + 1):
            return None
        preview = preview_png(step.preview)
        picture = await self.renderer.render_preview(self.generation, preview, self.plan.spec, self.deadline)
        if picture is None:
            return None
        self._partials[number] = sent + 1
        return PartialImage(**self._common(picture), background="opaque", partial_image_index=sent, image_index=number)

    async def _complete(self, record: CandidateRecord) -> CompletedImage:
        plan, brief = self.plan, self.generation.brief
        origin = await find_origin(self.engine, brief, record)
        picture = await self.renderer.render_file(self.generation, record, plan.spec, Purpose.ANSWER, self.deadline)
        self._completed += 1
        return CompletedImage(
            **self._common(picture),
            background=plan.spec.background,
            usage=usage(brief, plan.spec, 1, text=self._completed == 1),
            safety_identifier=plan.end_user,
            image_index=record.number,
            id=self.generation.id,
            **origin,
        )

    def _common(self, picture: bytes) -> dict[str, Any]:
        return {
            "b64_json": b64encode(picture).decode(),
            "created_at": int(time.time()),
            "output_format": self.plan.spec.format.value,
            "quality": self.plan.quality or "auto",
            "size": self.plan.size,
        }


class _Ended(Exception):
    """The generation ended without all of its images."""

    def __init__(self, generation: Generation) -> None:
        super().__init__(generation.id)
        self.generation = generation


def _write(event: PartialImage | CompletedImage | ErrorEvent) -> bytes:
    # OpenAI leaves out what an image has not, and says null for what an error has not.
    content = event.model_dump_json(exclude_none=not isinstance(event, ErrorEvent))
    return format_sse_event(event=event.type, data_str=content)
