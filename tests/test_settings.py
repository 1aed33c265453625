import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from blazon.errors import InvalidSetting
from blazon.settings import Settings, misspelt
from blazon.settings_text import env_example, settings_reference

ROOT = Path(__file__).parents[1]

CONTRACT = {
    "PORT": "7860",
    "ENVIRONMENT": "production",
    "MODEL_NAME": "black-forest-labs/FLUX.1-dev",
    "MODEL_PATH": "",
    "USE_FP16": "true",
    "TORCH_DEVICE": "auto",
    "ENABLE_ATTENTION_SLICING": "false",
    "ENABLE_VAE_SLICING": "false",
    "MAX_CONCURRENT_JOBS": "2",
    "REQUEST_TIMEOUT": "300",
    "DEFAULT_INFERENCE_STEPS": "28",
    "DEFAULT_GUIDANCE_SCALE": "3.5",
    "WARMUP_ENABLED": "true",
    "WARMUP_SIZE": "256",
    "WARMUP_STEPS": "4",
    "LOG_LEVEL": "INFO",
    "HF_TOKEN": "",
}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_names_and_defaults_are_those_of_the_contract():
    shown = Settings.load().shown()
    assert {name: shown[name] for name in CONTRACT} == CONTRACT
    assert {"HOST", "WARMUP_PROMPT", "LOG_FORMAT"} <= set(shown)


def test_a_file_is_read_the_environment_wins_and_given_values_win_over_both(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PORT=1\nHOST=a.example\nENVIRONMENT=bühne\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.setenv("HOST", "b.example")
    settings = Settings.load(port=3)
    assert (settings.port, settings.host, settings.environment) == (3, "b.example", "bühne")


def test_names_in_the_environment_may_be_small_and_values_empty(monkeypatch):
    monkeypatch.setenv("port", "8000")
    monkeypatch.setenv("LOG_LEVEL", "")
    settings = Settings.load()
    assert (settings.port, settings.log_level) == (8000, "INFO")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("LOG_LEVEL", " debug ", "DEBUG"),
        ("LOG_FORMAT", "JSON", "json"),
        ("ENGINE", "Vector", "vector"),
        ("USE_FP16", "no", "false"),
        ("WARMUP_ENABLED", "0", "false"),
        ("TORCH_DEVICE", "CUDA:1", "cuda:1"),
        ("REQUEST_TIMEOUT", "0.5", "0.5"),
        ("CORS_ORIGINS", "https://A.example , https://b.example", "https://a.example,https://b.example"),
        ("CORS_ORIGINS", "none", "none"),
        ("MODEL_PATH", "models/flux", "models/flux"),
    ],
)
def test_values_are_understood(monkeypatch, name, value, shown):
    monkeypatch.setenv(name, value)
    assert Settings.load().shown()[name] == shown


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("PORT", "eighty", "a whole number from 0 to 65535"),
        ("PORT", "65536", "a whole number from 0 to 65535"),
        ("PORT", "80.5", "a whole number from 0 to 65535"),
        ("MAX_CONCURRENT_JOBS", "0", "a whole number from 1 to 64"),
        ("MAX_QUEUED_JOBS", "-1", "a whole number from 0 to 10000"),
        ("REQUEST_TIMEOUT", "0", "a number above 0, at most 86400"),
        ("REQUEST_TIMEOUT", "inf", "a number above 0, at most 86400"),
        ("DEFAULT_GUIDANCE_SCALE", "nan", "a number from 0 to 30"),
        ("DEFAULT_INFERENCE_STEPS", "1e9", "a whole number from 1 to 200"),
        ("WARMUP_SIZE", "63", "a whole number from 64 to 2048"),
        ("WARMUP_PROMPT", "x", "text of 3 to 500 characters"),
        ("USE_FP16", "maybe", "true or false"),
        ("LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("LOG_FORMAT", "xml", "one of auto, json, text"),
        ("ENGINE", "crayon", "one of auto, flux, vector"),
        ("TORCH_DEVICE", "tpu", "auto, cuda, cuda:N, mps or cpu"),
        ("CORS_ORIGINS", "app.example.com", "*, none, or origins such as https://app.example.com, comma-separated"),
        (
            "CORS_ORIGINS",
            "https://a.example/path",
            "*, none, or origins such as https://app.example.com, comma-separated",
        ),
    ],
)
def test_a_value_that_cannot_be_understood_is_one_line(monkeypatch, name, value, accepted):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    assert str(caught.value) == f"{name}={value!r} cannot be understood; it takes {accepted}"


def test_every_setting_says_what_it_takes_when_it_cannot_be_understood():
    for name in Settings.model_fields:
        with pytest.raises(InvalidSetting) as caught:
            Settings.load(**{name: object()})
        assert re.fullmatch(rf"{name.upper()}=.+ cannot be understood; it takes [^\n]+", str(caught.value))


def test_several_faults_are_all_named_in_one_line(monkeypatch):
    monkeypatch.setenv("PORT", "x\ny")
    monkeypatch.setenv("USE_FP16", "z" * 1000)
    with pytest.raises(InvalidSetting) as caught:
        Settings.load()
    line = str(caught.value)
    assert "PORT='x\\ny' " in line
    assert "USE_FP16='zzz" in line
    assert "\n" not in line
    assert len(line) < 300


def test_a_file_that_is_no_text_is_one_line(tmp_path):
    (tmp_path / ".env").write_bytes(b"HOST=\xff\xfe")
    with pytest.raises(InvalidSetting, match=r"^\.env is not UTF-8 text$"):
        Settings.load()


def test_secrets_are_masked_wherever_settings_are_shown():
    settings = Settings.load(hf_token="hf_very_secret")
    assert settings.hf_token == SecretStr("hf_very_secret")
    assert "very_secret" not in f"{settings!r} {settings} {settings.shown()}"
    with pytest.raises(InvalidSetting) as caught:
        Settings.load(hf_token=["hf_very_secret"])
    assert str(caught.value) == "HF_TOKEN=******** cannot be understood; it takes text, kept secret"


def test_names_in_the_file_that_look_misspelt_are_told(tmp_path):
    (tmp_path / ".env").write_text("LOG_LEVLE=DEBUG\nSOMETHING_ELSE=1\nPORT=1\n")
    assert misspelt() == ["LOG_LEVLE in .env is not a setting; did you mean LOG_LEVEL?"]
    assert misspelt(tmp_path / "no such file") == []


def test_the_example_sets_nothing_but_the_defaults(tmp_path):
    example = tmp_path / ".env"
    example.write_text(re.sub(r"^# ([A-Z0-9_]+=)", r"\1", env_example(Settings), flags=re.MULTILINE), encoding="utf-8")
    assert example.read_text().count("\nPORT=7860\n") == 1
    assert Settings.load(example) == Settings.load(None)


@pytest.mark.parametrize(
    ("file", "generate"), [("docs/reference/settings.md", settings_reference), (".env.example", env_example)]
)
def test_generated_files_are_current(file, generate):
    assert (ROOT / file).read_text(encoding="utf-8") == generate(Settings), "run scripts/write_reference.py"
