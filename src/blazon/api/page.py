"""The page for people who open the address of the server in a browser: `/`, and its files below `/studio`.

The addresses of the files have the version of them all in it, so that browsers keep them for a year and never mix
two versions. All addresses are relative: a proxy may serve Blazon below a path of its own.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from posixpath import dirname, join, normpath
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from blazon.api.authentication import ClientRoute
from blazon.api.logo_files import holds_tag
from blazon.api.security_headers import page_policy

router = APIRouter(route_class=ClientRoute)

_INDEX: Final = "index.html"
_MAIN: Final = "app/main.js"
_FOLDER: Final = "studio"
# What is served, by the end of the name; types for `tsc` and checksums are not.
_MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
_COMPRESSED: Final = ("jpg", "png", "webp", "woff2")
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
_LINK: Final = re.compile(rf'"{_FOLDER}/([^"]+)"')
_IMPORT: Final = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.[^"']+)["']|\bfrom["'](\.[^"']+)["']""", re.MULTILINE)
_GZIP: Final = re.compile(r"(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page. `compressed` is its content as gzip, None where that saves nothing."""

    content: bytes
    media_type: str
    tag: str
    compressed: bytes | None

    def answer(self, request: Request, caching: str, more: dict[str, str] | None = None) -> Response:
        """Return the file as `request` can take it, or 304 to a browser that has it."""
        headers = {"ETag": self.tag, "Cache-Control": caching, "Vary": "Accept-Encoding"} | (more or {})
        if holds_tag(request, self.tag):
            return Response(status_code=304, headers=headers)
        if self.compressed is None or not _takes_gzip(request):
            return Response(self.content, media_type=self.media_type, headers=headers)
        return Response(self.compressed, media_type=self.media_type, headers=headers | {"Content-Encoding": "gzip"})


@dataclass(frozen=True, slots=True)
class Page:
    """The page. `version` is a digest of all its files, `policy` the header that lets it run them and nothing else."""

    index: PageFile
    policy: dict[str, str]
    files: dict[str, PageFile]
    version: str


@cache
def load_page() -> Page:
    """Return the page as the package has it, read once."""
    contents = dict(_read_files(files("blazon").joinpath("page")))
    index = contents.pop(_INDEX).decode()
    version = hashlib.sha256(repr(sorted(contents.items())).encode()).hexdigest()[:16]
    html = _link_files(index, contents, f"{_FOLDER}/{version}")
    served = {name: _make_file(name, content) for name, content in contents.items()}
    return Page(_make_file(_INDEX, html.encode()), page_policy(html), served, version)


@router.get("/" + _FOLDER + "/{version}/{name:path}", include_in_schema=False)
async def page_file(version: str, name: str, request: Request) -> Response:
    """Return a file of the page. One of another version is asked for while servers of two versions take turns."""
    page = load_page()
    if name not in page.files:
        raise HTTPException(404)
    return page.files[name].answer(request, _FOR_A_YEAR if version == page.version else _ASK_EACH_TIME)


def answer_index(request: Request) -> Response:
    """Return the page itself."""
    page = load_page()
    return page.index.answer(request, _ASK_EACH_TIME, page.policy | {"Vary": "Accept, Accept-Encoding"})


def _read_files(folder: Traversable, below: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{below}{entry.name}"
        if entry.is_dir():
            yield from _read_files(entry, f"{name}/")
        elif entry.name.rpartition(".")[2] in _MEDIA_TYPES:
            yield name, entry.read_bytes()


def _make_file(name: str, content: bytes) -> PageFile:
    ending = name.rpartition(".")[2]
    small = None if ending in _COMPRESSED else gzip.compress(content, mtime=0)
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'  # weak: the same for both codings
    return PageFile(content, _MEDIA_TYPES[ending], tag, small if small and len(small) < len(content) else None)


def _link_files(index: str, contents: dict[str, bytes], folder: str) -> str:
    """Return the page with the addresses of its files, and with all modules named: they load at once, not in turn."""
    modules = _find_imports(_MAIN, contents)
    preloads = "".join(f'<link rel="modulepreload" href="{folder}/{name}">\n' for name in modules)
    return _LINK.sub(rf'"{folder}/\1"', index).replace("</head>", f"{preloads}</head>", 1)


def _find_imports(main: str, contents: dict[str, bytes]) -> list[str]:
    """Return all modules that one imports, directly or not, without those that are loaded when they are needed."""
    found = [main]
    for name in found:
        for imported in _IMPORT.finditer(contents.get(name, b"").decode()):
            path = normpath(join(dirname(name), imported[1] or imported[2]))
            if path not in found and path in contents:
                found.append(path)
    return found[1:]


def _takes_gzip(request: Request) -> bool:
    codings = ",".join(request.headers.getlist("accept-encoding")).split(",")
    return any(_GZIP.fullmatch(coding.strip()) for coding in codings)
