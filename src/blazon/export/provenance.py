"""Where a picture comes from, written into the picture: prompt, seed, model, licence, and that no person drew it.

One RDF description serves all formats: as an XMP packet in PNG, JPEG and WebP (XMP specification, part 3), as the
`metadata` element in SVG. Properties of the IPTC Photo Metadata Standard 2025.1 where it has one, else Dublin Core.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from blazon import __version__
from blazon.design import Painter
from blazon.draw.svg import escape_text, xml_safe

_LONGEST: Final = 500  # letters of what another program wrote
_NAMESPACES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "blazon": "urn:x-blazon:provenance#",
}


class DigitalSourceType(StrEnum):
    """How a picture came about, in the terms of https://cv.iptc.org/newscodes/digitalsourcetype/."""

    PAINTED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    DRAWN = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"


class Made(Protocol):
    """What is known of a finished logo, whether it was just drawn or comes from the store."""

    @property
    def seed(self) -> int: ...
    @property
    def model(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def credits(self) -> tuple[str, ...]: ...
    @property
    def painted(self) -> bool: ...
    @property
    def design(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a picture says about its origin.

    Args:
        prompt: what was asked for, without the words that Blazon adds; None where that is not told.
        seed: what repeats it.
        model, licence: who drew it, and the licence of that model.
        version: of Blazon.
        credits: lines that must be shown with the logo.
        digital_source_type: painted by a trained model, or drawn by rules.
        created: when the logo was drawn, with its time zone; None where equal briefs must give equal files.
        name: that the logo shows; empty for one without, or where it is not known.
    """

    prompt: str | None
    seed: int
    model: str
    licence: str
    version: str
    credits: tuple[str, ...]
    digital_source_type: DigitalSourceType
    created: datetime | None = None
    name: str = ""

    @classmethod
    def of(cls, logo: Made, prompt: str, created: datetime | None = None, name: str = "") -> "Provenance":
        """Return the origin of a logo that this version of Blazon made.

        One that was drawn around a painted mark is painted by what painted that.
        """
        painter = ((logo.design or {}).get("mark") or {}).get("painted_by")
        return cls(
            prompt=prompt,
            seed=logo.seed,
            model=painter["model"] if painter else logo.model,
            licence=painter["licence"] if painter else logo.licence,
            version=__version__,
            credits=logo.credits,
            digital_source_type=DigitalSourceType.PAINTED if logo.painted or painter else DigitalSourceType.DRAWN,
            created=created,
            name=name,
        )

    def without_prompt(self) -> "Provenance":
        return replace(self, prompt=None)

    @property
    def painted(self) -> bool:
        """Whether a trained model painted it."""
        return self.digital_source_type is DigitalSourceType.PAINTED

    @property
    def disclosure(self) -> str:
        """Say in words what the digital source type says."""
        return f"Painted by the AI model {self.model}" if self.painted else "Drawn by rules; no AI model painted it"

    @property
    def moment(self) -> str:
        """When the logo was drawn, as ISO 8601; empty if that is not told."""
        return self.created.isoformat(timespec="seconds") if self.created else ""


def rdf(provenance: Provenance) -> str:
    """Return a provenance as an `rdf:RDF` element. Characters that XML does not allow are dropped."""
    prompt = provenance.prompt
    properties = [
        "" if prompt is None else _language("dc:description", prompt),
        _language("dc:rights", provenance.licence),
        _bag("dc:contributor", provenance.credits),
        _text("xmp:CreatorTool", f"Blazon {provenance.version}"),
        _text("xmp:CreateDate", provenance.moment) if provenance.moment else "",
        _text("Iptc4xmpExt:DigitalSourceType", provenance.digital_source_type),
        *(_painting(provenance) if provenance.painted else ()),
        _text("blazon:disclosure", provenance.disclosure),
        _text("blazon:model", provenance.model),
        _text("blazon:seed", str(provenance.seed)),
    ]
    names = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in _NAMESPACES.items())
    return f'<rdf:RDF {names}><rdf:Description rdf:about="">{"".join(properties)}</rdf:Description></rdf:RDF>'


def _painting(provenance: Provenance) -> Iterator[str]:
    """Yield what the IPTC standard has for what an AI system made; a logo that was drawn has none of it."""
    yield _text("Iptc4xmpExt:AISystemUsed", provenance.model)
    if provenance.prompt is not None:
        yield _text("Iptc4xmpExt:AIPromptInformation", provenance.prompt)


def read_painter(xmp: str) -> Painter | None:
    """Return what painted a picture by its XMP packet; None if that does not say that a model did, or is no XMP."""
    try:
        root = ElementTree.fromstring(xmp.encode())  # noqa: S314 - expat guards against entity bombs
    except ElementTree.ParseError:
        return None
    if root.findtext(f".//{{{_NAMESPACES['Iptc4xmpExt']}}}DigitalSourceType") != DigitalSourceType.PAINTED:
        return None
    model = root.findtext(f".//{{{_NAMESPACES['Iptc4xmpExt']}}}AISystemUsed") or "that the file does not name"
    rights = root.findtext(f".//{{{_NAMESPACES['dc']}}}rights//{{{_NAMESPACES['rdf']}}}li") or ""
    return Painter(model[:_LONGEST], rights[:_LONGEST])


def xmp_packet(provenance: Provenance) -> bytes:
    """Return a provenance as an XMP packet, read-only and without padding: nobody edits it in place."""
    start, end = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>', '<?xpacket end="r"?>'
    return f'{start}<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf(provenance)}</x:xmpmeta>{end}'.encode()


def parameters(provenance: Provenance) -> str:
    """Return a provenance as text in the manner of image generators' `parameters`.

    The prompt comes first, if it is told, and the last line holds the rest, so that no prompt can pass for a value.
    """
    values = {
        "Seed": str(provenance.seed),
        "Model": provenance.model,
        "Version": f"Blazon {provenance.version}",
        "Licence": provenance.licence,
        "Origin": provenance.disclosure,
    } | ({"Created": provenance.moment} if provenance.moment else {})
    last = ", ".join(f"{name}: {_quote(xml_safe(value))}" for name, value in values.items())
    return last if provenance.prompt is None else f"{xml_safe(provenance.prompt)}\n{last}"


def _quote(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(char in value for char in ',:"\n\r') else value


def _escape(text: str) -> str:
    # A parser would read a bare carriage return as a line feed.
    return escape_text(text).replace("\r", "&#13;")


def _text(name: str, value: str) -> str:
    return f"<{name}>{_escape(value)}</{name}>"


def _language(name: str, value: str) -> str:
    """A text that XMP keeps by language."""
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{_escape(value)}</rdf:li></rdf:Alt></{name}>'


def _bag(name: str, values: Iterable[str]) -> str:
    items = "".join(_text("rdf:li", value) for value in values)
    return f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>" if items else ""
