"""Blazon draws logos from a brief.

    from blazon import Brief, generate

    for candidate in generate(Brief("a coffee roastery by the sea", brand_name="Northwind Coffee", seed=7)):
        print(candidate.design, len(candidate.svg), len(candidate.png(512)))

The names are loaded when they are first used, so that `import blazon` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blazon.brief import Brief, Engine, LayoutKind, LetterCase, MarkKind, Palette, PaletteMood, Style, TypeKind
    from blazon.design import Design
    from blazon.errors import BlazonError, InvalidBrief
    from blazon.language_model.reader import LanguageModel
    from blazon.manager import ModelManager
    from blazon.studio import Candidate, Studio, generate, read

__all__ = [
    "BlazonError",
    "Brief",
    "Candidate",
    "Design",
    "Engine",
    "InvalidBrief",
    "LanguageModel",
    "LayoutKind",
    "LetterCase",
    "MarkKind",
    "ModelManager",
    "Palette",
    "PaletteMood",
    "Studio",
    "Style",
    "TypeKind",
    "__version__",
    "generate",
    "read",
]

__version__: str

_HOMES = {
    "Brief": "brief",
    "Engine": "brief",
    "LayoutKind": "brief",
    "LetterCase": "brief",
    "MarkKind": "brief",
    "Palette": "brief",
    "PaletteMood": "brief",
    "Style": "brief",
    "TypeKind": "brief",
    "Design": "design",
    "BlazonError": "errors",
    "InvalidBrief": "errors",
    "LanguageModel": "language_model.reader",
    "ModelManager": "manager",
    "Candidate": "studio",
    "Studio": "studio",
    "generate": "studio",
    "read": "studio",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("blazon")
    if name in _HOMES:
        return getattr(import_module(f"blazon.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'blazon' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
