"""What every request for logos may say of the brief, whichever route it comes by.

Lengths and ranges of texts are checked by `Brief` alone; the limits here only tell clients about them.
"""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, StrictFloat, StrictInt
from pydantic_core import PydanticCustomError

from blazon.brief import (
    MAX_BRAND_NAME,
    MAX_CANDIDATES,
    MAX_LORAS,
    MAX_PALETTE_COLOURS,
    MAX_PROMPT,
    MAX_SEED,
    MAX_SLOGAN,
    MIN_PROMPT,
    Engine,
    LayoutKind,
    PaletteMood,
    Style,
)

_MOODS = ", ".join(PaletteMood)
_MOST_FIELDS: Final = 100
Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


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


class BriefFields(BaseModel):
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
            "seed": seed if self.seed is None else self.seed,
            "first": self.first or 0,
            "engine": self.engine or engine,
            "model": self.model or "",
            "loras": None if self.loras is None else tuple(self.loras.items()),
        }
