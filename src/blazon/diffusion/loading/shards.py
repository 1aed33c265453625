"""Reading the shards of a model: all at a time, and without progress bars of the libraries."""

import importlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

_READERS: Final = 4


def read_ahead(files: Iterable[Path]) -> None:
    """Ask the system to read files into its cache, all at a time, while the first is being loaded."""
    if not hasattr(os, "posix_fadvise"):
        return
    readers = ThreadPoolExecutor(_READERS, thread_name_prefix="blazon-read")
    for path in files:
        readers.submit(_advise, path)
    readers.shutdown(wait=False)


def _advise(path: Path) -> None:
    with suppress(OSError), path.open("rb") as file:  # only a hint: reading for real reports what is wrong
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)


@contextmanager
def load_shards_in_parallel() -> Iterator[None]:
    """Let diffusers load the shards of a model in several threads; transformers does so by itself.

    diffusers reads HF_ENABLE_PARALLEL_LOADING when it is imported, which may have been long ago.
    """
    modeling_utils: Any = importlib.import_module("diffusers.models.modeling_utils")
    usual = getattr(modeling_utils, "HF_ENABLE_PARALLEL_LOADING", None)
    if usual is None:
        yield
        return
    modeling_utils.HF_ENABLE_PARALLEL_LOADING = True
    try:
        yield
    finally:
        modeling_utils.HF_ENABLE_PARALLEL_LOADING = usual


@contextmanager
def silence_progress_bars() -> Iterator[None]:
    """Keep the libraries' progress bars off the terminal; ours is in the log."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    active = [part for part in (diffusers_logging, transformers_logging) if part.is_progress_bar_enabled()]
    for part in active:
        part.disable_progress_bar()
    try:
        yield
    finally:
        for part in active:
            part.enable_progress_bar()
