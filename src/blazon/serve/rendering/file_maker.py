"""How a file of a stored logo is made, in the thread that waits for the process that computes it."""

import json
from dataclasses import replace
from functools import partial
from typing import Final

import structlog

from blazon.brief import Brief
from blazon.cancellation import Cancellation
from blazon.design import Painter
from blazon.draw.font_files import FontSources
from blazon.errors import InvalidBrief, InvalidDesign, PictureMissing, StorageUnavailable
from blazon.export.delivery import FileSpec, Master, copies_master, measure_painting, png_series, render_file
from blazon.export.formats import PictureFormat
from blazon.export.imprint import Imprint
from blazon.export.provenance import Provenance
from blazon.file_metadata import Metadata
from blazon.generation import CandidateRecord, Generation
from blazon.kit.order import KitOrder
from blazon.painted_lockups import trace_master
from blazon.serve.compute.pool import ComputePool
from blazon.serve.rendering.cutouts import Cutouts
from blazon.serve.rendering.documents import design_master
from blazon.serve.rendering.drawings import Drawings, Look
from blazon.serve.rendering.kits import draw_kit
from blazon.serve.rendering.pdfs import PdfPage, draw_pdf
from blazon.serve.rendering.pool import Files
from blazon.serve.telemetry.metrics import Stage
from blazon.serve.telemetry.recorder import Telemetry
from blazon.store.pictures import PictureStore

log = structlog.stdlib.get_logger("blazon.serve")

PDF_TYPE: Final = "application/pdf"


class FileMaker:
    """Makes files of stored logos. Threads may share it."""

    def __init__(self, pictures: PictureStore, telemetry: Telemetry, imprint: Imprint, own_fonts: FontSources) -> None:
        self.drawings = Drawings(own_fonts)
        self._cutouts = Cutouts()
        self._pictures = pictures
        self._telemetry = telemetry
        self._imprint = imprint

    def make_file(
        self,
        generation: Generation,
        candidate: CandidateRecord,
        cancellation: Cancellation,
        *,
        spec: FileSpec,
        processes: ComputePool,
    ) -> Files:
        """Return a candidate as a picture or as SVG."""
        with self._telemetry.stage(Stage.RENDER, generation=generation.id, candidate=candidate.number):
            drawn = self._redraw(generation, candidate, spec, processes)
            master = drawn or self._read_master(generation, candidate, processes)
            cancellation.checkpoint()
            origin = _origin(generation, candidate)
            if copies_master(master, spec):  # which takes no time, and no process
                return (self._imprint.file(master, spec, origin),)
            if spec.format is PictureFormat.SVG and not master.drawn:
                brief, clear = _alone(generation, candidate), spec.background == "transparent"
                master = processes.call(trace_master, self.drawings.own_fonts, brief, master, clear=clear)
            elif not spec.whole and not master.drawn:
                cutout = self._cutouts.find(candidate.picture, master, processes)
                master = replace(master, content=b"", pixels=None, cutout=cutout)
                cancellation.checkpoint()
            return (self._imprint.file(master, spec, origin, partial(processes.call, render_file)),)

    def make_design(
        self, generation: Generation, candidate: CandidateRecord, cancellation: Cancellation, *, processes: ComputePool
    ) -> Files:
        """Return the design of a painting and its warnings as JSON, and the logo that it draws."""
        with self._telemetry.stage(Stage.RENDER, generation=generation.id, candidate=candidate.number):
            master = self._read_master(generation, candidate, processes)
            cancellation.checkpoint()
            brief, painter = _alone(generation, candidate), Painter(candidate.model, candidate.licence)
            made = processes.call(design_master, self.drawings.own_fonts, brief, master, painter)
            return json.dumps([made.design, made.warnings]).encode(), made.svg

    def make_kit(
        self,
        generation: Generation,
        candidate: CandidateRecord,
        cancellation: Cancellation,
        *,
        order: KitOrder,
        metadata: Metadata,
        painting: CandidateRecord | None,
        processes: ComputePool,
    ) -> Files:
        """Return the kit of a candidate as a zip."""
        with self._telemetry.stage(Stage.RENDER, generation=generation.id, candidate=candidate.number):
            origin = _origin(generation, candidate)
            order = replace(order, origin=self._imprint.tell(origin, metadata))
            if painting is not None:
                order = replace(order, painting=self._copy_painting(generation, painting, metadata, processes))
            cancellation.checkpoint()
            kit = processes.call(draw_kit, self.drawings.own_fonts, order)
            return (kit if metadata is Metadata.NONE else self._imprint.sign(kit, "application/zip", origin),)

    def make_pdf(
        self,
        generation: Generation,
        candidate: CandidateRecord,
        cancellation: Cancellation,
        *,
        page: PdfPage,
        processes: ComputePool,
    ) -> Files:
        """Return a candidate with a design as PDF."""
        with self._telemetry.stage(Stage.RENDER, generation=generation.id, candidate=candidate.number):
            cancellation.checkpoint()
            origin = _origin(generation, candidate)
            label = self._imprint.tell(origin, page.metadata)
            pdf = processes.call(draw_pdf, self.drawings.own_fonts, candidate.design or {}, page, label)
            return (pdf if page.metadata is Metadata.NONE else self._imprint.sign(pdf, PDF_TYPE, origin),)

    def _copy_painting(
        self, generation: Generation, painting: CandidateRecord, metadata: Metadata, processes: ComputePool
    ) -> bytes:
        """Return a painting as PNG in its own size; nothing if it is gone."""
        try:
            master = self._read_master(generation, painting, processes)
        except PictureMissing:
            log.warning("a kit lacks its painting, which is gone", generation=generation.id, candidate=painting.number)
            return b""
        spec = FileSpec(*measure_painting(master), metadata=metadata)
        return self._imprint.file(master, spec, _origin(generation, painting))

    def make_pngs(
        self,
        generation: Generation,
        candidate: CandidateRecord,
        cancellation: Cancellation,
        *,
        sizes: tuple[int, ...],
        processes: ComputePool,
    ) -> Files:
        """Return one picture of the largest size, resampled to PNGs of all sizes."""
        with self._telemetry.stage(Stage.RENDER, generation=generation.id, candidate=candidate.number):
            master = self._read_master(generation, candidate, processes)
            cancellation.checkpoint()
            copied = all(copies_master(master, FileSpec(size, size)) for size in sizes)
            render = png_series if copied else partial(processes.call, png_series)
            return self._imprint.series(master, sizes, _origin(generation, candidate), render)

    def _read_master(self, generation: Generation, candidate: CandidateRecord, processes: ComputePool) -> Master:
        brief, key = generation.brief, candidate.picture
        try:
            content = self._pictures.get(key)
        except PictureMissing:
            content = self._draw_again(generation, candidate, processes)
        return Master(content, candidate.media_type, brief.brand_name or brief.prompt, self._pictures.pixels(key))

    def _redraw(
        self, generation: Generation, candidate: CandidateRecord, spec: FileSpec, processes: ComputePool
    ) -> Master | None:
        """Return a candidate drawn as a file wants it; None where its picture in the store is what is wanted.

        Raises:
            InvalidBrief: it cannot be had in that layout, or has no design.
            InvalidDesign: this version cannot draw it, and there is no picture of it.
        """
        if candidate.design is None and spec.redrawn:
            raise InvalidBrief("layout" if spec.layout else "variant", "cannot be changed: this logo has no design")
        if candidate.design is None or (candidate.picture and not spec.redrawn and not spec.small):
            return None
        look = Look(spec.inner_side if spec.small else None, spec.variant, spec.layout)
        try:
            svg = self.drawings.draw(candidate.design, processes, look)
        except InvalidDesign as error:
            if spec.layout is not None:
                raise InvalidBrief("layout", str(error)) from None
            if spec.redrawn or not candidate.picture:
                raise
            return None  # the picture is there, and made smaller
        return Master(svg, PictureFormat.SVG.media_type, generation.brief.brand_name or generation.brief.prompt)

    def _draw_again(self, generation: Generation, candidate: CandidateRecord, processes: ComputePool) -> bytes:
        """Draw a candidate whose picture is gone from its design, and store it again.

        Raises:
            PictureMissing: it has no design, as it was painted, or this version cannot draw that any more.
        """
        gone = PictureMissing(f"the picture of candidate {candidate.number} is gone")
        if candidate.painted or candidate.design is None:
            raise gone
        try:
            content = self.drawings.draw(candidate.design, processes)
        except InvalidDesign:
            raise gone from None
        try:
            stored = self._pictures.put(content, candidate.media_type)
        except StorageUnavailable as problem:
            log.error("a missing picture was drawn again, but not stored", reason=str(problem))
            return content
        log.warning(
            "a missing picture was drawn again",
            generation=generation.id,
            candidate=candidate.number,
            same=stored == candidate.picture,
        )
        return content


def _alone(generation: Generation, candidate: CandidateRecord) -> Brief:
    """Return the brief of a painted candidate alone."""
    return replace(generation.brief, seed=candidate.seed, first=0, count=1)


def _origin(generation: Generation, candidate: CandidateRecord) -> Provenance:
    # Without the moment: the same brief and seed give the same bytes, whenever they are asked for.
    return Provenance.of(candidate, generation.brief.prompt, name=generation.brief.brand_name)
