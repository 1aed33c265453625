"""Whether the parts that a `model_index.json` lists are what the class of the pipeline needs."""

import inspect
from collections.abc import Mapping
from typing import Any, Final, get_args, get_type_hints

import structlog
from torch import nn

from blazon.diffusion.files.part_classes import PartSite
from blazon.diffusion.files.pipeline_index import IMAGE_ENCODER, INDEX, PartEntry, PipelineIndex
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

# Share of a file's tensors that may be left over; more means that the configuration is of a smaller model.
_SPARE_SHARE: Final = 0.1


def check_parts(name: str, kind: Any, index: PipelineIndex) -> dict[str, PartEntry]:
    """Return the parts to load: those of the index that the pipeline takes and that drawing from text needs.

    Args:
        name: of the model, for errors.
        kind: class of the pipeline.

    Raises:
        ModelUnavailable: a part is missing without which the pipeline cannot draw.
    """
    required, optional = list_parameters(kind)
    for part in required:
        if part not in index.parts:
            raise ModelUnavailable(_explain_absence(name, part, kind, index))
    readers = [part for part in (*required, *optional) if part.startswith("text_encoder")]
    if readers and not any(part in index.parts for part in readers):
        raise ModelUnavailable(_explain_absence(name, readers[0], kind, index))
    needless = {IMAGE_ENCODER} & set(optional)
    taken = {*required, *optional} - needless
    return {part: entry for part, entry in index.parts.items() if part in taken}


def list_left_out(kind: Any, wanted: Mapping[str, PartEntry]) -> list[str]:
    """Return the optional parts of a pipeline that are not loaded."""
    return [part for part in list_parameters(kind)[1] if part not in wanted]


def list_parameters(kind: Any) -> tuple[list[str], list[str]]:
    """Return the names of the parts that a class of pipelines must have, and of those that it may have."""
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    optional = [part for part in getattr(kind, "_optional_components", []) if part in {p.name for p in parameters}]
    bare = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    return [part for part in bare if part not in optional], optional


def _explain_absence(name: str, part: str, kind: Any, index: PipelineIndex) -> str:
    how = "says null for" if part in index.absent else "does not name"
    return (
        f"{name}: {INDEX} {how} {part}, without which a {kind.__name__} cannot draw; "
        f"take {INDEX} and the folder {part} from the model's page, or choose another model"
    )


def check_denoisers(kind: Any, sites: Mapping[str, PartSite]) -> None:
    """Refuse what denoises if it is of a class that the pipeline does not call.

    Args:
        kind: class of the pipeline.
        sites: of what denoises.

    Raises:
        ModelUnavailable: which part it is, and which class is wanted.
    """
    hints = _read_hints(kind)
    for part, site in sites.items():
        wanted = hints.get(part, ())
        # diffusers loads the first transformers under their own classes of today.
        if not wanted or issubclass(site.kind, wanted) or site.kind.__name__ == "Transformer2DModel":
            continue
        raise ModelUnavailable(
            f"{site} is none that a {kind.__name__} draws with: it takes a "
            f"{' or a '.join(cls.__name__ for cls in wanted)}; {INDEX} or the folder {part} is of another model: "
            "take both from one model's page"
        )


def _read_hints(kind: Any) -> dict[str, tuple[type, ...]]:
    """Return the classes that a pipeline's constructor names for its parts, where all that it names are networks."""
    try:
        hints = get_type_hints(kind.__init__)
    except Exception:  # noqa: BLE001 - a hint that cannot be looked up: nothing is known of that pipeline
        return {}
    named = {part: get_args(hint) or (hint,) for part, hint in hints.items()}
    return {
        part: classes
        for part, classes in named.items()
        if all(isinstance(cls, type) and issubclass(cls, nn.Module) for cls in classes)
    }


def check_fit(site: PartSite, told: Mapping[str, Any], *, used: int | None = None) -> None:
    """Refuse a part of which some weights are not in its files: the libraries make those up.

    Args:
        told: `missing_keys`, `mismatched_keys` and `unexpected_keys`, as the libraries return them.
        used: how many tensors the part took; where it is given, files of which much is left over are refused too.

    Raises:
        ModelUnavailable: names the part, a tensor, and what helps.
    """
    missing, spare = sorted(told.get("missing_keys") or ()), sorted(told.get("unexpected_keys") or ())
    mismatched = sorted(told.get("mismatched_keys") or (), key=lambda entry: str(entry[0]))
    if mismatched:
        tensor, found, wanted = mismatched[0]
        raise misfit(site, f"{tensor} is {tuple(found)} in its files and {tuple(wanted)} by its config.json")
    if missing:
        raise misfit(site, f"its files lack {missing[0]}{_count_others(missing)} of a {site.kind.__name__}")
    if used is None or not spare:
        return
    if len(spare) > _SPARE_SHARE * (used + len(spare)):
        raise misfit(site, f"its files hold {spare[0]}{_count_others(spare)}, which its config.json knows nothing of")
    log.warning("tensors of a part are not used", part=site.part, tensors=len(spare), first=spare[0])


def misfit(site: PartSite, what: str) -> ModelUnavailable:
    """Return the error for weights that do not fit a configuration."""
    return ModelUnavailable(
        f"{site} does not fit together: {what}; one of them is of another model: "
        f"take the whole folder {site.part} from the model's page"
    )


def _count_others(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
