"""The setting `LORAS`: which LoRA files there are. Imports no torch."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blazon.errors import InvalidSetting

LARGEST_SCALE: Final = 10.0

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")  # no dot: it becomes the name of a module
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """A LoRA as configured; `scale` is the one to draw with if a request names none."""

    name: str
    path: Path
    scale: float = 1.0


def parse_loras(text: str) -> tuple[LoraSpec, ...]:
    """Read the setting `LORAS`: `name=path:scale`, several with commas between; without a scale it is 1.

    Raises:
        InvalidSetting: an entry cannot be understood, or two have one name.
    """
    specs: dict[str, LoraSpec] = {}
    for entry in (part.strip() for part in text.split(",")):
        spec = _parse_entry(entry)
        if spec.name in specs:
            raise InvalidSetting(f"LORAS names two files {spec.name!r}; every name can be used once")
        specs[spec.name] = spec
    return tuple(specs.values())


def _parse_entry(entry: str) -> LoraSpec:
    name, equals, rest = (part.strip() for part in entry.partition("="))
    if not (name and equals and rest):
        raise InvalidSetting(
            f"LORAS={entry[:60]!r} cannot be understood; it takes name=path:scale, several with commas between"
        )
    if not _NAME.fullmatch(name.lower()):
        raise InvalidSetting(f"LORAS: {name[:60]!r} is no name; up to 32 letters, digits and _ - can be used")
    path, colon, number = rest.rpartition(":")
    if not colon or rest.lower().endswith(".safetensors"):
        path, number = rest, "1"
    if not _NUMBER.fullmatch(number) or abs(float(number)) > LARGEST_SCALE:
        raise InvalidSetting(
            f"LORAS: {number[:60]!r} is no scale of {name!r}; -{LARGEST_SCALE:g} to {LARGEST_SCALE:g} are"
        )
    if not path.lower().endswith(".safetensors"):
        raise InvalidSetting(f"LORAS: {path[-60:]!r} is not a .safetensors file; no other kind is loaded")
    return LoraSpec(name.lower(), Path(path).expanduser(), float(number))
