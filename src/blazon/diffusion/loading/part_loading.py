"""Loading one part of a pipeline by its own class, and saying which one it is when that does not work."""

from typing import Any

import structlog
import torch

from blazon.diffusion.files.part_classes import PartSite
from blazon.diffusion.files.weights import find_variant, list_weight_files, read_header, read_json
from blazon.diffusion.load_errors import explain_part_errors
from blazon.diffusion.loading.original_weights import is_original, load_original, rename_gguf
from blazon.diffusion.loading.part_checks import check_fit, misfit
from blazon.diffusion.memory.footprint import Quantisation
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

# How a tokenizer's vocabulary is stored; transformers makes an empty tokenizer without a word where none is.
_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "tekken.json")
_VOCABULARY_SUFFIXES = (".model", ".tiktoken")
# How the names of files end that hold an object in every model; others of a tokenizer may hold a list.
_OBJECTS = ("config.json", "tokenizer.json")


def load_weightless(site: PartSite) -> Any:
    """Load a part without weights: a tokenizer, a scheduler, a processor.

    Raises:
        ModelUnavailable: names the part, and what helps.
    """
    _check_settings(site)
    _tell_other_scheduler(site)
    with explain_part_errors(site):
        return site.kind.from_pretrained(site.folder, local_files_only=True)


def load_plain(site: PartSite, device: torch.device, precision: str, quantisation: Any | None = None) -> Any:
    """Load a part straight to a device, quantised on the way if a configuration for that is given.

    Raises:
        ModelUnavailable: names the part, and what helps.
    """
    if is_original(site.folder):
        with explain_part_errors(site):
            return load_original(site.kind, site.folder, device, precision, quantisation)
    read_json(site.folder / "config.json")  # without one transformers makes a model of the usual size, of billions
    is_transformer = _is_of_transformers(site.kind)
    options: dict[str, Any] = {} if quantisation is None else {"quantization_config": quantisation}
    if is_transformer:
        options["ignore_mismatched_sizes"] = True  # or their names are only printed
    # transformers says `dtype`; diffusers has understood that only lately.
    options["dtype" if is_transformer else "torch_dtype"] = getattr(torch, precision)
    with explain_part_errors(site):
        try:
            model, told = site.kind.from_pretrained(
                site.folder,
                variant=find_variant(site.folder),
                use_safetensors=True,
                local_files_only=True,
                device_map={"": device},
                output_loading_info=True,
                **options,
            )
        except Exception:
            _find_misfit(site)
            raise
        check_fit(site, told, used=None if is_transformer else len(model.state_dict()))
        return model.eval()


def load_quantised(site: PartSite, device: torch.device, precision: str, quantisation: Quantisation) -> Any:
    """Load a part and keep its linear layers as planned."""
    if quantisation is not Quantisation.NF4:
        return quantise(load_plain(site, device, precision), quantisation, device)
    import diffusers
    import transformers

    config: Any = (transformers if _is_of_transformers(site.kind) else diffusers).BitsAndBytesConfig
    made = config(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, precision),
    )
    return load_plain(site, device, precision, made)


def load_gguf(site: PartSite, device: torch.device, precision: str) -> Any:
    """Load a denoiser from a GGUF file, whose weights stay as they are.

    Raises:
        ModelUnavailable: its class cannot be loaded from one, or it is damaged.
    """
    from diffusers import GGUFQuantizationConfig

    if not hasattr(site.kind, "from_single_file"):
        raise ModelUnavailable(f"{site} cannot be loaded from a GGUF file; put safetensors files in its place")
    config: Any = GGUFQuantizationConfig
    dtype = getattr(torch, precision)
    (file,) = list_weight_files(site.folder)
    with explain_part_errors(site):
        model = site.kind.from_single_file(
            rename_gguf(site.kind, site.folder, file) if is_original(site.folder) else str(file),
            config=str(site.folder),
            quantization_config=config(compute_dtype=dtype),
            torch_dtype=dtype,
            local_files_only=True,
        )
        return model.to(device).eval()


def quantise(model: Any, quantisation: Quantisation, device: torch.device) -> Any:
    """Keep the weights of the linear layers in eight bits (torchao, weight-only), layer by layer on the device."""
    if quantisation is Quantisation.NONE:
        return model
    from torchao.quantization import Float8WeightOnlyConfig, Int8WeightOnlyConfig, quantize_

    kind = Int8WeightOnlyConfig if quantisation is Quantisation.INT8 else Float8WeightOnlyConfig
    config = kind(set_inductor_config=False)  # tuning all that is compiled later would take minutes
    # A language model's last layer shares its weights with its embeddings: in eight bits they would be kept twice.
    shared = model.get_output_embeddings() if hasattr(model, "get_output_embeddings") else None

    def is_own(module: Any, _: str) -> bool:
        return isinstance(module, torch.nn.Linear) and module is not shared

    quantize_(model, config, filter_fn=is_own, device=device)
    return model.to(device)


def _is_of_transformers(kind: Any) -> bool:
    from transformers import PreTrainedModel

    return issubclass(kind, PreTrainedModel)


def _check_settings(site: PartSite) -> None:
    """Refuse a folder without settings, and a tokenizer without its vocabulary."""
    names = {path.name for path in site.folder.iterdir()} if site.folder.is_dir() else set()
    if not names:
        raise ModelUnavailable(f"{site} is missing: there is nothing in {site.folder}; {_advise_copy(site)}")
    for path in sorted(site.folder.glob("*.json")):
        read_json(path, list_too=not path.name.endswith(_OBJECTS))
    # A tokenizer of bytes (ByT5) says that it has no files.
    reads_files = "Token" in site.kind.__name__ and getattr(site.kind, "vocab_files_names", None) != {}
    known = names & {*_VOCABULARIES} or {name for name in names if name.endswith(_VOCABULARY_SUFFIXES)}
    if reads_files and not known:
        raise ModelUnavailable(f"{site.folder} has no vocabulary; {_advise_copy(site)}")


def _tell_other_scheduler(site: PartSite) -> None:
    """Log that a scheduler is another than its own settings say, as the libraries go by `model_index.json` alone."""
    path = site.folder / "scheduler_config.json"
    told = read_json(path).get("_class_name", site.kind.__name__) if path.is_file() else site.kind.__name__
    if told != site.kind.__name__:
        log.warning(
            "the scheduler is the one that model_index.json names",
            model=site.model,
            used=site.kind.__name__,
            other=told,
        )


def _advise_copy(site: PartSite) -> str:
    return f"fetch the model again, or the folder {site.part} of it"


def _find_misfit(site: PartSite) -> None:
    """Say what of a part's files does not fit its configuration; nothing where that is not what is wrong.

    Raises:
        ModelUnavailable: names the tensor or the class.
    """
    config = read_json(site.folder / "config.json")
    told = config.get("_class_name", site.kind.__name__)
    if told != site.kind.__name__:
        raise misfit(site, f"its config.json is of a {told}")
    wanted = _list_shapes(site.kind, config)
    found = {name: shape for file in list_weight_files(site.folder) for name, shape in read_header(file).shapes.items()}
    missing = sorted(set(wanted) - set(found))
    differing = [(name, found[name], shape) for name, shape in wanted.items() if found.get(name, shape) != shape]
    if wanted:
        check_fit(site, {"missing_keys": missing, "mismatched_keys": differing})


def _list_shapes(kind: Any, config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the tensors of a class of diffusers by a configuration; none where that cannot be told."""
    if not hasattr(kind, "from_config"):
        return {}
    try:
        with torch.device("meta"):
            model = kind.from_config(config)
    except Exception:  # noqa: BLE001 - the error under way tells what is wrong with it
        return {}
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
