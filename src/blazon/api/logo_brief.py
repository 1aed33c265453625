"""The rich brief: the body of `POST /v1/logos`."""

from typing import Annotated, Final

from pydantic import ConfigDict, Field, StrictBool, StrictInt, model_validator

from blazon.api.brief_fields import BriefFields, Number, limit_fields
from blazon.brief import (
    MAX_CANDIDATES,
    MAX_GUIDANCE,
    MAX_SIZE,
    MAX_STEPS,
    MIN_SIZE,
    Brief,
    Engine,
)
from blazon.generation import Priority

_DEFAULT_COUNT: Final = 4
_LONGEST: Final = 86_400


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
        None, description="What must not be painted; refused by models that cannot be told."
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

    _limit = model_validator(mode="before")(limit_fields)

    def to_brief(self, *, seed: int, engine: Engine) -> Brief:
        """Return the brief of this request; `seed` and `engine` serve where it names none.

        Raises:
            InvalidBrief: a field cannot be used.
        """
        return Brief(
            **self.to_arguments(seed=seed, engine=engine),
            count=self.n,
            size=self.size,
            steps=self.steps,
            guidance=self.guidance,
            negative_prompt=self.negative_prompt or "",
            credit_allowed=self.credit_allowed,
        )
