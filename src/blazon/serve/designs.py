"""The use case of designs on the event loop: read, change, undo, redo, restore, and draw what a client holds.

What blocks is done in threads, and whatever reads what a client wrote in compute processes. Of a painting a design is
made when it is first asked for, and kept as its revision 0.
"""

import asyncio
import time
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from cachetools import LRUCache

from blazon.brief import TypeKind
from blazon.design import Design
from blazon.draw.artwork import Variant
from blazon.errors import Conflict, GenerationFailed, StaleRevision, Untraceable
from blazon.export.delivery import FileSpec
from blazon.export.formats import PictureFormat
from blazon.generation import CandidateRecord, Drawn, Generation
from blazon.principal import Principal
from blazon.serve.rendering.documents import (
    DrawnDocument,
    MarkAlternative,
    TypeAlternative,
    change_document,
    draw_document,
    list_marks,
    list_types,
    redraw_document,
)
from blazon.serve.rendering.renderer import Purpose, Renderer
from blazon.store.revisions import History, Revision, RevisionStore
from blazon.studio import VECTOR_LICENCE, VECTOR_MODEL

T = TypeVar("T")
P = ParamSpec("P")

_THREADS: Final = 4
# Of a PNG of a million pixels.
_DRAW_COST: Final = 0.5
_LIST_COST: Final = 6.0
# A change is made anew so often where others change the same design at the same time.
_ATTEMPTS: Final = 4
_REASONS: Final = 1000
_INSTEAD: Final = "its png, webp and jpeg are there, and a logo of another seed or of engine vector can be changed"


class DesignService:
    """Designs of candidates, and their revisions. For one event loop."""

    def __init__(self, store: RevisionStore, renderer: Renderer) -> None:
        self._store = store
        self._renderer = renderer
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="revisions")
        # Why no design can be made of a painting: to look again takes seconds, and finds the same.
        self._untraceable: LRUCache[tuple[str, int], str] = LRUCache(_REASONS)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False)

    async def read(
        self, generation: Generation, drawn: CandidateRecord, deadline: float, revision: int | None = None
    ) -> Revision:
        """Return a revision of a candidate, the current one if none is named.

        Args:
            deadline: a moment of the event loop's clock; the first who asks for the design of a painting has it made.

        Raises:
            Conflict: it was painted, and no design can be made of that.
            NotFound: there is no such revision.
            PictureMissing: of a painting without a design, the picture is gone.
        """
        known = drawn.design and _first(generation, drawn.design, drawn.shows, drawn.warnings)
        if known and revision == 0:
            return known
        found = await self._in_thread(self._store.get, generation.id, drawn.number, revision)
        return found or known or await self._design_painting(generation, drawn, deadline)

    async def page(
        self, generation: Generation, drawn: CandidateRecord, limit: int, deadline: float, before: int | None = None
    ) -> History:
        """Return up to `limit` revisions of a candidate, of those below number `before` if it is given.

        Raises:
            Conflict, PictureMissing: as `read` does.
        """
        first = await self.read(generation, drawn, deadline, 0)
        found = await self._in_thread(self._store.page, generation.id, drawn.number, limit, before)
        whole = len(found.revisions) < limit and before != 0
        return replace(found, revisions=(*found.revisions, first)) if whole else found

    async def find_record(
        self, generation: Generation, drawn: CandidateRecord, revision: int, deadline: float, *, designed: bool = False
    ) -> CandidateRecord:
        """Return a candidate as it is in a revision, of which 0 is as it was drawn or painted.

        Args:
            designed: whether a painting is to come as the design that is made of it.

        Raises:
            Conflict, NotFound, PictureMissing: as `read` does.
        """
        if not revision and (drawn.design is not None or not designed):
            return drawn
        found = await self.read(generation, drawn, deadline, revision)
        painter = Design.from_dict(found.design).painter
        model, licence = (drawn.model, drawn.licence) if not drawn.painted else (VECTOR_MODEL, VECTOR_LICENCE)
        return replace(
            drawn,
            picture="",  # it is drawn from the design
            media_type="image/svg+xml",
            design=found.design,
            credits=tuple(found.design["credits"]),
            shows=found.shows,
            warnings=found.warnings,
            painted=painter is not None,
            model=painter.model if painter else model,
            licence=painter.licence if painter else licence,
        )

    async def change(
        self, generation: Generation, drawn: CandidateRecord, patch: bytes, expected: Set[int] | None, deadline: float
    ) -> Revision:
        """Return the revision that a JSON merge patch makes of the current one; that itself if nothing changes.

        Args:
            expected: numbers of which that of the current revision must be one; None for any.
            deadline: a moment of the event loop's clock.

        Raises:
            InvalidDocument: the patch cannot be used; each fault with its place.
            StaleRevision: another revision is current.
            Conflict: no design can be made of the painting, or others change it all the time.
        """
        for last in (*[False] * (_ATTEMPTS - 1), True):
            current = await self.read(generation, drawn, deadline)
            _check(current, expected)
            made = await self._compute(
                generation, deadline, change_document, self._renderer.own_fonts, current.design, patch
            )
            if not made.changes:
                return current
            try:
                return await self._add(generation, drawn, current.revision, made)
            except StaleRevision:
                if expected is not None or last:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def restore(
        self, generation: Generation, drawn: CandidateRecord, revision: int, expected: Set[int] | None, deadline: float
    ) -> Revision:
        """Return a new revision with the design of an earlier one, so that undo leads back.

        Raises:
            StaleRevision, Conflict, NotFound: as `change` and `read` do.
        """
        current = await self.read(generation, drawn, deadline)
        _check(current, expected)
        wanted = await self.read(generation, drawn, deadline, revision)
        if wanted.design == current.design:
            return current
        made = await self._compute(
            generation, deadline, redraw_document, self._renderer.own_fonts, wanted.design, current.design
        )
        return await self._add(generation, drawn, current.revision, made)

    async def undo(
        self, generation: Generation, drawn: CandidateRecord, expected: Set[int] | None, deadline: float
    ) -> Revision:
        """Go back to the revision that the current one was made of, and return it.

        Raises:
            StaleRevision: another revision is current.
            Conflict: there is none.
        """
        now = await self._in_thread(self._store.undo, generation.id, drawn.number, expected)
        return await self.read(generation, drawn, deadline, now)

    async def redo(
        self, generation: Generation, drawn: CandidateRecord, expected: Set[int] | None, deadline: float
    ) -> Revision:
        """Go forward to the newest revision that was made of the current one, and return it.

        Raises:
            StaleRevision, Conflict: as `undo` does.
        """
        now = await self._in_thread(self._store.redo, generation.id, drawn.number, expected)
        return await self.read(generation, drawn, deadline, now)

    async def list_marks(
        self, generation: Generation, design: dict[str, Any], kind: str, limit: int, deadline: float
    ) -> list[MarkAlternative]:
        """Return up to `limit` other marks for a design of a generation, the best first.

        Raises:
            ServerBusy, DeadlineExceeded: there was no room, or not in time.
        """
        owner, fonts = (generation.owner, generation.weight), self._renderer.own_fonts
        work = partial(list_marks, fonts, generation.brief, design, kind, limit)
        return await self._renderer.compute(owner, Purpose.DOWNLOAD, _LIST_COST, deadline, work)

    async def list_types(
        self,
        generation: Generation,
        design: dict[str, Any],
        kind: TypeKind | None,
        limit: int,
        deadline: float,
        uploaded: Sequence[str] = (),
    ) -> list[TypeAlternative]:
        """Return up to `limit` other families for the name of a design of a generation, the best first.

        Args:
            uploaded: names of fonts that its owner uploaded, which come before all others.

        Raises:
            ServerBusy, DeadlineExceeded: there was no room, or not in time.
        """
        owner, fonts = (generation.owner, generation.weight), self._renderer.own_fonts
        work = partial(list_types, fonts, generation.brief, design, kind, limit, uploaded)
        return await self._renderer.compute(owner, Purpose.DOWNLOAD, _LIST_COST, deadline, work)

    async def draw(
        self, content: bytes, client: Principal, deadline: float, variant: Variant = Variant.COLOUR
    ) -> DrawnDocument:
        """Draw a design that a client holds, in a colouring.

        Raises:
            InvalidDocument: it cannot be drawn; each fault with its place.
            ServerBusy, DeadlineExceeded: there was no room, or not in time.
        """
        return await self._renderer.compute(
            (client.id, client.weight),
            Purpose.DOWNLOAD,
            _DRAW_COST,
            deadline,
            draw_document,
            self._renderer.own_fonts,
            content,
            variant,
        )

    async def render(self, content: bytes, spec: FileSpec, client: Principal, deadline: float) -> tuple[Drawn, bytes]:
        """Return the logo of a design that a client holds, and a file of it.

        Raises:
            InvalidDocument: it cannot be drawn; each fault with its place.
            InvalidBrief: there can be no such file, such as a transparent JPEG.
            ServerBusy, DeadlineExceeded: there was no room, or not in time.
        """
        made = await self.draw(content, client, deadline, spec.variant)
        svg, seed = PictureFormat.SVG.media_type, made.design["seed"]
        logo = Drawn(
            made.svg, svg, VECTOR_MODEL, seed, licence=VECTOR_LICENCE, credits=made.credits, design=made.design
        )
        return logo, await self._renderer.render_drawn((client.id, client.weight), logo, spec, deadline)

    async def _design_painting(self, generation: Generation, drawn: CandidateRecord, deadline: float) -> Revision:
        """Make the design of a painting, and keep it as revision 0.

        Raises:
            Conflict: the painting cannot be traced well; it says what there is instead.
            PictureMissing: the painting is gone.
        """
        key = generation.id, drawn.number
        if (reason := self._untraceable.get(key)) is not None:
            raise Conflict(reason)
        try:
            made = await self._renderer.design_painting(generation, drawn, deadline)
        except GenerationFailed as failure:
            told = f"{failure}; {_INSTEAD}"
            if isinstance(failure, Untraceable):
                self._untraceable[key] = told
            raise Conflict(told) from None
        self._renderer.keep(made.design, made.svg)
        first = _first(generation, made.design, made.shows, (*drawn.warnings, *made.warnings))
        return await self._in_thread(self._store.keep_first, *key, first)

    async def _add(self, generation: Generation, drawn: CandidateRecord, base: int, made: DrawnDocument) -> Revision:
        self._renderer.keep(made.design, made.svg)  # whoever changes a design looks at it next
        revision = Revision(0, base, made.design, made.changes, made.adapted, made.shows, made.warnings, time.time())
        return await self._in_thread(self._store.add, generation.id, drawn.number, base, revision)

    async def _compute(
        self, generation: Generation, deadline: float, work: Callable[P, T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        return await self._renderer.compute(
            (generation.owner, generation.weight), Purpose.ANSWER, _DRAW_COST, deadline, work, *arguments, **options
        )

    async def _in_thread(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        call = partial(copy_context().run, function, *arguments, **options)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _first(
    generation: Generation, design: dict[str, Any], shows: tuple[str, ...], warnings: tuple[str, ...]
) -> Revision:
    made = generation.finished_at or generation.created_at
    return Revision(0, 0, design, (), (), shows, warnings, made)


def _check(current: Revision, expected: Set[int] | None) -> None:
    if expected is not None and current.revision not in expected:
        raise StaleRevision(current.revision)
