"""Cut-outs of paintings for the server: made when the first file needs one, and kept for the files that follow."""

import threading
from concurrent.futures import Future
from typing import Final

from cachetools import LRUCache

from blazon.export.cutout import Cutout
from blazon.export.delivery import Master, cut_out_master
from blazon.serve.compute.pool import ComputePool

_NEWEST: Final = 4  # of four bytes a pixel each: whoever takes one file of a painting takes others


class Cutouts:
    """Cuts paintings out in compute processes, each once for all who need it. Threads may share it."""

    def __init__(self) -> None:
        self._kept: LRUCache[str, Future[Cutout]] = LRUCache(_NEWEST)
        self._lock = threading.Lock()

    def find(self, picture: str, master: Master, processes: ComputePool) -> Cutout:
        """Return the cut-out of a painting that is stored under a key; a failure is told to all who wait, and not kept.

        Raises:
            InvalidDesign, GenerationFailed: it is no picture, or takes too long.
        """
        with self._lock:
            found = self._kept.get(picture)
            mine = found is None
            cutout = self._kept[picture] = found or Future()
        if mine:
            try:
                cutout.set_result(processes.call(cut_out_master, master))
            except BaseException as error:
                with self._lock:
                    self._kept.pop(picture, None)
                cutout.set_exception(error)
                raise
        return cutout.result()
