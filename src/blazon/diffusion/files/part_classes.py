"""The classes that a `model_index.json` names, found in diffusers and transformers, and the packages that they lack.

Both libraries put a stand-in where a class needs a package that is not installed; it names those in `_backends`.
"""

import ast
import importlib
import importlib.util
import inspect
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.files.pipeline_index import PartEntry
from blazon.errors import ModelUnavailable

# Names of the libraries for packages, where pip or Python calls them otherwise.
_MODULES: Final = {"vision": "PIL", "opencv": "cv2", "pillow": "PIL", "protobuf": "google.protobuf"}
_PIP_NAMES: Final = {
    "vision": "pillow",
    "PIL": "pillow",
    "opencv": "opencv-python-headless",
    "cv2": "opencv-python-headless",
    "note_seq": "note-seq",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "google": "protobuf",
}
_REQUIRED: Final = re.compile(r"requires? (?:the )?`?([A-Za-z][\w-]*)`? (?:library|package)")
_ASKED: Final = re.compile(r"to install `?([A-Za-z][\w-]*)`? if you")
_GUARD: Final = re.compile(r"is_(\w+)_available\(\)")
_ADVISED: Final = re.compile(r"pip install (?:-U |--upgrade )?['\"`]?([A-Za-z][\w.-]*)")


@dataclass(frozen=True, slots=True)
class PartSite:
    """A part to be loaded.

    Args:
        model: its name, for errors.
        part: its name in `model_index.json`.
        kind: its class.
        folder: where its files lie.
    """

    model: str
    part: str
    kind: Any
    folder: Path

    def __str__(self) -> str:
        return f"{self.model}: its {self.part} ({self.kind.__name__})"


def find_pipeline_class(name: str, kind: str) -> Any:
    """Return a pipeline's class.

    Args:
        name: of the model, for errors.

    Raises:
        ModelUnavailable: diffusers has none of that name, or it needs a package.
    """
    from diffusers import DiffusionPipeline

    found = _find(name, "its pipeline", "diffusers", kind)
    # The base class and those that choose a pipeline by themselves name none.
    if not isinstance(found, type) or not issubclass(found, DiffusionPipeline) or found is DiffusionPipeline:
        raise ModelUnavailable(
            f"{name}: model_index.json names {kind}, which is no class of a pipeline that draws; take model_index.json "
            "from the model's page"
        )
    return found


def find_part_class(name: str, part: str, entry: PartEntry) -> Any:
    """Return the class of a part of the model `name`.

    Raises:
        ModelUnavailable: the library has none of that name, or it needs a package.
    """
    own = entry.library not in ("diffusers", "transformers")
    module = f"diffusers.pipelines.{entry.library}" if own else entry.library
    return _find(name, f"its {part}", module, entry.kind)


def _find(name: str, what: str, module: str, kind: str) -> Any:
    library = importlib.import_module(module)
    found = getattr(library, kind, None) or getattr(library, _rename(module, kind), None)
    if found is None:
        package = module.partition(".")[0]
        version = importlib.import_module(package).__version__
        raise ModelUnavailable(
            f"{name}: {what} is a {kind}, which {package} {version} does not have; pip install --upgrade {package}, "
            "or look at model_index.json"
        )
    lacking = list_lacking_packages(found)
    if lacking:
        raise ModelUnavailable(explain_lack(f"{name}: {what} ({kind})", lacking))
    return found


def _rename(module: str, kind: str) -> str:
    """Return what transformers calls a class today that it had under another name; diffusers knows those."""
    if module != "transformers":
        return kind
    loading = importlib.import_module("diffusers.pipelines.pipeline_loading_utils")
    remap = getattr(loading, "_maybe_remap_transformers_class", None)
    return (remap(kind) if remap else None) or kind


def list_lacking_packages(kind: Any) -> list[str]:
    """Return what a class needs and Python does not find, as pip calls it; nothing for a class that is one."""
    if type(kind).__name__ != "DummyObject":
        return []
    needed = [str(getattr(backend, "package_name", backend)) for backend in getattr(kind, "_backends", ())]
    lacking = [name for name in needed if not _is_installed(name)]
    return [_PIP_NAMES.get(name, name) for name in lacking or needed]


def find_lacking_package(error: BaseException) -> str | None:
    """Return the package that an error of an import asks for, as pip calls it; None if it does not tell."""
    told = str(error)
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    for found in (missing, *_REQUIRED.findall(told), *_ADVISED.findall(told), *_ASKED.findall(told)):
        name = (found or "").partition(".")[0] if found == missing else found or ""
        if name and not _is_installed(name.lower()) and not _is_installed(name):
            return _PIP_NAMES.get(name, name if found == missing else name.lower())
    return None


def find_guarded_package(error: NameError) -> str | None:
    """Return the package, as pip calls it, without which a module of diffusers has not imported a name that it uses.

    Where there is no telling, None.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    module = inspect.getmodule(frames[-1]) if frames else None
    if module is None or not module.__name__.startswith("diffusers."):
        return None
    for guard in ast.parse(inspect.getsource(module)).body:
        asked = isinstance(guard, ast.If) and _GUARD.fullmatch(ast.unparse(guard.test))
        if asked and error.name in {alias.asname or alias.name for alias in _list_imports(guard)}:
            package = asked[1]
            return None if _is_installed(package) else _PIP_NAMES.get(package, package)
    return None


def _list_imports(guard: ast.stmt) -> list[ast.alias]:
    imports = (node for node in ast.walk(guard) if isinstance(node, ast.Import | ast.ImportFrom))
    return [alias for node in imports for alias in node.names]


def explain_lack(what: str, packages: list[str]) -> str:
    """Return in one line that something needs packages, and how they come."""
    plural = "packages" if len(packages) > 1 else "package"
    return f"{what} needs the {plural} {', '.join(packages)}: pip install {' '.join(packages)}"


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(_MODULES.get(name, name.replace("-", "_"))) is not None
    except (ImportError, ValueError):
        return False
