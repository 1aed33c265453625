"""The setting `LORAS`: which LoRA files there are. Imports no torch."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blazon.diffusion.files.weights import read_header
from blazon.diffusion.loras.keys import parse_key
from blazon.diffusion.memory.footprint import Component
from blazon.errors import ModelUnavailable

LARGEST_SCALE: Final = 10.0

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """A LoRA as configured; `scale` is the one to draw with if a request names none.

    Args:
        problem: why the entry cannot be used; empty if it can be understood.
    """

    name: str
    path: Path
    scale: float = 1.0
    problem: str = ""


def parse_loras(text: str) -> tuple[LoraSpec, ...]:
    """Read the setting `LORAS`: `name=path:scale`, several with commas between; without a scale it is 1.

    An entry that cannot be understood has a `problem`, under its name as far as it has one: it stops no other.
    """
    specs: dict[str, LoraSpec] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        spec = _parse_entry(entry)
        if spec.name in specs:
            problem = f"LORAS names two files {spec.name!r}; every name can be used once"
            spec = replace(specs[spec.name], problem=problem)
        specs[spec.name] = spec
    return tuple(specs.values())


def find_problem(spec: LoraSpec) -> str:
    """Say why a LoRA cannot be used, as far as its file tells without a model; empty if it may be."""
    if spec.problem:
        return spec.problem
    if not spec.path.is_file():
        return f"there is no file {spec.path}; correct LORAS"
    try:
        read_header(spec.path)
    except ModelUnavailable as error:
        return str(error)
    return ""


def measure_loras(specs: Iterable[LoraSpec]) -> Component:
    """Return what the files hold together that can be used, as far as their headers tell without a model."""
    return Component.of(sum(count_numbers(spec.path) for spec in specs if not find_problem(spec)))


def count_numbers(path: Path) -> int:
    """Count the numbers that a LoRA keeps on the device beside its model, from the header of its file.

    Raises:
        ModelUnavailable: the file is missing or damaged.
    """
    layers: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for name, shape in read_header(path).shapes.items():
        key = parse_key(name)
        if key.factor and not key.text:
            layers[key.layer][key.factor] = shape
    return sum(map(_count_layer, layers.values()))


def _count_layer(factors: Mapping[str, tuple[int, ...]]) -> int:
    """Count what is kept of the factors of a layer: some of LyCORIS are multiplied out (see `files`)."""
    counts = {factor: math.prod(shape) for factor, shape in factors.items() if factor != "alpha"}
    for product in ("lokr_w1", "lokr_w2"):
        if (made := _multiply(factors, product)) is not None:
            counts[f"{product}_a"], counts[f"{product}_b"] = math.prod(made), 0
    one, other = _multiply(factors, "hada_w1"), _multiply(factors, "hada_w2")
    if one is not None and one == other:
        rank = factors["hada_w1_b"][0] * factors["hada_w2_b"][0]
        return min(rank * sum(one), math.prod(one))
    return sum(counts.values())


def _multiply(factors: Mapping[str, tuple[int, ...]], name: str) -> tuple[int, ...] | None:
    """Return the shape of the product of two factors; None if there are none such."""
    first, second = factors.get(f"{name}_a"), factors.get(f"{name}_b")
    return (first[0], second[1]) if first and second and len(first) == len(second) == 2 else None


def _parse_entry(entry: str) -> LoraSpec:
    name, _, rest = (part.strip() for part in entry.partition("="))
    path, colon, number = rest.rpartition(":")
    if not colon or rest.lower().endswith(".safetensors"):
        path, number = rest, "1"
    problem = _find_problem(entry, name, rest, path, number)
    if problem:
        return LoraSpec(name.lower()[:60] or entry[:60], Path(path), problem=problem)
    return LoraSpec(name.lower(), Path(path).expanduser(), float(number))


def _find_problem(entry: str, name: str, rest: str, path: str, number: str) -> str:
    if not (name and rest):
        return f"LORAS={entry[:60]!r} cannot be understood; it takes name=path:scale, several with commas between"
    if not _NAME.fullmatch(name.lower()):
        return f"LORAS: {name[:60]!r} is no name; up to 32 letters, digits and _ - can be used"
    if not _NUMBER.fullmatch(number) or abs(float(number)) > LARGEST_SCALE:
        return f"LORAS: {number[:60]!r} is no scale of {name!r}; -{LARGEST_SCALE:g} to {LARGEST_SCALE:g} are"
    if not path.lower().endswith(".safetensors"):
        return f"LORAS: {path[-60:]!r} is not a .safetensors file; no other kind is loaded"
    return ""
