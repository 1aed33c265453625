"""Files of finished logos for clients: masters from the store, in the size and format that was asked for.

Rendering has threads of its own, as many as there are cores: the queue in front of the drawing threads does not wait
for it, and many downloads at once take their turn.
"""

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from PIL import Image

from blazon.export.raster import bitmap_of
from blazon.export.resample import resampled
from blazon.generation import CandidateRecord
from blazon.store.pictures import PictureStore


class Renderer:
    """Renders stored logos."""

    def __init__(self, pictures: PictureStore) -> None:
        self._pictures = pictures
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="render")

    async def pngs(self, candidate: CandidateRecord, sizes: Iterable[int]) -> dict[int, bytes]:
        """Return one picture of the largest size, resampled to PNGs of all of `sizes`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._pngs, candidate, tuple(sizes))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _pngs(self, candidate: CandidateRecord, sizes: tuple[int, ...]) -> dict[int, bytes]:
        content = self._pictures.get(candidate.picture)
        if candidate.painted:
            with Image.open(BytesIO(content)) as picture:
                return resampled(picture.convert("RGB"), sizes)
        return resampled(bitmap_of(content.decode(), max(sizes)).convert("RGB"), sizes)
