"""What files of a kit say of their origin: where a model painted the mark, so that machines can tell.

PNG, SVG and EPS get it here, PDF when it is written. An ICO has no place for it, nor has SVG Tiny PS, whose description
says it in words; `origin.xmp` says it of the whole kit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from blazon.export.formats import label_png
from blazon.export.provenance import Provenance, rdf, xmp_packet
from blazon.kit.eps_file import label_eps
from blazon.kit.kit_file import KitFile, slug_of
from blazon.kit.order import KitOrder

ORIGIN_FILE: Final = "origin.xmp"
_TINY: Final = "email/"
_DRAWABLE: Final = "/drawable/"
_TITLE_END: Final = "</title>\n"
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def disclose(order: KitOrder, files: Iterable[KitFile]) -> Iterator[KitFile]:
    """Yield the files of a kit, each with what it can say of its origin, and the files that are about that."""
    for file in files:
        yield replace(file, content=_label(file, order.label)) if order.label else file
    if order.origin is not None:
        use = "where the logo comes from, for machines (XMP); belongs to files that cannot say it themselves"
        yield KitFile(ORIGIN_FILE, xmp_packet(order.origin), use)
    if order.painting:
        path = f"painting/{slug_of(order.name)}-painting.png"
        yield KitFile(path, order.painting, "the painting that the mark was traced from, as the model made it")


def describe_origin(order: KitOrder) -> list[str]:
    """Return what README.txt says of the origin, a paragraph each."""
    if order.label is None:
        return [order.maker]
    return [
        order.maker,
        "PNG, SVG, PDF and EPS say so in their metadata (XMP, IPTC digital source type trainedAlgorithmicMedia), "
        "Android drawables in a comment, email/bimi.svg in its description. ICO files, fonts and texts have no place "
        f"for it: {ORIGIN_FILE} says it of the whole kit. In the European Union such pictures have to say so; leave "
        "the metadata in them.",
    ]


def _label(file: KitFile, label: Provenance) -> bytes:
    """Return the content of a file with what it says of its origin, where its format has a place for it."""
    path, content = file.path, file.content
    if path.endswith(".png"):
        return label_png(content, label)
    if path.endswith(".eps"):
        return label_eps(content, xmp_packet(label))
    if path.endswith(".svg") and not path.startswith(_TINY):
        return content.replace(_TITLE_END.encode(), f"{_TITLE_END}<metadata>{rdf(label)}</metadata>\n".encode(), 1)
    if path.endswith(".xml") and _DRAWABLE in path:
        words = f"{label.disclosure}; {label.digital_source_type}".replace("--", "-")
        return content.replace(_DECLARATION.encode(), f"{_DECLARATION}<!-- {words} -->\n".encode(), 1)
    return content
