"""The colours of a brand: their roles, and the values by which people and programs name them."""

from dataclasses import dataclass
from pathlib import Path

from coloraide import Color
from PIL import Image, ImageCms

from blazon.design import ColourScheme
from blazon.errors import InvalidSetting
from blazon.kit.order import ROLES


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour and the roles that it has: `mark`, `accent`, `tint`, `name`, `slogan`, `paper`."""

    colour: str
    roles: tuple[str, ...]

    @property
    def title(self) -> str:
        """The first role as a heading."""
        return self.roles[0].capitalize()


def list_swatches(colours: ColourScheme, shown: frozenset[str]) -> tuple[Swatch, ...]:
    """Return the colours of a scheme that are in a set, and its paper, each once, with its roles."""
    roles: dict[str, list[str]] = {}
    for role in ROLES:
        colour = getattr(colours, role)
        if colour in shown or role == "paper":
            roles.setdefault(colour, []).append(role)
    return tuple(Swatch(colour, tuple(names)) for colour, names in roles.items())


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Return the channels, 0 to 255, of `#rrggbb`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def oklch_text(colour: str) -> str:
    """Return a colour in OKLCH as CSS writes it (CSS Color 4, 9.4)."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return f"oklch({lightness:.1%} {chroma:.3f} {hue % 360 if chroma >= 0.0005 else 0:.1f})"


def lab_text(colour: str) -> str:
    """Return a colour in CIELAB under D50, as printers measure it."""
    lightness, a, b = Color(colour).convert("lab").coords(nans=False)
    return f"L* {lightness:.1f}  a* {_signed(a)}  b* {_signed(b)}"


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-0.0", "0.0").replace("-", "\u2212")


class CmykProfile:
    """An ICC profile of a press, by which colours are separated; there is no CMYK value without one.

    Args:
        path: the file.

    Raises:
        InvalidSetting: it cannot be read, or is not of CMYK.
    """

    def __init__(self, path: Path) -> None:
        try:
            profile = ImageCms.ImageCmsProfile(str(path))
        except (OSError, ImageCms.PyCMSError) as error:
            raise InvalidSetting(f"the ICC profile {path} cannot be read: {error}") from None
        if profile.profile.xcolor_space.strip() != "CMYK":
            raise InvalidSetting(f"{path} is a profile of {profile.profile.xcolor_space.strip()}, not of CMYK")
        self.name = ImageCms.getProfileDescription(profile).strip()
        self._transform = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"),
            profile,
            "RGB",
            "CMYK",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )

    def separate(self, colour: str) -> tuple[int, int, int, int]:
        """Return the inks for a colour, in percent."""
        pixel = Image.new("RGB", (1, 1), rgb_of(colour))
        inks = ImageCms.applyTransform(pixel, self._transform)
        assert inks is not None  # noqa: S101 - it was not asked to be done in place
        value = inks.getpixel((0, 0))
        assert isinstance(value, tuple)  # noqa: S101 - of a picture of four channels
        cyan, magenta, yellow, black = (round(part * 100 / 255) for part in value)
        return cyan, magenta, yellow, black
