"""The stages that a generation goes through, as metrics and traces name them."""

from enum import StrEnum


class Stage(StrEnum):
    """`draw` is all of one candidate; text, denoise and decode are what a diffusion engine does in it."""

    QUEUE = "queue"
    DRAW = "draw"
    TEXT = "text"
    DENOISE = "denoise"
    DECODE = "decode"
    STORE = "store"
    RENDER = "render"
