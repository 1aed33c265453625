"""Models as `blazon models` shows them: as tables for people, as JSON for programs."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.text import Text

    from blazon.diffusion.catalogue.model_list import ListedModel
    from blazon.diffusion.files.recognition import ModelFile

_GB: Final = 1e9
_MB: Final = 1e6
_USES: Final = {True: "commercial use", False: "no commercial use", None: "use not known"}


def describe_size(size: int | None) -> str:
    """Return bytes in words, with units of a thousand."""
    if size is None:
        return "-"
    return f"{size / _GB:.1f} GB" if size >= _GB / 10 else f"{size / _MB:.1f} MB"


def describe_model(model: "ListedModel") -> dict[str, Any]:
    """Return a model as JSON."""
    spec, need = model.spec, model.memory
    return {
        "identifier": spec.source if spec.is_folder else spec.identifier,
        "name": spec.name,
        "configured": model.configured,
        "family": spec.family,
        "licence": spec.licence,
        "commercial_use": spec.commercial,
        "size_bytes": model.stored_bytes,
        "gpu_memory": None
        if need is None
        else {
            "best": need.best,
            "best_bytes": need.best_bytes,
            "least": need.least,
            "least_bytes": need.least_bytes,
        },
        "present": model.folder is not None and not model.problem,
        "folder": str(model.folder) if model.folder else None,
        "problem": model.problem,
    }


def describe_file(file: "ModelFile") -> dict[str, Any]:
    """Return a single file as JSON."""
    return {
        "path": str(file.path),
        "role": file.role,
        "kind": file.kind,
        "size_bytes": file.size,
        "problem": file.problem,
    }


def print_models(models: "list[ListedModel]") -> None:
    """Print a table of models; those of the settings have a star."""
    from rich.text import Text

    from blazon.cli import terminal

    heading = ("model", "family", "licence", "", "size", "GPU memory", "here")
    rows: list[list[str | Text]] = [[Text(word, "dim") for word in heading]]
    for model in models:
        spec = model.spec
        name = spec.source if spec.is_folder else spec.identifier
        rows.append(
            [
                f"{name}{' *' if model.configured else ''}",
                spec.family,
                spec.licence,
                Text(_USES[spec.commercial], "yellow" if spec.commercial is False else ""),
                describe_size(model.stored_bytes),
                model.memory.explain() if model.memory else "-",
                _describe_place(model),
            ]
        )
    terminal.stdout().print(terminal.columns(rows))


def _describe_place(model: "ListedModel") -> "str | Text":
    from rich.text import Text

    if model.problem:
        return Text(model.problem, "red")
    return str(model.folder) if model.folder else "no"


def print_files(files: "list[ModelFile]") -> None:
    """Print a table of single files."""
    from rich.text import Text

    from blazon.cli import terminal

    rows: list[list[str | Text]] = [[Text(word, "dim") for word in ("file", "what", "kind", "size", "")]]
    rows += [
        [str(file.path), file.role, file.kind, describe_size(file.size), Text(file.problem, "red")] for file in files
    ]
    console = terminal.stdout()
    console.print()
    console.print(terminal.columns(rows))
