"""Errors of a GPU after which the process cannot compute any more, told from those that end one request only."""

from typing import Final

import structlog
import torch

from blazon.diffusion.error_chain import walk_chain
from blazon.errors import BlazonError, EnginePoisoned, GenerationFailed

log = structlog.get_logger(__name__)

# What `cudaGetErrorString` says of the errors of which the CUDA runtime's documentation (Data types,
# cudaError_t: numbers 700, 702, 709, 710, 714 to 719, 214, 220, 999) says that "the process must be terminated and
# relaunched", or that the context, or the memory or link of the GPU, is broken. The runtime gives the same error again
# to every call that follows. Out of memory (2), no kernel image (209) and bad launch arguments (1, 9, 701) are
# not among them: the next call finds the device as it was.
_LASTING: Final = (
    "an illegal memory access was encountered",
    "the launch timed out and was terminated",
    "context is destroyed",
    "device-side assert triggered",
    "hardware stack error",
    "an illegal instruction was encountered",
    "misaligned address",
    "operation not supported on global/shared address space",
    "invalid program counter",
    "unspecified launch failure",
    "uncorrectable ecc error",
    "uncorrectable nvlink error",
    "unknown error",
)
# How torch ("CUDA error: ...", "CUDA driver error: ..."), its build for AMD and Triton ("Triton Error [CUDA]: ...")
# begin the messages that quote the runtime.
_QUOTES: Final = ("cuda error:", "cuda driver error:", "hip error:", "triton error [cuda]:", "triton error [hip]:")


def is_poisoned(error: BaseException) -> bool:
    """Whether `error`, or one that it was raised from, says that no later call to the GPU of this process can work."""
    return any(_is_lasting(link) for link in walk_chain(error))


def explain_failure(error: Exception, what: str) -> BlazonError:
    """Return what a request is to fail with, in place of whatever a model raised; log what nobody raises on purpose."""
    if isinstance(error, BlazonError):
        return error
    if is_poisoned(error):
        log.error("the GPU cannot be used by this process any more", exc_info=error)
        return EnginePoisoned(f"the process cannot draw any more: {_take_first_line(error)}")
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        log.warning("out of memory", exc_info=error)
        return GenerationFailed("no memory is left for the picture; ask for a smaller one")
    log.error(what, exc_info=error)
    return GenerationFailed(f"{what}: internal error ({type(error).__name__}: {_take_first_line(error)}), see the log")


def _is_lasting(error: BaseException) -> bool:
    # torch.AcceleratorError is a RuntimeError too.
    if not isinstance(error, RuntimeError):
        return False
    text = str(error).lower()
    return any(quote in text for quote in _QUOTES) and any(words in text for words in _LASTING)


def _take_first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
