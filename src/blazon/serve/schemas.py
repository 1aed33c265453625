"""A generation as clients see it: in answers, in server-sent events, in webhooks and on the command line."""

import json
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from blazon.brief import Brief, Palette, Unmet
from blazon.generation import CandidateRecord, Failure, Generation, Priority, Status, UnderstoodWish

PATH = "/v1/logos"


def file_path(identity: str, number: int | str, form: str) -> str:
    """Return where a candidate is as a file of the format `form`."""
    return f"{PATH}/{identity}/{number}.{form}"


def kit_path(identity: str, number: int) -> str:
    """Return where all files of a candidate are, as one zip."""
    return f"{PATH}/{identity}/{number}/kit.zip"


def first_of(brief: Brief, record: CandidateRecord) -> int:
    """Return the `first` with which a candidate is had alone, beside its seed: a painted one has a seed of its own."""
    return 0 if record.painted else brief.first + record.number


class FailureView(BaseModel):
    """Why there is no result."""

    code: str = Field(description="A stable word for programs, such as `generation_failed` or `deadline_exceeded`.")
    message: str = Field(description="A sentence for people.")
    param: str | None = Field(None, description="The field of the request that is at fault, if one is.")

    @classmethod
    def of(cls, failure: Failure) -> "FailureView":
        return cls(code=failure.code, message=failure.message, param=failure.field or None)


class CandidateView(BaseModel):
    """One finished logo."""

    model_config = ConfigDict(protected_namespaces=())

    number: int
    model: str = Field(description="Identifier of the model that drew it.")
    seed: int = Field(description="The same brief with this seed, this `first` and `n` 1 gives this logo alone.")
    first: int = Field(description="How many logos of the set come before it; 0 where it has a seed of its own.")
    licence: str = Field(description="Licence of the model.")
    credits: list[str] = Field(description="Lines that must be shown with the logo.")
    shows: list[str] = Field(
        description="What the mark depicts, in plain words; empty for a painted one, and for a name without a mark."
    )
    why: str = Field(description="Why it shows that, in a sentence.")
    warnings: list[str] = Field(
        description="What whoever uses it should know, such as `at 16 px its gaps close up: use the small drawing`."
    )
    svg: str = Field(description="Where it is as SVG: a path below the address of the server, see `PUBLIC_URL`.")
    png: str = Field(description="Where it is as PNG; add `?size=` for another size.")
    webp: str = Field(description="Where it is as WebP; add `?size=` for another size.")
    kit: str = Field(description="Where all of its files are, as one zip.")
    design: dict[str, Any] | None = Field(
        description="What a drawn logo follows from; null for a painted one: `GET …/design` makes it."
    )

    @classmethod
    def of(cls, generation: Generation, record: CandidateRecord) -> "CandidateView":
        identity = generation.id
        return cls(
            number=record.number,
            model=record.model,
            seed=record.seed,
            first=first_of(generation.brief, record),
            licence=record.licence,
            credits=list(record.credits),
            shows=list(record.shows),
            why=record.why,
            warnings=list(record.warnings),
            svg=file_path(identity, record.number, "svg"),
            png=file_path(identity, record.number, "png"),
            webp=file_path(identity, record.number, "webp"),
            kit=kit_path(identity, record.number),
            design=record.design,
        )


class WishView(BaseModel):
    """One wish that was understood."""

    kind: str = Field(description="Of what sort: `show`, `avoid`, `colours`, `no_colour`, `mood`, `style`, `mark` …")
    line: str = Field(description="All of it in words, as in `understood`.")
    text: str = Field(description="What is wished, without its kind.")
    field: str | None = Field(description="The field of a request that says the same outright, if there is one.")
    values: list[str] = Field(description="Its parts, in the words of the brief where they are known.")

    @classmethod
    def of(cls, wish: UnderstoodWish) -> "WishView":
        values = list(wish.values)
        return cls(kind=wish.kind, line=wish.line, text=wish.text, field=wish.field or None, values=values)


class UnmetView(BaseModel):
    """A wish that could not be met."""

    wish: str
    instead: str = Field(description="What was done instead.")

    @classmethod
    def of(cls, unmet: Unmet) -> "UnmetView":
        return cls(wish=unmet.wish, instead=unmet.instead)


class Timings(BaseModel):
    """Seconds; null for what has not ended yet."""

    queued: float | None
    drawn: float | None
    total: float | None

    @classmethod
    def of(cls, generation: Generation) -> "Timings":
        start, begun, end = generation.created_at, generation.started_at, generation.finished_at

        def between(earlier: float | None, later: float | None) -> float | None:
            return None if earlier is None or later is None else round(max(0.0, later - earlier), 4)

        return cls(queued=between(start, begun), drawn=between(begun, end), total=between(start, end))


class BriefView(BaseModel):
    """The brief as it was read: the fields of the request, with what stands in for those left out."""

    model_config = ConfigDict(protected_namespaces=())

    prompt: str
    brand_name: str
    slogan: str
    style: str | None
    palette: str | None
    layout: str | None
    show: list[str]
    avoid: list[str]
    letters: str
    established: str
    mark: str | None
    type: str | None
    case: str | None
    n: int
    first: int
    size: int
    engine: str
    model: str
    steps: int | None
    guidance: float | None
    negative_prompt: str = Field(description="What must not be painted; empty for what the model avoids by itself.")
    credit_allowed: bool
    own_font: str = Field(description="The uploaded font in which the name is to be set; empty for none.")
    keep: list[str] = Field(description="What its candidates keep of another logo; empty for what is no variation.")

    @classmethod
    def of(cls, brief: Brief) -> "BriefView":
        return cls(
            prompt=brief.prompt,
            brand_name=brief.brand_name,
            slogan=brief.slogan,
            style=brief.style,
            palette=_palette(brief.palette),
            layout=brief.layout,
            show=list(brief.show),
            avoid=list(brief.avoid),
            letters=brief.letters,
            established=brief.established,
            mark=brief.mark,
            type=brief.type,
            case=brief.case,
            n=brief.count,
            first=brief.first,
            size=brief.size,
            engine=brief.engine,
            model=brief.model,
            steps=brief.steps,
            guidance=brief.guidance,
            negative_prompt=brief.negative_prompt,
            credit_allowed=brief.credit_allowed,
            own_font=brief.own_font,
            keep=json.loads(brief.like)["keep"] if brief.like else [],
        )


class GenerationView(BaseModel):
    """A generation: what was asked for, how far it is, and what came of it."""

    model_config = ConfigDict(protected_namespaces=())

    id: str
    object: Literal["generation"] = "generation"
    status: Status
    progress: float = Field(description="Share of the candidates that are finished, 0 to 1.")
    brief: BriefView
    seed: int
    model: str
    priority: Priority
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime = Field(description="When it is removed.")
    deadline_at: datetime | None
    timings: Timings
    cached: bool = Field(description="Whether the candidates were taken from an equal generation.")
    estimated_wait: float | None = Field(None, description="Seconds until it is probably begun, while it waits.")
    queue_ahead: int | None = Field(
        None, description="How many logos are begun before its first, while it waits; told by `GET /v1/logos/{id}`."
    )
    understood: list[str] = Field(description="What the brief asks for, as it was understood: a wish each, in words.")
    wishes: list[WishView] = Field(description="The same with its parts, for programs; empty for old generations.")
    ignored: list[str] = Field(description="Words of the prompt that said nothing to anybody here.")
    unmet: list[UnmetView] = Field(description="Wishes that could not be met.")
    candidates: list[CandidateView]
    error: FailureView | None

    @classmethod
    def of(
        cls, generation: Generation, estimated_wait: float | None = None, queue_ahead: int | None = None
    ) -> "GenerationView":
        return cls(
            id=generation.id,
            status=generation.status,
            progress=round(generation.progress, 4),
            brief=BriefView.of(generation.brief),
            seed=generation.brief.seed,
            model=generation.model,
            priority=generation.priority,
            created_at=_moment(generation.created_at),
            started_at=_perhaps(generation.started_at),
            finished_at=_perhaps(generation.finished_at),
            expires_at=_moment(generation.expires_at),
            deadline_at=_perhaps(generation.deadline_at),
            timings=Timings.of(generation),
            cached=generation.cached,
            estimated_wait=None if estimated_wait is None else round(estimated_wait, 3),
            queue_ahead=queue_ahead,
            understood=list(generation.interpretation.understood),
            wishes=[WishView.of(one) for one in generation.interpretation.items],
            ignored=list(generation.interpretation.ignored),
            unmet=[UnmetView.of(one) for one in generation.unmet],
            candidates=[CandidateView.of(generation, record) for record in generation.candidates],
            error=FailureView.of(generation.failure) if generation.failure else None,
        )


def _palette(palette: Palette | str | None) -> str | None:
    if isinstance(palette, Palette):
        return palette.mood or ", ".join(palette.colours)
    return palette


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _perhaps(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
