"""`blazon models` against a small hub on a socket of this machine, with the hub's own client."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from _hub_server import COMMIT, NAME, WEIGHTS, Hub, make_model, make_safetensors
from huggingface_hub import constants

FOLDER = f"models--owner--tiny/snapshots/{COMMIT}"


def pull(blazon, *options):
    outcome = blazon("models", "pull", NAME, "--json", *options)
    return outcome, json.loads(outcome.stdout) if outcome.code == 0 else None


# Pull


def test_a_model_is_pulled_whole_and_nothing_besides(blazon, hub, hub_cache):
    outcome, told = pull(blazon)
    assert outcome.code == 0, outcome.stderr
    folder = hub_cache / FOLDER
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {path: content for path, content in hub.files.items() if path != "teaser.jpg"}
    assert (told["folder"], set(told["files"]) | {"model_index.json"}) == (str(folder), set(found))
    assert not list(hub_cache.rglob("*.part"))


def test_what_is_here_is_not_fetched_again(blazon, hub):
    pull(blazon)
    hub.asked.clear()
    outcome, told = pull(blazon)
    assert (outcome.code, told["fetched_bytes"]) == (0, 0)
    assert hub.downloads() == []


def test_a_dry_run_tells_the_size_and_fetches_no_weights(blazon, hub):
    _, told = pull(blazon, "--dry-run")
    assert told["size_bytes"] == sum(len(content) for path, content in hub.files.items() if path != "teaser.jpg")
    assert told["missing_bytes"] == sum(len(hub.files[path]) for path in hub.files if path.endswith(".safetensors"))
    assert (told["licence"], told["gated"]) == ("some-licence-1.0", False)
    assert hub.downloads() == []


def test_a_cut_connection_is_taken_up_where_it_broke(blazon, hub, hub_cache):
    hub.cuts[WEIGHTS] = [100_000, 50_000]
    outcome, _ = pull(blazon)
    assert outcome.code == 0, outcome.stderr
    assert hub.downloads() == ["", "bytes=100000-", "bytes=150000-"]
    assert (hub_cache / FOLDER / WEIGHTS).read_bytes() == hub.files[WEIGHTS]


def test_a_store_that_knows_no_ranges_is_begun_anew(blazon, hub, hub_cache):
    hub.cuts[WEIGHTS], hub.ranges = [100_000], False
    outcome, _ = pull(blazon)
    assert outcome.code == 0, outcome.stderr
    assert (hub_cache / FOLDER / WEIGHTS).read_bytes() == hub.files[WEIGHTS]


def test_a_pull_that_was_killed_goes_on_where_it_stopped(hub, tmp_path):
    hub.cuts[WEIGHTS], hub.hold = [120_000], threading.Event()
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.url,
        "HF_HUB_OFFLINE": "0",
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_DOWNLOAD_TIMEOUT": "30",
    }
    # Bytes reach the disk a chunk of 10 MB at a time; a smaller one lets so small a file be cut in its middle.
    program = (
        "import sys; from huggingface_hub import constants; constants.DOWNLOAD_CHUNK_SIZE = 10_000;"
        "from blazon.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "models", "pull", NAME, "--json"]
    first = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)
    assert hub.held.wait(60)
    partial = tmp_path / "hf/hub/models--owner--tiny/blobs" / f"{hub.digest(WEIGHTS)}.part"
    while not (partial.exists() and partial.stat().st_size > 50_000):
        assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.wait()
    begun = partial.stat().st_size
    hub.hold.set()
    second = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert second.returncode == 0, second.stderr
    assert hub.downloads() == ["", f"bytes={begun}-"]
    assert (tmp_path / "hf/hub" / FOLDER / WEIGHTS).read_bytes() == hub.files[WEIGHTS]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lambda good: good[:-1], "bytes in place of"),
        (lambda good: good + b"!", "bytes in place of"),
        (lambda good: good[:-1] + b"!", "another hash than the hub names"),
    ],
)
@pytest.mark.parametrize("path", [WEIGHTS, "transformer/config.json"])
def test_what_is_not_what_the_hub_promises_is_thrown_away(blazon, hub, hub_cache, content, told, path):
    hub.instead[path] = content(hub.files[path])
    outcome = blazon("models", "pull", NAME, "--json")
    assert outcome.code == 1
    assert f"{path} of {NAME} came with" in outcome.stderr
    assert "pull again" in outcome.stderr
    assert not (hub_cache / FOLDER / path).exists()
    assert not list(hub_cache.rglob(f"blobs/{hub.digest(path)}*"))
    hub.instead.clear()
    assert pull(blazon)[0].code == 0


def test_too_little_room_is_said_before_anything_large_is_fetched(blazon, hub, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    outcome, _ = pull(blazon)
    assert outcome.code == 1
    assert "of disk and" in outcome.stderr
    assert "HF_HOME" in outcome.stderr
    assert hub.downloads() == []


def test_a_disk_that_fills_up_is_one_line_and_what_is_there_is_kept(blazon, hub, hub_cache):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
        outcome = blazon("models", "pull", NAME, "--json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert outcome.code == 1
    assert outcome.stderr.splitlines()[-1].startswith(f"error: the disk is full while {NAME} is fetched")
    assert "Traceback" not in outcome.stderr
    assert (hub_cache / f"models--owner--tiny/blobs/{hub.digest(WEIGHTS)}.part").stat().st_size == 200_000
    hub.asked.clear()
    assert pull(blazon)[0].code == 0
    assert hub.downloads() == ["bytes=200000-"]


def test_a_gated_model_wants_its_licence_agreed_to_before_anything_is_fetched(blazon, hub):
    hub.gated = True
    outcome = blazon("models", "pull", NAME)
    assert outcome.code == 2
    assert f"some-licence-1.0; commercial use not known; https://huggingface.co/{NAME}" in outcome.stderr
    assert "add --accept-licence" in outcome.stderr
    assert [path for _, path, _ in hub.asked] == [f"/api/models/{NAME}"]


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", "is gated; accept its conditions at"),
        ("hf_without_access", "the account of HF_TOKEN has no access"),
        ("hf_unknown", "the hub does not accept HF_TOKEN"),
    ],
)
def test_a_gated_model_without_access_says_what_helps(blazon, hub, monkeypatch, token, told):
    hub.gated, hub.known = True, {"hf_without_access"}
    monkeypatch.setenv("HF_TOKEN", token)
    outcome = blazon("models", "pull", NAME, "--accept-licence")
    assert outcome.code == 1
    assert told in outcome.stderr
    assert not token or token not in outcome.stderr


def test_the_token_is_shown_to_the_hub_alone(blazon, hub, monkeypatch):
    hub.gated, hub.tokens = True, {"hf_good"}
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    outcome = blazon("models", "pull", NAME, "--accept-licence")
    assert outcome.code == 0, outcome.stderr
    assert hub.tokens_seen == {(hub.url, "hf_good")}
    assert "hf_good" not in outcome.stdout + outcome.stderr


def test_a_model_without_commercial_use_names_one_with_it(blazon, hub, monkeypatch):
    monkeypatch.setattr("_hub_server.NAME", "black-forest-labs/FLUX.1-dev")
    outcome = blazon("models", "pull", "black-forest-labs/FLUX.1-dev", "--dry-run")
    assert "no commercial use" in outcome.stderr
    assert "For commercial work take black-forest-labs/FLUX.2-klein-4B" in outcome.stderr


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("owner/other", 0, "there is no model owner/other on the hub"),
        (NAME, 502, "the hub answered 502"),
    ],
)
def test_what_the_hub_refuses_is_one_line(blazon, hub, name, status, told):
    hub.status = status
    outcome = blazon("models", "pull", name)
    assert outcome.code == 1
    assert told in outcome.error


def test_a_hub_that_is_away_is_one_line(blazon, hub, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    outcome = blazon("models", "pull", NAME)
    assert outcome.code == 1
    assert "the hub cannot be reached" in outcome.error


def test_offline_what_is_whole_is_enough_and_what_is_not_is_told(blazon, hub, monkeypatch, hub_cache):
    pull(blazon)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub.asked.clear()
    assert pull(blazon)[0].code == 0
    (hub_cache / FOLDER / WEIGHTS).unlink()
    outcome = blazon("models", "pull", NAME)
    assert "HF_HUB_OFFLINE forbids" in outcome.error
    assert hub.asked == []


@pytest.mark.parametrize("name", ["tiny", "a/b/c", "./folder/x"])
def test_what_is_no_model_of_the_hub_is_bad_input(blazon, hub, name):
    outcome = blazon("models", "pull", name)
    assert outcome.code == 2
    assert "is no model of the hub" in outcome.error


def test_a_hash_that_is_none_is_refused(blazon, hub, monkeypatch):
    monkeypatch.setattr(Hub, "digest", lambda _self, _path: "../../elsewhere")
    assert "the hub names no hash of" in blazon("models", "pull", NAME).error


# Verify and remove


def test_verify_finds_what_was_damaged_or_removed(blazon, hub, hub_cache):
    pull(blazon)
    outcome = blazon("models", "verify", NAME)
    assert (outcome.code, outcome.stdout) == (0, f"{NAME}: 6 files, no problems\n")
    blob = (hub_cache / FOLDER / WEIGHTS).resolve()
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-1] + b"!")
    (hub_cache / FOLDER / "vae/config.json").resolve().unlink()
    outcome = blazon("models", "verify", NAME, "--json")
    assert outcome.code == 1
    assert json.loads(outcome.stdout)["problems"] == [
        f"{WEIGHTS} is damaged; delete {blob} and pull again",
        "vae/config.json is missing",
    ]


def test_verify_of_half_a_model_is_a_problem(blazon, hub, hub_cache):
    pull(blazon)
    (hub_cache / FOLDER / WEIGHTS).unlink()
    outcome = blazon("models", "verify", NAME)
    assert outcome.code == 1
    assert "has no weights" in outcome.stdout


@pytest.mark.parametrize("command", [["verify"], ["remove", "--yes"]])
def test_a_model_that_is_not_here_is_one_line(blazon, hub_cache, command):
    outcome = blazon("models", command[0], NAME, *command[1:])
    assert outcome.code == 1
    assert outcome.error == f"{NAME} is not in {hub_cache}; blazon models list shows what is"


def test_remove_asks_and_tells_what_it_frees(blazon, hub, hub_cache):
    pull(blazon)
    outcome = blazon("models", "remove", NAME)
    assert outcome.code == 2
    assert "Remove owner/tiny and free 0.5 MB? Nobody is here to ask; add --yes" in outcome.error
    assert (hub_cache / FOLDER / WEIGHTS).exists()
    stored = sum(len(content) for path, content in hub.files.items() if path != "teaser.jpg")
    outcome = blazon("models", "remove", NAME, "--yes", "--json")
    assert json.loads(outcome.stdout) == {"identifier": NAME, "freed_bytes": stored}
    assert not (hub_cache / "models--owner--tiny").exists()


# List


def listed(blazon, *options):
    outcome = blazon("models", "list", "--json", *options)
    assert outcome.code == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_list_knows_models_their_licences_and_the_memory_they_need(blazon, hub_cache):
    found = {model["identifier"]: model for model in listed(blazon)["models"]}
    dev, schnell = (found[f"black-forest-labs/FLUX.1-{name}"] for name in ("dev", "schnell"))
    assert (dev["configured"], dev["commercial_use"], dev["present"]) == (True, False, False)
    assert (schnell["licence"], schnell["commercial_use"]) == ("Apache-2.0", True)
    assert 30e9 < dev["gpu_memory"]["best_bytes"] < 45e9
    assert 6e9 < dev["gpu_memory"]["least_bytes"] < 9e9
    table = blazon("models", "list").stdout
    assert "black-forest-labs/FLUX.1-dev *" in table
    assert "no commercial use" in table


def test_list_shows_what_was_pulled_where_it_is_and_what_is_not_whole(blazon, hub, hub_cache):
    pull(blazon)
    model = next(model for model in listed(blazon)["models"] if model["identifier"] == NAME)
    assert (model["present"], model["folder"], model["problem"]) == (True, str(hub_cache / FOLDER), "")
    assert model["gpu_memory"]["best_bytes"] > 0
    (hub_cache / FOLDER / WEIGHTS).unlink()
    model = next(model for model in listed(blazon)["models"] if model["identifier"] == NAME)
    assert model["present"] is False
    assert "has no weights" in model["problem"]


def test_list_shows_the_models_of_the_settings_first(blazon, hub_cache, monkeypatch, tmp_path):
    mine_folder = tmp_path / "mine"
    for path, content in make_model().items():
        (mine_folder / path).parent.mkdir(parents=True, exist_ok=True)
        (mine_folder / path).write_bytes(content)
    monkeypatch.setenv("MODELS", f"mine={mine_folder},gone=/no/such/folder,hub={NAME}")
    mine, gone, hub = listed(blazon)["models"][:3]
    assert (mine["name"], mine["present"], mine["folder"]) == ("mine", True, str(mine_folder))
    assert (gone["present"], gone["problem"]) == (False, "there is no folder /no/such/folder")
    assert (hub["identifier"], hub["present"]) == (NAME, False)


def test_list_recognises_single_files_in_folders_like_those_of_comfyui(blazon, hub_cache, tmp_path):
    root = tmp_path / "ComfyUI" / "models"
    for place, names in {
        "unet": ["double_blocks.0.x", "guidance_in.in_layer.weight"],
        "vae": ["lora.lora_A.w"],
    }.items():
        (root / place).mkdir(parents=True)
        (root / place / "a.safetensors").write_bytes(make_safetensors(names))
    files = listed(blazon, "--folder", str(root.parent))["files"]
    assert [(Path(file["path"]).parent.name, file["kind"], file["problem"]) for file in files] == [
        ("unet", "FLUX.1 [dev]", ""),
        ("vae", "unknown", "a LoRA lies in a folder for a VAE"),
    ]
    assert "FLUX.1 [dev]" in blazon("models", "list", "--folder", str(root)).stdout
    assert "there is no such folder" in blazon("models", "list", "--folder", "/no/such").error
