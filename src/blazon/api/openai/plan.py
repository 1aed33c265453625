"""What of a request can be honoured, and how: model, size, quality and file. What cannot is refused by name."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from blazon.api.openai.requests import ImageRequest
from blazon.brief import MAX_SIZE, MAX_STEPS, MIN_SIZE, Brief, Engine, Style
from blazon.errors import InvalidBrief
from blazon.export.delivery import Background, FileSpec
from blazon.export.formats import PictureFormat
from blazon.models import ModelCard

Quality = Literal["low", "medium", "high", "xhigh", "max"]

_DALL_E: Final = re.compile(r"dall-e-[23]")
_STANDS_FOR_DEFAULT: Final = re.compile(rf"auto|{_DALL_E.pattern}|gpt-image-[a-z0-9.-]+|chatgpt-image-latest")
_SIZE: Final = re.compile(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})")
_AUTO_SIZE: Final = 1024
_SAME_AS: Final[dict[str, Quality]] = {"auto": "medium", "standard": "medium", "hd": "high"}
_STEPS: Final[dict[Quality, float]] = {"low": 0.5, "medium": 1, "high": 1.5, "xhigh": 2, "max": 3}
_LOSSY: Final = (PictureFormat.JPEG, PictureFormat.WEBP)
_NEVER: Final = {
    "complexity": "cannot be chosen: no model plans the image here; leave it out",
    "frame_count": "is for gif, which is not made here; leave it out",
    "frame_duration_ms": "is for gif, which is not made here; leave it out",
    "svg": "cannot be chosen: an svg is drawn or traced here, not written by a language model; leave it out",
}


class Unsupported(InvalidBrief):
    """A parameter has a meaning, and cannot be honoured here."""


class UnknownModel(InvalidBrief):
    """There is no model of this name."""

    def __init__(self, name: str, models: Sequence[ModelCard]) -> None:
        names = ", ".join(card.name for card in models)
        super().__init__("model", f"{name[:60]!r} does not exist here; there is {names}, or leave it out")


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """What a request comes down to.

    Args:
        spec: the file that is made of each image.
        quality: None where `steps` were asked for instead.
        partials: how many pictures of unfinished work are wanted for each image.
        linked: whether links are wanted instead of the images.
    """

    brief: Brief
    spec: FileSpec
    quality: Quality | None
    partials: int
    linked: bool
    end_user: str | None

    @property
    def size(self) -> str:
        return f"{self.spec.width}x{self.spec.height}"


def plan_images(
    wish: ImageRequest, models: Sequence[ModelCard], *, seed: int, engine: Engine, checked: bool
) -> ImagePlan:
    """Return what a request comes down to.

    Args:
        models: those of the server, the default first.
        seed, engine: serve where the request names none.
        checked: whether pictures are checked for nudity.

    Raises:
        InvalidBrief: a field cannot be used or honoured; the error names it.
    """
    _refuse(wish, checked=checked)
    asked, engine, card = _model(wish, models, wish.engine or engine)
    quality, steps = _quality(wish, card)
    spec = _file(wish)
    brief = Brief(
        wish.prompt,
        brand_name=wish.brand_name or "",
        slogan=wish.slogan or "",
        style=wish.style if isinstance(wish.style, Style) else None,
        palette=wish.palette,
        layout=wish.layout,
        **wish.list_wishes(),
        count=wish.n or 1,
        first=wish.first or 0,
        seed=seed if wish.seed is None else wish.seed,
        engine=engine,
        model=asked,
        size=min(spec.width, spec.height),
        steps=steps,
        guidance=wish.guidance,
        negative_prompt=wish.negative_prompt or "",
        credit_allowed=bool(wish.credit_allowed),
    )
    return ImagePlan(brief, spec, quality, wish.partial_images or 0, _wants_links(wish), wish.end_user)


def find_model(name: str, models: Sequence[ModelCard]) -> ModelCard:
    """Return the model that a name or identifier means.

    Raises:
        UnknownModel: it means none.
    """
    for card in models:
        if name in (card.name, card.identifier):
            return card
    if _STANDS_FOR_DEFAULT.fullmatch(name):
        return models[0]
    raise UnknownModel(name, models)


def _refuse(wish: ImageRequest, *, checked: bool) -> None:
    for name, why in _NEVER.items():
        if getattr(wish, name) is not None:
            raise Unsupported(name, why)
    if wish.moderation == "low" and checked:
        raise Unsupported("moderation", "cannot be lowered: this server checks pictures for nudity; ask for auto")
    if wish.partial_images and not wish.stream:
        raise Unsupported("partial_images", "are for streams; send stream: true with it")
    if wish.stream and wish.response_format == "url":
        raise Unsupported("response_format", "cannot be url in a stream, whose events carry the images; leave it out")
    if wish.stream and wish.output_format == "svg":
        raise Unsupported("output_format", "cannot be svg in a stream; ask for it without stream")


def _wants_links(wish: ImageRequest) -> bool:
    """Whether links are wanted: what the DALL-E models gave, and their clients read, if nothing was said of it."""
    if wish.response_format is None:
        return not wish.stream and _DALL_E.fullmatch(wish.model or "") is not None
    return wish.response_format == "url"


def _model(wish: ImageRequest, models: Sequence[ModelCard], engine: Engine) -> tuple[str, Engine, ModelCard]:
    """Return name, empty for the default, and engine for the brief, and the model that will draw."""
    drawing = next((card for card in models if not card.painted), models[0])
    chosen = find_model(wish.model or "auto", models)
    if wish.model not in (chosen.name, chosen.identifier):
        return "", engine, drawing if engine is Engine.VECTOR else chosen
    if wish.engine is Engine.VECTOR and chosen.painted:
        raise Unsupported(
            "engine", f"vector does not draw with {chosen.name}, a diffusion model; leave one of them out"
        )
    if wish.engine is Engine.FLUX and not chosen.painted:
        raise Unsupported("engine", f"flux does not paint with {chosen.name}; leave one of them out")
    return chosen.name, engine if chosen.painted else Engine.VECTOR, chosen


def _quality(wish: ImageRequest, card: ModelCard) -> tuple[Quality | None, int | None]:
    """Return the quality of the images, and the steps for it if they are not what the model takes anyway."""
    if not card.painted:
        if wish.quality in ("low", "medium"):
            raise Unsupported(
                "quality", f"cannot be {wish.quality}: the vector engine draws in high only; leave it out"
            )
        return "high", wish.steps  # which the engine refuses, with a reason
    asked = wish.quality or "auto"
    if wish.steps is not None:
        if asked != "auto":
            raise Unsupported("quality", "and steps both say how long to paint; send one of them")
        return None, wish.steps
    quality = _SAME_AS.get(asked) or _find_quality(asked)
    if quality == "medium":
        return quality, None
    if card.steps is None:
        raise Unsupported(
            "quality",
            f"cannot be {asked} with {card.name}, whose steps are not known here; send steps, or leave it out",
        )
    return quality, max(1, min(MAX_STEPS, math.floor(card.steps * _STEPS[quality] + 0.5)))


def _find_quality(quality: str) -> Quality:
    return next(one for one in _STEPS if one == quality)


def _file(wish: ImageRequest) -> FileSpec:
    if wish.output_format == "gif":
        raise Unsupported("output_format", "cannot be gif; ask for png, webp, jpeg or svg")
    form = PictureFormat(wish.output_format or PictureFormat.PNG)
    background: Background = "transparent" if wish.background == "transparent" else "opaque"
    if background == "transparent" and form is PictureFormat.JPEG:
        raise Unsupported("background", "cannot be transparent in a jpeg; ask for png, webp or svg")
    compression = 100 if wish.output_compression is None else wish.output_compression
    if form not in _LOSSY and compression != 100:
        raise Unsupported("output_compression", f"is for jpeg and webp; a {form} is never lossy; leave it out")
    width, height = _sides(wish.size or "auto")
    return FileSpec(width, height, form, background, compression)


def _sides(size: str) -> tuple[int, int]:
    if size == "auto":
        return _AUTO_SIZE, _AUTO_SIZE
    match = _SIZE.fullmatch(size)
    sides = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(MIN_SIZE <= side <= MAX_SIZE for side in sides):
        raise InvalidBrief(
            "size", f"{size[:40]!r} is neither auto nor WIDTHxHEIGHT with sides from {MIN_SIZE} to {MAX_SIZE} pixels"
        )
    return sides
