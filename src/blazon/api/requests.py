"""What requests for logos say: their bodies, and the headers with which a client says how it wants to be served.

Lengths and ranges of texts are checked by `Brief` alone; the limits here only tell clients about them.
"""

import hashlib
import json
import re
from typing import Annotated, Any, Final, Literal

from fastapi import Request
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from blazon.brief import (
    DEFAULT_SIZES,
    MAX_BRAND_NAME,
    MAX_CANDIDATES,
    MAX_GUIDANCE,
    MAX_LORAS,
    MAX_PALETTE_COLOURS,
    MAX_PROMPT,
    MAX_SEED,
    MAX_SIZE,
    MAX_SIZES,
    MAX_SLOGAN,
    MAX_STEPS,
    MIN_PROMPT,
    MIN_SIZE,
    Brief,
    Engine,
    LayoutKind,
    LetterCase,
    MarkKind,
    PaletteMood,
    Style,
    TypeKind,
)
from blazon.draw.outline_mark import MAX_OUTLINE_TEXT
from blazon.errors import InvalidBrief, InvalidHeader
from blazon.field_checks import MAX_ESTABLISHED, MAX_LETTERS, MAX_THING, MAX_THINGS
from blazon.generation import Priority
from blazon.store.generations import Claim

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_MOST_LISTED: Final = 1000  # sizes in a request, with those that are dropped or come twice
_DEFAULT_COUNT: Final = 4
_LONGEST: Final = 86_400
_MOODS = ", ".join(PaletteMood)
_MOST_FIELDS: Final = 100
# No lengths: what comes twice counts once, and a text may hold commas.
_THINGS: Final = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}, {"type": "null"}]}
_DATE: Final = {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1, "maximum": 9999}, {"type": "null"}]}
_LARGEST_EXACT: Final = 2**53  # up to here every integer is a float
Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


def drop_unusable_wishes(value: Any) -> Any:
    """Return a JSON object without those of these fields that hold something else.

    For a route whose clients may have sent anything under these names, which was ignored, before they had a meaning.
    """
    if not isinstance(value, dict):
        return value
    return {name: held for name, held in value.items() if name not in WishFields.model_fields or _is_usable(name, held)}


def loosen_wishes(schema: dict[str, Any]) -> None:
    """Let a JSON schema say of these fields that anything is taken, as `drop_unusable_wishes` does."""
    for name in WishFields.model_fields:
        given = schema["properties"][name]
        schema["properties"][name] = {part: given[part] for part in ("title", "description") if part in given}


def _is_usable(name: str, held: Any) -> bool:
    try:
        Brief("any", **{name: held})
    except InvalidBrief:
        return False
    return True


def limit_fields(value: Any) -> Any:
    """Return a JSON object as it is; the validator of bodies whose unknown fields are refused, each by name.

    Raises:
        PydanticCustomError: it has so many fields that to name them would take longer than all else.
    """
    return _limit_length(value, _MOST_FIELDS, "fields")


def _limit_loras(value: Any) -> Any:
    return _limit_length(value, MAX_LORAS, "entries")  # pydantic counts them after it has looked at each


def _limit_length(value: Any, most: int, what: str) -> Any:
    if isinstance(value, dict) and len(value) > most:
        context = {"length": len(value), "most": most, "what": what}
        raise PydanticCustomError("too_long", "has {length} {what}; at most {most} are read", context)
    return value


class WishFields(BaseModel):
    """The fields that say outright what a prompt may say in words, and win over it; `Brief` checks what they hold."""

    show: Annotated[Any, WithJsonSchema(_THINGS)] = Field(
        None,
        description=(
            f"Things that must be seen, in plain words: a list or one text with commas, up to {MAX_THINGS} of up to "
            f"{MAX_THING} characters each."
        ),
        examples=[["fox", "honey jar"], "fox, honey jar"],
    )
    avoid: Annotated[Any, WithJsonSchema(_THINGS)] = Field(
        None, description="Things that must not be seen, written as in `show`; none may be in both."
    )
    letters: str | None = Field(
        None, description=f"What a monogram is to be made of, 1 to {MAX_LETTERS} letters.", examples=["RT"]
    )
    established: Annotated[Any, WithJsonSchema(_DATE)] = Field(
        None,
        description=f"A year or short date that is to be seen, at most {MAX_ESTABLISHED} characters.",
        examples=["Est. 1894"],
    )
    mark: MarkKind | None = Field(None, description="The kind of mark; chosen freely if not given.")
    type: TypeKind | None = Field(None, description="The kind of type; chosen freely if not given.")
    case: LetterCase | None = Field(None, description="How the name is set; chosen freely if not given.")

    def list_wishes(self) -> dict[str, Any]:
        """Return them as arguments of a `Brief`."""
        return {name: getattr(self, name) for name in WishFields.model_fields}


class BriefFields(WishFields):
    """The part of a brief that all routes share. Only `prompt` is needed."""

    prompt: str = Field(
        description="What the brand does and how it should feel. White space at both ends is stripped.",
        json_schema_extra={"minLength": MIN_PROMPT, "maxLength": MAX_PROMPT},
    )
    brand_name: str | None = Field(
        None,
        description=f"The name, set in real type; at most {MAX_BRAND_NAME} characters. Without it, a symbol is drawn.",
    )
    slogan: str | None = Field(
        None, description=f"A small second line; at most {MAX_SLOGAN} characters, needs a brand name."
    )
    style: Style | None = Field(None, description="The mood of type, treatment and colour; chosen freely if not given.")
    palette: str | None = Field(
        None,
        description=f"A mood ({_MOODS}), or one to {MAX_PALETTE_COLOURS} colours by hex or CSS name.",
        examples=["ocean", "#0a4d68, sandybrown"],
    )
    layout: LayoutKind | None = Field(None, description="How mark and name stand together; all but symbol need a name.")
    seed: Annotated[StrictInt, Field(ge=0, le=MAX_SEED)] | None = Field(
        None, description="The same request with the same seed gives the same logo; random if not given, see `X-Seed`."
    )
    first: Annotated[StrictInt, Field(ge=0, lt=MAX_CANDIDATES)] | None = Field(
        None,
        description="Leaves out as many logos of the set that the seed gives; 0 if not given. See the candidates.",
    )
    engine: Engine | None = Field(None, description="Who draws; the server's setting `ENGINE` if not given.")
    model: str | None = Field(
        None, description="Which of the server's diffusion models paints, by name; the vector engine has no use for it."
    )
    loras: Annotated[dict[str, Number] | None, BeforeValidator(_limit_loras)] = Field(
        None,
        json_schema_extra={"maxProperties": MAX_LORAS},
        description="Which of the server's LoRAs to paint with, each with its scale; all of them if not given.",
    )

    def to_arguments(self, *, seed: int, engine: Engine) -> dict[str, Any]:
        """Return the arguments of a `Brief`; `seed` and `engine` serve where the request names none."""
        return {
            "prompt": self.prompt,
            "brand_name": self.brand_name or "",
            "slogan": self.slogan or "",
            "style": self.style,
            "palette": self.palette,
            "layout": self.layout,
            **self.list_wishes(),
            "seed": seed if self.seed is None else self.seed,
            "first": self.first or 0,
            "engine": self.engine or engine,
            "model": self.model or "",
            "loras": None if self.loras is None else tuple(self.loras.items()),
        }


class OwnMarkPart(BaseModel):
    """What of a mark is in one ink: an outline in a square of 1000 units, filled by the non-zero rule."""

    model_config = ConfigDict(extra="forbid")

    ink: Literal["mark", "accent", "tint"]
    colour: str = Field(pattern="^#[0-9a-f]{6}$")
    data: str = Field(min_length=1, max_length=MAX_OUTLINE_TEXT, pattern="^M[-MLQCZ0-9., ]*$")


class OwnMark(BaseModel):
    """A mark of a user's own as outlines."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["outline"] = "outline"
    parts: list[OwnMarkPart] = Field(min_length=1, max_length=3)


def _describe_logo_request(schema: dict[str, Any]) -> None:
    schema["examples"] = [
        {"prompt": "a coffee roastery by the sea", "sizes": [256, 1024]},
        {
            "prompt": "a coffee roastery by the sea",
            "brand_name": "Northwind Coffee",
            "style": "classic",
            "palette": "#0a4d68, sandybrown",
            "layout": "stacked",
            "seed": 7,
        },
    ]
    loosen_wishes(schema)


class LogoRequest(BriefFields):
    """A wish for one logo. Only `prompt` is needed; fields that are not listed here are ignored.

    So is what cannot be used of `show`, `avoid`, `letters`, `established`, `mark`, `type` and `case`, which are newer.
    """

    model_config = ConfigDict(json_schema_extra=_describe_logo_request)

    sizes: list[StrictInt] | None = Field(
        None,
        max_length=_MOST_LISTED,
        description=(
            f"Pixel sizes of the pictures, {list(DEFAULT_SIZES)} if none is given. "
            f"Sizes outside {MIN_SIZE} to {MAX_SIZE} are dropped; at most {MAX_SIZES} different ones are made."
        ),
    )
    credit_allowed: StrictBool | None = Field(
        None,
        description="Whether a symbol may be used whose licence asks for credit, see `X-Credits`; not if not given.",
    )

    _newer = model_validator(mode="before")(drop_unusable_wishes)

    def to_brief(self, *, seed: int, engine: Engine, size: int) -> Brief:
        """Return the brief of this request; `seed` and `engine` serve where it names none.

        Raises:
            InvalidBrief: a field cannot be used.
        """
        given = self.to_arguments(seed=seed, engine=engine)
        return Brief(
            **given,
            count=1,
            size=size,
            credit_allowed=bool(self.credit_allowed),
            # The contract: without a brand_name there is no text in the picture.
            text_in_prompt=bool(given.get("brand_name")),
        )


class LogoBrief(BriefFields):
    """What is wanted. Only `prompt` is needed; a field that is not listed here is refused."""

    model_config = ConfigDict(
        extra="forbid",
        protected_namespaces=(),
        json_schema_extra={
            "examples": [
                {
                    "prompt": "a coffee roastery by the sea",
                    "brand_name": "Northwind Coffee",
                    "style": "classic",
                    "palette": "#0a4d68, sandybrown",
                    "n": 4,
                    "seed": 7,
                }
            ]
        },
    )

    n: Annotated[StrictInt, Field(ge=1, le=MAX_CANDIDATES)] = Field(
        _DEFAULT_COUNT, description="How many candidates, each different."
    )
    size: Annotated[StrictInt, Field(ge=MIN_SIZE, le=MAX_SIZE)] = Field(
        1024, description="Largest picture that is wanted, in pixels; a painted mark gets a resolution that fits."
    )
    steps: Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)] | None = Field(
        None, description="Denoising steps; for diffusion models only."
    )
    guidance: Annotated[Number, Field(ge=0, le=MAX_GUIDANCE)] | None = Field(
        None, description="How closely the picture follows the prompt; for diffusion models that take it."
    )
    negative_prompt: str | None = Field(
        None, description="What must not be painted; refused where it has no effect: see `abilities` of `/v1/models`."
    )
    credit_allowed: StrictBool = Field(
        True, description="Whether a symbol may be used whose licence asks for credit, see `credits` of the candidates."
    )
    priority: Priority = Field(Priority.NORMAL, description="Order among your own requests.")
    timeout: Annotated[Number, Field(gt=0, le=_LONGEST)] | None = Field(
        None,
        description=(
            "Seconds after which the generation expires; if not given, `REQUEST_TIMEOUT` for a request that is waited "
            "for and never for one with `Prefer: respond-async`."
        ),
    )
    webhook_url: str | None = Field(None, description="Where the end of the generation is posted to, signed.")
    previews: StrictBool = Field(
        False, description="Whether the events carry pictures of unfinished work, from models that can."
    )

    own_mark: OwnMark | None = Field(
        None,
        description=(
            "A mark of your own, the `mark` that `POST /v1/marks` made of a file; it stands in place of one that is "
            "drawn, in its own colours unless you give a `palette`."
        ),
    )

    own_font: str | None = Field(
        None,
        description=(
            "A font of your own, the `font` that `POST /v1/fonts` gave it; the name is set in it if it has all letters."
        ),
    )

    _limit = model_validator(mode="before")(limit_fields)

    def to_brief(self, *, seed: int, engine: Engine) -> Brief:
        """Return the brief of this request; `seed` and `engine` serve where it names none.

        Raises:
            InvalidBrief: a field cannot be used.
        """
        usual = engine if self.own_mark is None else Engine.AUTO  # which is drawn, whoever else paints here
        return Brief(
            **self.to_arguments(seed=seed, engine=usual),
            count=self.n,
            size=self.size,
            steps=self.steps,
            guidance=self.guidance,
            negative_prompt=self.negative_prompt or "",
            credit_allowed=self.credit_allowed,
            own_mark="" if self.own_mark is None else self.own_mark.model_dump_json(),
            own_font=self.own_font or "",
        )


async def claim(request: Request) -> Claim | None:
    """Read the `Idempotency-Key` header, with a digest of what the request that it stands for says.

    Raises:
        InvalidHeader: it is not 1 to 255 printable ASCII characters without spaces.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidHeader("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")
    place = request.scope["route"].path.format(**request.path_params)  # the same body may be about another logo
    digest = hashlib.sha256(f"{place}\n".encode() + canonicalize(await request.body()))
    return Claim(key, digest.hexdigest())


def canonicalize(body: bytes) -> bytes:
    """Return bytes that are the same for bodies that say the same: JSON, whatever its order, spaces and escapes.

    Numbers are equal as numbers are, up to 2**53, and a field that is null is one that is left out, as in all requests
    here. What is not JSON stands for itself.
    """
    try:
        content = json.loads(body, parse_float=_read_number)
    except (ValueError, RecursionError):
        return body
    if isinstance(content, dict):
        content = {name: value for name, value in content.items() if value is not None}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _read_number(text: str) -> float | int:
    number = float(text)
    # Beyond that no field has a meaning, and a few characters would become hundreds of digits.
    return int(number) if abs(number) < _LARGEST_EXACT and number.is_integer() else number


def uses_cache(request: Request) -> bool:
    """Whether a stored result may serve: unless `Cache-Control` says `no-cache` or `no-store`."""
    directives = {word.strip().lower() for word in request.headers.get("cache-control", "").split(",")}
    return not directives & {"no-cache", "no-store"}
