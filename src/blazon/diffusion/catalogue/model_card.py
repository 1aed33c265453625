"""The model card that lies in a model's folder: its licence, and the steps and guidance of its example. No torch.

A card is a README with YAML between two lines of dashes at its top
(https://huggingface.co/docs/hub/model-cards). It is written by anybody: whatever stands in it, reading it never fails,
and only its beginning is read.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from blazon.diffusion.catalogue import licences
from blazon.diffusion.catalogue.licences import Licence

_CARD: Final = "README.md"
_LICENCES: Final = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "LICENCE.md")
_MOST_CARD: Final = 512 << 10
_MOST_METADATA: Final = 64 << 10
_MOST_LICENCE: Final = 16 << 10
_MOST_STEPS: Final = 200
_MOST_GUIDANCE: Final = 30.0

_METADATA: Final = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_CODE: Final = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)
_STEPS: Final = re.compile(r"\bnum_inference_steps[\"']?\s*[=:]\s*(\d{1,4})\b(?!\.)")
_SCALES: Final = {
    name: re.compile(rf"\b{name}[\"']?\s*[=:]\s*(\d{{1,3}}(?:\.\d{{0,6}})?)(?![\w.])")
    for name in ("guidance_scale", "true_cfg_scale")
}


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a folder says of its model.

    Args:
        steps: of the example in the card; None if it has none.
        scales: of the same example, by the parameter's name.
    """

    licence: Licence
    steps: int | None
    scales: dict[str, float]


def read_card(folder: Path, name: str) -> CardFacts:
    """Return what the card and the licence in a folder say; never fails.

    Args:
        name: of the model: where a card has several examples, the one with this name in it counts.
    """
    card = _read_text(folder / _CARD, _MOST_CARD)
    texts = (_read_text(folder / file, _MOST_LICENCE) for file in _LICENCES)
    lying_there = next((licences.recognise(text) for text in texts if text), licences.UNKNOWN)
    steps, scales = _read_example(card, name)
    return CardFacts(licences.choose_strict(_read_licence(card), lying_there), steps, scales)


def _read_text(path: Path, most: int) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for
            return ""
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", errors="replace")
    except OSError:
        return ""


def _read_licence(card: str) -> Licence:
    found = _METADATA.match(card[:_MOST_METADATA])
    told = _parse(found.group(1)) if found else {}
    identifiers = told.get("license")
    if isinstance(identifiers, list):
        judged = {licences.judge(entry) for entry in identifiers if isinstance(entry, str)}
        if len(judged) == 1:
            return judged.pop()
        # Which of several holds, the card does not say.
        return licences.judge("other", " or ".join(sorted(licence.name for licence in judged)))
    if not isinstance(identifiers, str):
        return licences.UNKNOWN
    name = told.get("license_name")
    return licences.judge(identifiers, name if isinstance(name, str) else "")


def _parse(text: str) -> dict[str, Any]:
    try:
        # The base loader makes texts, lists and mappings only: no dates, no numbers, nothing of a tag's own.
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - see above, it is stricter than the safe one
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _read_example(card: str, name: str) -> tuple[int | None, dict[str, float]]:
    """Return steps and scales of the example that draws with the model."""
    blocks = [block for block in _CODE.findall(card) if _STEPS.search(block)]
    if not blocks:
        return None, {}
    wanted = re.compile(rf"[/\"']{re.escape(name)}[\"']", re.IGNORECASE)
    block = next((block for block in blocks if wanted.search(block)), blocks[0])
    scales = {key: float(found.group(1)) for key, pattern in _SCALES.items() if (found := pattern.search(block))}
    steps = next(int(found.group(1)) for found in (_STEPS.search(block),) if found)
    if not 1 <= steps <= _MOST_STEPS:
        return None, {}
    return steps, {key: scale for key, scale in scales.items() if scale <= _MOST_GUIDANCE}
