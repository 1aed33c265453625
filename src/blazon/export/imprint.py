"""What the files of an installation carry beside the picture: where it comes from, and who signs for that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from blazon.errors import InvalidSetting
from blazon.export.credentials import Credentials
from blazon.export.delivery import FileSpec, Master, png_series, render_file
from blazon.export.formats import PictureFormat
from blazon.export.provenance import Provenance
from blazon.file_metadata import Metadata
from blazon.settings import Settings


class Signer(Protocol):
    """What signs files with content credentials."""

    def sign(self, content: bytes, media_type: str, provenance: Provenance) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Imprint:
    """Makes files that carry what an installation wants them to.

    Args:
        metadata: what files say at most about where they come from.
        signer: signs them, None for no one.
    """

    metadata: Metadata = Metadata.ALL
    signer: Signer | None = None

    @classmethod
    def configured(cls, settings: Settings) -> "Imprint":
        """Return what the settings ask for.

        Raises:
            InvalidSetting: certificate and key cannot be used, or only one of them is set.
        """
        return cls(settings.provenance, _signer(settings))

    def file(
        self, master: Master, spec: FileSpec, origin: Provenance, render: Callable[..., bytes] = render_file
    ) -> bytes:
        """Return a logo as a file.

        Args:
            render: does what `delivery.render_file` does, perhaps elsewhere.

        Raises:
            InvalidBrief, GenerationFailed, InvalidDesign: as `delivery.render_file` does.
        """
        content = render(
            master,
            width=spec.width,
            height=spec.height,
            format=spec.format,
            background=spec.background,
            quality=spec.quality,
            padding=spec.padding,
            dpi=spec.dpi,
            provenance=self.tell(origin, spec.metadata),
        )
        return content if spec.metadata is Metadata.NONE else self.sign(content, spec.format.media_type, origin)

    def series(
        self,
        master: Master,
        sizes: Sequence[int],
        origin: Provenance,
        render: Callable[..., tuple[bytes, ...]] = png_series,
    ) -> tuple[bytes, ...]:
        """Return one picture of the largest size, resampled to square PNG files of all of `sizes`.

        Args:
            render: does what `delivery.png_series` does, perhaps elsewhere.
        """
        pngs = render(master, sizes, self.tell(origin))
        return tuple(self.sign(png, PictureFormat.PNG.media_type, origin) for png in pngs)

    def tell(self, origin: Provenance, asked: Metadata = Metadata.ALL) -> Provenance | None:
        """Return what a file says of its origin where somebody asks for so much; None for nothing."""
        match self.metadata.limit(asked):
            case Metadata.ALL:
                return origin
            case Metadata.ORIGIN:
                return origin.without_prompt()
            case Metadata.NONE:
                return None

    def sign(self, content: bytes, media_type: str, origin: Provenance) -> bytes:
        """Return a file with content credentials, if this installation signs and they can be put into one of its type.

        Those are pictures, SVG, PDF and ZIP.
        """
        return self.signer.sign(content, media_type, origin) if self.signer else content


def _signer(settings: Settings) -> Signer | None:
    certificate, key = settings.c2pa_certificate, settings.c2pa_private_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise InvalidSetting("C2PA_CERTIFICATE and C2PA_PRIVATE_KEY go together; one of them is not set")
    return Credentials.open(certificate, key)
