import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
import torch
from _hub_server import COMMIT, NAME, WEIGHTS, Hub, read_model
from _tiny_modular import save_tiny_modular
from huggingface_hub import constants, errors

from blazon.diffusion.catalogue.inspection import ModelInfo, ModelSource, inspect_model
from blazon.diffusion.hub.installed import list_cached
from blazon.diffusion.loading.pipelines import LoadProgress, load_pipeline, load_step_model
from blazon.diffusion.memory.footprint import Form
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.errors import ModelUnavailable

CPU = torch.device("cpu")
PLAIN = Form("cpu", "float32")


def planned(form: Form = PLAIN, **changes: Any) -> MemoryPlan:
    return MemoryPlan("tiny", form, 2, 0, 0, **changes)


def local(folder: Path) -> ModelInfo:
    return inspect_model(ModelSource(folder))


@pytest.fixture(scope="module", autouse=True)
def few_threads() -> Iterator[None]:
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


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
    fetching = [progress.done for progress in told if progress.stage == "fetching"]
    assert fetching == sorted(set(fetching))
    assert fetching[-1] == 1.0
    assert len(fetching) <= 101
    assert "all.safetensors" not in find_present(hub_cache)
    assert inspect_model(REMOTE).folder == hub_cache / f"models--owner--tiny/snapshots/{COMMIT}"


def test_a_modular_pipeline_of_the_hub_is_told_fetched_and_loaded(hub: Hub, hub_cache: Path, tmp_path: Path) -> None:
    folder = save_tiny_modular(tmp_path / "modular")
    hub.files = {**read_model(folder), "all.safetensors": b"not needed"}
    told = inspect_model(REMOTE)
    assert (told.folder, told.pipeline, told.size) == (
        None,
        "ZImageModularPipeline",
        replace(local(folder).size, name=NAME),
    )
    pipeline = load_pipeline(told, planned(), CPU)
    assert type(pipeline.transformer).__name__ == "ZImageTransformer2DModel"
    assert find_present(hub_cache) == set(read_model(folder))  # the template of the chat too
    (cached,) = list_cached(hub_cache)
    assert (cached.name, cached.problem) == (NAME, "")
    hub.status = 503  # what is in the cache is not asked for again
    assert inspect_model(REMOTE).folder == cached.folder


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
