"""The rich brief: the body of `POST /v1/logos`.

Lengths and ranges of texts are checked by `Brief` alone; the limits here only tell clients about them.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from blazon.brief import (
    MAX_BRAND_NAME,
    MAX_CANDIDATES,
    MAX_GUIDANCE,
    MAX_PALETTE_COLOURS,
    MAX_PROMPT,
    MAX_SEED,
    MAX_SIZE,
    MAX_SLOGAN,
    MAX_STEPS,
    MIN_PROMPT,
    MIN_SIZE,
    Brief,
    Engine,
    LayoutKind,
    PaletteMood,
    Style,
)
from blazon.generation import Priority

_DEFAULT_COUNT: Final = 4
_LONGEST: Final = 86_400
Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


class LogoBrief(BaseModel):
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

    prompt: str = Field(
        description="What the brand does and how it should feel. White space at both ends is stripped.",
        json_schema_extra={"minLength": MIN_PROMPT, "maxLength": MAX_PROMPT},
    )
    brand_name: str | None = Field(
        None,
        description=f"The name, set in real type; at most {MAX_BRAND_NAME} characters. Without it, marks are drawn.",
    )
    slogan: str | None = Field(
        None, description=f"A small second line; at most {MAX_SLOGAN} characters, needs a brand name."
    )
    style: Style | None = Field(None, description="The mood of type, treatment and colour; varied if not given.")
    palette: str | None = Field(
        None,
        description=(f"A mood ({', '.join(PaletteMood)}), or one to {MAX_PALETTE_COLOURS} colours by hex or CSS name."),
        examples=["ocean", "#0a4d68, sandybrown"],
    )
    layout: LayoutKind | None = Field(None, description="How mark and name stand together; all but symbol need a name.")
    n: Annotated[StrictInt, Field(ge=1, le=MAX_CANDIDATES)] = Field(
        _DEFAULT_COUNT, description="How many candidates, each different."
    )
    seed: Annotated[StrictInt, Field(ge=0, le=MAX_SEED)] | None = Field(
        None, description="The same brief with the same seed gives the same logos; random if not given."
    )
    size: Annotated[StrictInt, Field(ge=MIN_SIZE, le=MAX_SIZE)] = Field(
        1024, description="Largest picture that is wanted, in pixels; a painted mark gets a resolution that fits."
    )
    engine: Engine | None = Field(None, description="Who draws; the server's setting `ENGINE` if not given.")
    model: str | None = Field(None, description="A model by its name in `GET /v1/models`; the default if not given.")
    steps: Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)] | None = Field(
        None, description="Denoising steps; for diffusion models only."
    )
    guidance: Annotated[Number, Field(ge=0, le=MAX_GUIDANCE)] | None = Field(
        None, description="How closely the picture follows the prompt; for diffusion models that take it."
    )
    negative_prompt: str | None = Field(
        None, description="What must not be painted; refused by models that cannot be told."
    )
    loras: dict[str, Number] | None = Field(
        None, max_length=8, description="Which of the server's LoRAs to paint with, each with its scale."
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

    def brief(self, *, seed: int, engine: Engine) -> Brief:
        """Return the brief of this request; `seed` and `engine` serve where it names none.

        Raises:
            InvalidBrief: a field cannot be used.
        """
        return Brief(
            self.prompt,
            brand_name=self.brand_name or "",
            slogan=self.slogan or "",
            style=self.style,
            palette=self.palette,
            layout=self.layout,
            count=self.n,
            seed=seed if self.seed is None else self.seed,
            size=self.size,
            engine=self.engine or engine,
            model=self.model or "",
            steps=self.steps,
            guidance=self.guidance,
            negative_prompt=self.negative_prompt or "",
            loras=None if self.loras is None else tuple(self.loras.items()),
            credit_allowed=self.credit_allowed,
        )
