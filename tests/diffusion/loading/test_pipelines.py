import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diffusers
import gguf
import huggingface_hub
import numpy as np
import pytest
import torch
import transformers
from _hub_server import COMMIT, NAME, WEIGHTS, Hub, read_model
from huggingface_hub import constants, errors
from write_memory_table import FLUX_DEV

from blazon.diffusion.catalogue.inspection import ModelInfo, ModelSource, inspect_model
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.loading import pipelines as loading
from blazon.diffusion.loading.pipelines import LoadProgress, load_pipeline, load_step_model
from blazon.diffusion.memory.footprint import GB, Form, Offload, Quantisation, TextEncoder
from blazon.diffusion.memory.plan import MemoryBudget, MemoryPlan, plan
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest
from blazon.errors import ModelUnavailable

CPU = torch.device("cpu")
PLAIN = Form("cpu", "float32")


def planned(form: Form = PLAIN, **changes: Any) -> MemoryPlan:
    return MemoryPlan("tiny", form, 2, 0, 0, **changes)


def local(folder: Path) -> ModelInfo:
    return inspect_model(ModelSource(folder))


def load(folder: Path, form: Form = PLAIN, **changes: Any) -> Flux1:
    return load_step_model(local(folder), planned(form, **changes), CPU)


def drawn(model: Flux1, size: int = 64) -> list[Bitmap]:
    """Return two pictures of different prompts, so that text encoder and transformer take turns."""
    engine = StepEngine(model, EngineLimits(running=2, batch=2))
    engine.start()
    try:
        prompts = ("a fox", "a lighthouse")
        return [engine.submit(DiffusionRequest(text, size, size, 3, 3.5, 7)).result(60) for text in prompts]
    finally:
        engine.stop()


def difference(some: list[Bitmap], others: list[Bitmap]) -> int:
    """Return the largest difference of a value; 1 where rounding went another way, as it may for weights elsewhere."""
    return max(int(np.abs(one.astype(int) - other).max()) for one, other in zip(some, others, strict=True))


@pytest.fixture(scope="module", autouse=True)
def few_threads() -> Iterator[None]:
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


@pytest.fixture(scope="module")
def plain_pictures(tiny_dev: Path) -> list[Bitmap]:
    return drawn(load(tiny_dev))


@pytest.fixture
def copy(tiny_dev: Path, tmp_path: Path) -> Path:
    """A copy of the tiny FLUX, to be damaged."""
    return Path(shutil.copytree(tiny_dev, tmp_path / "copy"))


def refusal(folder: Path) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        load_pipeline(local(folder), planned(), CPU)
    told = str(caught.value)
    assert "\n" not in told
    return told


# Looking without loading.


def test_a_folder_is_told_without_loading(tiny_dev: Path) -> None:
    info = local(tiny_dev)
    on_disk = sum(path.stat().st_size for path in tiny_dev.rglob("*.safetensors"))
    loaded = diffusers.FluxTransformer2DModel.from_pretrained(tiny_dev / "transformer")
    assert info.pipeline == "FluxPipeline"
    assert info.folder == tiny_dev
    assert info.takes_guidance
    assert info.max_tokens == 512
    assert info.size.stored_bytes == on_disk
    assert info.size.transformer.parameters == loaded.num_parameters()
    assert info.size.width == 32


def test_schnell_takes_no_guidance_and_fewer_tokens(tiny_schnell: Path) -> None:
    info = local(tiny_schnell)
    assert not info.takes_guidance
    assert info.max_tokens == 256


def test_embeddings_are_not_counted_as_linear(tiny_dev: Path) -> None:
    encoder = local(tiny_dev).size.text_encoder
    assert encoder.parameters - encoder.linear >= 98 * 32


def test_the_home_folder_is_understood(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(copy.parent))
    assert local(Path("~/copy")).folder == copy


# Loading.


def test_a_folder_is_loaded(tiny_dev: Path, plain_pictures: list[Bitmap]) -> None:
    pipeline = diffusers.FluxPipeline.from_pretrained(tiny_dev)
    pipeline.set_progress_bar_config(disable=True)
    usual = drawn(Flux1(pipeline, name="usual", device=CPU, max_tokens=512))
    assert difference(usual, plain_pictures) <= 1


def test_progress_goes_from_nothing_to_all(tiny_dev: Path) -> None:
    told: list[LoadProgress] = []
    load_step_model(local(tiny_dev), planned(), CPU, told.append)
    assert [progress.stage for progress in told] == [
        "checking files",
        "loading text encoder",
        "loading text encoder 2",
        "loading transformer",
        "loading vae",
        "ready",
    ]
    shares = [progress.done for progress in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_shards_are_loaded_in_parallel(
    tiny_dev: Path, copy: Path, plain_pictures: list[Bitmap], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(copy / "transformer")
    transformer = diffusers.FluxTransformer2DModel.from_pretrained(tiny_dev / "transformer")
    transformer.save_pretrained(copy / "transformer", max_shard_size="60KB")
    assert len(list((copy / "transformer").glob("*.safetensors"))) > 2
    pools: list[str] = []
    from diffusers.models import modeling_utils

    usual = modeling_utils._load_shard_files_with_threadpool

    def noted(*args: Any, **kwargs: Any) -> Any:
        pools.append("loaded")
        return usual(*args, **kwargs)

    monkeypatch.setattr(modeling_utils, "_load_shard_files_with_threadpool", noted)
    pictures = drawn(load(copy))
    assert pools
    assert not modeling_utils.HF_ENABLE_PARALLEL_LOADING
    assert difference(pictures, plain_pictures) <= 1


@pytest.mark.parametrize("quantisation", [Quantisation.INT8, Quantisation.FP8])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_eight_bits_draw_nearly_the_same(
    quantisation: Quantisation, precision: str, tiny_dev: Path, plain_pictures: list[Bitmap]
) -> None:
    form = Form("cpu", precision, quantisation, TextEncoder.QUANTISED, quantisation)
    model = load(tiny_dev, form)
    kept = model.transformer.transformer_blocks[0].attn.to_q.weight
    assert type(kept).__name__ == ("Int8Tensor" if quantisation is Quantisation.INT8 else "Float8Tensor")
    assert not torch._inductor.config.coordinate_descent_tuning  # as torchao would have it for all that is compiled
    assert model.dtype is getattr(torch, precision)
    pairs = zip(drawn(model), plain_pictures, strict=True)
    assert all(np.abs(one.astype(int) - other.astype(int)).mean() < 12 for one, other in pairs)


def test_half_precision_is_loaded_as_planned(tiny_dev: Path) -> None:
    model = load(tiny_dev, Form("cpu", "float16"))
    assert model.transformer.dtype is torch.float16
    assert model.vae.dtype is torch.float32


@pytest.mark.parametrize(
    "form",
    [replace(PLAIN, offload=Offload.MODEL), replace(PLAIN, text_encoder=TextEncoder.CPU, offload=Offload.SEQUENTIAL)],
)
def test_offload_draws_the_same(form: Form, tiny_dev: Path, plain_pictures: list[Bitmap]) -> None:
    assert difference(drawn(load(tiny_dev, form)), plain_pictures) <= 1


def test_offloaded_parts_take_turns_for_ever(tiny_dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(tiny_dev, replace(PLAIN, offload=Offload.MODEL))
    names = {id(part): name for name, part in model.pipeline.components.items()}
    moved: list[str] = []
    for kind in (diffusers.FluxTransformer2DModel, transformers.T5EncoderModel, diffusers.AutoencoderKL):
        usual = kind.to

        def to(part: Any, *args: Any, usual: Any = usual, **kwargs: Any) -> Any:
            moved.append(names[id(part)])
            return usual(part, *args, **kwargs)

        monkeypatch.setattr(kind, "to", to)
    drawn(model)
    turns = [name for name, before in zip(moved, [None, *moved], strict=False) if name != before]
    assert {"text_encoder_2", "transformer"} == set(turns)
    assert turns.count("transformer") >= 2


def test_decoding_is_cut_into_tiles_of_512(tiny_dev: Path) -> None:
    vae = load(tiny_dev, replace(PLAIN, vae_tiling=True)).vae
    assert vae.use_tiling
    assert (vae.tile_sample_min_size, vae.tile_latent_min_size) == (512, 64)
    assert not load(tiny_dev).vae.use_tiling


def test_prompts_are_bounded_by_the_tokenizer(copy: Path) -> None:
    config = copy / "tokenizer_2" / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"model_max_length": 77}))
    assert load(copy).max_tokens == 77


def test_gguf_weights_are_loaded(tiny_dev: Path, copy: Path, plain_pictures: list[Bitmap]) -> None:
    transformer = diffusers.FluxTransformer2DModel.from_pretrained(tiny_dev / "transformer")
    writer = gguf.GGUFWriter(str(copy / "transformer" / "tiny.gguf"), "flux")
    for name, tensor in transformer.state_dict().items():
        numbers = tensor.numpy()
        if numbers.ndim == 2 and numbers.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (copy / WEIGHTS).unlink()
    info = local(copy)
    assert info.size.gguf
    model = load(copy, Form("cpu", "float32", Quantisation.GGUF))
    pairs = zip(drawn(model), plain_pictures, strict=True)
    assert all(np.abs(one.astype(int) - other.astype(int)).mean() < 12 for one, other in pairs)


# What is wrong with a folder.


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def edit(name: str, **changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))  # type: ignore[func-returns-value]


def unsafe(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "transformer" / "diffusion_pytorch_model.bin")


def lost_shard(folder: Path) -> None:
    index = {"metadata": {}, "weight_map": {"a": "one-00001-of-00002.safetensors", "b": "two.safetensors"}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    (folder / WEIGHTS).rename(folder / "transformer" / "one-00001-of-00002.safetensors")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (remove("model_index.json"), "there is no model_index.json; it must be a folder in the layout of diffusers"),
        (rewrite("model_index.json", lambda _: b"{"), "model_index.json is not JSON; it is damaged, fetch it again"),
        (rewrite("model_index.json", lambda _: b"[]"), "not what a model has in its place"),
        (edit("model_index.json", transformer=["my_code", "Model"]), "brings code of its own for its transformer"),
        (edit("model_index.json", _class_name=["pipeline", "Mine"]), "brings code of its own for its pipeline"),
        (
            edit("model_index.json", _class_name="ZImagePipeline"),
            "its transformer (FluxTransformer2DModel) is none that a ZImagePipeline draws with",
        ),
        (
            edit("model_index.json", text_encoder_2=["transformers", "BertModel"]),
            "its text_encoder_2 (BertModel) does not fit",
        ),
        (remove(WEIGHTS), "transformer has no weights; fetch the model again"),
        (unsafe, "has no safetensors file, only formats that can carry code; convert the model"),
        (lost_shard, "transformer lacks two.safetensors, which its index names; fetch the model again"),
        (rewrite(WEIGHTS, lambda b: b[:-1000]), "is damaged: 320,048 bytes in place of 321,048; delete it and fetch"),
        (rewrite(WEIGHTS, lambda b: b[:100]), "is damaged: it is no safetensors file; delete it and fetch it again"),
        (rewrite(WEIGHTS, lambda b: b + b"\0"), "is damaged: 321,049 bytes in place of 321,048"),
        (rewrite(WEIGHTS, lambda _: b""), "is damaged: it is empty"),
        (rewrite(WEIGHTS, lambda _: b"version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"),
        (rewrite(WEIGHTS, lambda b: b[:8] + b"x" * (len(b) - 8)), "is damaged: it is no safetensors file"),
        (rewrite("transformer/config.json", lambda _: b"no"), "config.json is not JSON"),
        (remove("tokenizer_2/tokenizer.json"), "tokenizer_2 has no vocabulary; fetch the model again"),
        (rewrite("tokenizer/tokenizer.json", lambda _: b"{}"), "cannot be loaded ("),
        (remove("scheduler/scheduler_config.json"), "its scheduler (FlowMatchEulerDiscreteScheduler) is missing"),
        (edit("transformer/config.json", num_attention_heads=4), "is (32,) in its files and (64,) by its config.json"),
    ],
)
def test_a_damaged_folder_is_one_line(damage: Callable[[Path], None], told: str, copy: Path) -> None:
    damage(copy)
    assert told in refusal(copy)


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    told = refusal(tmp_path / "nowhere")
    assert told == f"MODEL_PATH={tmp_path / 'nowhere'}: there is no such folder; look at the path, or unset it"


def test_a_damaged_file_names_itself(copy: Path) -> None:
    rewrite(WEIGHTS, lambda b: b[:-1])(copy)
    assert refusal(copy).startswith(str((copy / WEIGHTS).resolve()))


def test_a_damaged_file_of_the_cache_is_named_behind_its_link(copy: Path, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    (copy / WEIGHTS).rename(blob)
    (copy / WEIGHTS).symlink_to(blob)
    rewrite(WEIGHTS, lambda b: b[:-1])(copy)
    assert refusal(copy).startswith(f"{blob.resolve()} is damaged")


def test_gguf_is_looked_at(copy: Path) -> None:
    (copy / WEIGHTS).rename(copy / "transformer" / "model.gguf")
    assert "is damaged: it is no GGUF file" in refusal(copy)
    (copy / "transformer" / "other.gguf").write_bytes(b"GGUF")
    assert "has several GGUF files" in refusal(copy)


@pytest.mark.parametrize(
    ("form", "package"),
    [
        (Form("cpu", "float32", Quantisation.NF4), "bitsandbytes"),
        (Form("cpu", "float32", Quantisation.GGUF), "gguf"),
        (Form("cpu", "float32", Quantisation.INT8), "torchao"),
        (Form("cpu", "float32", text_quantisation=Quantisation.INT8), "torchao"),
        (Form("cpu", "float32", offload=Offload.MODEL), "accelerate"),
    ],
)
def test_a_missing_package_is_named(form: Form, package: str, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable, match=f"the package {package}: pip install {package}"):
        load_step_model(local(tiny_dev), planned(form), CPU)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "host memory ran out while dev was loaded; free some"),
        (MemoryError(), "host memory ran out"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 1 byte"), "host memory ran out"),
        (
            ValueError("two\nlines"),
            r"its vae \(AutoencoderKL\) cannot be loaded \(ValueError: two\); its",
        ),
    ],
)
def test_whatever_fails_while_loading_is_one_line(
    error: Exception, told: str, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail)
    with pytest.raises(ModelUnavailable, match=told):
        load(tiny_dev)


def test_a_failed_load_lets_go_of_what_it_loaded(tiny_dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import weakref

    seen: list[weakref.ref[Any]] = []
    usual = diffusers.FluxTransformer2DModel.from_pretrained

    def noted(*args: Any, **kwargs: Any) -> Any:
        model, told = usual(*args, **kwargs)
        seen.append(weakref.ref(model))
        return model, told

    def fail(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("no room for the VAE")

    monkeypatch.setattr(diffusers.FluxTransformer2DModel, "from_pretrained", noted)
    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail)
    kept: list[ModelUnavailable] = []
    try:
        load(tiny_dev)
    except ModelUnavailable as error:
        kept.append(error)  # as a server does, to answer with it
    assert kept
    assert seen[0]() is None


def test_what_does_not_fit_is_refused_before_loading(tiny_dev: Path) -> None:
    large = replace(local(tiny_dev), size=FLUX_DEV)
    with pytest.raises(ModelUnavailable, match="does not fit"):
        plan(large.size, MemoryBudget("cuda", int(4 * GB), int(8 * GB)))


# The hub.


def response(status: int) -> Any:
    return SimpleNamespace(status_code=status, headers={}, request=None)


@pytest.fixture
def flux_hub(hub: Hub, tiny_schnell: Path) -> Hub:
    """A hub that has the tiny FLUX, and more beside it than is needed."""
    hub.files = {**read_model(tiny_schnell), "all.safetensors": b"not needed"}
    return hub


def behind(error: OSError) -> Exception:
    """Return what the hub's library may make of an error."""
    outer = errors.LocalEntryNotFoundError("no")
    outer.__cause__ = error
    return outer


REMOTE = ModelSource(name=NAME)


def find_present(cache: Path) -> set[str]:
    return set(read_model(cache / f"models--owner--tiny/snapshots/{COMMIT}"))


def test_a_model_of_the_hub_is_told_before_it_is_fetched(flux_hub: Hub, hub_cache: Path, tiny_schnell: Path) -> None:
    info = inspect_model(REMOTE)
    assert (info.name, info.folder, info.takes_guidance) == (NAME, None, False)
    assert info.size == replace(local(tiny_schnell).size, name=NAME)
    assert not any(name.endswith(".safetensors") for name in find_present(hub_cache))


def test_a_model_of_the_hub_is_fetched_and_loaded(flux_hub: Hub, hub_cache: Path) -> None:
    told: list[LoadProgress] = []
    model = load_step_model(inspect_model(REMOTE), planned(), CPU, told.append)
    assert model.name == NAME
    assert len(drawn(model)) == 2
    fetching = [progress.done for progress in told if progress.stage == "fetching"]
    assert fetching == sorted(set(fetching))
    assert fetching[-1] == 1.0
    assert len(fetching) <= 101
    assert "all.safetensors" not in find_present(hub_cache)
    assert inspect_model(REMOTE).folder == hub_cache / f"models--owner--tiny/snapshots/{COMMIT}"


def test_an_interrupted_download_goes_on_where_it_stopped(
    flux_hub: Hub, hub_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    flux_hub.cuts[WEIGHTS] = [100_000] + [0] * 10  # more often than the client tries
    with pytest.raises(ModelUnavailable, match="the hub cannot be reached"):
        load_step_model(inspect_model(REMOTE), planned(), CPU)
    assert flux_hub.store not in caplog.text  # real ones are signed, and open the file to whoever reads
    flux_hub.cuts.clear()
    flux_hub.asked.clear()
    load_step_model(inspect_model(REMOTE), planned(), CPU)
    assert flux_hub.downloads() == ["bytes=100000-"]
    (hub_cache / f"models--owner--tiny/snapshots/{COMMIT}" / WEIGHTS).resolve().unlink()
    flux_hub.asked.clear()
    load_step_model(inspect_model(REMOTE), planned(), CPU)
    assert flux_hub.downloads() == [""]
    assert not [path for path in flux_hub.files if path != WEIGHTS and flux_hub.downloads(path)]


def test_what_is_not_what_the_hub_promises_is_not_loaded(flux_hub: Hub) -> None:
    info = inspect_model(REMOTE)
    flux_hub.instead[WEIGHTS] = flux_hub.files[WEIGHTS][:-1] + b"!"
    with pytest.raises(ModelUnavailable, match="another hash than the hub names"):
        load_step_model(info, planned(), CPU)


def test_too_little_disk_is_said_before_fetching(flux_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    info = inspect_model(REMOTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(ModelUnavailable, match=r"needs 0\.\d GB of disk and .* has 0\.0 GB free; make room, or set HF"):
        load_step_model(info, planned(), CPU)
    assert flux_hub.downloads() == []


@pytest.mark.parametrize(
    ("error", "token", "told"),
    [
        (
            errors.GatedRepoError("no", response=response(401)),
            None,
            "is gated; accept its conditions at .* set HF_TOKEN",
        ),
        (errors.GatedRepoError("no", response=response(403)), "t", "the account of HF_TOKEN has no access"),
        (
            errors.RepositoryNotFoundError("no", response=response(404)),
            None,
            "there is no model owner/tiny on the hub",
        ),
        (errors.HfHubHTTPError("no", response=response(401)), "t", "the hub does not accept HF_TOKEN"),
        (errors.HfHubHTTPError("no", response=response(502)), None, "the hub answered 502"),
        (errors.RemoteEntryNotFoundError("no", response=response(404)), None, "is not a diffusers model"),
        (errors.OfflineModeIsEnabled("no"), None, "HF_HUB_OFFLINE forbids to fetch it"),
        (errors.LocalEntryNotFoundError("no"), None, "the hub cannot be reached"),
        (ConnectionError("refused\nand more"), None, r"cannot be reached \(ConnectionError: refused\); go online"),
        (OSError(28, "No space left on device"), None, "the disk is full while owner/tiny is fetched"),
        (
            OSError(30, "Read-only file system", "/hub"),
            None,
            r"/hub cannot be .* \(Read-only.* set HF_HOME",
        ),
        (OSError(20, "Not a directory", "/hub/x"), None, r"/hub/x cannot be read or written \(Not a dir.* set HF_HOME"),
        (
            behind(PermissionError(13, "Permission denied", "/hub")),
            None,
            "/hub cannot be .* set HF_HOME",
        ),
        (behind(PermissionError(1, "Operation not permitted")), None, "the hub cannot be reached"),
        (behind(FileNotFoundError(2, "No such file", "/hub/refs/main")), None, "the hub cannot be reached"),
    ],
)
def test_what_the_hub_refuses_is_one_line(
    error: Exception, token: str | None, told: str, flux_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)
    with pytest.raises(ModelUnavailable, match=told) as caught:
        inspect_model(ModelSource(name=NAME, token=token))
    assert "\n" not in str(caught.value)


def test_a_failure_in_the_middle_of_fetching_is_one_line(flux_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    info = inspect_model(REMOTE)

    def refuse(*args: object, **kwargs: object) -> None:
        raise errors.LocalEntryNotFoundError("the line is dead")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)
    with pytest.raises(ModelUnavailable, match="the hub cannot be reached"):
        load_step_model(info, planned(), CPU)


@pytest.mark.parametrize(("offline", "told"), [(True, "HF_HUB_OFFLINE"), (False, "the hub cannot be reached")])
def test_without_network_the_real_client_is_one_line(
    offline: bool, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setattr("time.sleep", lambda _: None)  # between its attempts
    with pytest.raises(ModelUnavailable, match=told):
        inspect_model(REMOTE)


def test_a_name_that_is_none_is_one_line() -> None:
    with pytest.raises(ModelUnavailable, match="there is no model no name on the hub"):
        inspect_model(ModelSource(name="no name"))


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(ModelSource(name=NAME, token="secret"))
