"""The tools that give files: one of a logo, and the kit with all of them.

An agent looks at pictures and reads text; what is larger goes to where its user can take it. A process on the user's
own machine (stdio) writes it to a path. Elsewhere the kit is a resource: programs around agents read those over the
same connection, with the same key.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp_types import ResourceLink, ToolAnnotations
from pydantic import Field

from blazon.agents.api_client import Api, name_logo
from blazon.agents.tools import READS, LogoId, LogoNumber
from blazon.brief import MAX_SIZE, LayoutKind
from blazon.draw.artwork import Variant
from blazon.export.delivery import MAX_PADDING, SMALLEST_FILE
from blazon.file_metadata import Metadata

_ZIP: Final = "application/zip"
_KIT: Final = "blazon://logos/{id}/{number}/{revision}/kit.zip"
_KIT_SUFFIX: Final = ".zip"
_FORMS: Final = ("svg", "png", "webp", "jpeg")
_README: Final = "README.txt"

Size = Annotated[int, Field(ge=SMALLEST_FILE, le=MAX_SIZE, description="Side in pixels; up to 48 it is a favicon.")]
Background = Annotated[
    Literal["opaque", "transparent"] | None,
    Field(description="Whether it stands on its paper; if not given, black and white ones but JPEG do not."),
]
Padding = Annotated[int, Field(ge=0, le=MAX_PADDING, description="Per cent to leave free at each edge.")]
Colouring = Annotated[Variant, Field(description="The colouring; inverse is for dark ground.")]
OtherLayout = Annotated[LayoutKind | None, Field(description="Instead of the logo's own.")]
Revision = Annotated[int, Field(ge=0, description="Of its design; 0 is the logo as it was drawn.")]
Told = Annotated[Metadata, Field(description="What the file says of its origin; only `all` has the prompt.")]


def add_file_tools(server: MCPServer[Any], api: Api, *, local: bool) -> None:
    """Add the tools that give files to a server.

    Args:
        local: whether this process runs on the machine of whoever asks, and writes files there.
    """

    @server.tool(structured_output=False, annotations=READS)
    async def get_logo(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        number: LogoNumber = 0,
        format: Literal["svg", "png", "webp", "jpeg"] = "svg",  # noqa: A002 - as the API calls it
        size: Size = 1024,
        background: Background = None,
        padding: Padding = 0,
        variant: Colouring = Variant.COLOUR,
        layout: OtherLayout = None,
        revision: Revision = 0,
        metadata: Told = Metadata.ORIGIN,
    ) -> Any:
        """Return one candidate as a file: SVG as text, other formats as a picture.

        After change_design, give the `revision` that it told.
        """
        asked = _select(size, background, padding, variant, layout, revision, metadata)
        answer = await api.call(context, "GET", f"{name_logo(id, number)}.{format}", params=asked)
        return answer.text if format == "svg" else Image(data=answer.content, format=format)

    @server.tool(structured_output=False, annotations=READS)
    async def get_kit(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        number: LogoNumber = 0,
        revision: Revision = 0,
    ) -> list[Any]:
        """Make the kit of a logo, a zip of every file that it is needed in and its brand book, and say what is in it.

        Answers with the README of the kit and a link to the zip, which the program around you reads as a resource
        (resources/read). The kit of a logo that a model painted is that of its design, with the painting.
        """
        kit = await _fetch_kit(api, context, id, number, revision)
        place = _KIT.format(id=id, number=number, revision=revision)
        link = ResourceLink(
            type="resource_link", name="kit.zip", uri=place, mime_type=_ZIP, size=len(kit), title="Kit of the logo"
        )
        return [_read_readme(kit), link]

    @server.resource(_KIT, name="kit.zip", title="Kit of a logo", mime_type=_ZIP)
    async def read_kit(
        context: Context[Any, Any],
        id: str,  # noqa: A002 - as in the address
        number: str,
        revision: str,
    ) -> bytes:
        """All files of a logo in one zip; `revision` 0 is the logo as it was drawn."""
        try:
            return await _fetch_kit(api, context, id, number, revision)
        except ToolError as error:  # of any other kind than its own, the library tells who reads nothing
            raise ResourceError(str(error)) from None

    if local:
        _add_saving(server, api)


def _add_saving(server: MCPServer[Any], api: Api) -> None:
    @server.tool(
        structured_output=False,
        annotations=ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False),
    )
    async def save_logo(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        path: Annotated[
            str,
            Field(
                description="Where to write it, an absolute path of a new file. Its ending says what: .svg, .png, "
                ".webp, .jpeg, or .zip for the kit with all files and the brand book."
            ),
        ],
        number: LogoNumber = 0,
        size: Size = 1024,
        background: Background = None,
        padding: Padding = 0,
        variant: Colouring = Variant.COLOUR,
        layout: OtherLayout = None,
        revision: Revision = 0,
        metadata: Told = Metadata.ORIGIN,
    ) -> str:
        """Write one candidate, or its whole kit, to a file on the user's machine; files that are there stay.

        After change_design, give the `revision` that it told.
        """
        target = _check_target(path)
        if target.suffix.lower() == _KIT_SUFFIX:
            content = await _fetch_kit(api, context, id, number, revision, metadata)
            told = _read_readme(content)
        else:
            form = target.suffix.lower()[1:].replace("jpg", "jpeg")
            asked = _select(size, background, padding, variant, layout, revision, metadata)
            content = (await api.call(context, "GET", f"{name_logo(id, number)}.{form}", params=asked)).content
            told = ""
        try:
            with target.open("xb") as file:
                file.write(content)
        except OSError as error:
            raise ToolError(f"path: cannot be written: {error.strerror}; choose another one") from None
        return json.dumps({"path": str(target), "bytes": len(content)}) + (f"\n\n{told}" if told else "")


def _check_target(path: str) -> Path:
    """Return where a file is to be written, before anything is drawn for it.

    Raises:
        ToolError: nothing can be written there.
    """
    target = Path(path).expanduser()
    kinds = ", ".join(f".{form}" for form in _FORMS)
    if target.suffix.lower() not in {_KIT_SUFFIX, ".jpg", *(f".{form}" for form in _FORMS)}:
        raise ToolError(f"path: must end in one of {kinds}, or {_KIT_SUFFIX} for the kit")
    if not target.is_absolute():
        raise ToolError("path: must be absolute, such as /home/me/logo.svg; ask the user where to put it")
    if not target.parent.is_dir():
        raise ToolError(f"path: there is no folder {target.parent}; choose one that there is")
    if target.exists():
        raise ToolError("path: there is a file already, which stays; choose another name")
    return target


def _select(
    size: int,
    background: str | None,
    padding: int,
    variant: Variant,
    layout: LayoutKind | None,
    revision: int,
    metadata: Metadata,
) -> dict[str, Any]:
    """Return the parameters of a file for the API."""
    asked = {
        "size": size,
        "background": background,
        "padding": padding,
        "variant": variant,
        "layout": layout,
        "revision": revision,
        "metadata": metadata,
    }
    return {name: value for name, value in asked.items() if value is not None}


async def _fetch_kit(
    api: Api,
    context: Context[Any, Any],
    identity: str,
    number: int | str,
    revision: int | str,
    metadata: Metadata = Metadata.ORIGIN,
) -> bytes:
    place, asked = f"{name_logo(identity, number)}/kit.zip", {"revision": revision, "metadata": metadata}
    return (await api.call(context, "GET", place, params=asked)).content


def _read_readme(kit: bytes) -> str:
    """Return the text that says which file of a kit is for what."""
    with zipfile.ZipFile(io.BytesIO(kit)) as archive:
        name = next(one for one in archive.namelist() if one.endswith(f"/{_README}"))
        return archive.read(name).decode()
