"""What else a logo could have: `/v1/logos/{id}/{n}/design/alternatives` for its mark and `…/typefaces` for its name."""

import asyncio
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Designs, Fonts
from blazon.api.designs import DESIGN_PATH, KnownLogo, WantedRevision
from blazon.api.reference import MISSING, REFUSED, UNDESIGNED, answers
from blazon.brief import TypeKind

router = APIRouter(route_class=ClientRoute)

_MOST_MARKS: Final = 48
_MOST_TYPES: Final = 48


class MarkView(BaseModel):
    """Another mark for a logo."""

    rank: int = Field(description="Its place, counted from 0; the best first.")
    kind: str
    shows: list[str]
    credits: list[str] = Field(description="Lines that must be shown with it.")
    patch: dict[str, Any] = Field(description="What to send as `PATCH` to the design, to have this mark.")
    svg: str = Field(description="The mark alone, in the colours of the logo: a small SVG document.")


class MarkList(BaseModel):
    """Other marks for a logo, the best first."""

    revision: int = Field(description="The revision that they are for.")
    data: list[MarkView]


class TypeView(BaseModel):
    """Another family for the name of a logo."""

    rank: int = Field(description="Its place, counted from 0; the best first.")
    family: str
    kinds: list[str] = Field(description="What it is, such as `serif`.")
    patch: dict[str, Any] = Field(description="What to send as `PATCH` to the design, to set the name in it.")
    svg: str = Field(description="The name alone in it, in the colours of the logo: a small SVG document.")


class TypeList(BaseModel):
    """Other families for the name of a logo, the best first; none for a logo without a name."""

    revision: int = Field(description="The revision that they are for.")
    data: list[TypeView]


@router.get(
    f"{DESIGN_PATH}/alternatives",
    tags=["designs"],
    summary="List other marks for a design",
    responses=answers(REFUSED, MISSING, UNDESIGNED),
)
async def list_alternatives(
    logo: KnownLogo,
    request: Request,
    designs: Designs,
    deadline: Deadline,
    kind: Annotated[
        Literal["symbol", "letterform", "geometric"] | None, Query(description="Only marks of this kind.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_MARKS, description="How many at most.")] = 12,
    revision: WantedRevision = None,
) -> MarkList:
    """Return marks that fit the brief of a logo, ranked, each with a small picture; the same at every call."""
    current = await while_connected(request, designs.read(*logo, deadline, revision))
    found = await while_connected(request, designs.list_marks(logo[0], current.design, kind or "", limit, deadline))
    views = [
        MarkView(
            rank=rank,
            kind=one.kind,
            shows=list(one.shows),
            credits=list(one.credits),
            patch=one.patch,
            svg=one.svg,
        )
        for rank, one in enumerate(found)
    ]
    return MarkList(revision=current.revision, data=views)


@router.get(
    f"{DESIGN_PATH}/typefaces",
    tags=["designs"],
    summary="List other type for a design",
    responses=answers(REFUSED, MISSING, UNDESIGNED),
)
async def list_typefaces(
    logo: KnownLogo,
    request: Request,
    designs: Designs,
    fonts: Fonts,
    deadline: Deadline,
    kind: Annotated[TypeKind | None, Query(description="Only families of this kind.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_TYPES, description="How many at most.")] = 12,
    revision: WantedRevision = None,
) -> TypeList:
    """Return families that can set the name of a logo, ranked, each with a sample of it; fonts of your own first."""
    own = [kept.font.name for kept in await asyncio.to_thread(fonts.list, logo[0].owner)]
    current = await while_connected(request, designs.read(*logo, deadline, revision))
    found = await while_connected(request, designs.list_types(logo[0], current.design, kind, limit, deadline, own))
    views = [
        TypeView(rank=rank, family=one.family, kinds=list(one.kinds), patch=one.patch, svg=one.svg)
        for rank, one in enumerate(found)
    ]
    return TypeList(revision=current.revision, data=views)
