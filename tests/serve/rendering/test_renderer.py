"""Files of stored logos, from a real store, on a real event loop; a gate in front of the store holds masters back."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from PIL import Image

from blazon.brief import Brief
from blazon.errors import DeadlineExceeded, PictureMissing, ServerBusy, StorageFull, StorageUnavailable
from blazon.export.delivery import FileSpec
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.generation import CandidateRecord, Drawn, Generation, new_id
from blazon.serve.compute.pool import ComputePool
from blazon.serve.rendering.renderer import Purpose, Renderer
from blazon.serve.telemetry.metrics import Metrics
from blazon.serve.telemetry.recorder import Telemetry
from blazon.store.pictures import PictureStore
from blazon.studio import Studio
from blazon.watching import Watch

WAIT = 60.0
SMALL = FileSpec(64, 64)


class GatedStore(PictureStore):
    """A store whose pictures come once a gate is open, and of which it is known how often they were asked for."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.gate = threading.Event()
        self.gate.set()
        self.reads = 0
        self.problem: Exception | None = None
        self.full = False

    def get(self, key: str) -> bytes:
        self.reads += 1
        assert self.gate.wait(WAIT)
        if self.problem is not None:
            raise self.problem
        return super().get(key)

    def put(self, content: bytes, media_type: str, pixels: Any = None) -> str:
        if self.full:
            raise StorageFull("full")
        return super().put(content, media_type, pixels)


@pytest.fixture
def store(tmp_path: Path) -> GatedStore:
    store = GatedStore.open("", tmp_path / "pictures")
    assert isinstance(store, GatedStore)
    return store


Work = Callable[[Renderer], Awaitable[Any]]


@pytest.fixture
def run(store: GatedStore) -> Callable[..., Any]:
    """Runs work with a renderer on an event loop."""

    def run(work: Work, places: int = 100, processes: ComputePool = ComputePool(0)) -> Any:  # noqa: B008
        async def go() -> Any:
            renderer = Renderer(store, Telemetry(Metrics()), Imprint(), processes, places=places)
            try:
                async with asyncio.timeout(WAIT):
                    return await work(renderer)
            finally:
                store.gate.set()
                renderer.close()

        return asyncio.run(go())

    return run


def drawn_logo(store: PictureStore, count: int = 1, seed: int = 3) -> Generation:
    """Return a generation of the vector engine, with its pictures in the store."""
    brief = Brief("a bakery by the sea", brand_name="Nord", seed=seed, count=count)
    drawn = [Studio.open().candidate(brief, number, Watch()) for number in range(count)]
    return _generation(brief, [_record(store, one, number) for number, one in enumerate(drawn)])


class CountingPool(ComputePool):
    """Calls here, and notes what was called."""

    def __init__(self) -> None:
        super().__init__(0)
        self.called: list[str] = []

    def call(self, work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self.called.append(work.__name__)
        return super().call(work, *arguments, **options)


def painted_logo(store: PictureStore) -> Generation:
    picture, painting = BytesIO(), Image.new("RGB", (64, 64), "white")
    painting.paste("teal", (16, 16, 48, 48))
    painting.save(picture, "PNG")
    drawn = Drawn(picture.getvalue(), "image/png", "a model", 1, painted=True)
    return _generation(Brief("a bakery"), [_record(store, drawn, 0)])


def _record(store: PictureStore, drawn: Drawn, number: int) -> CandidateRecord:
    key = PictureStore.put(store, drawn.content, drawn.media_type)
    about = (drawn.media_type, drawn.model, drawn.seed, drawn.painted, drawn.licence, drawn.credits, drawn.design)
    return CandidateRecord(number, key, *about, len(drawn.content), number + 1)


def _generation(brief: Brief, candidates: list[CandidateRecord]) -> Generation:
    return Generation(new_id(), "", brief, f"fingerprint of {brief}", 0.0, 1e12, candidates=tuple(candidates))


def deadline(seconds: float = WAIT) -> float:
    return asyncio.get_running_loop().time() + seconds


async def until(condition: Callable[[], Any]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_equal_files_are_rendered_once_for_all_who_ask(run, store):
    logo = drawn_logo(store)
    again = replace(logo, id=new_id())  # as one that was taken from the cache

    async def work(renderer: Renderer) -> None:
        store.gate.clear()
        asking = [
            asyncio.create_task(renderer.render_file(one, one.candidates[0], SMALL, Purpose.DOWNLOAD, deadline()))
            for one in (logo, again) * 30
        ]
        await until(lambda: store.reads)
        store.gate.set()
        assert len(set(await asyncio.gather(*asking))) == 1
        await renderer.render_file(again, again.candidates[0], SMALL, Purpose.ANSWER, deadline())
        assert store.reads == 1

    run(work)


def test_a_painting_in_its_own_size_takes_no_process(run, store):
    logo, processes = painted_logo(store), CountingPool()

    async def work(renderer: Renderer) -> None:
        await renderer.render_file(logo, logo.candidates[0], SMALL, Purpose.ANSWER, deadline())
        assert list(await renderer.render_pngs(logo, logo.candidates[0], (64,), deadline())) == [64]
        assert not processes.called
        await renderer.render_file(logo, logo.candidates[0], FileSpec(65, 65), Purpose.ANSWER, deadline())

    run(work, processes=processes)
    assert processes.called == ["render_file"]


def test_a_painting_is_cut_out_once_for_all_its_files(run, store):
    logo, processes = painted_logo(store), CountingPool()
    specs = [
        FileSpec(64, 64, background="transparent"),
        FileSpec(32, 32, PictureFormat.WEBP, "transparent"),
        FileSpec(96, 64),
        FileSpec(64, 64, padding=10),
    ]

    async def work(renderer: Renderer) -> None:
        for spec in specs:
            await renderer.render_file(logo, logo.candidates[0], spec, Purpose.ANSWER, deadline())

    run(work, processes=processes)
    assert processes.called == ["cut_out_master", *["render_file"] * len(specs)]


def test_a_failure_is_told_to_all_who_wait_and_not_kept(run, store):
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        store.gate.clear()
        store.problem = StorageUnavailable("the disk is away")
        asking = [
            asyncio.create_task(renderer.render_file(logo, logo.candidates[0], SMALL, Purpose.DOWNLOAD, deadline()))
            for _ in range(3)
        ]
        await until(lambda: store.reads)
        store.gate.set()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StorageUnavailable] * 3
        store.problem = None
        assert await renderer.render_file(logo, logo.candidates[0], SMALL, Purpose.DOWNLOAD, deadline())

    run(work)


def test_each_size_is_rendered_once(run, store):
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        pngs = await renderer.render_pngs(logo, logo.candidates[0], (64, 128, 64, 128), deadline())
        assert list(pngs) == [64, 128]
        for size, png in pngs.items():
            with Image.open(BytesIO(png)) as picture:
                assert picture.size == (size, size)

    run(work)


def test_a_file_larger_than_the_cache_is_delivered_all_the_same(run, store, monkeypatch):
    monkeypatch.setattr("blazon.serve.rendering.renderer._CACHE_BYTES", 10)
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        for _ in range(2):
            assert await renderer.render_file(logo, logo.candidates[0], SMALL, Purpose.DOWNLOAD, deadline())
        assert store.reads == 2

    run(work)


def test_an_answer_does_not_wait_behind_downloads(run, store):
    logo, other = drawn_logo(store), drawn_logo(store, seed=4)

    async def work(renderer: Renderer) -> None:
        store.gate.clear()
        downloads = [
            asyncio.create_task(
                renderer.render_file(logo, logo.candidates[0], FileSpec(64 + n, 64), Purpose.DOWNLOAD, deadline())
            )
            for n in range(50)
        ]
        await until(lambda: store.reads)
        before = store.reads
        answer = asyncio.create_task(renderer.render_pngs(other, other.candidates[0], (64,), deadline()))
        await until(lambda: store.reads > before)  # it began, while no download could go on
        store.gate.set()
        await asyncio.gather(answer, *downloads)

    run(work)


def test_an_answer_takes_a_file_out_of_the_queue_of_downloads(run, store):
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        store.gate.clear()

        def ask(width: int, purpose: Purpose) -> "asyncio.Task[bytes]":
            spec = FileSpec(width, 64)
            return asyncio.create_task(renderer.render_file(logo, logo.candidates[0], spec, purpose, deadline()))

        downloads = [ask(64 + number, Purpose.DOWNLOAD) for number in range(50)]
        await until(lambda: store.reads)
        before = store.reads
        answer = ask(64 + 49, Purpose.ANSWER)
        await until(lambda: store.reads > before)
        store.gate.set()
        assert await answer == await downloads[-1]
        await asyncio.gather(*downloads)
        assert store.reads == 50

    run(work)


def test_who_finds_no_place_is_told_when_to_come_again_and_nothing_remains(run, store):
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        store.gate.clear()
        asking = [
            asyncio.create_task(
                renderer.render_file(logo, logo.candidates[0], FileSpec(64 + n, 64), Purpose.DOWNLOAD, deadline())
            )
            for n in range(200)
        ]
        await until(lambda: any(task.done() for task in asking))
        store.gate.set()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, ServerBusy)]
        assert len(refused) >= 200 - 10 - 64
        assert all(1 <= error.retry_after <= 120 for error in refused)
        await until(lambda: not renderer._renderings)

    run(work, places=10)


def test_previews_that_find_no_place_or_come_too_late_are_left_out(run, store):
    logo, picture = drawn_logo(store), BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "PNG")

    async def work(renderer: Renderer) -> None:
        preview = await renderer.render_preview(logo, picture.getvalue(), SMALL, deadline())
        assert preview is not None
        with Image.open(BytesIO(preview)) as shown:
            assert shown.size == (64, 64)
        assert await renderer.render_preview(logo, picture.getvalue(), SMALL, deadline(-1)) is None

    run(work)


def test_a_preview_that_fails_leaves_a_traceback_and_nothing_else(run, store):
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        with structlog.testing.capture_logs() as lines:
            assert await renderer.render_preview(logo, b"no picture", SMALL, deadline()) is None
        assert [line["event"] for line in lines if line.get("exc_info")] == ["a preview could not be rendered"]

    run(work)


def test_a_deadline_that_is_over_is_over_at_once(run, store):
    logo = drawn_logo(store)

    async def work(renderer: Renderer) -> None:
        store.gate.clear()
        with pytest.raises(DeadlineExceeded):
            await renderer.render_file(logo, logo.candidates[0], SMALL, Purpose.DOWNLOAD, deadline(0.01))
        await until(lambda: not renderer._renderings)

    run(work)


def test_a_picture_that_is_gone_is_drawn_again_from_its_design_and_stored(run, store):
    logo = drawn_logo(store, count=2)
    record = logo.candidates[1]
    before = store.get(record.picture)
    store.remove([record.picture])

    async def work(renderer: Renderer) -> bytes:
        return await renderer.render_file(
            logo, record, FileSpec(64, 64, PictureFormat.SVG), Purpose.DOWNLOAD, deadline()
        )

    with structlog.testing.capture_logs() as lines:
        assert run(work).startswith(b"<svg ")
    assert store.get(record.picture) == before
    assert lines[-1]["event"] == "a missing picture was drawn again"
    assert lines[-1]["same"]


@pytest.mark.parametrize("size", [32, 512])
def test_what_has_to_be_drawn_for_a_file_is_drawn_in_a_process(run, store, monkeypatch, size: int):
    logo = drawn_logo(store)
    spec = FileSpec(size, size, PictureFormat.PNG)
    small = run(lambda renderer: renderer.render_file(logo, logo.candidates[0], spec, Purpose.DOWNLOAD, deadline()))
    store.remove([logo.candidates[0].picture])

    def draw_here(*_: object) -> None:
        raise AssertionError("it is drawn in the server's own process")

    monkeypatch.setattr(Studio, "redraw", draw_here)
    monkeypatch.setattr(Studio, "redraw_small", draw_here)
    with closing(ComputePool(1)) as processes:
        again = run(
            lambda renderer: renderer.render_file(logo, logo.candidates[0], spec, Purpose.DOWNLOAD, deadline()),
            processes=processes,
        )
    assert again == small


def test_a_picture_that_is_gone_is_shown_also_where_it_cannot_be_stored(run, store):
    logo = drawn_logo(store)
    store.remove([logo.candidates[0].picture])

    async def work(renderer: Renderer) -> bytes:
        store.gate.clear()
        asking = asyncio.create_task(
            renderer.render_file(logo, logo.candidates[0], SMALL, Purpose.DOWNLOAD, deadline())
        )
        await until(lambda: store.reads)
        store.full = True
        store.gate.set()
        return await asking

    with structlog.testing.capture_logs() as lines:
        assert run(work)
    assert lines[-1]["event"] == "a missing picture was drawn again, but not stored"


@pytest.mark.parametrize("design", [None, {"format": 0}])
def test_a_picture_that_is_gone_and_cannot_be_drawn_again_is_gone(run, store, design):
    logo = painted_logo(store) if design is None else drawn_logo(store)
    record = replace(logo.candidates[0], design=design)
    store.remove([record.picture])

    async def work(renderer: Renderer) -> None:
        with pytest.raises(PictureMissing, match="candidate 0 is gone") as told:
            await renderer.render_file(logo, record, SMALL, Purpose.DOWNLOAD, deadline())
        assert "/" not in str(told.value)

    run(work)
